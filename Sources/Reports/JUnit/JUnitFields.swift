import Evidence
import XMLDocuments

/// What `junit/begin` and `junit/end` may ask for: nothing, since readers refuse attributes there.
struct JUnitDocument: TemplateFields {
  static let table = TemplateTable<JUnitDocument>()
}

/// What `junit/suite-begin` and `junit/suite-end` may ask for.
struct JUnitSuite: TemplateFields {
  let name: String
  let package: String
  let id: Int
  let hostname: String
  let timestamp: String
  let suite: JUnitPlan.Suite
  let properties: [NamedText]
  let account: String

  static let table = TemplateTable<JUnitSuite>(
    .text("name", "the suite's name, with [stand-in] where it applies") { $0.name },
    .text("package", "the recipe") { $0.package },
    .number("id", "from 0") { $0.id },
    .text("hostname", "the machine that ran it") { $0.hostname },
    .text("timestamp", "the run's start in UTC, without a zone") { $0.timestamp },
    .number("tests", "the number of cases") { $0.suite.tests },
    .number("failures", "how many failed") { $0.suite.failures },
    .number("errors", "how many could not tell") { $0.suite.errors },
    .number("skipped", "how many were skipped") { $0.suite.skipped },
    .text("time", "seconds, three decimals") { Words.seconds($0.suite.microseconds) },
    .list("properties", "what holds for all cases of all suites; of the first suite only") {
      $0.properties
    },
    .markup("account", "what happened, in a few lines") {
      XMLText.escaped($0.account, as: .content)
    }
  )
}

/// What `junit/cases` may ask for.
struct JUnitCases: TemplateFields {
  let cases: [JUnitCase]

  static let table = TemplateTable<JUnitCases>(
    .list("cases", "some of a suite's cases") { $0.cases }
  )
}

struct JUnitCase: TemplateFields {
  var name: String
  var classname: String
  var microseconds: Int
  var result: JUnitResult
  /// Our own word: `failed`, `refuted`, `broken`, `notRun`.
  var type: String
  var message: String
  var text: String
  /// Attributes, with a blank before each.
  var place = ""
  /// Whether the text of a skipped case is its output.
  var isSplit = false

  static let table = TemplateTable<JUnitCase>(
    .text("name", "the check's or the claim's name") { $0.name },
    .text("classname", "<recipe>.<folder>.<stem>, with stand-in behind the recipe where one ran") {
      $0.classname
    },
    .text("time", "seconds, three decimals") { Words.seconds($0.microseconds) },
    .flag("failure", "whether an answer did not satisfy") { $0.result == .failure },
    .flag("error", "whether the run cannot tell") { $0.result == .error },
    .flag("isSkipped", "whether it was skipped") { $0.result == .skipped },
    .flag("passed", "whether it passed") { $0.result == .passed },
    .text("type", "the outcome's or the verdict's own word") { $0.type },
    .text("message", "the reason, in one line") { $0.message },
    .markup("text", "the evidence") { XMLText.escaped($0.text, as: .content) },
    .markup("place", "attributes file and line, where the flavour has them, a blank before each") {
      $0.place
    },
    .flag("isSplit", "whether the flavour has what a skipped case says in its output") {
      $0.isSplit
    }
  )
}

extension JUnitCase {
  mutating func take(_ name: String, _ outcome: Outcome) {
    self.name = name
    type = outcome.word.rawValue
    message = outcome.reason.map { "\(outcome.word.shown): \($0.cause)" } ?? ""
  }

  mutating func take(_ name: String, _ verdict: Verdict) {
    self.name = name
    type = verdict.word.rawValue
    let until = verdict.until.map { " (until \($0))" } ?? ""
    // JUnit has one word for what is put off, does not apply, or is only declared.
    let cause = verdict.reason?.cause ?? ""
    message = verdict.isProven ? cause : "\(verdict.word.shown): \(cause)\(until)"
  }

  /// A name that no reader loses: one line, not empty, not too long.
  static func filled(_ name: String) -> String {
    let line = ReportText.line(XMLText.cut(name, to: 1_000))
    return line.utf8.allSatisfy { $0 == UInt8(ascii: " ") } ? "(no name)" : line
  }
}

extension JUnitPlan {
  /// Bytes of a message, of one case's evidence, and of a suite's account.
  private static let limits = (message: 1_000, text: 16_384, account: 16_384)

  func fields(of suite: Suite, id: Int) -> JUnitSuite {
    let standin = coverage.isOnStandin ? " [stand-in]" : ""
    return JUnitSuite(
      name: JUnitCase.filled("\(coverage.recipe) \(suite.path)\(standin)"),
      package: coverage.recipe,
      id: id,
      hostname: record.header.host.isEmpty ? "localhost" : record.header.host,
      timestamp: Timestamp.withoutZone(record.header.startedAt),
      suite: suite,
      properties: id == 0 ? properties : [],
      account: account(of: suite, isFirst: id == 0)
    )
  }

