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

  init(_ script: CorpusScript, files: ScriptFiles) {
    self.script = script
    program = PythonParser.program(script.bytes)
    reader = PythonReader(script: script.path, files: files)
    commentLines = ScriptComment.Lines(script.bytes)
    lineCount = max(1, script.bytes.count { $0 == 0x0A } + (script.bytes.last == 0x0A ? 0 : 1))
  }

  func units() -> [CorpusUnit] {
    let found = Self.found(in: program)
    reader.units = Set(found.map { ObjectIdentifier($0.function) })
    reader.isFollowingMain = true
    let index = reader.load(script.path, program)
    reader.runTop(index)
    reader.isFollowingMain = false
    let main = reader.recorder
    let mainUnread = reader.unread
    let fixtures = fixtures()

    var units: [CorpusUnit] = []
    var names: Set<String> = []
    for unit in found {
      // Of two functions with one name, Python knows the last.
      guard names.insert(unit.name).inserted else { continue }
      units.append(read(unit, fixtures))
    }
    let covered = found.map(\.function.lines)
    let unread =
      Self.undecoded(script.bytes)
      + program.unread.filter { entry in !covered.contains { $0.contains(entry.line) } }
      + mainUnread
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
        let isFixture = function.decorators.contains { decorator in
          if case .call(let callee, _, _) = decorator { return callee.lastName == "fixture" }
          return decorator.lastName == "fixture"
        }
        if isFixture { fixtures[function.name] = (function, module) }
      }
    }
    return fixtures
  }

  private func read(_ unit: Found, _ fixtures: Fixtures) -> CorpusUnit {
    reader.recorder = FingerprintRecorder()
    reader.unread = []
    reader.stepsLeft = PythonReader.unitLimit
    reader.line = unit.function.lines.lowerBound
    let (count, given) = cases(of: unit)
    let calls = reader.unitCalls[ObjectIdentifier(unit.function)] ?? []
    for passed in calls.isEmpty ? [[]] : Array(calls.prefix(Self.casesLimit)) {
      for values in given { run(unit, passed, values, fixtures) }
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

  private func run(
    _ unit: Found,
    _ passed: [PythonReader.Passed],
    _ given: [String: PythonValue],
    _ fixtures: Fixtures
  ) {
    var owner: Int?
    if let type = unit.type {
      let instance = reader.instance(of: type, module: 0, [])
      for name in ["setUpClass", "setup_class", "setUp", "setup_method", "setup"] {
        if let start = reader.method(name, of: type, module: 0, depth: 0) {
          _ = reader.call(start.function, module: start.module, owner: instance, [])
          reader.callEnded = nil
        }
      }
      owner = instance
    }
    let frame = PythonReader.Frame(module: 0)
    reader.bind(unit.function.parameters, passed, owner: owner, in: frame)
    for (index, parameter) in unit.function.parameters.enumerated() {
      if let value = given[parameter.name] {
        frame.names[parameter.name] = value
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
