import Formats

extension PythonReader {
  /// How a list of statements ends.
  enum Flow: Equatable {
    case next, returns, breaks, continues
    /// The program or the test fails.
    case fails
    /// The program ends, and not badly.
    case ends
  }

  func run(_ statements: [SyntaxNode], _ frame: Frame) -> Flow {
    // Ways out before a failure that waits at the end: one of them must be taken.
    var exits: [Claim] = []
    for statement in statements {
      guard stepsLeft > 0, scriptStepsLeft > 0 else {
        note("there is too much to follow from here on", at: line)
        return .next
      }
      stepsLeft -= 1
      scriptStepsLeft -= 1
      if frame.module == 0 { line = statement.line }
      let flow = run(statement, frame, &exits)
      if flow != .next {
        if flow == .fails, !exits.isEmpty { assert(Self.any(exits)) }
        return flow
      }
    }
    return .next
  }

  private func run(_ statement: SyntaxNode, _ frame: Frame, _ exits: inout [Claim]) -> Flow {
    callEnded = nil
    switch statement.kind {
    case "Expr": if let value = statement["value"] { runExpression(value, frame) }
    case "Assign", "AnnAssign", "AugAssign": assignment(statement, frame)
    case "Return":
      let value = statement["value"].map { evaluate($0, frame) } ?? .none
      if let callEnded { return callEnded }
      frame.returned.append((frame.guards.isEmpty ? nil : .all(frame.guards), value))
      return .returns
    case "Raise":
      guard let error = statement["exc"] else { return .fails }
      _ = evaluate(error, frame)
      if error["func"]?.text("id") == "SystemExit" {
        return exit(with: error.list("args").first.map { evaluate($0, frame) } ?? .none)
      }
      return .fails
    case "Assert":
      guard let test = statement["test"] else { break }
      let claim = claim(test, frame)
      if test.kind == "Constant", case .known(let isTrue) = claim { return isTrue ? .next : .fails }
      assertWritten(claim, "assert \(test.written)")
    case "Import", "ImportFrom": imports(statement, frame)
    case "Break": return .breaks
    case "Continue": return .continues
    case "If": return condition(statement, frame, &exits)
    case "While": return whileLoop(statement, frame, &exits)
    case "For", "AsyncFor": return forLoop(statement, frame, &exits)
    case "Try", "TryStar": return trying(statement, frame)
    case "With", "AsyncWith": return with(statement, frame)
    case "FunctionDef", "AsyncFunctionDef":
      var function = PythonFunction(node: statement, module: frame.module)
      if !frame.isTop { function.around = frame.names }
      frame.names[function.name] = .function(function)
    case "ClassDef":
      frame.names[statement.text("name") ?? ""] = .type(statement, module: frame.module)
    case "Pass", "Global", "Nonlocal", "Delete", "TypeAlias": break
    default:
      note("a `\(statement.kind.lowercased())` is not followed")
      if let subject = statement["subject"] { _ = evaluate(subject, frame) }
      _ = perhaps { statement.list("cases").map { run($0.list("body"), frame) } }
      callEnded = nil
    }
    return callEnded ?? .next
  }

  private func runExpression(_ expression: SyntaxNode, _ frame: Frame) {
    if Self.notesFailure(expression) { frame.hasNotedFailure = true }
    if let function = expression["func"], function.text("attr") == "append",
      let name = function["value"]?.text("id"), case .list(let elements)? = frame.names[name],
      let argument = expression.list("args").first, elements.count < Self.loopLimit
    {
      frame.names[name] = .list(elements + [evaluate(argument, frame)])
    } else {
      _ = evaluate(expression, frame)
    }
  }

