package import Evidence

extension CoverageModel {
  /// Where the model does not follow from itself, one line each; empty for every model that an audit
  /// makes.
  ///
  /// An edit by hand or a merge of two files that git took for clean shows here also where the page
  /// was rendered again. What only the record of a run can tell is not looked at.
  package var contradictions: [String] { CoverageContradictions(self).all }
}

/// Holds claims, rungs and level against the checks, stores and units that they rest on.
struct CoverageContradictions {
  private let model: CoverageModel
  private let checks: [CheckID: CheckCoverage]
  private let claims: [String: Claim]

  init(_ model: CoverageModel) {
    self.model = model
    checks = Dictionary(model.checks.map { ($0.id, $0) }) { first, _ in first }
    claims = Dictionary(model.claims.map { ($0.id, $0) }) { first, _ in first }
  }

  var all: [String] {
    doubles + provenance + foundations + lifecycle + functional + stores + units + rungs + level
  }

  // MARK: Names

  private var doubles: [String] {
    Self.repeated(model.claims.map(\.id)).map { "the claim \($0) is there twice" }
      + Self.repeated(model.checks.map(\.id.description)).map { "the check \($0) is there twice" }
      + Self.repeated(model.stores.map(\.name)).map { "the store \($0) is there twice" }
  }

  private static func repeated(_ names: [String]) -> [String] {
    var seen: Set<[UInt8]> = []
    return names.filter { !seen.insert(Array($0.utf8)).inserted }
  }

  // MARK: Verdicts

  /// What a stand-in showed is never plainly proven, and nothing else is called so.
  private var provenance: [String] {
    let wrong: Verdict.Word = model.isOnStandin ? .proven : .provenOnStandin
    let why = model.isOnStandin ? "a stand-in ran" : "no stand-in ran"
    return verdicts.filter { $0.verdict.word == wrong }
      .map { "\($0.name) is \(wrong.shown), and \(why)" }
  }

  private var verdicts: [(name: String, verdict: Verdict)] {
    model.claims.map { ($0.id, $0.verdict) }
      + model.stores.flatMap { store in
        [
          ("upgrade of \(store.name)", store.upgrade), ("drop of \(store.name)", store.dropped),
          ("restore of \(store.name)", store.restored),
          ("recovery of \(store.name)", store.recovered), ("result of \(store.name)", store.result),
        ]
      }
  }

  /// A proven claim rests on checks that are there and gave the answer that they should.
  ///
  /// That a marker was dropped rests on a control, whatever came of the check later: see `stores`.
  private var foundations: [String] {
    let drops = Set(model.stores.map { StorePart.dropped.claim(of: $0.name) })
    let claims = model.claims.filter { $0.verdict.isProven && !drops.contains($0.id) }
    return claims.flatMap { claim -> [String] in
      let rests = claim.checks.compactMap { id -> String? in
        guard let check = checks[id] else {
          return "\(claim.id) is proven by \(id), which is not among the checks"
        }
        switch check.outcome.word {
        case .passed, .skipped: return nil
        case .failed, .broken, .notRun:
          return "\(claim.id) is proven by \(id), which \(Self.word(check.outcome.word))"
        }
      }
      let isCarried = claim.checks.contains { checks[$0]?.outcome.isPassed == true }
      return rests.isEmpty && !isCarried && claim.id != "P2"
        ? ["\(claim.id) is proven, and no check that it rests on passed"] : rests
    }
  }

  private static func word(_ word: Outcome.Word) -> String {
    switch word {
    case .passed: "passed"
    case .failed: "failed"
    case .broken: "broke"
    case .skipped: "was skipped"
    case .notRun: "did not run"
    }
  }

  private var lifecycle: [String] {
    (model.dependencies != nil && claims["P1/dependencies"] == nil
      ? ["the claim P1/dependencies is missing"] : [])
      + stages
  }

