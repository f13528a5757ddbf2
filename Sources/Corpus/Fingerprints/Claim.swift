/// What a program holds to be true, made of comparisons of what it saw.
indirect enum Claim: Sendable {
  struct Atom: Hashable, Sendable {
    /// The request or the system that was asked; nil where it cannot be told.
    var source: Int?
    var subject: CorpusAssertion.Subject
    var condition: CorpusAssertion.Condition
  }

  case atom(Atom)
  case all([Claim])
  case any([Claim])
  case not(Claim)
  case known(Bool)
  /// As it is written.
  case unknown(String)

  static func status(_ source: Int?, _ codes: ClosedRange<Int>) -> Claim {
    .atom(Atom(source: source, subject: .status, condition: .codes(StatusCodes([codes]))))
  }

  static func compare(
    _ source: Int?,
    _ subject: CorpusAssertion.Subject,
    _ comparison: Comparison,
    _ operand: String
  ) -> Claim {
    .atom(Atom(source: source, subject: subject, condition: .compare(comparison, operand)))
  }

  /// The claim or its opposite, with no `not` left.
  func plain(isNegated: Bool = false) -> Claim {
    switch self {
    case .atom(var atom):
      if isNegated { atom.condition = atom.condition.inverted }
      return .atom(atom)
    case .all(let parts):
      let plain = parts.map { $0.plain(isNegated: isNegated) }
      return isNegated ? .any(plain) : .all(plain)
    case .any(let parts):
      let plain = parts.map { $0.plain(isNegated: isNegated) }
      return isNegated ? .all(plain) : .any(plain)
    case .not(let claim): return claim.plain(isNegated: !isNegated)
    case .known(let value): return .known(value != isNegated)
    case .unknown(let text): return .unknown(isNegated ? "not \(text)" : text)
    }
  }

  /// The first request or system that is looked at; nil where there is none.
  var source: Int? {
    switch self {
    case .atom(let atom): atom.source
    case .all(let parts), .any(let parts): parts.lazy.compactMap(\.source).first
    case .not(let inner): inner.source
    case .known, .unknown: nil
    }
  }

  /// Whether it says nothing of anything: true or false whatever is answered.
  var isSettled: Bool {
    switch self {
    case .atom, .unknown: false
    case .all(let parts), .any(let parts): parts.allSatisfy(\.isSettled)
    case .not(let inner): inner.isSettled
    case .known: true
    }
  }

  /// Whether anything that a request or a system gave is looked at.
  var seesAnswer: Bool {
    switch self {
    case .atom(let atom): atom.source != nil
    case .all(let parts), .any(let parts): parts.contains(where: \.seesAnswer)
    case .not(let claim): claim.seesAnswer
    case .known, .unknown: false
    }
  }
}

/// Collects what one unit asks and asserts.
struct FingerprintRecorder {
  /// More is not kept, and is named.
  static let limit = 5000

  private(set) var fingerprint = Fingerprint()
  private var requests: Set<String> = []
  private var systems: Set<String> = []
  private var assertions: Set<String> = []
  private(set) var isFull = false
  /// How far what follows may never be reached, and so is not kept.
  enum Closing: Int, Comparable {
    case none, function, program

    static func < (one: Closing, other: Closing) -> Bool { one.rawValue < other.rawValue }
  }

  private(set) var closing = Closing.none

  mutating func close(_ closing: Closing) { self.closing = max(self.closing, closing) }

  /// The function was left; its caller goes on.
  mutating func leaveFunction() { if closing == .function { closing = .none } }

  var isEmpty: Bool { fingerprint.isEmpty }

  mutating func setCases(_ count: Int?) { fingerprint.cases = count }

  mutating func add(_ request: CorpusRequest) {
    guard hasRoom, requests.insert(request.description).inserted else { return }
    fingerprint.requests.append(request)
  }

  mutating func add(_ system: CorpusSystem) {
    guard hasRoom, systems.insert(system.description).inserted else { return }
    fingerprint.systems.append(system)
  }

  private var hasRoom: Bool {
    mutating get {
      if requests.count + systems.count + assertions.count >= Self.limit { isFull = true }
      return !isFull && closing == .none
    }
  }

  /// - Parameters:
  ///   - sources: The words for each source.
  ///   - isWritten: True for an `assert`, which counts whatever it looks at; otherwise only what
  ///     looks at an answer counts, since a script also stops where it was called wrongly.
  mutating func assert(_ claim: Claim, sources: [String], line: Int, isWritten: Bool) {
    add(claim.plain(), sources, line, isWritten)
  }