  private func assignment(_ statement: SyntaxNode, _ frame: Frame) {
    guard let expression = statement["value"] else { return }
    var value = evaluate(expression, frame)
    let targets = statement["target"].map { [$0] } ?? statement.list("targets")
    let name = targets.first?.lastName ?? ""
    if statement.kind == "AugAssign" {
      if Self.failureNames.contains(name) { frame.hasNotedFailure = true }
      let old = targets.first.map { evaluate($0, frame) } ?? .none
      value = combine(SyntaxNode.sign(statement.text("op")), old, value)
    } else if Self.failureNames.contains(name) {
      switch (expression.value["v"], Self.successNames.contains(name)) {
      case (.bool(let isTrue)?, let isSuccess):
        frame.hasNotedFailure = isTrue != isSuccess || frame.hasNotedFailure
      case (.int(let number)?, false) where number != 0: frame.hasNotedFailure = true
      default: break
      }
    }
    for target in targets { assign(value, to: target, frame) }
  }

  /// One of several, without those that only ask for the time where others look at an answer.
  private static func any(_ claims: [Claim]) -> Claim {
    let seeing = claims.filter(\.seesAnswer)
    return .any(seeing.isEmpty ? claims : seeing)
  }

  // MARK: Conditions

  private func condition(
    _ statement: SyntaxNode,
    _ frame: Frame,
    _ exits: inout [Claim],
    prior: [Claim] = []
  ) -> Flow {
    guard let test = statement["test"], nesting < Self.nestingLimit else {
      note("an `if` has more branches than are followed")
      return .next
    }
    nesting += 1
    defer { nesting -= 1 }
    let body = statement.list("body")
    let otherwise = statement.list("orelse")
    let claim = claim(test, frame).plain()
    // Only what asks who runs it is settled; everything else may go both ways.
    if case .known(let isTrue) = claim, test.mentionsName("__name__") {
      return run(isTrue ? body : otherwise, frame)
    }
    let place = line
    let before = frame.names
    let noted = frame.hasNotedFailure
    frame.hasNotedFailure = false
    frame.guards.append(claim)
    let flow = perhaps { run(body, frame) }
    let fails = flow == .fails || frame.hasNotedFailure
    let after = frame.names

    frame.hasNotedFailure = false
    frame.names = before
    frame.guards[frame.guards.count - 1] = .not(claim)
    callEnded = nil
    let rest = perhaps {
      otherwise.count == 1 && otherwise[0].kind == "If"
        ? condition(otherwise[0], frame, &exits, prior: prior + [claim]) : run(otherwise, frame)
    }
    frame.guards.removeLast()
    let restFails = rest == .fails || frame.hasNotedFailure
    frame.hasNotedFailure = noted
    // A way that never comes back leaves nothing behind.
    let comesBack: [Flow] = [.next, .breaks, .continues]
    if comesBack.contains(flow) {
      frame.names = comesBack.contains(rest) ? Self.merged(frame.names, after) : after
    }
    line = place
    callEnded = nil
    let around = prior.filter(\.seesAnswer)
    // What comes before an `elif` is a way round it.
    if fails, !restFails {
      assert(.any(around + [.not(claim)]))
      loopHasFailure = true
      return rest
    }
    if restFails, !fails {
      assert(.any(around + [claim]))
      return flow
    }
    if fails { return flow == .fails && rest == .fails ? .fails : .next }
    return leave(flow, rest, claim, frame, &exits)
  }

  /// After a condition of which neither way fails.
  private func leave(
    _ flow: Flow,
    _ rest: Flow,
    _ claim: Claim,
    _ frame: Frame,
    _ exits: inout [Claim]
  ) -> Flow {
    if reading.isCertain {
      if flow == .ends || rest == .ends { recorder.close(.program) }
      for way in [flow, rest] where way == .returns && !Self.givesBad(way, frame) {
        recorder.close(.function)
      }
    }
    if rest == .next, flow == .returns || flow == .ends || flow == .breaks {
      var isGood = true
      if flow == .returns, case .boolean(false)? = frame.returned.last?.value { isGood = false }
      if isGood {
        if flow != .breaks { exits.append(claim) }
        loopExits.append(claim)
      }
      return .next
    }
    return flow == rest ? flow : .next
  }

  // MARK: Loops

