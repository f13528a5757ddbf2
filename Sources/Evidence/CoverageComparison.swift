import Formats

/// Two coverages of one recipe beside each other.
///
/// Things are paired by their ids, compared by bytes. A check under another id with the same body or
/// the same evidence is the same check.
struct CoverageComparison {
  let before: CoverageModel
  let after: CoverageModel
  let today: String
  private(set) var changes: [CoverageChange] = []
  /// Claims that say what a check would say as well.
  var told = Told()

  /// Checks whose claim was told, by their id on either side.
  struct Told {
    var outcomes: Set<TextKey> = []
    var presence: Set<TextKey> = []
    var units: Set<TextKey> = []
  }

  init(_ before: CoverageModel, _ after: CoverageModel, today: String) {
    self.before = before
    self.after = after
    self.today = today
    let pairs = CheckPairs(before.checks, after.checks)
    compareProvenance()
    compareClaims(pairs)
    compareChecks(pairs)
    compareStores()
    compareUnits()
    compareLadder()
    compareDeferrals()
    compareFindings()
    compareSources()
    if changes.isEmpty { compareWording() }
  }

  typealias State = CoverageChange.State
  typealias Detail = CoverageChange.Detail

  mutating func add(
    _ kind: CoverageChange.Kind,
    _ subject: String,
    _ from: State,
    _ to: State,
    _ details: [Detail] = [],
    formerly formerSubject: String? = nil,
    about: [String] = []
  ) {
    let isRenamed = formerSubject.map { !UTF8Order.areEqual($0, subject) } ?? false
    changes.append(
      CoverageChange(
        kind: kind,
        subject: subject,
        formerSubject: isRenamed ? formerSubject : nil,
        before: from,
        after: to,
        details: details.sorted(by: Detail.precedes),
        about: about
      )
    )
  }

  func old(_ text: String, _ standing: CoverageChange.Standing = .good) -> State {
    State(text: text, standing: standing, isOnStandin: before.isOnStandin)
  }

  func new(_ text: String, _ standing: CoverageChange.Standing = .good) -> State {
    State(text: text, standing: standing, isOnStandin: after.isOnStandin)
  }

  var oldAbsent: State { .absent(isOnStandin: before.isOnStandin) }
  var newAbsent: State { .absent(isOnStandin: after.isOnStandin) }

  /// A recipe that only the newer side has, in one line.
  static func gained(_ coverage: CoverageModel, _ recipe: String) -> CoverageChange {
    let isRefuted = coverage.claims.contains { $0.verdict.word == .refuted }
    let isProven = coverage.claims.contains { $0.verdict.isProven }
    return CoverageChange(
      kind: .recipeGained,
      subject: recipe,
      before: .absent(isOnStandin: coverage.isOnStandin),
      after: State(
        text: "level \(coverage.shownLevel)",
        reason: .told(coverage.verdictSummary),
        standing: isRefuted ? .bad : isProven ? .good : .unknown,
        isOnStandin: coverage.isOnStandin
      )
    )
  }

  // MARK: Provenance

  private mutating func compareProvenance() {
    let services = (Set(before.standins.map(\.service)), Set(after.standins.map(\.service)))
    let texts = (Self.shown(before.standins), Self.shown(after.standins))
    guard texts.0 != texts.1 else { return }
    // Neither of two different stand-ins is better than the other.
    let isLess = services.1.isStrictSuperset(of: services.0)
    let isMore = services.0.isStrictSuperset(of: services.1)
    let proven = (before.claims, after.claims)
    let flipped = Self.provenOnBoth(proven.0, proven.1)
    add(
      .provenance,
      before.recipe,
      old(texts.0, isMore ? .open : .good),
      new(texts.1, isLess ? .open : .good),
      flipped == 0 ? [] : [Detail("claims proven by both", "\(flipped)", "\(flipped)")]
    )
  }

