internal import Deployments
internal import Formats

/// Looks at a stack until it is what it is to be, or will not be.
struct ConvergenceWatch: Sendable {
  let stack: RunningStack
  let events: EngineEvents
  let limit: Duration
  let log: OperationLog
  let progress: @Sendable (String) -> Void

  /// - Parameters:
  ///   - services: those of the compose file.
  ///   - before: the stack before it was deployed.
  ///   - lost: asked why nothing can be said any more.
  func converge(
    _ services: [String],
    from before: SwarmStack,
    lost: @Sendable () async -> String?
  ) async throws(DeploymentError) {
    let start = ContinuousClock.now
    var convergence = Convergence(before: before)
    var unhealthy: [String: Bool] = [:]
    var looks = 0
    while true {
      let heard = events.count
      if let lost = await lost() { throw DeploymentError(.driverBroken, lost) }
      var now = try await stack.now()
      await noteUnhealthy(&now, before, &unhealthy)
      await noteProbes(&now)
      looks += 1
      let elapsed = ContinuousClock.now - start
      switch convergence.look(at: now, services: services, after: elapsed) {
      case .converged:
        if await containersRun(now) { return note(.succeeded, elapsed, looks, now) }
        progress("waiting for what has just ended")
      case .failed(let service, let reason):
        let why = await stack.sentence(reason, in: now)
        if reason.isDiskFull {
          let text = "no space is left on the engine: \(why); free some, then run again"
          note(.broken(text), elapsed, looks, now)
          throw DeploymentError(.driverBroken, text)
        }
        let text = "\(service) does not come up: \(why)"
        note(.failed(text), elapsed, looks, now)
        throw DeploymentError(.recipeFailed, text)
      case .waiting(let what):
        progress("waiting for \(what)")
        guard elapsed < limit else {
          let text = "the stack does not come up within \(limit): \(what)"
          note(.failed(text), elapsed, looks, now)
          throw DeploymentError(.recipeFailed, text)
        }
      }
      // Tasks have no events of their own where they wait for a node or an image.
      await events.wait(beyond: heard, atMost: .seconds(1))
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
      let container = try? await stack.engine.container(of: task)
      if container?["State"]?["Running"]?.boolValue != true { return false }
    }
    return true
  }

  /// A program that ends well when it is told to leaves no word of why it was told: its container
  /// has it.
  private func noteUnhealthy(
    _ now: inout SwarmStack,
    _ before: SwarmStack,
    _ known: inout [String: Bool]
  ) async {
    let old = Set(before.tasks.map(\.id))
    for index in now.tasks.indices {
      let task = now.tasks[index]
      guard task.hasFailed, !old.contains(task.id), task.containerID != nil,
        stack.engine.engine(of: task) != nil
      else { continue }
      if known[task.id] == nil {
        let container = try? await stack.engine.container(of: task)
        known[task.id] = container.map(Self.wasUnhealthy) ?? false
      }
      if known[task.id] == true { now.tasks[index].wasUnhealthy = true }
    }
  }

  /// What health checks say while their tasks start, for whoever waits.
  private func noteProbes(_ now: inout SwarmStack) async {
    for index in now.tasks.indices where now.tasks[index].state == "starting" {
      guard now.tasks[index].isWanted,
        let container = try? await stack.engine.container(of: now.tasks[index])
      else { continue }
      now.tasks[index].probe = stack.probe(of: container)
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

  private func note(
    _ ending: Operation.Ending,
    _ elapsed: Duration,
    _ looks: Int,
    _ now: SwarmStack
  ) {
    var facts = ["looks": String(looks), "engine": stack.engine.version]
    for service in now.services {
      facts["tasks of \(service.name)"] = "\(now.running(service).count)/\(now.desired(service))"
    }
    log.note(Operation(name: "converge", ending: ending, duration: elapsed, facts: facts))
  }
}
