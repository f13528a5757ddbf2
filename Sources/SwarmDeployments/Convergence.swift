internal import Formats

/// Whether a stack becomes what it is to be: a value that is shown the stack at one moment after the
/// other, and that knows of nothing else.
struct Convergence: Sendable {
  enum State: Sendable, Hashable {
    case converged
    /// What is missing, in a few words.
    case waiting(String)
    /// The service that will not do, and why, in one line without its last words.
    case failed(service: String, Reason)
  }

  /// Why a service will not come to what it is to be.
  struct Reason: Sendable, Hashable {
    /// `exit 1, 5 times`, `image missing: No such image: x`.
    var text: String
    /// The task that tells most about it.
    var taskID: String?
    /// Where the engine's own health check said no.
    var isUnhealthy = false
    /// What the engine then did; nil where that is nothing.
    var sequel: String?
    /// Where the engine has no room left: no word on the recipe.
    var isDiskFull = false
  }

  /// Ends of a task, in a row and by themselves, after which nobody needs to wait for the next one.
  /// An app that ends until its database answers has this many tries.
  static let ends = 5
  /// The same where the health check ended it, which takes much longer.
  static let unhealthyEnds = 3
  /// Rejections, such as for an image that is not there.
  static let rejections = 2
  /// How long a task may look for a node, and a service be without any live task.
  static let patience: Duration = .seconds(5)
  /// How long what has no health check must have run.
  static let settling: Duration = .seconds(2)
  /// How long an old task is waited for that is to end: of one on a node that is gone nothing is ever heard.
  static let endingLimit: Duration = .seconds(60)

  /// Tasks that were there before the operation.
  private let before: Set<String>
  /// When a task was first seen to run, to look for a node, or a service to have no live task.
  private var first: [String: Duration] = [:]
  /// Ended tasks that were seen, by service id: the engine forgets old ones.
  private var ended: [String: [String: SwarmStack.Task]] = [:]
  private var order: [String: [String]] = [:]

  init(before stack: SwarmStack?) {
    before = Set((stack?.tasks ?? []).map(\.id))
  }

  /// - Parameter elapsed: since the operation began.
  /// - Parameter services: those of the compose file; all of them must be there.
  mutating func look(at stack: SwarmStack, services: [String], after elapsed: Duration) -> State {
    var waiting: [String] = []
    for name in services where !stack.services.contains(where: { $0.name == name }) {
      waiting.append("\(name) is not there")
    }
    for service in stack.services {
      note(stack.tasks(of: service), of: service)
      switch look(at: service, in: stack, after: elapsed) {
      case .converged: break
      case .waiting(let what): waiting.append(what)
      case .failed(let name, let reason): return .failed(service: name, reason)
      }
    }
    return waiting.isEmpty ? .converged : .waiting(waiting.joined(separator: ", "))
  }

  private mutating func note(_ tasks: [SwarmStack.Task], of service: SwarmStack.Service) {
    for task in tasks where task.hasFailed && !before.contains(task.id) {
      if ended[service.id, default: [:]].updateValue(task, forKey: task.id) == nil {
        order[service.id, default: []].append(task.id)
      }
    }
  }

  private mutating func look(
    at service: SwarmStack.Service,
    in stack: SwarmStack,
    after elapsed: Duration
  ) -> State {
    if let text = Self.goneBack(service) { return goneBack(service, text) }
    let tasks = stack.tasks(of: service)
    if let wanted = service.completions {
      return look(atWorkOf: service, tasks, wanted, stack.desired(service), elapsed)
    }
    if let state = contradiction(in: service, tasks) { return state }
    if service.isOneShot || stack.hasDoneItsWork(service) {
      return look(atWorkOf: service, tasks, service.replicas ?? 1, stack.desired(service), elapsed)
    }
    if let state = worn(out: service) { return state }
    if let state = stuck(service, tasks, desired: stack.desired(service), elapsed) { return state }
    let desired = stack.desired(service)
    let running = stack.running(service)
    // `==` takes objects with the same members for the same.
    let current = running.filter { $0.container == service.container }
    guard current.count >= desired, running.count == current.count else {
      return .waiting("\(service.name) \(current.count)/\(desired)" + progress(of: service, tasks))
    }
    if let state = service.updateState, state != "completed" {
      return .waiting("\(service.name) \(state)")
    }
    // What a proxy still leads to would answer now, and be gone in the middle of a check.
    for task in tasks where task.desiredState == "shutdown" && task.isLive {
      if age(of: "end of \(task.id)", elapsed) < Self.endingLimit {
        return .waiting("\(service.name) ends what ran before")
      }
    }
    guard service.container["Healthcheck"] == nil else { return .converged }
    for task in current {
      if age(of: task.id, elapsed) < Self.settling { return .waiting("\(service.name) settles") }
    }
    return .converged
  }

  /// What its tasks do and how the last ones ended: the cause is known long before the limit.
  private func progress(of service: SwarmStack.Service, _ tasks: [SwarmStack.Task]) -> String {
    let others = tasks.filter { $0.isWanted && $0.state != "running" }
    var words = Set(others.map(\.state)).sorted()
    if let error = others.map(\.error).last(where: { !$0.isEmpty }) { words.append(error) }
    if let probe = others.compactMap(\.probe).last {
      words.append("its health check says: \(probe)")
    }
    let ended = ends(of: service)
    if let last = ended.last { words.append("\(Self.ending(last)), \(Self.times(ended.count))") }
    return words.isEmpty ? "" : " (\(words.joined(separator: "; ")))"
  }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// How long something has been so, since it was first seen.
  private mutating func age(of id: String, _ elapsed: Duration) -> Duration {
    let since = first[id] ?? elapsed
    first[id] = since
    return elapsed - since
  }

