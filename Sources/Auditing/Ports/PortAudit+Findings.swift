import Corpus
package import Evidence
import Suites

extension PortAudit {
  /// What is said of a corpus that cannot be read.
  private var corpusFindings: [Finding] {
    guard !isKnown, corpus.state != .none else { return [] }
    let because = Reason(.corpus(corpus.state))
    let message = "the corpus of \(suite.recipe) is not known"
    return [Rule.corpusUnreachable.finding(message, because: because)]
  }

  /// Whether the corpus was read well enough to say what is not in it.
  private var isKnown: Bool {
    switch corpus.state {
    case .none, .rootMissing, .unreadable: false
    case .noEntry, .noScripts, .scripts: true
    }
  }

  /// What the rules say of the corpus, its units and links.
  package func findings(_ judged: [Judged]) -> [Finding] {
    corpusFindings + judged.flatMap(findings) + declarationFindings() + orphanFindings()
  }

  private func findings(_ judged: Judged) -> [Finding] {
    let unit = judged.unit
    let place = place(of: unit)
    var result: [Finding] = []
    func add(_ rule: Rule, _ words: String, because: Reason? = nil) {
      let about = [unit.id, unit.script]
      result.append(
        rule.finding("\(unit.id) \(words)", because: because, at: place, about: about)
      )
    }
    switch unit.disposition {
    case .missing: add(.portMissing, "has no port")
    case .drifted:
      let changes = Reason(.originalChanged(changes: unit.changes))
      add(.portDrifted, "changed since it was pinned", because: changes)
    case .weaker:
      add(.portWeaker, "looks at more than its port", because: Reason(.portGaps(unit.weaker)))
    case .unread:
      add(.portUnread, "is not known in full", because: Reason(.portUnread(unit.unread)))
    case .unshown where record != nil:
      add(.portUnshown, "is not shown", because: judged.claim.verdict.reason)
    case .ported, .failing, .unshown, .covered, .deferred, .nonPort: break
    }
    let isHeld = ![.missing, .deferred, .nonPort].contains(unit.disposition)
    if isHeld, !unit.isPinned { add(.portUnpinned, "is not pinned") }
    return result
  }

  /// Where the suite's first link to a unit stands.
  private func place(of unit: UnitCoverage) -> SourcePlace? {
    guard let first = unit.checks.first else { return nil }
    return suite.checks.first { $0.id == first }?.place
  }

  /// What is put off or left out although a check stands for it.
  private func declarationFindings() -> [Finding] {
    zip(held.units, index.entries).flatMap { unit, entry -> [Finding] in
      guard entry.isLinked else { return [] }
      let port =
        entry.ports.first.map { "\($0)" } ?? entry.covered.first?.checks.first.map { "\($0)" } ?? ""
      func finding(_ what: String, _ place: SourcePlace) -> Finding {
        let message = "\(unit.id) is \(what) although \(port) stands for it"
        return Rule.deferralHasPort.finding(message, at: place, about: [unit.id, unit.script])
      }
      return entry.deferred.map { finding("deferred (\($0.entry.what))", $0.place) }
        + entry.notPorted.map { finding("left out", $0.place) }
    }
  }

  /// Names that mean nothing.
  private func orphanFindings() -> [Finding] {
    guard isKnown else { return [] }
    return index.orphans.map { orphan in
      let nearest =
        orphan.nearest.map {
          orphan.isRenamed ? "; the same script is now \($0)" : "; did you mean \($0)?"
        } ?? ""
      return Rule.portOrphaned.finding(
        "\(orphan.link.name) is no unit of \(corpus.path)\(nearest)",
        at: orphan.link.place,
        about: [orphan.link.name]
      )
    }
  }
}
