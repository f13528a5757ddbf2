import XMLDocuments

/// Who reads JUnit XML, as far as it is known what they do with it.
package enum JUnitConsumer: String, CaseIterable, Sendable {
  case jenkins, xunit, gitlab, dorny, enricomi, mikepenz, buildkite, circleci
  /// The schema of Ant's JUnitReport, which no known reader applies: looked at only where it is asked for.
  case ant

  package static let usual = allCases.filter { $0 != .ant }

  package var shown: String {
    switch self {
    case .jenkins: "Jenkins' junit-plugin"
    case .xunit: "Jenkins' xunit-plugin"
    case .gitlab: "GitLab"
    case .dorny: "dorny/test-reporter"
    case .enricomi: "EnricoMi/publish-unit-test-result-action"
    case .mikepenz: "mikepenz/action-junit-report"
    case .buildkite: "Buildkite"
    case .circleci: "CircleCI"
    case .ant: "Ant's schema"
    }
  }
}

/// What a reader makes of a place in a file.
package struct JUnitLoss: Hashable, Sendable {
  package enum Rule: String, CaseIterable, Sendable {
    case caseFile = "case-file"
    case caseOutput = "case-output"
    case caseProperties = "case-properties"
    case counter = "counter"
    case fileTooLarge = "file-too-large"
    case flaky = "flaky"
    case namelessCase = "nameless-case"
    case namelessSuite = "nameless-suite"
    case nestedSuite = "nested-suite"
    case noClassname = "no-classname"
    case noFile = "no-file"
    case onlyMessage = "only-message"
    case rootAttribute = "root-attribute"
    case sameName = "same-name"
    case severalResults = "several-results"
    case skippedTwice = "skipped-twice"
    case suiteWithoutCase = "suite-without-case"
    case textTooLong = "text-too-long"
    case time = "time"
    case timeTooFine = "time-too-fine"
    case timestampZone = "timestamp-zone"
  }

  /// How bad it is for the reader that it is about, the worst last.
  package enum Effect: Int, Comparable, Sendable {
    /// Something is not shown.
    case hides
    /// A result is dropped, or counted as another.
    case loses
    /// The whole file is.
    case refuses

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  package var rule: Rule
  package var effects: [JUnitConsumer: Effect]
  /// From 1; 0 where it is about the whole file.
  package var line: Int
  package var column: Int
  /// What the message is about: a name, another line, a value.
  package var detail: String
}

/// Reads a JUnit file as its readers do, and tells what each of them loses, misreads or refuses.
///
/// What is known of them stands in `docs/junit.md`. Keeps a hash of each case's name and nothing else of it.
package final class JUnitLint {
  package private(set) var losses: [JUnitLoss] = []
  package private(set) var cases = 0
  private let consumers: Set<JUnitConsumer>
  private var bytes = 0
  private var reader: XMLEventReader?
  private var depth = 0
  private var suites: [OpenSuite] = []
  private var current: OpenCase?
  private var verdict: (message: String?, text: Int, hasText: Bool, name: String)?
  private var textLength = 0
  /// The lines that names were first seen in, by what GitLab tells cases apart by.
  private var names: [Int: Int] = [:]
  private var hasNoFile = (count: 0, line: 0, column: 1)
  private var line = 0
  private var column = 1

  private struct OpenSuite {
    var name: String
    var line: Int
    var column: Int
    var written: [String: Int]
    var counted: [String: Int] = [:]
    var hasCase = false
    var isRoot = false
    /// Whether it stands in another suite.
    var isInner = false
  }

  private struct OpenCase {
    var line: Int
    var column: Int
    var subject: String
    var results: [String] = []
  }

  package init(_ consumers: Set<JUnitConsumer>, name: String? = nil) throws(ImportError) {
    self.consumers = consumers
    do {
      reader = try XMLEventReader(name: name) { [unowned self] in try handle($0) }
    } catch {
      throw ImportError(error)
    }
  }

  /// - Throws: `ImportError` where the file is no JUnit XML, which every reader refuses.
  package func feed(_ piece: [UInt8]) throws {
    bytes += piece.count
    do { try reader?.feed(piece) } catch let error as XMLError { throw ImportError(error) }
  }

  package func finish() throws {
    do { try reader?.finish() } catch let error as XMLError { throw ImportError(error) }
    (line, column) = (0, 1)
    // A limit that its documentation names for one report.
    if bytes > 30_000_000 { note(.fileTooLarge, [.gitlab: .refuses], "\(bytes)") }
    if hasNoFile.count > 0 {
      (line, column) = (hasNoFile.line, hasNoFile.column)
      note(.noFile, [.buildkite: .hides, .circleci: .hides], "\(hasNoFile.count)")
    }
    // In the order of the file, and what is about all of it last.
    losses.sort {
      ($0.line == 0 ? Int.max : $0.line, $0.column) < ($1.line == 0 ? Int.max : $1.line, $1.column)
    }
  }

  private func note(
    _ rule: JUnitLoss.Rule,
    _ effects: [JUnitConsumer: JUnitLoss.Effect],
    _ detail: String = ""
  ) {
    let asked = effects.filter { consumers.contains($0.key) }
    guard !asked.isEmpty else { return }
    losses.append(
      JUnitLoss(rule: rule, effects: asked, line: line, column: column, detail: detail.cut(to: 120))
    )
  }

  private func handle(_ event: XMLEvent) throws {
    switch event {
    case .begin(let name, let attributes, let line, let column):
      depth += 1
      (self.line, self.column) = (line, column)
      textLength = 0
      if depth == 1, name != "testsuites", name != "testsuite" {
        throw ImportError(ForeignFile.xml(root: name), line: line, column: 1)
      }
      let values = Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first }
      begin(name, values)
    case .text(let piece):
      // libxml2 refuses longer texts unless it is told otherwise, and these do not tell it.
      let isShort = textLength <= 10_000_000
      textLength += piece.utf8.count
      if isShort, textLength > 10_000_000 {
        note(.textTooLong, [.gitlab: .refuses, .enricomi: .refuses])
      }
      verdict?.text += piece.utf8.count
      if verdict?.hasText == false, !piece.trimmed.isEmpty { verdict?.hasText = true }
    case .end(let name):
      end(name)
      depth -= 1
    }
  }
}

