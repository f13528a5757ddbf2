extension PythonReader {
  /// What a call is given, by place and by name.
  struct Arguments {
    var places: [PythonValue] = []
    var names: [String: PythonValue] = [:]

    init(_ passed: [Passed]) {
      for entry in passed {
        if let name = entry.name { names[name] = entry.value } else { places.append(entry.value) }
      }
    }

    /// By place, then by name.
    var all: [PythonValue] {
      let keys = names.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return places + keys.compactMap { names[$0] }
    }

    func value(_ place: Int, _ name: String) -> PythonValue? {
      names[name] ?? (places.indices.contains(place) ? places[place] : nil)
    }

    func text(_ place: Int, _ name: String) -> String? { value(place, name)?.inText }
  }

  static let methods: Set<String> = [
    "get", "post", "put", "patch", "delete", "head", "options",
  ]

  func call(_ written: SyntaxNode, _ frame: Frame) -> PythonValue {
    guard let callee = written["func"] else { return .unknown("call") }
    // `x.get(…)` of a value of our own is a method, of anything else a name of a library.
    var base: PythonValue?
    let method = callee.text("attr") ?? ""
    let function: PythonValue
    if callee.kind == "Attribute", let inner = callee["value"] {
      let value = evaluate(inner, frame)
      base = value
      function = attribute(method, of: value, written: callee)
    } else {
      function = evaluate(callee, frame)
    }
    let passed = passed(written, frame)
    if frame.module == 0 { line = written.line }
    switch function {
    case .function(let function): return call(function, passed)
    case .type(let type, let module): return .instance(instance(of: type, module: module, passed))
    case .library(let name): return library(name, Arguments(passed), frame, written)
    default: break
    }
    let given = Arguments(passed)
    if let base, let value = self.method(method, of: base, given, frame, written) { return value }
    // Something like a client that is only known at run time, with something like a path.
    if base != nil, Self.methods.contains(method), let path = given.text(0, "url"),
      Self.isAddress(path)
    {
      return .response(request(method, PythonText.address(path, query: given.names["params"])))
    }
    return unfollowed(callee, function, base, given, written)
  }

  static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("/") || text.hasPrefix("http") || text.hasPrefix(Fingerprint.hole + "/")
  }

  /// A call of what is not known: what it may hide is named, and what it is given from an answer is
  /// not forgotten.
  private func unfollowed(
    _ callee: SyntaxNode,
    _ function: PythonValue,
    _ base: PythonValue?,
    _ given: Arguments,
    _ written: SyntaxNode
  ) -> PythonValue {
    let name = callee.lastName ?? ""
    let root = callee.root
    switch (base, function) {
    // `client.post(url)` of a fixture that is not here.
    case (.unknown(let text)?, _) where text == root && Self.methods.contains(name):
      if name != "get" || PythonLibrary.clientNames.contains(text) {
        return .response(request(name, Fingerprint.hole))
      }
    case (.unknown(let text)?, _) where text == root:
      if !PythonLibrary.isHarmless(method: name), !PythonLibrary.harmlessNames.contains(text) {
        note("`\(callee.written.short)` is not known")
      }
    case (.instance(let index)?, _):
      let type = instances[index].type
      let isCase = type.list("bases").contains { $0.lastName?.hasSuffix("TestCase") == true }
      if !isCase, !PythonLibrary.isHarmless(method: name) {
        note("`\(type.text("name") ?? "").\(name)` is not known")
      }
    case (nil, .unknown(let text)) where text == root:
      if text != "open" { note("`\(text)` is not known") }
    case (nil, .unknown), (nil, .seen): note("`\(callee.written.short)` is not known")
    default: break
    }
    noteFunctions(given, callee)
    return part(written, of: [base].compactMap { $0 } + given.all)
  }

  /// A function that is given to what is not followed may be called by it.
  func noteFunctions(_ given: Arguments, _ callee: SyntaxNode?) {
    for case .function(let function) in given.all where function.node.looksAtSomething {
      entered.insert(function.id)
      note("`\(callee?.written.short ?? "…")` may call `\(function.name)`, which is not followed")
    }
  }

  private func passed(_ call: SyntaxNode, _ frame: Frame) -> [Passed] {
    var passed: [Passed] = []
    for argument in call.list("args") {
      let value = evaluate(argument, frame)
      guard argument.kind == "Starred" else {
        passed.append(Passed(value: value))
        continue
      }
      passed += (value.elements ?? [.unknown("rest")]).map { Passed(value: $0) }
    }
    for keyword in call.list("keywords") {
      guard let value = keyword["value"].map({ evaluate($0, frame) }) else { continue }
      if let name = keyword.text("arg") {
        passed.append(Passed(name: name, value: value))
      } else if case .dictionary(let pairs) = value {
        for case (.text(let name), let value) in pairs.map({ ($0.key, $0.value) }) {
          passed.append(Passed(name: name, value: value))
        }
      }
    }
    return passed
  }

  /// One request, by whatever makes it.
  func sent(_ method: String, _ prefix: String, _ path: String?, _ given: Arguments) -> PythonValue
  {
    let address = PythonText.address(prefix, path ?? Fingerprint.hole)
    return .response(request(method, PythonText.address(address, query: given.names["params"])))
  }

  // MARK: Methods of what is known

  private static let transparent: Set<String> = [
    "lower", "upper", "strip", "rstrip", "lstrip", "decode", "encode", "casefold", "title",
    "splitlines", "split", "items", "keys", "values", "copy", "read", "json", "getvalue",
    "readlines", "fetchone", "fetchall", "scalar",
  ]

  private func method(
    _ name: String,
    of base: PythonValue,
    _ given: Arguments,
    _ frame: Frame,
    _ written: SyntaxNode
  ) -> PythonValue? {
    switch base {
    case .response(let source): return answer(name, source, given, frame)
    case .headers(let source):
      switch name {
      case "get", "getheader", "get_all":
        return .seen(source, .header(given.text(0, "key")?.lowercased() ?? "any"))
      case "items", "keys", "values": return base
      case "get_content_type": return .seen(source, .header("content-type"))
      default: return nil
      }
    case .seen(let source, let subject): return seen(source, subject, name, given)
    case .client(let prefix): return client(prefix, name, given)
    case .cursor: return statement(name, given) ?? .cursor
    case .command(let source):
      switch name {
      case "communicate", "wait", "read", "stdout": return .seen(source, .output)
      case "check_returncode":
        assert(.compare(source, .exit, .equal, "0"))
        return PythonValue.none
      default: return nil
      }
    case .text(let text): return Self.text(text, name, given)
    case .dictionary(let pairs):
      switch name {
      case "get":
        let key = given.places.first?.operand
        return pairs.last { $0.key.operand == key }?.value ?? given.value(1, "default")
          ?? PythonValue.none
      case "items": return .list(pairs.map { .list([$0.key, $0.value]) })
      case "keys": return .list(pairs.map(\.key))
      case "values": return .list(pairs.map(\.value))
      default: return nil
      }
    case .unknown:
      if let value = statement(name, given), !["run", "fetch"].contains(name) { return value }
      return unittest(name, given, written)
    case .instance: return unittest(name, given, written)
    default: return nil
    }
  }

  private func client(_ prefix: String, _ name: String, _ given: Arguments) -> PythonValue? {
    if Self.methods.contains(name) { return sent(name, prefix, given.text(0, "url"), given) }
    switch name {
    case "request", "stream", "open", "urlopen":
      return sent(given.text(0, "method") ?? "GET", prefix, given.text(1, "url"), given)
    case "getresponse": return .response(lastRequest ?? request("GET", Fingerprint.hole))
    case "send":
      guard case .request(let method, let address)? = given.places.first else { return nil }
      return sent(method, prefix, address, given)
    default: return nil
    }
  }

  /// What a database is asked, and what it gave.
  private func statement(_ name: String, _ given: Arguments) -> PythonValue? {
    switch name {
    case "execute", "executemany", "fetch", "fetchrow", "fetchval", "run":
      guard let text = given.text(0, "query") else { return nil }
      return .seen(system(.sql, text), .output)
    case "fetchone", "fetchall", "fetchmany", "scalar", "rowcount":
      return lastSystem.map { .seen($0, .output) }
    default: return nil
    }
  }

  private func answer(
    _ name: String,
    _ source: Int,
    _ given: Arguments,
    _ frame: Frame
  ) -> PythonValue? {
    switch name {
    case "json": return .seen(source, .field(""))
    case "read", "text", "content", "iter_content", "iter_lines": return .seen(source, .body)
    case "getcode": return .seen(source, .status)
    case "geturl": return .seen(source, .address)
    case "info", "getheaders": return .headers(source)
    case "getheader": return .seen(source, .header(given.text(0, "name")?.lowercased() ?? "any"))
    case "raise_for_status":
      raises(.status(source, 100...399), frame)
      return .response(source)
    default: return nil
    }
  }

  private func seen(
    _ source: Int?,
    _ subject: CorpusAssertion.Subject,
    _ name: String,
    _ given: Arguments
  ) -> PythonValue? {
    if name == "json", subject == .body { return .seen(source, .field("")) }
    if Self.transparent.contains(name) { return .seen(source, subject) }
    let operand = given.places.first?.operand ?? ""
    switch name {
    case "get", "pop":
      return .seen(source, subject.item(given.places.first?.inText ?? Fingerprint.hole))
    case "startswith", "endswith":
      if subject == .status, name == "startswith", case .text(let digits)? = given.places.first,
        let hundreds = Int(digits), (1...5).contains(hundreds)
      {
        return .claim(.status(source, (hundreds * 100)...(hundreds * 100 + 99)))
      }
      let comparison: Comparison = name == "startswith" ? .startsWith : .endsWith
      return .claim(.compare(source, subject, comparison, operand))
    case "isdigit", "isnumeric": return .claim(.compare(source, subject, .isKind, "number"))
    default: return .seen(source, .value("\(subject.words).\(name)(\(operand))".short))
    }
  }

  private static func text(_ text: String, _ name: String, _ given: Arguments) -> PythonValue? {
    switch name {
    case "rstrip", "strip", "lstrip", "removesuffix", "removeprefix":
      guard case .text(let ending)? = given.places.first, !ending.isEmpty else {
        return .text(text)
      }
      var result = text[...]
      if name == "rstrip" || name == "strip" || name == "removesuffix" {
        while result.hasSuffix(ending) { result = result.dropLast(ending.count) }
      }
      if name == "lstrip" || name == "strip" || name == "removeprefix" {
        while result.hasPrefix(ending) { result = result.dropFirst(ending.count) }
      }
      return .text(String(result))
    case "encode", "decode": return .text(text)
    case "lower", "casefold": return .text(text.lowercased())
    case "upper": return .text(text.uppercased())
    case "format": return .text(PythonText.formatted(text, given))
    case "join":
      guard case .list(let parts)? = given.places.first else { return .text(Fingerprint.hole) }
      return .text(parts.map(\.inText).joined(separator: text))
    case "split":
      guard given.places.isEmpty, text.utf8.count <= 10_000 else { return nil }
      return .list(text.split(whereSeparator: \.isWhitespace).map { .text(String($0)) })
    default: return nil
    }
  }

  // MARK: unittest

  private static let pairs: [String: String] = [
    "assertEqual": "==", "assertNotEqual": "!=", "assertIn": "in", "assertNotIn": "not in",
    "assertLess": "<", "assertLessEqual": "<=", "assertGreater": ">", "assertGreaterEqual": ">=",
    "assertIs": "is", "assertIsNot": "is not", "assertEquals": "==",
  ]

  /// `self.assertEqual(…)` and its like; nil for any other method.
  private func unittest(_ name: String, _ given: Arguments, _ written: SyntaxNode) -> PythonValue? {
    if name == "fail" {
      callEnded = .fails
      return PythonValue.none
    }
    guard name.hasPrefix("assert") else { return nil }
    let first = given.value(0, "first") ?? .none
    let second = given.value(1, "second")
    let words = written.list("args").map(\.written)
    func claim(_ comparison: Comparison) -> Claim {
      guard case .seen(let source, let subject) = first else { return .unknown(written.written) }
      return .compare(source, subject, comparison, second?.operand ?? Fingerprint.hole)
    }
    let result: Claim
    if let sign = Self.pairs[name], let second, words.count > 1 {
      result = compare(first, sign, second, written: (words[0], words[1]))
    } else {
      switch name {
      case "assertTrue": result = first.claim
      case "assertFalse": result = .not(first.claim)
      case "assertIsNone", "assertIsNotNone":
        let sign = name == "assertIsNone" ? "is" : "is not"
        result = compare(first, sign, .none, written: (words.first ?? "", "None"))
      case "assertRegex": result = claim(.matches)
      case "assertIsInstance": result = claim(.isKind)
      default: result = .unknown(written.written)
      }
    }
    assertWritten(result, written.written)
    return PythonValue.none
  }
}