  private static func shown(_ standins: [Standin]) -> String {
    guard !standins.isEmpty else { return "the real app" }
    return "stand-in: "
      + standins.map { standin in
        "\(standin.service): \(standin.what) \(standin.versions.joined(separator: " → "))"
      }.sorted(by: UTF8Order.precedes).joined(separator: "; ")
  }

  private static func provenOnBoth(_ a: [Claim], _ b: [Claim]) -> Int {
    let ids = Set(a.filter(\.verdict.isProven).map { TextKey($0.id) })
    return b.count { $0.verdict.isProven && ids.contains(TextKey($0.id)) }
  }

  // MARK: Claims

  private mutating func compareClaims(_ pairs: CheckPairs) {
    let newIDs = Set(after.claims.map { TextKey($0.id) })
    let claims = Paired(before.claims, after.claims) { claim in
      let own = TextKey(claim.id)
      return newIDs.contains(own) ? own : TextKey(pairs.renamedClaim(claim.id) ?? claim.id)
    } newKey: {
      TextKey($0.id)
    }
    for (a, b) in claims.both where a != b { compare(a, b) }
    for claim in claims.onlyOld {
      let details = Self.details(claim, isNew: false)
      add(.lost, claim.id, state(claim, before), newAbsent, details, about: Self.basis(claim))
      if claim.checks.count == 1 { told.presence.insert(TextKey(claim.checks[0].description)) }
    }
    for claim in claims.onlyNew {
      let kind = CoverageChange.Kind(claim.verdict.word)
      let details = Self.details(claim, isNew: true)
      add(kind, claim.id, oldAbsent, state(claim, after), details, about: Self.basis(claim))
      if claim.checks.count == 1 { told.presence.insert(TextKey(claim.checks[0].description)) }
    }
  }

  private mutating func compare(_ a: Claim, _ b: Claim) {
    let words = (a.verdict.word, b.verdict.word)
    let states = (state(a, before), state(b, after))
    if a.verdict.isProven, b.verdict.isProven {
      // The recipe's own provenance has told it.
      if words.0 != words.1, before.isOnStandin == after.isOnStandin {
        add(.provenance, b.id, states.0, states.1, formerly: a.id)
      }
      return
    }
    if words.0 != words.1 {
      let about = Self.basis(a, b)
      add(CoverageChange.Kind(words.1), b.id, states.0, states.1, formerly: a.id, about: about)
      for claim in [a, b] {
        if claim.checks.count == 1 { told.outcomes.insert(TextKey(claim.checks[0].description)) }
        if claim.part == .p2 { told.units.insert(TextKey(String(claim.id.dropFirst(3)))) }
      }
    } else if let old = a.verdict.until, let new = b.verdict.until, !UTF8Order.areEqual(old, new) {
      let details = [Detail("until", old, new)]
      add(.deferralChanged, b.id, states.0, states.1, details, formerly: a.id)
    }
  }

  /// The checks that claims rest on, by name, each once.
  private static func basis(_ claims: Claim...) -> [String] {
    union(claims.flatMap { $0.checks.map(\.description) }, [])
  }

  private static func details(_ claim: Claim, isNew: Bool) -> [Detail] {
    claim.about.isEmpty
      ? [] : [Detail("about", isNew ? nil : claim.about, isNew ? claim.about : nil)]
  }

  private func state(_ claim: Claim, _ model: CoverageModel) -> State {
    let place = claim.checks.count == 1 ? placeOfCheck(claim.checks[0], model) : nil
    let word = claim.verdict.word
    let standing: CoverageChange.Standing =
      switch word {
      case .proven, .provenOnStandin: .good
      case .refuted: .bad
      case .unproven: .unknown
      case .vacuous, .declared, .deferred, .notApplicable: .open
      }
    return State(
      text: word.shown,
      reason: claim.verdict.reason,
      until: claim.verdict.until,
      standing: standing,
      verdict: word,
      isOnStandin: model.isOnStandin,
      place: place
    )
  }