extension JUnitLoss {
  /// What stands there, for whom it is something.
  package var message: String {
    switch rule {
    case .caseFile: "a case with an attribute file: \(detail)"
    case .caseOutput: "\(detail) in a case"
    case .caseProperties: "properties in a case"
    case .counter: "counters are believed: \(detail) counted"
    case .fileTooLarge: "\(detail) bytes; the limit is 30 MB"
    case .flaky: "\(detail): earlier attempts are not shown"
    case .namelessCase: "a case without a name"
    case .namelessSuite: "a suite without a name"
    case .nestedSuite: "a case of a suite in a suite: \(detail)"
    case .noClassname: "a case without a classname: \(detail)"
    case .noFile: "\(detail) cases without an attribute file, from here on"
    case .onlyMessage: "a message without a text: \(detail)"
    case .rootAttribute: "testsuites with an attribute \(detail)"
    case .sameName: "the classname and the name of line \(detail)"
    case .severalResults: "several results of one case: \(detail)"
    case .skippedTwice: "skipped with a message and a text: one of them is shown"
    case .suiteWithoutCase: "a suite without a case of its own: \(detail)"
    case .textTooLong: "a text of over 10 MB"
    case .time: "no time that a machine reads: \(detail)"
    case .timeTooFine: "a time with more than three decimals, or with an exponent: \(detail)"
    case .timestampZone: "a timestamp with a zone: \(detail)"
    }
  }
}

// MARK: - Elements

extension JUnitLint {
  private func begin(_ name: String, _ values: [String: String]) {
    switch name {
    case "testsuites": beginRoot(values)
    case "testsuite": beginSuite(values)
    case "testcase" where current == nil: beginCase(values)
    case "failure", "error", "skipped":
      current?.results.append(name)
      if current != nil { verdict = (values["message"], 0, false, name) }
    case "flakyFailure", "flakyError", "rerunFailure", "rerunError":
      // An attempt that failed and did not count: others do not know the element.
      note(.flaky, [.ant: .refuses, .gitlab: .hides, .dorny: .hides, .enricomi: .hides], name)
    case "properties" where current != nil:
      note(.caseProperties, [.xunit: .refuses, .ant: .refuses])
    case "system-out" where current != nil, "system-err" where current != nil:
      note(.caseOutput, [.ant: .refuses], name)
    default: break
    }
  }

  private func beginRoot(_ values: [String: String]) {
    suites.append(OpenSuite(name: "", line: line, column: column, written: [:], isRoot: true))
    if !values.isEmpty { note(.rootAttribute, [.ant: .refuses], values.keys.min() ?? "") }
    if values["skipped"] != nil { note(.rootAttribute, [.xunit: .refuses], "skipped") }
  }

  private func beginSuite(_ values: [String: String]) {
    let name = (values["name"] ?? "").trimmed
    if values["name"] == nil {
      note(.namelessSuite, [.xunit: .refuses, .ant: .refuses, .dorny: .refuses])
    }
    var written: [String: Int] = [:]
    for counter in ["tests", "failures", "errors", "skipped"] {
      written[counter] = values[counter].flatMap { Int($0.trimmed) }
    }
    look(at: values["time"])
    if let stamp = values["timestamp"]?.trimmed,
      stamp.hasSuffix("Z") || stamp.dropFirst(19).contains("+")
    {
      note(.timestampZone, [.ant: .refuses], stamp)
    }
    var suite = OpenSuite(name: name, line: line, column: column, written: written)
    suite.isInner = suites.contains { !$0.isRoot }
    suites.append(suite)
  }