  private func whileLoop(_ statement: SyntaxNode, _ frame: Frame, _ exits: inout [Claim]) -> Flow {
    guard let test = statement["test"] else { return .next }
    let claim = claim(test, frame)
    let body = statement.list("body")
    let isEndless = if case .known(true) = claim { true } else { false }
    let (_, ways, hasFailure) = loop {
      isEndless ? self.run(body, frame) : self.perhaps { self.run(body, frame) }
    }
    exits += ways
    // It is left where its test does not hold, or by one of the ways out.
    if hasFailure {
      assert(Self.any(ways + [.not(claim)]))
    } else if isEndless, !ways.isEmpty {
      assert(Self.any(ways))
    } else if ways.isEmpty, case .atom = claim.plain() {
      assert(.not(claim))
    }
    return after(statement.list("orelse"), frame, &exits)
  }

  private func forLoop(_ statement: SyntaxNode, _ frame: Frame, _ exits: inout [Claim]) -> Flow {
    guard let source = statement["iter"], let target = statement["target"] else { return .next }
    let body = statement.list("body")
    // A loop that only counts.
    let isRange = source["func"]?.text("id") == "range"
    let list = isRange ? PythonValue.none : evaluate(source, frame)
    let elements = isRange ? nil : list.elements
    var isCertain = elements != nil || isRange
    for element in elements ?? [list.anyElement] {
      assign(element, to: target, frame)
      let (flow, ways, hasFailure) = loop {
        isCertain ? self.run(body, frame) : self.perhaps { self.run(body, frame) }
      }
      // It may have been left before the next.
      if !ways.isEmpty { isCertain = false }
      exits += ways
      let seeing = ways.filter(\.seesAnswer)
      if hasFailure, !seeing.isEmpty { assert(.any(seeing)) }
      if flow == .ends { break }
    }
    return after(statement.list("orelse"), frame, &exits)
  }

  /// The `else` of a loop, which is reached where no way out was taken.
  private func after(_ body: [SyntaxNode], _ frame: Frame, _ exits: inout [Claim]) -> Flow {
    let flow = run(body, frame)
    guard flow == .fails, !exits.isEmpty else { return flow }
    assert(Self.any(exits))
    exits = []
    return .next
  }

  /// One way through a loop: under which claims it is left, and whether it may fail.
  private func loop(_ body: () -> Flow) -> (flow: Flow, exits: [Claim], hasFailure: Bool) {
    let before = (loopExits, loopHasFailure)
    (loopExits, loopHasFailure) = ([], false)
    let flow = body()
    defer { (loopExits, loopHasFailure) = before }
    return (flow, loopExits, loopHasFailure || flow == .fails)
  }

  // MARK: Blocks

  private func with(_ statement: SyntaxNode, _ frame: Frame) -> Flow {
    let body = statement.list("body")
    for item in statement.list("items") {
      guard let expression = item["context_expr"] else { continue }
      let name = expression["func"]?.lastName ?? ""
      if ["raises", "assertRaises", "assertRaisesRegex"].contains(name) {
        return refused(expression, body, frame)
      }
      let value = evaluate(expression, frame)
      if let target = item["optional_vars"] { assign(value, to: target, frame) }
    }
    let flow = run(body, frame)
    return flow == .next ? callEnded ?? .next : flow
  }

  /// A block in which something must go wrong: `with pytest.raises(…)`.
  private func refused(_ expression: SyntaxNode, _ body: [SyntaxNode], _ frame: Frame) -> Flow {
    frame.raised.append([])
    _ = run(body, frame)
    callEnded = nil
    let raised = frame.raised.popLast() ?? []
    if Self.catchesHTTP(expression.list("args").first), !raised.isEmpty {
      assert(.not(.all(raised)))
    } else {
      assert(.unknown(expression.written), isWritten: true)
    }
    return .next
  }

