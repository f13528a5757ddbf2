import Evidence
import Formats
package import Suites

/// The rules that need no run: they look at a recipe's files. A pure function of their bytes.
package struct RecipeRules {
  let files: [ComposeReader.File]
  let suite: Suite
  let sample: EnvironmentSample

  /// - Parameters:
  ///   - files: of the recipe's folder, with their names: `compose*.yml`, `.env.sample` and
  ///     `README.md`; what is missing is not looked at.
  ///   - suite: what the suite says of backups, and whether it has checks.
  package init(files: [ComposeReader.File], suite: Suite) {
    self.files = files
    self.suite = suite
    let text = files.first { $0.name == ".env.sample" }.map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
    sample = EnvironmentSample(text ?? "")
  }

  /// Which files of a recipe's folder the rules look at.
  package static func isRead(_ name: String) -> Bool {
    isCompose(name) || name == ".env.sample" || name == "README.md"
  }

  private static func isCompose(_ name: String) -> Bool {
    name.hasPrefix("compose.") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
  }

  /// By file and place, each told once.
  ///
  /// The deployed composition is what `COMPOSE_FILE` of `.env.sample` names. Every other
  /// `compose.*.yml` is laid over it, one at a time, and only what stands in that file is told.
  package func findings() -> [RecipeFinding] {
    let main = sample.composeFiles
    guard let deployed = read(main) else { return unreadable(main) }
    var result = findings(of: deployed)
    var variants = [deployed]
    let others = files.map(\.name).filter { Self.isCompose($0) && !main.contains($0) }
    for other in others.sorted(by: UTF8Order.precedes) {
      guard let variant = read(main + [other]) else {
        result += unreadable([other])
        continue
      }
      variants.append(variant)
      result += findings(of: variant).filter { $0.place?.file == other }
    }
    result += metadataFindings(variants)
    return Set(result).sorted(by: Self.precedes)
  }

  private func findings(of compose: Compose) -> [RecipeFinding] {
    labelFindings(compose) + volumeFindings(compose) + hookFindings(compose)
      + storeFindings(compose) + updateFindings(compose) + imageFindings(compose)
  }

  /// Nil where one of the files is not there or cannot be read.
  private func read(_ names: [String]) -> Compose? {
    let chosen = names.compactMap { name in files.first { $0.name == name } }
    guard chosen.count == names.count else { return nil }
    return try? ComposeReader.read(chosen, environment: environment)
  }

  /// What `.env.sample` sets; the stack's name, which nobody knows yet, stays as it is.
  var environment: [String: String] {
    sample.values.merging(["STACK_NAME": "${STACK_NAME}"]) { set, _ in set }
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
      _ = try ComposeReader.read([file], environment: environment)
      return nil
    } catch {
      return error.diagnostics.first { $0.severity == .error }
    }
  }

  private var composeFilePlace: SourcePlace? {
    sample.entries.last { $0.name == "COMPOSE_FILE" }
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
