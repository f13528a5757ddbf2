/// Follows a Python program as far as that can be done without running it, and records what each
/// unit asks and asserts.
///
/// Both ways of an `if` are taken, a loop over a list that is written down once for each element,
/// every other once. Functions of the script and of modules beside it are entered where they are
/// called, with the values that they are given.
final class PythonReader {
  struct Module {
    var path: String
    var program: PythonParser.Program
    /// Its names, also while it is still running.
    let top: Frame

    var globals: [String: PythonValue] { top.names }
  }

  struct Instance {
    var type: PythonClass
    var module: Int
    var fields: [String: PythonValue] = [:]
    /// The answer that it was made from, where its fields are not known by name.
    var source: Int?
  }

  /// The names of one call, and how it ends.
  final class Frame {
    var names: [String: PythonValue] = [:]
    let module: Int
    /// At the top of a module, where names are those of the module.
    let isTop: Bool
    /// What holds where the present statement is reached.
    var guards: [Claim] = []
    var returned: [(guard: Claim?, value: PythonValue)] = []
    /// A failure was written down for later: `failures.append(…)`.
    var hasNotedFailure = false
    /// What a library would raise where a handler stands around; one list for each `try`.
    var raised: [[Claim]] = []

    init(module: Int, isTop: Bool = false) {
      self.module = module
      self.isTop = isTop
    }
  }

  static let depthLimit = 8
  static let nestingLimit = 120
  static let loopLimit = 64
  /// Statements followed for one unit, and for all units of a script.
  static let unitLimit = 20_000
  static let scriptLimit = 1_000_000

  let files: ScriptFiles
  let script: String
  var modules: [Module] = []
  var moduleIndex: [String: Int] = [:]
  var instances: [Instance] = []

  var recorder = FingerprintRecorder()
  var sources: [String] = []
  var unread: [CorpusUnit.Unread] = []
  /// Of the script, not of a helper.
  var line = 1
  var callDepth = 0
  var nesting = 0
  var stepsLeft = PythonReader.unitLimit
  var scriptStepsLeft = PythonReader.scriptLimit
  /// A call never came back: it failed, or ended the program well.
  var callEnded: Flow?
  var active: [ObjectIdentifier] = []
  /// Of the innermost loop: the claims under which it is left, and whether it may fail.
  var loopExits: [Claim] = []
  var loopHasFailure = false
  /// The sources of the last request and of the last statement or command.
  var lastRequest: Int?
  var lastSystem: Int?

  /// Units that the main part of the script calls, and with what.
  var units: Set<ObjectIdentifier> = []
  var unitCalls: [ObjectIdentifier: [[Passed]]] = [:]
  var isFollowingMain = false
  /// Functions and methods that were entered.
  var entered: Set<ObjectIdentifier> = []

  struct Passed {
    /// A keyword, `*`, `**` or nil.
    var name: String?
    var value: PythonValue
  }

  let reading: ScriptReading

  init(script: String, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    self.files = files
    self.reading = reading
  }

  /// Follows what may not be reached. Of a script that stands for another nothing of it counts.
  func perhaps<Value>(_ body: () -> Value) -> Value {
    guard reading.isCertain else { return body() }
    let kept = recorder
    defer {
      let closing = recorder.closing
      recorder = kept
      recorder.close(closing)
    }
    return body()
  }

  // MARK: Modules

  /// The module at a path beside the script, read once; nil where there is none.
  func module(at path: String) -> Int? {
    if let known = moduleIndex[path] { return known }
    guard let bytes = files[path] else { return nil }
    let index = load(path, PythonParser.program(bytes))
    let kept = (recorder, line, stepsLeft, isFollowingMain)
    // What a helper does while it is imported is not what the script asks.
    isFollowingMain = false
    stepsLeft = Self.unitLimit
    runTop(index)
    let unread = modules[index].program.unread
    (recorder, line, stepsLeft, isFollowingMain) = kept
    if let first = unread.first {
      note("\(path) line \(first.line): \(first.reason)")
    }
    return index
  }

  func load(_ path: String, _ program: PythonParser.Program) -> Int {
    let index = modules.count
    modules.append(
      Module(path: path, program: program, top: Frame(module: index, isTop: true))
    )
    moduleIndex[path] = index
    return index
  }

  func runTop(_ index: Int) {
    let frame = modules[index].top
    let isProgram = index == 0 && reading != .tests
    frame.names["__name__"] = .text(isProgram ? "__main__" : modules[index].path)
    _ = run(modules[index].program.statements, frame)
    callEnded = nil
  }

