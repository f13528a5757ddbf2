import Deployments
import Formats
import Suites

extension SwarmHost {
  /// Waits until the stack is what it is to be, or will not be.
  func converge(
    _ before: SwarmStack,
    since begin: ContinuousClock.Instant
  ) async throws(DeploymentError) {
    let start = ContinuousClock.now
    let limit = configuration.suite.deadlines.operation
    var convergence = Convergence(before: before)
    var looks = 0
    while true {
      let heard = watch?.count ?? 0
      if let lost = lost() { throw DeploymentError(.driverBroken, lost) }
      var now = try await stackNow()
      await noteUnhealthy(&now, before)
      looks += 1
      let elapsed = ContinuousClock.now - start
      switch convergence.look(at: now, services: serviceNames, after: elapsed) {
      case .converged:
        if await containersRun(now) {
          noteConvergence(.succeeded, elapsed, looks, now)
          return
        }
        configuration.progress("waiting for what has just ended")
      case .failed(let service, let reason):
        let words = await lastWords(of: reason, in: now)
        let text =
          "\(service) does not come up: \(reason.text)" + (words.isEmpty ? "" : "; \(words)")
        noteConvergence(.failed(text), elapsed, looks, now)
        throw DeploymentError(.recipeFailed, text)
      case .waiting(let what):
        configuration.progress("waiting for \(what)")
        guard elapsed < limit else {
          let text = "the stack does not come up within \(limit): \(what)"
          noteConvergence(.failed(text), elapsed, looks, now)
          throw DeploymentError(.recipeFailed, text)
        }
      }
      // Tasks have no events of their own where they wait for a node or an image.
      await watch?.wait(beyond: heard, atMost: .seconds(1))
      // What happens at once is looked at once.
      try? await Task.sleep(for: .milliseconds(30))
      if Task.isCancelled {
        throw DeploymentError(.interrupted, "interrupted while the stack came up")
      }
    }
  }

  /// Whether the containers of all running tasks run: a task is told to run for a while after its
  /// container has ended.
  private func containersRun(_ now: SwarmStack) async -> Bool {
    for task in now.services.flatMap(now.running) {
      guard let container = task.containerID,
        let engine = task.nodeID.flatMap({ configuration.engine.nodes[$0] }),
        let state = try? await engine.get("/containers/\(container)/json")["State"]
      else { return false }
      if state["Running"]?.boolValue != true { return false }
    }
    return true
  }

  /// A program that ends well when it is told to leaves no word of why it was told: its container
  /// has it.
  private func noteUnhealthy(_ now: inout SwarmStack, _ before: SwarmStack) async {
    let old = Set(before.tasks.map(\.id))
    for index in now.tasks.indices {
      let task = now.tasks[index]
      guard task.hasFailed, !old.contains(task.id), let container = task.containerID,
        let engine = task.nodeID.flatMap({ configuration.engine.nodes[$0] })
      else { continue }
      if unhealthy[task.id] == nil {
        let found = try? await engine.get("/containers/\(container)/json")
        unhealthy[task.id] = found.map(Self.wasUnhealthy) ?? false
      }
      if unhealthy[task.id] == true { now.tasks[index].wasUnhealthy = true }
    }
  }

  /// The engine calls whatever ended before it was healthy unhealthy; only where its check said no so
  /// often as the recipe lets it, that is why.
  static func wasUnhealthy(_ container: JSONValue) -> Bool {
    guard let health = container["State"]?["Health"],
      health["Status"]?.stringValue == "unhealthy"
    else { return false }
    let retries = container["Config"]?["Healthcheck"]?["Retries"]?.intValue ?? 0
    return (health["FailingStreak"]?.intValue ?? 0) >= (retries > 0 ? retries : 3)
  }

  private func noteConvergence(
    _ ending: Operation.Ending,
    _ elapsed: Duration,
    _ looks: Int,
    _ stack: SwarmStack
  ) {
    var facts = ["looks": String(looks), "engine": configuration.engine.version]
    if let delay = watch?.medianDelay {
      facts["events noticed after"] = "\(Int(delay / .milliseconds(1))) ms (median)"
    }
    facts["docker programs"] = "\(DockerTool.started) so far"
    for service in stack.services {
      facts["tasks of \(service.name)"] =
        "\(stack.running(service).count)/\(stack.desired(service))"
    }
    note(Operation(name: "converge", ending: ending, duration: elapsed, facts: facts))
  }
}
