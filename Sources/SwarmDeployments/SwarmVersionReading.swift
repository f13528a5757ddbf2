internal import Deployments
internal import Formats

/// Reads the version off the engine: the label of the services, the image that their containers
/// were made from, and whether the engine has gone back on an update.
///
/// A rollback puts the old service back, label and image included, while health stays green.
struct SwarmVersionReading: Sendable {
  let stack: RunningStack
  /// By service, what the recipe itself says, without the suite's compose files.
  let images: [String: String]

  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let now = try await stack.now()
    var running = RunningVersion(version: "", facts: [:], contradictions: [])
    let label = "coop-cloud.\(stack.name).version"
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
        running.contradictions.append(await unfinished(service, state, in: now))
      }
      try await lookAtImage(of: service, in: now, &running)
    }
    if running.version.isEmpty {
      // There Swarm gives it to the containers alone.
      let owner = now.services.first { $0.container["Labels"]?[label] != nil }
      running.contradictions.append(
        owner.map { "label \(label) of \($0.name) stands under labels, not under deploy.labels" }
          ?? "no service carries the label \(label)"
      )
    }
    return running
  }

  /// An update that did not come to its end: how the task of the new version ended comes first.
  private func unfinished(
    _ service: SwarmStack.Service,
    _ state: String,
    in now: SwarmStack
  ) async -> String {
    let words = String(state.map { $0 == "_" ? " " : $0 })
    let update = "the update of \(service.name) is \(words): \(service.updateMessage)"
    let failed = now.tasks(of: service).last { $0.hasFailed && $0.container != service.container }
    guard let failed else { return update }
    var reason = Convergence.Reason(
      text: "\(service.name) ended: \(Convergence.ending(failed))",
      taskID: failed.id
    )
    reason.isUnhealthy = failed.wasUnhealthy
    reason.sequel = update
    return await stack.sentence(reason, in: now)
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
    if let wanted = images[service.name],
      ImageName.familiar(service.image) != ImageName.familiar(wanted)
    {
      running.contradictions.append(
        "\(service.name) runs \(ImageName.familiar(service.image)), the recipe says \(wanted)"
      )
    }
    guard let task = tasks.first, task.containerID != nil,
      let engine = stack.engine.engine(of: task)
    else { return }
    do throws(EngineError) {
      let made = try await stack.engine.container(of: task)["Image"]?.stringValue
      let named = try await engine.find("/images/\(service.image)/json")?["Id"]?.stringValue
      if let made { running.facts["image of \(service.name)"] = String(made.prefix(19)) }
      if let made, let named, made != named {
        running.contradictions.append(
          "\(service.name) was made from \(made.prefix(19)), and \(service.image) is "
            + "\(named.prefix(19))"
        )
      }
    } catch {
      throw DeploymentError(error, "image of \(service.name)")
    }
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
