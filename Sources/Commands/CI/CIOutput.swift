import Evidence
import Files
import FoundationEssentials
import Glibc
import Reports
import Suites
import Synchronization

/// What a command tells the CI that it runs in: annotations, and a summary of the job.
///
/// Nothing of it changes an exit status.
final class CIOutput: Sendable {
  private struct Told: Sendable {
    var models: [CoverageModel] = []
    var annotations: [Item] = []
    /// A summary that is no list of recipes.
    var summary: String?
  }

  private struct Item: Sendable {
    var annotation: Annotation
    var file: String?
  }

  private let system: CISystem?
  /// Nil where there is no project: then no place has a file.
  private let workspace: Workspace?
  private let environment: [String: String]
  private let token: String
  /// Whether a summary may be written among the reports.
  private let writesReports: Bool
  private let told = Mutex(Told())

  init(_ choice: CIChoice, _ workspace: Workspace?, writesReports: Bool) {
    environment = ProcessInfo.processInfo.environment
    system = choice.system(environment)
    self.workspace = workspace
    self.writesReports = writesReports
    // The generator is the system's, which nobody can guess.
    token = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
    // An app's answers are printed too: none of them is a command.
    if system?.takesCommands == true { Console.data(WorkflowCommands.stop(token)) }
  }

  func add(_ coverage: CoverageModel) {
    let items = coverage.annotations.map { item($0, recipe: coverage.recipe) }
    told.withLock {
      $0.models.append(coverage)
      $0.annotations += items
    }
  }

  func add(_ annotations: [Annotation], recipe: String) {
    let items = annotations.map { item($0, recipe: recipe) }
    told.withLock { $0.annotations += items }
  }

  func add(_ diff: CoverageDiff, failOn: CoverageDiff.FailOn) {
    for recipe in diff.recipes { add(recipe.annotations(failOn), recipe: recipe.recipe) }
    told.withLock { $0.summary = DiffMarkdown(diff).rendered() }
  }

  private func item(_ annotation: Annotation, recipe: String) -> Item {
    var annotation = annotation
    annotation.title = "\(recipe): \(annotation.title)"
    guard let place = annotation.place, let workspace else {
      return Item(annotation: annotation, file: nil)
    }
    let path = "\(workspace.project.suiteFolder(of: recipe))/\(place.file)"
    let isThere = FileManager.default.fileExists(atPath: path)
    return Item(annotation: annotation, file: isThere ? fromTop(path, workspace) : nil)
  }

  /// From the top of what the CI checked out, which is what it knows files by.
  private func fromTop(_ path: String, _ workspace: Workspace) -> String {
    let top = environment["GITHUB_WORKSPACE"] ?? ""
    return !top.isEmpty && path.hasPrefix(top + "/")
      ? String(path.dropFirst(top.count + 1)) : workspace.shown(path)
  }

  /// Says all of it; at the end, whatever came of the command.
  func conclude() {
    guard let system else { return }
    let told = told.withLock { $0 }
    if system.takesCommands {
      // A line that was begun would hide the command.
      Console.data("\n" + WorkflowCommands.resume(token))
    }
    if system.showsAnnotations {
      let pairs = told.annotations.map { ($0.annotation, file: $0.file) }
      Console.data(WorkflowCommands.annotations(pairs))
    }
    guard !told.models.isEmpty || told.summary != nil else { return }
    let summary = told.summary ?? JobSummary(told.models).rendered()
    if writesReports, let workspace {
      do {
        try AtomicFile.write(
          summary.utf8,
          to: "\(workspace.project.reports)/summary.md",
          in: workspace.reportsTree
        )
      } catch {
        Console.error("parity: \(workspace.shown("\(error)"))")
      }
    }
    if let step = environment["GITHUB_STEP_SUMMARY"], !step.isEmpty, system.takesCommands {
      append(summary, to: step)
    }
  }

  /// The file is the step's, and other programs of the step add to it: what is there counts too.
  private func append(_ summary: String, to path: String) {
    let before = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    let room = JobSummary.limit - before
    guard room > 1024 else {
      Console.error("parity: the job summary has no room for more")
      return
    }
    var text = summary
    if text.utf8.count > room {
      let models = told.withLock { $0.models }
      guard !models.isEmpty else { return }
      text = JobSummary(models).rendered(limit: room)
    }
    guard let file = fopen(path, "a") else {
      Console.error("parity: the job summary could not be added to")
      return
    }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    if fwrite(bytes, 1, bytes.count, file) != bytes.count {
      Console.error("parity: the job summary was not written in full")
    }
  }
}
