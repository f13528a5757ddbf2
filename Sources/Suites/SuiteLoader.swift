import Evidence
import Formats

/// A suite, and what is odd about it without being wrong.
package struct LoadedSuite: Sendable {
  package var suite: Suite
  package var warnings: [Diagnostic]
}

/// Reads the folder of a suite.
package struct SuiteLoader {
  /// Folders whose checks are functional ones.
  static let functionalFolders = ["functional", "custom", "playwright"]
  /// Stages that an overlay can stand beside.
  static let overlayStages: [Stage] = [.install, .upgrade, .backup, .restore]

  let files: SuiteFiles
  let sink: DiagnosticSink
  let reader: NodeReader
  let rules: [String]?

  init(folder: String, rules: [String]? = nil) {
    self.rules = rules
    files = SuiteFiles(folder: folder)
    sink = DiagnosticSink()
    reader = NodeReader(sink)
  }

  /// Loads a suite whole, or says everything that is wrong with it.
  ///
  /// - Parameters:
  ///   - folder: the suite's folder; its last part is the recipe's name where `recipe.yml` gives none.
  ///   - name: what the recipe must be called; nil where any name will do.
  ///   - rules: the ids that a waiver may name; nil where they are not looked at.
  package static func load(
    folder: String,
    name: String? = nil,
    rules: [String]? = nil
  ) throws(SuiteErrors) -> LoadedSuite {
    try SuiteLoader(folder: folder, rules: rules).load(name)
  }

  func load(_ wanted: String? = nil) throws(SuiteErrors) -> LoadedSuite {
    let real = files.resolved("") ?? files.folder
    let name = real.split(separator: "/").last.map(String.init) ?? ""
    guard files.entries(in: "") != nil else {
      throw SuiteErrors(file: files.folder, message: "folder does not exist or cannot be read")
    }
    guard files.isNamed("recipe.yml") else {
      throw SuiteErrors(file: "recipe.yml", message: "file is missing; an empty one makes a suite")
    }
    var suite = Suite(recipe: name, folder: real)
    if let node = yaml("recipe.yml") {
      RecipeFileReader(reader, files: files, rules: rules).read(node, into: &suite)
      if let wanted, suite.recipe != wanted, let value = node["recipe"], value.text == suite.recipe
      {
        sink.error(
          "recipe \"\(suite.recipe)\" differs from its folder, \"\(wanted)\"",
          at: value,
          expected: "\(wanted), or no \"recipe\" at all"
        )
      }
    }
    if !Project.isRecipeName(suite.recipe) {
      sink.error(
        "\"\(suite.recipe)\" cannot name a recipe; set \"recipe\"",
        inFile: "recipe.yml"
      )
    }
    reportStrays()
    if files.isNamed("local.yml"), let node = yaml("local.yml") {
      suite.local = LocalFileReader(reader).read(node)
    }
    if files.isNamed("swarm.yml"), let node = yaml("swarm.yml") {
      suite.swarm = SwarmFileReader(reader, files: files).read(node)
    }
    suite.checks += overlays()
    for folder in Self.functionalFolders { suite.checks += functional(in: folder) }
    resolveNeeds(&suite.checks)
    resolveCovering(&suite)
    SuiteLint(suite: suite, sink: sink).check()
    reportUnusedSteps()
    if sink.hasErrors { throw SuiteErrors(sink.diagnostics) }
    suite.concealment = sink.concealment
    suite.dependencySecrets = sink.dependencySecrets
    return LoadedSuite(
      suite: suite,
      warnings: sink.diagnostics.sorted(by: Diagnostic.precedes)
    )
  }

  private func yaml(_ path: String) -> YAMLNode? {
    guard let bytes = files.read(path) else {
      let reason =
        files.isNamed(path) && files.resolved(path) != nil
        ? files.problem(withPath: path)?.message : nil
      sink.error("file \(reason ?? files.reasonUnread(path))", inFile: path)
      return nil
    }
    return YAMLReader.read(bytes, file: path, into: sink)
  }
}

// MARK: - Folders

extension SuiteLoader {
  private static let known =
    ["recipe.yml", "local.yml", "swarm.yml", "overlays", StepReader.sharedFolder]
    + functionalFolders

