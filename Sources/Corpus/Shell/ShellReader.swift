/// Follows a shell script a small way without running it, and records what each unit asks and
/// asserts; whatever it does not follow it names.
///
/// Both ways of an `if` are taken and every loop once for each word that is written down. Functions
/// of the script and of files that it sources are entered where they are called.
final class ShellReader {
  /// What a command leaves behind.
  struct Result {
    /// Under which it ends well.
    var success: Claim = .known(true)
    var output: ShellValue?
    var flow = Flow.next
  }

  enum Flow: Equatable { case next, returns, breaks, fails, ends }

  static let depthLimit = 8
  static let nestingLimit = 80
  static let wordLimit = 64
  static let unitLimit = 20_000
  static let scriptLimit = 500_000

  let files: ScriptFiles
  let script: String
  let reading: ScriptReading
  /// The file that is read, and its text.
  var path: String
  var text: [UInt8]
  var recorder = FingerprintRecorder()
  var sources: [String] = []
  var unread: [CorpusUnit.Unread] = []
  var variables: [String: ShellValue] = [:]
  var functions: [String: ShellFunction] = [:]
  /// A command that fails ends the script: `set -e`.
  var endsOnError = false
  /// Each command of a pipeline counts: `set -o pipefail`.
  var countsPipes = false
  /// Functions that were entered.
  var entered: Set<String> = []
  var line = 1
  var callDepth = 0
  private var nesting = 0
  var stepsLeft = ShellReader.unitLimit
  private var scriptStepsLeft = ShellReader.scriptLimit
  var active: Set<String> = []
  var sourcedFiles: Set<String> = []
  var lastSuccess: Claim = .known(true)
  var hasNotedFailure = false
  private var loopExits: [Claim] = []
  private var loopHasFailure = false
  var guards: [Claim] = []
  var returned: [(guard: Claim?, success: Claim)] = []
  /// Functions that are units of their own, and so are not entered from outside.
  var units: Set<String> = []
  var isFollowingMain = false

