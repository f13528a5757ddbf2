extension ShellReader {
  // MARK: Assignments

  func assignment(_ assign: SyntaxNode) {
    guard let name = assign["Name"]?.text("Value") else {
      return
    }
    if let array = assign["Array"] {
      let isKeyed = array.list("Elems").contains { $0["Index"] != nil }
      let own = array.list("Elems").compactMap { $0["Value"] }.flatMap { words(of: $0) }
      let before = assign.flag("Append") ? variables[name]?.elements ?? [] : []
      variables[name] = isKeyed ? .hole : ShellValue(elements: before + own)
      return
    }
    guard !assign.flag("Naked") else { return }
    var value = value(of: assign["Value"])
    if assign.flag("Append") {
      value = ShellValue((variables[name]?.text ?? Fingerprint.hole) + value.text)
    }
    variables[name] = value
    noteFailure(name, value)
  }

  private static let failureNames: Set<String> = [
    "failed", "failure", "failures", "errors", "fail", "fails", "rc", "exit_code", "err", "bad",
  ]

  private func noteFailure(_ name: String, _ value: ShellValue) {
    let name = name.lowercased()
    if Self.failureNames.contains(name), value.text != "0", !value.text.isEmpty,
      value.seen == nil, value.success == nil
    {
      hasNotedFailure = true
    }
    if ["ok", "success", "passed"].contains(name), ["0", "false", "no"].contains(value.text) {
      hasNotedFailure = true
    }
  }

  // MARK: Commands

  func simple(_ command: SyntaxNode, input: ShellValue?) -> Result {
    var assigned: Claim?
    for assign in command.list("Assigns") {
      assignment(assign)
      if assign["Value"]?.list("Parts").contains(where: { $0.kind == "CmdSubst" }) == true {
        assigned = lastSuccess
      }
    }
    let arguments = command.list("Args")
    guard !arguments.isEmpty else {
      return Result(success: assigned ?? .known(true), output: input)
    }
    let words = arguments.flatMap { argument in
      self.words(of: argument).map { ShellTest.Word(value: $0, sign: argument.literal) }
    }
    return run(words, input)
  }

  private func run(_ words: [ShellTest.Word], _ input: ShellValue?) -> Result {
    guard let first = words.first else { return Result() }
    let rest = Array(words.dropFirst())
    if let function = functions[first.value.text] { return call(function, rest.map(\.value)) }
    let texts = words.map(\.value.text)
    let name = CommandLine.name(first.value.text)
    if let result = builtin(name, rest, texts, input) { return result }
    switch name {
    case "echo", "printf": return echoed(rest.map(\.value), name)
    case "cat", "tee", "sort", "uniq", "gunzip", "zcat", "head", "tail", "tr", "cut", "sed", "awk",
      "rev", "fold", "base64", "column", "paste", "nl", "iconv", "wc", "sha256sum", "md5sum",
      "sha1sum", "xxd", "od":
      return Result(output: filtered(name, texts, input))
    case "grep", "egrep", "fgrep", "rg": return grep(texts, input)
    case "jq": return jq(texts, input)
    case "diff", "cmp":
      let sides = rest.compactMap { variables["file \($0.value.text)"]?.seen ?? $0.value.seen }
      guard let seen = sides.first ?? input?.seen else { break }
      return Result(success: .compare(seen.source, seen.subject, .equal, Fingerprint.hole))
    case "assert_success": return Result(success: batsStatus)
    case "assert_failure": return Result(success: .not(batsStatus))
    case "assert_output", "refute_output", "assert_line": return batsOutput(name, texts)
    case "assert_equal", "assert_equals":
      guard rest.count > 1 else { break }
      return Result(success: ShellTest.compare(rest[0].value, .equal, rest[1].value))
    default: break
    }
    return outside(words.map(\.value), input)
  }

  /// What the shell itself does, and programs that start another; nil for any other name.
  private func builtin(
    _ name: String,
    _ rest: [ShellTest.Word],
    _ texts: [String],
    _ input: ShellValue?
  ) -> Result? {
    switch name {
    case "[", "test":
      var words = rest
      if name == "[", words.last?.sign == "]" { words.removeLast() }
      for index in words.indices {
        words[index].file = variables["file \(words[index].value.text)"]?.seen
      }
      return Result(success: ShellTest.claim(words))
    case "true", ":": return Result()
    case "false": return Result(success: .known(false))
    case "exit": return ended(rest.first?.value, isReturn: false)
    case "return": return ended(rest.first?.value, isReturn: true)
    case "break", "continue": return Result(flow: name == "break" ? .breaks : .next)
    case "set":
      set(texts.dropFirst())
      return Result()
    case "shift":
      shift()
      return Result()
    case ".", "source": return source(texts.dropFirst().first)
    case "load":
      guard let file = texts.dropFirst().first, !file.contains("bats-") else { return Result() }
      return source(file.hasSuffix("sh") ? file : file + ".bash")
    case "read", "mapfile", "readarray":
      for text in texts.dropFirst() where !text.hasPrefix("-") {
        variables[text] = input ?? variables["stdin"] ?? .hole
      }
      return Result()
    case "trap":
      // What a script does at its end is tidying up.
      for word in texts.dropFirst().flatMap(ShellWords.split) {
        if let function = functions[word] { entered.insert(function.id) }
      }
      if texts.contains("ERR"), texts.contains(where: { $0.contains("exit") }) {
        endsOnError = true
      }
      return Result()
    case "run": return bats(rest, input)
    case "fail", "die", "abort", "bail", "error_exit": return Result(flow: .fails)
    case "skip": return Result(flow: .ends)
    default: return starter(name, rest, texts, input)
    }
  }

  /// A program that runs another; nil for any other name.
  private func starter(
    _ name: String,
    _ rest: [ShellTest.Word],
    _ texts: [String],
    _ input: ShellValue?
  ) -> Result? {
    switch name {
    case "sudo", "env", "time", "nohup", "timeout", "nice", "exec", "retry", "command":
      let inner = CommandLine.withoutPrefix(texts[...])
      guard name != "command" || !texts.contains("-v"), !inner.isEmpty else { return Result() }
      return run(Array(rest.suffix(inner.count)), input)
    case "xargs":
      let inner = texts.dropFirst().drop { $0.hasPrefix("-") || Int($0) != nil }
      guard !inner.isEmpty else { return nil }
      let isKnown = input?.seen == nil && input != nil
      let more = isKnown ? ShellWords.split(input?.text ?? "") : [Fingerprint.hole]
      return run(
        Array(rest.suffix(inner.count)) + more.map { ShellTest.Word(value: ShellValue($0)) },
        nil
      )
    case "bash", "sh", "dash", "ash", "zsh", "python", "python3", "node", "perl", "ruby", "php",
      "eval":
      note("what `\(name)` runs is not read")
      return Result(success: .unknown(name), output: input?.seen == nil ? nil : input?.part(name))
    default: return nil
    }
  }

  private func shift() {
    var index = 1
    while let next = variables["\(index + 1)"] {
      variables["\(index)"] = next
      index += 1
    }
    variables["\(index)"] = nil
  }

  private func set(_ options: ArraySlice<String>) {
    for option in options where option.hasPrefix("-") && !option.hasPrefix("--") {
      if option.contains("e") { endsOnError = true }
    }
    if options.contains("errexit") { endsOnError = true }
    if options.contains("pipefail") { countsPipes = !options.contains("+o") }
    if options.contains(where: { $0.hasPrefix("+") && $0.contains("e") }) { endsOnError = false }
  }

  /// A program that reaches for something.
  private func outside(_ words: [ShellValue], _ input: ShellValue?) -> Result {
    let texts = words.filter { !$0.isOpen }.map(\.text)
    let asked = CommandLine(texts, isOpen: words.contains(where: \.isOpen))
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
      case .body: result.output = ShellValue(source, .body)
      case .status: result.output = ShellValue(source, .status)
      case .headers: result.output = ShellValue(source, .header("any"))
      case .address: result.output = ShellValue(source, .address)
      case .bodyAndStatus: result.output = ShellValue(source, Self.bodyAndStatus)
      case .unknown: result.output = ShellValue(source, .value("output of curl"))
      case .nothing: result.output = nil
      }
      if let file = request.file { variables["file \(file)"] = ShellValue(source, .body) }
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
      result.output = ShellValue(source, .output)
    }
    return result
  }

  private func ended(_ value: ShellValue?, isReturn: Bool) -> Result {
    var success = lastSuccess
    if let value {
      success =
        value.success ?? Int(value.text).map { .known($0 == 0) } ?? .unknown("exit \(value.text)")
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

  // MARK: Texts and files

  private func echoed(_ values: [ShellValue], _ name: String) -> Result {
    let kept = values.filter { !$0.text.hasPrefix("-") || $0.seen != nil }
    if let seen = kept.first(where: { $0.seen != nil }) {
      let isPlain = name == "printf" && kept.first?.text.hasPrefix("%s") == true
      return Result(
        output: kept.count == 1 || isPlain && kept.count == 2 ? seen : seen.part("text")
      )
    }
    let text = kept.map(\.text).joined(separator: " ")
    if ["FAIL", "ERROR", "not ok", "✗", "❌"].contains(where: text.hasPrefix) {
      hasNotedFailure = true
    }
    return Result(output: ShellValue(text))
  }

  private static let bodyAndStatus = CorpusAssertion.Subject.value("body and status")

  /// A program that gives on what it reads, changed or cut.
  private func filtered(_ name: String, _ texts: [String], _ input: ShellValue?) -> ShellValue? {
    let options = texts.dropFirst().joined(separator: " ")
    let file = texts.dropFirst().lazy.compactMap { self.variables["file \($0)"] }.first
    guard let value = file ?? input, let seen = value.seen else { return file ?? input }
    // `-w '\n%{http_code}'`: the last line is the status, what stands before it the body.
    if seen.subject == Self.bodyAndStatus {
      if name == "tail", ["-1", "-n1", "-n 1"].contains(options) {
        return ShellValue(seen.source, .status)
      }
      if name == "sed" && options == "$d" || name == "head" && ["-n -1", "-n-1"].contains(options) {
        return ShellValue(seen.source, .body)
      }
    }
    switch name {
    case "cat", "tee", "sort", "uniq", "gunzip", "zcat": return value
    // Of headers only a line is looked for.
    case "head", "tail",
      "tr" where seen.subject == .header("any") || options.hasPrefix("-d"):
      return value
    default: return value.part(name)
    }
  }

  private func grep(_ texts: [String], _ input: ShellValue?) -> Result {
    var pattern: String?
    var options = ""
    var others: [String] = []
    var index = 1
    while index < texts.count {
      let text = texts[index]
      if text == "-e" || text == "--regexp", index + 1 < texts.count {
        pattern = texts[index + 1]
        index += 1
      } else if text.hasPrefix("-"), text.utf8.count > 1, pattern == nil {
        if !text.hasPrefix("--") {
          options += text.dropFirst()
          if let last = text.last, "ABCm".contains(last) { index += 1 }
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
    // `\S` is not `\s`.
    if options.contains("i"), !pattern.contains("\\") { pattern = pattern.lowercased() }
    let isFixed = texts.first == "fgrep" || options.contains("F")
    let isPlain = isFixed || !pattern.contains { "^$*+?[]()|\\.".contains($0) }
    let claim =
      seen.subject == .header("any")
      ? Self.header(seen.source, pattern)
      : .compare(seen.source, seen.subject, isPlain ? .contains : .matches, pattern.quoted)
    let printed = options.contains("o") || options.contains("c") ? source?.part("grep") : source
    return Result(success: options.contains("v") ? .unknown("grep -v") : claim, output: printed)
  }

  /// `curl -I … | grep -i '^content-type: text/html'`.
  private static func header(_ source: Int?, _ pattern: String) -> Claim {
    let plain = pattern.hasPrefix("^") ? String(pattern.dropFirst()) : pattern
    if let colon = plain.firstIndex(of: ":") {
      let value = plain[plain.index(after: colon)...].drop { $0 == " " || $0 == "*" }
      return .compare(
        source,
        .header(plain[..<colon].lowercased()),
        value.isEmpty ? .exists : .contains,
        value.isEmpty ? "" : String(value).quoted
      )
    }
    let words = plain.lowercased().split(separator: " ")
    if words.count > 1, words[0].hasPrefix("http/"), let code = Int(words[1]) {
      return .status(source, code...code)
    }
    return .compare(source, .value("headers"), .contains, pattern.quoted)
  }

  private func jq(_ texts: [String], _ input: ShellValue?) -> Result {
    let words = texts.dropFirst().filter { !$0.hasPrefix("-") }
    let tests = texts.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("e") }
    let source = words.dropFirst().lazy.compactMap { self.variables["file \($0)"] }.first ?? input
    guard let filter = words.first, let seen = source?.seen else {
      return Result(success: .unknown("jq"), output: source)
    }
    guard seen.subject == .body else {
      return Result(success: .unknown("jq"), output: source?.part("jq"))
    }
    let whole = CorpusAssertion.Subject.value("jq \(filter)".short)
    if let (path, comparison, operand) = Self.comparison(filter) {
      let claim = Claim.compare(seen.source, .field(path), comparison, operand)
      // Without `-e` it prints `true` or `false`.
      let output = ShellValue(seen.source, whole)
      return Result(success: tests ? claim : .known(true), output: output)
    }
    let subject = Self.path(filter[...]).map { CorpusAssertion.Subject.field($0) } ?? whole
    return Result(
      success: tests ? .compare(seen.source, subject, .isTrue, "") : .known(true),
      output: ShellValue(seen.source, subject)
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
      guard isText || Double(operand) != nil || ["true", "false", "null"].contains(operand) else {
        return nil
      }
      return (path, comparison, operand)
    }
    return nil
  }

  // MARK: Functions and files

  func call(_ function: ShellFunction, _ values: [ShellValue]) -> Result {
    if isFollowingMain, units.contains(function.name) {
      return Result(success: .unknown(function.name))
    }
    entered.insert(function.id)
    guard callDepth < Self.depthLimit else {
      note("`\(function.name)` is called too deeply to follow")
      return Result(success: .unknown(function.name))
    }
    guard active.insert(function.id).inserted else {
      return Result(success: .unknown(function.name))
    }
    let wasOpen = recorder.closing == .none
    let outer = (variables, guards, returned, line, path, text)
    (guards, returned, path, text) = ([], [], function.path, function.text)
    for name in outer.0.keys where Int(name) != nil { variables[name] = nil }
    for (index, value) in values.enumerated() where !value.isOpen {
      variables["\(index + 1)"] = value
    }
    variables["@"] = values.contains(where: \.isOpen) ? nil : ShellValue(elements: values)
    callDepth += 1
    var result = run(function.body)
    if wasOpen { recorder.leaveFunction() }
    callDepth -= 1
    active.remove(function.id)
    for (claim, success) in returned.reversed() {
      let reached = claim ?? .known(true)
      switch success {
      case .known(true): result.success = .any([reached, result.success])
      case .known(false): result.success = .all([.not(reached), result.success])
      default: result.success = claim == nil ? success : .all([success, result.success])
      }
    }
    if result.flow == .returns || result.flow == .breaks { result.flow = .next }
    for name in variables.keys where Int(name) != nil || name == "@" {
      variables[name] = outer.0[name]
    }
    (guards, returned, line, path, text) = (outer.1, outer.2, outer.3, outer.4, outer.5)
    return result
  }

  private func source(_ name: String?) -> Result {
    guard let name else { return Result() }
    guard let file = files.sourced(name, from: script), let bytes = files[file] else {
      note("the sourced file \(name) is not here")
      return Result()
    }
    guard sourcedFiles.insert(file).inserted else { return Result() }
    guard let root = files.trees[file]?.root else {
      let problem = files.trees[file]?.problem
      note("\(file) line \(problem?.line ?? 1): \(problem?.reason ?? "is not read")")
      return Result()
    }
    let outer = (path, text)
    (path, text) = (file, ShellSyntax.text(of: bytes))
    defer { (path, text) = outer }
    return Result(flow: run(root.list("Stmts")).flow == .fails ? .fails : .next)
  }

  // MARK: bats

  private func bats(_ words: [ShellTest.Word], _ input: ShellValue?) -> Result {
    let result = run(
      Array(words.drop { $0.value.text.hasPrefix("-") || $0.value.text == "!" }),
      input
    )
    var status = ShellValue.hole
    status.success = result.success
    variables["status"] = status
    variables["output"] = result.output ?? .hole
    variables["lines"] = result.output?.part("line") ?? .hole
    return Result(flow: result.flow == .fails ? .next : result.flow)
  }

  private var batsStatus: Claim { variables["status"]?.success ?? .unknown("status") }

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
