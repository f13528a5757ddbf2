import Deployments
import Evidence
import Formats
import Glibc
import Suites

extension SwarmHost {
  /// A running container of a service, and the engine that runs it.
  struct Place: Sendable {
    var container: String
    var taskID: String
    var engine: EngineClient
  }

  func stackNow() async throws(DeploymentError) -> SwarmStack {
    do throws(EngineError) {
      return try await SwarmStack.read(stack, on: manager)
    } catch {
      throw Self.told(error, "the stack")
    }
  }

  /// - Throws: where the service has no running task, with how the last one ended.
  func place(of name: String) async throws(DeploymentError) -> Place {
    try place(of: name, in: try await stackNow())
  }

  func place(of name: String, in now: SwarmStack) throws(DeploymentError) -> Place {
    guard let service = now.services.first(where: { $0.name == name }) else {
      throw DeploymentError(.noSuchService, "\(name) is no service of the stack \(stack)")
    }
    let running = now.running(service).sorted { ($0.slot, $0.id) < ($1.slot, $1.id) }
    for task in running {
      guard let container = task.containerID, let node = task.nodeID else { continue }
      guard let engine = configuration.engine.nodes[node] else {
        throw DeploymentError(
          .driverBroken,
          "\(name) runs on node \(node), which joined the Swarm after the run began"
        )
      }
      return Place(container: container, taskID: task.id, engine: engine)
    }
    let last = now.tasks(of: service).last { $0.hasFailed }
    throw DeploymentError(
      .recipeFailed,
      "\(name) has no running task"
        + (last.map { ": the last one ended with \(Convergence.ending($0))" } ?? "")
    )
  }

  // MARK: Commands

  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput {
    try await bench().runScript(command, ofSuiteIn: configuration.suite.folder)
  }

  func run(_ command: ServiceCommand, in name: String) async throws(DeploymentError)
    -> CommandOutput
  {
    let place = try await place(of: name)
    return try await run(command, at: place, of: name)
  }

  nonisolated func run(_ command: ServiceCommand, at place: Place, of name: String)
    async throws(DeploymentError) -> CommandOutput
  {
    let start = ContinuousClock.now
    do throws(EngineError) {
      return try await place.engine.run(command, in: place.container)
    } catch {
      // Newer engines refuse to start what is not there; older ones end it with 126, and so do shells.
      guard error.code == .refused(status: 400) else { throw Self.told(error, name) }
      return CommandOutput(
        ending: .exited(126),
        stdout: [],
        stderr: Array(error.message.utf8),
        isCut: false,
        duration: ContinuousClock.now - start
      )
    }
  }

  // MARK: Files

