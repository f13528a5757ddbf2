import BuiltTool
import Foundation

/// The tool at work on a faulty project, with what happens meanwhile.
struct FaultRun {
  let project: FaultProject
  /// Command lines of other processes that held the secret.
  private(set) var tellingCommandLines: [String] = []
  /// What did not happen although it should have.
  private(set) var problems: [String] = []
  private(set) var folders: Set<String> = []

  init(_ project: FaultProject) { self.project = project }

  mutating func perform() async throws -> ToolProject.Result {
    let row = project.row
    let run = try ToolRun(
      project.tool,
      row.run.map(project.named),
      project.environment,
      under: row.under.map(project.named)
    )
    let secret = SecretForms(of: Prepared.password)
    let ending = Task { try await run.result() }
    let isOver = Ended()
    let watch = Task {
      _ = try? await ending.value
      await isOver.set()
    }
    var rest = row.during[...]
    var looks = 0
    while await !isOver.value {
      // Every process of the machine is read: five times a second will do.
      if looks.isMultiple(of: 10) { look(for: secret) }
      looks += 1
      if let moment = rest.first, holds(moment, run) {
        rest.removeFirst()
        for act in moment.acts { try await perform(act, run) }
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    await watch.value
    for moment in rest {
      problems.append("never came: \(moment.says ?? moment.event.joined(separator: ", "))")
    }
    return try await ending.value
  }

  private actor Ended {
    private(set) var value = false
    func set() { value = true }
  }

  // MARK: What is looked at

  private mutating func look(for secret: SecretForms) {
    for id in project.tool.runs { folders.formUnion(RunTraces.folders(of: id)) }
    for line in RunTraces.commandLines() where secret.found(in: line) != nil {
      tellingCommandLines.append(line)
    }
  }

  private func holds(_ moment: FaultRow.Moment, _ run: ToolRun) -> Bool {
    if let text = moment.says { return (run.out + run.err).contains(project.named(text)) }
    guard let id = project.tool.runs.last,
      let events = try? project.tool.text("\(project.tool.reports)/runs/\(id)/events.ndjson")
    else { return false }
    return events.split(separator: "\n").contains { line in
      moment.event.allSatisfy { line.contains($0) }
    }
  }

  // MARK: What is done

  private mutating func perform(_ act: FaultRow.Act, _ run: ToolRun) async throws {
    switch act {
    case .app(let faults): try project.setFaults(faults)
    case .pause(let duration): try? await Task.sleep(for: duration)
    case .command(let argv): try project.execute(argv)
    case .kill("runner", let signal): run.signal(signal)
    case .kill(let name, let signal):
      let id = project.tool.runs.last ?? ""
      let found =
        name == "guardian"
        ? RunTraces.guardian(of: id) : RunTraces.leader(of: name, in: RunTraces.folders(of: id))
      if let found {
        kill(found, signal)
      } else {
        problems.append("there is no process of \(name)")
      }
    }
  }
}
