import Formats
import Testing

@testable import SwarmDeployments

@Suite struct ConvergenceTests {
  private func service(
    _ name: String = "app",
    replicas: Int? = 1,
    image: String = "nginx:1",
    update: String? = nil,
    healthcheck: Bool = true
  ) -> SwarmStack.Service {
    var container = JSONObject([("Image", .string(image))])
    if healthcheck { container["Healthcheck"] = ["Test": ["CMD", "true"]] }
    return SwarmStack.Service(
      id: "id-\(name)",
      name: name,
      labels: [:],
      replicas: replicas,
      restartCondition: "any",
      container: .object(container),
      updateState: update,
      updateMessage: "update message"
    )
  }

  private func task(
    _ id: String,
    _ state: String,
    desired: String = "running",
    of service: SwarmStack.Service,
    error: String = "",
    exit: Int? = nil,
    image: JSONValue? = nil
  ) -> SwarmStack.Task {
    SwarmStack.Task(
      id: id,
      serviceID: service.id,
      slot: 1,
      nodeID: "n",
      state: state,
      desiredState: desired,
      error: error,
      exitCode: exit,
      containerID: "c",
      container: image ?? service.container
    )
  }

  private func stack(_ service: SwarmStack.Service, _ tasks: [SwarmStack.Task]) -> SwarmStack {
    SwarmStack(name: "s", services: [service], tasks: tasks)
  }

  private func look(
    _ service: SwarmStack.Service,
    _ tasks: [SwarmStack.Task],
    before: SwarmStack? = nil,
    after seconds: Int = 0
  ) -> Convergence.State {
    var convergence = Convergence(before: before)
    return convergence.look(
      at: stack(service, tasks),
      services: [service.name],
      after: .seconds(seconds)
    )
  }

  @Test func `A healthy task is enough`() {
    let app = service()
    #expect(look(app, [task("a", "running", of: app)]) == .converged)
  }

  @Test func `A service that is not there is waited for`() {
    var convergence = Convergence(before: nil)
    let state = convergence.look(at: SwarmStack(name: "s"), services: ["app"], after: .zero)
    #expect(state == .waiting("app is not there"))
  }

  @Test func `A job is done when it has ended well, and is not missed afterwards`() {
    var job = service()
    job.completions = 1
    let ended = task("a", "complete", desired: "shutdown", of: job, exit: 0)
    #expect(look(job, [task("a", "running", of: job)]) == .waiting("app 0/1 done"))
    #expect(look(job, [ended]) == .converged)
    #expect(stack(job, [ended]).desired(job) == 0)
  }

  @Test func `A task that starts is waited for, with its state`() {
    let app = service()
    #expect(look(app, [task("a", "starting", of: app)]) == .waiting("app 0/1 (starting)"))
  }

  @Test func `Every replica counts`() {
    let app = service(replicas: 2)
    #expect(look(app, [task("a", "running", of: app)]) == .waiting("app 1/2"))
  }

  @Test func `A task of the version before is not the service`() {
    let app = service(image: "nginx:2")
    let old = task("a", "running", of: app, image: service(image: "nginx:1").container)
    #expect(look(app, [old]) == .waiting("app 0/1"))
  }

