package import Evidence
import Formats
package import Suites

/// What one test of a script came to, or a whole script without tests.
package struct ScriptTest: Sendable {
  package enum Word: String, Sendable { case passed, failed, skipped }

  package var name: String
  /// What the script's runner says of it; nil where its end was not told.
  package var word: Word?
  /// A failure in one line, or why it was skipped.
  package var text = ""
  /// The failure as the runner prints it.
  package var report = ""
  /// What it asked through the fixture, as if it stood in a suite.
  package var steps: [Step] = []
  /// Of `steps`.
  package var records: [StepRecord] = []
  package var scope: Scope
  /// Steps that looked for a decoy, by their places in `steps`.
  package fileprivate(set) var decoyed: Set<Int> = []
  /// What answers gave, by name.
  var answered: [String: String] = [:]
  /// How often it began: once a row of its parameters.
  var rows = 0
  var answers: [Answer?] = []

  package init(name: String, scope: Scope) {
    self.name = name
    self.scope = scope
  }

  /// Values of an answer that may stand in later addresses: ids that the app made.
  fileprivate mutating func keep(_ answer: Answer) {
    let body = answer.body.flatMap { try? JSONParser().parse($0) } ?? .array(answer.rows ?? [])
    var left = 200
    func visit(
      _ value: JSONValue,
      _ name: String,
      _ scope: inout Scope,
      _ known: inout [String: String]
    ) {
      left -= 1
      guard left > 0 else { return }
      switch value {
      case .object(let object):
        for (key, inner) in object.members.map({ ($0.key, $0.value) }) {
          visit(inner, key, &scope, &known)
        }
      case .array(let items): for item in items { visit(item, name, &scope, &known) }
      case .int, .string:
        let text = Scope.text(of: value)
        let isWord =
          !text.isEmpty && text.utf8.count <= 100
          && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        let isName = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        guard isWord, isName, scope.fresh[name] == nil, scope.constants[name] == nil,
          !scope.fresh.values.contains(where: text.contains)
        else { return }
        known[name] = text
        scope.captures[name] = .string(text)
      default: break
      }
    }
    visit(body, "", &scope, &answered)
  }

  /// All of them as one, which passed where none failed and one at least passed; nil for none.
  package init?(together tests: [ScriptTest]) {
    guard let first = tests.first else { return nil }
    let worst = tests.first { $0.word == nil || $0.word == .failed }
    let chosen = worst ?? tests.first { $0.word == .passed } ?? first
    self.init(name: "", scope: first.scope)
    word = chosen.word
    text = chosen.text.isEmpty ? "" : "\(chosen.name): \(chosen.text)"
    report = chosen.report
    steps = tests.flatMap(\.steps)
    for (index, record) in tests.flatMap(\.records).enumerated() {
      records.append(record)
      records[index].number = String(index + 1)
    }
  }
}

