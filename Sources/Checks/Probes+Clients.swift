import ClickHouseQueries
import Deployments
import Formats
import MySQLQueries
import PostgresQueries
import Programs
import RedisQueries

extension Probes {
  /// How a database is asked.
  enum Way: Sendable {
    case endpoint(Endpoint)
    /// By its own client where it runs, because nothing else leads to its port.
    case client(ServiceAccess, because: String)

    /// For the record; nil for a connection of our own.
    func client(named program: String) -> String? {
      if case .client = self { "\(program) inside the container" } else { nil }
    }
  }

  func way(to name: String, port: Int) async throws(Unperformed) -> Way {
    let service = try await service(name)
    do throws(DeploymentError) {
      return .endpoint(try await service.endpoint(port: port))
    } catch {
      guard error.code == .unsupported else { throw Unperformed(error) }
      return .client(service, because: error.message)
    }
  }

  func ask(
    _ command: PsqlCommand,
    in service: ServiceAccess,
    within limit: Duration,
    because reason: String
  ) async throws(PostgresError) -> PostgresResult {
    let run = Command(
      argv: command.argv,
      stdin: command.script,
      environment: command.environment,
      deadline: limit,
      outputLimit: command.outputLimit
    )
    let output: CommandOutput
    do throws(ClientFailure) {
      output = try await self.output(of: run, in: service, because: reason)
    } catch {
      throw PostgresError(error.isLate ? .timedOut(.receiving) : .clientFailed, error.reason)
    }
    return try command.result(
      output.stdout,
      lastWords: String(decoding: TextCut.start(output.stderr, limit: 4096), as: UTF8.self),
      isCut: output.isCut
    )
  }

  func ask(
    _ command: ClickHouseCommand,
    in service: ServiceAccess,
    within limit: Duration,
    because reason: String
  ) async throws(ClickHouseError) -> ClickHouseResult {
    let run = Command(
      argv: command.argv,
      stdin: command.input,
      environment: command.environment,
      deadline: limit,
      outputLimit: 64 << 20
    )
    let output: CommandOutput
    do throws(ClientFailure) {
      output = try await self.output(of: run, in: service, because: reason)
    } catch {
      throw ClickHouseError(
        error.isLate ? .timedOut : .clientFailed,
        error.reason,
        statement: command.sql
      )
    }
    return try command.result(
      succeeded: output.succeeded,
      output: output.stdout,
      errors: output.stderr,
      elapsed: output.duration.microseconds
    )
  }

  func ask(
    _ command: MySQLCommand,
    in service: ServiceAccess,
    within limit: Duration,
    because reason: String
  ) async throws(MySQLError) -> MySQLResult {
    func output(_ script: [UInt8], isForTypes: Bool) async throws(MySQLError) -> CommandOutput {
      do throws(ClientFailure) {
        return try await self.output(anyOf: MySQLCommand.programs, in: service, because: reason) {
          Command(
            argv: command.argv($0, isForTypes: isForTypes),
            stdin: script,
            environment: command.environment,
            deadline: limit,
            outputLimit: command.outputLimit
          )
        }
      } catch {
        throw MySQLError(error.isLate ? .timedOut(.receiving) : .clientFailed, error.reason)
      }
    }
    let answer = try await output(command.script, isForTypes: false)
    var types: [UInt8] = []
    if answer.succeeded, let script = command.typesScript {
      types = try await output(script, isForTypes: true).stdout
    }
    return try command.result(
      answer.stdout,
      types: types,
      lastWords: String(decoding: TextCut.start(answer.stderr, limit: 4096), as: UTF8.self),
      succeeded: answer.succeeded,
      isCut: answer.isCut
    )
  }

  func ask(
    _ command: RedisCommandLine,
    in service: ServiceAccess,
    within limit: Duration,
    because reason: String
  ) async throws(RedisError) -> RedisReply {
    let output: CommandOutput
    do throws(ClientFailure) {
      output = try await self.output(anyOf: RedisCommandLine.programs, in: service, because: reason)
      {
        Command(
          argv: command.argv($0),
          stdin: command.script,
          environment: command.environment,
          deadline: limit,
          outputLimit: 64 << 20
        )
      }
    } catch {
      throw RedisError(error.isLate ? .timedOut : .connectionFailed, error.reason)
    }
    guard !output.isCut else {
      throw RedisError(.replyTooLarge(limit: 64 << 20), "the reply exceeds 64 MiB")
    }
    return try command.reply(
      output.stdout,
      lastWords: String(decoding: TextCut.start(output.stderr, limit: 4096), as: UTF8.self)
    )
  }

  /// Why a client has not even begun, or not ended.
  private struct ClientFailure: Error {
    var reason: String
    var isLate = false
    /// There is no such program.
    var isMissing = false
  }

  /// What the first of some programs says that the container has.
  private func output(
    anyOf programs: [String],
    in service: ServiceAccess,
    because reason: String,
    _ command: (String) -> Command
  ) async throws(ClientFailure) -> CommandOutput {
    var failure = ClientFailure(reason: "")
    for program in programs {
      do throws(ClientFailure) {
        return try await output(of: command(program), in: service, because: reason)
      } catch {
        failure = error
        guard error.isMissing else { break }
      }
    }
    throw failure
  }

  private func output(
    of command: Command,
    in service: ServiceAccess,
    because reason: String
  ) async throws(ClientFailure) -> CommandOutput {
    let output: CommandOutput
    do throws(DeploymentError) {
      output = try await service.run(command)
    } catch {
      throw ClientFailure(reason: error.message)
    }
    switch output.ending {
    case .exited(126), .exited(127):
      let program = command.argv.first ?? ""
      throw ClientFailure(
        reason: "\(reason), and \(program) inside the container does not start",
        isMissing: true
      )
    case .exited: return output
    case .signalled: throw ClientFailure(reason: command.ended(output.ending))
    case .timedOut: throw ClientFailure(reason: command.ended(output.ending), isLate: true)
    }
  }
}
