internal import Formats
internal import Glibc
internal import Programs
internal import Threads

// Not by the `docker` program: it ends with 1 where the engine did not run the command, and where
// the command itself ended with 1, and only one of these is an answer.
extension Engine {
  /// A command in a running container, with its streams: what is written goes to its input, what is
  /// read are `OutputFrames`, beginning with `rest`.
  struct AttachedCommand: Sendable {
    var id: String
    var socket: StreamSocket
    var rest: [UInt8]
  }

  /// Starts a command in a running container.
  ///
  /// - Parameter command: `folder` and `keepsDescendants` mean nothing here.
  func attach(
    _ command: Command,
    in container: String,
    takesInput: Bool = true
  ) async throws(EngineError) -> AttachedCommand {
    var fields: [(String, JSONValue)] = [
      ("AttachStdin", .bool(takesInput)), ("AttachStdout", true), ("AttachStderr", true),
      ("Tty", false), ("Cmd", .array(command.argv.map { .string($0) })),
    ]
    if let user = command.user { fields.append(("User", .string(user))) }
    if !command.environment.isEmpty {
      let values = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      fields.append(("Env", .array(values.map { .string($0) })))
    }
    let path = "/containers/\(container)/exec"
    guard let id = try await post(path, [], .object(JSONObject(fields)))["Id"]?.stringValue else {
      throw EngineError(.malformed, "POST \(path): no id in the answer")
    }
    let (stream, rest) = try await upgrade("/exec/\(id)/start", ["Detach": false, "Tty": false])
    return AttachedCommand(id: id, socket: stream, rest: rest)
  }

  /// A connection that is no longer HTTP once the engine has answered: see `Upgrade` in the API.
  ///
  /// - Returns: the connection, and what came on it already.
  private func upgrade(
    _ path: String,
    _ body: JSONValue
  ) async throws(EngineError) -> (StreamSocket, [UInt8]) {
    let stream = try await StreamSocket.connect(path: socket)
    let bytes = Array(body.description.utf8)
    let head = """
      POST \(path) HTTP/1.1\r\nHost: docker\r\nUser-Agent: parity\r\nConnection: Upgrade\r\n\
      Upgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: \(bytes.count)\r\n\r\n
      """
    let deadline = ContinuousClock.now + .seconds(60)
    let answer = try await stream.blocking { stream throws(EngineError) in
      try stream.write(Array(head.utf8) + bytes, until: deadline)
      return try Self.answer(on: stream, to: path, until: deadline)
    }
    return (stream, answer)
  }

  /// Reads the head of an answer to an upgrade.
  ///
  /// - Returns: what came behind it.
  private static func answer(
    on stream: StreamSocket,
    to path: String,
    until deadline: ContinuousClock.Instant
  ) throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    var end: Range<Int>?
    while end == nil {
      let more = try stream.read(until: deadline)
      guard !more.isEmpty else {
        throw EngineError(.unreachable, "POST \(path): the engine closed the connection")
      }
      bytes += more
      end = bytes.firstRange(of: Array("\r\n\r\n".utf8))
      guard end != nil || bytes.count <= 65_536 else {
        throw EngineError(.malformed, "POST \(path): response headers too large")
      }
    }
    let rest = Array(bytes[(end?.upperBound ?? 0)...])
    let words = String(decoding: bytes.prefix(64), as: UTF8.self).split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3))
    else { throw EngineError(.malformed, "POST \(path): not a Docker engine") }
    if status < 400 { return rest }
    // A refusal is short, and has come with its head or comes right after it.
    let more = try? stream.read(until: .now + .seconds(rest.isEmpty ? 1 : 0))
    throw refusal(status, rest + (more ?? []), "POST \(path)")
  }

  /// Runs a command in a running container to its end.
  ///
  /// The engine has no way to end a command: at the deadline its streams are closed, and it may
  /// live on until its container ends.
  func run(_ command: Command, in container: String) async throws(EngineError) -> CommandOutput {
    let start = ContinuousClock.now
    let deadline = start + command.deadline
    let input = command.stdin
    let attached = try await attach(command, in: container, takesInput: !input.isEmpty)
    if !input.isEmpty {
      _ = DedicatedThread.start {
        try? attached.socket.write(input, until: deadline)
        attached.socket.finishWriting()
      }
    }
    var output = CommandOutput(ending: .timedOut)
    do throws(EngineError) {
      output = try await attached.socket.blocking { stream throws(EngineError) in
        try Self.collect(stream, attached.rest, limit: command.outputLimit, until: deadline)
      }
      if output.ending != .timedOut {
        output.ending = .exited(try await exitStatus(of: attached.id, command.name))
      }
    } catch {
      throw Task.isCancelled ? EngineError(.cancelled, "\(command.name): interrupted") : error
    }
    output.duration = ContinuousClock.now - start
    return output
  }

  private static func collect(
    _ stream: StreamSocket,
    _ rest: [UInt8],
    limit: Int,
    until deadline: ContinuousClock.Instant
  ) throws(EngineError) -> CommandOutput {
    var output = CommandOutput(ending: .exited(0))
    var frames = OutputFrames()
    var bytes = rest
    repeat {
      try frames.feed(bytes) { kind, part in
        let room = limit - (kind == .standardError ? output.stderr : output.stdout).count
        if part.count > room { output.isCut = true }
        if kind == .standardError {
          output.stderr += part.prefix(max(room, 0))
        } else {
          output.stdout += part.prefix(max(room, 0))
        }
      }
      do throws(EngineError) {
        bytes = try stream.read(until: deadline)
      } catch {
        guard error.code == .timedOut else { throw error }
        output.ending = .timedOut
        return output
      }
    } while !bytes.isEmpty
    guard frames.isWhole else {
      throw EngineError(.unreachable, "the connection to a command was lost")
    }
    return output
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
        throw EngineError(.cancelled, "\(name): interrupted")
      }
    }
    throw EngineError(.timedOut, "\(name): the engine does not say how it ended")
  }
}
