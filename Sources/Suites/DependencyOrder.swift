import Evidence
import Formats

/// The recipes that one needs beside it, and those that they need in turn.
package struct DependencyOrder {
  /// Those that need none first, then by name: the order in which every run deploys them, so that no
  /// two runs wait for each other.
  package private(set) var suites: [Suite] = []
  private var depths: [String: Int] = [:]
  private var found: [Diagnostic] = []

  /// - Parameters:
  ///   - known: recipes that have a suite.
  ///   - load: reads one of them.
  /// - Throws: what `load` throws; else names without a suite, recipes that need each other, and
  ///   secrets that a dependency does not have, all at their places below the folder of suites.
  package init(of suite: Suite, known: [String], load: (String) throws -> Suite) throws {
    try visit(suite, below: [], known, load)
    if !found.isEmpty { throw SuiteErrors(found) }
    suites.removeAll { $0.recipe == suite.recipe }
    suites.sort {
      let (a, b) = (depths[$0.recipe] ?? 0, depths[$1.recipe] ?? 0)
      return a == b ? $0.recipe < $1.recipe : a < b
    }
  }

  private mutating func visit(
    _ suite: Suite,
    below path: [String],
    _ known: [String],
    _ load: (String) throws -> Suite
  ) throws {
    let path = path + [suite.recipe]
    var depth = 0
    var own: [String: Suite] = [:]
    for name in suite.dependencies {
      let place = suite.dependencyPlaces[name]
      if let start = path.firstIndex(of: name) {
        let way = (path[start...] + [name]).joined(separator: " → ")
        add(suite, "recipes need each other: \(way)", name, at: place)
      } else if !known.contains(name) {
        let near = NearestName.of(name, among: known)
        add(suite, "dependency \"\(name)\" has no suite", name, at: place, known, near)
      } else {
        if depths[name] == nil { try visit(try load(name), below: path, known, load) }
        depth = max(depth, (depths[name] ?? 0) + 1)
        own[name] = suites.first { $0.recipe == name }
      }
    }
    for use in suite.dependencySecrets {
      guard let secrets = own[use.recipe]?.secrets.map(\.name), !secrets.contains(use.secret) else {
        continue
      }
      let message = "secret \"\(use.secret)\" is not a secret of \(use.recipe)"
      let near = NearestName.of(use.secret, among: secrets)
      add(suite, message, use.name, at: use.place, secrets, near)
    }
    depths[suite.recipe] = depth
    suites.append(suite)
  }

  private mutating func add(
    _ suite: Suite,
    _ message: String,
    _ word: String,
    at place: SourcePlace?,
    _ names: [String] = [],
    _ nearest: String? = nil
  ) {
    let file = place?.file ?? "recipe.yml"
    let text = SuiteFiles(folder: suite.folder).read(file)
      .map { SourceText(file: file, text: String(decoding: $0, as: UTF8.self)) }
    found.append(
      Diagnostic(
        .error,
        file: "\(suite.recipe)/\(file)",
        line: place?.line ?? 0,
        column: place?.column ?? 1,
        length: word.unicodeScalars.count,
        message: message,
        expected: names.isEmpty || nearest != nil ? nil : "one of \(NodeReader.list(names))",
        nearest: nearest,
        sourceLine: place.flatMap { text?.line($0.line) }
      ).concealing(suite.concealment)
    )
  }
}

/// The use of a secret of another recipe: `{{dependency.NAME.secret.SECRET}}`.
struct DependencySecret: Sendable {
  /// As it stands between the braces.
  var name: String
  var recipe: String
  var secret: String
  var place: SourcePlace?

  /// Nil where the name is another one.
  init?(_ name: String, place: SourcePlace? = nil) {
    guard name.hasPrefix("dependency."), let middle = name.firstRange(of: ".secret.") else {
      return nil
    }
    self.name = name
    recipe = String(name[..<middle.lowerBound].dropFirst("dependency.".count))
    secret = String(name[middle.upperBound...])
    self.place = place
  }
}

extension Check {
  /// Recipes beside its own that it names, in its steps, its variables or the suite's; of a script those
  /// that its environment names.
  func dependencies(of suite: Suite) -> [String] {
    guard !suite.dependencies.isEmpty else { return [] }
    var names: Set<String> = []
    func add(_ templates: [Template]) { names.formUnion(templates.flatMap(\.names)) }
    let steps = self.steps + self.steps.flatMap(\.leaves)
    for step in steps { add(step.action.templates + step.expect.flatMap(\.templates)) }
    let isScript = steps.contains { if case .script = $0.action { true } else { false } }
    if isScript || !hasSteps { add(suite.scripts.environment.map(\.value)) }
    for variable in (suite.vars + vars).reversed() where names.contains(variable.name) {
      add([variable.value])
    }
    return suite.dependencies.filter { name in
      names.contains { $0.hasPrefix("dependency.\(name).") }
    }
  }

  private var hasSteps: Bool { if case .steps = body { true } else { false } }
}
