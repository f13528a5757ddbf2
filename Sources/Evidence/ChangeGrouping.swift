import Formats

/// Puts what follows from a change under it: one edit is one change, whatever it is the cause of.
///
/// Changes of one check (its rows with it), store or unit are one. Sums over them (the floor of P3,
/// all of P2, rungs, the level), claims that rest on them, findings that name them, and what could not
/// run because of them follow. What gets better never follows from what gets worse, or the other way.
struct ChangeGrouping {
  private struct Group {
    var members: [CoverageChange]
    var followers: [CoverageChange] = []

    var direction: CoverageChange.Direction { members[0].direction }

    var all: [CoverageChange] { members + followers }

    func takes(_ change: CoverageChange) -> Bool {
      change.direction == .neutral || change.direction == direction
    }

    /// A check that is carried says what the functional one says, at other times.
    var change: CoverageChange {
      let place =
        members.indices.first { members[$0].kind == members[0].kind && !members[$0].isCarried } ?? 0
      var head = members[place]
      var others = members
      others.remove(at: place)
      let details = head.details
      others.removeAll { $0.isCarried && $0.kind == head.kind && $0.details == details }
      head.consequences = (others + followers).sorted()
      return head
    }
  }

  private var groups: [Group] = []
  /// Places in `groups`, by key and by the subject of whatever is in them.
  private var places: [TextKey: Int] = [:]
  private var subjects: [TextKey: Int] = [:]
  /// Where what a stage kept from running was put, by stage and direction: there may be thousands.
  private var blocked: [String: Int?] = [:]

  /// The changes, each with its consequences; sorted.
  static func grouped(_ changes: [CoverageChange]) -> [CoverageChange] {
    guard changes.count > 1 else { return changes }
    var grouping = ChangeGrouping()
    var rest: [CoverageChange] = []
    for change in changes.sorted() {
      if Self.isDerived(change) { rest.append(change) } else { grouping.add(change) }
    }
    // Sums come last: they follow what the claims below them followed.
    for change in rest.sorted(by: { Self.depth($0) < Self.depth($1) }) {
      if let place = grouping.cause(of: change) {
        grouping.groups[place].followers.append(change)
        grouping.note(change, place)
      } else {
        grouping.add(change)
      }
    }
    return grouping.groups.map(\.change).sorted()
  }

  private mutating func add(_ change: CoverageChange) {
    // A rule's name is no key: its findings are each of their own.
    let isFinding = Self.findings.contains(change.kind)
    let key = TextKey(isFinding ? "\(groups.count)\n" : Self.key(of: change.subject))
    if let place = places[key], groups[place].takes(change) {
      groups[place].members.append(change)
      note(change, place)
    } else {
      if places[key] == nil { places[key] = groups.count }
      groups.append(Group(members: [change]))
      note(change, groups.count - 1)
    }
  }

  private mutating func note(_ change: CoverageChange, _ place: Int) {
    let subject = TextKey(change.subject)
    if subjects[subject] == nil { subjects[subject] = place }
  }

  // MARK: Keys

  /// The check without its row, the store or the unit that something is about; else the subject.
  private static func key(of subject: String) -> String {
    let name = subject.hasPrefix("P3/") ? String(subject.dropFirst(3)) : subject
    if name.hasPrefix("P4/") {
      return name.split(separator: "/").prefix(2).joined(separator: "/")
    }
    guard !name.hasPrefix("P2/"), let id = CheckID(name) else { return name }
    if id.folder == "integrity" { return "P4/\(id.stem)" }
    let own = id.withoutRow.description
    guard id.folder == "carried", let end = own.firstIndex(of: ".") else { return own }
    return "functional/" + own[own.index(after: end)...]
  }

  private static let findings: Set<CoverageChange.Kind> = [
    .findingGained, .findingLost, .findingWaived, .findingUnwaived,
  ]

  /// Whether something else may be its cause.
  private static func isDerived(_ change: CoverageChange) -> Bool { depth(change) > 0 }