  private var properties: [NamedText] {
    var all = [("driver", coverage.driver)]
    if let base = coverage.base { all.append(("base", base.version)) }
    all += [
      ("target", coverage.target.version), ("level", coverage.shownLevel),
      ("corpus", coverage.corpus.state.shown), ("run", record.header.id),
      ("parity", record.header.toolVersion),
    ]
    all += record.circumstances.map { ($0.name.replacing(" ", with: "."), $0.value) }
    all += coverage.standins.map { ("stand-in.\($0.service)", $0.shown) }
    return all.map { NamedText(name: $0, value: $1) }
  }

  private func account(of suite: Suite, isFirst: Bool) -> String {
    var text = coverage.isOnStandin && isFirst ? "\(coverage.shownOn)\n" : ""
    if let stage = Stage.allCases.first(where: { suite.path == "generic/\($0.rawValue)" }),
      let readiness = record[stage]?.readiness
    {
      text += ReportText.readiness(readiness) + "\n"
    }
    for (index, entry) in suite.entries.enumerated() {
      if text.utf8.count > Self.limits.account {
        text += "… and \(suite.entries.count - index) more\n"
        break
      }
      let one = testCase(entry, in: suite)
      let said = one.message.isEmpty ? one.type : one.message
      text += "\(one.name) (\(Words.duration(one.microseconds))): \(said)\n"
    }
    if suite.path == "parity" {
      let findings =
        coverage.findings.filter { !$0.isWaived } + coverage.findings.filter(\.isWaived)
      for finding in findings { text += ReportText.finding(finding) + "\n" }
    }
    return XMLText.cut(text, to: Self.limits.account)
  }

  func testCase(_ entry: Entry, in suite: Suite) -> JUnitCase {
    var one = JUnitCase(
      name: "",
      classname: suite.classname,
      microseconds: microseconds(of: entry),
      result: result(of: entry),
      type: "",
      message: "",
      text: ""
    )
    switch entry {
    case .check(let place):
      let check = coverage.checks[place]
      one.take(check.id.name, index.outcome(at: place))
      if one.result == .failure, flaky[check.id] != nil { one.type = "flaky" }
      if one.result != .passed { one.text = ReportText.check(at: place, index) }
    case .operation(let stage, let place):
      guard let operation = record[stage]?.operations[place] else { break }
      let twins = record[stage]?.operations[..<place].count { $0.name == operation.name } ?? 0
      one.take(
        "operation \(operation.name)" + (twins > 0 ? " (\(twins + 1))" : ""),
        operation.outcome
      )
      one.text = ReportText.lines(operation.outcome.reason?.furtherDetails ?? [])
      one.text += ReportText.operation(operation)
    case .readiness(let stage):
      guard let readiness = record[stage]?.readiness else { break }
      let word: Outcome.Word = one.result == .error ? .broken : .failed
      let reason = record[stage]?.outcome.reason ?? .told(ReportText.readiness(readiness))
      one.take("readiness", Outcome(word, reason: reason))
      one.text = ReportText.readiness(readiness)
    case .stage(let stage):
      guard let stage = record[stage] else { break }
      one.take("stage \(stage.stage.rawValue)", stage.outcome)
      one.text = ReportText.lines(stage.outcome.reason?.furtherDetails ?? [])
    case .claim(let index):
      let claim = coverage.claims[index]
      one.take(claim.id, claim.verdict)
      one.classname = "\(suite.classname).\(claim.part.rawValue)"
      one.text = text(of: claim)
    case .store(let index):
      let store = coverage.stores[index]
      one.take("P4/\(store.name)", store.result)
      one.classname = "\(suite.classname).P4"
      one.text = ReportText.store(store)
    case .finding(let index):
      let finding = coverage.findings[index]
      let twins = coverage.findings[..<index].count { $0.rule == finding.rule }
      one.name = finding.rule + (twins > 0 ? " (\(twins + 1))" : "")
      one.classname = "\(suite.classname).findings"
      one.type = finding.severity.rawValue
      one.message = finding.sentence
      one.text = "\(ReportText.finding(finding))\n\(finding.advice)\n"
    case .end:
      one.take("run", .broken(reason: Reason(.stopped(record.end, failures: nil, detail: nil))))
    }
    one.name = JUnitCase.filled(one.name)
    one.message = XMLText.cut(ReportText.line(one.message), to: Self.limits.message)
    // Some readers show the message only, others the text only.
    if one.result != .passed {
      one.text = XMLText.cut("\(one.message)\n\(one.text)", to: Self.limits.text)
    }
    return one
  }

  /// What is to be said of a claim below its verdict.
  private func text(of claim: Claim) -> String {
    var lines = [coverage.statement(of: claim)]
    if claim.id == "P2" { lines.append(coverage.corpus.sentences) }
    lines += claim.checks.map { "rests on \($0)" }
    if let unit = claim.unit.flatMap({ units[$0] }) {
      lines.append(unit.disposition.shown)
      for (title, details) in unit.details {
        lines += ["\(title):"] + details.map { "  \(ReportText.line($0))" }
      }
    }
    return ReportText.lines(lines)
  }
}
