extension PythonReader {
  func library(
    _ name: String,
    _ given: Arguments,
    _ frame: Frame,
    _ written: SyntaxNode
  ) -> PythonValue {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let module = String(name.dropLast(last.count + 1))
    if PythonLibrary.requesters.contains(module) {
      if Self.methods.contains(last) { return sent(last, "", given.text(0, "url"), given) }
      if last == "request" || last == "stream" {
        return sent(given.text(0, "method") ?? "GET", "", given.text(1, "url"), given)
      }
    }
    if PythonLibrary.clients.contains(name) {
      let base = given.names["base_url"] ?? given.names["prefix_url"]
      // The host of `http.client` is no part of the path.
      return .client(base?.inText ?? (name.hasSuffix("Connection") ? Fingerprint.hole : ""))
    }
    if PythonLibrary.databases.contains(name) { return .cursor }
    if PythonLibrary.commands.contains(name) { return command(last, given, frame) }
    switch name {
    case "urllib.request.urlopen": return opened(given, frame)
    case "urllib.request.Request":
      let method = given.names["method"]?.inText ?? (Self.hasData(given) ? "POST" : "GET")
      return .request(method: method, address: given.text(0, "url") ?? Fingerprint.hole)
    case "urllib.parse.urljoin":
      return .text(PythonText.joined(given.text(0, "base") ?? "", given.text(1, "url") ?? ""))
    case "urllib.parse.urlencode":
      let text = PythonText.address("", query: given.places.first ?? .unknown("query"))
      return .text(String(text.dropFirst()))
    case "urllib.parse.quote", "urllib.parse.quote_plus":
      return .text(given.places.first?.inText ?? Fingerprint.hole)
    case "os.environ.get", "os.getenv":
      return given.value(1, "default") ?? .unknown(written.written)
    case "json.loads", "json.load":
      switch given.places.first {
      case .seen(let source, .body)?, .seen(let source, .field(""))?:
        return .seen(source, .field(""))
      case .response(let source)?: return .seen(source, .field(""))
      default: return part(written, of: given.places)
      }
    case "sys.exit", "exit", "quit", "os._exit":
      callEnded = exit(with: given.places.first ?? .none)
      return .none
    case "pytest.fail", "fail", "die", "abort", "bail":
      callEnded = .fails
      return .none
    case "pytest.skip":
      if reading.isCertain { recorder.close(.program) }
      return .none
    case "pytest.param": return .list(given.places)
    // What is given by name is no part of what is read.
    case "functools.partial" where given.places.count == 1: return given.places[0]
    default: return builtin(name, given, frame, written)
    }
  }

  private static func hasData(_ given: Arguments) -> Bool {
    given.value(1, "data").map { if case .none = $0 { false } else { true } } ?? false
  }

  private func opened(_ given: Arguments, _ frame: Frame) -> PythonValue {
    var (method, address) = ("GET", given.text(0, "url") ?? Fingerprint.hole)
    if case .request(let own, let to)? = given.value(0, "url") { (method, address) = (own, to) }
    if Self.hasData(given), method == "GET" { method = "POST" }
    let source = request(method, address)
    // It raises for any other.
    raises(.status(source, 100...399), frame)
    return .response(source)
  }

  private func command(_ last: String, _ given: Arguments, _ frame: Frame) -> PythonValue {
    var words: [String] = []
    switch given.value(0, "args") {
    case .list(let elements)?: words = elements.map(\.inText)
    case .text(let text)?:
      guard !text.utf8.contains(where: { "|&;<>`$(".utf8.contains($0) }) else {
        note("the shell's line `\(text.short)` is not read")
        return .unknown("command")
      }
      words = ShellWords.split(text)
    case let value?: words = [value.inText]
    case nil: return .unknown("command")
    }
    let line = CommandLine(words)
    var checks = last.hasPrefix("check_")
    if case .boolean(true)? = given.names["check"] { checks = true }
    if let asked = line.requests.first {
      let source = request(asked.method, asked.address)
      lastSystem = source
      if asked.failsOnError, checks { raises(.status(source, 100...399), frame) }
      switch (last, asked.printed) {
      case (_, .status): return .seen(source, .status)
      case ("run", .body), ("Popen", .body): return .command(source)
      case (_, .body): return .seen(source, .body)
      default: return .seen(source, .value("output of curl"))
      }
    }
    let (kind, text) = line.system ?? (.command, words.joined(separator: " "))
    let source = system(kind, text)
    if checks { raises(.compare(source, .exit, .equal, "0"), frame) }
    switch last {
    case "run", "Popen": return .command(source)
    case "call", "check_call", "system": return .seen(source, .exit)
    default: return .seen(source, .output)
    }
  }

