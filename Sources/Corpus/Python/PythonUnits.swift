/// Cuts a Python script into its units and reads each.
///
/// Units are functions named `test…`, and methods named so of classes named `Test…` or made from
/// `TestCase`. Without any, functions named `check_…` or `verify_…` are units where they are
/// evidently separate checks: two or more, each spoken of exactly once, outside all of them.
/// Whatever the script asks or asserts beside its units is a unit of its own with the script's
/// name, and so is a script without any.
struct PythonUnits {
  private struct Found {
    var function: PythonFunction
    var type: PythonClass?
    /// `test_login`, `TestLogin::test_wrong`.
    var name: String
  }

  static let casesLimit = 64

  private let script: CorpusScript
  private let program: PythonParser.Program
  private let reader: PythonReader
  private let lineCount: Int
  private let commentLines: ScriptComment.Lines

  init(_ script: CorpusScript, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    program = PythonParser.program(script.bytes)
    reader = PythonReader(script: script.path, files: files, reading: reading)
    commentLines = ScriptComment.Lines(script.bytes)
    lineCount = max(1, script.bytes.count { $0 == 0x0A } + (script.bytes.last == 0x0A ? 0 : 1))
  }

  func units() -> [CorpusUnit] {
    // A program's tests are what it calls itself.
    let found = reader.reading == .program ? [] : Self.found(in: program)
    reader.units = Set(found.map { ObjectIdentifier($0.function) })
    reader.isFollowingMain = true
    let index = reader.load(script.path, program)
    reader.runTop(index)
    reader.isFollowingMain = false
    let main = reader.recorder
    let mainUnread = reader.unread
    let fixtures = fixtures()
    let everywhere = everywhere(fixtures)

    var units: [CorpusUnit] = []
    var names: Set<String> = []
    for unit in found {
      // Of two functions with one name, Python knows the last.
      guard names.insert(unit.name).inserted else { continue }
      units.append(read(unit, fixtures, everywhere))
    }
    let covered = found.map(\.function.lines)
    let unread =
      Self.undecoded(script.bytes)
      + program.unread.filter { entry in !covered.contains { $0.contains(entry.line) } }
      + mainUnread
      // What could not be read may call it.
      + (reader.reading.isCertain || !program.unread.isEmpty ? [] : neverCalled)
    if units.isEmpty || !main.isEmpty || !unread.isEmpty {
      units.insert(
        CorpusUnit(
          id: script.path,
          script: script.path,
          function: nil,
          language: .python,
          about: about,
          lines: 1...lineCount,
          hash: script.hash,
          fingerprint: main.fingerprint,
          unread: Self.sorted(unread)
        ),
        at: 0
      )
    }
    return units
  }

  private var about: String {
    let text = program.statements.about
    return text.isEmpty ? ScriptComment.first(of: script.bytes) : text
  }