  private mutating func add(_ claim: Claim, _ sources: [String], _ line: Int, _ isWritten: Bool) {
    switch claim {
    case .atom(let atom): add(atom, sources, line, isWritten)
    case .all(let parts):
      for part in Self.merged(Self.flat(parts, isAny: false), isAny: false) {
        add(part, sources, line, isWritten)
      }
    case .any(let parts):
      let merged = Self.merged(Self.flat(parts, isAny: true), isAny: true)
      if merged.count == 1 {
        add(merged[0], sources, line, isWritten)
      } else if isWritten || claim.seesAnswer {
        let words = merged.map { Self.words($0, sources) }.sorted {
          $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let atom = Claim.Atom(
          source: claim.source,
          subject: .value("either"),
          condition: .compare(.isOneOf, words.joined(separator: ", "))
        )
        add(atom, sources, line, true)
      }
    case .not(let inner): add(inner.plain(isNegated: true), sources, line, isWritten)
    case .known: break
    case .unknown(let text):
      guard isWritten else { return }
      let condition = CorpusAssertion.Condition.compare(.exists, "")
      add(
        Claim.Atom(source: nil, subject: .value(text.short), condition: condition),
        sources,
        line,
        true
      )
    }
  }

  private mutating func add(
    _ atom: Claim.Atom,
    _ sources: [String],
    _ line: Int,
    _ isWritten: Bool
  ) {
    guard isWritten || atom.source != nil, hasRoom else { return }
    let assertion = CorpusAssertion(
      source: atom.source.map { sources[$0] },
      subject: atom.subject,
      condition: atom.condition,
      line: line
    )
    let key = "\(assertion.source ?? "-")\u{0}\(assertion.subject)\u{0}\(assertion.condition)"
    guard assertions.insert(key).inserted else { return }
    fingerprint.assertions.append(assertion)
  }

  private static func flat(_ parts: [Claim], isAny: Bool) -> [Claim] {
    parts.flatMap { part -> [Claim] in
      switch part {
      case .all(let inner) where !isAny: flat(inner, isAny: isAny)
      case .any(let inner) where isAny: flat(inner, isAny: isAny)
      default: [part]
      }
    }
  }

  /// Conditions on one status become one set; several values that one thing may have, one list.
  private static func merged(_ parts: [Claim], isAny: Bool) -> [Claim] {
    var merged: [Claim] = []
    for part in parts {
      guard case .atom(let atom) = part else {
        // What cannot be false says nothing in a list of which all must hold.
        if case .known(let value) = part, value != isAny { continue }
        merged.append(part)
        continue
      }
      let place = merged.firstIndex {
        if case .atom(let other) = $0 {
          return other.source == atom.source && other.subject == atom.subject
            && join(other.condition, atom.condition, isAny: isAny) != nil
        }
        return false
      }
      if let place, case .atom(var other) = merged[place],
        let both = join(other.condition, atom.condition, isAny: isAny)
      {
        other.condition = both
        merged[place] = .atom(other)
      } else {
        merged.append(part)
      }
    }
    return merged
  }

  private static func join(
    _ left: CorpusAssertion.Condition,
    _ right: CorpusAssertion.Condition,
    isAny: Bool
  ) -> CorpusAssertion.Condition? {
    switch (left, right) {
    case (.codes(let one), .codes(let other)):
      return .codes(isAny ? one.union(other) : one.intersection(other))
    case (.compare(let one, let value), .compare(.equal, let other))
    where isAny && (one == .equal || one == .isOneOf):
      return value == other ? left : .compare(.isOneOf, "\(value), \(other)")
    default: return nil
    }
  }

  private static func words(_ claim: Claim, _ sources: [String]) -> String {
    switch claim {
    case .atom(let atom): "\(atom.subject) \(atom.condition)"
    case .all(let parts): "(" + parts.map { words($0, sources) }.joined(separator: " and ") + ")"
    case .any(let parts): "(" + parts.map { words($0, sources) }.joined(separator: " or ") + ")"
    case .not(let inner): "not (\(words(inner, sources)))"
    case .known(let value): value ? "true" : "false"
    case .unknown(let text): text.short
    }
  }
}

extension String {
  /// Short, in double quotes.
  var quoted: String {
    guard utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
      return "\"\(short)\""
    }
    return "\"" + short.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "\""
  }

  /// At most 200 characters on one line.
  var short: String {
    let words = split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.utf8.count <= 200 ? words : String(words.prefix(199)) + "…"
  }
}