  private func placeOfCheck(_ id: CheckID, _ model: CoverageModel) -> SourcePlace? {
    model.checks.count > 2_000 ? nil : model[check: id]?.place
  }

  // MARK: The ladder

  private mutating func compareLadder() {
    if before.level != after.level || before.isOnStandin != after.isOnStandin {
      if before.level != after.level {
        let isDown = after.level < before.level
        add(
          .level,
          after.recipe,
          old(shownLevel(before), isDown ? .good : .unknown),
          new(shownLevel(after), isDown ? .unknown : .good)
        )
      }
    }
    let rungs = Paired(before.rungs, after.rungs) { TextKey("L\($0.level) \($0.name)") }
    for (a, b) in rungs.both where a.state != b.state {
      add(.rung, "L\(b.level) \(b.name)", state(a, before), state(b, after))
    }
    for rung in rungs.onlyOld {
      add(.rung, "L\(rung.level) \(rung.name)", state(rung, before), newAbsent)
    }
    for rung in rungs.onlyNew {
      add(.rung, "L\(rung.level) \(rung.name)", oldAbsent, state(rung, after))
    }
  }

  private func shownLevel(_ model: CoverageModel) -> String {
    model.isOnStandin ? "level \(model.level) (stand-in)" : "level \(model.level)"
  }

  private func state(_ rung: RungCoverage, _ model: CoverageModel) -> State {
    let (word, standing): (String, CoverageChange.Standing) =
      switch rung.state {
      case .pass: ("pass", .good)
      case .fail: ("fail", .bad)
      case .unver: ("unverified", .unknown)
      case .skip: ("skip", .open)
      }
    return State(
      text: word,
      reason: rung.reason,
      standing: standing,
      isOnStandin: model.isOnStandin
    )
  }

  // MARK: Times

  /// More than 30 % and more than a second: what two runs of the same differ by is less.
  mutating func compareDurations(_ old: [Stage: Int]?, _ new: [Stage: Int]?) {
    guard let old, let new else { return }
    for stage in Stage.allCases {
      guard let a = old[stage], let b = new[stage], Self.isBeyondNoise(a, b) else { continue }
      let texts = (Self.seconds(a), Self.seconds(b))
      add(b > a ? .slower : .faster, stage.rawValue, self.old(texts.0), self.new(texts.1))
    }
  }

  static func isBeyondNoise(_ a: Int, _ b: Int) -> Bool {
    let (low, high) = (max(0, min(a, b)), max(0, max(a, b)))
    return high - low > 1_000_000 && high * 10 > low * 13
  }

  /// In tenths, rounded.
  private static func seconds(_ microseconds: Int) -> String {
    let tenths = (max(0, microseconds) + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}

/// A text compared and found by its bytes.
struct TextKey: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (a: TextKey, b: TextKey) -> Bool { UTF8Order.areEqual(a.text, b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// The elements of two lists by their keys.
///
/// Of several with one key, the first is paired with the first, in the order of the lists.
struct Paired<Element> {
  var both: [(Element, Element)] = []
  var onlyOld: [Element] = []
  var onlyNew: [Element] = []

  init(
    _ old: [Element],
    _ new: [Element],
    key: (Element) -> TextKey,
    newKey: ((Element) -> TextKey)? = nil
  ) {
    var places: [TextKey: [Int]] = [:]
    places.reserveCapacity(new.count)
    for index in new.indices.reversed() {
      places[newKey?(new[index]) ?? key(new[index]), default: []].append(index)
    }
    var isTaken = [Bool](repeating: false, count: new.count)
    for element in old {
      if let place = places[key(element)]?.popLast() {
        isTaken[place] = true
        both.append((element, new[place]))
      } else {
        onlyOld.append(element)
      }
    }
    for index in new.indices where !isTaken[index] { onlyNew.append(new[index]) }
  }
}
