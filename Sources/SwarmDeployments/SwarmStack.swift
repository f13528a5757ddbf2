internal import Formats

/// What an engine says of a stack's services and tasks at one moment.
struct SwarmStack: Sendable {
  struct Service: Sendable {
    var id: String
    /// Without the stack's name.
    var name: String
    var labels: [String: String]
    /// How many tasks there are to be; nil for one on each node.
    var replicas: Int?
    /// How many tasks of a job are to end well; nil for a service that is to run.
    var completions: Int?
    /// `any`, `on-failure`, `none`.
    var restartCondition: String
    /// `TaskTemplate.ContainerSpec`.
    var container: JSONValue
    /// `updating`, `completed`, `paused`, `rollback_started`, …; nil where there was no update.
    var updateState: String?
    var updateMessage: String
    /// Whether the suite says that it does its work and ends.
    var isOneShot = false

    /// As in the compose file, with the digest that the engine has put behind it.
    var image: String { container["Image"]?.stringValue ?? "" }
  }

  struct Task: Sendable {
    var id: String
    var serviceID: String
    var slot: Int
    var nodeID: String?
    /// `pending`, `preparing`, `starting`, `running`, `failed`, `complete`, `rejected`, …
    var state: String
    /// What the orchestrator wants it to be: `running`, `shutdown`, `remove`.
    var desiredState: String
    /// What it did not do: `no suitable node (…)`, `No such image: …`.
    var error: String
    var exitCode: Int?
    var containerID: String?
    var container: JSONValue
    /// As the engine writes it; later ones sort behind.
    var created = ""
    /// Whether its health check had said no when it ended.
    var wasUnhealthy = false
    /// What its health check said last, while it starts.
    var probe: String?

    var isLive: Bool {
      !["complete", "failed", "rejected", "shutdown", "orphaned", "remove"].contains(state)
    }
    /// Ended by itself, not because it was told to.
    var hasFailed: Bool { ["complete", "failed", "rejected", "orphaned"].contains(state) }
    /// Ended by itself with 0.
    var isDone: Bool { state == "complete" && !wasUnhealthy }
    /// The engine has no code for it; the words are Go's for `ENOSPC`, in every language.
    var isDiskFull: Bool { !error.isEmpty && error.contains("no space left on device") }
    /// Alive, and to stay so.
    var isWanted: Bool { isLive && desiredState != "remove" && desiredState != "shutdown" }
    var runs: Bool { state == "running" && desiredState == "running" }
  }

  var name: String
  /// Sorted by name.
  var services: [Service] = []
  /// In the order in which they were made.
  var tasks: [Task] = []

  static let namespace = "com.docker.stack.namespace"

  static func read(_ name: String, on manager: Engine) async throws(EngineError) -> SwarmStack {
    let filter = ["label": ["\(namespace)=\(name)"]]
    var stack = SwarmStack(name: name)
    stack.services = try await manager.list("/services", filter)
      .compactMap { Service($0, stack: name) }
      .sorted { UTF8Order.precedes($0.name, $1.name) }
    stack.tasks = try await manager.list("/tasks", filter).compactMap(Task.init)
      .sorted { UTF8Order.precedes($0.created, $1.created) }
    return stack
  }

  func tasks(of service: Service) -> [Task] { tasks.filter { $0.serviceID == service.id } }

  /// How many tasks a service is to have.
  func desired(_ service: Service) -> Int {
    if service.completions != nil || hasDoneItsWork(service) { return 0 }
    return service.replicas ?? max(1, tasks(of: service).count { $0.desiredState == "running" })
  }

  /// Whether a service that is not to be started again has ended with 0, as it is to be now.
  ///
  /// An app that gave up ends so, too: with `on-failure` the suite must have said what it is. With
  /// `none` the recipe itself says that nothing comes after its end, unless it has a health check,
  /// which is for what stays.
  func hasDoneItsWork(_ service: Service) -> Bool {
    let isOver = service.restartCondition == "none" && service.container["Healthcheck"] == nil
    guard service.isOneShot || isOver else { return false }
    let tasks = tasks(of: service)
    return !tasks.contains(where: \.isWanted)
      && tasks.last { $0.hasFailed && $0.container == service.container }?.isDone == true
  }

  /// Services of which nothing is to run now, with why.
  var idle: [String: String] {
    var idle: [String: String] = [:]
    for service in services where desired(service) == 0 {
      let isOver = service.completions == nil || !tasks(of: service).contains(where: \.isWanted)
      idle[service.name] =
        service.replicas == 0 ? "replicas: 0" : isOver ? "done, ended with 0" : nil
    }
    return idle
  }

  /// Tasks that run, of the service as it is to be now.
  func running(_ service: Service) -> [Task] { tasks(of: service).filter(\.runs) }
}

extension SwarmStack.Service {
  init?(_ json: JSONValue, stack: String) {
    guard let id = json["ID"]?.stringValue, let spec = json["Spec"],
      let full = spec["Name"]?.stringValue
    else { return nil }
    self.id = id
    name = full.hasPrefix(stack + "_") ? String(full.dropFirst(stack.utf8.count + 1)) : full
    labels = spec["Labels"]?.texts ?? [:]
    replicas = spec["Mode"]?["Replicated"].map { Int($0["Replicas"]?.intValue ?? 1) }
    if let job = spec["Mode"]?["ReplicatedJob"] {
      completions = Int(job["TotalCompletions"]?.intValue ?? 1)
    } else if spec["Mode"]?["GlobalJob"] != nil {
      completions = 1
    }
    let template = spec["TaskTemplate"]
    restartCondition = template?["RestartPolicy"]?["Condition"]?.stringValue ?? "any"
    container = template?["ContainerSpec"] ?? .null
    updateState = json["UpdateStatus"]?["State"]?.stringValue
    updateMessage = json["UpdateStatus"]?["Message"]?.stringValue ?? ""
  }
}

extension SwarmStack.Task {
  init?(_ json: JSONValue) {
    guard let id = json["ID"]?.stringValue, let service = json["ServiceID"]?.stringValue,
      let status = json["Status"]
    else { return nil }
    self.id = id
    serviceID = service
    slot = Int(json["Slot"]?.intValue ?? 0)
    nodeID = json["NodeID"]?.stringValue
    state = status["State"]?.stringValue ?? "new"
    desiredState = json["DesiredState"]?.stringValue ?? ""
    error = status["Err"]?.stringValue ?? ""
    let place = status["ContainerStatus"]
    exitCode = place?["ExitCode"]?.intValue.map { Int($0) }
    containerID = place?["ContainerID"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    container = json["Spec"]?["ContainerSpec"] ?? .null
    created = json["CreatedAt"]?.stringValue ?? ""
    wasUnhealthy = error.contains("unhealthy container")
  }
}

extension JSONValue {
  /// An object of texts.
  var texts: [String: String] {
    Dictionary((objectValue?.members ?? []).map { ($0.key, $0.value.stringValue ?? "") }) { $1 }
  }
}
