internal import Deployments
internal import Files
internal import Formats
internal import Guarding
internal import Programs

/// A stack as its engine has it, asked anew each time: its containers, commands in them, their logs.
struct RunningStack: Sendable {
  let name: String
  let engine: SwarmEngine
  /// Services that do their work and end, in the suite's word.
  var oneShots: Set<String> = []
  /// Takes the values of secrets out of a text.
  let redact: @Sendable (String) -> String

  /// A running container of a service, and the engine that runs it.
  struct Place: Sendable {
    var service: String
    var container: String
    var taskID: String
    var engine: Engine
  }

  func now() async throws(DeploymentError) -> SwarmStack {
    do throws(EngineError) {
      var stack = try await SwarmStack.read(name, on: engine.manager)
      for index in stack.services.indices {
        stack.services[index].isOneShot = oneShots.contains(stack.services[index].name)
      }
      return stack
    } catch {
      throw DeploymentError(error, "the stack")
    }
  }

  /// - Throws: where the service has no running task, with how the last one ended.
  func place(of service: String) async throws(DeploymentError) -> Place {
    try place(of: service, in: try await now())
  }

  func place(of name: String, in now: SwarmStack) throws(DeploymentError) -> Place {
    guard let service = now.services.first(where: { $0.name == name }) else {
      throw DeploymentError(.noSuchService, "unknown service \(name) in stack \(self.name)")
    }
    let running = now.running(service).sorted { ($0.slot, $0.id) < ($1.slot, $1.id) }
    for task in running {
      guard let container = task.containerID, let node = task.nodeID else { continue }
      guard let engine = engine.nodes[node] else {
        throw DeploymentError(
          .driverBroken,
          "\(name) runs on node \(node), which joined the Swarm after the run began"
        )
      }
      return Place(service: name, container: container, taskID: task.id, engine: engine)
    }
    let last = now.tasks(of: service).last { $0.hasFailed }
    throw DeploymentError(
      .recipeFailed,
      "\(name) has no running task"
        + (last.map { ": the last one ended with \(Convergence.ending($0))" } ?? "")
    )
  }

  func run(_ command: Command, at place: Place) async throws(DeploymentError) -> CommandOutput {
    do throws(EngineError) {
      return try await place.engine.run(command, in: place.container)
    } catch {
      // Newer engines refuse to start what is not there; older ones end it with 126, and so do shells.
      guard error.code == .refused(status: 400) else { throw DeploymentError(error, place.service) }
      return CommandOutput(ending: .exited(126), stderr: Array(error.message.utf8))
    }
  }

  // MARK: Logs

  /// The end of a container's log without secrets.
  ///
  /// - Parameter limit: in characters.
  func log(of container: String, on engine: Engine, lines: Int, limit: Int) async -> String {
    var text = try? await engine.log(of: container, lines: lines)
    // An engine counts pieces of 16 KiB where no line ends: so many may be more than it is let send.
    if text == nil { text = try? await engine.log(of: container, lines: min(lines, 64)) }
    return String(redact(text ?? "").suffix(limit))
  }

  /// Writes the end of every service's log beside the run's events.
  func keepLogs(in run: RunSettings) async {
    guard let now = try? await now() else { return }
    for service in now.services {
      var text = ""
      for task in now.tasks(of: service).sorted(by: { $0.id < $1.id }) {
        guard let container = task.containerID, let engine = engine.engine(of: task) else {
          continue
        }
        text += await log(of: container, on: engine, lines: 5000, limit: 1 << 20)
      }
      let path = "\(run.logFolder)/\(service.name).log"
      try? AtomicFile.write(Array(text.utf8), to: path, in: run.logTree)
    }
  }

  /// Why a service does not come up, in one line: how its task ended, what that said last, and only
  /// then what the engine did.
  func sentence(_ reason: Convergence.Reason, in now: SwarmStack) async -> String {
    let words = await lastWords(of: reason, in: now)
    return ([reason.text, words] + [reason.sequel].compactMap { $0 }).filter { !$0.isEmpty }
      .joined(separator: "; ")
  }

  /// What a task that does not come up said last: its log's end, or what its health check said.
  private func lastWords(of reason: Convergence.Reason, in now: SwarmStack) async -> String {
    guard let task = now.tasks.first(where: { $0.id == reason.taskID }) else { return "" }
    if reason.isUnhealthy, let container = try? await engine.container(of: task),
      let line = probe(of: container)
    {
      return "its health check says: \(line)"
    }
    let words = await lastWords(of: task)
    return words.isEmpty ? "" : "last log lines: \(words)"
  }

  /// What a container's health check said last; nil where that is nothing.
  func probe(of container: JSONValue) -> String? {
    let output = container["State"]?["Health"]?["Log"]?.arrayValue?.last?["Output"]?.stringValue
    let line = Self.lines(redact(output ?? ""), 1)
    return line.isEmpty ? nil : line
  }

  /// The last lines of a task's log.
  func lastWords(of task: SwarmStack.Task) async -> String {
    guard let container = task.containerID, let engine = engine.engine(of: task) else { return "" }
    return Self.lines(await log(of: container, on: engine, lines: 5, limit: 4096), 3)
  }

  private static func lines(_ text: String, _ count: Int) -> String {
    text.split(whereSeparator: \.isNewline).suffix(count)
      .map { String($0.prefix(300)) }.joined(separator: " | ")
  }
}

extension DeploymentError {
  /// An engine's refusal as the driver tells it.
  init(_ error: EngineError, _ subject: String) {
    let code: Code =
      switch error.code {
      case .cancelled: .interrupted
      case .missing: .unsupported
      default: .driverBroken
      }
    self.init(code, "\(subject): \(error)")
  }
}
