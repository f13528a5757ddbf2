/// Cuts a Python script into its units and reads each.
///
/// Units are functions named `test…`, and methods named so of classes named `Test…` or made from
/// `TestCase`. Without any, functions named `check_…` or `verify_…` are units where they are
/// evidently separate checks: two or more, each spoken of exactly once, outside all of them.
/// Whatever the script asks or asserts beside its units is a unit of its own with the script's
/// name, and so is a script without any.
struct PythonUnits {
  private struct Found {
    var node: SyntaxNode
    var type: SyntaxNode?
    /// `test_login`, `TestLogin::test_wrong`.
    var name: String

    var id: Int { PythonFunction(node: node, module: 0).id }
    var decorators: [SyntaxNode] {
      (type?.list("decorator_list") ?? []) + node.list("decorator_list")
    }
  }

  private typealias Fixtures = [String: PythonFunction]

  static let casesLimit = 64

  private let script: CorpusScript
  private let root: SyntaxNode
  private let body: [SyntaxNode]
  private let reader: PythonReader
  private let comments: ScriptComment.Lines

  init(_ script: CorpusScript, _ root: SyntaxNode, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    self.root = root
    body = root.list("body")
    reader = PythonReader(script: script.path, files: files, reading: reading)
    comments = ScriptComment.Lines(script.bytes)
  }

  func units() -> [CorpusUnit] {
    // A program's tests are what it calls itself.
    let found = reader.reading == .program ? [] : found()
    reader.units = Set(found.map(\.id))
    reader.isFollowingMain = true
    reader.runTop(reader.load(script.path, body))
    reader.isFollowingMain = false
    let main = reader.recorder
    let mainUnread = reader.unread
    let fixtures = fixtures()
    let everywhere = everywhere(fixtures)
    let units = found.map { read($0, fixtures, everywhere) }
    let unread = mainUnread + (reader.reading.isCertain ? [] : neverCalled)
    let about = root.about.isEmpty ? ScriptComment.first(of: script.bytes) : root.about
    return script.units(units, main: main.fingerprint, about: about, unread)
  }

  /// Functions that look at something and that nothing was seen to call: by their names, say.
  private var neverCalled: [CorpusUnit.Unread] {
    var last: [String: SyntaxNode] = [:]
    for function in SyntaxNode.definitions(body, \.isFunction) {
      last[function.text("name") ?? ""] = function
    }
    for type in SyntaxNode.definitions(body, Self.isType) {
      for method in type.list("body") where method.isFunction {
        last["\(type.text("name") ?? "").\(method.text("name") ?? "")"] = method
      }
    }
    return last.filter { name, node in
      !reader.entered.contains(PythonFunction(node: node, module: 0).id) && node.looksAtSomething
        && !name.hasPrefix("pytest_") && !Self.isFixture(node)
    }
    .map { name, node in
      CorpusUnit.Unread(
        line: node.definitionLines.lowerBound,
        reason: "nothing was seen to call `\(name)`"
      )
    }
  }

  // MARK: Which

  private static func isType(_ node: SyntaxNode) -> Bool { node.kind == "ClassDef" }

  private static func isFixture(_ function: SyntaxNode) -> Bool {
    function.list("decorator_list").contains { ($0["func"] ?? $0).lastName == "fixture" }
  }

  private func found() -> [Found] {
    var found: [Found] = []
    var checks: [Found] = []
    for node in SyntaxNode.definitions(body, \.isFunction) {
      let name = node.text("name") ?? ""
      if name.hasPrefix("test_") || name == "test" {
        found.append(Found(node: node, name: name))
      } else if name.hasPrefix("check_") || name.hasPrefix("verify_") {
        checks.append(Found(node: node, name: name))
      }
    }
    for type in SyntaxNode.definitions(body, Self.isType) { Self.add(type, "", to: &found) }
    guard found.isEmpty else {
      // Python and pytest know the last of several with one name.
      var last: [String: Int] = [:]
      for (index, unit) in found.enumerated() { last[unit.name] = index }
      return found.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
        .sorted { $0.node.line < $1.node.line }
    }
    guard checks.count >= 2 else { return [] }
    var mentions: [String: [Int]] = [:]
    _ = root.contains { node in
      if let name = node.text("id") { mentions[name, default: []].append(node.line) }
      return false
    }
    let areSeparate = checks.allSatisfy { check in
      guard let lines = mentions[check.name], lines.count == 1 else { return false }
      return !checks.contains { $0.node.definitionLines.contains(lines[0]) }
    }
    return areSeparate ? checks : []
  }

