package import Evidence
import Formats

/// A report in a format of one's own: a template `text/NAME.mustache` becomes the file NAME.
///
/// Values are plain words of one line; what the format must quote, it cannot hold.
package struct OwnText: PiecewiseReport {
  private let coverage: CoverageModel
  private let name: String
  private let templates: TemplateSet

  package init(_ coverage: CoverageModel, name: String, templates: TemplateSet) {
    self.coverage = coverage
    self.name = name
    self.templates = templates
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    try body(templates.renderer(.text).render(name, OwnTextFields(coverage: coverage)))
  }
}

struct OwnTextFields: TemplateFields {
  let coverage: CoverageModel

  static let table = TemplateTable<OwnTextFields>(
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .text("driver", "what put it up") { $0.coverage.driver },
    .text("versions", "base and target") { $0.coverage.shownVersions },
    .number("level", "0 to 5") { $0.coverage.level },
    .flag("isOnStandin", "whether a stand-in showed it") { $0.coverage.isOnStandin },
    .text("summary", "how many claims have which verdict") { $0.coverage.verdictSummary },
    .list("rungs", "L1 to L5") { fields in
      fields.coverage.rungs.map { HTMLRung(rung: $0, isOnStandin: fields.coverage.isOnStandin) }
    },
    .list("claims", "by part, in the order of the run") { fields in
      fields.coverage.claims.map { claim in
        OwnTextRow(
          id: claim.id,
          part: claim.part.rawValue,
          about: fields.coverage.statement(of: claim),
          mark: HTMLMark(claim.verdict.word),
          reason: claim.verdict.reason?.cause,
          place: claim.checks.lazy.compactMap { fields.coverage[check: $0]?.place }.first
        )
      }
    },
    .list("checks", "in the order of the run") { fields in
      fields.coverage.checks.map { check in
        OwnTextRow(
          id: "\(check.id)",
          part: check.stage.rawValue,
          about: check.about,
          mark: HTMLMark(check.outcome.word, isOnStandin: fields.coverage.isOnStandin),
          reason: check.outcome.reason?.cause,
          place: check.place
        )
      }
    },
    .list("findings", "those that count, errors first") { fields in
      fields.coverage.findings.filter { !$0.isWaived }.map { finding in
        OwnTextRow(
          id: finding.rule,
          part: finding.severity.rawValue,
          about: finding.sentence,
          mark: HTMLMark(finding.severity),
          place: finding.place
        )
      }
    }
  )
}

/// A claim, a check or a finding.
struct OwnTextRow: TemplateFields {
  let id: String
  let part: String
  let about: String
  let mark: HTMLMark
  var reason: String?
  var place: SourcePlace?

  static let table = TemplateTable<OwnTextRow>(
    .text("id", "of a claim or a check; a finding's rule") { $0.id },
    .text("part", "of a claim P1 to P4, of a check its stage, of a finding its severity") {
      $0.part
    },
    .text("about", "what it says, in a sentence") { $0.about },
    .object("mark", "its verdict, outcome or severity") { $0.mark },
    .optionalText("reason", "why, where it is not proven or did not pass") { $0.reason },
    .optionalText("place", "where the suite or the recipe has it") {
      $0.place.map { "\($0.file):\($0.line)" }
    }
  )
}
