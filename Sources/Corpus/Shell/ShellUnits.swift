/// Cuts a shell script into its units and reads each.
///
/// Units are the `@test` blocks of bats and functions named `test_…`. Without any, functions named
/// `check_…` or `verify_…` are units where they are evidently separate checks: two or more, each
/// called in exactly one place, outside all of them. Whatever the script asks or asserts beside its
/// units is a unit of its own with the script's name, and so is a script without any.
struct ShellUnits {
  private let script: CorpusScript
  private let root: SyntaxNode
  private let functions: [ShellFunction]
  private let reader: ShellReader
  private let comments: ScriptComment.Lines

  init(_ script: CorpusScript, _ root: SyntaxNode, files: ScriptFiles, reading: ScriptReading) {
    self.script = script
    self.root = root
    let reader = ShellReader(script: script.path, files: files, reading: reading)
    self.reader = reader
    functions = root.list("Stmts").compactMap {
      ShellFunction($0["Cmd"], path: script.path, text: reader.text)
    }
    comments = ScriptComment.Lines(script.bytes)
  }

  func units() -> [CorpusUnit] {
    // A program's tests are what it calls itself.
    let found = reader.reading == .program ? [] : found()
    let isTested = script.language == .bats || found.contains(where: \.isTest)
    let firstLine = String(decoding: script.bytes.prefix(200).prefix { $0 != 0x0A }, as: UTF8.self)
    reader.endsOnError =
      isTested
      || firstLine.split(separator: " ").dropFirst().contains {
        $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("e")
      }
    reader.units = Set(found.filter { !$0.isTest }.map(\.name))
    reader.isFollowingMain = true
    // The functions are known wherever they stand.
    for function in functions where !function.isTest { reader.functions[function.name] = function }
    let result = reader.run(root.list("Stmts"))
    if found.isEmpty, result.flow == .next { reader.assert(result.success) }
    reader.isFollowingMain = false
    let main = reader.recorder
    let mainUnread = reader.unread
    let variables = reader.variables
    let endsOnError = reader.endsOnError

    let units = found.map { function in
      reader.variables = variables
      reader.endsOnError = endsOnError
      return read(function)
    }
    return script.units(
      units,
      main: main.fingerprint,
      about: ScriptComment.first(of: script.bytes),
      mainUnread + (reader.reading.isCertain ? [] : neverCalled)
    )
  }

  /// Functions that look at something and that nothing was seen to call.
  private var neverCalled: [CorpusUnit.Unread] {
    let programs = ["curl", "wget", "psql", "docker", "abra"]
    return functions.compactMap { function in
      guard !function.isTest, !reader.entered.contains(function.id),
        reader.functions[function.name]?.id == function.id,
        function.node.contains({ programs.contains($0.list("Args").first?.literal ?? "") })
      else { return nil }
      return CorpusUnit.Unread(
        line: function.lines.lowerBound,
        reason: "nothing was seen to call `\(function.name)`"
      )
    }
  }

  private func read(_ function: ShellFunction) -> CorpusUnit {
    reader.recorder = FingerprintRecorder()
    reader.entered.insert(function.id)
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
    if reader.recorder.isFull { reader.note("asks and asserts more than is kept") }
    let comment = ScriptComment.before(line: function.lines.lowerBound, in: comments)
    return script.unit(
      function.name,
      about: comment.isEmpty && function.isTest ? function.name : comment,
      lines: function.lines,
      reader.recorder.fingerprint,
      reader.unread
    )
  }

  // MARK: Which

  private func found() -> [ShellFunction] {
    let tests = functions.filter { $0.isTest || $0.name.hasPrefix("test_") }
    guard tests.isEmpty else {
      // The last of several with one name is the one that runs.
      var last: [String: Int] = [:]
      for (index, function) in tests.enumerated() { last[function.name] = index }
      return tests.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
    }
    let checks = functions.filter { $0.name.hasPrefix("check_") || $0.name.hasPrefix("verify_") }
    guard checks.count >= 2, Set(checks.map(\.name)).count == checks.count else { return [] }
    var calls: [String: [Int]] = [:]
    _ = root.contains { node in
      if node["Parts"] != nil, let word = node.literal {
        calls[word, default: []].append(node.line)
      }
      return false
    }
    let areSeparate = checks.allSatisfy { check in
      guard let lines = calls[check.name], lines.count == 1 else { return false }
      return !checks.contains { $0.lines.contains(lines[0]) }
    }
    return areSeparate ? checks : []
  }
}