  /// A file as the service sees it. The engine follows a link, and never out of the container.
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    let place = try await place(of: name)
    let request = archiveRequest("GET", path, at: place)
    do throws(EngineError) {
      return try await place.engine.exchange(request) { reply throws(EngineError) in
        let bytes = try reply.all(limit: limit + (1 << 20))
        var scanner = TarScanner()
        try scanner.feed(bytes)
        guard scanner.entries.count == 1, let entry = scanner.entries.first, entry.kind == .file
        else { return nil }
        guard entry.size <= limit, entry.offset + entry.size <= bytes.count else {
          throw EngineError(.malformed, "\(path) has \(entry.size) bytes, over \(limit)")
        }
        return Array(bytes[entry.offset..<(entry.offset + entry.size)])
      }
    } catch {
      if error.isNotFound { return nil }
      throw Self.told(error, "\(name): \(path)")
    }
  }

  /// Writes as the service's own user, by `tee`, which takes the path as one argument; where the
  /// image has none, through the engine, as root.
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    let place = try await place(of: name)
    let output = try await run(
      ServiceCommand(argv: ["tee", "--", path], stdin: content, outputLimit: 4096),
      at: place,
      of: name
    )
    if output.succeeded { return }
    guard case .exited(let code) = output.ending, code == 126 || code == 127,
      let slash = path.lastIndex(of: "/")
    else {
      throw DeploymentError(.driverBroken, "\(path) cannot be written: \(output.lastLine)")
    }
    var archive = TarWriter()
    archive.add(file: String(path[path.index(after: slash)...]), content)
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    do throws(EngineError) {
      try await put(archive.finished(), into: folder, at: place)
    } catch {
      throw Self.told(error, "\(name): \(folder)")
    }
  }

  nonisolated func put(_ archive: [UInt8], into folder: String, at place: Place)
    async throws(EngineError)
  {
    try await place.engine.call(
      archiveRequest("PUT", folder, at: place).sending(archive, as: "application/x-tar")
    )
  }

  /// Files of a container, packed.
  nonisolated func archiveRequest(_ method: String, _ path: String, at place: Place)
    -> EngineClient.Request
  {
    // Else an archive with a file of a folder's name would take the folder's place.
    let query =
      method == "PUT" ? [("path", path), ("noOverwriteDirNonDir", "1")] : [("path", path)]
    return EngineClient.Request(method, "/containers/\(place.container)/archive", query)
  }

  // MARK: Ports

  /// A unix socket of this machine that leads to a port of the service, through a command that runs
  /// in its container: no port of it opens on any host.
  func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint {
    let key = "\(name):\(port)"
    // Two may ask at once: the second one waits for what the first one makes.
    let task = tunnels[key] ?? Task { await makeTunnel(to: port, of: name, key) }
    tunnels[key] = task
    switch await task.value {
    case .success(let relay): return relay.endpoint
    case .failure(let error):
      // The next one tries again: the service may just have been starting.
      tunnels[key] = nil
      throw error
    }
  }

  private func makeTunnel(to port: Int, of name: String, _ key: String) async
    -> Result<SocketRelay, DeploymentError>
  {
    tunnelCount += 1
    let number = tunnelCount
    do throws(EngineError) {
      let means = try await bridge(at: try await placeOrError(name), of: name).name
      // libpq looks for a name of this form in a folder.
      let folder = try privatePath("t\(number)")
      guard mkdir(folder, 0o700) == 0 else { throw .system(.unreachable, folder, errno) }
      let relay = try SocketRelay(at: .unix(path: "\(folder)/.s.PGSQL.\(port)")) { [weak self] in
        guard let self else { throw EngineError(.cancelled, name) }
        return try await self.dial(port, of: name)
      }
      note(
        Operation(
          name: "tunnel to \(key)",
          ending: .succeeded,
          duration: .zero,
          service: name,
          facts: ["through": means]
        )
      )
      return .success(relay)
    } catch {
      return .failure(
        DeploymentError(
          error.code == .malformed ? .unsupported : .driverBroken,
          "\(name): port \(port): \(error)"
        )
      )
    }
  }

  private func placeOrError(_ name: String) async throws(EngineError) -> Place {
    do throws(DeploymentError) {
      return try await place(of: name)
    } catch {
      throw EngineError(.unreachable, error.description)
    }
  }

  /// Whether something listens on a port: the tunnel itself takes every connection.
  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? {
    do throws(EngineError) {
      let place = try await placeOrError(name)
      let bridge = try await bridge(at: place, of: name)
      // From here on the command runs: where nothing listens it ends at once.
      let (id, socket, rest) = try await place.engine.attach(
        bridge.arguments(port),
        in: place.container
      )
      defer { socket.interrupt() }
      if !rest.isEmpty { return true }
      let heard: Bool? = await DedicatedThread.value {
        do throws(EngineError) {
          return try !socket.read(until: .now + .seconds(2)).isEmpty
        } catch {
          // Silence: it waits for us to speak.
          return error.code == .timedOut
        }
      }
      if heard == true { return try await place.engine.isWell(id) }
      return try await place.engine.exitStatus(of: id, bridge.name) == 0
    } catch {
      throw DeploymentError(
        error.code == .malformed ? .unsupported : .driverBroken,
        "\(name): port \(port): \(error)"
      )
    }
  }

  /// What `{{base_url}}` leads to: a port of 127.0.0.1, because programs of the suite must reach it
  /// too.
  func openApp() throws(DeploymentError) {
    guard configuration.suite.swarm?.url == nil, appTunnel == nil else { return }
    guard let (service, port) = appPort() else {
      throw DeploymentError(
        .unsupported,
        "no label `traefik.http.services.….loadbalancer.server.port` tells on which port the app "
          + "listens: say `app: {service: …, port: …}` in swarm.yml"
      )
    }
    do throws(EngineError) {
      appTunnel = try SocketRelay(at: .loopback) { [weak self] in
        guard let self else { throw EngineError(.cancelled, "app") }
        return try await self.dial(port, of: service)
      }
    } catch {
      throw Self.told(error, "the way to the app")
    }
  }

  private func appPort() -> (service: String, port: Int)? {
    if let app = configuration.suite.swarm?.app { return app }
    let services = recipe?.compose.services ?? []
    let ordered = services.filter { $0.name == "app" } + services.filter { $0.name != "app" }
    for service in ordered {
      for label in service.deployLabels
      where label.name.hasPrefix("traefik.http.services.")
        && label.name.hasSuffix(".loadbalancer.server.port")
      {
        if let port = Int(label.value) { return (service.name, port) }
      }
    }
    return nil
  }

  private func dial(_ port: Int, of name: String) async throws -> SocketRelay.FarEnd {
    let place = try await place(of: name)
    let bridge = try await bridge(at: place, of: name)
    let (_, socket, rest) = try await place.engine.attach(
      bridge.arguments(port),
      in: place.container
    )
    return SocketRelay.FarEnd(socket: socket, rest: rest, isFramed: true)
  }

  /// What carries bytes between its own streams and a port of its container.
  private func bridge(at place: Place, of name: String) async throws(EngineError) -> Bridge {
    // Another version of the image may have other programs.
    if let known = bridges[place.container] { return known }
    for bridge in Bridge.all {
      let output: CommandOutput
      do throws(DeploymentError) {
        output = try await run(
          ServiceCommand(argv: bridge.question, deadline: .seconds(10), outputLimit: 65_536),
          at: place,
          of: name
        )
      } catch {
        throw EngineError(.unreachable, error.description)
      }
      if bridge.isThere(output) {
        bridges[place.container] = bridge
        return bridge
      }
    }
    throw EngineError(
      .malformed,
      "its container has none of \(Bridge.all.map(\.name).joined(separator: ", ")), one of which "
        + "would lead to it"
    )
  }

  // MARK: Logs

  /// The end of a service's output, without secrets.
  func log(of name: String, limit: Int) async -> String {
    guard let place = try? await place(of: name) else { return "" }
    return await Self.log(
      place.container,
      on: place.engine,
      lines: 200,
      limit,
      configuration.redact
    )
  }

  static func log(
    _ container: String,
    on engine: EngineClient,
    lines: Int,
    _ limit: Int,
    _ redact: @Sendable (String) -> String
  ) async -> String {
    let query = [("stdout", "1"), ("stderr", "1"), ("tail", String(lines))]
    let request = EngineClient.Request("GET", "/containers/\(container)/logs", query)
    let bytes = try? await engine.exchange(request, within: .seconds(10)) {
      reply throws(EngineError) in
      var frames = OutputFrames()
      var text: [UInt8] = []
      while let part = try reply.next() {
        try frames.feed(part) { _, bytes in
          text += bytes
          // At a line's end: the rest of a secret that was cut is not known for one.
          if text.count > 2 * limit + 65_536 {
            let cut = text[(text.count - limit)...].firstIndex(of: UInt8(ascii: "\n"))
            text.removeFirst(cut.map { $0 + 1 } ?? text.count)
          }
        }
      }
      return text
    }
    return String(redact(String(decoding: bytes ?? [], as: UTF8.self)).suffix(limit))
  }

  /// What a task that will not do said last: its log's end, or what its health check said.
  func lastWords(of reason: Convergence.Reason, in now: SwarmStack) async -> String {
    guard let task = now.tasks.first(where: { $0.id == reason.taskID }) else { return "" }
    return await lastWords(of: task, isUnhealthy: reason.isUnhealthy)
  }

  func lastWords(of task: SwarmStack.Task, isUnhealthy: Bool = false) async -> String {
    guard let container = task.containerID,
      let engine = task.nodeID.flatMap({ configuration.engine.nodes[$0] })
    else { return "" }
    if isUnhealthy, let state = try? await engine.get("/containers/\(container)/json")["State"],
      let output = state["Health"]?["Log"]?.arrayValue?.last?["Output"]?.stringValue
    {
      let line = Self.lines(configuration.redact(output), 1)
      if !line.isEmpty { return "its health check says: \(line)" }
    }
    let words = Self.lines(
      await Self.log(container, on: engine, lines: 5, 4096, configuration.redact),
      3
    )
    return words.isEmpty ? "" : "its last words: \(words)"
  }

  private static func lines(_ text: String, _ count: Int) -> String {
    text.split(whereSeparator: \.isNewline).suffix(count)
      .map { String($0.prefix(300)) }.joined(separator: " | ")
  }
}

