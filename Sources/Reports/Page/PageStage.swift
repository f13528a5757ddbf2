import Evidence

/// A row of P1: one claim, and the suite's own checks of its stage.
struct PageStage: TemplateFields {
  private let claim: Claim
  private let overlays: [CheckCoverage]

  static let table = TemplateTable<PageStage>(
    .text("stage", "the stage's name") { String($0.claim.id.dropFirst(3)) },
    .markup("mark", "the verdict as a sign, with its word where it is not proven") {
      Markdown.sign($0.claim.verdict)
    },
    .markup("overlays", "what the suite's own checks of it verify and do, one line each") { page in
      page.overlays.map { check in
        let word = check.outcome.word
        let sign = word == .passed ? "" : "\(word.sign) \(word.shown) "
        let words = sign + Markdown.text(check.about.isEmpty ? check.id.name : check.about)
        // The suite may say more than the check looks at.
        guard let does = check.evidence.derivedSentence else { return words }
        return words + " — " + Markdown.text(ReportText.cut(does, 200))
      }.joined(separator: "<br>")
    }
  )

  static func all(_ coverage: CoverageModel) -> [PageStage] {
    coverage.claims.filter { $0.part == .p1 }.map { claim in
      PageStage(
        claim: claim,
        overlays: coverage.checks.filter {
          $0.kind == .overlay && claim.id == "P1/\($0.stage.rawValue)"
        }
      )
    }
  }

  /// `every service of the recipe runs; …`: what passed wherever it was looked at.
  static func ownChecks(_ coverage: CoverageModel) -> String? {
    let own = coverage.checks.filter { $0.kind == .generic }
    let red = Set(own.filter { !$0.outcome.isPassed }.map(\.about))
    var told: [String] = []
    for check in own where !red.contains(check.about) {
      let words = check.about.hasSuffix(".") ? String(check.about.dropLast()) : check.about
      let sentence = words.prefix(1).lowercased() + words.dropFirst()
      if !told.contains(sentence) { told.append(sentence) }
    }
    return told.isEmpty ? nil : told.joined(separator: "; ")
  }
}
