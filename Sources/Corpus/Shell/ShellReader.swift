/// Follows a shell script as far as that can be done without running it, and records what each unit
/// asks and asserts.
///
/// Both ways of an `if` are taken and every loop once for each word that is written down. Functions
/// of the script and of files that it sources are entered where they are called.
final class ShellReader {
  /// What is known of a text: the text with holes, and the answer that it comes from.
  struct Value {
    var text: String
    var seen: (source: Int?, subject: CorpusAssertion.Subject)?
    /// Of `$?`: under which claim it is 0.
    var success: Claim?

    init(_ text: String) { self.text = text }

    init(_ source: Int?, _ subject: CorpusAssertion.Subject) {
      text = Fingerprint.hole
      seen = (source, subject)
    }

    static let hole = Value(Fingerprint.hole)
  }

  /// What a command leaves behind.
  struct Result {
    /// Under which it ends well.
    var success: Claim = .known(true)
    var output: Value?
    var flow = Flow.next
  }

  enum Flow: Equatable { case next, returns, breaks, fails, ends }

  static let depthLimit = 10
  static let nestingLimit = 100
  static let wordLimit = 64
  static let unitLimit = 20_000
  static let scriptLimit = 500_000

  let files: ScriptFiles
  let script: String
  let reading: ScriptReading
  var recorder = FingerprintRecorder()
  var sources: [String] = []
  var unread: [CorpusUnit.Unread] = []
  var variables: [String: Value] = [:]
  var functions: [String: ShellFunction] = [:]
  /// A command that fails ends the script: `set -e`.
  var endsOnError = false
  /// Each command of a pipeline counts: `set -o pipefail`.
  var countsPipes = false
  /// Functions that were entered.
  var entered: Set<ObjectIdentifier> = []
  var line = 1
  /// Above 0 in a sourced file, whose lines are not those of the script.
  var foreignDepth = 0
  var callDepth = 0
  var nesting = 0
  var stepsLeft = ShellReader.unitLimit
  var scriptStepsLeft = ShellReader.scriptLimit
  var active: Set<ObjectIdentifier> = []
  var sourcedFiles: Set<String> = []
  var lastSuccess: Claim = .known(true)
  var hasNotedFailure = false
  var loopExits: [Claim] = []
  var loopHasFailure = false
  var guards: [Claim] = []
  var returned: [(guard: Claim?, success: Claim)] = []
  /// In a function that is a unit of its own, and so is not entered from outside.
  var units: Set<String> = []
  var isFollowingMain = false

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

  /// After a part that may not be reached and that is left well.
  func close(after result: Result) {
    guard reading.isCertain else { return }
    if result.flow == .ends { recorder.close(.program) }
    if result.flow == .returns, !isBadReturn(result) { recorder.close(.function) }
  }

  func note(_ reason: String) {
    if !unread.contains(where: { $0.reason == reason }) {
      unread.append(CorpusUnit.Unread(line: line, reason: reason))
    }
  }

  func assert(_ claim: Claim) {
    recorder.assert(claim, sources: sources, line: line, isWritten: false)
  }

  func request(_ asked: CommandLine.Request) -> Int {
    let request = CorpusRequest(
      method: asked.method.uppercased(),
      address: asked.address,
      line: line
    )
    recorder.add(request)
    sources.append(request.description)
    return sources.count - 1
  }

  func system(_ kind: CorpusSystem.Kind, _ text: String) -> Int {
    let system = CorpusSystem(kind: kind, text: text.short, line: line)
    recorder.add(system)
    sources.append(system.description)
    return sources.count - 1
  }

  // MARK: Statements