  /// What is called nearly as something that would be read, or stands where nothing is read: a test
  /// that never runs is never red.
  private func reportStrays() {
    let others = Self.known + ["recipe", "PARITY.md"]
    let holdsSteps = ["overlays", StepReader.sharedFolder] + Self.functionalFolders
    var toldOf: Set<String> = []
    for entry in files.entries(in: "") ?? [] {
      if holdsSteps.contains(entry.name), !entry.isFolder {
        toldOf.insert(entry.name)
        sink.error("file stands where a folder of checks would", inFile: entry.name)
      }
      guard !others.contains(entry.name) else { continue }
      let stem = split(entry.name).stem
      let near = Self.known.first {
        let wanted = split($0).stem
        return stem.lowercased() == wanted
          || NearestName.distance(
            Array(stem.lowercased().unicodeScalars),
            Array(wanted.unicodeScalars)
          ) <= 2
            && entry.isFolder != $0.hasSuffix(".yml")
      }
      guard let near, entry.isFolder || ["yml", "yaml"].contains(split(entry.name).suffix) else {
        continue
      }
      sink.add(
        Diagnostic(
          .error,
          file: entry.name,
          message: "\(entry.isFolder ? "folder" : "file") is never read",
          nearest: near
        )
      )
    }
    for folder in holdsSteps {
      if files.isNamed(folder), !toldOf.contains(folder),
        let problem = files.problem(withPath: folder)
      {
        sink.error(problem.message, inFile: folder)
      }
      for entry in files.entries(in: folder) ?? [] where entry.isFolder {
        let path = "\(folder)/\(entry.name)"
        if [".yml", ".yaml"].contains(where: entry.name.hasSuffix) {
          sink.error("file is a folder", inFile: path)
        } else if !entry.name.hasPrefix("_"), files.resolved(path) != files.resolved(folder) {
          for inner in files.entries(in: path) ?? []
          where !inner.isFolder && ["yml", "yaml", "bats"].contains(split(inner.name).suffix) {
            sink.error(
              "file is never read; checks belong in \(folder)/ itself",
              inFile: "\(path)/\(inner.name)"
            )
          }
        }
      }
    }
  }

  /// Nobody sees a mistake in steps that nothing performs.
  private func reportUnusedSteps() {
    let folder = StepReader.sharedFolder
    for entry in files.entries(in: folder) ?? [] where !isAside(entry) {
      let path = "\(folder)/\(entry.name)"
      switch split(entry.name).suffix {
      case "yml":
        if !reader.shared.keys.contains(path) {
          sink.warning("file is used by no step", inFile: path)
        }
      case "yaml":
        sink.error("file is never read; shared steps belong in files named .yml", inFile: path)
      default: break
      }
    }
  }

  private func overlays() -> [Check] {
    var checks: [Check] = []
    let stages = Self.overlayStages.map(\.rawValue)
    for entry in files.entries(in: "overlays") ?? [] where !isAside(entry) {
      let path = "overlays/\(entry.name)"
      let (stem, suffix) = split(entry.name)
      let word = stem.hasPrefix("test_") ? String(stem.dropFirst(5)) : stem
      guard let stage = Self.overlayStages.first(where: { $0.rawValue == word }) else {
        if suffix == "yml" || suffix == "yaml" || runner(of: entry) != nil {
          sink.error(
            "file belongs to no stage",
            inFile: path,
            expected: "one of \(NodeReader.list(stages.map { $0 + ".yml" }))"
          )
        }
        continue
      }
      checks += self.checks(
        in: entry,
        folder: "overlays",
        stem: suffix == "yml" ? stem : word,
        kind: .overlay,
        stage: stage
      )
    }
    // In the order of stages, whatever their files are called.
    return checks.enumerated().sorted {
      ($0.element.stage, $0.offset) < ($1.element.stage, $1.offset)
    }
    .map(\.element)
  }

  private func functional(in folder: String) -> [Check] {
    (files.entries(in: folder) ?? []).filter { !isAside($0) }.flatMap { entry in
      checks(
        in: entry,
        folder: folder,
        stem: split(entry.name).stem,
        kind: .functional,
        stage: .functional
      )
    }
  }

  private func checks(
    in entry: SuiteFiles.Entry,
    folder: String,
    stem: String,
    kind: CheckKind,
    stage: Stage
  ) -> [Check] {
    let path = "\(folder)/\(entry.name)"
    let suffix = split(entry.name).suffix
    if suffix == "yaml" {
      sink.error("file is never read; checks belong in files named .yml", inFile: path)
      return []
    }
    if suffix == "yml" {
      guard NodeReader.isName(stem) else {
        sink.error("file name \"\(entry.name)\" cannot name checks", inFile: path)
        return []
      }
      guard let node = yaml(path) else { return [] }
      if node.isNull {
        sink.error("file has no checks", inFile: path)
        return []
      }
      return CheckFileReader(reader, files: files)
        .read(node, folder: folder, stem: stem, kind: kind, stage: stage)
    }
    guard let runner = runner(of: entry) else {
      if entry.name.hasPrefix("test") || entry.name.contains(".spec.") {
        sink.warning(
          "file looks like a test but is not executable, so it does not run",
          inFile: path
        )
      }
      return []
    }
    if let problem = files.problem(withPath: path) {
      sink.error("script \(problem.message)", inFile: path)
      return []
    }
    guard NodeReader.isName(entry.name) else {
      sink.error("file name \"\(entry.name)\" cannot name a check", inFile: path)
      return []
    }
    let check = Check(
      id: CheckID(folder: folder, stem: stem, name: entry.name),
      kind: kind,
      stage: stage,
      about: "",
      place: SourcePlace(file: path, line: 1, column: 1),
      body: .steps([]),
      links: sources(in: path)
    )
    return scripts(check, path, runner)
  }

