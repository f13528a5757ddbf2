import ClickHouseQueries
import Deployments
import PostgresQueries
import Programs

extension Probes {
  /// How a database is asked.
  enum Way: Sendable {
    case endpoint(Endpoint)
    /// By its own client where it runs, because nothing else leads to its port.
    case client(any ServiceAccess, because: String)

    /// For the record; nil for a connection of our own.
    func client(named program: String) -> String? {
      if case .client = self { "\(program) inside the container" } else { nil }
    }
  }

  func way(to name: String, port: Int) async throws(Unperformed) -> Way {
    let service = try service(name)
    do throws(DeploymentError) {
      return .endpoint(try await service.endpoint(port: port))
    } catch {
      guard error.code == .unsupported else { throw Unperformed(error) }
      return .client(service, because: error.message)
    }
  }

  func ask(
    _ command: PsqlCommand,
    in service: any ServiceAccess,
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
      lastWords: String(decoding: output.stderr.prefix(4096), as: UTF8.self),
      isCut: output.isCut
    )
  }

  func ask(
    _ command: ClickHouseCommand,
    in service: any ServiceAccess,
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

  /// Why a client has not even begun, or not ended.
  private struct ClientFailure: Error {
    var reason: String
    var isLate = false
  }

  private func output(
    of command: Command,
    in service: any ServiceAccess,
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
      throw ClientFailure(reason: "\(reason), and \(program) inside the container does not start")
    case .exited: return output
    case .signalled: throw ClientFailure(reason: command.ended(output.ending))
    case .timedOut: throw ClientFailure(reason: command.ended(output.ending), isLate: true)
    }
  }
}
