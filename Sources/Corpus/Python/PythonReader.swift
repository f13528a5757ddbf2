/// Follows a Python program a small way without running it, and records what each unit asks and
/// asserts; whatever it does not follow it names.
///
/// Both ways of an `if` are taken, a loop over a list that is written down once for each element,
/// every other once. Functions of the script and of modules beside it are entered where they are
/// called, with the values that they are given.
final class PythonReader {
  struct Module {
    let path: String
    let body: [SyntaxNode]
    /// Its names, also while it is still running.
    let top: Frame
  }

  struct Instance {
    let type: SyntaxNode
    let module: Int
    var fields: [String: PythonValue] = [:]
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

  struct Passed {
    /// A keyword; nil for a place.
    var name: String?
    var value: PythonValue
  }

  static let depthLimit = 6
  static let nestingLimit = 100
  static let loopLimit = 64
  /// Statements followed for one unit, and for all units of a script.
  static let unitLimit = 20_000
  static let scriptLimit = 500_000

  let files: ScriptFiles
  let script: String
  let reading: ScriptReading
  var modules: [Module] = []
  private var moduleIndex: [String: Int] = [:]
  var instances: [Instance] = []

  var recorder = FingerprintRecorder()
  var sources: [String] = []
  var unread: [CorpusUnit.Unread] = []
  /// Of the script, not of a helper.
  var line = 1
  private var callDepth = 0
  var nesting = 0
  var stepsLeft = PythonReader.unitLimit
  var scriptStepsLeft = PythonReader.scriptLimit
  /// A call never came back: it failed, or ended the program well.
  var callEnded: Flow?
  var active: [Int] = []
  /// Of the innermost loop: the claims under which it is left, and whether it may fail.
  var loopExits: [Claim] = []
  var loopHasFailure = false
  /// The sources of the last request and of the last statement or command.
  var lastRequest: Int?
  var lastSystem: Int?

  /// Units that the main part of the script calls, and with what.
  var units: Set<Int> = []
  var unitCalls: [Int: [[Passed]]] = [:]
  var isFollowingMain = false
  /// Functions and methods that were entered.
  var entered: Set<Int> = []

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
    guard let tree = files.trees[path] else { return nil }
    if let problem = tree.problem { note("\(path) line \(problem.line): \(problem.reason)") }
    let index = load(path, tree.root?.list("body") ?? [])
    let kept = (recorder, line, stepsLeft, isFollowingMain)
    // What a helper does while it is imported is not what the script asks.
    isFollowingMain = false
    stepsLeft = Self.unitLimit
    runTop(index)
    (recorder, line, stepsLeft, isFollowingMain) = kept
    return index
  }

  func load(_ path: String, _ body: [SyntaxNode]) -> Int {
    let index = modules.count
    modules.append(Module(path: path, body: body, top: Frame(module: index, isTop: true)))
    moduleIndex[path] = index
    return index
  }

  func runTop(_ index: Int) {
    let frame = modules[index].top
    let isProgram = index == 0 && reading != .tests
    frame.names["__name__"] = .text(isProgram ? "__main__" : modules[index].path)
    _ = run(modules[index].body, frame)
    callEnded = nil
  }

  // MARK: Recording

  func note(_ reason: String, at line: Int? = nil) {
    let entry = CorpusUnit.Unread(line: line ?? self.line, reason: reason)
    if !unread.contains(where: { $0.reason == reason }) { unread.append(entry) }
  }

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
    lastSystem = sources.count - 1
    return sources.count - 1
  }

  func assert(_ claim: Claim, isWritten: Bool = false) {
    recorder.assert(claim, sources: sources, line: line, isWritten: isWritten)
  }

  /// What is written as an assertion: of which nothing was understood, it is named.
  func assertWritten(_ claim: Claim, _ words: @autoclosure () -> String) {
    if claim.isSettled {
      note("`\(words().short)` asserts something that was not understood")
    } else {
      assert(claim, isWritten: true)
    }
  }

  /// A library raises where this does not hold.
  func raises(_ claim: Claim, _ frame: Frame) {
    if frame.raised.isEmpty {
      assert(claim)
    } else {
      frame.raised[frame.raised.count - 1].append(claim)
    }
  }

  // MARK: Calls

  /// Enters a function of the program.
  func call(_ function: PythonFunction, _ passed: [Passed]) -> PythonValue {
    let id = function.id
    if isFollowingMain, units.contains(id) {
      unitCalls[id, default: []].append(passed)
      return .unknown(function.name)
    }
    entered.insert(id)
    let isLambda = function.node.kind == "Lambda"
    guard isLambda || !active.contains(id) else { return .unknown(function.name) }
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
    let frame = Frame(module: function.module)
    frame.names = function.around
    bind(function, passed, in: frame)
    if isLambda, let body = function.node["body"] { return evaluate(body, frame) }
    let flow = run(function.node.list("body"), frame)
    if wasOpen { recorder.leaveFunction() }
    if flow == .fails || flow == .ends, frame.returned.isEmpty { callEnded = flow }
    return Self.result(of: frame)
  }

  /// Gives the parameters of a function their values; those that nothing is passed for are unknown.
  func bind(_ function: PythonFunction, _ passed: [Passed], in frame: Frame) {
    guard let list = function.node["args"] else { return }
    var places = passed.filter { $0.name == nil }.map(\.value)
    if let owner = function.owner { places.insert(.instance(owner), at: 0) }
    var named: [String: PythonValue] = [:]
    for entry in passed { if let name = entry.name { named[name] = entry.value } }
    func take(_ parameter: SyntaxNode, _ preset: SyntaxNode?, _ place: Int?) {
      let name = parameter.text("arg") ?? ""
      if let value = named.removeValue(forKey: name) {
        frame.names[name] = value
      } else if let place, places.indices.contains(place) {
        frame.names[name] = places[place]
      } else if let preset, !preset.isNull {
        frame.names[name] = evaluate(preset, frame)
      } else {
        frame.names[name] = .unknown(name)
      }
    }
    let parameters = list.list("posonlyargs") + list.list("args")
    let presets = list.list("defaults")
    for (place, parameter) in parameters.enumerated() {
      let preset = place - (parameters.count - presets.count)
      take(parameter, presets.indices.contains(preset) ? presets[preset] : nil, place)
    }
    for (parameter, preset) in zip(list.list("kwonlyargs"), list.list("kw_defaults")) {
      take(parameter, preset, nil)
    }
    if let rest = list["vararg"]?.text("arg") {
      frame.names[rest] = .list(Array(places.dropFirst(parameters.count)))
    }
    if let rest = list["kwarg"]?.text("arg") {
      let keys = named.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      frame.names[rest] = .dictionary(
        keys.compactMap { key in named[key].map { (.text(key), $0) } }
      )
    }
  }

  /// What a call gives: where each way out gives true or false, the claim under which it is true.
  static func result(of frame: Frame) -> PythonValue {
    guard let last = frame.returned.last?.value else { return .none }
    let values = frame.returned.map(\.value)
    if frame.returned.count == 1 { return last }
    let areBooleans = values.allSatisfy {
      if case .boolean = $0 { true } else if case .claim = $0 { true } else { false }
    }
    let areCodes = values.allSatisfy {
      if case .integer = $0 { true } else if case .outcome = $0 { true } else { false }
    }
    guard areBooleans || areCodes else {
      return values.dropFirst().reduce(values[0]) { PythonValue.either($0, $1) }
    }
    func holds(_ value: PythonValue) -> Claim { areBooleans ? value.claim : .not(value.claim) }
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
