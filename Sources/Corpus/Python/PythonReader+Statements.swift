extension PythonReader {
  /// How a list of statements ends.
  enum Flow: Equatable {
    case next, returns, breaks, continues
    /// The program or the test fails.
    case fails
    /// The program ends, and not badly.
    case ends
  }

  func run(_ statements: [PythonStatement], _ frame: Frame) -> Flow {
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

  private func run(_ statement: PythonStatement, _ frame: Frame, _ exits: inout [Claim]) -> Flow {
    callEnded = nil
    switch statement.kind {
    case .expression(let expression):
      if Self.notesFailure(expression) { frame.hasNotedFailure = true }
      if case .call(.attribute(.name(let name), "append"), let arguments, _) = expression,
        case .list(let elements)? = frame.names[name], arguments.count == 1,
        elements.count < Self.loopLimit
      {
        frame.names[name] = .list(elements + [evaluate(arguments[0].value, frame)])
      } else {
        _ = evaluate(expression, frame)
      }
    case .assignment(let targets, let expression):
      let value = evaluate(expression, frame)
      for target in targets { assign(value, to: target, frame) }
      if let name = targets.first?.lastName, Self.failureNames.contains(name) {
        switch (expression, Self.successNames.contains(name)) {
        case (.boolean(let isTrue), let isSuccess):
          frame.hasNotedFailure = isTrue != isSuccess || frame.hasNotedFailure
        case (.integer(let number), false) where number != 0: frame.hasNotedFailure = true
        default: break
        }
      }
    case .augmented(let target, let sign, let expression):
      let value = evaluate(expression, frame)
      if let name = target.lastName, Self.failureNames.contains(name) {
        frame.hasNotedFailure = true
      }
      assign(combine(sign, evaluate(target, frame), value), to: target, frame)
    case .returning(let expression):
      let value = expression.map { evaluate($0, frame) } ?? .none
      if let callEnded { return callEnded }
      let claim: Claim? = frame.guards.isEmpty ? nil : .all(frame.guards)
      frame.returned.append((claim, value))
      return .returns
    case .raising(let expression):
      if let expression { _ = evaluate(expression, frame) }
      if case .call(.name("SystemExit"), let arguments, _)? = expression {
        return exit(with: arguments.first.map { evaluate($0.value, frame) } ?? .none)
      }
      return .fails
    case .assertion(let expression):
      let claim = claim(expression, frame)
      if case .known(false) = claim.plain() { return .fails }
      assert(claim, isWritten: true)
    case .imports(let all): for entry in all { add(entry, frame) }
    case .breaking: return .breaks
    case .continuing: return .continues
    case .nothing: break
    case .condition(let branches, let otherwise):
      return condition(branches[...], otherwise, frame, &exits)
    case .whileLoop(let test, let body, let otherwise):
      let claim = claim(test, frame)
      let isEndless = if case .known(true) = claim { true } else { false }
      let (_, ways, hasFailure) = loop(frame) {
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
      if let otherwise { return after(otherwise, frame, &exits) }
    case .forLoop(let target, let source, let body, let otherwise):
      let list = source.isRange ? PythonValue.none : evaluate(source, frame)
      let elements = source.isRange ? nil : elements(of: list)
      var isCertain = elements != nil || source.isRange
      for element in elements ?? [Self.element(of: list)] {
        assign(element, to: target, frame)
        let (flow, ways, hasFailure) = loop(frame) {
          isCertain ? self.run(body, frame) : self.perhaps { self.run(body, frame) }
        }
        // It may have been left before the next.
        if !ways.isEmpty { isCertain = false }
        exits += ways
        let seeing = ways.filter(\.seesAnswer)
        if hasFailure, !seeing.isEmpty { assert(.any(seeing)) }
        if flow == .ends { break }
      }
      if let otherwise { return after(otherwise, frame, &exits) }
    case .trying(let body, let handlers, let otherwise, let finally):
      return trying(body, handlers, otherwise, finally, frame)
    case .with(let items, let body):
      for (expression, target) in items {
        if let arguments = Self.raises(expression) {
          return refused(arguments, expression, body, frame)
        }
        let value = evaluate(expression, frame)
        if let target { assign(value, to: target, frame) }
      }
      return run(body, frame)
    case .function(let function):
      frame.names[function.name] = .function(function, module: frame.module, owner: nil)
    case .type(let type): frame.names[type.name] = .type(type, module: frame.module)
    case .cases(let value, let cases): return match(value, cases, frame, &exits)
    case .unread(let body):
      _ = run(body, frame)
    }
    return callEnded ?? .next
  }

  /// One of several, without those that only ask for the time where others look at an answer.
  private static func any(_ claims: [Claim]) -> Claim {
    let seeing = claims.filter(\.seesAnswer)
    return .any(seeing.isEmpty ? claims : seeing)
  }

  /// What `with pytest.raises(…)` and its like are given; nil for anything else.
  private static func raises(_ expression: PythonExpression) -> [PythonExpression.Argument]? {
    guard case .call(let callee, let arguments, _) = expression, let name = callee.lastName,
      ["raises", "assertRaises", "assertRaisesRegex"].contains(name)
    else { return nil }
    return arguments
  }

  /// A block in which something must go wrong.
  private func refused(
    _ arguments: [PythonExpression.Argument],
    _ written: PythonExpression,
    _ body: [PythonStatement],
    _ frame: Frame
  ) -> Flow {
    let catchesHTTP = Self.catchesHTTP(arguments.first?.value)
    frame.raised.append([])
    _ = run(body, frame)
    callEnded = nil
    let raised = frame.raised.popLast() ?? []
    if catchesHTTP, !raised.isEmpty {
      assert(.not(.all(raised)))
    } else {
      assert(.unknown(written.description), isWritten: true)
    }
    return .next
  }

  /// A `match` of plain values is an `if` with several branches.
  private func match(
    _ value: PythonExpression,
    _ cases: [PythonStatement.Case],
    _ frame: Frame,
    _ exits: inout [Claim]
  ) -> Flow {
    let name = "match \(value.description.short)"
    frame.names[name] = evaluate(value, frame)
    var branches: [(PythonExpression, [PythonStatement])] = []
    for entry in cases {
      if case .name(let pattern)? = entry.pattern {
        if pattern != "_" { frame.names[pattern] = frame.names[name] }
        return condition(branches[...], entry.body, frame, &exits)
      }
      guard let pattern = entry.pattern, let test = Self.test(.name(name), pattern) else {
        note("the patterns of a `match` are not followed")
        return perhaps {
          for entry in cases { _ = run(entry.body, frame) }
          callEnded = nil
          return .next
        }
      }
      branches.append((test, entry.body))
    }
    return condition(branches[...], nil, frame, &exits)
  }

  private static func test(
    _ value: PythonExpression,
    _ pattern: PythonExpression
  ) -> PythonExpression? {
    switch pattern {
    case .integer, .text, .boolean, .none, .attribute: .comparison(value, [("==", pattern)])
    case .binary("|", let left, let right):
      if let left = test(value, left), let right = test(value, right) {
        .any([left, right])
      } else {
        nil
      }
    default: nil
    }
  }

  /// The `else` of a loop, which is reached where no way out was taken.
  private func after(
    _ body: [PythonStatement],
    _ frame: Frame,
    _ exits: inout [Claim]
  ) -> Flow {
    let flow = run(body, frame)
    if flow == .fails, !exits.isEmpty {
      assert(Self.any(exits))
      exits = []
      return .next
    }
    return flow
  }

  /// One way through a loop: under which claims it is left, and whether it may fail.
  private func loop(
    _ frame: Frame,
    _ body: () -> Flow
  ) -> (flow: Flow, exits: [Claim], hasFailure: Bool) {
    let before = loopExits
    let hadFailure = loopHasFailure
    loopExits = []
    loopHasFailure = false
    let flow = body()
    let result = (flow, loopExits, loopHasFailure || flow == .fails)
    loopExits = before
    loopHasFailure = hadFailure
    return result
  }

  private func condition(
    _ branches: ArraySlice<(PythonExpression, [PythonStatement])>,
    _ otherwise: [PythonStatement]?,
    _ frame: Frame,
    _ exits: inout [Claim],
    prior: [Claim] = []
  ) -> Flow {
    guard let (test, body) = branches.first else {
      return otherwise.map { run($0, frame) } ?? .next
    }
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("an `if` has more branches than are followed")
      return .next
    }
    let claim = claim(test, frame).plain()
    // Only what asks who runs it is settled; everything else may go both ways.
    if case .known(let isTrue) = claim, test.mentionsName("__name__") {
      return isTrue ? run(body, frame) : condition(branches.dropFirst(), otherwise, frame, &exits)
    }
    let place = line
    let before = frame.names
    let noted = frame.hasNotedFailure
    frame.hasNotedFailure = false
    frame.guards.append(claim)
    let flow = perhaps { run(body, frame) }
    frame.guards.removeLast()
    let fails = flow == .fails || frame.hasNotedFailure
    frame.hasNotedFailure = false
    let after = frame.names

    frame.names = before
    frame.guards.append(.not(claim))
    callEnded = nil
    let rest = perhaps {
      condition(branches.dropFirst(), otherwise, frame, &exits, prior: prior + [claim])
    }
    frame.guards.removeLast()
    let restFails = rest == .fails || frame.hasNotedFailure
    frame.hasNotedFailure = noted
    // A way that never comes back leaves nothing behind.
    if flow == .next || flow == .breaks || flow == .continues {
      frame.names =
        rest == .next || rest == .breaks || rest == .continues
        ? Self.merged(frame.names, after) : after
    }
    line = place
    callEnded = nil
    // What comes before an `elif` is a way round it.
    if fails, !restFails {
      assert(.any(prior.filter(\.seesAnswer) + [.not(claim)]))
      loopHasFailure = true
      if flow == .next { frame.hasNotedFailure = noted }
      return rest
    }
    if restFails, !fails, branches.count > 1 || otherwise != nil {
      assert(.any(prior.filter(\.seesAnswer) + [claim]))
      return flow
    }
    if fails, restFails { return flow == .fails && rest == .fails ? .fails : .next }
    let isWayOut = flow == .returns || flow == .ends || flow == .breaks
    if reading.isCertain {
      if flow == .ends || rest == .ends { recorder.close(.program) }
      if mayReturnWell(flow, frame) || mayReturnWell(rest, frame) { recorder.close(.function) }
    }
    if isWayOut, rest == .next {
      if Self.isGood(frame.returned.last?.value) || flow != .returns {
        if flow != .breaks { exits.append(claim) }
        loopExits.append(claim)
      }
      return .next
    }
    if flow != .next, flow == rest { return flow }
    return .next
  }

  private func mayReturnWell(_ flow: Flow, _ frame: Frame) -> Bool {
    flow == .returns && !Self.givesBad(flow, frame)
  }

  /// Whether a value that is given back may stand for success.
  private static func isGood(_ value: PythonValue?) -> Bool {
    switch value {
    case .boolean(false)?: false
    default: true
    }
  }

  private func trying(
    _ body: [PythonStatement],
    _ handlers: [PythonStatement.Handler],
    _ otherwise: [PythonStatement],
    _ finally: [PythonStatement],
    _ frame: Frame
  ) -> Flow {
    let firstSource = sources.count
    let catchesHTTP = handlers.contains { Self.catchesHTTP($0.type) }
    if catchesHTTP { frame.raised.append([]) }
    // What goes wrong in it may be passed over.
    let isLenient = handlers.contains { $0.passesOver }
    var flow = isLenient ? perhaps { run(body, frame) } : run(body, frame)
    let raised = catchesHTTP ? frame.raised.popLast() ?? [] : []
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
      if let name = handler.name {
        // Only an HTTP error carries an answer, that to the last request.
        let isAnswer =
          handler.type?.mentionsName("HTTPError") == true && sources.count > firstSource
        frame.names[name] =
          isAnswer ? .response(lastRequest ?? sources.count - 1) : .unknown(name)
      }
      let noted = frame.hasNotedFailure
      frame.hasNotedFailure = false
      let handled = perhaps { run(handler.body, frame) }
      if handled == .next { flow = .next }
      let fails = handled == .fails || frame.hasNotedFailure
      frame.hasNotedFailure = noted
      if handled == .next { merged = Self.merged(merged, frame.names) }
      callEnded = nil
      if Self.catchesHTTP(handler.type), fails || Self.givesBad(handled, frame) {
        for claim in raised { assert(claim) }
      }
    }
    frame.names = merged
    let last = run(finally, frame)
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

  private static func catchesHTTP(_ type: PythonExpression?) -> Bool {
    guard let type else { return true }
    return [
      "HTTPError", "URLError", "OSError", "IOError", "Exception", "BaseException",
      "RequestException", "HTTPStatusError",
    ].contains(where: type.mentionsName)
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

  // MARK: Names

  func assign(_ value: PythonValue, to target: PythonExpression, _ frame: Frame) {
    switch target {
    case .name(let name): frame.names[name] = value
    case .starred(let inner): assign(.unknown("rest"), to: inner, frame)
    case .list(let targets):
      let values = elements(of: value)
      for (index, part) in targets.enumerated() {
        let own: PythonValue
        if let values, values.count == targets.count {
          own = values[index]
        } else if case .seen(let source, .output) = value {
          own = .seen(source, .output)
        } else if case .seen(let source, let subject) = value {
          own = .seen(source, Self.item(subject, String(index)))
        } else {
          own = .unknown(part.description)
        }
        assign(own, to: part, frame)
      }
    case .attribute(let base, let name):
      if case .instance(let index) = evaluate(base, frame) { instances[index].fields[name] = value }
    case .subscripted(.name(let name), let key):
      if case .dictionary(var pairs)? = frame.names[name], pairs.count < Self.loopLimit {
        pairs.append((evaluate(key, frame), value))
        frame.names[name] = .dictionary(pairs)
      }
    default: break
    }
  }

  private func add(_ entry: PythonStatement.Imported, _ frame: Frame) {
    let path = files.module(entry.module, from: modules[frame.module].path)
    guard let name = entry.name else {
      if let path, let index = module(at: path) {
        frame.names[entry.alias] = .module(index)
      } else {
        let isAlias = entry.alias != String(entry.module.prefix { $0 != "." })
        frame.names[entry.alias] = .library(isAlias ? entry.module : entry.alias)
      }
      return
    }
    if let path, let index = module(at: path) {
      if name == "*" {
        for (name, value) in modules[index].globals where !name.hasPrefix("_") {
          frame.names[name] = value
        }
      } else if let value = modules[index].globals[name] {
        frame.names[entry.alias] = value
      } else {
        frame.names[entry.alias] = .library("\(entry.module).\(name)")
      }
      return
    }
    // `from . import helpers`, `from lib import http`
    let inside = entry.module.hasSuffix(".") ? entry.module + name : "\(entry.module).\(name)"
    if let path = files.module(inside, from: modules[frame.module].path),
      let index = module(at: path)
    {
      frame.names[entry.alias] = .module(index)
    } else {
      frame.names[entry.alias] = .library("\(entry.module).\(name)")
    }
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
  private static func notesFailure(_ expression: PythonExpression) -> Bool {
    guard case .call(let callee, let arguments, _) = expression else { return false }
    if case .attribute(let base, "append") = callee, let name = base.lastName {
      return failureNames.contains(name) && !successNames.contains(name)
    }
    guard let name = callee.lastName, ["print", "error", "critical"].contains(name),
      case .text(let pieces)? = arguments.first?.value, case .literal(let text)? = pieces.first
    else { return false }
    return ["FAIL", "ERROR", "not ok", "✗", "❌"].contains(where: text.hasPrefix)
  }
}

extension PythonStatement.Handler {
  /// Whether nothing in it fails at once.
  fileprivate var passesOver: Bool {
    switch body.last?.kind {
    case .raising: false
    case .expression(.call(let callee, _, _)):
      !["fail", "exit", "_exit", "die", "abort"].contains(callee.lastName ?? "")
    case .returning(.integer(let code)?): code == 0
    case .returning(.boolean(let value)?): value
    default: true
    }
  }
}

extension PythonExpression {
  /// The name that it begins with: `page` of `page.locator("x").first`.
  var root: String? {
    switch self {
    case .name(let name): name
    case .attribute(let base, _), .subscripted(let base, _), .call(let base, _, _): base.root
    default: nil
    }
  }

  /// A loop that only counts.
  var isRange: Bool {
    if case .call(.name("range"), _, _) = self { return true }
    return false
  }

  /// `failures` of `self.failures`.
  var lastName: String? {
    switch self {
    case .name(let name), .attribute(_, let name): name
    default: nil
    }
  }

  /// Whether a name stands in it as it is written.
  func mentionsName(_ name: String) -> Bool {
    switch self {
    case .name(let own): own == name
    case .attribute(let base, let own): own == name || base.mentionsName(name)
    case .list(let elements), .all(let elements), .any(let elements):
      elements.contains { $0.mentionsName(name) }
    case .comparison(let first, let rest):
      first.mentionsName(name) || rest.contains { $0.1.mentionsName(name) }
    case .not(let inner): inner.mentionsName(name)
    default: false
    }
  }
}
