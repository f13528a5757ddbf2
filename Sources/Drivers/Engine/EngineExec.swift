import Deployments
import Formats

/// The frames in which an engine sends two outputs over one connection: a kind, three zeros, a
/// length of four bytes, then so many bytes (Engine API, "attach to a container").
struct OutputFrames: Sendable {
  enum Kind: UInt8, Sendable {
    case standardInput = 0
    case standardOutput = 1
    case standardError = 2
  }

  private var head: [UInt8] = []
  private var kind = Kind.standardOutput
  private var left = 0

  /// False inside a frame: what ends there was cut.
  var isWhole: Bool { left == 0 && head.isEmpty }

  /// Takes the next bytes of the connection.
  ///
  /// - Throws: where they are no frames.
  mutating func feed(
    _ bytes: [UInt8],
    _ take: (Kind, ArraySlice<UInt8>) throws(EngineError) -> Void
  ) throws(EngineError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if left > 0 {
        let part = rest.prefix(left)
        try take(kind, part)
        left -= part.count
        rest = rest.dropFirst(part.count)
        continue
      }
      let missing = 8 - head.count
      head += rest.prefix(missing)
      rest = rest.dropFirst(missing)
      guard head.count == 8 else { continue }
      guard let kind = Kind(rawValue: head[0]), head[1...3].allSatisfy({ $0 == 0 }) else {
        throw EngineError(.malformed, "what the engine sends of a command has no frames")
      }
      self.kind = kind
      left = head[4...].reduce(0) { $0 << 8 | Int($1) }
      head = []
    }
  }
}

extension EngineClient {
  /// Creates a command in a running container.
  private func exec(
    _ argv: [String],
    in container: String,
    user: String?,
    environment: [String: String],
    takesInput: Bool
  ) async throws(EngineError) -> String {
    var fields: [(String, JSONValue)] = [
      ("AttachStdin", .bool(takesInput)), ("AttachStdout", true), ("AttachStderr", true),
      ("Tty", false), ("Cmd", .array(argv.map { .string($0) })),
    ]
    if let user { fields.append(("User", .string(user))) }
    if !environment.isEmpty {
      let values = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      fields.append(("Env", .array(values.map { .string($0) })))
    }
    let answer = try await call(
      Request("POST", "/containers/\(container)/exec").sending(.object(JSONObject(fields)))
    )
    guard let id = answer["Id"]?.stringValue else {
      throw EngineError(.malformed, "POST /containers/…/exec: the engine names no command")
    }
    return id
  }

  /// Starts a command in a running container and gives its streams: what is written goes to its
  /// input, what is read are `OutputFrames`, beginning with the bytes given.
  func attach(
    _ argv: [String],
    in container: String,
    user: String? = nil
  ) async throws(EngineError) -> (id: String, EngineSocket, [UInt8]) {
    let id = try await exec(argv, in: container, user: user, environment: [:], takesInput: true)
    let (socket, rest) = try await hijack(
      Request("POST", "/exec/\(id)/start").sending(["Detach": false, "Tty": false])
    )
    return (id, socket, rest)
  }

  /// Runs a command in a running container to its end.
  ///
  /// The engine has no way to end a command: at the deadline its streams are closed, and it may
  /// live on until its container ends.
  func run(
    _ command: ServiceCommand,
    in container: String
  ) async throws(EngineError) -> CommandOutput {
    let start = ContinuousClock.now
    let id = try await exec(
      command.argv,
      in: container,
      user: command.user,
      environment: command.environment,
      takesInput: !command.stdin.isEmpty
    )
    let (socket, rest) = try await hijack(
      Request("POST", "/exec/\(id)/start").sending(["Detach": false, "Tty": false])
    )
    let deadline = start + command.deadline
    let input = command.stdin
    if !input.isEmpty {
      _ = DedicatedThread.start {
        try? socket.write(input, until: deadline)
        socket.finishWriting()
      }
    }
    let limit = command.outputLimit
    let collected: Collected? = await withTaskCancellationHandler {
      await DedicatedThread.value {
        Self.collect(socket, rest, limit: limit, until: deadline)
      }
    } onCancel: {
      socket.interrupt()
    }
    if Task.isCancelled { throw EngineError(.cancelled, "\(command.argv.first ?? "a command")") }
    guard var collected else {
      throw EngineError(.unreachable, "\(command.argv.first ?? "a command"): no thread")
    }
    if let error = collected.error {
      guard error.code == .timedOut else { throw error }
      collected.ending = .timedOut
    } else {
      collected.ending = .exited(try await exitStatus(of: id, command.argv.first ?? ""))
    }
    return CommandOutput(
      ending: collected.ending,
      stdout: collected.output,
      stderr: collected.errorOutput,
      isCut: collected.isCut,
      duration: ContinuousClock.now - start
    )
  }

  private struct Collected: Sendable {
    var output: [UInt8] = []
    var errorOutput: [UInt8] = []
    var isCut = false
    var ending = CommandOutput.Ending.timedOut
    var error: EngineError?
  }

  private static func collect(
    _ socket: EngineSocket,
    _ rest: [UInt8],
    limit: Int,
    until deadline: ContinuousClock.Instant
  ) -> Collected {
    var result = Collected()
    var frames = OutputFrames()
    func feed(_ bytes: [UInt8]) throws(EngineError) {
      try frames.feed(bytes) { kind, part in
        let room = limit - (kind == .standardError ? result.errorOutput : result.output).count
        if part.count > room { result.isCut = true }
        if kind == .standardError {
          result.errorOutput += part.prefix(max(room, 0))
        } else {
          result.output += part.prefix(max(room, 0))
        }
      }
    }
    do throws(EngineError) {
      try feed(rest)
      while true {
        let bytes = try socket.read(until: deadline)
        if bytes.isEmpty { break }
        try feed(bytes)
      }
      guard frames.isWhole else {
        throw EngineError(.unreachable, "the connection to a command was lost")
      }
    } catch {
      result.error = error
    }
    return result
  }

  /// Whether a command runs, or has ended with 0.
  func isWell(_ id: String) async throws(EngineError) -> Bool {
    let state = try await get("/exec/\(id)/json")
    return state["Running"]?.boolValue == true || state["ExitCode"]?.intValue == 0
  }

  /// The streams may end a moment before the engine knows how the command ended.
  func exitStatus(of id: String, _ name: String) async throws(EngineError) -> Int32 {
    for _ in 0..<200 {
      let state = try await get("/exec/\(id)/json")
      if state["Running"]?.boolValue == false, let code = state["ExitCode"]?.intValue {
        return Int32(truncatingIfNeeded: code)
      }
      guard (try? await Task.sleep(for: .milliseconds(25))) != nil else {
        throw EngineError(.cancelled, name)
      }
    }
    throw EngineError(.timedOut, "\(name): the engine does not say how it ended")
  }
}
