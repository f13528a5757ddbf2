import Evidence

/// What one rule says, at all of its places: equal advice stands once.
struct PageFinding: TemplateFields {
  /// All of one rule, severity and waiver; not empty.
  private let findings: [Finding]
  private var first: Finding { findings[0] }

  static let table = TemplateTable<PageFinding>(
    .text("severity", "error, warning or note") { $0.first.severity.shown },
    .markup("rule", "the rule's id, as code") { Markdown.code($0.first.rule, inTable: false) },
    .list("messages", "what is found, one line each, with its place") { page in
      page.findings.map { finding in
        let place = finding.place.map { " (\(Markdown.code("\($0)", inTable: false)))" } ?? ""
        return PageLine(markup: Markdown.text(finding.sentence) + place)
      }
    },
    .text("advice", "what to do") { $0.first.advice },
    .optionalText("waived", "why it does not count") { $0.first.waived },
    .optionalText("until", "when its waiver ends") { $0.first.waivedUntil }
  )

  static func grouped(_ findings: [Finding]) -> [PageFinding] {
    var groups: [[Finding]] = []
    for finding in findings {
      let group = groups.firstIndex { group in
        group[0].rule == finding.rule && group[0].severity == finding.severity
          && group[0].advice == finding.advice && group[0].waived == finding.waived
          && group[0].waivedUntil == finding.waivedUntil
      }
      if let group { groups[group].append(finding) } else { groups.append([finding]) }
    }
    return groups.map(PageFinding.init)
  }
}
