/// What a unit of the corpus asks and what it must see, as far as it can be read off.
///
/// Two fingerprints are equal where their `lines` are: in which line of the script something
/// stands, in what order, in what quotes, and how often the same is said, does not count.
package struct Fingerprint: Sendable {
  /// Holes are written as this, wherever text is only known at run time.
  package static let hole = "{…}"

  var requests: [CorpusRequest] = []
  var systems: [CorpusSystem] = []
  var assertions: [CorpusAssertion] = []
  /// How many cases a parametrised test has; nil for one that is not, 0 where they cannot be
  /// counted.
  var cases: Int?

  init() {}

  package var isEmpty: Bool { requests.isEmpty && systems.isEmpty && assertions.isEmpty }

  /// The canonical form: one fact a line, each once, in the order of their bytes.
  package var lines: [String] {
    var lines: Set<String> = []
    for request in requests { lines.insert("request | \(Self.part(request.description))") }
    for system in systems {
      lines.insert("system | \(system.kind.rawValue) | \(Self.part(system.text))")
    }
    for assertion in assertions {
      lines.insert(
        "assert | \(Self.part(assertion.source ?? "-")) | \(Self.part(assertion.subject.description))"
          + " | \(Self.part(assertion.condition.description))"
      )
    }
    if let cases { lines.insert("cases | \(cases)") }
    return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  var text: String { lines.map { "\($0)\n" }.joined() }

  /// A part of a line without the sign that parts are divided by.
  private static func part(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "|")) else { return text }
    return String(text.flatMap { $0 == "|" ? Array("\\x7C") : [$0] })
  }
}

extension Fingerprint: Hashable {
  package static func == (lhs: Fingerprint, rhs: Fingerprint) -> Bool {
    lhs.text.utf8.elementsEqual(rhs.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(Array(text.utf8)) }
}

extension Fingerprint {
  /// A fingerprint from its lines, as a lock file keeps them; the numbers of lines are gone.
  ///
  /// - Returns: nil where a line is none.
  init?(lines: [String]) {
    for line in lines {
      let parts = Self.parts(of: line)
      switch (parts.first, parts.count) {
      case ("request", 2):
        guard let request = CorpusRequest(parts[1]) else { return nil }
        requests.append(request)
      case ("system", 3):
        guard let kind = CorpusSystem.Kind(rawValue: parts[1]) else { return nil }
        systems.append(CorpusSystem(kind: kind, text: parts[2], line: 0))
      case ("assert", 4):
        guard let subject = CorpusAssertion.Subject(parts[2]),
          let condition = CorpusAssertion.Condition(parts[3], of: subject)
        else { return nil }
        let source = parts[1] == "-" ? nil : parts[1]
        assertions.append(
          CorpusAssertion(source: source, subject: subject, condition: condition, line: 0)
        )
      case ("cases", 2):
        guard let count = Int(parts[1]) else { return nil }
        cases = count
      default: return nil
      }
    }
  }

  private static func parts(of line: String) -> [String] {
    var parts: [[UInt8]] = [[]]
    let bytes = Array(line.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: Array(" | ".utf8)) {
        parts.append([])
        index += 3
      } else if bytes[index...].starts(with: Array("\\x7C".utf8)) {
        parts[parts.count - 1].append(UInt8(ascii: "|"))
        index += 4
      } else {
        parts[parts.count - 1].append(bytes[index])
        index += 1
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}