  private func failed(
    _ service: SwarmStack.Service,
    _ text: String,
    _ task: SwarmStack.Task?,
    isUnhealthy: Bool = false
  ) -> State {
    .failed(
      service: service.name,
      Reason(
        text: text,
        taskID: task?.id,
        isUnhealthy: isUnhealthy,
        isDiskFull: task?.isDiskFull ?? false
      )
    )
  }

  /// The task that failed is told first: the engine's own sentence names no cause.
  private func goneBack(_ service: SwarmStack.Service, _ text: String) -> State {
    // The service is again what it was before; what failed is the other one.
    let all = ends(of: service)
    guard let task = all.last(where: { $0.container != service.container }) ?? all.last else {
      return failed(service, text, nil)
    }
    var reason = Reason(text: Self.ending(task), taskID: task.id)
    reason.isUnhealthy = task.wasUnhealthy
    reason.isDiskFull = task.isDiskFull
    reason.sequel = text
    return .failed(service: service.name, reason)
  }

  private func ends(of service: SwarmStack.Service) -> [SwarmStack.Task] {
    (order[service.id] ?? []).compactMap { ended[service.id]?[$0] }
  }

  private func lastEnd(of service: SwarmStack.Service) -> SwarmStack.Task? {
    ends(of: service).last
  }

  /// Why the engine does not go on with an update; nil where it does.
  private static func goneBack(_ service: SwarmStack.Service) -> String? {
    switch service.updateState {
    case "rollback_started", "rollback_completed", "rollback_paused":
      "the engine rolled it back: \(service.updateMessage)"
    case "paused":
      "its update is paused: \(service.updateMessage)"
    default: nil
    }
  }

  /// What is started again whatever its end is has no work that it does once.
  private func contradiction(in service: SwarmStack.Service, _ tasks: [SwarmStack.Task]) -> State? {
    guard service.isOneShot, service.restartCondition == "any",
      let task = tasks.last(where: { $0.isDone && $0.container == service.container })
    else { return nil }
    let text =
      "exit 0, and its restart policy (any) starts it again: what `one_shot` of swarm.yml names needs "
      + "`restart_policy: {condition: on-failure}` or `none`"
    return failed(service, text, task)
  }

  /// A job, or a service that is to end with 0 and to stay so.
  private mutating func look(
    atWorkOf service: SwarmStack.Service,
    _ tasks: [SwarmStack.Task],
    _ wanted: Int,
    _ desired: Int,
    _ elapsed: Duration
  ) -> State {
    if let state = worn(out: service) { return state }
    let done = tasks.count { $0.isDone && $0.container == service.container }
    if done >= wanted {
      // What is started again and again has not done its work.
      if !tasks.contains(where: \.isWanted) { return .converged }
    } else if let state = stuck(service, tasks, desired: max(desired, wanted - done), elapsed) {
      return state
    }
    return .waiting("\(service.name) \(done)/\(wanted) done" + progress(of: service, tasks))
  }

  /// A service that will not get a task, or that nothing starts again, for longer than patience lasts.
  private mutating func stuck(
    _ service: SwarmStack.Service,
    _ tasks: [SwarmStack.Task],
    desired: Int,
    _ elapsed: Duration
  ) -> State? {
    // A task that finds no node says so, and goes on looking.
    // While an old task still stops, it may hold what the new one waits for.
    let isStopping = tasks.contains { $0.isLive && $0.desiredState == "shutdown" }
    if let task = tasks.first(where: { $0.state == "pending" && !$0.error.isEmpty }), !isStopping,
      age(of: task.id, elapsed) >= Self.patience
    {
      return failed(service, task.error, task)
    }
    guard !tasks.contains(where: \.isWanted), desired > 0, let last = lastEnd(of: service) else {
      first[service.id] = nil
      return nil
    }
    guard age(of: service.id, elapsed) >= Self.patience else { return nil }
    let policy = "and its restart policy (\(service.restartCondition)) leaves it so"
    var reason = Reason(text: "\(Self.ending(last)), \(policy)", taskID: last.id)
    reason.isDiskFull = last.isDiskFull
    if last.isDone, !service.isOneShot, service.completions == nil {
      reason.sequel = "name it under `one_shot` in swarm.yml if it is to end so"
    }
    return .failed(service: service.name, reason)
  }

  /// The end of a service that ended too often, or nil.
  private func worn(out service: SwarmStack.Service) -> State? {
    // Of a job each end with 0 is one of those that it is to have.
    let all = ends(of: service).filter { service.completions == nil || !$0.isDone }
    let rejected = all.filter { $0.state == "rejected" }
    if rejected.count >= Self.rejections, let last = rejected.last {
      return failed(service, Self.ending(last), last)
    }
    let unhealthy = all.filter(\.wasUnhealthy)
    if unhealthy.count >= Self.unhealthyEnds, let last = unhealthy.last {
      let text = "never becomes healthy, and was ended for it \(unhealthy.count) times"
      return failed(service, text, last, isUnhealthy: true)
    }
    if all.count >= Self.ends, let last = all.last {
      return failed(service, "\(Self.ending(last)), \(all.count) times", last)
    }
    return nil
  }

  /// How a task ended: `exit 1`.
  static func ending(_ task: SwarmStack.Task) -> String {
    switch task.state {
    case "complete" where !task.wasUnhealthy: return "exit 0"
    case "rejected" where task.error.contains("No such image"):
      return "image missing: \(task.error)"
    case "rejected": return "rejected: \(task.error)"
    case _ where task.wasUnhealthy: return "unhealthy"
    default:
      guard let code = task.exitCode, code != 0 else {
        return task.error.isEmpty ? task.state : task.error
      }
      return "exit \(code)"
    }
  }
}
