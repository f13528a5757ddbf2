extension ShellReader {
  // MARK: Words

  func value(of word: ShellWord) -> Value {
    var values: [Value] = []
    for piece in word.pieces {
      switch piece {
      case .text(let text): values.append(Value(text))
      case .variable(let name, let preset):
        if let value = variables[name], !value.text.isEmpty || value.seen != nil {
          values.append(value)
        } else if let preset {
          values.append(value(of: preset))
        } else {
          values.append(variables[name] ?? Self.special(name, lastSuccess))
        }
      case .output(let statements):
        let inner = run(statements, isTested: true)
        lastSuccess = inner.success
        values.append(inner.output ?? .hole)
      case .part(let part, let name):
        if let seen = variables[name]?.seen {
          let subject = seen.subject
          let isInside = part == "element" || part == "elements"
          values.append(
            Value(seen.source, isInside ? subject : .value("\(part) of \(subject)"))
          )
        } else if part == "elements", let value = variables[name] {
          values.append(value)
        } else {
          values.append(.hole)
        }
      case .hole: values.append(.hole)
      }
    }
    let filled = values.filter { !$0.text.isEmpty || $0.seen != nil || $0.success != nil }
    if filled.count == 1, let only = filled.first { return only }
    // `x$status` and `"$body"$more`: the answer is still what is looked at.
    var value = Value(values.map(\.text).joined())
    if filled.count == 2, let seen = filled.first(where: { $0.seen != nil })?.seen {
      value.seen = seen
    }
    return value
  }

  private static func special(_ name: String, _ success: Claim) -> Value {
    var value = Value.hole
    if name == "?" { value.success = success }
    return value
  }

  func testWord(_ word: ShellWord) -> ShellTest.Word {
    let value = value(of: word)
    return ShellTest.Word(
      value: value,
      sign: word.literal,
      file: variables["file \(value.text)"]?.seen
    )
  }

  /// `(( status >= 200 && status < 300 ))`; brackets inside are not followed.
  func arithmetic(_ text: String) -> Claim {
    func parts(_ text: Substring, at sign: String) -> [Substring] {
      var parts: [Substring] = []
      var rest = text
      while let found = rest.firstRange(of: sign) {
        parts.append(rest[..<found.lowerBound])
        rest = rest[found.upperBound...]
      }
      return parts + [rest]
    }
    let any = parts(text[...], at: "||").map { part -> Claim in
      let all = parts(part, at: "&&").map { arithmeticComparison($0) }
      return all.count == 1 ? all[0] : Claim.all(all)
    }
    return any.count == 1 ? any[0] : .any(any)
  }

  private func arithmeticComparison(_ text: Substring) -> Claim {
    for sign in ["==", "!=", ">=", "<=", ">", "<"] {
      guard let comparison = Comparison(rawValue: sign), let found = text.firstRange(of: sign)
      else { continue }
      func value(_ text: Substring) -> Value {
        let name = text.filter { !" \t\n${}\"".contains($0) }
        return variables[name] ?? Value(name)
      }
      let left = value(text[..<found.lowerBound])
      return ShellTest.compare(
        left,
        comparison,
        value(text[found.upperBound...]),
        isPattern: false
      )
    }
    return .unknown(String(text).short)
  }

  // MARK: Pipelines

  func pipeline(_ parts: [ShellStatement]) -> Result {
    var input: Value?
    var result = Result()
    var successes: [Claim] = []
    defer { variables["stdin"] = nil }
    for part in parts {
      if foreignDepth == 0 { line = part.line }
      if case .simple(let command) = part.kind {
        result = simple(command, input: input)
      } else {
        let kept = variables
        variables["stdin"] = input
        if case .loop = part.kind, let input { variables["REPLY"] = input }
        result = run([part], isTested: true)
        variables = Self.merged(kept, variables)
      }
      input = result.output
      successes.append(result.success)
    }
    // What is not known of one says nothing of the others.
    if countsPipes {
      let known = successes.filter { if case .unknown = $0 { false } else { true } }
      result.success = .all(known.isEmpty ? successes : known)
    }
    return result
  }

  // MARK: Commands

  func simple(_ command: ShellCommand, input: Value?) -> Result {
    var assigned: Claim?
    for (name, word) in command.assignments {
      let value = value(of: word)
      if word.pieces.contains(where: { if case .output = $0 { true } else { false } }) {
        assigned = lastSuccess
      }
      variables[name] = value
      noteFailure(name, value)
    }
    let given =
      command.input.map { self.value(of: $0) }
      ?? command.inputFile.flatMap { variables["file \(self.value(of: $0).text)"] } ?? input
    guard !command.words.isEmpty else {
      return Result(success: assigned ?? .known(true), output: given)
    }
    var values = command.words.map { self.value(of: $0) }
    var literals = command.words.map(\.literal)
    // `$CURL`, `"$@"`: one word that is several.
    values = zip(values, command.words).flatMap { value, word -> [Value] in
      guard word.pieces.count == 1, case .variable(let name, _)? = word.pieces.first,
        value.seen == nil, value.text.contains(" "),
        name == "@" || name == "*" || isCommandText(value.text)
      else { return [value] }
      return ShellWords.split(value.text).map { Value($0) }
    }
    if values.count != literals.count { literals = values.map(\.text) }
    var result = run(values, literals, given)
    if let output = command.output {
      // What goes into a file is found again where the file is read.
      let file = value(of: output).text
      if file != "/dev/null", file != "/dev/stderr", let seen = result.output {
        self.files(file, seen)
      }
      result.output = nil
    }
    return result
  }

  private func isCommandText(_ text: String) -> Bool {
    ["curl", "wget", "psql", "docker", "abra"].contains(
      CommandLine.name(String(text.prefix { $0 != " " }))
    )
  }

  /// A file of a name takes what an answer showed.
  private func files(_ name: String, _ value: Value) { variables["file \(name)"] = value }

  private static let failureNames: Set<String> = [
    "failed", "failure", "failures", "errors", "fail", "fails", "rc", "exit_code", "err", "bad",
  ]

  private func noteFailure(_ name: String, _ value: Value) {
    let lower = name.lowercased()
    if Self.failureNames.contains(lower), value.text != "0", !value.text.isEmpty, value.seen == nil,
      value.success == nil
    {
      hasNotedFailure = true
    }
    if ["ok", "success", "passed"].contains(lower), ["0", "false", "no"].contains(value.text) {
      hasNotedFailure = true
    }
  }

  private func run(_ values: [Value], _ literals: [String?], _ input: Value?) -> Result {
    guard let first = values.first else { return Result() }
    let texts = values.map(\.text)
    let rest = Array(values.dropFirst())
    let name = CommandLine.name(first.text)
    if let function = functions[first.text] { return call(function, rest) }
    switch name {
    case "[", "test":
      var words = zip(rest, literals.dropFirst()).map {
        ShellTest.Word(value: $0, sign: $1, file: variables["file \($0.text)"]?.seen)
      }
      if name == "[", words.last?.sign == "]" { words.removeLast() }
      return Result(success: ShellTest.claim(words))
    case "true", ":": return Result()
    case "false": return Result(success: .known(false))
    case "exit": return ended(rest.first, isReturn: false)
    case "return": return ended(rest.first, isReturn: true)
    case "break", "continue": return Result(flow: name == "break" ? .breaks : .next)
    case "set":
      if texts.dropFirst().contains(where: {
        $0.hasPrefix("-") && $0.contains("e") && !$0.hasPrefix("--")
      })
        || texts.contains("errexit")
      {
        endsOnError = true
      }
      if texts.contains("pipefail") { countsPipes = !texts.contains("+o") }
      if texts.dropFirst().contains(where: { $0.hasPrefix("+") && $0.contains("e") }) {
        endsOnError = false
      }
      return Result()
    case "local", "export", "readonly", "declare", "typeset":
      for value in rest { assign(value) }
      return Result()
    case "shift":
      var index = 1
      while let next = variables["\(index + 1)"] {
        variables["\(index)"] = next
        index += 1
      }
      variables["\(index)"] = nil
      return Result()
    case ".", "source": return source(rest.first)
    case "read", "mapfile", "readarray":
      for text in texts.dropFirst() where !text.hasPrefix("-") {
        variables[text] = input ?? variables["stdin"] ?? .hole
      }
      return Result()
    case "trap": return trap(texts)
    case "sudo", "env", "time", "nohup", "timeout", "nice", "exec", "retry", "command":
      let inner = CommandLine.withoutPrefix(texts[...])
      guard name != "command" || !texts.contains("-v"), !inner.isEmpty else { return Result() }
      return run(Array(values.suffix(inner.count)), Array(literals.suffix(inner.count)), input)
    case "xargs":
      let inner = texts.dropFirst().drop { $0.hasPrefix("-") || Int($0) != nil }
      guard !inner.isEmpty else { break }
      let more = input.map { $0.seen == nil ? ShellWords.split($0.text) : [Fingerprint.hole] } ?? []
      let words = Array(values.suffix(inner.count)) + more.map { Value($0) }
      return run(words, words.map(\.text), nil)
    case "bash", "sh", "dash", "ash", "zsh": return shell(name, texts)
    case "python", "python3", "node", "perl", "ruby", "php":
      note("what `\(name)` runs is not read")
      let output = input?.seen.map { Value($0.source, .value("\(name) of \($0.subject)")) }
      return Result(success: .unknown(name), output: output)
    case "load":
      if texts.dropFirst().contains(where: { $0.contains("bats-") }) { return Result() }
      return source(rest.first.map { Value($0.text + ".bash") })
    case "eval":
      note("what `eval` runs is not read")
      return Result(success: .unknown("eval"))
    case "run": return bats(rest, literals, input)
    case "fail", "die", "abort", "bail", "error_exit": return Result(flow: .fails)
    case "skip": return Result(flow: .ends)
    case "echo", "printf": return echoed(rest, name)
    case "cat", "head", "tail", "tr", "cut", "sed", "awk", "sort", "uniq", "tee", "rev",
      "fold", "base64", "gunzip", "zcat", "column", "paste", "nl", "iconv":
      if let value = filtered(name, texts, input) { return Result(output: value) }
      return Result()
    case "wc", "sha256sum", "md5sum", "sha1sum":
      if let seen = (filtered("cat", texts, input))?.seen {
        return Result(output: Value(seen.source, .value("\(name) of \(seen.subject)")))
      }
    case "grep", "egrep", "fgrep", "rg": return grep(texts, rest, input)
    case "jq": return jq(texts, input)
    case "diff", "cmp":
      let sides = rest.compactMap { variables["file \($0.text)"]?.seen ?? $0.seen }
      if let seen = sides.first ?? input?.seen {
        return Result(success: .compare(seen.source, seen.subject, .equal, Fingerprint.hole))
      }
    case "assert_success": return Result(success: batsStatus(true))
    case "assert_failure": return Result(success: batsStatus(false))
    case "assert_output", "refute_output", "assert_line": return batsOutput(name, texts)
    case "assert_equal", "assert_equals":
      if rest.count > 1 {
        return Result(success: ShellTest.compare(rest[0], .equal, rest[1], isPattern: false))
      }
    default: break
    }
    return outside(texts, input)
  }

  /// A program that reaches for something.
  private func outside(_ texts: [String], _ input: Value?) -> Result {
    let asked = CommandLine(texts)
    if asked.requests.isEmpty, asked.system == nil, let first = texts.first,
      !ShellWords.harmless.contains(CommandLine.name(first))
    {
      note("`\(first.short)` is not known")
    }
    var result = Result(success: .unknown(texts.joined(separator: " ").short))
    for request in asked.requests {
      let source = self.request(request)
      result.success =
        request.failsOnError ? .status(source, 100...399) : .unknown("curl \(sources[source])")
      switch request.printed {
      case .body: result.output = Value(source, .body)
      case .status: result.output = Value(source, .status)
      case .headers: result.output = Value(source, .header("any"))
      case .address: result.output = Value(source, .address)
      case .bodyAndStatus: result.output = Value(source, Self.bodyAndStatus)
      case .nothing: result.output = nil
      }
      if let file = Self.outputFile(texts) {
        files(file, Value(source, .body))
      }
    }
    if let (kind, text) = asked.system {
      var text = text
      // The statement that a client reads from its input says more than its options.
      if kind == .sql, let input, input.seen == nil, input.text != Fingerprint.hole,
        !input.text.isEmpty
      {
        text = input.text
      }
      let source = system(kind, text)
      result.success = .compare(source, .exit, .equal, "0")
      result.output = Value(source, .output)
    }
    return result
  }

  private static func outputFile(_ texts: [String]) -> String? {
    guard
      let place = texts.firstIndex(where: { word in
        word == "--output" || word.hasPrefix("-") && !word.hasPrefix("--") && word.hasSuffix("o")
      }), place + 1 < texts.count
    else { return nil }
    let file = texts[place + 1]
    return file == "/dev/null" || file == "-" ? nil : file
  }

  private func assign(_ value: Value) {
    guard let equal = value.text.firstIndex(of: "=") else { return }
    let name = String(value.text[..<equal])
    var own = Value(String(value.text[value.text.index(after: equal)...]))
    own.seen = value.seen
    own.success = value.success
    variables[name] = own
    noteFailure(name, own)
  }

  private func ended(_ value: Value?, isReturn: Bool) -> Result {
    let success: Claim =
      switch value {
      case nil: lastSuccess
      case let value?:
        if let own = value.success {
          own
        } else if let code = Int(value.text) {
          .known(code == 0)
        } else {
          .unknown("exit \(value.text)")
        }
      }
    if isReturn {
      returned.append((guards.isEmpty ? nil : .all(guards), success))
      return Result(success: success, flow: .returns)
    }
    switch success {
    case .known(false): return Result(success: success, flow: .fails)
    case .known(true), .unknown: return Result(success: success, flow: .ends)
    default:
      assert(success)
      return Result(success: success, flow: .ends)
    }
  }

  private func echoed(_ values: [Value], _ name: String) -> Result {
    let kept = values.filter { !$0.text.hasPrefix("-") || $0.seen != nil }
    if let seen = kept.first(where: { $0.seen != nil }), kept.count == 1 || name == "printf" {
      return Result(output: seen)
    }
    let text = kept.map(\.text).joined(separator: " ")
    if ["FAIL", "ERROR", "not ok", "✗", "❌"].contains(where: text.hasPrefix) {
      hasNotedFailure = true
    }
    return Result(output: Value(text))
  }

  /// A program that gives on what it reads, changed or cut.
  private func filtered(_ name: String, _ texts: [String], _ input: Value?) -> Value? {
    for text in texts.dropFirst() { if let value = variables["file \(text)"] { return value } }
    // `-w '\n%{http_code}'`: the last line is the status, what stands before it the body.
    if let seen = input?.seen, seen.subject == Self.bodyAndStatus {
      let options = texts.dropFirst().joined(separator: " ")
      if name == "tail", ["-1", "-n1", "-n 1"].contains(options) {
        return Value(seen.source, .status)
      }
      if name == "sed" && options == "$d" || name == "head" && ["-n -1", "-n-1"].contains(options) {
        return Value(seen.source, .body)
      }
    }
    return input
  }

  private static let bodyAndStatus = CorpusAssertion.Subject.value("body and status")

  /// What a script does where a command fails, or at its end: what it asks then is tidying up, and
  /// what it fails for there has failed already.
  private func trap(_ texts: [String]) -> Result {
    let words = texts.dropFirst().filter { $0 != "--" && !$0.hasPrefix("-") }
    guard let handler = words.first, words.count > 1 else { return Result() }
    let kept = (hasNotedFailure, recorder)
    let statements = ShellParser.program(Array(handler.utf8)).statements
    if run(statements, isTested: true).flow == .fails, words.contains("ERR") { endsOnError = true }
    (hasNotedFailure, recorder) = kept
    return Result()
  }

  /// `bash -c '…'`; another script is one of its own.
  private func shell(_ name: String, _ texts: [String]) -> Result {
    guard
      let option = texts.firstIndex(where: { $0.hasPrefix("-") && $0.hasSuffix("c") }),
      option + 1 < texts.count, texts[option + 1] != Fingerprint.hole
    else {
      note("what `\(name)` runs is not read")
      return Result(success: .unknown(name))
    }
    let program = ShellParser.program(Array(texts[option + 1].utf8))
    if let first = program.unread.first { note("in `\(name) -c`: \(first.reason)") }
    let kept = (variables, endsOnError, countsPipes)
    foreignDepth += 1
    var result = perhaps { run(program.statements, isTested: true) }
    foreignDepth -= 1
    (variables, endsOnError, countsPipes) = kept
    result.flow = .next
    return result
  }

  private func grep(_ texts: [String], _ values: [Value], _ input: Value?) -> Result {
    var pattern: String?
    var isInverted = false
    var isFixed = texts.first == "fgrep"
    var others: [String] = []
    var index = 1
    while index < texts.count {
      let text = texts[index]
      if text == "-e", index + 1 < texts.count {
        pattern = texts[index + 1]
        index += 1
      } else if text.hasPrefix("-"), text.utf8.count > 1, pattern == nil {
        if !text.hasPrefix("--") {
          if text.contains("v") { isInverted = true }
          if text.contains("F") { isFixed = true }
          if ["A", "B", "C", "m"].contains(where: { text.hasSuffix($0) }) { index += 1 }
        }
      } else if pattern == nil {
        pattern = text
      } else {
        others.append(text)
      }
      index += 1
    }
    let source = others.lazy.compactMap { self.variables["file \($0)"] }.first ?? input
    guard var pattern, let seen = source?.seen else {
      return Result(success: .unknown(texts.joined(separator: " ").short), output: source)
    }
    if texts.contains(where: { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("i") }) {
      // `\S` is not `\s`.
      if !pattern.utf8.contains(UInt8(ascii: "\\")) { pattern = pattern.lowercased() }
    }
    let isPlain = isFixed || !pattern.contains { "^$*+?[]()|\\".contains($0) }
    var subject = seen.subject
    var operand = pattern.quoted
    var comparison: Comparison = isPlain ? .contains : .matches
    // `curl -I … | grep -i '^content-type: text/html'`
    if subject == .header("any") {
      let plain = pattern.hasPrefix("^") ? String(pattern.dropFirst()) : pattern
      if let colon = plain.firstIndex(of: ":") {
        subject = .header(plain[..<colon].lowercased())
        let value = plain[plain.index(after: colon)...].drop { $0 == " " || $0 == "*" }
        operand = String(value).quoted
        comparison = value.isEmpty ? .exists : .contains
        if value.isEmpty { operand = "" }
      } else if plain.lowercased().hasPrefix("http/"),
        let code = plain.split(separator: " ").dropFirst().first,
        let number = Int(code)
      {
        let claim = Claim.status(seen.source, number...number)
        return Result(success: isInverted ? .not(claim) : claim, output: source)
      }
    }
    let claim = Claim.compare(seen.source, subject, comparison, operand)
    return Result(
      success: isInverted ? .not(claim) : claim,
      output: Value(seen.source, subject)
    )
  }

  private func jq(_ texts: [String], _ input: Value?) -> Result {
    let words = texts.dropFirst().filter { !$0.hasPrefix("-") }
    let tests = texts.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("e") }
    let source = words.dropFirst().lazy.compactMap { self.variables["file \($0)"] }.first ?? input
    guard let filter = words.first, let seen = source?.seen else {
      return Result(success: .unknown("jq"), output: source)
    }
    if let (path, comparison, operand) = Self.comparison(filter) {
      let claim = Claim.compare(seen.source, .field(path), comparison, operand)
      // Without `-e` it prints `true` or `false`.
      let output = Value(seen.source, .value("jq \(filter)".short))
      return Result(success: tests ? claim : .known(true), output: output)
    }
    let subject: CorpusAssertion.Subject =
      Self.path(filter[...]).map { .field($0) } ?? .value("jq \(filter)".short)
    return Result(
      success: tests ? .compare(seen.source, subject, .isTrue, "") : .known(true),
      output: Value(seen.source, subject)
    )
  }

  /// `.a.b[0]` as `a.b[0]`; nil for any other filter.
  private static func path(_ filter: Substring) -> String? {
    let trimmed = filter.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let text = String(trimmed)
    guard text.hasPrefix("."),
      text.utf8.allSatisfy({
        $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39
          || "._-[]".utf8.contains($0)
      })
    else { return nil }
    return String(text.dropFirst())
  }

  /// `.status == "ok"`: one place of the answer against one value.
  private static func comparison(_ filter: String) -> (String, Comparison, String)? {
    for sign in ["==", "!=", ">=", "<=", ">", "<"] {
      guard let found = filter.firstRange(of: sign), let comparison = Comparison(rawValue: sign),
        let path = path(filter[..<found.lowerBound])
      else { continue }
      let rest = filter[found.upperBound...].drop { $0 == " " }
      let operand = String(rest.reversed().drop { $0 == " " }.reversed())
      let isText =
        operand.utf8.count > 1 && operand.hasPrefix("\"")
        && operand.dropFirst().firstIndex(of: "\"") == operand.indices.last
      guard isText || Int(operand) != nil || ["true", "false", "null"].contains(operand) else {
        return nil
      }
      return (path, comparison, operand)
    }
    return nil
  }

  // MARK: Functions and files

  func call(_ function: ShellFunction, _ values: [Value]) -> Result {
    let id = ObjectIdentifier(function)
    if isFollowingMain, units.contains(function.name) {
      return Result(success: .unknown(function.name))
    }
    entered.insert(id)
    guard callDepth < Self.depthLimit else {
      note("`\(function.name)` is called too deeply to follow")
      return Result(success: .unknown(function.name))
    }
    guard active.insert(id).inserted else { return Result(success: .unknown(function.name)) }
    let wasOpen = recorder.closing == .none
    let outer = (variables, guards, returned, line)
    (guards, returned) = ([], [])
    for name in outer.0.keys where Int(name) != nil { variables[name] = nil }
    for (index, value) in values.enumerated() { variables["\(index + 1)"] = value }
    variables["@"] = Value(values.map(\.text).joined(separator: " "))
    callDepth += 1
    var result = run(function.body)
    if wasOpen { recorder.leaveFunction() }
    callDepth -= 1
    active.remove(id)
    for (claim, success) in returned.reversed() {
      let reached = claim ?? .known(true)
      switch success {
      case .known(true): result.success = .any([reached, result.success])
      case .known(false): result.success = .all([.not(reached), result.success])
      default: result.success = claim == nil ? success : .all([success, result.success])
      }
    }
    if result.flow == .returns || result.flow == .breaks { result.flow = .next }
    let ownPlaces = variables.keys.filter { Int($0) != nil || $0 == "@" }
    for name in ownPlaces { variables[name] = outer.0[name] }
    (guards, returned, line) = (outer.1, outer.2, outer.3)
    return result
  }

  private func source(_ value: Value?) -> Result {
    guard let value, let path = files.sourced(value.text, from: script), let bytes = files[path]
    else {
      if let value { note("the sourced file \(value.text) is not here") }
      return Result()
    }
    guard sourcedFiles.insert(path).inserted else { return Result() }
    let program = ShellParser.program(bytes)
    if let first = program.unread.first { note("\(path) line \(first.line): \(first.reason)") }
    foreignDepth += 1
    defer { foreignDepth -= 1 }
    return Result(flow: run(program.statements).flow == .fails ? .fails : .next)
  }

  // MARK: bats

  private func bats(_ values: [Value], _ literals: [String?], _ input: Value?) -> Result {
    let words = values.drop { $0.text.hasPrefix("-") || $0.text == "!" }
    let result = run(Array(words), Array(literals.suffix(words.count)), input)
    var status = Value.hole
    status.success = result.success
    variables["status"] = status
    variables["output"] = result.output ?? .hole
    variables["lines"] = variables["output"]
    return Result(flow: result.flow == .fails ? .next : result.flow)
  }

  private func batsStatus(_ isGood: Bool) -> Claim {
    let success = variables["status"]?.success ?? .unknown("status")
    return isGood ? success : .not(success)
  }

  private func batsOutput(_ name: String, _ texts: [String]) -> Result {
    guard let seen = variables["output"]?.seen, let text = texts.last, texts.count > 1 else {
      return Result(success: .unknown(name))
    }
    let comparison: Comparison =
      texts.contains("--partial") || texts.contains("-p") || name == "assert_line"
      ? .contains : texts.contains("--regexp") || texts.contains("-e") ? .matches : .equal
    var claim = Claim.compare(seen.source, seen.subject, comparison, text.quoted)
    if seen.subject == .status, let code = Int(text) { claim = .status(seen.source, code...code) }
    return Result(success: name == "refute_output" ? .not(claim) : claim)
  }
}
