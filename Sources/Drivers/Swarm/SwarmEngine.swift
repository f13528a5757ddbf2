package import Deployments
import Formats

/// An engine that manages a Swarm, and those of the other nodes.
package struct SwarmEngine: Sendable {
  let manager: EngineClient
  /// Of the Swarm, the same on all of its nodes.
  let clusterID: String
  /// By node id; the manager is one of them.
  let nodes: [String: EngineClient]
  package let version: String

  /// Connects, and makes sure that a recipe can be deployed there.
  ///
  /// - Parameter addresses: of other nodes, by their host names, as `DOCKER_HOST` has them.
  /// - Throws: before anything is started, what is missing and what to do about it.
  package static func connect(
    _ address: EngineAddress,
    nodes addresses: [String: String] = [:]
  ) async throws(DeploymentError) -> SwarmEngine {
    let manager = EngineClient(address)
    let info: JSONValue
    do throws(EngineError) {
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
      throw DeploymentError(
        .unsupported,
        "the engine at \(address) is in no Swarm (\(state)): `docker swarm init` makes it one"
      )
    }
    guard swarm?["ControlAvailable"]?.boolValue == true,
      let own = swarm?["NodeID"]?.stringValue
    else {
      throw DeploymentError(
        .unsupported,
        "the engine at \(address) is a worker of its Swarm; give the address of a manager"
      )
    }
    var nodes = [own: manager]
    do throws(EngineError) {
      for node in try await manager.get("/nodes").arrayValue ?? [] {
        guard let id = node["ID"]?.stringValue, id != own,
          node["Status"]?["State"]?.stringValue == "ready",
          node["Spec"]?["Availability"]?.stringValue == "active"
        else { continue }
        let name = node["Description"]?["Hostname"]?.stringValue ?? id
        guard let host = addresses[name] else {
          throw EngineError(
            .unreachable,
            "node \(name) of the Swarm may run services, and nothing says how its engine is "
              + "reached: name it under swarm.nodes in parity.yml, or drain it"
          )
        }
        let client = EngineClient(EngineAddress.host(host))
        let answer = try await client.get("/info")
        guard answer["Swarm"]?["NodeID"]?.stringValue == id else {
          throw EngineError(.malformed, "\(host) is not node \(name) of the Swarm")
        }
        nodes[id] = client
      }
    } catch {
      throw DeploymentError(.unsupported, error.description)
    }
    return SwarmEngine(
      manager: manager,
      clusterID: swarm?["Cluster"]?["ID"]?.stringValue ?? own,
      nodes: nodes,
      version: info["ServerVersion"]?.stringValue ?? "unknown"
    )
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
  var all: [EngineClient] { nodes.sorted { $0.key < $1.key }.map(\.value) }

  /// The engine's own time, in seconds since 1970.
  func now() async throws(EngineError) -> Int64 {
    guard let text = try await manager.get("/info")["SystemTime"]?.stringValue,
      let time = EngineTime.seconds(text)
    else { throw EngineError(.malformed, "the engine does not tell its time") }
    return time
  }
}

/// Times as an engine writes them: RFC 3339 with nanoseconds, `2026-01-02T03:04:05.678901234Z`.
enum EngineTime {
  /// Whole seconds since 1970; nil for what is no time. An offset counts.
  static func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int64? {
      Int64(String(decoding: bytes[range], as: UTF8.self))
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
    else { return nil }
    // Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
    let (y, m) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let era = y / 400
    let days = (y - era * 400) * 365 + (y % 400) / 4 - (y % 400) / 100 + (m * 153 + 2) / 5 + day - 1
    var time = (era * 146_097 + days - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    if bytes.last != UInt8(ascii: "Z"), bytes.count >= 25,
      let hours = number(bytes.count - 5..<bytes.count - 3),
      let minutes = number(bytes.count - 2..<bytes.count)
    {
      let sign: Int64 = bytes[bytes.count - 6] == UInt8(ascii: "-") ? 1 : -1
      time += sign * (hours * 3600 + minutes * 60)
    }
    return time
  }
}
