import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Git
import Importing
import Suites

/// One file of results on its way into the reports.
struct ResultsImport {
  private let workspace: Workspace
  private let file: ImportFile
  private let asked: String?

  /// Cases up to which reports are written at once: all of them are in memory then.
  private static let reportLimit = 20_000

  init(_ workspace: Workspace, _ file: ImportFile, asked: String?) {
    self.workspace = workspace
    self.file = file
    self.asked = asked
  }

  func conclude() async throws -> ExitStatus {
    let isXML = try file.kind() == .xml
    let digest = StreamedDigest()
    var cases: [ImportedCase] = []
    let format: ImportedSource.Format
    let summary: ImportSummary
    if isXML {
      let reader = try JUnitReader()
      try file.forEachPiece { piece in
        digest.feed(piece)
        try reader.feed(piece)
      }
      format = .junit
      summary = try reader.finish()
    } else {
      let bytes = try file.bytes()
      digest.feed(bytes)
      let read = try JSONResults.read(bytes)
      format = read.format
      summary = read.summary
      cases = read.cases
    }
    for note in summary.notes { Console.report(SuiteErrors([file.diagnostic(note)])) }
    guard summary.cases > 0 || !summary.stages.isEmpty else {
      throw ImportError(.foreign("empty"), "holds no test case: nothing to import")
    }
    let recipe = try self.recipe(summary.recipe)
    var source = ImportedSource(
      file: file.name,
      format: format,
      sha256: digest.text(),
      finished: summary.finished.map { "\($0)" }
    )
    await date(&source, recipe)
    return try write(recipe, source, summary, isXML ? nil : cases)
  }

  // MARK: Recipe and age

  /// - Parameter named: by the file.
  private func recipe(_ named: String?) throws -> String {
    guard let named else {
      guard let asked else {
        throw Failure(
          .wrongUsage,
          "\(Console.quotable(file.path)) does not say which recipe it is of: give it with --recipe"
        )
      }
      return try workspace.recipes([asked])[0]
    }
    if let asked {
      let recipe = try workspace.recipes([asked])[0]
      if recipe != named {
        Console.error(
          "\(file.path): says that it is of recipe \"\(Console.quotable(named))\"; taken for "
            + "\(recipe), as --recipe says"
        )
      }
      return recipe
    }
    guard workspace.project.suiteNames().contains(named) else {
      throw Failure(
        .wrongUsage,
        "\(Console.quotable(file.path)) is of recipe \"\(Console.quotable(named))\", which has no suite "
          + "here" + NearestName.hint(for: named, among: workspace.project.suiteNames())
          + "; --recipe NAME takes it for another"
      )
    }
    return named
  }

  /// When suite and recipe changed for the last time, as far as git knows.
  private func date(_ source: inout ImportedSource, _ recipe: String) async {
    let suite = workspace.project.suiteFolder(of: recipe)
    var folders = [suite]
    if case .folder(let path)? = workspace.project.recipes[recipe] { folders.append(path) }
    var latest: Int?
    for folder in folders {
      guard let repository = try? await GitRepository(at: folder),
        let change = try? await repository.lastChange(ignoring: FolderTree.generated)
      else {
        // What is not known for one part is not known for the whole.
        source.changed = nil
        return
      }
      if change.isUncommitted { source.isUncommitted = true }
      guard let seconds = change.seconds else { continue }
      latest = max(latest ?? seconds, seconds)
    }
    source.changed = latest.map { "\(UTCTime(seconds: $0))" }
  }

  // MARK: Writing

  /// - Parameter cases: nil where the file is read once more for them.
  private func write(
    _ recipe: String,
    _ source: ImportedSource,
    _ summary: ImportSummary,
    _ cases: [ImportedCase]?
  ) throws -> ExitStatus {
    let kept = KeptRuns(workspace: workspace, recipe: recipe, isImported: true)
    let now = Date()
    let id = RunID.new(at: now, after: kept.ids.first)
    let folder = kept.folder(id)
    let header = RunHeader(
      ImportedRun.plan(recipe: recipe, version: summary.facts["version"], source),
      id: id,
      startedAt: now,
      host: ""
    )
    do {
      try workspace.reportsTree.makeFolder(folder)
      var events = try AtomicFile("\(folder)/events.ndjson", in: workspace.reportsTree)
      try write(header, summary, source, cases, to: &events)
      try events.commit()
    } catch let error as FileError {
      workspace.reportsTree.remove(folder)
      throw Failure(.broken, workspace.shown("\(error)"))
    } catch {
      workspace.reportsTree.remove(folder)
      throw error
    }
    let told = "\(file.path): \(summary.told) imported as run \(id) of \(recipe)"
    guard summary.cases <= Self.reportLimit else {
      Console.out("\(told); `parity report \(recipe) --run \(id)` writes its reports\n")
      return summary.count(.failed) > 0 ? .refuted : .proven
    }
    Console.error(told)
    return try ImportedReports(workspace).conclude(try kept.record(id).record, folder)
  }

  private func write(
    _ header: RunHeader,
    _ summary: ImportSummary,
    _ source: ImportedSource,
    _ cases: [ImportedCase]?,
    to events: inout AtomicFile
  ) throws {
    let encoder = JSONTextEncoder()
    // A file cannot be captured while it is written to: lines wait for it here.
    let buffer = LineBuffer()
    var run = try ImportedRun(header: header, summary: summary) { event in
      buffer.add(try encoder.bytes(of: event))
    }
    if let cases {
      for one in cases {
        try run.add(one)
        if buffer.isFull { try events.write(buffer.take()) }
      }
    } else {
      let digest = StreamedDigest()
      let queue = CaseQueue()
      let reader = try JUnitReader { queue.cases.append($0) }
      try file.forEachPiece { piece in
        digest.feed(piece)
        try reader.feed(piece)
        for one in queue.cases { try run.add(one) }
        queue.cases.removeAll(keepingCapacity: true)
        if buffer.isFull { try events.write(buffer.take()) }
      }
      _ = try reader.finish()
      for one in queue.cases { try run.add(one) }
      guard digest.text() == source.sha256 else {
        throw ImportError(.changed, "changed while it was read")
      }
    }
    try run.finish()
    try events.write(buffer.take())
  }

  private final class LineBuffer {
    private var bytes: [UInt8] = []
    var isFull: Bool { bytes.count > 256 << 10 }

    func add(_ line: [UInt8]) {
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
    }

    func take() -> [UInt8] {
      defer { bytes.removeAll(keepingCapacity: true) }
      return bytes
    }
  }

  private final class CaseQueue { var cases: [ImportedCase] = [] }
}

extension ImportSummary {
  /// `12 cases: 10 passed, 1 failed, 1 skipped`.
  var told: String {
    let parts = ImportedCase.Result.allCases.compactMap { result -> String? in
      let count = self.count(result)
      let name = result == .unknown ? "of unknown status" : result.rawValue
      return count == 0 ? nil : "\(count) \(name)"
    }
    return "\(cases) \(cases == 1 ? "case" : "cases")"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
      + (flaky > 0 ? ", \(flaky) of them flaky," : "")
  }
}
