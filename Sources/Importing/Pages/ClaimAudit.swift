package import Evidence

/// What a page's claims are compared with.
package struct ClaimGround: Sendable {
  /// Of the last run; nil where none is known.
  package var coverage: CoverageModel?
  /// What the last run is: `run 2026…`, or the committed coverage.
  package var source: String
  /// How suite and recipe are other than the run had them; empty where they are the same.
  package var changes: [String]
  /// Every check of the suite, with the file that it is written in, below the suite's folder.
  package var checks: [(id: CheckID, file: String)]
  /// Files of the suite, sorted.
  package var files: [String]
  /// Functions that stand in scripts of the suite, by file.
  package var functions: [String: Set<String>]
  /// Checks by the units of the corpus that they stand for.
  package var ports: [String: [CheckID]]
  /// What the corpus is, read now.
  package var corpus: CorpusCoverage

  package init(
    coverage: CoverageModel?,
    source: String,
    changes: [String],
    checks: [(id: CheckID, file: String)],
    files: [String],
    functions: [String: Set<String>] = [:],
    ports: [String: [CheckID]],
    corpus: CorpusCoverage
  ) {
    self.coverage = coverage
    self.source = source
    self.changes = changes
    self.checks = checks
    self.files = files
    self.functions = functions
    self.ports = ports
    self.corpus = corpus
  }
}

