/// Cuts a shell script into its units and reads each.
///
/// Units are the `@test` blocks of bats and functions named `test_…`. Without any, functions named
/// `check_…` or `verify_…` are units where they are evidently separate checks: two or more, each
/// called in exactly one place, outside all of them. Whatever the script asks or asserts beside its
/// units is a unit of its own with the script's name, and so is a script without any.
struct ShellUnits {
  private let script: CorpusScript
  private let program: ShellParser.Program
  private let reader: ShellReader
  private let comments: ScriptComment.Lines

  init(_ script: CorpusScript, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    program = ShellParser.program(script.bytes)
    reader = ShellReader(script: script.path, files: files, reading: reading)
    comments = ScriptComment.Lines(script.bytes)
  }

  func units() -> [CorpusUnit] {
    // A program's tests are what it calls itself.
    let found = reader.reading == .program ? [] : found()
    let isTested = script.language == .bats || found.contains(where: \.isTest)
    let firstLine = script.bytes.prefix(200).prefix { $0 != 0x0A }
    let options = String(decoding: firstLine, as: UTF8.self).split(separator: " ").dropFirst()
    reader.endsOnError =
      isTested
      || options.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("e") }
    reader.units = Set(found.filter { !$0.isTest }.map(\.name))
    reader.isFollowingMain = true
    // The functions are known wherever they stand.
    for case .function(let function) in program.statements.map(\.kind) where !function.isTest {
      reader.functions[function.name] = function
    }
    let statements = program.statements.filter {
      if case .function(let function) = $0.kind { return !function.isTest }
      return true
    }
    let result = reader.run(statements)
    if found.isEmpty, result.flow == .next { reader.assert(result.success) }
    reader.isFollowingMain = false
    let main = reader.recorder
    let mainUnread = reader.unread
    let variables = reader.variables
    let endsOnError = reader.endsOnError