/// Takes what a script and its runner say while it runs: which test begins and ends, and the steps
/// that they ask for, which it performs.
package actor ScriptDesk {
  /// Of a control: what looks for a value that was never sent.
  package struct Decoys: Sendable {
    /// What reads back, by test.
    package var readBacks: [String: ReadBack]
    /// What takes the place of every fresh value.
    package var value: String

    package init(readBacks: [String: ReadBack], value: String) {
      self.readBacks = readBacks
      self.value = value
    }
  }

  private let performer: CheckPerformer
  private var attempts: Attempts { performer.attempts }
  /// Where the script is told that the app is; nowhere, no step gets an answer.
  private let address: ScriptAddress
  private let script: SuiteScript
  /// Tests that the file is known to have.
  let declared: Set<String>
  private let decoys: Decoys?
  /// Told which test runs; nil where nothing is recorded.
  package let recording: Recording?
  /// Makes the scope of a test that begins.
  private let begin: @Sendable (String) async -> Scope
  /// In the order in which they began.
  package private(set) var tests: [ScriptTest] = []
  /// Why the file's tests could not begin: it could not be read, or skips all of itself.
  package private(set) var halt: (word: ScriptTest.Word, text: String)?
  /// Each step that was asked for, by its number.
  private var numbers: [(test: Int, step: Int)] = []

  package init(
    _ script: SuiteScript,
    _ performer: CheckPerformer,
    declared: Set<String> = [],
    at address: ScriptAddress = .deployment,
    decoys: Decoys? = nil,
    recording: Recording? = nil,
    begin: @escaping @Sendable (String) async -> Scope
  ) {
    self.script = script
    self.performer = performer
    self.declared = declared
    self.address = address
    self.decoys = decoys
    self.recording = recording
    self.begin = begin
  }

  /// Begins what has no runner that would tell.
  package func beginWhole(_ scope: Scope) { tests.append(ScriptTest(name: "", scope: scope)) }

  /// A result that was read off what a runner printed.
  package func tell(_ name: String, _ word: ScriptTest.Word, text: String, report: String) async {
    if index(of: name) == nil { _ = await start(name) }
    await end(name, word, text, report)
  }

  package func haltAll(_ word: ScriptTest.Word, _ text: String) {
    if halt?.word != .failed { halt = (word, text) }
  }

  /// Answers one message; the first three bytes are `ok ` or `no `.
  func answer(_ line: [UInt8], token: String) async -> [UInt8] {
    guard let message = try? JSONParser().parse(line), message["token"]?.stringValue == token else {
      return Self.no("not a message of this run")
    }
    let name = message["test"]?.stringValue ?? ""
    let isPlain = message["plain"]?.boolValue ?? false
    do throws(SentStepError) {
      switch message["do"]?.stringValue {
      case "begin":
        let unique = await start(name)
        recording?.begin(base(name))
        return Self.ok(isPlain ? .string(unique) : ["unique": .string(unique)], isPlain)
      case "end":
        let word = message["outcome"]?.stringValue.flatMap(ScriptTest.Word.init) ?? .failed
        let text = message["text"]?.stringValue ?? ""
        recording?.end(base(name))
        await end(name, word, text, message["report"]?.stringValue ?? "")
        return Self.ok(nil, isPlain)
      case "halt":
        let word = message["outcome"]?.stringValue.flatMap(ScriptTest.Word.init) ?? .failed
        haltAll(word, message["text"]?.stringValue ?? "")
        return Self.ok(nil, isPlain)
      case "step": return Self.ok(try await step(message, of: name), isPlain)
      case "expect": return Self.ok(try expect(message, of: name), isPlain)
      case "value": return Self.ok(try value(message, of: name), isPlain)
      default: throw SentStepError(description: "unknown message")
      }
    } catch {
      return Self.no(error.description)
    }
  }

  private static func ok(_ value: JSONValue?, _ isPlain: Bool) -> [UInt8] {
    guard isPlain, case .string(let text)? = value else {
      return Array("ok \(value ?? .object(JSONObject()))".utf8)
    }
    return Array("ok \(oneLine(text))".utf8)
  }

  private static func no(_ text: String) -> [UInt8] { Array("no \(oneLine(text))".utf8) }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  // MARK: Tests

  private func index(of name: String) -> Int? {
    let name = base(name)
    return tests.lastIndex { $0.name == name }
  }

  /// Rows of a test's parameters are one result; a script without tests is one, whatever it runs.
  private func base(_ name: String) -> String {
    guard script.runner.hasTests else { return "" }
    guard script.runner != .bats, name.utf8.last == UInt8(ascii: "]"),
      let start = name.firstIndex(of: "[")
    else { return name }
    return String(name[..<start])
  }

  /// - Returns: a value that is fresh for the row too.
  private func start(_ name: String) async -> String {
    if index(of: name) == nil {
      let scope = await begin(base(name))
      tests.append(ScriptTest(name: base(name), scope: scope))
    }
    let place = index(of: name) ?? tests.count - 1
    tests[place].rows += 1
    let unique = tests[place].scope.fresh["unique"] ?? ""
    return tests[place].rows == 1 ? unique : "\(unique)r\(tests[place].rows)"
  }

  private func end(
    _ name: String,
    _ word: ScriptTest.Word,
    _ text: String,
    _ report: String
  ) async {
    guard let place = index(of: name) else { return }
    // Of several rows the worst counts, and one that passed more than one that was skipped.
    func rank(_ word: ScriptTest.Word?) -> Int {
      switch word {
      case .failed: 3
      case .passed: 2
      case .skipped: 1
      case nil: 0
      }
    }
    if rank(word) > rank(tests[place].word) {
      tests[place].word = word
      let row = name.dropFirst(base(name).count)
      tests[place].text = row.isEmpty || text.isEmpty ? text : "\(row) \(text)"
      tests[place].report = report
    }
  }

  // MARK: Steps

  private func step(_ message: JSONValue, of name: String) async throws(SentStepError)
    -> JSONValue
  {
    guard let place = index(of: name) else {
      throw SentStepError(description: "no test has begun: a step belongs to one")
    }
    let scope = tests[place].scope
    let step = try Step(
      sent: message["step"] ?? .null,
      fresh: scope.fresh,
      answered: tests[place].answered,
      at: sourcePlace(message),
      folder: attempts.probes.options.folder
    )
    try refuseSecretArguments(step, scope)
    if case .nowhere = address {
      throw SentStepError(description: "\(step.title): no answer: nothing is here in a control")
    }
    let asked = self.scope(of: step, at: tests[place].steps.count, in: place)
    let number = String(tests[place].steps.count + 1)
    let result =
      step.expect.isEmpty && step.retry == nil
      ? await attempts.ask(step, number: number, in: asked)
      : await attempts.perform(step, number: number, in: asked, once: decoys != nil)
    performer.learnSecrets(result, of: step)
    tests[place].steps.append(step)
    tests[place].records.append(result.record)
    tests[place].answers.append(result.answer)
    // What a decoy has done is no part of the test.
    let isDecoyed = tests[place].decoyed.contains(tests[place].steps.count - 1)
    if !isDecoyed { tests[place].scope.sessions = result.sessions }
    if let answer = result.answer { tests[place].keep(answer) }
    numbers.append((place, tests[place].steps.count - 1))
    if let problem = Self.problem(result.record) { throw problem }
    return [
      "number": .int(Int64(numbers.count - 1)), "answer": result.answer?.asJSON ?? .null,
    ]
  }

  private func expect(_ message: JSONValue, of name: String) throws(SentStepError) -> JSONValue {
    let (test, index) = try number(message, of: name)
    var sent = JSONObject()
    // The act's own word, so that what may be expected is what this kind of answer has.
    let step = tests[test].steps[index]
    sent[step.word] = step.word == "http" ? ["get": "/"] : Self.bareAct(step.word)
    sent["expect"] = message["expect"]
    let scope = tests[test].scope
    let expected = try Step(
      sent: .object(sent),
      fresh: scope.fresh,
      at: sourcePlace(message),
      folder: attempts.probes.options.folder
    )
    tests[test].steps[index].expect += expected.expect
    let asked = self.scope(of: tests[test].steps[index], at: index, in: test)
    guard let answer = tests[test].answers[index] else {
      throw SentStepError(description: "no answer came")
    }
    tests[test].records[index] = attempts.assess(
      tests[test].steps[index],
      tests[test].records[index],
      answer,
      in: asked,
      isControl: decoys != nil
    )
    if let problem = Self.problem(tests[test].records[index]) { throw problem }
    return .object(JSONObject())
  }

  /// With decoys for what reads back, in a control: a step that did so before, or one after the act
  /// that expects a fresh value. Addresses may differ, since the app makes ids.
  private func scope(of step: Step, at index: Int, in test: Int) -> Scope {
    let scope = tests[test].scope
    guard let decoys, let readBack = decoys.readBacks[tests[test].name] else { return scope }
    let expected = step.expect.flatMap(\.predicates).flatMap(\.templates).flatMap(\.names)
    guard
      readBack.readIndices.contains(index)
        || index > readBack.actIndex && expected.contains(where: { scope.fresh[$0] != nil })
    else { return scope }
    tests[test].decoyed.insert(index)
    return scope.withDecoys { _ in decoys.value }
  }

  private static func bareAct(_ word: String) -> JSONValue {
    switch word {
    case "exec": ["argv": ["true"]]
    case "file": ["service": "app", "path": "/"]
    default: ["service": "app", "sql": "SELECT 1"]
    }
  }

  private func value(_ message: JSONValue, of name: String) throws(SentStepError) -> JSONValue {
    let (test, index) = try number(message, of: name)
    let text = message["path"]?.stringValue ?? ""
    guard let path = try? JSONPath(text) else {
      throw SentStepError(description: "\(text) is not a JSONPath")
    }
    guard let answer = tests[test].answers[index] else {
      throw SentStepError(description: "no answer came")
    }
    var reader = AnswerReader(answer)
    guard let value = (try? reader.look(at: .jsonpath(path)))?.captured(isList: false),
      value != .null
    else {
      throw SentStepError(description: "\(text) finds nothing")
    }
    return .string(Scope.text(of: value))
  }

  /// The step that a message is about; the test's last one where it says nothing.
  private func number(
    _ message: JSONValue,
    of name: String
  ) throws(SentStepError) -> (test: Int, step: Int) {
    if let number = message["of"]?.intValue, numbers.indices.contains(Int(number)) {
      return numbers[Int(number)]
    }
    guard let place = index(of: name), !tests[place].steps.isEmpty else {
      throw SentStepError(description: "nothing was asked yet")
    }
    return (place, tests[place].steps.count - 1)
  }

  private func sourcePlace(_ message: JSONValue) -> SourcePlace {
    let file = message["place"]?["file"]?.stringValue ?? ""
    let line = message["place"]?["line"]?.intValue ?? 1
    let isOwn = file.hasSuffix("/" + script.path) || file == script.path
    return SourcePlace(file: script.path, line: isOwn ? Int(line) : 1, column: 1)
  }

  private func refuseSecretArguments(_ step: Step, _ scope: Scope) throws(SentStepError) {
    guard case .exec(let action) = step.action else { return }
    for (name, value) in scope.allSecrets where value.utf8.count >= 8 {
      if action.argv.contains(where: { $0.source.contains(value) }) {
        throw SentStepError(
          description: "argv holds the secret \(name), which every user of the machine could read"
        )
      }
    }
  }

  /// What a script is told where a step did not pass.
  private static func problem(_ record: StepRecord) -> SentStepError? {
    let text: String
    switch record.outcome {
    case .passed, .skipped: return nil
    case .failed(let reason), .broken(let reason), .notRun(let reason):
      let violated = reason.violated.map { assertion in
        let actual: String =
          switch (assertion.filled ?? assertion.predicate, assertion.actual) {
          case (_, .value(let value)): "got \(value)"
          case (_, .excerpt(let start, _)): "got \(JSONValue.string(start))…"
          case (_, .absent): "got nothing"
          case (_, .unreadable): "nothing that could be read"
          }
        return
          "\(assertion.subject): expected \(assertion.filled ?? assertion.predicate), \(actual)"
      }
      let detail = reason.code.detail.isEmpty ? record.outcome.word.rawValue : reason.code.detail
      text = violated.isEmpty ? detail : violated.joined(separator: "; ")
    }
    return SentStepError(description: "\(record.title): \(text)")
  }
}

extension Answer {
  /// As a script gets it.
  fileprivate var asJSON: JSONValue {
    var object = JSONObject()
    func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
    object["status"] = status.map { .int(Int64($0)) }
    object["headers"] = .array(headers.map { .array([.string($0.name), .string($0.value)]) })
    object["body"] = body.map(text)
    object["rows"] = rows.map { .array($0) }
    object["stdout"] = stdout.map(text)
    object["stderr"] = stderr.map(text)
    object["exit"] = exit.map { .int(Int64($0)) }
    object["content"] = file.map { text($0.content) }
    return .object(object)
  }
}