  func note(_ reason: String, at line: Int? = nil) {
    let entry = CorpusUnit.Unread(line: line ?? self.line, reason: reason)
    if !unread.contains(where: { $0.reason == reason }) { unread.append(entry) }
  }

  // MARK: Recording

  func request(_ method: String, _ address: String) -> Int {
    let request = CorpusRequest(method: method.uppercased(), address: address, line: line)
    recorder.add(request)
    sources.append(request.description)
    lastRequest = sources.count - 1
    return sources.count - 1
  }

  func system(_ kind: CorpusSystem.Kind, _ text: String) -> Int {
    let system = CorpusSystem(kind: kind, text: text.short, line: line)
    recorder.add(system)
    sources.append(system.description)
    return sources.count - 1
  }

  func assert(_ claim: Claim, isWritten: Bool = false) {
    recorder.assert(claim, sources: sources, line: line, isWritten: isWritten)
  }

  // MARK: Calls

  /// Enters a function of the program.
  func call(_ function: PythonFunction, module: Int, owner: Int?, _ passed: [Passed]) -> PythonValue
  {
    let id = ObjectIdentifier(function)
    if isFollowingMain, units.contains(id) {
      unitCalls[id, default: []].append(passed)
      return .unknown(function.name)
    }
    entered.insert(id)
    guard !active.contains(id) else { return .unknown(function.name) }
    guard callDepth < Self.depthLimit else {
      note("`\(function.name)` is called too deeply to follow")
      return .unknown(function.name)
    }
    callDepth += 1
    active.append(id)
    let kept = line
    let wasOpen = recorder.closing == .none
    defer {
      callDepth -= 1
      active.removeLast()
      line = kept
    }
    let frame = Frame(module: module)
    bind(function.parameters, passed, owner: owner, in: frame)
    let flow = run(function.body, frame)
    if wasOpen { recorder.leaveFunction() }
    if flow == .fails || flow == .ends, frame.returned.isEmpty { callEnded = flow }
    return Self.result(of: frame)
  }

  func bind(
    _ parameters: [PythonExpression.Parameter],
    _ passed: [Passed],
    owner: Int?,
    in frame: Frame
  ) {
    var places = passed.filter { $0.name == nil }.map(\.value)
    if let owner { places.insert(.instance(owner), at: 0) }
    let named = Dictionary(
      passed.compactMap { entry in entry.name.map { ($0, entry.value) } },
      uniquingKeysWith: { $1 }
    )
    var next = 0
    for parameter in parameters {
      if parameter.stars == "*" {
        frame.names[parameter.name] = .list(Array(places.dropFirst(next)))
        next = places.count
      } else if parameter.stars == "**" {
        let rest = named.filter { key, _ in !parameters.contains { $0.name == key } }
        let keys = rest.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        frame.names[parameter.name] = .dictionary(
          keys.compactMap { key in rest[key].map { (.text(key), $0) } }
        )
      } else if let value = named[parameter.name] {
        frame.names[parameter.name] = value
      } else if !parameter.isKeywordOnly, next < places.count {
        frame.names[parameter.name] = places[next]
        next += 1
      } else if let preset = parameter.preset {
        frame.names[parameter.name] = evaluate(preset, frame)
      } else {
        frame.names[parameter.name] = .unknown(parameter.name)
      }
    }
  }

  /// What a call gives: where each way out gives true or false, the claim under which it is true.
  static func result(of frame: Frame) -> PythonValue {
    guard let last = frame.returned.last?.value else { return .none }
    let values = frame.returned.map(\.value)
    if frame.returned.count == 1 { return last }
    let areBooleans = values.allSatisfy { value in
      switch value {
      case .boolean, .claim: true
      default: false
      }
    }
    let areCodes = values.allSatisfy { value in
      switch value {
      case .integer, .outcome: true
      default: false
      }
    }
    guard areBooleans || areCodes else {
      return values.dropFirst().reduce(values[0]) { PythonValue.either($0, $1) }
    }
    func holds(_ value: PythonValue) -> Claim {
      areBooleans ? value.claim : Claim.not(value.claim)
    }
    var result = holds(last)
    for (claim, value) in frame.returned.dropLast().reversed() {
      let own = holds(value).plain()
      let reached = claim ?? .unknown("sometimes")
      if case .known(let isTrue) = own {
        result = isTrue ? .any([reached, result]) : .all([.not(reached), result])
      } else {
        result = .all([own, result])
      }
    }
    return areBooleans ? .claim(result) : .outcome(result)
  }
}