/// A program inside a container that carries bytes between its own streams and a port.
struct Bridge: Sendable {
  var name: String
  /// Tells whether it is there.
  var question: [String]
  var isThere: @Sendable (CommandOutput) -> Bool
  var arguments: @Sendable (_ port: Int) -> [String]

  /// In the order in which they are tried. Each ends when its input does, or a database would
  /// believe that its client is still there.
  static let all = [
    nc("nc of OpenBSD", says: "-N", ["nc", "-N"]),
    nc("nc of BusyBox", says: "BusyBox", ["nc"]),
    nc("nc of Ncat", says: "Ncat", ["nc"]),
    nc("traditional nc", says: "-q secs", ["nc", "-q", "0"]),
    Bridge(
      name: "bash",
      question: ["bash", "-c", "command -v cat"],
      isThere: \.succeeded,
      arguments: { port in
        // Whichever side ends first ends the other, and with both the connection. What runs in the
        // background has no input of its own.
        let text =
          "exec 4<&0 3<>/dev/tcp/127.0.0.1/$1 || exit 1; cat <&3 & in=$!; cat <&4 >&3 & out=$!; "
          + "wait -n; kill $in $out 2>/dev/null; exit 0"
        return ["bash", "-c", text, "bridge", String(port)]
      }
    ),
  ]

  private static func nc(_ name: String, says word: String, _ command: [String]) -> Bridge {
    Bridge(
      name: name,
      question: ["nc", "-h"],
      isThere: { output in
        let text = String(decoding: output.stdout + output.stderr, as: UTF8.self)
        // `-N` stands in a bundle of letters: `[-46CDdFhklNnrStUuvZz]`.
        guard word == "-N" else { return text.contains(word) }
        return text.contains("OpenBSD") || text.contains("[-46")
      },
      arguments: { command + ["127.0.0.1", String($0)] }
    )
  }
}
