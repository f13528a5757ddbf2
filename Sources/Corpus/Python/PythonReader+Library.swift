extension PythonReader {
  func library(
    _ name: String,
    _ given: Arguments,
    _ frame: Frame,
    written: PythonExpression
  ) -> PythonValue {
    let parts = name.split(separator: ".")
    let last = parts.last.map(String.init) ?? name
    let module = parts.dropLast().joined(separator: ".")
    if PythonLibrary.requesters.contains(module) {
      if Self.methods.contains(last) {
        return sent(last, "", given.text(0, "url") ?? Fingerprint.hole, given, frame)
      }
      if last == "request" || last == "stream" {
        let method = given.text(0, "method") ?? "GET"
        return sent(method, "", given.text(1, "url") ?? Fingerprint.hole, given, frame)
      }
    }
    if PythonLibrary.clients.contains(name) || PythonLibrary.clients.contains("http.client.\(name)")
    {
      let base = given.names["base_url"] ?? given.names["prefix_url"]
      // The host of `http.client` is no part of the path.
      return .client(base?.inText ?? (name.hasSuffix("Connection") ? Fingerprint.hole : ""))
    }
    if PythonLibrary.databases.contains(name) { return .cursor }
    if PythonLibrary.commands.contains(name) { return command(last, given, frame) }
    switch name {
    case "urllib.request.urlopen", "urlopen": return opened(given, frame)
    case "urllib.request.Request", "Request":
      let hasData = given.value(1, "data").map { if case .none = $0 { false } else { true } }
      let method = given.names["method"]?.inText ?? (hasData == true ? "POST" : "GET")
      return .request(method: method, address: given.text(0, "url") ?? Fingerprint.hole)
    case "urllib.parse.urljoin", "urljoin":
      return .text(Self.joined(given.text(0, "base") ?? "", given.text(1, "url") ?? ""))
    case "urllib.parse.urlencode", "urlencode":
      guard case .dictionary(let pairs)? = given.places.first else {
        return .text(Fingerprint.hole)
      }
      return .text(pairs.map { "\($0.key.inText)=\($0.value.inText)" }.joined(separator: "&"))
    case "urllib.parse.quote", "urllib.parse.quote_plus", "quote":
      return .text(given.places.first?.inText ?? Fingerprint.hole)
    case "os.environ.get", "os.getenv", "environ.get", "getenv":
      return given.value(1, "default") ?? .unknown(written.description)
    case "json.loads", "json.load":
      if case .seen(let source, _)? = given.places.first { return .seen(source, .field("")) }
      if case .response(let source)? = given.places.first { return .seen(source, .field("")) }
      return .unknown(written.description)
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
    case "functools.partial", "partial":
      // What is given by name is no part of what is read.
      if given.places.count == 1 { return given.places[0] }
      note("`\(written.description.short)` is not followed")
      return .unknown(written.description.short)
    case "yield":
      if let value = given.places.first { frame.returned.append((nil, value)) }
      return .none
    default: return builtin(name, given, written: written)
    }
  }

  private func opened(_ given: Arguments, _ frame: Frame) -> PythonValue {
    let source: Int
    if case .request(let method, let address)? = given.value(0, "url") {
      let hasData = given.value(1, "data").map(\.isKnown) ?? false
      source = request(hasData && method == "GET" ? "POST" : method, address)
    } else {
      let hasData = given.value(1, "data").map { if case .none = $0 { false } else { true } }
      source = request(
        hasData == true ? "POST" : "GET",
        given.text(0, "url") ?? Fingerprint.hole
      )
    }
    // It raises for any other.
    raises(.status(source, 100...399), frame)
    return .response(source)
  }

  private static func joined(_ base: String, _ path: String) -> String {
    if path.contains("://") { return path }
    if path.hasPrefix("/") { return Fingerprint.hole + path }
    let folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? base + "/"
    return folder + path
  }

  private func command(_ last: String, _ given: Arguments, _ frame: Frame) -> PythonValue {
    var words: [String] = []
    switch given.value(0, "args") {
    case .list(let elements)?: words = elements.map(\.inText)
    case .text(let text)?: words = ShellWords.split(text)
    case let value?: words = [value.inText]
    case nil: return .unknown("command")
    }
    if case .text(let text)? = given.value(0, "args"), text.utf8.contains(where: Self.isShellSign) {
      note("the shell's line `\(text.short)` is not read")
      return .unknown("command")
    }
    let line = CommandLine(words)
    let checks =
      last.hasPrefix("check_")
      || given.names["check"].map { if case .boolean(true) = $0 { true } else { false } } == true
    if let asked = line.requests.first {
      let source = request(asked.method, asked.address)
      lastSystem = source
      if asked.failsOnError, checks { raises(.status(source, 100...399), frame) }
      switch (last, asked.printed) {
      case (_, .status): return .seen(source, .status)
      case ("run", _), ("Popen", _): return .command(source)
      default: return .seen(source, .body)
      }
    }
    let (kind, text) = line.system ?? (.command, words.joined(separator: " "))
    let source = system(kind, text)
    lastSystem = source
    if checks { raises(.compare(source, .exit, .equal, "0"), frame) }
    switch last {
    case "run", "Popen": return .command(source)
    case "call", "check_call", "system": return .seen(source, .exit)
    default: return .seen(source, .output)
    }
  }

  private static func isShellSign(_ byte: UInt8) -> Bool { "|&;<>`$".utf8.contains(byte) }

  private func builtin(_ name: String, _ given: Arguments, written: PythonExpression) -> PythonValue
  {
    let first = given.places.first ?? .none
    switch name {
    case "str", "int", "float", "bytes", "dict", "list", "tuple", "set", "sorted", "frozenset",
      "iter", "next", "repr", "max", "min", "json.dumps", "copy.deepcopy":
      switch first {
      case .integer(let number) where name == "str": return .text(String(number))
      case .text(let text) where name == "int": return Int(text).map { .integer($0) } ?? first
      case .list(let elements) where name == "next" || name == "max" || name == "min":
        return elements.first ?? .unknown(written.description)
      case .none, .unknown: return unknown(written, from: given.all)
      default: return first
      }
    case "bool": return .claim(first.claim)
    case "len":
      switch first {
      case .seen(let source, let subject): return .seen(source, .value("length of \(subject)"))
      case .list(let elements): return .integer(elements.count)
      default: return .unknown(written.description.short)
      }
    case "sum", "type", "type.__name__":
      if case .seen(let source, let subject) = first {
        return .seen(source, .value("\(name) of \(subject)"))
      }
      return .unknown(written.description.short)
    case "all", "any":
      switch first {
      case .list(let elements):
        return .claim(name == "all" ? .all(elements.map(\.claim)) : .any(elements.map(\.claim)))
      case .claim: return first
      default: return .unknown(written.description.short)
      }
    case "isinstance":
      if case .seen(let source, let subject) = first {
        let kind = given.places.count > 1 ? given.places[1].operand : Fingerprint.hole
        return .claim(.compare(source, subject, .isKind, kind))
      }
      return .unknown(written.description.short)
    case "range":
      let bounds = given.places.compactMap { value -> Int? in
        if case .integer(let number) = value { return number }
        return nil
      }
      guard bounds.count == given.places.count, let last = bounds.last else {
        return .unknown(written.description)
      }
      let start = bounds.count > 1 ? bounds[0] : 0
      let end = bounds.count > 1 ? bounds[1] : last
      guard bounds.count < 3, start <= end,
        end.subtractingReportingOverflow(start).partialValue <= 1000
      else { return .unknown(written.description) }
      return .list((start..<end).map { .integer($0) })
    case "enumerate":
      guard let values = elements(of: first) else { return .unknown(written.description) }
      return .list(values.enumerated().map { .list([.integer($0.offset), $0.element]) })
    case "zip":
      let lists = given.places.map { elements(of: $0) ?? [] }
      let count = lists.map(\.count).min() ?? 0
      return .list((0..<count).map { index in .list(lists.map { $0[index] }) })
    case "getattr":
      if case .text(let attribute)? = given.value(1, "name") {
        return self.attribute(attribute, of: first, written: written)
      }
      return .unknown(written.description.short)
    case "re.search", "re.match", "re.fullmatch", "re.findall":
      if case .seen(let source, let subject)? = given.value(1, "string") {
        let pattern = given.places.first?.operand ?? Fingerprint.hole
        return .claim(.compare(source, subject, .matches, pattern))
      }
      return .unknown(written.description.short)
    case "hashlib.sha256", "hashlib.sha1", "hashlib.md5", "base64.b64decode", "base64.b64encode",
      "html.unescape", "bs4.BeautifulSoup", "lxml.html.fromstring", "io.BytesIO",
      "xml.etree.ElementTree.fromstring", "ElementTree.fromstring", "yaml.safe_load":
      if case .seen(let source, _) = first { return .seen(source, .value("\(name) of body")) }
      return .unknown(written.description.short)
    default:
      // A function of a module that is not here, named as a method and given a path.
      let last = name.split(separator: ".").last.map(String.init) ?? name
      if Self.methods.contains(last), case .text(let path) = first,
        path.hasPrefix("/") || path.contains("://") || path.hasPrefix(Fingerprint.hole + "/")
      {
        return .response(request(last, Self.address(path, given)))
      }
      if let result = handedOn(last, given) { return result }
      if !PythonLibrary.isHarmless(name) { note("`\(name)` is not known") }
      return unknown(written, from: given.all)
    }
  }

  // MARK: unittest

  private static let pairs: [String: String] = [
    "assertEqual": "==", "assertNotEqual": "!=", "assertIn": "in", "assertNotIn": "not in",
    "assertLess": "<", "assertLessEqual": "<=", "assertGreater": ">", "assertGreaterEqual": ">=",
    "assertIs": "is", "assertIsNot": "is not", "assertEquals": "==",
  ]

  /// `self.assertEqual(…)` and its like; nil for any other method.
  func unittest(_ name: String, _ given: Arguments) -> PythonValue? {
    guard name.hasPrefix("assert") || name == "fail" else { return nil }
    let first = given.value(0, "first") ?? .none
    if name == "fail" {
      callEnded = .fails
      return PythonValue.none
    }
    func words(_ value: PythonValue) -> PythonExpression {
      if case .unknown(let text) = value { return .other(text) }
      return .other(value.operand)
    }
    if let sign = Self.pairs[name], let second = given.value(1, "second") {
      assert(compare(first, sign, second, written: (words(first), words(second))), isWritten: true)
      return PythonValue.none
    }
    switch name {
    case "assertTrue": assert(first.claim, isWritten: true)
    case "assertFalse": assert(.not(first.claim), isWritten: true)
    case "assertIsNotNone", "assertIsNone":
      let sign = name == "assertIsNone" ? "is" : "is not"
      assert(compare(first, sign, .none, written: (words(first), .none)), isWritten: true)
    case "assertRegex":
      if case .seen(let source, let subject) = first {
        assert(
          .compare(source, subject, .matches, given.value(1, "expected_regex")?.operand ?? ""),
          isWritten: true
        )
      }
    case "assertIsInstance":
      if case .seen(let source, let subject) = first {
        assert(
          .compare(source, subject, .isKind, given.value(1, "cls")?.operand ?? ""),
          isWritten: true
        )
      }
    default:
      let operands = given.places.map(\.operand).joined(separator: ", ")
      assert(.unknown("\(name)(\(operands))"), isWritten: true)
    }
    return PythonValue.none
  }
}