  private static func depth(_ change: CoverageChange) -> Int {
    switch change.kind {
    case .rung: return 4
    case .level: return 5
    case .setup, .corpus, .wording: return 6
    case .version: return change.before.text == change.after.text ? 6 : 0
    case .altered where !change.about.isEmpty: return 3
    case _ where findings.contains(change.kind): return 3
    default: break
    }
    if change.subject == "P2" || change.subject == "P3" { return 3 }
    if blocker(of: change) != nil { return 2 }
    let isOfOthers = change.subject.hasPrefix("P1/") || change.subject.hasPrefix("P2/")
    return isOfOthers && !change.about.isEmpty ? 1 : 0
  }

  /// The stage that kept it from running, on the side where it did not.
  private static func blocker(of change: CoverageChange) -> Stage? {
    for reason in [change.after.reason, change.before.reason] {
      switch reason?.code {
      case .blocked(let stage, _): return stage
      case .notReached(let stage, _): return stage
      default: continue
      }
    }
    return nil
  }

  // MARK: Causes

  /// The place of the group that it follows from.
  private mutating func cause(of change: CoverageChange) -> Int? {
    let isSum = change.subject == "P2" || change.subject == "P3"
    if !isSum, let place = place(of: change.about, for: change) { return place }
    if let stage = Self.blocker(of: change) {
      let key = "\(stage) \(change.direction)"
      if let known = blocked[key] { return known }
      let place = first(for: change) { Self.isOf(stage, $0) }
      blocked[key] = place
      return place
    }
    switch change.kind {
    case .rung:
      let stages = Self.stages(ofRung: change.subject)
      return first(for: change) { member in stages.contains { Self.isOf($0, member) } }
        ?? first(for: change) { $0.direction == change.direction }
    case .level:
      return first(for: change) { $0.kind == .rung }
        ?? first(for: change) { $0.direction == change.direction }
    case .corpus: return first(for: change) { $0.subject.hasPrefix("P2/") }
    case .setup where change.subject == "suite": return first(for: change) { $0.isOfSuite }
    case .version: return first(for: change) { $0.kind != .setup }
    default: break
    }
    if change.subject == "P2" { return first(for: change) { $0.subject.hasPrefix("P2/") } }
    guard change.subject == "P3" else { return nil }
    return first(for: change) { $0.subject.hasPrefix("P3/") }
      ?? first(for: change) { $0.subject == "policy" || $0.subject.hasPrefix("functional/") }
  }

  private func place(of names: [String], for change: CoverageChange) -> Int? {
    let own = TextKey(Self.key(of: change.subject))
    return names.lazy.flatMap {
      [TextKey(Self.key(of: $0)), TextKey("P2/\($0)"), TextKey("P4/\($0)")]
    }
    .filter { $0 != own }.compactMap { places[$0] }.first { groups[$0].takes(change) }
      ?? names.lazy.compactMap { subjects[TextKey("P2/\($0)")] }.first { groups[$0].takes(change) }
  }

  private func first(
    for change: CoverageChange,
    _ isCause: (CoverageChange) -> Bool
  ) -> Int? {
    groups.indices.first { groups[$0].takes(change) && groups[$0].all.contains(where: isCause) }
  }

  private static func stages(ofRung subject: String) -> [Stage] {
    switch subject.prefix(2) {
    case "L1": [.install]
    case "L2": [.upgrade]
    case "L3": [.backup, .restore, .recover]
    case "L4": [.functional]
    default: []
    }
  }

  /// Whether a change is of a stage: its claim, its checks, a store's part.
  private static func isOf(_ stage: Stage, _ change: CoverageChange) -> Bool {
    if change.subject == "P1/\(stage)" { return true }
    if stage == .functional, change.subject.hasPrefix("P3/") { return true }
    if change.subject.hasPrefix("P4/") {
      return (stage == .upgrade) == change.subject.hasSuffix("/upgrade")
        && [.upgrade, .backup, .restore, .recover].contains(stage)
    }
    guard let id = CheckID(change.subject) else { return false }
    return id.stem == stage.rawValue || stage == .functional && id.folder == "functional"
  }
}

extension CoverageChange {
  fileprivate var isCarried: Bool { subject.hasPrefix("carried/") }

  /// Whether an edit of the suite's files can be all there is to it.
  fileprivate var isOfSuite: Bool {
    switch kind {
    case .version, .setup, .slower, .faster, .expired, .unexpired, .provenance: false
    default: true
    }
  }
}
