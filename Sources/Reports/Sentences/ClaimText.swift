package import Evidence

extension CoverageModel {
  /// What a claim says: the suite's or the older script's words, else the tool's.
  package func statement(of claim: Claim) -> String {
    if !claim.about.isEmpty { return claim.about }
    switch claim.part {
    case .p1 where claim.id == "P1/dependencies":
      return "Every recipe that this one needs was up."
    case .p1: return Stage.allCases.first { claim.id == "P1/\($0)" }?.statement ?? claim.id
    case .p2: return "Every older test has a check that covers it."
    case .p3:
      guard claim.id != "P3" else {
        return "At least \(Words.count(policy.functionalChecks, "functional check")) read back "
          + "their own data."
      }
      return claim.checks.first.map { "\($0.name) passes." } ?? claim.id
    case .p4:
      for store in stores {
        switch claim.id {
        case "P4/\(store.name)/upgrade": return "The data in \(store.name) survive the upgrade."
        case "P4/\(store.name)/dropped":
          return "The marker in \(store.name) is gone before the restore."
        case "P4/\(store.name)/restored":
          return "The data in \(store.name) come back from the backup."
        case "P4/\(store.name)/recovered":
          return "The data in \(store.name) come back after everything was lost."
        default: continue
        }
      }
      return claim.id
    }
  }
}

extension Claim {
  /// The unit of the corpus that it is about; nil for any other claim.
  var unit: String? { part == .p2 && id.hasPrefix("P2/") ? String(id.dropFirst(3)) : nil }
}

extension Stage {
  fileprivate var statement: String {
    switch self {
    case .install: "The recipe installs and becomes ready."
    case .upgrade: "The recipe upgrades from base to target, and the target is what runs."
    case .backup: "The backup has a file for every path that the recipe declares."
    case .restore: "The restore succeeds, and the app is ready after it."
    case .recover: "After everything was lost, a new deployment comes back from the backup."
    case .functional: "The app does what it is for."
    case .teardown: "Teardown leaves nothing behind."
    }
  }
}

extension GateCoverage {
  /// What is asked: `GET /api/health`, `TCP db:5432`.
  var asked: String {
    [port.map { "TCP \($0)" }, path.map { "GET \($0)" }].compactMap { $0 }.joined(separator: ", ")
  }

  /// What counts as ready: `200 with clickhouse = ok, postgres = ok`.
  var accepted: String {
    guard path != nil else { return "a connection" }
    let codes = accepts.map(String.init).joined(separator: ", ")
    let keys = requires.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
    return keys.isEmpty ? codes : "\(codes) with \(keys)"
  }
}

extension CorpusCoverage {
  /// `commit 1b0f6c2e9a7d, tree 0a1b2c3d4e5f`: what was read, shortened; nil where it is not known.
  var hashes: String? {
    let parts = [
      commit.map { "commit \($0.prefix(12))" }, tree.map { "tree \($0.prefix(12))" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// What was looked at and what was found there, with the proof of it, in plain sentences.
  package var sentences: String {
    let why = detail.map { ": \($0)" } ?? ""
    let size = [Words.count(recipes, "recipe"), hashes].compactMap { $0 }.joined(separator: ", ")
    let read = "\(root) was read (\(size))"
    let found =
      switch state {
      case .none: "This project has no corpus\(why)."
      case .rootMissing where root.isEmpty: "Older tests are unknown\(why)."
      case .rootMissing: "Older tests are unknown: \(root) \(detail ?? "does not exist") (\(path))."
      case .unreadable: "Older tests are unknown: \(path) could not be read in full\(why)."
      case .noEntry: "There are no older tests: \(read), and has no \(path)."
      case .noScripts: "There are no older tests: \(read), and \(path) holds no scripts."
      case .scripts:
        "\(path) holds \(Words.count(scripts.count, "script")); \(read)."
          + (unitSummary.map { " Of \(Words.count(units?.count ?? 0, "older test")): \($0)." } ?? "")
      }
    return isSample && state != .none
      ? found + " This corpus is only this project's sample: it says nothing about tests elsewhere."
      : found
  }

  /// Units by what became of them: `3 ported, 1 missing`; nil where there are none.
  var unitSummary: String? {
    guard let units, !units.isEmpty else { return nil }
    return UnitCoverage.Disposition.allCases.compactMap { disposition -> String? in
      let count = units.count { $0.disposition == disposition }
      return count == 0 ? nil : "\(count) \(disposition.shown)"
    }.joined(separator: "; ")
  }

  /// Units by their ids; of two with the same id the first.
  var unitsByID: [String: UnitCoverage] {
    Dictionary((units ?? []).map { ($0.id, $0) }) { first, _ in first }
  }
}

extension CorpusCoverage.State {
  var shown: String {
    switch self {
    case .none: "the project has no corpus"
    case .rootMissing: "the corpus is missing"
    case .noEntry: "the corpus has no entry for this recipe"
    case .noScripts: "the corpus has no scripts for this recipe"
    case .unreadable: "the corpus could not be read in full"
    case .scripts: "the corpus has scripts for this recipe"
    }
  }
}

extension UnitCoverage {
  /// What is to be told beside its verdict: what it looks at, and what of it is not shown.
  var details: [(title: String, lines: [String])] {
    [
      ("covered, on a person's word", why.map { [$0] } ?? []),
      ("changed since it was pinned", changes),
      ("not checked by its ports", weaker.map(\.sentence)),
      ("not known", unread.map(\.sentence)), ("the original", facts),
    ].filter { !$0.1.isEmpty }
  }
}