  private func builtin(
    _ name: String,
    _ given: Arguments,
    _ frame: Frame,
    _ written: SyntaxNode
  ) -> PythonValue {
    let first = given.places.first ?? .none
    switch name {
    case "str", "int", "float", "bytes", "dict", "list", "tuple", "set", "sorted", "frozenset",
      "iter", "repr", "json.dumps", "copy.deepcopy", "next":
      return converted(name, first, written)
    case "bool": return .claim(first.claim)
    case "len":
      switch first {
      case .seen(let source, let subject): return .seen(source, .value("length of \(subject)"))
      case .list(let elements): return .integer(elements.count)
      default: return part(written, of: given.places)
      }
    case "all", "any":
      switch first {
      case .list(let elements):
        return .claim(name == "all" ? .all(elements.map(\.claim)) : .any(elements.map(\.claim)))
      // Of elements that are not known one by one, only what holds for all is what each must be.
      case .each(let element) where name == "all": return .claim(element.claim)
      default: return part(written, of: given.places)
      }
    case "isinstance":
      guard case .seen(let source, let subject) = first else {
        return part(written, of: given.places)
      }
      let kind = given.places.count > 1 ? given.places[1].operand : Fingerprint.hole
      return .claim(.compare(source, subject, .isKind, kind))
    case "range":
      let bounds = given.places.compactMap { value -> Int? in
        if case .integer(let number) = value { number } else { nil }
      }
      let start = bounds.count > 1 ? bounds[0] : 0
      guard bounds.count == given.places.count, (1...2).contains(bounds.count),
        let end = bounds.last, start <= end, end.subtractingReportingOverflow(start).0 <= 1000
      else { return .unknown(written.written) }
      return .list((start..<end).map { .integer($0) })
    case "enumerate":
      guard let values = first.elements else { return .unknown(written.written) }
      return .list(values.enumerated().map { .list([.integer($0.offset), $0.element]) })
    case "re.search", "re.match", "re.fullmatch", "re.findall":
      guard case .seen(let source, let subject)? = given.value(1, "string") else {
        return part(written, of: given.all)
      }
      let pattern = given.places.first?.operand ?? Fingerprint.hole
      return .claim(.compare(source, subject, .matches, pattern))
    default: return other(name, given, written)
    }
  }

  private func converted(_ name: String, _ value: PythonValue, _ written: SyntaxNode) -> PythonValue
  {
    switch value {
    case .integer(let number) where name == "str": .text(String(number))
    case .text(let text) where name == "int": Int(text).map { .integer($0) } ?? .unknown(text)
    case .each(let element) where name == "next": element
    case .list(let elements) where name == "next": elements.first ?? .unknown(written.written)
    case .none, .unknown: .unknown(written.written)
    default: value
    }
  }

  /// A name of a library that is not here: named, unless it can hide nothing.
  private func other(_ name: String, _ given: Arguments, _ written: SyntaxNode) -> PythonValue {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    // Named as a method and given a path, it is a request.
    if Self.methods.contains(last), let path = given.text(0, "url"),
      path.hasPrefix("/") || path.contains("://") || path.hasPrefix(Fingerprint.hole + "/")
    {
      return .response(request(last, PythonText.address(path, query: given.names["params"])))
    }
    if name == "asyncio.run" || name == "asyncio.gather" { return given.places.first ?? .none }
    noteFunctions(given, written["func"])
    if !PythonLibrary.isHarmless(name) { note("`\(name)` is not known") }
    return part(written, of: given.all)
  }
}
