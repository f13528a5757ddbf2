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
    // Beside what is to be done, which must not come too late: every process of the machine is read.
    let looks = Task { [tool = project.tool] in
      var seen = Seen()
      while await !isOver.value {
        seen.look(at: tool.runs, for: secret)
        try? await Task.sleep(for: .milliseconds(200))
      }
      return seen
    }
    var rest = row.during[...]
    while await !isOver.value {
      if let moment = rest.first, holds(moment, run) {
        rest.removeFirst()
        for act in moment.acts { try await perform(act, run) }
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    await watch.value
    let seen = await looks.value
    (tellingCommandLines, folders) = (seen.commandLines, seen.folders)
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

  private struct Seen {
    var commandLines: [String] = []
    var folders: Set<String> = []

    mutating func look(at runs: [String], for secret: SecretForms) {
      for id in runs { folders.formUnion(RunTraces.folders(of: id)) }
      for line in RunTraces.commandLines() where secret.found(in: line) != nil {
        commandLines.append(line)
      }
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
