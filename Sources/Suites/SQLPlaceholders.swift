/// Holds the placeholders of a statement against the values that are given for them.
enum SQLPlaceholders {
  /// One line that says what does not match; nil where all does.
  static func problem(
    in statement: String,
    _ parameters: SQLAction.Parameters,
    isPostgres: Bool
  ) -> String? {
    if isPostgres {
      let used = positions(in: statement)
      let highest = used.max() ?? 0
      let given = if case .positional(let list) = parameters { list.count } else { 0 }
      if highest > given {
        return "statement uses $\(highest), params has \(given) \(given == 1 ? "value" : "values")"
      }
      if let idle = (1...max(given, 1)).first(where: { $0 <= given && !used.contains($0) }) {
        return
          "params has \(given) \(given == 1 ? "value" : "values"), the statement never uses $\(idle)"
      }
      return nil
    }
    let used = names(in: statement)
    let given = if case .named(let list) = parameters { list.map(\.name) } else { [String]() }
    if let missing = used.first(where: { !given.contains($0) }) {
      return "statement uses {\(missing):…}, params has no \"\(missing)\""
    }
    if let idle = given.first(where: { !used.contains($0) }) {
      return "params has \"\(idle)\", the statement never uses {\(idle):…}"
    }
    return nil
  }

  /// The numbers after `$`, outside of texts and comments.
  private static func positions(in statement: String) -> Set<Int> {
    var found: Set<Int> = []
    let bytes = code(of: statement)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "$") {
        var number = 0
        var next = index + 1
        while next < bytes.count, (0x30...0x39).contains(bytes[next]), number < 100_000 {
          number = number * 10 + Int(bytes[next] - 0x30)
          next += 1
        }
        if number > 0 { found.insert(number) }
        index = max(next, index + 1)
      } else {
        index += 1
      }
    }
    return found
  }

  /// The names of `{name:Type}`, outside of texts and comments, each once, in order.
  private static func names(in statement: String) -> [String] {
    var found: [String] = []
    let bytes = code(of: statement)
    var index = 0
    while let open = bytes[index...].firstIndex(of: UInt8(ascii: "{")) {
      index = open + 1
      let rest = bytes[index...]
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
        let close = rest.firstIndex(of: UInt8(ascii: "}")), colon < close
      else { continue }
      let name = String(decoding: rest[..<colon], as: UTF8.self).filter { $0 != " " }
      if NodeReader.isName(name), !found.contains(name) { found.append(name) }
      index = close + 1
    }
    return found
  }

  /// The statement without what stands in `'…'`, `$tag$…$tag$`, `-- …` and `/* … */`.
  private static func code(of statement: String) -> [UInt8] {
    let bytes = Array(statement.utf8)
    var kept: [UInt8] = []
    var index = 0
    func skip(past end: [UInt8], from start: Int) -> Int {
      var place = start
      while place < bytes.count {
        if bytes[place...].starts(with: end) { return place + end.count }
        place += 1
      }
      return bytes.count
    }
    while index < bytes.count {
      let rest = bytes[index...]
      if rest.starts(with: [0x2D, 0x2D]) {
        index = skip(past: [0x0A], from: index)
        kept.append(0x20)
      } else if rest.starts(with: [0x2F, 0x2A]) {
        index = skip(past: [0x2A, 0x2F], from: index + 2)
        kept.append(0x20)
      } else if bytes[index] == UInt8(ascii: "'") {
        index = skip(past: [UInt8(ascii: "'")], from: index + 1)
        kept.append(0x20)
      } else if bytes[index] == UInt8(ascii: "$"), let tag = dollarTag(rest) {
        index = skip(past: tag, from: index + tag.count)
        kept.append(0x20)
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return kept
  }

  /// `$$` or `$name$` at the start; nil for a placeholder or anything else.
  private static func dollarTag(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let inner = bytes.dropFirst().prefix { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F }
    let end = inner.endIndex
    guard end < bytes.endIndex, bytes[end] == UInt8(ascii: "$") else { return nil }
    return Array(bytes[bytes.startIndex...end])
  }
}
