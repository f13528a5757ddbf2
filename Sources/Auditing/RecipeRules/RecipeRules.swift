import Evidence
import Formats
package import Suites

/// The rules that need no run: they look at a recipe's files. A pure function of their bytes.
package struct RecipeRules {
  let files: [ComposeReader.File]
  let suite: Suite
  let environment: ComposeEnvironment
  /// Newest first; the checkout is none of them.
  let published: [Published]
  /// Names of the files of `release`; nil where the recipe has no such folder.
  let releases: Set<String>?
  private let elsewhere: FilesElsewhere

  /// Paths of the recipe at which its repository has no more than a name of something elsewhere.
  package struct FilesElsewhere: Sendable {
    var submodules: [String]
    /// Of Git LFS.
    var pointers: [String]

    package init(submodules: [String] = [], pointers: [String] = []) {
      self.submodules = submodules
      self.pointers = pointers
    }
  }

  /// - Parameters:
  ///   - files: of the recipe's folder, with their names: `compose*.yml`, `.env.sample`, `abra.sh`,
  ///     `README.md` and what configs are made of; what is missing is not looked at.
  ///   - suite: what the suite says of backups, and whether it has checks.
  ///   - published: earlier versions that the checkout is held against, newest first.
  ///   - releases: names of the files of `release`; nil where the recipe has no such folder.
  ///   - elsewhere: what the recipe's repository does not have itself.
  package init(
    files: [ComposeReader.File],
    suite: Suite,
    published: [Published] = [],
    releases: Set<String>? = nil,
    elsewhere: FilesElsewhere = FilesElsewhere()
  ) {
    self.published = published
    self.releases = releases
    self.files = files
    self.elsewhere = elsewhere
    self.suite = suite
    environment = ComposeEnvironment(setting: suite.composeSettings) { name in
      files.first { $0.name == name }?.bytes
    }
  }

  /// Which files of a recipe's folder the rules look at.
  package static func isRead(_ name: String) -> Bool {
    isCompose(name) || [".env.sample", "abra.sh", "README.md"].contains(name)
  }

  /// The files that configs of any compose file are made of: hooks are among them.
  package var mappedFiles: [String] {
    let sources = files.filter { Self.isCompose($0.name) }.flatMap { file in
      (try? ComposeReader.read([file], environment: environment.values))?.fileSources ?? []
    }
    return Set(sources.filter { $0.kind == .config }.compactMap(\.path)).sorted()
  }

  private static func isCompose(_ name: String) -> Bool {
    name.hasPrefix("compose.") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
  }

  /// By file and place, each told once.
  ///
  /// The deployed composition is what `COMPOSE_FILE` of `.env.sample` names. Every other
  /// `compose.*.yml` is laid over it, one at a time, and only what stands in that file is told.
  package func findings() -> [RecipeFinding] {
    let main = environment.composeFiles
    guard let deployed = read(main) else { return unreadable(main) + elsewhereFindings() }
    var result = findings(of: deployed) + secretFindings(deployed, isDeployed: true)
    result += releaseFindings(deployed) + publishedFindings(deployed) + elsewhereFindings()
    result += removedVolumeFindings(deployed)
    var variants = [deployed]
    let others = files.map(\.name).filter { Self.isCompose($0) && !main.contains($0) }
    for other in others.sorted(by: UTF8Order.precedes) {
      guard let variant = read(main + [other]) else {
        result += unreadable([other])
        continue
      }
      variants.append(variant)
      // Of a script that only this file maps, too.
      let own = findings(of: variant) + secretFindings(variant, isDeployed: false)
      result += own.filter { found in
        found.place?.file == other || !main.contains(found.place?.file ?? main[0])
      }
    }
    result += metadataFindings(variants) + overrideFindings()
    return Set(result).sorted(by: Self.precedes)
  }

  private func elsewhereFindings() -> [RecipeFinding] {
    elsewhere.submodules.map { path in
      RecipeFinding(
        .recipeFilesElsewhere,
        "\(path) is a submodule: a run gets none of its files",
        at: nil,
        about: [path]
      )
    }
      + elsewhere.pointers.map { path in
        RecipeFinding(
          .recipeFilesElsewhere,
          "\(path) is a Git LFS pointer: a run gets the pointer, not the file",
          at: SourcePlace(file: path, line: 1, column: 1),
          about: [path]
        )
      }
  }

  private func findings(of compose: Compose) -> [RecipeFinding] {
    labelFindings(compose) + volumeFindings(compose) + hookFindings(compose)
      + hookTextFindings(compose) + dialectFindings(compose)
      + storeFindings(compose) + updateFindings(compose) + imageFindings(compose)
      + undeclaredFindings(compose) + configFindings(compose)
  }

  /// Nil where one of the files is not there or cannot be read.
  private func read(_ names: [String]) -> Compose? {
    let chosen = names.compactMap { name in files.first { $0.name == name } }
    guard chosen.count == names.count else { return nil }
    return try? ComposeReader.read(chosen, environment: environment.values)
  }

  private func unreadable(_ names: [String]) -> [RecipeFinding] {
    names.compactMap { name in
      guard let file = files.first(where: { $0.name == name }) else { return missing(name) }
      guard let first = problem(with: file) else { return nil }
      return RecipeFinding(
        .recipeFileUnreadable,
        "\(name): \(first.message)",
        at: first.line > 0 ? first.place : nil,
        length: first.length,
        about: [name]
      )
    }
  }

  private func missing(_ name: String) -> RecipeFinding {
    RecipeFinding(
      .recipeFileUnreadable,
      "COMPOSE_FILE names \(name), which does not exist",
      at: composeFilePlace,
      length: "COMPOSE_FILE".utf8.count,
      about: [name],
      nearest: NearestName.of(name, among: files.map(\.name).filter(Self.isCompose))
    )
  }

  private func problem(with file: ComposeReader.File) -> Diagnostic? {
    do throws(SuiteErrors) {
      _ = try ComposeReader.read([file], environment: environment.values)
      return nil
    } catch {
      return error.diagnostics.first { $0.severity == .error }
    }
  }

  private var composeFilePlace: SourcePlace? {
    environment.sample.entries.last { $0.name == "COMPOSE_FILE" }
      .map { SourcePlace(file: ".env.sample", line: $0.line, column: 1) }
  }

  private static func precedes(_ a: RecipeFinding, _ b: RecipeFinding) -> Bool {
    func key(_ finding: RecipeFinding) -> (String, Int, Int, String) {
      let place = finding.place
      return (
        place?.file ?? "", place?.line ?? 0, place?.column ?? 0,
        "\(finding.rule.rawValue) \(finding.message)"
      )
    }
    return key(a) < key(b)
  }
}
