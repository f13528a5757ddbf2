import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Git
import Suites

extension RecipeCheckout {
  /// How many published versions the checkout is held against: nobody upgrades from older ones.
  private static let remembered = 5

  /// What the rules say of the checkout as given, without running it.
  func ruleFindings(_ suite: Suite) async throws -> [RecipeFinding] {
    let notes = SuiteFiles(folder: folder).entries(in: "release").map { Set($0.map(\.name)) }
    return RecipeRules(
      files: ruleFiles(suite),
      suite: suite,
      published: try await publishedFiles(suite),
      releases: notes,
      elsewhere: RecipeRules.FilesElsewhere(submodules: submodules, pointers: pointers)
    ).findings()
  }

  /// The files of the newest published versions, as far as the rules look at them.
  private func publishedFiles(_ suite: Suite) async throws -> [RecipeRules.Published] {
    guard let repository else { return [] }
    // Of volumes the version before counts; the newest tag may be the checkout's own.
    let count = compose.fileSources.contains { $0.path != nil } ? Self.remembered : 2
    var versions: [RecipeRules.Published] = []
    for version in published.suffix(count).reversed() {
      let blobs = try await repository.blobs(at: version)
      func read(_ names: Set<String>) async throws -> [ComposeReader.File] {
        let chosen = blobs.filter { names.contains($0.path) }
        let contents = try await repository.contents(of: chosen, limit: 16 << 20)
        return zip(chosen, contents).map { ComposeReader.File(name: $0.path, bytes: $1) }
      }
      let own = try await read(Set(blobs.map(\.path).filter(RecipeRules.isRead)))
      let mapped = RecipeRules(files: own, suite: suite).mappedFiles
      versions.append(
        RecipeRules.Published(version: version, files: own + (try await read(Set(mapped))))
      )
    }
    return versions
  }

  /// Files that stand for others, which Git LFS would fetch.
  private var pointers: [String] {
    let start = Array("version https://git-lfs.github.com/spec/".utf8)
    let tree = FileTree(folder, links: .inside)
    return (tracked ?? []).compactMap { String(validating: $0, as: UTF8.self) }.filter { path in
      // As its specification has it, a pointer is shorter than 1,024 bytes.
      (try? tree.contents(path, limit: 1_024))?.starts(with: start) == true
    }.sorted(by: UTF8Order.precedes)
  }

  private func ruleFiles(_ suite: Suite) -> [ComposeReader.File] {
    let files = SuiteFiles(folder: folder)
    func read(_ names: [String]) -> [ComposeReader.File] {
      names.compactMap { name in
        files.read(name).map { ComposeReader.File(name: name, bytes: $0) }
      }
    }
    let names = (files.entries(in: "") ?? []).filter { !$0.isFolder }.map(\.name) + [".env.sample"]
    let own = read(names.filter(RecipeRules.isRead))
    return own + read(RecipeRules(files: own, suite: suite).mappedFiles)
  }

  /// The same findings as diagnostics with their lines; what the suite waives has no place among
  /// them.
  ///
  /// - Parameter suiteFolder: how the suite's folder is shown.
  func diagnostics(
    _ findings: [RecipeFinding],
    of suite: Suite,
    in suiteFolder: String
  ) -> [Diagnostic] {
    findings.map { found in
      let place = found.place
      let base = found.isOfSuite ? suiteFolder : shownAs
      let line = place.flatMap { place in
        SuiteFiles(folder: found.isOfSuite ? suite.folder : folder).read(place.file).map {
          SourceText(file: place.file, text: String(decoding: $0, as: UTF8.self)).line(place.line)
        }
      }
      return Diagnostic(
        Diagnostic.Severity(found.rule.severity),
        file: "\(base)/\(place?.file ?? found.about.first ?? "")",
        line: place?.line ?? 0,
        column: place?.column ?? 1,
        length: found.length,
        message: "\(found.message) [\(found.rule.rawValue)]",
        nearest: found.nearest,
        sourceLine: line
      )
    }
  }
}

extension Diagnostic.Severity {
  init(_ severity: Finding.Severity) {
    switch severity {
    case .error: self = .error
    case .warning: self = .warning
    case .note: self = .note
    }
  }
}
