/// The checks of two coverages, each beside itself, under whatever name.
///
/// A check that one side lacks is the one that only the other has where they do the same: first
/// those with the same body and the same evidence, then the same evidence, then the same body.
/// Where several could be meant, they are paired in the order of their ids if there are as many on
/// both sides; else none is.
struct CheckPairs {
  typealias Pair = (old: CheckCoverage, new: CheckCoverage)

  private(set) var same: [Pair]
  private(set) var renamed: [Pair] = []
  private(set) var lost: [CheckCoverage]
  private(set) var gained: [CheckCoverage]
  /// New ids by old ones.
  private var newIDs: [TextKey: String] = [:]

  init(_ old: [CheckCoverage], _ new: [CheckCoverage]) {
    let paired = Paired(old, new) { TextKey($0.id.description) }
    same = paired.both
    lost = paired.onlyOld.sorted { $0.id < $1.id }
    gained = paired.onlyNew.sorted { $0.id < $1.id }
    guard !lost.isEmpty, !gained.isEmpty else { return }
    pairUp { check in
      guard let body = check.body, let evidence = Self.evidence(check) else { return nil }
      return "\(body)\n\(evidence)"
    }
    pairUp(by: Self.evidence)
    pairUp { check in
      check.body.map { "\(check.kind.rawValue) \(check.stage.rawValue) \($0)" }
    }
    for pair in renamed {
      newIDs[TextKey(pair.old.id.description)] = pair.new.id.description
    }
  }

  /// The id that a claim about a renamed check has now; nil for any other claim.
  func renamedClaim(_ id: String) -> String? {
    guard !newIDs.isEmpty, let slash = id.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return newIDs[TextKey(String(id[id.index(after: slash)...]))].map { "\(id[...slash])\($0)" }
  }

  /// What it did and asserted; nil where it asserted nothing.
  private static func evidence(_ check: CheckCoverage) -> String? {
    guard check.evidence.contains(where: { !$0.assertions.isEmpty }) else { return nil }
    var text = "\(check.kind.rawValue) \(check.stage.rawValue)"
    for step in check.evidence {
      text += "\n\(step.act)"
      for assertion in step.assertions { text += "\n  \(assertion)" }
    }
    return text
  }

  private mutating func pairUp(by key: (CheckCoverage) -> String?) {
    var groups: [TextKey: (old: [Int], new: [Int])] = [:]
    for (index, check) in lost.enumerated() {
      if let key = key(check) { groups[TextKey(key), default: ([], [])].old.append(index) }
    }
    for (index, check) in gained.enumerated() {
      if let key = key(check) { groups[TextKey(key), default: ([], [])].new.append(index) }
    }
    var taken: (old: Set<Int>, new: Set<Int>) = ([], [])
    for group in groups.values where group.old.count == group.new.count {
      for (a, b) in zip(group.old, group.new) {
        renamed.append((lost[a], gained[b]))
        taken.old.insert(a)
        taken.new.insert(b)
      }
    }
    lost = lost.indices.filter { !taken.old.contains($0) }.map { lost[$0] }
    gained = gained.indices.filter { !taken.new.contains($0) }.map { gained[$0] }
  }
}
