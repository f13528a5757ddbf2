import Deployments
import Evidence
import Suites

extension SwarmHost {
  /// Reads the version off the engine: the label of the services, the image that their containers
  /// were made from, and whether the engine has gone back on an update.
  ///
  /// A rollback puts the old service back, label and image included, while health stays green.
  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let now = try await stackNow()
    var running = RunningVersion(version: "", facts: [:], contradictions: [])
    let label = "coop-cloud.\(stack).version"
    for service in now.services {
      if let version = service.labels[label] {
        running.facts["label of \(service.name)"] = version
        if running.version.isEmpty { running.version = version }
        if version != running.version {
          running.contradictions.append("\(service.name) says \(version), not \(running.version)")
        }
      }
      switch service.updateState {
      case nil, "completed": break
      case let state?:
        running.contradictions.append(
          "the update of \(service.name) is \(state.replacingUnderscores): \(service.updateMessage)"
        )
      }
      try await lookAtImage(of: service, in: now, &running)
    }
    if running.version.isEmpty {
      running.contradictions.append("no service carries the label \(label)")
    }
    return running
  }

  private func lookAtImage(
    of service: SwarmStack.Service,
    in now: SwarmStack,
    _ running: inout RunningVersion
  ) async throws(DeploymentError) {
    let tasks = now.running(service)
    if tasks.isEmpty { running.contradictions.append("\(service.name) does not run") }
    for task in tasks where task.container != service.container {
      running.contradictions.append(
        "a task of \(service.name) still runs what it was before: "
          + "\(task.container["Image"]?.stringValue ?? "?")"
      )
    }
    if let wanted = ownImages[service.name], Self.withoutDigest(service.image) != Self.withoutDigest(wanted) {
      running.contradictions.append(
        "\(service.name) runs \(Self.withoutDigest(service.image)), the recipe says \(wanted)"
      )
    }
    guard let task = tasks.first, let container = task.containerID,
      let engine = task.nodeID.flatMap({ configuration.engine.nodes[$0] })
    else { return }
    do throws(EngineError) {
      let made = try await engine.get("/containers/\(container)/json")["Image"]?.stringValue
      let image = try await engine.find("/images/\(service.image)/json")
      let named = image?["Id"]?.stringValue
      if let made { running.facts["image of \(service.name)"] = String(made.prefix(19)) }
      if let made, let named, made != named {
        running.contradictions.append(
          "\(service.name) was made from \(made.prefix(19)), and \(service.image) is \(named.prefix(19))"
        )
      }
    } catch {
      throw Self.told(error, "image of \(service.name)")
    }
  }

  static func withoutDigest(_ image: String) -> String {
    image.firstIndex(of: "@").map { String(image[..<$0]) } ?? image
  }

  /// Services that do not run what they are to run, with how they ended. One that is being started
  /// again is dead at this moment, too: nothing that it holds can be reached.
  func deadServices() async -> [DeadService] {
    let now: SwarmStack
    do throws(EngineError) {
      now = try await SwarmStack.read(stack, on: manager)
    } catch {
      // `lost` tells that this says nothing about the services; silence must not look like life.
      silence = "the engine does not say what runs: \(error)"
      return serviceNames.map {
        DeadService(service: $0, ending: "unknown, the engine does not answer", lastWords: "")
      }
    }
    var dead: [DeadService] = []
    for name in serviceNames {
      guard let service = now.services.first(where: { $0.name == name }) else {
        dead.append(DeadService(service: name, ending: "removed from the engine", lastWords: ""))
        continue
      }
      guard now.running(service).count < now.desired(service) else { continue }
      let last = now.tasks(of: service).filter(\.hasFailed).last
      let words = if let last { await lastWords(of: last) } else { "" }
      dead.append(
        DeadService(
          service: name,
          ending: last.map(Convergence.ending) ?? "no running task",
          lastWords: words
        )
      )
    }
    return dead
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
