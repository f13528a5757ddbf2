/// What speaks for or against one claim.
package struct ClaimRemark: Hashable, Sendable {
  package enum Weight: Int, Comparable, Sendable {
    /// For it.
    case supports
    /// For it, on a program that stands for the real app.
    case standin
    /// Neither: the claim cannot be believed.
    case doubts
    /// Against it.
    case refutes

    package static func < (a: Weight, b: Weight) -> Bool { a.rawValue < b.rawValue }
  }

  package enum Code: String, CaseIterable, Sendable {
    case pathMissing, pathMoved, functionAbsent, neverExecuted, skipped, red, weaker, standin, shown
    case older, storeWithoutMarker, storeUnmentioned, deferredAlthoughPorted, skippedAlthoughRun
    case originalUnknown, notAPort, corpus, gateDiffers, statusUnknown, planned, landed, notShown
    case personsWord
  }

  package var code: Code
  package var weight: Weight
  package var message: String
  /// What of the page's line it is about, as it is written there; empty for all of it.
  package var mark: String
}

/// A claim with its judgement.
package struct JudgedClaim: Sendable {
  package enum Word: String, CaseIterable, Sendable {
    case holds, standin, unproven, refuted, stated

    package var shown: String {
      switch self {
      case .holds: "holds"
      case .standin: "holds (stand-in)"
      case .unproven: "unproven"
      case .refuted: "refuted"
      case .stated: "stated"
      }
    }
  }

  package var claim: PageClaim
  package var remarks: [ClaimRemark]

  /// A page that says that something is put off claims nothing; the rest is what its worst remark says.
  package var word: Word {
    if claim.status == .failing, !remarks.contains(where: { $0.weight == .refutes }) {
      return .stated
    }
    guard let worst = remarks.map(\.weight).max() else {
      return claim.status == .claimed ? .unproven : .stated
    }
    return switch worst {
    case .refutes: .refuted
    case .doubts: claim.status == .claimed || claim.status == .unknown ? .unproven : .stated
    case .standin: .standin
    case .supports: .holds
    }
  }
}