    var units: [CorpusUnit] = []
    for function in found {
      reader.variables = variables
      reader.endsOnError = endsOnError
      units.append(read(function))
    }
    let covered = found.map(\.lines)
    let unread =
      PythonUnits.undecoded(script.bytes)
      + program.unread.filter { entry in !covered.contains { $0.contains(entry.line) } }
      + mainUnread
      // What could not be read may call it.
      + (reader.reading.isCertain || !program.unread.isEmpty ? [] : neverCalled)
    if units.isEmpty || !main.isEmpty || !unread.isEmpty {
      units.insert(
        unit(
          nil,
          about: ScriptComment.first(of: script.bytes),
          lines: 1...lineCount,
          main.fingerprint,
          unread
        ),
        at: 0
      )
    }
    return units
  }

  /// Functions that look at something and that nothing was seen to call.
  private var neverCalled: [CorpusUnit.Unread] {
    program.statements.compactMap { statement in
      guard case .function(let function) = statement.kind, !function.isTest,
        !reader.entered.contains(ObjectIdentifier(function)),
        reader.functions[function.name] === function, function.body.looksAtSomething
      else { return nil }
      return CorpusUnit.Unread(
        line: function.lines.lowerBound,
        reason: "nothing was seen to call `\(function.name)`"
      )
    }
  }

  private var lineCount: Int {
    max(1, comments.ranges.count - (script.bytes.last == 0x0A ? 1 : 0))
  }

  private func unit(
    _ function: String?,
    about: String,
    lines: ClosedRange<Int>,
    _ fingerprint: Fingerprint,
    _ unread: [CorpusUnit.Unread]
  ) -> CorpusUnit {
    CorpusUnit(
      id: function.map { "\(script.path)::\($0)" } ?? script.path,
      script: script.path,
      function: function,
      language: script.language,
      about: about,
      lines: lines,
      hash: script.hash,
      fingerprint: fingerprint,
      unread: unread.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
    )
  }

  private func read(_ function: ShellFunction) -> CorpusUnit {
    reader.recorder = FingerprintRecorder()
    reader.entered.insert(ObjectIdentifier(function))
    reader.unread = []
    reader.stepsLeft = ShellReader.unitLimit
    reader.line = function.lines.lowerBound
    for name in ["setup_file", "setup"] where function.isTest {
      if let setup = reader.functions[name] { _ = reader.call(setup, []) }
    }
    reader.returned = []
    reader.guards = []
    let result = reader.run(function.body)
    if result.flow == .next { reader.assert(result.success) }
    for name in ["teardown", "teardown_file"] where function.isTest {
      if let teardown = reader.functions[name] { _ = reader.call(teardown, []) }
    }
    let inside = program.unread.filter { function.lines.contains($0.line) }
    if reader.recorder.isFull { reader.note("asks and asserts more than is kept") }
    let comment = ScriptComment.before(line: function.lines.lowerBound, in: comments)
    return unit(
      function.name,
      about: comment.isEmpty && function.isTest ? function.name : comment,
      lines: function.lines,
      reader.recorder.fingerprint,
      inside + reader.unread
    )
  }

  // MARK: Which

  private func found() -> [ShellFunction] {
    var tests: [ShellFunction] = []
    var checks: [ShellFunction] = []
    for case .function(let function) in program.statements.map(\.kind) {
      if function.isTest || function.name.hasPrefix("test_") {
        tests.append(function)
      } else if function.name.hasPrefix("check_") || function.name.hasPrefix("verify_") {
        checks.append(function)
      }
    }
    if !tests.isEmpty {
      // The last of several with one name is the one that runs.
      var last: [String: Int] = [:]
      for (index, function) in tests.enumerated() { last[function.name] = index }
      return tests.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
    }
    guard checks.count >= 2, Set(checks.map(\.name)).count == checks.count else { return [] }
    var calls: [String: [Int]] = [:]
    for statement in program.statements { Self.calls(in: statement, &calls) }
    let areSeparate = checks.allSatisfy { check in
      guard let lines = calls[check.name], lines.count == 1 else { return false }
      return !checks.contains { $0.lines.contains(lines[0]) }
    }
    return areSeparate ? checks : []
  }

  private static func calls(in statement: ShellStatement, _ calls: inout [String: [Int]]) {
    func inner(_ statements: [ShellStatement]) {
      for statement in statements { Self.calls(in: statement, &calls) }
    }
    func words(_ words: [ShellWord], _ line: Int) {
      for word in words {
        if let name = word.literal, name.hasPrefix("check_") || name.hasPrefix("verify_") {
          calls[name, default: []].append(line)
        }
        for case .output(let statements) in word.pieces { inner(statements) }
      }
    }
    switch statement.kind {
    case .simple(let command):
      words(command.words + command.assignments.map(\.value), command.line)
    case .pipeline(let parts): inner(parts)
    case .not(let part): inner([part])
    case .and(let left, let right), .or(let left, let right): inner([left, right])
    case .group(let parts): inner(parts)
    case .condition(let branches, let otherwise):
      for branch in branches { inner(branch.test + branch.body) }
      inner(otherwise ?? [])
    case .loop(let test, _, let body): inner(test + body)
    case .each(_, let list, let body):
      words(list, statement.line)
      inner(body)
    case .cases(_, let entries): for entry in entries { inner(entry.body) }
    case .test, .arithmetic: break
    case .function(let function): inner(function.body)
    }
  }
}

extension [ShellStatement] {
  /// Whether a program that reaches for something is called in it.
  fileprivate var looksAtSomething: Bool {
    contains { statement in
      switch statement.kind {
      case .simple(let command):
        ["curl", "wget", "psql", "docker", "abra"].contains(command.words.first?.literal ?? "")
          || (command.words + command.assignments.map(\.value)).contains { word in
            word.pieces.contains {
              if case .output(let inner) = $0 { inner.looksAtSomething } else { false }
            }
          }
      case .pipeline(let parts), .group(let parts): parts.looksAtSomething
      case .not(let inner): [inner].looksAtSomething
      case .and(let left, let right), .or(let left, let right): [left, right].looksAtSomething
      case .condition(let branches, let otherwise):
        branches.contains { ($0.test + $0.body).looksAtSomething }
          || (otherwise ?? []).looksAtSomething
      case .loop(let test, _, let body): (test + body).looksAtSomething
      case .each(_, _, let body): body.looksAtSomething
      case .cases(_, let entries): entries.contains { $0.body.looksAtSomething }
      case .test, .arithmetic, .function: false
      }
    }
  }
}