  @Test func `What ran before is waited for until it has ended, and not for ever`() {
    let service = service(update: "completed")
    let new = task("2", "running", of: service)
    let old = task("1", "running", desired: "shutdown", of: service)
    guard case .waiting = look(service, [old, new]) else {
      Issue.record("an old task that still runs is not waited for")
      return
    }
    #expect(
      look(service, [task("1", "shutdown", desired: "shutdown", of: service), new]) == .converged
    )
    var convergence = Convergence(before: nil)
    let stack = stack(service, [old, new])
    guard case .waiting = convergence.look(at: stack, services: ["app"], after: .zero) else {
      Issue.record("it is not waited for")
      return
    }
    #expect(convergence.look(at: stack, services: ["app"], after: .seconds(61)) == .converged)
  }

  @Test func `Without a health check a task must run for a while`() {
    let app = service(healthcheck: false)
    var convergence = Convergence(before: nil)
    let stack = stack(app, [task("a", "running", of: app)])
    #expect(convergence.look(at: stack, services: ["app"], after: .zero) == .waiting("app settles"))
    #expect(
      convergence.look(at: stack, services: ["app"], after: .seconds(1)) == .waiting("app settles")
    )
    #expect(convergence.look(at: stack, services: ["app"], after: .seconds(2)) == .converged)
  }

  @Test(arguments: ["rollback_started", "rollback_paused", "rollback_completed"])
  func `A rollback fails although all runs`(state: String) {
    let app = service(update: state)
    guard case .failed("app", let reason) = look(app, [task("a", "running", of: app)]) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "the engine rolled it back: update message")
  }

  @Test func `A paused update fails although all runs`() {
    let app = service(update: "paused")
    guard case .failed("app", let reason) = look(app, [task("a", "running", of: app)]) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "its update is paused: update message")
  }

  @Test func `An update under way is waited for`() {
    let app = service(update: "updating")
    #expect(look(app, [task("a", "running", of: app)]) == .waiting("app updating"))
  }

  /// Ends are counted over looks, because the engine forgets old tasks.
  @Test func `A crash loop fails at its fifth end, with its exit code`() {
    let app = service()
    var convergence = Convergence(before: nil)
    for number in 1...5 {
      let tasks = [
        task("t\(number)", "failed", desired: "shutdown", of: app, exit: 3),
        task("next", "starting", of: app),
      ]
      let state = convergence.look(at: stack(app, tasks), services: ["app"], after: .zero)
      if number < 5 {
        let times = number == 1 ? "once" : "\(number) times"
        #expect(state == .waiting("app 0/1 (starting; exit 3, \(times))"))
      } else {
        #expect(
          state
            == .failed(service: "app", Convergence.Reason(text: "exit 3, 5 times", taskID: "t5"))
        )
      }
    }
  }

  @Test func `A task that ends with 0 again and again is a crash loop`() {
    let app = service()
    let tasks = (1...5).map { task("t\($0)", "complete", desired: "shutdown", of: app, exit: 0) }
    #expect(
      look(app, tasks)
        == .failed(service: "app", Convergence.Reason(text: "exit 0, 5 times", taskID: "t5"))
    )
  }

  @Test func `What ended before the operation does not count`() {
    let app = service()
    let old = (1...9).map { task("t\($0)", "failed", desired: "shutdown", of: app, exit: 1) }
    let now = old + [task("a", "running", of: app)]
    #expect(look(app, now, before: stack(app, old)) == .converged)
  }

  @Test func `A health check that never turns green fails at its third end`() {
    let app = service()
    let ended = (1...3).map { number in
      var task = task("t\(number)", "complete", desired: "shutdown", of: app, exit: 0)
      task.wasUnhealthy = true
      return task
    }
    guard case .failed("app", let reason) = look(app, ended) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "never becomes healthy, and was ended for it 3 times")
    #expect(reason.isUnhealthy)
  }

  @Test func `The engine's own word for an unhealthy task is read`() throws {
    let json: JSONValue = [
      "ID": "t", "ServiceID": "s", "DesiredState": "shutdown",
      "Status": [
        "State": "failed", "Err": "task: non-zero exit (137): dockerexec: unhealthy container",
      ],
    ]
    #expect(try #require(SwarmStack.Task(json)).wasUnhealthy)
  }

  @Test(arguments: [
    ("unhealthy", 2, 2, true), ("unhealthy", 0, 2, false), ("unhealthy", 1, 2, false),
    ("unhealthy", 3, 0, true), ("unhealthy", 2, 0, false), ("healthy", 5, 2, false),
  ])
  func `Only a check that said no so often as it may ended a container`(
    status: String,
    streak: Int64,
    retries: Int64,
    expected: Bool
  ) {
    let container: JSONValue = [
      "State": ["Health": ["Status": .string(status), "FailingStreak": .int(streak)]],
      "Config": ["Healthcheck": ["Retries": .int(retries)]],
    ]
    #expect(ConvergenceWatch.wasUnhealthy(container) == expected)
  }

  @Test func `A missing image fails at the second rejection`() {
    let app = service()
    let one = task("t1", "rejected", desired: "shutdown", of: app, error: "No such image: x:1")
    let two = task("t2", "rejected", desired: "shutdown", of: app, error: "No such image: x:1")
    #expect(
      look(app, [one, task("t3", "new", of: app)])
        == .waiting("app 0/1 (new; image missing: No such image: x:1, once)")
    )
    guard case .failed("app", let reason) = look(app, [one, two]) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "image missing: No such image: x:1")
  }

  @Test func `A task without a node has a moment to find one`() {
    let app = service()
    let error = "no suitable node (host-mode port already in use on 1 node)"
    let stack = stack(app, [task("a", "pending", of: app, error: error)])
    var convergence = Convergence(before: nil)
    _ = convergence.look(at: stack, services: ["app"], after: .seconds(1))
    let early = convergence.look(at: stack, services: ["app"], after: .seconds(5))
    #expect(early == .waiting("app 0/1 (pending; \(error))"))
    let late = convergence.look(at: stack, services: ["app"], after: .seconds(6))
    #expect(late == .failed(service: "app", Convergence.Reason(text: error, taskID: "a")))
  }

  /// BEAM apps end with 0 when they give up, and `on-failure` leaves them so.
  @Test func `A service that its restart policy leaves dead fails`() {
    let app = service()
    let stack = stack(app, [task("a", "complete", desired: "shutdown", of: app, exit: 0)])
    var convergence = Convergence(before: nil)
    _ = convergence.look(at: stack, services: ["app"], after: .zero)
    guard
      case .failed("app", let reason) = convergence.look(
        at: stack,
        services: ["app"],
        after: .seconds(5)
      )
    else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "exit 0, and its restart policy (any) leaves it so")
    #expect(reason.sequel != nil)
  }

  // MARK: What does its work and ends

  private func oneShot(_ condition: String, isSaid: Bool = true) -> SwarmStack.Service {
    var service = service(healthcheck: false)
    service.restartCondition = condition
    service.isOneShot = isSaid
    return service
  }

  @Test(arguments: [("on-failure", true), ("none", true), ("none", false)])
  func `A helper is done when it has ended with 0`(condition: String, isSaid: Bool) {
    let app = oneShot(condition, isSaid: isSaid)
    let ended = task("a", "complete", desired: "shutdown", of: app, exit: 0)
    #expect(look(app, [ended]) == .converged)
    #expect(stack(app, [ended]).desired(app) == 0)
    #expect(stack(app, [ended]).idle == ["app": "done, ended with 0"])
  }

  @Test func `What the suite does not name is no helper on on-failure`() {
    let app = oneShot("on-failure", isSaid: false)
    let ended = task("a", "complete", desired: "shutdown", of: app, exit: 0)
    #expect(stack(app, [ended]).desired(app) == 1)
    #expect(look(app, [ended]) != .converged)
  }

  /// A health check is for what stays.
  @Test func `What has a health check is no helper by its restart policy`() {
    var app = service()
    app.restartCondition = "none"
    let ended = task("a", "complete", desired: "shutdown", of: app, exit: 0)
    #expect(look(app, [ended]) != .converged)
  }

  @Test func `A helper that still works is waited for`() {
    let app = oneShot("on-failure")
    #expect(look(app, [task("a", "running", of: app)]) == .waiting("app 0/1 done"))
  }

  @Test func `A helper of the version before has not done this version's work`() {
    let app = oneShot("on-failure")
    let old = task(
      "a",
      "complete",
      desired: "shutdown",
      of: app,
      exit: 0,
      image: service(image: "nginx:0").container
    )
    #expect(look(app, [old], before: stack(app, [old])) == .waiting("app 0/1 done"))
    #expect(stack(app, [old]).idle.isEmpty)
  }

  @Test(arguments: [Int?.none, 1])
  func `A helper or job that fails and is not started again has failed`(completions: Int?) {
    var app = oneShot("none")
    app.completions = completions
    let stack = stack(app, [task("a", "failed", desired: "shutdown", of: app, exit: 3)])
    var convergence = Convergence(before: nil)
    _ = convergence.look(at: stack, services: ["app"], after: .zero)
    let state = convergence.look(at: stack, services: ["app"], after: .seconds(5))
    let text = "exit 3, and its restart policy (none) leaves it so"
    #expect(state == .failed(service: "app", Convergence.Reason(text: text, taskID: "a")))
  }

  @Test func `What is always started again is no helper`() {
    let app = oneShot("any")
    let ended = task("a", "complete", desired: "shutdown", of: app, exit: 0)
    guard case .failed("app", let reason) = look(app, [ended]) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text.hasPrefix("exit 0, and its restart policy (any) starts it again"))
  }

  @Test func `A job of many ends does not end too often`() {
    var job = oneShot("none", isSaid: false)
    job.completions = 6
    let ended = (1...6).map { task("t\($0)", "complete", desired: "shutdown", of: job, exit: 0) }
    #expect(look(job, Array(ended.prefix(5))) == .waiting("app 5/6 done (exit 0, 5 times)"))
    #expect(look(job, ended) == .converged)
  }

  // MARK: Causes

  @Test func `Before the engine's sentence stands the task that failed`() {
    let app = service(image: "nginx:1", update: "rollback_started")
    let new = service(image: "nginx:2").container
    let tasks = [
      task("old", "running", of: app),
      task("bad", "failed", desired: "shutdown", of: app, exit: 4, image: new),
    ]
    guard case .failed("app", let reason) = look(app, tasks) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.text == "exit 4")
    #expect(reason.taskID == "bad")
    #expect(reason.sequel == "the engine rolled it back: update message")
  }

  @Test func `What a health check says is told while it is waited for`() {
    let app = service()
    var starting = task("a", "starting", of: app)
    starting.probe = "connection refused"
    let text = "app 0/1 (starting; its health check says: connection refused)"
    #expect(look(app, [starting]) == .waiting(text))
  }

  @Test func `No room on the engine says nothing of the recipe`() {
    let app = service()
    let error = "mkdir /var/lib/docker/x: no space left on device"
    let tasks = ["t1", "t2"].map {
      task($0, "rejected", desired: "shutdown", of: app, error: error)
    }
    guard case .failed("app", let reason) = look(app, tasks) else {
      Issue.record("not failed")
      return
    }
    #expect(reason.isDiskFull)
  }
}