  private func trying(_ statement: SyntaxNode, _ frame: Frame) -> Flow {
    let handlers = statement.list("handlers")
    let firstSource = sources.count
    let catchesHTTP = handlers.contains { Self.catchesHTTP($0["type"]) }
    if catchesHTTP { frame.raised.append([]) }
    // What goes wrong in it may be passed over.
    let isLenient = handlers.contains { Self.passesOver($0.list("body").last) }
    let body = statement.list("body")
    var flow = isLenient ? perhaps { run(body, frame) } : run(body, frame)
    let raised = catchesHTTP ? frame.raised.popLast() ?? [] : []
    let otherwise = statement.list("orelse")
    if flow == .next, !otherwise.isEmpty {
      flow = run(otherwise, frame)
      // What had to be refused was not.
      if flow == .fails || Self.givesBad(flow, frame) {
        for claim in raised { assert(.not(claim)) }
      }
    }
    let after = frame.names
    var merged = after
    for handler in handlers {
      frame.names = after
      if let name = handler.text("name") {
        // Only an HTTP error carries an answer, that to the last request.
        let isAnswer =
          handler["type"]?.mentionsName("HTTPError") == true && sources.count > firstSource
        frame.names[name] =
          isAnswer ? .response(lastRequest ?? sources.count - 1) : .unknown(name)
      }
      let noted = frame.hasNotedFailure
      frame.hasNotedFailure = false
      let handled = perhaps { run(handler.list("body"), frame) }
      let fails = handled == .fails || frame.hasNotedFailure
      frame.hasNotedFailure = noted
      if handled == .next {
        flow = .next
        merged = Self.merged(merged, frame.names)
      }
      callEnded = nil
      if Self.catchesHTTP(handler["type"]), fails || Self.givesBad(handled, frame) {
        for claim in raised { assert(claim) }
      }
    }
    frame.names = merged
    let last = run(statement.list("finalbody"), frame)
    return last == .next ? flow : last
  }

  private static func givesBad(_ flow: Flow, _ frame: Frame) -> Bool {
    guard flow == .returns else { return false }
    switch frame.returned.last?.value {
    case .boolean(false)?: return true
    case .integer(let number)?: return number != 0
    default: return false
    }
  }

  private static func catchesHTTP(_ type: SyntaxNode?) -> Bool {
    guard let type else { return true }
    return [
      "HTTPError", "URLError", "OSError", "IOError", "Exception", "BaseException",
      "RequestException", "HTTPStatusError",
    ].contains(where: type.mentionsName)
  }

  /// Whether nothing in a handler that ends so fails at once.
  private static func passesOver(_ last: SyntaxNode?) -> Bool {
    switch last?.kind {
    case "Raise": false
    case "Expr":
      !["fail", "exit", "_exit", "die", "abort"].contains(
        last?["value"]?["func"]?.lastName ?? ""
      )
    case "Return":
      switch last?["value"]?.value["v"] {
      case .int(let code)?: code == 0
      case .bool(let value)?: value
      default: true
      }
    default: true
    }
  }

  /// The end of the program.
  func exit(with value: PythonValue) -> Flow {
    switch value {
    case .none, .integer(0), .boolean(false): return .ends
    case .outcome(let claim):
      assert(claim)
      return .ends
    case .claim(let claim):
      assert(.not(claim))
      return .ends
    case .integer, .boolean, .text: return .fails
    default: return .ends
    }
  }

  static func merged(
    _ one: [String: PythonValue],
    _ other: [String: PythonValue]
  ) -> [String: PythonValue] {
    one.merging(other) { PythonValue.either($0, $1) }
  }

  // MARK: Notes of failure

  private static let successNames: Set<String> = [
    "ok", "success", "passed", "succeeded", "healthy",
  ]
  private static let failureNames: Set<String> = successNames.union([
    "failed", "failure", "failures", "errors", "error_count", "problems", "bad", "rc", "exit_code",
    "fails", "errs",
  ])

  /// `failures.append(…)`, `print("FAIL …")`: a failure that the end of the script tells of.
  private static func notesFailure(_ expression: SyntaxNode) -> Bool {
    guard let function = expression["func"], let name = function.lastName else { return false }
    if name == "append", let list = function["value"]?.lastName {
      return failureNames.contains(list) && !successNames.contains(list)
    }
    guard ["print", "error", "critical"].contains(name),
      let first = expression.list("args").first,
      let text = first.text("v") ?? first.list("values").first?.text("v")
    else { return false }
    return ["FAIL", "ERROR", "not ok", "✗", "❌"].contains(where: text.hasPrefix)
  }
}
