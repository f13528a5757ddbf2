import Formats

/// What of a script is taken.
package enum ScriptReading: String, Sendable {
  /// Everything that an older script may ask and assert.
  case original
  /// Only what a run of it as a program cannot have left out, for scripts that stand for others.
  /// What stands under a condition, in a loop that may not be entered, or behind a way out, is left
  /// out.
  case program
  /// The same, where pytest or bats runs its tests.
  case tests
  /// Only what a file says at its top: `PythonOutline`.
  case outline
}

extension CorpusScript {
  /// The units of a script in the order of its lines; at least one, whatever it holds.
  ///
  /// Nothing of it is run: python3's `ast` and shfmt make its syntax tree.
  ///
  /// - Parameter files: What lies beside it, for imports.
  package func units(
    _ files: ScriptFiles = ScriptFiles(),
    reading: ScriptReading = .original
  ) async -> [CorpusUnit] {
    var files = files
    files[path] = bytes
    let folder = ScriptFolder(scripts: [self], files: files, reading: reading)
    return await ScriptReader().read([folder]).first?.units ?? []
  }

  /// In bytes; the inside of a longer script is not read.
  static func readLimit(of language: Language) -> Int {
    // shfmt's trees are 150 times as long as the script.
    language == .shell || language == .bats ? 1 << 20 : 4 << 20
  }

  /// Why the inside is not read; nil where it is.
  var unreadable: String? {
    let limit = Self.readLimit(of: language)
    if bytes.count > limit {
      return "has \(bytes.count) bytes, and only up to \(limit) are read inside"
    }
    switch language {
    case .python, .shell, .bats: return nil
    default: return "is in a language whose inside is not read"
    }
  }

  var lineCount: Int { max(1, bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 0 : 1)) }

  /// Nil where all of it is UTF-8.
  static func firstLineThatIsNotUTF8(_ bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }

  /// The whole script as the one unit of which nothing is known.
  func unit(unread reason: String) -> CorpusUnit {
    CorpusUnit(
      id: path,
      script: path,
      function: nil,
      language: language,
      about: "",
      lines: 1...lineCount,
      hash: hash,
      fingerprint: Fingerprint(),
      unread: [CorpusUnit.Unread(line: 1, reason: reason)]
    )
  }

  /// The units as `program.py` writes them; nil where the value is something else.
  func units(from value: JSONValue) -> [CorpusUnit]? {
    guard let values = value.arrayValue, !values.isEmpty else { return nil }
    let units = values.compactMap { CorpusUnit($0, of: self) }
    return units.count == values.count ? units : nil
  }
}

extension CorpusUnit {
  fileprivate init?(_ value: JSONValue, of script: CorpusScript) {
    func number(_ value: JSONValue?) -> Int? { value?.intValue.flatMap { Int(exactly: $0) } }
    func rows(_ name: String) -> [[JSONValue]] {
      value[name]?.arrayValue?.compactMap(\.arrayValue) ?? []
    }
    guard let about = value["about"]?.stringValue, let first = number(value["first"]),
      let last = number(value["last"]), 1 <= first, first <= last
    else { return nil }
    var fingerprint = Fingerprint()
    fingerprint.cases = number(value["cases"])
    for row in rows("requests") {
      guard row.count == 2, let text = row[0].stringValue, var request = CorpusRequest(text),
        let line = number(row[1])
      else { return nil }
      request.line = line
      fingerprint.requests.append(request)
    }
    for row in rows("systems") {
      guard row.count == 3, let kind = row[0].stringValue.flatMap(CorpusSystem.Kind.init),
        let text = row[1].stringValue, let line = number(row[2])
      else { return nil }
      fingerprint.systems.append(CorpusSystem(kind: kind, text: text, line: line))
    }
    for row in rows("assertions") {
      guard row.count == 4, let text = row[1].stringValue,
        let subject = CorpusAssertion.Subject(text), let words = row[2].stringValue,
        let condition = CorpusAssertion.Condition(words, of: subject), let line = number(row[3])
      else { return nil }
      fingerprint.assertions.append(
        CorpusAssertion(
          source: row[0].stringValue,
          subject: subject,
          condition: condition,
          line: line
        )
      )
    }
    let unread = rows("unread").compactMap { row in
      row.count == 2
        ? number(row[0]).map { Unread(line: $0, reason: row[1].stringValue ?? "") } : nil
    }
    let function = value["function"]?.stringValue
    self.init(
      id: function.map { "\(script.path)::\($0)" } ?? script.path,
      script: script.path,
      function: function,
      language: script.language,
      about: about,
      lines: first...last,
      hash: script.hash,
      fingerprint: fingerprint,
      unread: unread.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
    )
  }
}