  /// - Parameter isTested: Its end is looked at by what stands around it, so that `set -e` does not
  ///   apply.
  func run(_ statements: [ShellStatement], isTested: Bool = false) -> Result {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("commands are nested too deeply to follow")
      return Result()
    }
    var result = Result()
    var exits: [Claim] = []
    for statement in statements {
      guard stepsLeft > 0, scriptStepsLeft > 0 else {
        note("there is too much to follow from here on")
        return result
      }
      stepsLeft -= 1
      scriptStepsLeft -= 1
      if foreignDepth == 0 { line = statement.line }
      let before = result.output
      result = run(statement, isTested: isTested, &exits)
      lastSuccess = result.success
      if result.output == nil { result.output = before }
      if result.flow != .next {
        if result.flow == .fails, !exits.isEmpty { assert(.any(exits)) }
        return result
      }
      if endsOnError, !isTested, statement.isBare { assert(result.success) }
    }
    return result
  }

  private func run(
    _ statement: ShellStatement,
    isTested: Bool,
    _ exits: inout [Claim]
  ) -> Result {
    switch statement.kind {
    case .simple(let command): return simple(command, input: nil)
    case .pipeline(let parts): return pipeline(parts)
    case .not(let inner):
      var ignored: [Claim] = []
      var result = run(inner, isTested: true, &ignored)
      result.success = .not(result.success)
      return result
    case .and(let left, let right): return and(left, right, &exits)
    case .or(let left, let right): return or(left, right, &exits)
    case .group(let inner): return run(inner, isTested: isTested)
    case .condition(let branches, let otherwise):
      return condition(branches[...], otherwise, &exits)
    case .loop(let test, let isUntil, let body):
      let tested = run(test, isTested: true)
      let stays = isUntil ? Claim.not(tested.success) : tested.success
      let isEndless = if case .known(true) = stays.plain() { true } else { false }
      let (ways, hasFailure) = isEndless ? loop(body) : perhaps { loop(body) }
      exits += ways
      if hasFailure {
        let seeing = (ways + [.not(stays)]).filter(\.seesAnswer)
        assert(.any(seeing))
      } else if isEndless, !ways.isEmpty {
        assert(.any(ways.filter(\.seesAnswer)))
      } else if ways.isEmpty, case .atom = stays.plain() {
        assert(.not(stays))
      }
      return Result()
    case .each(let name, let words, let body):
      var all: [Value] = []
      for word in words.prefix(Self.wordLimit) {
        let value = value(of: word)
        // `$paths` of a list is several words.
        let pieces = word.pieces.filter {
          if case .text(let text) = $0 { !text.isEmpty } else { true }
        }
        var isList = word.pieces.count == 1
        if pieces.count == 1, case .part("elements", _)? = pieces.first { isList = true }
        let parts = isList && value.seen == nil ? ShellWords.split(value.text) : []
        all += parts.count > 1 && word.literal == nil ? parts.map { Value($0) } : [value]
      }
      if words.count > Self.wordLimit {
        note("a loop over \(words.count) words is followed in part")
      }
      var isCertain = !all.isEmpty && !all.contains { $0.text == Fingerprint.hole }
      for value in all.isEmpty ? [.hole] : Array(all.prefix(Self.wordLimit)) {
        variables[name] = value
        let (ways, hasFailure) = isCertain ? loop(body) : perhaps { loop(body) }
        if !ways.isEmpty { isCertain = false }
        exits += ways
        let seeing = ways.filter(\.seesAnswer)
        if hasFailure, !seeing.isEmpty { assert(.any(seeing)) }
      }
      return Result()
    case .cases(let word, let entries): return cases(word, entries, &exits)
    case .test(let words): return Result(success: ShellTest.claim(words.map { testWord($0) }))
    case .arithmetic(let text): return Result(success: arithmetic(text))
    case .function(let function):
      functions[function.name] = function
      return Result()
    }
  }

  private func loop(_ body: [ShellStatement]) -> (exits: [Claim], hasFailure: Bool) {
    let before = (loopExits, loopHasFailure)
    (loopExits, loopHasFailure) = ([], false)
    let flow = run(body).flow
    let result = (loopExits, loopHasFailure || flow == .fails)
    (loopExits, loopHasFailure) = before
    return result
  }

  private func and(
    _ left: ShellStatement,
    _ right: ShellStatement,
    _ exits: inout [Claim]
  ) -> Result {
    var ignored: [Claim] = []
    let first = run(left, isTested: true, &ignored)
    guard first.flow == .next else { return first }
    let noted = hasNotedFailure
    hasNotedFailure = false
    guards.append(first.success)
    var second = perhaps { run(right, isTested: true, &ignored) }
    guards.removeLast()
    close(after: second)
    let fails = second.flow == .fails || hasNotedFailure
    hasNotedFailure = noted
    if fails {
      assert(.not(first.success))
      loopHasFailure = true
      return Result()
    }
    if second.flow == .ends || second.flow == .returns || second.flow == .breaks {
      if second.flow != .breaks { exits.append(first.success) }
      loopExits.append(first.success)
      second.flow = .next
    }
    second.success = .all([first.success, second.success])
    second.output = second.output ?? first.output
    return second
  }

  private func or(
    _ left: ShellStatement,
    _ right: ShellStatement,
    _ exits: inout [Claim]
  ) -> Result {
    var first = run(left, isTested: true, &exits)
    guard first.flow == .next else { return first }
    var ignored: [Claim] = []
    let noted = hasNotedFailure
    hasNotedFailure = false
    guards.append(.not(first.success))
    let second = perhaps { run(right, isTested: true, &ignored) }
    guards.removeLast()
    close(after: second)
    let fails = second.flow == .fails || hasNotedFailure || isBadReturn(second)
    hasNotedFailure = noted
    if fails {
      assert(first.success)
      loopHasFailure = true
      first.success = .known(true)
      return first
    }
    // `|| true`
    if case .known(true) = second.success {
      return Result(success: .known(true), output: first.output)
    }
    first.success = .any([first.success, second.success])
    return first
  }

  /// `return 1` where the function's own end is what is asked for.
  private func isBadReturn(_ result: Result) -> Bool {
    guard result.flow == .returns, callDepth == 0, case .known(false)? = returned.last?.success
    else { return false }
    return true
  }

  private func condition(
    _ branches: ArraySlice<(test: [ShellStatement], body: [ShellStatement])>,
    _ otherwise: [ShellStatement]?,
    _ exits: inout [Claim],
    prior: [Claim] = []
  ) -> Result {
    guard let branch = branches.first else { return otherwise.map { run($0) } ?? Result() }
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("an `if` has more branches than are followed")
      return Result()
    }
    let place = line
    let tested = run(branch.test, isTested: true)
    let claim = tested.success
    let noted = hasNotedFailure
    hasNotedFailure = false
    guards.append(claim)
    let before = variables
    let then = perhaps { run(branch.body) }
    guards.removeLast()
    close(after: then)
    let fails = then.flow == .fails || hasNotedFailure || isBadReturn(then)
    let after = variables
    variables = before
    hasNotedFailure = false
    guards.append(.not(claim))
    let rest = perhaps {
      condition(branches.dropFirst(), otherwise, &exits, prior: prior + [claim])
    }
    guards.removeLast()
    close(after: rest)
    let restFails = rest.flow == .fails || hasNotedFailure || isBadReturn(rest)
    hasNotedFailure = noted
    if then.flow == .next { variables = Self.merged(variables, after) }
    if foreignDepth == 0 { line = place }
    let output = then.output ?? rest.output
    // What comes before an `elif` is a way round it.
    if fails, !restFails {
      assert(.any(prior.filter(\.seesAnswer) + [.not(claim)]))
      loopHasFailure = true
      return Result(output: output, flow: rest.flow)
    }
    if restFails, !fails, branches.count > 1 || otherwise != nil {
      assert(.any(prior.filter(\.seesAnswer) + [claim]))
      return Result(output: output, flow: then.flow)
    }
    if fails, restFails {
      return Result(flow: then.flow == .fails && rest.flow == .fails ? .fails : .next)
    }
    if then.flow != .next, rest.flow == .next {
      if then.flow != .breaks { exits.append(claim) }
      loopExits.append(claim)
      return Result(output: output)
    }
    // The end of the whole is that of the part that ran.
    return Result(output: output, flow: then.flow == rest.flow ? then.flow : .next)
  }

  private func cases(
    _ word: ShellWord,
    _ entries: [(patterns: [ShellWord], body: [ShellStatement])],
    _ exits: inout [Claim]
  ) -> Result {
    let value = value(of: word)
    var good: [Claim] = []
    var bad: [Claim] = []
    let place = line
    for entry in entries {
      let noted = hasNotedFailure
      hasNotedFailure = false
      let claims = entry.patterns.map { pattern in
        ShellTest.matches(value, self.value(of: pattern).text)
      }
      guards.append(.any(claims))
      let result = perhaps { run(entry.body) }
      guards.removeLast()
      close(after: result)
      let fails = result.flow == .fails || hasNotedFailure || isBadReturn(result)
      hasNotedFailure = noted
      if fails {
        bad.append(.any(claims))
      } else {
        good.append(.any(claims))
        if result.flow == .ends || result.flow == .breaks || result.flow == .returns {
          loopExits.append(.any(claims))
        }
      }
    }
    if foreignDepth == 0 { line = place }
    let isDefault = { (claim: Claim) -> Bool in
      if case .known(true) = claim.plain() { return true }
      if case .any(let parts) = claim.plain() {
        return parts.contains { if case .known(true) = $0 { true } else { false } }
      }
      return false
    }
    if bad.contains(where: isDefault) {
      assert(.any(good))
    } else {
      for claim in bad { assert(.not(claim)) }
    }
    return Result()
  }

  static func merged(_ one: [String: Value], _ other: [String: Value]) -> [String: Value] {
    one.merging(other) { own, their in
      if own.seen != nil { return own }
      if their.seen != nil { return their }
      return own.text == their.text ? own : .hole
    }
  }
}

extension ShellStatement {
  /// Whether `set -e` looks at its end.
  var isBare: Bool {
    switch kind {
    case .simple, .pipeline, .test, .arithmetic, .group: true
    default: false
    }
  }
}