  private func beginCase(_ values: [String: String]) {
    cases += 1
    let name = (values["name"] ?? "").trimmed
    let classname = (values["classname"] ?? "").trimmed
    let subject = [classname, name].filter { !$0.isEmpty }.joined(separator: " ")
    current = OpenCase(line: line, column: column, subject: subject)
    if values["name"] == nil {
      note(.namelessCase, [.xunit: .refuses, .ant: .refuses, .dorny: .refuses, .mikepenz: .hides])
    }
    if classname.isEmpty {
      note(
        .noClassname,
        [.ant: .refuses, .jenkins: .hides, .buildkite: .hides, .circleci: .hides],
        name
      )
    }
    if values["file"] != nil {
      note(.caseFile, [.xunit: .refuses, .ant: .refuses], subject)
    } else {
      if hasNoFile.count == 0 { (hasNoFile.line, hasNoFile.column) = (line, column) }
      hasNoFile.count += 1
    }
    look(at: values["time"])
    var hasher = Hasher()
    hasher.combine(classname)
    hasher.combine(name)
    let key = hasher.finalize()
    if let first = names[key] {
      // The latter counts them as runs of one test.
      note(.sameName, [.gitlab: .loses, .enricomi: .loses], "\(first)")
    } else {
      names[key] = line
    }
    if let last = suites.indices.last {
      suites[last].hasCase = true
      if suites[last].isInner { note(.nestedSuite, [.dorny: .loses, .ant: .refuses], subject) }
    }
    count("tests")
  }

  private func count(_ counter: String) {
    for index in suites.indices { suites[index].counted[counter, default: 0] += 1 }
  }

  private func look(at time: String?) {
    guard let time = time?.trimmed, !time.isEmpty else { return }
    guard JUnitTime.microseconds(time) != nil, Double(time) != nil else {
      let effects: [JUnitConsumer: JUnitLoss.Effect] = [
        .ant: .refuses, .dorny: .hides, .enricomi: .hides, .mikepenz: .hides, .gitlab: .hides,
      ]
      note(.time, effects, time)
      return
    }
    let decimals = time.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
    if time.lowercased().contains("e") || (decimals?.utf8.count ?? 0) > 3 {
      note(.timeTooFine, [.xunit: .refuses], time)
    }
  }

  private func end(_ name: String) {
    if let verdict, verdict.name == name, current != nil {
      endVerdict(verdict)
      self.verdict = nil
    }
    switch name {
    case "testcase":
      guard let one = current else { return }
      current = nil
      (line, column) = (one.line, one.column)
      let counters = ["error": "errors", "failure": "failures", "skipped": "skipped"]
      // The worst of several, as most readers have it.
      guard let worst = counters.keys.sorted().first(where: one.results.contains) else { return }
      count(counters[worst] ?? "")
      if one.results.count > 1 {
        // What is skipped, too, is no failure there.
        let isHidden = worst != "skipped" && one.results.contains("skipped")
        let effects: [JUnitConsumer: JUnitLoss.Effect] = [
          .ant: .refuses, .jenkins: .hides, .gitlab: .hides, .dorny: .hides, .enricomi: .hides,
          .mikepenz: isHidden ? .loses : .hides,
        ]
        note(.severalResults, effects, one.results.joined(separator: ", "))
      }
    case "testsuite", "testsuites":
      if let suite = suites.popLast(), !suite.isRoot { endSuite(suite) }
    default: break
    }
  }

  private func endVerdict(_ verdict: (message: String?, text: Int, hasText: Bool, name: String)) {
    let hasMessage = !(verdict.message ?? "").trimmed.isEmpty
    if verdict.name == "skipped" {
      if hasMessage, verdict.hasText { note(.skippedTwice, [.jenkins: .hides]) }
    } else if hasMessage, !verdict.hasText {
      note(.onlyMessage, [.gitlab: .hides], (verdict.message ?? "").trimmed)
    }
  }

  private func endSuite(_ suite: OpenSuite) {
    (line, column) = (suite.line, suite.column)
    if !suite.hasCase { note(.suiteWithoutCase, [.jenkins: .hides], suite.name) }
    // Counters of inner suites are not looked at.
    guard !suite.isInner else { return }
    for counter in ["tests", "failures", "errors", "skipped"] {
      let (written, counted) = (suite.written[counter], suite.counted[counter] ?? 0)
      if (written ?? 0) != counted {
        let said = written.map { "\(counter)=\"\($0)\"" } ?? "no \(counter)"
        note(.counter, [.enricomi: .loses], "\(said) over \(counted)")
      }
    }
  }
}
