package import Deployments
internal import Formats
internal import Glibc
package import Suites

/// An engine that manages a Swarm, and those of the other nodes.
package struct SwarmEngine: Sendable {
  let manager: Engine
  /// Of the Swarm, the same on all of its nodes.
  let clusterID: String
  /// By node id; the manager is one of them.
  let nodes: [String: Engine]
  let version: String
  /// Where the manager keeps its files, if that is this machine; nil where nobody can look.
  let root: String?

  /// Connects, and makes sure that a recipe can be deployed there.
  ///
  /// - Parameter addresses: of other nodes, by their host names, as `DOCKER_HOST` has them.
  /// - Throws: before anything is started, what is missing and what to do about it.
  package static func connect(
    _ address: EngineAddress,
    nodes addresses: [String: String] = [:]
  ) async throws(DeploymentError) -> SwarmEngine {
    let manager: Engine
    let info: JSONValue
    do throws(EngineError) {
      manager = try Engine(address)
      info = try await manager.get("/info")
    } catch {
      throw DeploymentError(
        .driverBroken,
        "no Docker engine answers at \(address): \(error); DOCKER_HOST or --server says where it is"
      )
    }
    let swarm = info["Swarm"]
    let state = swarm?["LocalNodeState"]?.stringValue ?? "inactive"
    guard state == "active" else {
      let why = unready(state, swarm?["Error"]?.stringValue ?? "")
      throw DeploymentError(why.code, "the engine at \(address) \(why.message)")
    }
    guard swarm?["ControlAvailable"]?.boolValue == true,
      let own = swarm?["NodeID"]?.stringValue
    else {
      throw DeploymentError(
        .unsupported,
        "the engine at \(address) is a worker of its Swarm; give the address of a manager"
      )
    }
    let nodes: [String: Engine]
    do throws(EngineError) {
      nodes = try await Self.nodes(beside: manager, own, addresses)
    } catch {
      throw DeploymentError(.unsupported, error.description)
    }
    return SwarmEngine(
      manager: manager,
      clusterID: swarm?["Cluster"]?["ID"]?.stringValue ?? own,
      nodes: nodes.merging([own: manager]) { $1 },
      version: info["ServerVersion"]?.stringValue ?? "unknown",
      root: address.isRemote ? nil : info["DockerRootDir"]?.stringValue
    )
  }

  /// Why an engine manages no Swarm at this moment, and what to do: one that has just been started
  /// finds its own again.
  private static func unready(_ state: String, _ error: String) -> DeploymentError {
    switch state {
    case "pending":
      DeploymentError(.driverBroken, "has just been started, and its Swarm is not ready: run again")
    case "locked":
      DeploymentError(.driverBroken, "has a locked Swarm: `docker swarm unlock` opens it")
    case "error":
      DeploymentError(.driverBroken, "cannot join its Swarm: \(error)")
    default:
      DeploymentError(.unsupported, "is in no Swarm (\(state)): `docker swarm init` makes it one")
    }
  }

  /// Less than this is no room to deploy in, in bytes.
  private static let leastRoom: UInt64 = 1 << 20

  /// Why nothing that now happens says anything of a recipe: no room is left for the engine's files.
  var whyFull: String? {
    for folder in [root, root.map { $0 + "/volumes" }].compactMap({ $0 }) {
      var status = statvfs()
      guard statvfs(folder, &status) == 0 else { continue }
      let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
      if free < Self.leastRoom || (status.f_files > 0 && status.f_favail == 0) {
        return "no space is left on the engine: \(folder) has \(free) bytes and "
          + "\(status.f_favail) files free; free some, then run again"
      }
    }
    return nil
  }

  /// The recipe with what its images declare as volumes and no mount covers: data there are in an
  /// anonymous volume. What an image says that the engine does not have yet is not known.
  package func addingImageVolumes(to compose: Compose) async throws(DeploymentError) -> Compose {
    var compose = compose
    for service in compose.services {
      let image: JSONValue?
      do throws(EngineError) {
        image = try await manager.find("/images/\(service.image)/json")
      } catch {
        if error.code == .refused(status: 400) { continue }
        throw DeploymentError(.driverBroken, "image \(service.image) cannot be looked at: \(error)")
      }
      let declared = image?["Config"]?["Volumes"]?.objectValue?.members.map(\.key) ?? []
      compose.addVolumes(declared.sorted(), ofImageOf: service.name)
    }
    return compose
  }

  /// The engines of the other nodes that may run services.
  private static func nodes(
    beside manager: Engine,
    _ own: String,
    _ addresses: [String: String]
  ) async throws(EngineError) -> [String: Engine] {
    var nodes: [String: Engine] = [:]
    for node in try await manager.get("/nodes").arrayValue ?? [] {
      guard let id = node["ID"]?.stringValue, id != own,
        node["Status"]?["State"]?.stringValue == "ready",
        node["Spec"]?["Availability"]?.stringValue == "active"
      else { continue }
      let name = node["Description"]?["Hostname"]?.stringValue ?? id
      guard let host = addresses[name] else {
        throw EngineError(
          .missing,
          "node \(name) of the Swarm may run services, and nothing says how its engine is "
            + "reached: name it under swarm.nodes in parity.yml, or drain it"
        )
      }
      let engine = try Engine(EngineAddress.host(host))
      guard try await engine.get("/info")["Swarm"]?["NodeID"]?.stringValue == id else {
        throw EngineError(.malformed, "\(host) is not node \(name) of the Swarm")
      }
      nodes[id] = engine
    }
    return nodes
  }

  /// What an image that the engine has says it stands for; nil for one that is what it is called, or
  /// is not there yet.
  package func standin(_ image: String) async throws(DeploymentError) -> String? {
    do throws(EngineError) {
      let found = try await manager.find("/images/\(image)/json")
      return found?["Config"]?["Labels"]?["parity.standin"]?.stringValue
    } catch {
      // No name of an image, as where a variable of it has no value: what is deployed tells.
      if error.code == .refused(status: 400) { return nil }
      throw DeploymentError(.driverBroken, "image \(image) cannot be looked at: \(error)")
    }
  }

  /// All nodes' engines, in a fixed order.
  var all: [Engine] { nodes.sorted { $0.key < $1.key }.map(\.value) }

  /// The engine that runs a task's container; nil where it has none yet, or none that is known.
  func engine(of task: SwarmStack.Task) -> Engine? { task.nodeID.flatMap { nodes[$0] } }

  /// What the engine of a task's node knows of its container.
  ///
  /// - Throws: also where it has no container any more.
  func container(of task: SwarmStack.Task) async throws(EngineError) -> JSONValue {
    guard let id = task.containerID, let engine = engine(of: task) else {
      throw EngineError(.missing, "task \(task.id) has no container")
    }
    return try await engine.get("/containers/\(id)/json")
  }

  /// The engine's own time, in seconds since 1970.
  func now() async throws(EngineError) -> Int64 {
    guard let text = try await manager.get("/info")["SystemTime"]?.stringValue,
      let time = EngineTime.seconds(text)
    else { throw EngineError(.malformed, "the engine does not tell its time") }
    return time
  }
}
