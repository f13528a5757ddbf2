package import Evidence
import Formats
package import Suites

/// What the suite waives, on one day or without a day.
package struct Waivers: Sendable {
  private let all: [Waiver]
  private let today: String?

  /// - Parameter today: `YYYY-MM-DD`; nil where no waiver is held against its date.
  package init(_ waivers: [Waiver], today: String?) {
    all = waivers
    self.today = today
  }

  /// The finding with the first waiver in force that takes it.
  package func applied(to finding: Finding) -> Finding {
    guard let waiver = all.first(where: { !isExpired($0) && Self.takes($0, finding) }) else {
      return finding
    }
    var finding = finding
    finding.waived = waiver.why
    finding.waivedUntil = waiver.until
    return finding
  }

  /// What is to be said of the waivers themselves.
  ///
  /// - Parameter seesAll: whether the findings are all that there are: a run that stopped early
  ///   shows of no waiver that it is unused.
  func findings(on findings: [Finding], seesAll: Bool) -> [Finding] {
    all.compactMap { waiver in
      if isExpired(waiver) {
        return Rule.waiverExpired.finding(
          "the waiver of \(Self.name(waiver)) ended on \(waiver.until)",
          at: waiver.place,
          about: [waiver.rule]
        )
      }
      let dependsOnDay = Rule(rawValue: waiver.rule)?.isOfTheDay ?? false
      guard seesAll, !dependsOnDay, !findings.contains(where: { Self.takes(waiver, $0) }) else {
        return nil
      }
      return Rule.waiverUnused.finding(
        "the waiver of \(Self.name(waiver)) matches no finding" + nearest(waiver, findings),
        at: waiver.place,
        about: [waiver.rule]
      )
    }
  }

  /// A date is past on the day after it; a trigger in words never is.
  static func isPast(_ until: String, today: String) -> Bool {
    CalendarDay.isDay(until) && until < today
  }

  private func isExpired(_ waiver: Waiver) -> Bool {
    today.map { Self.isPast(waiver.until, today: $0) } ?? false
  }

  private static func name(_ waiver: Waiver) -> String {
    waiver.rule + (waiver.subject.map { " for \($0)" } ?? "")
  }

  /// A waiver without a subject takes every finding of its rule. A check's name takes all of its
  /// rows, a file's name all of its lines.
  private static func takes(_ waiver: Waiver, _ finding: Finding) -> Bool {
    guard UTF8Order.areEqual(waiver.rule, finding.rule) else { return false }
    guard let subject = waiver.subject else { return true }
    return subjects(of: finding).contains { UTF8Order.areEqual($0, subject) }
  }

  private static func subjects(of finding: Finding) -> [String] {
    let rows = finding.about.compactMap { name in
      name.hasSuffix("]") ? name.firstIndex(of: "[").map { String(name[..<$0]) } : nil
    }
    return finding.about + rows + [finding.place?.file].compactMap { $0 }
  }

  private func nearest(_ waiver: Waiver, _ findings: [Finding]) -> String {
    guard let subject = waiver.subject else { return "" }
    let known = findings.filter { $0.rule == waiver.rule }.flatMap(Self.subjects)
    return NearestName.of(subject, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
  }
}