  init(script: String, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    self.files = files
    self.reading = reading
    path = script
    text = ShellSyntax.text(of: files[script] ?? [])
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
  private func close(after result: Result) {
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
  func run(_ statements: [SyntaxNode], isTested: Bool = false) -> Result {
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
      if path == script { line = statement.line }
      let before = result.output
      result = run(statement, isTested: isTested, &exits)
      lastSuccess = result.success
      if result.output == nil { result.output = before }
      if result.flow != .next {
        if result.flow == .fails, !exits.isEmpty { assert(.any(exits)) }
        return result
      }
      if endsOnError, !isTested, isBare(statement) { assert(result.success) }
    }
    return result
  }

  /// Whether `set -e` looks at the end of a statement.
  private func isBare(_ statement: SyntaxNode) -> Bool {
    guard !statement.flag("Negated"), let command = statement["Cmd"] else {
      return false
    }
    switch command.kind {
    case "CallExpr", "DeclClause", "TestClause", "ArithmCmd", "Block", "Subshell": return true
    case "BinaryCmd": return ["|", "|&"].contains(command.sign("OpPos", in: text))
    default: return false
    }
  }

  private func run(
    _ statement: SyntaxNode,
    isTested: Bool,
    _ exits: inout [Claim],
    input: ShellValue? = nil
  ) -> Result {
    guard let command = statement["Cmd"] else { return Result() }
    let isNegated = statement.flag("Negated")
    let given = self.input(statement) ?? input
    var result: Result
    switch command.kind {
    case "CallExpr": result = simple(command, input: given)
    case "DeclClause":
      for assign in command.list("Args") { assignment(assign) }
      result = Result()
    case "BinaryCmd": result = binary(command, &exits, input: given)
    case "FuncDecl", "TestDecl":
      if let function = ShellFunction(command, path: path, text: text), !function.isTest {
        functions[function.name] = function
      }
      return Result()
    default:
      let kept = variables["stdin"]
      if let given { variables["stdin"] = given }
      result = compound(command, isTested: isTested || isNegated, &exits)
      variables["stdin"] = kept
    }
    if isNegated { result.success = .not(result.success) }
    redirect(statement, &result)
    return result
  }

  private func compound(
    _ command: SyntaxNode,
    isTested: Bool,
    _ exits: inout [Claim]
  ) -> Result {
    switch command.kind {
    case "Block", "Subshell": return run(command.list("Stmts"), isTested: isTested)
    case "TimeClause":
      return command["Stmt"].map { run([$0], isTested: isTested) } ?? Result()
    case "IfClause": return condition(command, &exits)
    case "WhileClause": return whileLoop(command, &exits)
    case "ForClause": return forLoop(command, &exits)
    case "CaseClause": return cases(command)
    case "TestClause":
      return Result(success: command["X"].map { test($0) } ?? .unknown("test"))
    case "ArithmCmd":
      return Result(success: command["X"].map { arithmetic($0) } ?? .unknown("arithmetic"))
    case "LetClause": return Result()
    default:
      note("a \(command.kind) is not followed")
      return Result(success: .unknown(command.kind))
    }
  }

  /// What a statement reads: a here-document, a here-string, a file or the output of a command.
  private func input(_ statement: SyntaxNode) -> ShellValue? {
    for redirect in statement.list("Redirs") {
      switch redirect.sign("OpPos", in: text) {
      case "<<", "<<-": return value(of: redirect["Hdoc"])
      case "<<<": return value(of: redirect["Word"])
      case "<":
        if redirect["Word"]?.list("Parts").first?.kind == "ProcSubst" {
          return value(of: redirect["Word"])
        }
        return variables["file \(value(of: redirect["Word"]).text)"]
      default: continue
      }
    }
    return nil
  }

  /// What goes into a file is found again where the file is read.
  private func redirect(_ statement: SyntaxNode, _ result: inout Result) {
    for redirect in statement.list("Redirs") where redirect["N"] == nil {
      guard [">", ">>", ">|", "&>"].contains(redirect.sign("OpPos", in: text)) else { continue }
      let file = value(of: redirect["Word"]).text
      if !file.hasPrefix("/dev/"), let output = result.output {
        variables["file \(file)"] = output
      }
      result.output = nil
    }
  }

  private func binary(
    _ command: SyntaxNode,
    _ exits: inout [Claim],
    input: ShellValue?
  ) -> Result {
    guard let left = command["X"], let right = command["Y"] else { return Result() }
    switch command.sign("OpPos", in: text) {
    case "&&": return and(left, right, &exits)
    case "||": return or(left, right, &exits)
    default: return pipe(left, right, input: input)
    }
  }

  private func pipe(_ left: SyntaxNode, _ right: SyntaxNode, input: ShellValue?) -> Result {
    var ignored: [Claim] = []
    if path == script { line = left.line }
    let first = run(left, isTested: true, &ignored, input: input)
    if path == script { line = right.line }
    let kept = variables
    var second = run(right, isTested: true, &ignored, input: first.output)
    variables = ShellValue.merged(kept, variables)
    // What is not known of one says nothing of the others.
    if countsPipes {
      let successes = [first.success, second.success]
      let known = successes.filter { if case .unknown = $0 { false } else { true } }
      second.success = .all(known.isEmpty ? successes : known)
    }
    return second
  }

  private func and(_ left: SyntaxNode, _ right: SyntaxNode, _ exits: inout [Claim]) -> Result {
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

  private func or(_ left: SyntaxNode, _ right: SyntaxNode, _ exits: inout [Claim]) -> Result {
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

  /// A part that is reached under a claim, and whether it fails.
  private func branch(_ claim: Claim, _ body: () -> Result) -> (result: Result, fails: Bool) {
    let noted = hasNotedFailure
    hasNotedFailure = false
    guards.append(claim)
    let result = perhaps(body)
    guards.removeLast()
    close(after: result)
    defer { hasNotedFailure = noted }
    return (result, result.flow == .fails || hasNotedFailure || isBadReturn(result))
  }

  /// An `if`; what stands under `elif` and `else` is another one, the last without a condition.
  private func condition(
    _ command: SyntaxNode,
    _ exits: inout [Claim],
    prior: [Claim] = []
  ) -> Result {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("an `if` has more branches than are followed")
      return Result()
    }
    guard !command.list("Cond").isEmpty else { return run(command.list("Then")) }
    let place = line
    let claim = run(command.list("Cond"), isTested: true).success
    let before = variables
    let (then, fails) = branch(claim) { run(command.list("Then")) }
    let after = variables
    variables = before
    let (rest, restFails) = branch(.not(claim)) {
      command["Else"].map { condition($0, &exits, prior: prior + [claim]) } ?? Result()
    }
    if then.flow == .next { variables = ShellValue.merged(variables, after) }
    if path == script { line = place }
    let output = then.output ?? rest.output
    let around = prior.filter(\.seesAnswer)
    // What comes before an `elif` is a way round it.
    if fails, !restFails {
      assert(.any(around + [.not(claim)]))
      loopHasFailure = true
      return Result(output: output, flow: rest.flow)
    }
    if restFails, !fails {
      assert(.any(around + [claim]))
      return Result(output: output, flow: then.flow)
    }
    if fails { return Result(flow: then.flow == .fails && rest.flow == .fails ? .fails : .next) }
    if then.flow != .next, rest.flow == .next {
      if then.flow != .breaks { exits.append(claim) }
      loopExits.append(claim)
      return Result(output: output)
    }
    return Result(output: output, flow: then.flow == rest.flow ? then.flow : .next)
  }

  private func loop(_ body: [SyntaxNode]) -> (exits: [Claim], hasFailure: Bool) {
    let before = (loopExits, loopHasFailure)
    (loopExits, loopHasFailure) = ([], false)
    let flow = run(body).flow
    defer { (loopExits, loopHasFailure) = before }
    return (loopExits, loopHasFailure || flow == .fails)
  }

  private func whileLoop(_ command: SyntaxNode, _ exits: inout [Claim]) -> Result {
    let isUntil = command.flag("Until")
    let tested = run(command.list("Cond"), isTested: true).success
    let stays = isUntil ? Claim.not(tested) : tested
    let body = command.list("Do")
    let isEndless = if case .known(true) = stays.plain() { true } else { false }
    let (ways, hasFailure) = isEndless ? loop(body) : perhaps { loop(body) }
    exits += ways
    if hasFailure {
      assert(.any((ways + [.not(stays)]).filter(\.seesAnswer)))
    } else if isEndless, !ways.isEmpty {
      assert(.any(ways.filter(\.seesAnswer)))
    } else if ways.isEmpty, case .atom = stays.plain() {
      assert(.not(stays))
    }
    return Result()
  }

  private func forLoop(_ command: SyntaxNode, _ exits: inout [Claim]) -> Result {
    let name = command["Loop"]?["Name"]?.text("Value") ?? ""
    let items = command["Loop"]?.list("Items") ?? []
    let values = items.prefix(Self.wordLimit + 1).flatMap { words(of: $0) }
    if values.count > Self.wordLimit {
      note("a loop over more than \(Self.wordLimit) words is followed in part")
    }
    let body = command.list("Do")
    var isCertain = !values.isEmpty && !values.contains { $0.text == Fingerprint.hole }
    for value in values.isEmpty ? [.hole] : Array(values.prefix(Self.wordLimit)) {
      variables[name] = value
      variables[name]?.isOpen = false
      let (ways, hasFailure) = isCertain ? loop(body) : perhaps { loop(body) }
      if !ways.isEmpty { isCertain = false }
      exits += ways
      let seeing = ways.filter(\.seesAnswer)
      if hasFailure, !seeing.isEmpty { assert(.any(seeing)) }
    }
    return Result()
  }

  private func cases(_ command: SyntaxNode) -> Result {
    let value = value(of: command["Word"])
    var good: [Claim] = []
    var bad: [Claim] = []
    var hasBadDefault = false
    let place = line
    for item in command.list("Items") {
      let claims = item.list("Patterns").map { pattern in
        ShellTest.matches(value, self.value(of: pattern, isPattern: true).text)
      }
      let isDefault = claims.contains { if case .known(true) = $0 { true } else { false } }
      let (result, fails) = branch(.any(claims)) { run(item.list("Stmts")) }
      if fails {
        bad.append(.any(claims))
        hasBadDefault = hasBadDefault || isDefault
      } else {
        good.append(.any(claims))
        if result.flow != .next { loopExits.append(.any(claims)) }
      }
    }
    if path == script { line = place }
    if hasBadDefault { assert(.any(good)) } else { for claim in bad { assert(.not(claim)) } }
    return Result()
  }
}