/// Holds each claim of a page against the tree and the last run. A pure function.
package struct ClaimAudit {
  let ground: ClaimGround
  let sentence: @Sendable (Reason) -> String
  private let coverage: [CheckID: CheckCoverage]
  let claims: [String: Claim]

  /// - Parameter sentence: of a reason, in one line.
  package init(_ ground: ClaimGround, sentence: @escaping @Sendable (Reason) -> String) {
    self.ground = ground
    self.sentence = sentence
    coverage = Dictionary(
      (ground.coverage?.checks ?? []).map { ($0.id, $0) }
    ) { first, _ in first }
    claims = Dictionary(
      (ground.coverage?.claims ?? []).map { ($0.id, $0) }
    ) { first, _ in first }
  }

  package func judge(_ page: ImportedPage) -> [JudgedClaim] {
    page.claims.map { claim in
      var remarks = self.remarks(of: claim)
      // What was shown on other files shows nothing of these.
      let isShown = remarks.contains { $0.weight == .supports || $0.weight == .standin }
      if isShown, let change = ground.changes.first, claim.kind != .vacuous {
        remarks.append(ClaimRemark(code: .older, weight: .doubts, message: change, mark: ""))
      }
      return JudgedClaim(claim: claim, remarks: remarks)
    }
  }

  private func remarks(of claim: PageClaim) -> [ClaimRemark] {
    switch claim.kind {
    case .port: port(claim)
    case .nonPort: nonPort(claim)
    case .test: claim.tests.flatMap { test($0, claim) } + statusRemarks(claim)
    case .lifecycle: lifecycle(claim)
    case .store: store(claim)
    case .vacuous: vacuous()
    case .deferral: plans(claim)
    case .readiness: readiness(claim)
    case .own: own(claim)
    }
  }

  // MARK: Tests

  func remark(
    _ code: ClaimRemark.Code,
    _ weight: ClaimRemark.Weight,
    _ message: String,
    _ mark: String = ""
  ) -> ClaimRemark { ClaimRemark(code: code, weight: weight, message: message, mark: mark) }

  func statusRemarks(_ claim: PageClaim) -> [ClaimRemark] {
    guard claim.status == .unknown else { return [] }
    let word = claim.word.isEmpty ? "no status" : "unknown status \"\(claim.word.cut(to: 60))\""
    return [remark(.statusUnknown, .doubts, "\(word): nothing is claimed by it", claim.word)]
  }

  /// What became of a test that a page names.
  func test(_ reference: PageReference, _ claim: PageClaim) -> [ClaimRemark] {
    let found = TestSearch(ground).find(reference)
    var remarks: [ClaimRemark] = []
    switch found.place {
    case .missing:
      return [
        remark(.pathMissing, .refutes, "\(reference.raw): no such file or check", reference.raw)
      ]
    case .moved(let file):
      remarks.append(
        remark(
          .pathMoved,
          .supports,
          "\(reference.path ?? reference.raw) is now \(file)",
          reference.raw
        )
      )
    case .there: break
    }
    if found.checks.isEmpty {
      if let function = reference.function, let file = found.file,
        ground.functions[file]?.contains(function) == true
      {
        return [remark(.neverExecuted, .doubts, "\(function) of \(file) never ran", function)]
      }
      let what = reference.function.map { "\($0) is not in \(found.file ?? reference.raw)" }
      return remarks.filter { $0.code != .pathMoved } + [
        what.map { remark(.functionAbsent, .refutes, $0, reference.function ?? "") }
          ?? remark(.neverExecuted, .doubts, "\(reference.raw) has no check", reference.raw)
      ]
    }
    for id in found.checks { remarks += shown(id, claim, reference.raw) }
    // A path that moved says nothing for the claim by itself.
    return remarks
  }

  private func shown(_ id: CheckID, _ claim: PageClaim, _ mark: String) -> [ClaimRemark] {
    guard ground.coverage != nil else {
      return [remark(.neverExecuted, .doubts, "\(id): no run is kept", mark)]
    }
    guard let check = coverage[id] else {
      return [remark(.neverExecuted, .doubts, "\(id) was not in \(ground.source)", mark)]
    }
    switch check.outcome {
    case .failed(let reason):
      return [remark(.red, .refutes, "\(id) failed: \(sentence(reason))", mark)]
    case .broken(let reason):
      return [remark(.notShown, .doubts, "\(id) broke: \(sentence(reason))", mark)]
    case .notRun(let reason):
      return [remark(.neverExecuted, .doubts, "\(id) did not run: \(sentence(reason))", mark)]
    case .skipped(let reason):
      return [remark(.skipped, .doubts, "\(id) was skipped: \(sentence(reason))", mark)]
    case .passed: break
    }
    let gaps = weaker(check, claim).map { remark(.weaker, .doubts, "\(id): \($0)", mark) }
    if let own = claims["P3/\(id)"] { return gaps + [verdict(own.verdict, "\(id)", mark)] }
    if check.strength == .opaque || check.strength == .none {
      return gaps + [remark(.weaker, .doubts, "\(id) passed; what it checked is unknown", mark)]
    }
    let isStandin = ground.coverage?.isOnStandin == true
    return gaps + [
      remark(
        isStandin ? .standin : .shown,
        isStandin ? .standin : .supports,
        "\(id) passed, strength \(check.strength.rawValue)"
          + (isStandin ? ", on a stand-in only" : ""),
        mark
      )
    ]
  }

  /// What a claim says and the check did not do.
  private func weaker(_ check: CheckCoverage, _ claim: PageClaim) -> [String] {
    let acts = check.evidence.map(\.act)
    var gaps: [String] = []
    for request in claim.requests {
      let wanted = [request.method, request.path].compactMap { $0 }.joined(separator: " ")
      // `{id}` of a page is whatever stands there.
      let stem = request.path.prefix { $0 != "{" && $0 != "<" && $0 != "?" }
      guard
        !acts.contains(where: { act in
          (request.method.map { act.hasPrefix($0 + " ") } ?? true) && act.contains(stem)
        }), !acts.isEmpty
      else { continue }
      gaps.append("the page says \(wanted), which it did not ask")
    }
    let saysReadBack = PageText.has(
      "read back",
      "reads back",
      "read it back",
      "readback",
      "roundtrip",
      "round trip",
      "query it back",
      in: claim.text
    )
    if saysReadBack, check.strength < .state, check.strength != .opaque {
      gaps.append(
        "the page says that data are read back; its strength is \(check.strength.rawValue)"
      )
    }
    return gaps
  }

  func verdict(_ verdict: Verdict, _ subject: String, _ mark: String) -> ClaimRemark {
    let reason = verdict.reason.map { ": \(sentence($0))" } ?? ""
    return switch verdict {
    case .proven: remark(.shown, .supports, "\(subject) is proven", mark)
    case .provenOnStandin:
      remark(.standin, .standin, "\(subject) is proven on a stand-in only\(reason)", mark)
    case .refuted: remark(.red, .refutes, "\(subject) is refuted\(reason)", mark)
    case .unproven: remark(.notShown, .doubts, "\(subject) is unproven\(reason)", mark)
    case .vacuous: remark(.shown, .supports, "\(subject) is vacuous\(reason)", mark)
    case .declared:
      remark(.personsWord, .doubts, "\(subject) rests on a person's word\(reason)", mark)
    case .deferred: remark(.notShown, .doubts, "\(subject) is deferred\(reason)", mark)
    case .notApplicable: remark(.notShown, .doubts, "\(subject) does not apply\(reason)", mark)
    }
  }

  // MARK: Ports

  private func port(_ claim: PageClaim) -> [ClaimRemark] {
    var remarks = original(claim)
    let own = ports(of: claim)
    switch claim.status {
    case .claimed, .unknown:
      remarks += claim.tests.flatMap { test($0, claim) } + statusRemarks(claim)
      let named = claim.tests.flatMap { TestSearch(ground).find($0).checks }
      if claim.status == .claimed, ground.corpus.state == .scripts, !named.isEmpty,
        Set(own).isDisjoint(with: named)
      {
        let script = claim.original?.baseName ?? ""
        remarks.append(
          remark(
            .notAPort,
            .doubts,
            "\(named[0]) does not say that it ports \(script): add it under `ports:`",
            claim.tests.first?.raw ?? ""
          )
        )
      }
    case .deferred, .skipped, .planned, .failing:
      if let port = own.first, claim.status != .failing {
        remarks.append(
          remark(
            .deferredAlthoughPorted,
            .refutes,
            "\(claim.status.rawValue), although \(port) is its port",
            claim.word
          )
        )
      }
    }
    return remarks + plans(claim)
  }

  private func nonPort(_ claim: PageClaim) -> [ClaimRemark] {
    original(claim)
      + ports(of: claim).prefix(1).map {
        remark(
          .deferredAlthoughPorted,
          .refutes,
          "not ported, although \($0) is its port",
          claim.original?.raw ?? ""
        )
      }
  }

  private func ports(of claim: PageClaim) -> [CheckID] {
    guard let name = claim.original?.baseName else { return [] }
    return ground.ports.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .filter { unit, _ in
        let path = unit.firstRange(of: "::").map { String(unit[..<$0.lowerBound]) } ?? unit
        return path == name || path.hasSuffix("/\(name)")
      }.flatMap(\.value)
  }

  private func original(_ claim: PageClaim) -> [ClaimRemark] {
    guard let original = claim.original else { return [] }
    switch ground.corpus.state {
    case .scripts, .noScripts, .noEntry:
      let name = original.baseName
      let isThere = ground.corpus.scripts.contains { $0 == name || $0.hasSuffix("/\(name)") }
      return isThere
        ? []
        : [remark(.originalUnknown, .doubts, "the corpus has no \(name)", original.raw)]
    case .none, .rootMissing, .unreadable:
      return [
        remark(
          .originalUnknown,
          .doubts,
          "\(original.baseName) cannot be looked up: no corpus",
          original.raw
        )
      ]
    }
  }

  private func plans(_ claim: PageClaim) -> [ClaimRemark] {
    claim.planned.map { plan in
      let found = TestSearch(ground).find(plan)
      return found.checks.isEmpty
        ? remark(.planned, .doubts, "\(plan.raw) is planned and not there", plan.raw)
        : remark(.landed, .refutes, "\(plan.raw) is there already: \(found.checks[0])", plan.raw)
    }
  }

  private func vacuous() -> [ClaimRemark] {
    switch ground.corpus.state {
    case .noEntry, .noScripts:
      [
        remark(
          .corpus,
          .supports,
          "\(ground.corpus.root) was read and has no scripts for this recipe"
        )
      ]
    case .scripts:
      [
        remark(
          .corpus,
          .refutes,
          "the corpus has \(ground.corpus.scripts.count) scripts for this recipe: "
            + ground.corpus.scripts.prefix(3).joined(separator: ", ")
        )
      ]
    case .none: [remark(.corpus, .doubts, "the project says that it has no corpus")]
    case .rootMissing, .unreadable:
      [remark(.corpus, .doubts, "the corpus could not be read: whether it has scripts is unknown")]
    }
  }
}
