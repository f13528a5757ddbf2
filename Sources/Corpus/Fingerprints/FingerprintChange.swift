/// One difference between two fingerprints of the same unit.
package struct FingerprintChange: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case gained, lost, weaker, stronger, changed
  }

  package enum Part: String, CaseIterable, Sendable { case request, system, assertion, cases }

  var kind: Kind
  var part: Part
  /// In words: ``lost an assertion on `/api/health` status (== 200)``.
  var text: String
}

extension FingerprintChange: CustomStringConvertible {
  package var description: String { text }
}

extension Fingerprint {
  /// What is different in the other, in the order requests, systems, assertions, cases.
  static func changes(from old: Fingerprint, to new: Fingerprint) -> [FingerprintChange] {
    facts(.request, old.requests.map(\.description), new.requests.map(\.description))
      + facts(.system, old.systems.map(\.description), new.systems.map(\.description))
      + assertions(old.assertions, new.assertions) + cases(old.cases, new.cases)
  }

  private static func facts(
    _ part: FingerprintChange.Part,
    _ old: [String],
    _ new: [String]
  ) -> [FingerprintChange] {
    func sentence(_ kind: FingerprintChange.Kind, _ fact: String) -> FingerprintChange {
      FingerprintChange(
        kind: kind,
        part: part,
        text: "\(kind.rawValue) the \(part == .request ? "request" : "call") `\(fact)`"
      )
    }
    return sorted(Set(old).subtracting(new)).map { sentence(.lost, $0) }
      + sorted(Set(new).subtracting(old)).map { sentence(.gained, $0) }
  }

  /// What an assertion is about.
  private struct Topic: Hashable {
    var source: String?
    var subject: CorpusAssertion.Subject

    init(_ assertion: CorpusAssertion) {
      source = assertion.source
      subject = assertion.subject
    }

    /// ``on `/api/health` status``.
    var words: String {
      guard let source else { return "on \(subject)" }
      let place = CorpusRequest(source).flatMap { $0.method == "GET" ? $0.path : nil } ?? source
      return "on `\(place)` \(subject)"
    }
  }

  private static func assertions(
    _ old: [CorpusAssertion],
    _ new: [CorpusAssertion]
  ) -> [FingerprintChange] {
    func grouped(_ list: [CorpusAssertion]) -> [Topic: Set<CorpusAssertion.Condition>] {
      list.reduce(into: [:]) { $0[Topic($1), default: []].insert($1.condition) }
    }
    let (before, after) = (grouped(old), grouped(new))
    let topics = Set(before.keys).union(after.keys).sorted {
      $0.words.utf8.lexicographicallyPrecedes($1.words.utf8)
    }
    var changes: [FingerprintChange] = []
    for topic in topics {
      func add(_ kind: FingerprintChange.Kind, _ text: String) {
        changes.append(FingerprintChange(kind: kind, part: .assertion, text: text))
      }
      func order(_ set: Set<CorpusAssertion.Condition>) -> [CorpusAssertion.Condition] {
        set.sorted { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
      }
      var lost = order((before[topic] ?? []).subtracting(after[topic] ?? []))
      let gained = order((after[topic] ?? []).subtracting(before[topic] ?? []))
      for condition in gained {
        // A pair of which one is weaker says more than the first that comes.
        let match =
          lost.firstIndex { condition.isWeaker(than: $0) || $0.isWeaker(than: condition) }
          ?? lost.indices.first
        guard let match else {
          add(.gained, "gained an assertion \(topic.words) (\(condition))")
          continue
        }
        let earlier = lost.remove(at: match)
        let kind: FingerprintChange.Kind =
          condition.isWeaker(than: earlier)
          ? .weaker : earlier.isWeaker(than: condition) ? .stronger : .changed
        let note = kind == .changed ? "" : " (\(kind.rawValue))"
        add(kind, "\(topic.words.dropFirst(3)) \(earlier) became \(condition)\(note)")
      }
      for condition in lost { add(.lost, "lost an assertion \(topic.words) (\(condition))") }
    }
    return changes
  }

  private static func cases(_ old: Int?, _ new: Int?) -> [FingerprintChange] {
    guard old != new else { return [] }
    func words(_ count: Int?) -> String {
      switch count {
      case nil: "one that is not parametrised"
      case 0?: "cases that cannot be counted"
      case 1?: "1 case"
      case let count?: "\(count) cases"
      }
    }
    return [
      FingerprintChange(kind: .changed, part: .cases, text: "\(words(old)) became \(words(new))")
    ]
  }

  private static func sorted(_ set: Set<String>) -> [String] {
    set.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