  private var stages: [String] {
    Stage.allCases.filter { $0 != .functional }.flatMap { stage -> [String] in
      let id = "P1/\(stage)"
      guard let claim = claims[id] else { return ["the claim \(id) is missing"] }
      let own = model.checks.filter {
        $0.stage == stage && ($0.kind == .generic || $0.kind == .overlay)
          && $0.id != .dependencies
      }
      var found: [String] = []
      if claim.verdict.isProven, let left = own.first(where: { !claim.checks.contains($0.id) }) {
        found.append("\(id) does not rest on \(left.id), which is a check of \(stage)")
      }
      if claim.verdict.isProven, !own.contains(where: { $0.kind == .generic }) {
        found.append("\(id) is proven without a generic check")
      }
      if claim.verdict.word != .refuted,
        let failed = own.first(where: { $0.outcome.word == .failed })
      {
        found.append("\(id) is \(claim.verdict.word.shown), and \(failed.id) failed")
      }
      return found
    }
  }

  private var functional: [String] {
    let counted = model.checks.filter { $0.kind == .functional && !$0.isHealth }
    let known = Set(counted.map { "P3/\($0.id)" })
    let strays = model.claims.filter { $0.part == .p3 && $0.id != "P3" && !known.contains($0.id) }
    return strays.map { "the claim \($0.id) is of no functional check" }
      + (claims["P3"] == nil ? ["the claim P3 is missing"] : [])
      + counted.flatMap { check -> [String] in
        let id = "P3/\(check.id)"
        guard let claim = claims[id] else { return ["the claim \(id) is missing"] }
        guard claim.verdict.isProven else {
          return check.outcome.word == .failed && claim.verdict.word != .refuted
            ? ["\(id) is \(claim.verdict.word.shown), and its check failed"] : []
        }
        switch (check.strength, check.control?.result.word) {
        case (.none, _), (.opaque, _), (.ack, _):
          return ["\(id) is proven by evidence of strength \(check.strength)"]
        case (_, .passed?), (_, .broken?):
          return ["\(id) is proven, and its control did not fail"]
        case (.state, nil), (.durable, nil): return ["\(id) is proven without its control"]
        default: return []
        }
      }
      + depth(counted)
  }

  /// The floor counts checks that read back what they did.
  private func depth(_ counted: [CheckCoverage]) -> [String] {
    guard let floor = claims["P3"], floor.verdict.isProven else { return [] }
    return floor.checks.compactMap { id -> String? in
      guard let check = checks[id], claims["P3/\(id)"]?.verdict.isProven == true,
        check.strength >= .state
      else { return "P3 counts \(id), which is not proven with strength state" }
      return nil
    }
  }

  // MARK: Stores

  private var stores: [String] {
    let known = Set(
      model.stores.flatMap { store in StorePart.allCases.map { $0.claim(of: store.name) } }
    )
    return model.stores.flatMap { store -> [String] in
      let verdicts = StorePart.allCases.map { $0.verdict(in: store) }
      var found = StorePart.allCases.compactMap { part -> String? in
        let id = part.claim(of: store.name)
        guard let claim = claims[id] else { return "the claim \(id) is missing" }
        return claim.verdict == part.verdict(in: store)
          ? nil : "\(id) and the store's row say different things of \(part)"
      }
      if StorePart.result(of: store).word != store.result.word {
        found.append("the result of \(store.name) does not follow from its parts")
      }
      if store.holdsNothing != nil, verdicts.contains(where: { $0.word != .notApplicable }) {
        found.append("\(store.name) holds nothing, and is judged")
      }
      if store.marker == nil, verdicts.contains(where: \.isProven) {
        found.append("\(store.name) is proven without a marker")
      }
      let control = checks[.integrity(store.name, "survives_restore")]?.control?.result
      if store.dropped.isProven, control != .failed {
        found.append("the drop of \(store.name) is proven, and its control did not fail")
      }
      if store.restored.isProven, !store.dropped.isProven {
        found.append("the restore of \(store.name) is proven without its control")
      }
      return found
    }
      + model.claims.filter { $0.part == .p4 && !known.contains($0.id) }
      .map { "the claim \($0.id) is of no store" }
  }

