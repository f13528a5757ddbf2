internal import Deployments
internal import Glibc
internal import Guarding
internal import Programs
internal import Threads

/// Ways from this machine to ports inside containers: each connection is a command that runs in the
/// service's container and carries its bytes, so that no port of it opens on any host.
actor Tunnels {
  private let stack: RunningStack
  private let folder: PrivateFolder
  private let log: OperationLog
  /// By service and port: what leads there.
  private var tunnels: [String: Task<Result<SocketRelay, DeploymentError>, Never>] = [:]
  private var count = 0
  private var app: SocketRelay?
  /// By container, what leads to a port in its container.
  private var bridges: [String: Bridge] = [:]

  init(_ stack: RunningStack, folder: PrivateFolder, log: OperationLog) {
    self.stack = stack
    self.folder = folder
    self.log = log
  }

  /// A unix socket of this machine that leads to a port of the service.
  func endpoint(port: Int, of service: String) async throws(DeploymentError) -> Endpoint {
    let key = "\(service):\(port)"
    // Two may ask at once: the second one waits for what the first one makes.
    let task = tunnels[key] ?? Task { await make(to: port, of: service, key) }
    tunnels[key] = task
    switch await task.value {
    case .success(let relay): return relay.endpoint
    case .failure(let error):
      // The next one tries again: the service may just have been starting.
      tunnels[key] = nil
      throw error
    }
  }

  private func make(to port: Int, of service: String, _ key: String) async
    -> Result<SocketRelay, DeploymentError>
  {
    count += 1
    // libpq looks for a name of this form in a folder.
    let folder = "\(folder.path)/t\(count)"
    do throws(DeploymentError) {
      let means = try await bridge(at: try await stack.place(of: service)).name
      guard mkdir(folder, 0o700) == 0 else { throw .system(folder) }
      let relay = try relay(at: .unix(path: "\(folder)/.s.PGSQL.\(port)"), to: port, of: service)
      log.note(
        Operation(
          name: "tunnel to \(key)",
          ending: .succeeded,
          duration: .zero,
          service: service,
          facts: ["through": means]
        )
      )
      return .success(relay)
    } catch {
      // A service that does not run now says nothing about the recipe here: its own checks do.
      let code = error.isRecipes ? .driverBroken : error.code
      return .failure(DeploymentError(code, "\(service): port \(port): \(error)"))
    }
  }

  /// What `{{base_url}}` leads to: a port of 127.0.0.1, because programs of the suite must reach it
  /// too.
  func openApp(port: Int, of service: String) throws(DeploymentError) -> Endpoint {
    let relay = try relay(at: .loopback, to: port, of: service)
    app = relay
    return relay.endpoint
  }

  private func relay(
    at place: SocketRelay.Place,
    to port: Int,
    of service: String
  ) throws(DeploymentError) -> SocketRelay {
    do throws(EngineError) {
      return try SocketRelay(at: place) { [weak self] _ throws(EngineError) in
        guard let self else { throw EngineError(.cancelled, service) }
        let command = try await self.connection(to: port, of: service)
        return SocketRelay.FarEnd(socket: command.socket, rest: command.rest, isFramed: true)
      }
    } catch {
      throw DeploymentError(error, "the way to \(service)")
    }
  }

  /// Ends all of them.
  func close() async {
    for task in tunnels.values { try? await task.value.get().endConnections() }
    tunnels = [:]
    app = nil
  }

  /// Whether something listens on a port: the tunnel itself takes every connection.
  func accepts(port: Int, of service: String) async throws(DeploymentError) -> Bool {
    do throws(EngineError) {
      // From here on the command runs: where nothing listens it ends at once.
      let (place, command) = try await connect(to: port, of: service)
      defer { command.socket.interrupt() }
      if !command.rest.isEmpty { return true }
      var isOpen: Bool
      do throws(EngineError) {
        isOpen = try await command.socket.blocking { stream throws(EngineError) in
          try !stream.read(until: .now + .seconds(2)).isEmpty
        }
      } catch {
        // Silence: it waits for us to speak.
        isOpen = error.code == .timedOut
      }
      if isOpen { return try await place.engine.isWell(command.id) }
      return try await place.engine.exitStatus(of: command.id, service) == 0
    } catch {
      throw DeploymentError(error, "\(service): port \(port)")
    }
  }

  private func connection(to port: Int, of service: String) async throws(EngineError)
    -> Engine.AttachedCommand
  {
    try await connect(to: port, of: service).1
  }

  private func connect(to port: Int, of service: String) async throws(EngineError)
    -> (RunningStack.Place, Engine.AttachedCommand)
  {
    let place: RunningStack.Place
    let bridge: Bridge
    do throws(DeploymentError) {
      place = try await stack.place(of: service)
      bridge = try await self.bridge(at: place)
    } catch {
      throw EngineError(error.code == .unsupported ? .missing : .unreachable, error.description)
    }
    let command = Command(argv: bridge.arguments(port))
    return (place, try await place.engine.attach(command, in: place.container))
  }

  /// What carries bytes between its own streams and a port of its container.
  private func bridge(at place: RunningStack.Place) async throws(DeploymentError) -> Bridge {
    // Another version of the image may have other programs.
    if let known = bridges[place.container] { return known }
    for bridge in Bridge.all {
      let question = Command(argv: bridge.question, deadline: .seconds(10), outputLimit: 65_536)
      guard bridge.isThere(try await stack.run(question, at: place)) else { continue }
      bridges[place.container] = bridge
      return bridge
    }
    throw DeploymentError(
      .unsupported,
      "its image has none of \(Bridge.all.map(\.name).joined(separator: ", "))"
    )
  }
}
