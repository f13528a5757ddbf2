import Deployments
import Evidence
import Formats
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
    if tasks.isEmpty, now.desired(service) > 0 {
      running.contradictions.append("\(service.name) does not run")
    }
    for task in tasks where task.container != service.container {
      running.contradictions.append(
        "a task of \(service.name) still runs what it was before: "
          + "\(task.container["Image"]?.stringValue ?? "?")"
      )
    }
    if let wanted = ownImages[service.name],
      ImageName.familiar(service.image) != ImageName.familiar(wanted)
    {
      running.contradictions.append(
        "\(service.name) runs \(ImageName.familiar(service.image)), the recipe says \(wanted)"
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

  /// Services that will not run again by themselves: nothing of them is alive, or they ended too often
  /// since the version was deployed.
  func deadServices() async -> [DeadService] {
    await services { now, service in
      guard now.running(service).count < now.desired(service) else { return false }
      let tasks = now.tasks(of: service)
      let isComing = tasks.contains { $0.isLive && $0.desiredState != "shutdown" }
      let ends = tasks.count { $0.hasFailed && !tasksBefore.contains($0.id) }
      return !isComing || ends >= Convergence.ends
    }
  }

  /// Services that do not run, after half a minute for those that are being started again.
  func stoppedServices() async -> [DeadService] {
    let start = ContinuousClock.now
    while true {
      let heard = watch?.count ?? 0
      let stopped = await services { now, service in
        now.running(service).count < now.desired(service)
      }
      if stopped.isEmpty || lost() != nil || ContinuousClock.now - start > .seconds(30) {
        return stopped
      }
      if await deadServices() == stopped || Task.isCancelled { return stopped }
      await watch?.wait(beyond: heard, atMost: .seconds(1))
    }
  }

  private func services(
    where isDead: (SwarmStack, SwarmStack.Service) -> Bool
  ) async -> [DeadService] {
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
      guard isDead(now, service) else { continue }
      let last = now.tasks(of: service).filter(\.hasFailed).last
      var words = if let last { await lastWords(of: last) } else { "" }
      // The message that they go into says so itself.
      let lead = "its last words: "
      if words.hasPrefix(lead) { words = String(words.dropFirst(lead.count)) }
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

/// Names of images as people and engines write them.
enum ImageName {
  /// Without a digest, without the registry and library that are meant where none is named, and with
  /// the tag that is meant where there is none: `docker.io/library/nginx` is `nginx:latest`.
  static func familiar(_ image: String) -> String {
    var name = image.firstIndex(of: "@").map { String(image[..<$0]) } ?? image
    for prefix in ["docker.io/", "index.docker.io/", "library/"] where name.hasPrefix(prefix) {
      name = String(name.dropFirst(prefix.utf8.count))
    }
    let last = name.split(separator: "/").last ?? ""
    return last.contains(":") || image.contains("@") ? name : name + ":latest"
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
