import Evidence

extension ClaimAudit {
  func lifecycle(_ claim: PageClaim) -> [ClaimRemark] {
    var remarks = claim.tests.flatMap { test($0, claim) } + statusRemarks(claim)
    guard !claim.stages.isEmpty else {
      return remarks + [
        remark(
          .notShown,
          .doubts,
          "none of this tool's stages: look yourself",
          claim.text.cut(to: 40)
        )
      ]
    }
    for stage in claim.stages {
      let id = stage == .functional ? "P3" : "P1/\(stage)"
      guard let known = claims[id] else {
        remarks.append(
          remark(.neverExecuted, .doubts, "\(id): nothing is known of it", stage.rawValue)
        )
        continue
      }
      if claim.status == .skipped {
        if known.verdict.isProven {
          let message =
            "\(stage) is skipped, although \(ground.source) ran it: \(id) is "
            + known.verdict.word.shown
          remarks.append(remark(.skippedAlthoughRun, .refutes, message, claim.word))
        }
        continue
      }
      remarks.append(verdict(known.verdict, id, claim.tests.first?.raw ?? ""))
    }
    return remarks
  }

  func store(_ claim: PageClaim) -> [ClaimRemark] {
    guard let coverage = ground.coverage else {
      return [remark(.neverExecuted, .doubts, "no run is kept", claim.marker ?? "")]
    }
    let stores = coverage.stores.filter { $0.holdsNothing == nil }
    let meant = stores.filter { store in
      guard let name = claim.store else { return true }
      return name == store.name.lowercased() || name == store.kind.rawValue
        || name.hasPrefix(store.kind.rawValue)
    }
    var remarks = statusRemarks(claim)
    guard !meant.isEmpty else {
      let name = claim.store ?? "a store"
      return remarks + [remark(.notShown, .refutes, "\(name): the recipe has no such store", name)]
    }
    for store in meant {
      guard store.marker != nil else {
        remarks.append(
          remark(.storeWithoutMarker, .refutes, "\(store.name) has no marker", claim.marker ?? "")
        )
        continue
      }
      let parts: [(Stage, Verdict)] = [(.upgrade, store.upgrade), (.restore, store.restored)]
      for (stage, own) in parts where claim.stages.contains(stage) {
        remarks.append(verdict(own, "\(store.name) after \(stage)", claim.marker ?? ""))
      }
    }
    for other in stores where !meant.contains(other) && other.marker == nil {
      remarks.append(
        remark(
          .storeUnmentioned,
          .doubts,
          "\(other.name) has no marker, and the page is silent about it"
        )
      )
    }
    return remarks
  }

  func readiness(_ claim: PageClaim) -> [ClaimRemark] {
    guard let gate = ground.coverage?.gate else {
      return [remark(.neverExecuted, .doubts, "no run is kept")]
    }
    var remarks: [ClaimRemark] = []
    let path = claim.requests.first?.path ?? ""
    if gate.path != path {
      remarks.append(
        remark(
          .gateDiffers,
          .refutes,
          "readiness asks \(gate.path ?? "no path"), not \(path)",
          path
        )
      )
    }
    if !claim.statuses.isEmpty, Set(gate.accepts) != Set(claim.statuses) {
      let codes = gate.accepts.map(String.init).joined(separator: ", ")
      remarks.append(remark(.gateDiffers, .refutes, "readiness accepts \(codes)", "HEALTH_OK"))
    }
    guard remarks.isEmpty else { return remarks }
    return claims["P1/install"].map { [verdict($0.verdict, "P1/install", path)] }
      ?? [remark(.neverExecuted, .doubts, "no install is known", path)]
  }

  /// A page of this tool against what it would write now.
  func own(_ claim: PageClaim) -> [ClaimRemark] {
    guard let written = claim.own else { return statusRemarks(claim) }
    guard let now = claims[written.id] else {
      return [
        remark(
          .neverExecuted,
          .refutes,
          "\(written.id) is not claimed by \(ground.source)",
          written.id
        )
      ]
    }
    let word = written.verdict.word
    if word.isPass, now.verdict.word == .provenOnStandin, word == .proven {
      return [remark(.standin, .refutes, "\(written.id) was shown on a stand-in only", word.shown)]
    }
    guard word.isPass else {
      return now.verdict.word == word
        ? []
        : [remark(.notShown, .doubts, "\(written.id) is \(now.verdict.word.shown) now", word.shown)]
    }
    return [verdict(now.verdict, written.id, written.id)]
  }
}

extension Verdict.Word {
  fileprivate var isPass: Bool { [.proven, .provenOnStandin, .vacuous].contains(self) }
}
