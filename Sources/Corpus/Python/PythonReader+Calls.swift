extension PythonReader {
  func call(
    _ callee: PythonExpression,
    _ arguments: [PythonExpression.Argument],
    _ frame: Frame,
    written: PythonExpression
  ) -> PythonValue {
    // `x.get(…)` of a value of our own is a method, of anything else a name of a library.
    var base: PythonValue?
    var method = ""
    let function: PythonValue
    if case .attribute(let inner, let name) = callee {
      let value = evaluate(inner, frame)
      base = value
      method = name
      function = attribute(name, of: value, written: callee)
    } else {
      function = evaluate(callee, frame)
    }
    let passed = passed(arguments, frame)
    if frame.module == 0, case .call(_, _, let line) = written { self.line = line }
    switch function {
    case .function(let function, let module, let owner):
      return call(function, module: module, owner: owner, passed)
    case .lambda(let parameters, let body, let module):
      guard callDepth < Self.depthLimit else { return .unknown("lambda") }
      callDepth += 1
      defer { callDepth -= 1 }
      let inner = Frame(module: module)
      inner.names = frame.names
      bind(parameters, passed, owner: nil, in: inner)
      return evaluate(body, inner)
    case .type(let type, let module):
      return .instance(instance(of: type, module: module, passed))
    case .library(let name): return library(name, Arguments(passed), frame, written: written)
    default: break
    }
    let given = Arguments(passed)
    if let base, let value = self.method(method, of: base, given, frame) { return value }
    // Something like a client that is only known at run time, with something like a path.
    if base != nil, Self.methods.contains(method), case .text(let path)? = given.places.first,
      path.hasPrefix("/") || path.hasPrefix("http") || path.hasPrefix(Fingerprint.hole + "/")
    {
      return .response(request(method, Self.address(path, given)))
    }
    return unfollowed(callee, function, base, given, written)
  }

  /// A call of what is not known: what it may hide is named, and what it is given from an answer is
  /// not forgotten.
  private func unfollowed(
    _ callee: PythonExpression,
    _ function: PythonValue,
    _ base: PythonValue?,
    _ given: Arguments,
    _ written: PythonExpression
  ) -> PythonValue {
    let name = callee.lastName ?? ""
    if let result = handedOn(name, given) { return result }
    let root = callee.root
    switch (base, function) {
    // `client.post(url)` of a fixture that is not here.
    case (.unknown(let text)?, _) where text == root && Self.methods.contains(name):
      if name != "get" || PythonLibrary.clientNames.contains(text) {
        return .response(request(name, Fingerprint.hole))
      }
    case (.unknown(let text)?, _) where text == root:
      if !PythonLibrary.isHarmless(method: name), !PythonLibrary.harmlessNames.contains(text) {
        note("`\(callee)` is not known")
      }
    case (.instance(let index)?, _):
      let type = instances[index].type
      let isCase = type.bases.contains { $0.lastName?.hasSuffix("TestCase") == true }
      if !type.bases.isEmpty, !isCase, !PythonLibrary.isHarmless(method: name) {
        note("`\(type.name).\(name)` is not known")
      }
    case (nil, .unknown(let text)) where text == root:
      if !PythonLibrary.builtins.contains(text) { note("`\(text)` is not known") }
    default: break
    }
    return unknown(written, from: [base].compactMap { $0 } + given.all)
  }

  /// Enters functions that are given to what is not followed, as to a pool of threads.
  func handedOn(_ name: String, _ given: Arguments) -> PythonValue? {
    var functions: [PythonValue] = []
    for value in given.all {
      switch value {
      case .function, .lambda: functions.append(value)
      default: continue
      }
    }
    guard let first = functions.first else { return nil }
    switch name {
    case "map", "imap", "starmap":
      guard given.places.count > 1 else { break }
      let elements = elements(of: given.places[1]) ?? [.unknown("element")]
      return .list(
        elements.map { element in
          if name == "starmap", case .list(let parts) = element { return enter(first, parts) }
          return enter(first, [element])
        }
      )
    case "submit", "to_thread": return enter(first, Array(given.places.dropFirst()))
    case "partial":
      return given.places.count == 1 ? first : nil
    default: break
    }
    var result = PythonValue.none
    for function in functions { result = enter(function, []) }
    return result.isKnown ? result : nil
  }

  private func enter(_ value: PythonValue, _ places: [PythonValue]) -> PythonValue {
    perhaps {
      let passed = places.map { Passed(name: nil, value: $0) }
      let result: PythonValue
      switch value {
      case .function(let function, let module, let owner):
        result = call(function, module: module, owner: owner, passed)
      case .lambda(let parameters, let body, let module):
        guard callDepth < Self.depthLimit else { return .unknown("lambda") }
        callDepth += 1
        let inner = Frame(module: module)
        inner.names = modules[module].globals
        bind(parameters, passed, owner: nil, in: inner)
        result = evaluate(body, inner)
        callDepth -= 1
      default: result = .unknown("function")
      }
      callEnded = nil
      return result
    }
  }

  /// As it is written, with the answer that it comes from.
  func unknown(_ written: PythonExpression, from values: [PythonValue]) -> PythonValue {
    for value in values {
      if let source = value.source {
        return .seen(source, .value(written.description.short))
      }
      if case .instance(let index) = value, let source = instances[index].source {
        return .seen(source, .value(written.description.short))
      }
    }
    return .unknown(written.description.short)
  }

  private func passed(_ arguments: [PythonExpression.Argument], _ frame: Frame) -> [Passed] {
    var passed: [Passed] = []
    for argument in arguments {
      let value = evaluate(argument.value, frame)
      switch argument.name {
      case "*"?:
        for element in elements(of: value) ?? [.unknown("rest")] {
          passed.append(Passed(name: nil, value: element))
        }
      case "**"?:
        guard case .dictionary(let pairs) = value else { continue }
        for (key, value) in pairs {
          if case .text(let name) = key { passed.append(Passed(name: name, value: value)) }
        }
      default: passed.append(Passed(name: argument.name, value: value))
      }
    }
    return passed
  }

  /// What a call is given, by place and by name.
  struct Arguments {
    var places: [PythonValue]
    var names: [String: PythonValue] = [:]

    init(_ passed: [Passed]) {
      places = passed.filter { $0.name == nil }.map(\.value)
      for entry in passed { if let name = entry.name { names[name] = entry.value } }
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

  // MARK: Instances

  func instance(of type: PythonClass, module: Int, _ passed: [Passed]) -> Int {
    let index = instances.count
    instances.append(Instance(type: type, module: module))
    let frame = Frame(module: module, isTop: true)
    frame.names = modules[module].globals
    for statement in type.body {
      switch statement.kind {
      case .assignment(let targets, let value):
        for case .name(let name) in targets {
          let value = evaluate(value, frame)
          frame.names[name] = value
          instances[index].fields[name] = value
        }
      default: continue
      }
    }
    if let start = method("__init__", of: type, module: module, depth: 0) {
      _ = call(start.function, module: start.module, owner: index, passed)
      callEnded = nil
    } else {
      // `@dataclass`: by name; in their places the fields are not told apart.
      for entry in passed {
        if let name = entry.name { instances[index].fields[name] = entry.value }
      }
      instances[index].source = passed.lazy.compactMap(\.value.source).first
    }
    return index
  }

  /// A method of a class or of one that it is made from.
  func method(
    _ name: String,
    of type: PythonClass,
    module: Int,
    depth: Int
  ) -> (function: PythonFunction, module: Int)? {
    if let own = type.methods.last(where: { $0.name == name }) { return (own, module) }
    guard depth < 8 else { return nil }
    for base in type.bases {
      let frame = Frame(module: module)
      if case .type(let parent, let place) = evaluate(base, frame), parent !== type,
        let found = method(name, of: parent, module: place, depth: depth + 1)
      {
        return found
      }
    }
    return nil
  }

  // MARK: Attributes

  func attribute(_ name: String, of base: PythonValue, written: PythonExpression) -> PythonValue {
    switch base {
    case .library(let module):
      let full = "\(module).\(name)"
      if let code = PythonLibrary.status(full) { return .integer(code) }
      return .library(full)
    case .integer where name == "value": return base
    case .module(let index): return modules[index].globals[name] ?? .unknown(written.description)
    case .instance(let index):
      let own = instances[index]
      if let value = own.fields[name] { return value }
      if let found = method(name, of: own.type, module: own.module, depth: 0) {
        if found.function.decorators.contains(where: { $0.lastName == "property" }) {
          return call(found.function, module: found.module, owner: index, [])
        }
        let isStatic = found.function.decorators.contains { $0.lastName == "staticmethod" }
        return .function(found.function, module: found.module, owner: isStatic ? nil : index)
      }
      return unknown(written, from: [base])
    case .type(let type, let module):
      if let found = method(name, of: type, module: module, depth: 0) {
        let isOfClass = found.function.decorators.contains { $0.lastName == "classmethod" }
        let owner = isOfClass ? instance(of: type, module: module, []) : nil
        return .function(found.function, module: found.module, owner: owner)
      }
      for case .assignment(let targets, let value) in type.body.map(\.kind) {
        if targets.contains(where: { $0.lastName == name }) {
          return evaluate(value, Frame(module: module))
        }
      }
      return .unknown(written.description)
    case .response(let source):
      switch name {
      case "status_code", "status", "code", "statuscode": return .seen(source, .status)
      case "ok", "is_success": return .claim(.status(source, 100...399))
      case "is_redirect", "is_permanent_redirect": return .claim(.status(source, 300...399))
      case "is_error": return .claim(.status(source, 400...599))
      case "text", "content", "body", "data": return .seen(source, .body)
      case "headers", "msg": return .headers(source)
      case "cookies": return .seen(source, .header("set-cookie"))
      case "url", "geturl": return .seen(source, .address)
      case "response": return base
      default: return unknown(written, from: [base])
      }
    case .command(let source):
      switch name {
      case "returncode": return .seen(source, .exit)
      case "stdout", "output": return .seen(source, .output)
      case "stderr": return .seen(source, .value("stderr"))
      default: return unknown(written, from: [base])
      }
    case .seen(let source, let subject):
      return .seen(source, .value("\(subject.words).\(name)".short))
    default: return .unknown(written.description.short)
    }
  }

  // MARK: Methods of what is known

  static let methods: Set<String> = [
    "get", "post", "put", "patch", "delete", "head", "options",
  ]

  private static let transparent: Set<String> = [
    "lower", "upper", "strip", "rstrip", "lstrip", "decode", "encode", "casefold", "title",
    "splitlines", "split", "items", "keys", "values", "copy", "read", "json", "getvalue",
    "readlines", "readline", "rsplit", "partition",
  ]

  private func method(
    _ name: String,
    of base: PythonValue,
    _ given: Arguments,
    _ frame: Frame
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
    case .client(let prefix):
      if Self.methods.contains(name) {
        let path = given.text(0, "url") ?? Fingerprint.hole
        return sent(name, prefix, path, given, frame)
      }
      switch name {
      case "request", "stream", "open", "urlopen":
        let method = given.text(0, "method") ?? "GET"
        return sent(method, prefix, given.text(1, "url") ?? Fingerprint.hole, given, frame)
      case "getresponse": return .response(lastRequest ?? request("GET", Fingerprint.hole))
      case "send":
        if case .request(let method, let address)? = given.places.first {
          return sent(method, prefix, address, given, frame)
        }
        return nil
      default: return nil
      }
    case .cursor:
      switch name {
      case "execute", "executemany", "fetch", "fetchrow", "fetchval", "run":
        guard let text = given.text(0, "query") else { return nil }
        lastSystem = system(.sql, text)
        return .seen(lastSystem, .output)
      case "fetchone", "fetchall", "fetchmany", "scalar", "rowcount":
        return lastSystem.map { .seen($0, .output) }
      default: return .cursor
      }
    case .command(let source):
      switch name {
      case "communicate", "wait", "read", "stdout": return .seen(source, .output)
      case "stderr": return .seen(source, .value("stderr"))
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
    case .instance: return self.unittest(name, given)
    case .unknown:
      if name == "execute" || name == "cursor", case .text(let text)? = given.places.first {
        lastSystem = system(.sql, text)
        return .seen(lastSystem, .output)
      }
      if name == "fetchone" || name == "fetchall", let lastSystem {
        return .seen(lastSystem, .output)
      }
      return self.unittest(name, given)
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
    case "__enter__": return .response(source)
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
      return .seen(source, Self.item(subject, given.places.first?.inText ?? Fingerprint.hole))
    case "startswith", "endswith":
      if subject == .status, name == "startswith", case .text(let digits)? = given.places.first,
        let hundreds = Int(digits), (1...5).contains(hundreds)
      {
        return .claim(.status(source, (hundreds * 100)...(hundreds * 100 + 99)))
      }
      let comparison: Comparison = name == "startswith" ? .startsWith : .endsWith
      return .claim(.compare(source, subject, comparison, operand))
    case "isdigit", "isnumeric", "isalnum":
      return .claim(.compare(source, subject, .isKind, "number"))
    case "fetchone", "fetchall", "scalar": return .seen(source, subject)
    case "replace": return .seen(source, subject)
    default: return .seen(source, .value("\(subject.words).\(name)(\(operand))".short))
    }
  }

  /// One request, by whatever makes it.
  func sent(
    _ method: String,
    _ prefix: String,
    _ path: String,
    _ given: Arguments,
    _ frame: Frame
  ) -> PythonValue {
    let isWhole = path.contains("://") || prefix.isEmpty
    let joined =
      isWhole
      ? path : (prefix.hasSuffix("/") || path.hasPrefix("/") ? prefix + path : "\(prefix)/\(path)")
    return .response(request(method, Self.address(joined, given)))
  }

  /// An address with the query that is passed apart from it.
  static func address(_ address: String, _ given: Arguments) -> String {
    guard case .dictionary(let pairs)? = given.names["params"], !pairs.isEmpty else {
      return address
    }
    let query = pairs.map { "\(escaped($0.key.inText))=\(escaped($0.value.inText))" }
      .joined(separator: "&")
    return address + (address.contains("?") ? "&" : "?") + query
  }

  /// With what has a meaning in a query written as `%20`.
  private static func escaped(_ text: String) -> String {
    let signs = " &#+%=\t\n".utf8
    guard text.utf8.contains(where: signs.contains) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if signs.contains(byte) {
        bytes += Array(((byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)).utf8)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A library raises where this does not hold.
  func raises(_ claim: Claim, _ frame: Frame) {
    if frame.raised.isEmpty {
      assert(claim)
    } else {
      frame.raised[frame.raised.count - 1].append(claim)
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
    case "encode", "decode", "lower", "upper", "title", "casefold":
      return .text(name == "lower" ? text.lowercased() : name == "upper" ? text.uppercased() : text)
    case "format": return .text(formatted(text, given))
    case "join":
      guard case .list(let parts)? = given.places.first else { return .text(Fingerprint.hole) }
      return .text(parts.map(\.inText).joined(separator: text))
    case "split":
      guard given.places.isEmpty, text.utf8.count <= 10_000 else { return nil }
      return .list(text.split(whereSeparator: \.isWhitespace).map { .text(String($0)) })
    case "replace": return .text(text)
    default: return nil
    }
  }

  /// `"/users/{}".format(name)`.
  private static func formatted(_ text: String, _ given: Arguments) -> String {
    var result = ""
    var next = 0
    for part in PythonText.parts(of: Array(text.utf8), 0..<text.utf8.count) {
      let bytes = Array(text.utf8)
      switch part {
      case .literal(let range):
        result += String(decoding: PythonText.withoutDoubledBraces(bytes[range]), as: UTF8.self)
      case .expression(let range):
        let name = String(decoding: bytes[range], as: UTF8.self)
        if name == "…" {
          result += Fingerprint.hole
          continue
        }
        let value: PythonValue?
        if name.isEmpty {
          value = given.places.indices.contains(next) ? given.places[next] : nil
          next += 1
        } else if let place = Int(name) {
          value = given.places.indices.contains(place) ? given.places[place] : nil
        } else {
          value = given.names[name]
        }
        result += value?.inText ?? Fingerprint.hole
      case .unclosed: result += Fingerprint.hole
      }
    }
    return result
  }
}
