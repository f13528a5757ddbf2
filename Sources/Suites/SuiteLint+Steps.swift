import Evidence
import Formats

extension SuiteLint {
  func checkSteps(_ steps: [Step], in base: ValueScope) {
    var scope = base
    let later = Set(steps.flatMap(\.leaves).flatMap(\.capture).map(\.name))
    for name in later where !base.has(name) {
      scope.elsewhere[name] = "is captured only by a later step, or by this one"
    }
    var before: [Step] = []
    for step in steps { checkStep(step, in: &scope, before: &before) }
  }

  private func checkStep(_ step: Step, in scope: inout ValueScope, before: inout [Step]) {
    sink.naming(step.uses) { checkStep(of: step, in: &scope, before: &before) }
  }

  private func checkStep(of step: Step, in scope: inout ValueScope, before: inout [Step]) {
    for template in step.action.templates { scope.check(template, sink) }
    checkForm(of: step, before: before)
    if case .group(let inner) = step.action {
      for step in inner { checkStep(step, in: &scope, before: &before) }
    }
    for expectation in step.expect {
      for template in expectation.templates { scope.check(template, sink) }
    }
    checkLogic(of: step)
    checkArguments(of: step)
    checkService(of: step)
    checkRetry(step)
    checkNever(step, before: before)
    for capture in step.capture {
      if ValueScope.reserved.contains(capture.name) {
        sink.error(
          "capture cannot be called \"\(capture.name)\", which has a meaning of its own",
          at: capture.place,
          length: capture.name.unicodeScalars.count
        )
      }
      for template in capture.templates { scope.check(template, sink) }
      scope.insert(capture.name)
    }
    before.append(step)
  }

  /// A form needs a page that it stands on.
  private func checkForm(of step: Step, before: [Step]) {
    guard case .http(let action) = step.action, action.form != nil else { return }
    let hasPage = before.contains { earlier in
      if case .http(let other) = earlier.action { other.session == action.session } else { false }
    }
    if hasPage { return }
    sink.error(
      "form has no page: no earlier step of the check asks for one",
      atWord: "form",
      from: step.place,
      length: 4,
      expected: "a step such as {http: {get: /login}} before it"
    )
  }

  /// What no answer satisfies is as broken as what every answer does.
  private func checkLogic(of step: Step) {
    if let found = ExpectationLogic.contradiction(in: step) {
      // What could not be read was given a value of no meaning.
      if sink.hasErrors(onLine: found.place) { return }
      sink.error(
        step.never == nil
          ? "check can never pass: \(found.why)" : "never cannot fail: \(found.why)",
        at: found.place,
        length: sink.source(found.place.file)?.word(at: found.place) ?? 1
      )
    } else if let found = ExpectationLogic.tautology(in: step) {
      if sink.hasErrors(onLine: found.place) { return }
      sink.error(
        step.never == nil ? found.why : "check can never pass: \(found.why)",
        at: found.place,
        length: sink.source(found.place.file)?.word(at: found.place) ?? 1
      )
    }
  }

  /// Every user of the machine can read the arguments of a process.
  private func checkArguments(of step: Step) {
    let arguments: [Template]
    switch step.action {
    case .exec(let action): arguments = action.argv
    case .script(let action): arguments = action.arguments
    default: return
    }
    for argument in arguments {
      let name = argument.names.first { Template.isSecret($0) || confidential.contains($0) }
      guard let name, let place = argument.place else { continue }
      sink.error(
        "{{\(name)}} is a secret, and arguments can be read by every user of the machine",
        atWord: name,
        from: place,
        length: name.unicodeScalars.count,
        expected: "stdin: \"{{\(name)}}\", or environment: {NAME: \"{{\(name)}}\"}"
      )
    }
  }

  private func checkRetry(_ step: Step) {
    guard step.retry != nil, step.leaves.allSatisfy(\.expect.isEmpty) else { return }
    let isScript = step.leaves.contains { if case .script = $0.action { true } else { false } }
    if isScript { return }
    sink.error(
      "retry needs \"expect\": nothing says when it is done",
      atWord: "retry",
      from: step.place,
      length: 5
    )
  }

  /// What must not happen is believed only after the same look has seen it happen.
  private func checkNever(_ step: Step, before: [Step]) {
    guard step.never != nil else { return }
    let place = sink.source(step.place.file)?.find("never", from: step.place) ?? step.place
    if step.leaves.allSatisfy(\.expect.isEmpty) {
      sink.error("never needs \"expect\": nothing says what must not happen", at: place, length: 5)
      return
    }
    let hasTwin = before.flatMap(\.leaves).contains { earlier in
      earlier.never == nil && !earlier.expect.isEmpty && earlier.likeness == step.likeness
    }
    if !hasTwin {
      sink.error(
        "never has no twin: no earlier step of the check asks the same and expects an answer",
        at: place,
        length: 5,
        expected: "a step with the same request or query that shows that it can answer"
      )
    }
  }

  private func checkService(of step: Step) {
    guard case .query(let action) = step.action, action.database != .sqlite else { return }
    let fitting = suite.services.filter { $0.value.database?.kind == action.database }.keys.sorted()
    if fitting.contains(action.service) { return }
    let word = step.word
    let service = sink.source(step.place.file)?.find("service", from: step.place, limit: 8)
    sink.error(
      "service \"\(action.service)\" is not a \(word) service under \"services\" in recipe.yml",
      atWord: action.service,
      from: service ?? step.place,
      lines: 1,
      expected: fitting.isEmpty ? "services: {\(action.service): {\(word): {database: …}}}" : nil,
      nearest: NearestName.of(action.service, among: fitting) ?? fitting.first
    )
  }
}

extension QueryAction {
  /// Of Redis what it asks for, with `{}` for each value.
  fileprivate var keyShape: String {
    guard database == .redis, case .positional(let values) = parameters else { return "" }
    return values.flatMap(\.templates).map { " " + $0.shape }.joined()
  }
}

extension Step {
  /// Equal for steps that ask the same of the same one, whatever the values.
  var likeness: String {
    switch action {
    case .http(let action):
      "http \(action.service ?? "") \(action.method) \(action.target.shape)"
        + (action.form.map { " \($0.selector)" } ?? "")
    case .query(let action):
      "\(word) \(action.service) \(action.path?.shape ?? "")\(action.statement)\(action.keyShape)"
    case .exec(let action): "exec \(action.service) \(action.argv.first?.shape ?? "")"
    case .file(let action): "file \(action.source)"
    case .script(let action): "script \(action.path)"
    case .group: "group"
    }
  }
}