  private static func add(_ type: SyntaxNode, _ prefix: String, to found: inout [Found]) {
    let isCase = type.list("bases").contains { $0.lastName?.hasSuffix("TestCase") == true }
    let own = type.text("name") ?? ""
    guard own.hasPrefix("Test") || isCase else { return }
    let name = prefix.isEmpty ? own : "\(prefix)::\(own)"
    for node in type.list("body") {
      if node.isFunction, let method = node.text("name"), method.hasPrefix("test") {
        found.append(Found(node: node, type: type, name: "\(name)::\(method)"))
      } else if isType(node) {
        add(node, name, to: &found)
      }
    }
  }

  // MARK: Fixtures

  private func fixtures() -> Fixtures {
    var fixtures: Fixtures = [:]
    let conftests = reader.files.conftests(for: script.path).reversed()
    let modules = conftests.filter { $0 != script.path }.compactMap { reader.module(at: $0) } + [0]
    for module in modules {
      for node in SyntaxNode.definitions(reader.modules[module].body, \.isFunction)
      where Self.isFixture(node) {
        fixtures[node.text("name") ?? ""] = PythonFunction(node: node, module: module)
      }
    }
    return fixtures
  }

  /// Names of fixtures that every test of the script gets, in order.
  private func everywhere(_ fixtures: Fixtures) -> [String] {
    var names = fixtures.filter { Self.isAutomatic($1.node) }.map(\.key)
    for statement in body where statement.list("targets").first?.lastName == "pytestmark" {
      guard let value = statement["value"] else { continue }
      names += (value.kind == "List" ? value.list("elts") : [value]).flatMap { Self.used($0) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func isAutomatic(_ function: SyntaxNode) -> Bool {
    function.list("decorator_list").contains { decorator in
      decorator.list("keywords").contains {
        $0.text("arg") == "autouse" && $0["value"]?.flag("v") == true
      }
    }
  }

  /// What `@pytest.mark.usefixtures("a", "b")` names.
  private static func used(_ decorator: SyntaxNode) -> [String] {
    guard decorator["func"]?.lastName == "usefixtures" else { return [] }
    return decorator.list("args").compactMap { $0.text("v") }
  }

  /// What a fixture gives; nil where there is none.
  private func value(of name: String, _ fixtures: Fixtures, depth: Int = 0) -> PythonValue? {
    guard depth < 4, let fixture = fixtures[name] else { return nil }
    var passed: [PythonReader.Passed] = []
    for parameter in fixture.node["args"]?.list("args") ?? [] {
      let name = parameter.text("arg") ?? ""
      if let own = value(of: name, fixtures, depth: depth + 1) {
        passed.append(PythonReader.Passed(name: name, value: own))
      }
    }
    return enter(fixture, passed)
  }

  private func enter(_ function: PythonFunction, _ passed: [PythonReader.Passed] = [])
    -> PythonValue
  {
    let result = reader.call(function, passed)
    reader.callEnded = nil
    return result
  }

  // MARK: Reading one

  private func read(_ unit: Found, _ fixtures: Fixtures, _ everywhere: [String]) -> CorpusUnit {
    reader.recorder = FingerprintRecorder()
    reader.entered.insert(unit.id)
    let marks = unit.decorators.compactMap { ($0["func"] ?? $0).lastName }
    // A mark may keep it from being run, or from failing.
    let skips = ["skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure"]
    if reader.reading.isCertain, marks.contains(where: skips.contains) {
      reader.recorder.close(.program)
    }
    reader.unread = []
    reader.stepsLeft = PythonReader.unitLimit
    let lines = unit.node.definitionLines
    reader.line = lines.lowerBound
    let (count, given) = cases(of: unit)
    let calls = reader.unitCalls[unit.id] ?? []
    if calls.isEmpty {
      for name in ["setUpModule", "setup_module", "setup_function", "setup"] { runHook(name) }
      for name in everywhere + unit.decorators.flatMap({ Self.used($0) }) {
        _ = value(of: name, fixtures)
      }
    }
    for passed in calls.isEmpty ? [[]] : Array(calls.prefix(Self.casesLimit)) {
      for values in given { run(unit, passed, values, fixtures) }
    }
    if calls.isEmpty {
      for name in ["teardown_function", "tearDownModule", "teardown_module", "teardown"] {
        runHook(name)
      }
    }
    reader.recorder.setCases(count)
    if reader.recorder.isFull { reader.note("asks and asserts more than is kept") }
    let about = unit.node.about
    return script.unit(
      unit.name,
      about: about.isEmpty
        ? ScriptComment.before(line: lines.lowerBound, in: comments) : about,
      lines: lines,
      reader.recorder.fingerprint,
      reader.unread
    )
  }

  /// A function of the script that pytest or unittest calls by its name.
  private func runHook(_ name: String) {
    guard case .function(let function)? = reader.modules[0].top.names[name],
      !Self.isFixture(function.node)
    else { return }
    _ = enter(function)
  }

  private func run(
    _ unit: Found,
    _ passed: [PythonReader.Passed],
    _ given: [String: PythonValue],
    _ fixtures: Fixtures
  ) {
    var function = PythonFunction(node: unit.node, module: 0)
    if let type = unit.type {
      let owner = reader.instance(of: type, module: 0, [])
      function.owner = owner
      let automatic = type.list("body").filter { Self.isFixture($0) && Self.isAutomatic($0) }
      let names = ["setUpClass", "setup_class", "setUp", "asyncSetUp", "setup_method", "setup"]
      for name in names + automatic.compactMap({ $0.text("name") }) {
        runMethod(name, of: type, owner)
      }
    }
    let frame = PythonReader.Frame(module: 0)
    reader.bind(function, passed, in: frame)
    for (index, parameter) in (unit.node["args"]?.list("args") ?? []).enumerated() {
      let name = parameter.text("arg") ?? ""
      if let value = given[name] {
        frame.names[name] = value
      } else if passed.isEmpty, function.owner == nil || index > 0 {
        let own = unit.type?.list("body").last { $0.text("name") == name && Self.isFixture($0) }
        let value =
          own.map { enter(PythonFunction(node: $0, module: 0, owner: function.owner)) }
          ?? value(of: name, fixtures)
        if let value { frame.names[name] = value }
      }
    }
    reader.active.append(unit.id)
    _ = reader.run(unit.node.list("body"), frame)
    reader.active.removeLast()
    reader.callEnded = nil
    assertResult(of: frame)
    guard let type = unit.type, let owner = function.owner else { return }
    for name in ["tearDown", "asyncTearDown", "teardown_method", "tearDownClass", "teardown_class"]
    {
      runMethod(name, of: type, owner)
    }
  }

  private func runMethod(_ name: String, of type: SyntaxNode, _ owner: Int) {
    guard let found = reader.method(name, of: type, module: 0) else { return }
    _ = enter(PythonFunction(node: found.node, module: found.module, owner: owner))
  }

  /// What a check gives back may say whether it holds.
  private func assertResult(of frame: PythonReader.Frame) {
    switch PythonReader.result(of: frame) {
    case .claim(let claim), .outcome(let claim): reader.assert(claim)
    // `return status == 200, "message"`
    case .list(let elements):
      if case .claim(let claim)? = elements.first { reader.assert(claim) }
    default:
      // What is wrong, or nothing: no way to a text may be taken.
      let problems = frame.returned.filter { if case .text = $0.value { true } else { false } }
      guard problems.count < frame.returned.count || problems.allSatisfy({ $0.guard != nil })
      else { return }
      for problem in problems { if let claim = problem.guard { reader.assert(.not(claim)) } }
    }
  }

  // MARK: Cases

  /// How many cases a unit has, and the values of its parameters in each that is followed.
  private func cases(of unit: Found) -> (count: Int?, cases: [[String: PythonValue]]) {
    var count: Int?
    var all: [[String: PythonValue]] = [[:]]
    let frame = PythonReader.Frame(module: 0)
    for decorator in unit.decorators where decorator["func"]?.lastName == "parametrize" {
      let places = decorator.list("args")
      func argument(_ place: Int, _ name: String) -> PythonValue? {
        let named = decorator.list("keywords").first { $0.text("arg") == name }?["value"]
        let node = named ?? (places.indices.contains(place) ? places[place] : nil)
        return node.map { reader.evaluate($0, frame) }
      }
      let names = Self.names(argument(0, "argnames"))
      guard case .list(let rows)? = argument(1, "argvalues") else {
        count = 0
        continue
      }
      count = (count ?? 1) * rows.count
      let given = rows.prefix(Self.casesLimit).map { row in
        var row = row
        if case .list(let parts) = row, names.count == 1, parts.count == 1 { row = parts[0] }
        return Self.named(names, row)
      }
      all = Array(
        all.flatMap { one in given.map { one.merging($0) { $1 } } }.prefix(Self.casesLimit)
      )
    }
    if let count, count > Self.casesLimit {
      reader.note("has \(count) cases, of which the first \(Self.casesLimit) were followed")
    }
    return (count, all.isEmpty ? [[:]] : all)
  }

  private static func names(_ value: PythonValue?) -> [String] {
    switch value {
    case .text(let text)?: text.split { $0 == "," || $0 == " " || $0 == "\n" }.map(String.init)
    case .list(let elements)?: elements.map(\.inText)
    default: []
    }
  }

  private static func named(_ names: [String], _ row: PythonValue) -> [String: PythonValue] {
    if names.count == 1 { return [names[0]: row] }
    guard case .list(let parts) = row, parts.count == names.count else { return [:] }
    return Dictionary(zip(names, parts), uniquingKeysWith: { $1 })
  }
}