  private static func sorted(_ unread: [CorpusUnit.Unread]) -> [CorpusUnit.Unread] {
    unread.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element)
  }

  static func undecoded(_ bytes: [UInt8]) -> [CorpusUnit.Unread] {
    guard let line = ScriptComment.firstLineThatIsNotUTF8(bytes) else { return [] }
    return [CorpusUnit.Unread(line: line, reason: "bytes are not UTF-8")]
  }

  /// Functions that look at something and that nothing was seen to call: by their names, say.
  private var neverCalled: [CorpusUnit.Unread] {
    var last: [String: PythonFunction] = [:]
    func add(_ functions: [PythonFunction], _ prefix: String) {
      for function in functions { last[prefix + function.name] = function }
    }
    add(Self.functions(program.statements), "")
    for type in Self.types(program.statements) { add(type.methods, "\(type.name).") }
    return last.filter { name, function in
      !reader.entered.contains(ObjectIdentifier(function)) && function.body.looksAtSomething
        && !function.name.hasPrefix("pytest_") && !Self.isFixture(function)
    }
    .map { name, function in
      CorpusUnit.Unread(
        line: function.lines.lowerBound,
        reason: "nothing was seen to call `\(name)`"
      )
    }
  }

  private static func isFixture(_ function: PythonFunction) -> Bool {
    function.decorators.contains { decorator in
      if case .call(let callee, _, _) = decorator { return callee.lastName == "fixture" }
      return decorator.lastName == "fixture"
    }
  }

  // MARK: Which

  private static func found(in program: PythonParser.Program) -> [Found] {
    var found: [Found] = []
    var checks: [Found] = []
    for function in functions(program.statements) {
      if function.name.hasPrefix("test_") || function.name == "test" {
        found.append(Found(function: function, type: nil, name: function.name))
      } else if function.name.hasPrefix("check_") || function.name.hasPrefix("verify_") {
        checks.append(Found(function: function, type: nil, name: function.name))
      }
    }
    for type in types(program.statements) {
      add(type, prefix: "", to: &found)
    }
    if !found.isEmpty {
      // Python and pytest know the last of several with one name.
      var last: [String: Int] = [:]
      for (index, unit) in found.enumerated() { last[unit.name] = index }
      return found.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
        .sorted { $0.function.lines.lowerBound < $1.function.lines.lowerBound }
    }
    return areSeparate(checks, program) ? checks : []
  }

  private static func add(_ type: PythonClass, prefix: String, to found: inout [Found]) {
    let isCase = type.bases.contains { $0.lastName?.hasSuffix("TestCase") == true }
    guard type.name.hasPrefix("Test") || isCase else { return }
    let name = prefix.isEmpty ? type.name : "\(prefix)::\(type.name)"
    for method in type.methods where method.name.hasPrefix("test") {
      found.append(Found(function: method, type: type, name: "\(name)::\(method.name)"))
    }
    for inner in types(type.body) { add(inner, prefix: name, to: &found) }
  }

  /// Functions at the top of a script, also under an `if` or a `try`.
  private static func functions(_ statements: [PythonStatement]) -> [PythonFunction] {
    statements.flatMap { statement -> [PythonFunction] in
      if case .function(let function) = statement.kind { return [function] }
      return statement.inner.flatMap { functions($0) }
    }
  }

  private static func types(_ statements: [PythonStatement]) -> [PythonClass] {
    statements.flatMap { statement -> [PythonClass] in
      if case .type(let type) = statement.kind { return [type] }
      return statement.inner.flatMap { types($0) }
    }
  }

  private static func areSeparate(_ checks: [Found], _ program: PythonParser.Program) -> Bool {
    guard checks.count >= 2 else { return false }
    return checks.allSatisfy { check in
      guard let lines = program.checkMentions[check.name], lines.count == 1 else { return false }
      return !checks.contains { $0.function.lines.contains(lines[0]) }
    }
  }

  // MARK: Reading one

  private typealias Fixtures = [String: (function: PythonFunction, module: Int)]

  private func fixtures() -> Fixtures {
    var fixtures: Fixtures = [:]
    var modules = [0]
    for path in reader.files.conftests(for: script.path).reversed() where path != script.path {
      if let index = reader.module(at: path) { modules.insert(index, at: 0) }
    }
    for module in modules {
      for function in Self.functions(reader.modules[module].program.statements) {
        if Self.isFixture(function) { fixtures[function.name] = (function, module) }
      }
    }
    return fixtures
  }

  /// Names of fixtures that every test of the script gets, in order.
  private func everywhere(_ fixtures: Fixtures) -> [String] {
    var names = fixtures.filter { Self.isAutomatic($1.function) }.map(\.key)
    for case .assignment(let targets, let value) in program.statements.map(\.kind)
    where targets.first?.lastName == "pytestmark" {
      if case .list(let marks) = value {
        names += marks.flatMap { Self.used($0) }
      } else {
        names += Self.used(value)
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func isAutomatic(_ function: PythonFunction) -> Bool {
    function.decorators.contains { decorator in
      guard case .call(_, let arguments, _) = decorator else { return false }
      return arguments.contains {
        if case .boolean(true) = $0.value { $0.name == "autouse" } else { false }
      }
    }
  }

  /// What `@pytest.mark.usefixtures("a", "b")` names.
  private static func used(_ decorator: PythonExpression) -> [String] {
    guard case .call(let callee, let arguments, _) = decorator, callee.lastName == "usefixtures"
    else { return [] }
    return arguments.compactMap {
      if case .text(let pieces) = $0.value, case .literal(let name)? = pieces.first {
        return name
      }
      return nil
    }
  }

  /// Whether a mark may keep it from being run, or from failing.
  private static func mayBeSkipped(_ unit: Found) -> Bool {
    (unit.function.decorators + (unit.type?.decorators ?? [])).contains { decorator in
      var mark = decorator
      if case .call(let callee, _, _) = decorator { mark = callee }
      let names = ["skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure"]
      return names.contains(mark.lastName ?? "")
    }
  }

  private func read(_ unit: Found, _ fixtures: Fixtures, _ everywhere: [String]) -> CorpusUnit {
    reader.recorder = FingerprintRecorder()
    reader.entered.insert(ObjectIdentifier(unit.function))
    if reader.reading.isCertain, Self.mayBeSkipped(unit) { reader.recorder.close(.program) }
    reader.unread = []
    reader.stepsLeft = PythonReader.unitLimit
    reader.line = unit.function.lines.lowerBound
    let (count, given) = cases(of: unit)
    let calls = reader.unitCalls[ObjectIdentifier(unit.function)] ?? []
    let used = (unit.function.decorators + (unit.type?.decorators ?? [])).flatMap { Self.used($0) }
    if calls.isEmpty {
      for name in ["setUpModule", "setup_module", "setup_function", "setup"] { runHook(name) }
      for name in everywhere + used { _ = value(of: name, fixtures, depth: 0) }
    }
    for passed in calls.isEmpty ? [[]] : Array(calls.prefix(Self.casesLimit)) {
      for values in given { run(unit, passed, values, fixtures) }
    }
    if calls.isEmpty {
      for name in ["teardown_function", "tearDownModule", "teardown_module", "teardown"] {
        runHook(name)
      }
    }
    var recorder = reader.recorder
    recorder.setCases(count)
    if recorder.isFull { reader.note("asks and asserts more than is kept") }
    let inside = program.unread.filter { unit.function.lines.contains($0.line) }
    let about = unit.function.body.about
    return CorpusUnit(
      id: "\(script.path)::\(unit.name)",
      script: script.path,
      function: unit.name,
      language: .python,
      about: about.isEmpty
        ? ScriptComment.before(line: unit.function.lines.lowerBound, in: commentLines) : about,
      lines: unit.function.lines,
      hash: script.hash,
      fingerprint: recorder.fingerprint,
      unread: Self.sorted(inside + reader.unread)
    )
  }

  /// A function of the script that pytest or unittest calls by its name.
  private func runHook(_ name: String) {
    guard case .function(let function, let module, nil)? = reader.modules[0].globals[name],
      !Self.isFixture(function)
    else { return }
    _ = reader.call(function, module: module, owner: nil, [])
    reader.callEnded = nil
  }

  private func run(
    _ unit: Found,
    _ passed: [PythonReader.Passed],
    _ given: [String: PythonValue],
    _ fixtures: Fixtures
  ) {
    var owner: Int?
    if let type = unit.type {
      let instance = reader.instance(of: type, module: 0, [])
      owner = instance
      let automatic = type.methods.filter { Self.isFixture($0) && Self.isAutomatic($0) }
      for name in ["setUpClass", "setup_class", "setUp", "asyncSetUp", "setup_method", "setup"]
        + automatic.map(\.name)
      {
        runMethod(name, of: type, instance)
      }
    }
    let frame = PythonReader.Frame(module: 0)
    reader.bind(unit.function.parameters, passed, owner: owner, in: frame)
    for (index, parameter) in unit.function.parameters.enumerated() {
      if let value = given[parameter.name] {
        frame.names[parameter.name] = value
      } else if let type = unit.type, let owner,
        let own = type.methods.last(where: { $0.name == parameter.name && Self.isFixture($0) })
      {
        frame.names[parameter.name] = reader.call(own, module: 0, owner: owner, [])
        reader.callEnded = nil
      } else if passed.isEmpty, !(owner != nil && index == 0),
        let value = value(of: parameter.name, fixtures, depth: 0)
      {
        frame.names[parameter.name] = value
      }
    }
    reader.active.append(ObjectIdentifier(unit.function))
    _ = reader.run(unit.function.body, frame)
    reader.active.removeLast()
    reader.callEnded = nil
    switch PythonReader.result(of: frame) {
    case .claim(let claim): reader.assert(claim)
    case .outcome(let claim): reader.assert(claim)
    // `return status == 200, "message"`
    case .list(let elements):
      if case .claim(let claim)? = elements.first { reader.assert(claim) }
    default: assertNoProblem(frame)
    }
    guard let type = unit.type, let owner else { return }
    for name in ["tearDown", "asyncTearDown", "teardown_method", "tearDownClass", "teardown_class"]
    {
      runMethod(name, of: type, owner)
    }
  }

  private func runMethod(_ name: String, of type: PythonClass, _ owner: Int) {
    guard let method = reader.method(name, of: type, module: 0, depth: 0) else { return }
    _ = reader.call(method.function, module: method.module, owner: owner, [])
    reader.callEnded = nil
  }

  /// A check that gives back what is wrong, or nothing: no way to a text may be taken.
  private func assertNoProblem(_ frame: PythonReader.Frame) {
    let problems = frame.returned.filter { if case .text = $0.value { true } else { false } }
    guard problems.count < frame.returned.count || problems.allSatisfy({ $0.guard != nil }) else {
      return
    }
    for problem in problems { if let claim = problem.guard { reader.assert(.not(claim)) } }
  }

  /// What a fixture gives; nil where there is none.
  private func value(of name: String, _ fixtures: Fixtures, depth: Int) -> PythonValue? {
    guard depth < 6, let fixture = fixtures[name] else { return nil }
    var passed: [PythonReader.Passed] = []
    for parameter in fixture.function.parameters {
      if let own = self.value(of: parameter.name, fixtures, depth: depth + 1) {
        passed.append(PythonReader.Passed(name: parameter.name, value: own))
      }
    }
    let result = reader.call(fixture.function, module: fixture.module, owner: nil, passed)
    reader.callEnded = nil
    return result
  }

  // MARK: Cases

  /// How many cases a unit has, and the values of its parameters in each that is followed.
  private func cases(of unit: Found) -> (count: Int?, cases: [[String: PythonValue]]) {
    var count: Int?
    var all: [[String: PythonValue]] = [[:]]
    let decorators = (unit.type?.decorators ?? []) + unit.function.decorators
    let frame = PythonReader.Frame(module: 0)
    for case .call(let callee, let arguments, _) in decorators
    where callee.lastName == "parametrize" {
      let names = parameterNames(arguments.first { $0.name == nil || $0.name == "argnames" }?.value)
      let list = arguments.first { $0.name == "argvalues" } ?? arguments.dropFirst().first
      let value = list.map { reader.evaluate($0.value, frame) }
      guard case .list(let rows)? = value else {
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

  private func parameterNames(_ expression: PythonExpression?) -> [String] {
    guard let expression else { return [] }
    switch reader.evaluate(expression, PythonReader.Frame(module: 0)) {
    case .text(let text):
      return text.split { $0 == "," || $0 == " " || $0 == "\n" }.map(String.init)
    case .list(let elements): return elements.map(\.inText)
    default: return []
    }
  }

  private static func named(_ names: [String], _ row: PythonValue) -> [String: PythonValue] {
    if names.count == 1 { return [names[0]: row] }
    guard case .list(let parts) = row, parts.count == names.count else { return [:] }
    return Dictionary(zip(names, parts), uniquingKeysWith: { $1 })
  }
}

extension [PythonStatement] {
  /// Whether anything is asserted or asked in it.
  fileprivate var looksAtSomething: Bool {
    contains { statement in
      switch statement.kind {
      case .assertion, .raising: true
      case .expression(let value), .assignment(_, let value), .returning(let value?):
        value.asksSomething
      case .whileLoop(_, let body, _), .forLoop(_, _, let body, _): body.looksAtSomething
      default: statement.inner.contains { $0.looksAtSomething }
      }
    }
  }
}

extension PythonExpression {
  fileprivate var asksSomething: Bool {
    switch self {
    case .call(let callee, let arguments, _):
      PythonReader.methods.contains(callee.lastName ?? "") && callee.lastName != "get"
        || ["urlopen", "check_call", "check_output", "execute"].contains(callee.lastName ?? "")
        || callee.root == "requests" || callee.root == "httpx" || callee.asksSomething
        || arguments.contains { $0.value.asksSomething }
    case .attribute(let base, _), .subscripted(let base, _): base.asksSomething
    case .assignment(_, let value), .starred(let value), .not(let value): value.asksSomething
    case .comparison(let first, let rest):
      first.asksSomething || rest.contains { $0.1.asksSomething }
    default: false
    }
  }
}

extension PythonStatement {
  /// Blocks under a statement that is no function and no class.
  var inner: [[PythonStatement]] {
    switch kind {
    case .condition(let branches, let otherwise): branches.map(\.1) + [otherwise ?? []]
    case .trying(let body, let handlers, let otherwise, let finally):
      [body] + handlers.map(\.body) + [otherwise, finally]
    case .with(_, let body), .unread(let body): [body]
    default: []
    }
  }
}