  // MARK: Corpus

  private var units: [String] {
    let units = model.corpus.units ?? []
    let known = Set(units.map { "P2/\($0.id)" })
    let strays = model.claims.filter { $0.part == .p2 && $0.id != "P2" && !known.contains($0.id) }
    var found = strays.map { "the claim \($0.id) is of no unit of the corpus" }
    found += units.compactMap { unit in
      guard let claim = claims["P2/\(unit.id)"] else { return "the claim P2/\(unit.id) is missing" }
      return Self.fits(unit.disposition, claim.verdict)
        ? nil : "P2/\(unit.id) is \(claim.verdict.word.shown), and \(unit.disposition.shown)"
    }
    guard let whole = claims["P2"] else { return found + ["the claim P2 is missing"] }
    switch model.corpus.state {
    case .none where whole.verdict.word != .notApplicable,
      .noEntry where whole.verdict.word != .vacuous,
      .noScripts where whole.verdict.word != .vacuous,
      .rootMissing where whole.verdict.word != .unproven,
      .unreadable where ![.unproven, .refuted].contains(whole.verdict.word):
      found.append("P2 is \(whole.verdict.word.shown), which the state of the corpus does not give")
    case .scripts:
      let open = units.first { claims["P2/\($0.id)"]?.verdict.isProven == false }
      let settled: Set<UnitCoverage.Disposition> = [.nonPort]
      if whole.verdict.isProven, let open, !settled.contains(open.disposition) {
        found.append("P2 is proven, and \(open.id) is \(open.disposition.shown)")
      }
      if whole.verdict.isProven, model.corpus.units != nil, units.isEmpty {
        found.append("P2 is proven, and no unit of the corpus is named")
      }
    case .none, .noEntry, .noScripts, .rootMissing, .unreadable: break
    }
    return found
  }

  private static func fits(_ disposition: UnitCoverage.Disposition, _ verdict: Verdict) -> Bool {
    switch disposition {
    case .ported: verdict.isProven
    // Older versions took a person's word for proof.
    case .covered: verdict.word == .declared
    case .failing, .missing: verdict.word == .refuted
    case .drifted, .weaker, .unread, .unshown: verdict.word == .unproven
    case .deferred: verdict.word == .deferred
    case .nonPort: verdict.word == .notApplicable
    }
  }

  // MARK: Rungs

  private var rungs: [String] {
    let made = Audit.lowerRungs(model.claims, model.stores)
    var found: [String] = []
    for rung in made {
      guard let own = model.rungs.first(where: { $0.level == rung.level }) else {
        found.append("the rung L\(rung.level) is missing")
        continue
      }
      if own.state != rung.state {
        found.append(
          "L\(rung.level) \(rung.name) is \(own.state), and its claims make it \(rung.state)"
        )
      }
    }
    let functional = model.rungs.first { $0.level == 4 }
    if functional == nil { found.append("the rung L4 is missing") }
    if functional?.state == .pass {
      if claims["P3"]?.verdict.isProven != true {
        found.append("L4 functional is pass, and P3 is not proven")
      }
      let ill = model.checks.first {
        $0.stage == .functional && [.failed, .broken, .notRun].contains($0.outcome.word)
      }
      if let ill {
        found.append("L4 functional is pass, and \(ill.id) \(Self.word(ill.outcome.word))")
      }
    }
    let silent = model.rungs.first { $0.state != .pass && $0.reason == nil }
    if let silent {
      found.append("L\(silent.level) \(silent.name) is \(silent.state) without a reason")
    }
    return found
  }

  private var level: [String] {
    let made = Audit.level(of: model.rungs.sorted { $0.level < $1.level })
    return made == model.level
      ? [] : ["level \(model.level) stands over rungs that make level \(made)"]
  }
}