  /// One check for each test that the file declares; one for all of it where it declares none.
  private func scripts(_ check: Check, _ path: String, _ runner: SuiteScript.Runner) -> [Check] {
    let bytes = files.read(path) ?? []
    var script = SuiteScript(
      path: path,
      hash: SuiteScript.hash(bytes),
      runner: runner,
      interpreter: SuiteScript.interpreter(of: bytes)
    )
    let tests = DeclaredTest.all(in: bytes, for: runner)
    if runner == .pytest, SuiteScript.isUnittest(bytes, tests) { script.runner = .unittest }
    var whole = check
    whole.body = .script(script)
    if tests.isEmpty { return [whole] }
    return tests.map { test in
      var check = check
      check.id.name = test.name
      check.about = test.about
      check.place.line = test.line
      script.test = test.name
      check.body = .script(script)
      return check
    }
  }

  /// Files that stand beside tests without being any.
  private func isAside(_ entry: SuiteFiles.Entry) -> Bool {
    entry.isFolder || entry.name == "conftest.py" || entry.name.hasPrefix("_")
      || entry.name.hasSuffix(".md")
  }

  private func split(_ name: String) -> (stem: String, suffix: String) {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }

  private func runner(of entry: SuiteFiles.Entry) -> SuiteScript.Runner? {
    let (stem, suffix) = split(entry.name)
    if suffix == "py", stem.hasPrefix("test_") || stem.hasSuffix("_test") { return .pytest }
    if suffix == "bats" { return .bats }
    if suffix == "sh" { return .shell }
    return entry.isExecutable ? .executable : nil
  }

  /// What comments of the form `# SOURCE: recipe-info/x/tests/y.py` name, in the first 16 KiB.
  private func sources(in path: String) -> [PortLink] {
    guard let bytes = files.read(path, limit: 16 << 10) else { return [] }
    var found: [PortLink] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let rest = text.drop { " \t#/*-;\"".contains($0) }
      guard rest.hasPrefix("SOURCE") else { continue }
      let name = rest.dropFirst(6).drop { ": \t`".contains($0) }.prefix { !" \t\r`\"".contains($0) }
      if !name.isEmpty, rest.dropFirst(6).first.map({ ": \t".contains($0) }) ?? false {
        let place = SourcePlace(file: path, line: number + 1, column: 1)
        found.append(PortLink(name: String(name), place: place))
      }
    }
    return found
  }

  /// Finds the checks that `corpus: {covered: [{by: …}]}` means.
  private func resolveCovering(_ suite: inout Suite) {
    let known = suite.checks.map(\.id)
    for index in suite.corpus.covered.indices {
      let entry = suite.corpus.covered[index]
      suite.corpus.covered[index].checks = entry.checks.flatMap { wanted -> [CheckID] in
        let found = known.filter { $0 == wanted || ($0.row != nil && $0.withoutRow == wanted) }
        // The tool's own checks are in every plan.
        if !found.isEmpty || ["generic", "integrity"].contains(wanted.folder) {
          return found.isEmpty ? [wanted] : found
        }
        let start = entry.links.first?.place ?? SourcePlace(file: "recipe.yml", line: 1, column: 1)
        sink.error(
          "covered names \(wanted), which does not exist",
          atWord: wanted.description,
          from: start,
          length: wanted.description.unicodeScalars.count,
          nearest: NearestName.of(
            wanted.description,
            among: Set(known.map { $0.withoutRow.description })
          )
        )
        return []
      }
    }
  }

  /// Finds the checks that `needs` means: a name with cases means all of its rows.
  private func resolveNeeds(_ checks: inout [Check]) {
    let known = checks.map(\.id)
    for index in checks.indices where !checks[index].needs.isEmpty {
      let check = checks[index]
      checks[index].needs = check.needs.flatMap { wanted -> [CheckID] in
        if known.contains(wanted) { return [wanted] }
        let rows = known.filter {
          $0.folder == wanted.folder && $0.stem == wanted.stem
            && $0.name.hasPrefix(wanted.name + "[")
        }
        if !rows.isEmpty { return rows }
        sink.error(
          "check \"\(check.id.name)\" needs \(wanted), which does not exist",
          atWord: wanted.name,
          from: check.place,
          length: wanted.name.unicodeScalars.count,
          nearest: NearestName.of(
            wanted.description,
            among: Set(known.map { $0.description.prefix { $0 != "[" } }.map(String.init))
          )
        )
        return []
      }
    }
  }
}
