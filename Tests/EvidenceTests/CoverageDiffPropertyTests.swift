import Evidence
import SeededGenerators
import Testing

/// What holds for every pair of coverages.
@Suite struct CoverageDiffPropertyTests {
  static func diff(_ a: CoverageModel, _ b: CoverageModel) -> [CoverageChange] {
    let diff = RecipeDiff(recipe: "demo", from: .init(a), to: .init(b), today: "2026-01-01")
    return diff.allChanges.map { change in
      var change = change
      change.consequences = []
      return change
    }.sorted()
  }

  private static func pair(_ seed: Int) -> (CoverageModel, CoverageModel) {
    var random = RandomCoverage(seed: UInt64(seed))
    let a = random.model()
    return (a, seed % 2 == 0 ? random.model() : random.changed(a))
  }

  @Test("a coverage differs from itself in nothing", arguments: Seeds.upTo(200))
  func itself(_ seed: Int) {
    var random = RandomCoverage(seed: UInt64(seed))
    let a = random.model()
    #expect(Self.diff(a, a).isEmpty)
    #expect(Self.diff(a, random.shuffled(a)).isEmpty)
  }

  @Test("mirrored is inverted", arguments: Seeds.upTo(400))
  func mirrored(_ seed: Int) {
    let (a, b) = Self.pair(seed)
    #expect(Self.diff(b, a) == Self.diff(a, b).map(\.inverted).sorted())
  }

  @Test("the order of lists has no say", arguments: Seeds.upTo(200))
  func order(_ seed: Int) {
    let (a, b) = Self.pair(seed)
    var random = RandomCoverage(seed: UInt64(seed) + 1_000_000)
    #expect(Self.diff(a, b) == Self.diff(random.shuffled(a), random.shuffled(b)))
  }

  @Test("no verdict that got worse is called an improvement", arguments: Seeds.upTo(400))
  func worse(_ seed: Int) {
    let (a, b) = Self.pair(seed)
    let changes = Self.diff(a, b)
    for change in changes where change.direction == .progress {
      #expect(change.after.standing >= change.before.standing || change.kind == .findingLost)
      #expect(!change.after.isOnStandin || change.before.isOnStandin || change.kind == .findingLost)
      #expect(change.inverted.direction == .regression)
      #expect(change.kind != .provenance)
    }
    for old in a.claims {
      let ranks: [Verdict.Word: Int] = [
        .refuted: 0, .unproven: 1, .deferred: 2, .declared: 2, .vacuous: 2, .notApplicable: 2,
        .proven: 3,
        .provenOnStandin: 3,
      ]
      guard let new = b.claims.first(where: { TextID($0.id) == TextID(old.id) }) else { continue }
      guard let x = ranks[old.verdict.word], let y = ranks[new.verdict.word], y < x else {
        continue
      }
      #expect(
        changes.contains { $0.subject == new.id && $0.direction == .regression },
        "\(old.id): \(old.verdict.word) became \(new.verdict.word)"
      )
    }
  }

  @Test("what differs is never told as nothing", arguments: Seeds.upTo(300))
  func never(_ seed: Int) {
    var random = RandomCoverage(seed: UInt64(seed))
    let a = random.model()
    var b = a
    switch seed % 11 {
    case 0: b.notes = (a.notes ?? "") + "x"
    case 1: b.suiteTree += "x"
    case 2: b.gate.within += 1
    case 3: b.corpus.recipes += 1
    case 4: b.target.tree += "x"
    case 5: b.corpus.isSample.toggle()
    case 6: if !b.checks.isEmpty { b.checks[0].about += "x" }
    case 7: if !b.claims.isEmpty { b.claims[0].about += "x" }
    case 8: b.policy.functionalChecks += 1
    case 9:
      if !b.checks.isEmpty {
        b.checks[0].evidence.append(EvidenceStep(act: "x", assertions: []))
      }
    default: if !b.findings.isEmpty { b.findings[0].advice += "x" }
    }
    #expect(Self.diff(a, b).isEmpty == (a == b))
  }

  @Test func tenThousandChangesAreAllThereAndInOrder() {
    var random = RandomCoverage(seed: 7)
    var a = random.model()
    a.standins = []
    a.claims = (0..<10_000).map {
      let id = CheckID(folder: "functional", stem: "many", name: "test_\($0)")
      return Claim(id: "P3/\(id)", part: .p3, verdict: .proven, checks: [id])
    }
    var b = a
    for index in b.claims.indices {
      b.claims[index].verdict = .refuted(reason: Reason(.interrupted))
    }
    let changes = Self.diff(a, b)
    #expect(changes.count == 10_000)
    #expect(changes.allSatisfy { $0.kind == .newlyRefuted && $0.direction == .regression })
    #expect(changes == changes.sorted())
    #expect(Self.diff(b, a).allSatisfy { $0.kind == .newlyProven && $0.direction == .progress })
  }

  private struct TextID: Hashable {
    var bytes: [UInt8]
    init(_ text: String) { bytes = Array(text.utf8) }
  }
}
