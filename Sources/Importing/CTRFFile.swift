package import Evidence
package import Formats

/// The Common Test Report Format, a JSON file (ctrf.io).
package enum CTRFFile {
  static func isOne(_ value: JSONValue) -> Bool {
    value["results"]?["tests"] != nil
  }

  static func read(_ value: JSONValue) throws(ImportError) -> (ImportSummary, [ImportedCase]) {
    guard let results = value["results"], let tests = results["tests"]?.arrayValue else {
      throw ImportError(.foreign("CTRF"), "CTRF: expected a list under results.tests")
    }
    var summary = ImportSummary()
    let written = results["summary"]
    summary.saw(ResultsFile.moment(written?["stop"]))
    for (key, value) in [
      ("tool", results["tool"]?["name"]), ("tool version", results["tool"]?["version"]),
      ("build", results["environment"]?["buildName"]),
    ] {
      if let text = ResultsFile.text(value), !text.isEmpty {
        summary.facts[key] = text.cut(to: 200)
      }
    }
    summary.recipe = results["extra"]?["recipe"]?.stringValue
    var cases: [ImportedCase] = []
    for test in tests {
      let one = self.test(test, &summary)
      summary.add(one)
      cases.append(one)
    }
    for (key, counted) in [
      ("tests", cases.count), ("passed", summary.count(.passed)),
      ("failed", summary.count(.failed)),
    ] {
      guard let number = written?[key]?.intValue, Int(number) != counted else { continue }
      summary.note(.counter(name: key, written: Int(number), counted: counted), "summary")
    }
    return (summary, cases)
  }

  private static func test(_ test: JSONValue, _ summary: inout ImportSummary) -> ImportedCase {
    var one = ImportedCase()
    one.name = (test["name"]?.stringValue ?? "").trimmed
    if let suites = test["suite"]?.arrayValue {
      one.suites = suites.compactMap(\.stringValue)
    } else if let suite = test["suite"]?.stringValue {
      one.suites = [suite]
    }
    one.classname = (test["filePath"]?.stringValue ?? "").trimmed
    let word = ResultsFile.text(test["status"]) ?? ""
    one.result = StatusWord.result(word.trimmed)
    if one.name.isEmpty { summary.note(.nameless, one.suites.last ?? "") }
    let said = [test["message"]?.stringValue, test["trace"]?.stringValue].compactMap { $0 }
    one.detail = said.joined(separator: "\n").trimmed.cut(to: 4 << 10)
    if one.result == .unknown {
      summary.note(.unknownStatus(word), one.name)
      if one.detail.isEmpty { one.detail = "unknown status \"\(word.cut(to: 80))\"" }
    }
    if one.result != .passed { one.results = 1 }
    if let ms = ResultsFile.number(test["duration"]) { one.microseconds = Int(ms * 1_000) }
    let retries = Int(test["retries"]?.intValue ?? 0)
    let isFlaky = test["flaky"]?.boolValue == true
    one.earlierFailures = isFlaky ? max(1, min(retries, 1_000)) : 0
    one.attachments = (test["attachments"]?.arrayValue ?? []).prefix(50)
      .compactMap { $0["path"]?.stringValue?.cut(to: 1 << 10) }
    return one
  }

  // MARK: Writing

  /// A run as CTRF. What could not tell is `other`, and a claim's verdict stands beside its test, so
  /// that a pass on a stand-in is named.
  ///
  /// - Parameter sentence: of a reason, in one line.
  package static func written(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    sentence: (Reason) -> String
  ) -> JSONValue {
    let verdicts = Dictionary(
      coverage.claims.filter { $0.part == .p3 && $0.checks.count == 1 }
        .map { ($0.checks[0], $0.verdict.word.shown) }
    ) { first, _ in first }
    let end = ResultsFile.finished(record)?.seconds ?? 0
    let start = max(0, end - record.microseconds / 1_000_000)
    let tests: [JSONValue] = record.checks.map { check in
      var test: JSONObject = [
        "name": .string(check.id.description), "status": .string(word(check.outcome.word)),
        "duration": .int(Int64(check.microseconds / 1_000)),
        "suite": .string("\(coverage.recipe) \(check.id.folder)/\(check.id.stem)"),
        "extra": [
          "stage": .string(check.stage.rawValue), "outcome": .string(check.outcome.word.rawValue),
          "verdict": verdicts[check.id].map { .string($0) } ?? .null,
        ],
      ]
      if let reason = check.outcome.reason { test["message"] = .string(sentence(reason)) }
      return .object(test)
    }
    func count(_ words: Outcome.Word...) -> JSONValue {
      .int(Int64(record.checks.count { words.contains($0.outcome.word) }))
    }
    return [
      "reportFormat": "CTRF", "specVersion": "0.0.0",
      "results": [
        "tool": ["name": "parity", "version": .string(record.header.toolVersion)],
        "summary": [
          "tests": .int(Int64(tests.count)), "passed": count(.passed), "failed": count(.failed),
          "skipped": count(.skipped), "pending": 0, "other": count(.broken, .notRun),
          "start": .int(Int64(start) * 1_000), "stop": .int(Int64(end) * 1_000),
        ],
        "tests": .array(tests),
        "extra": [
          "recipe": .string(coverage.recipe), "level": .string(coverage.shownLevel),
          "run": .string(record.header.id),
        ],
      ],
    ]
  }

  private static func word(_ outcome: Outcome.Word) -> String {
    switch outcome {
    case .passed: "passed"
    case .failed: "failed"
    case .skipped: "skipped"
    case .broken, .notRun: "other"
    }
  }
}

/// Results in JSON, whichever they are.
package enum JSONResults {
  package static func read(_ bytes: [UInt8]) throws(ImportError) -> (
    format: ImportedSource.Format, summary: ImportSummary, cases: [ImportedCase]
  ) {
    let value: JSONValue
    do {
      value = try JSONParser(depthLimit: 64, sizeLimit: 64 << 20, isLenient: true).parse(bytes)
    } catch {
      throw ImportError(error)
    }
    if CTRFFile.isOne(value) {
      let (summary, cases) = try CTRFFile.read(value)
      return (.ctrf, summary, cases)
    }
    if ResultsFile.isOne(value) {
      let (summary, cases) = try ResultsFile.read(value)
      return (.results, summary, cases)
    }
    let keys = value.objectValue?.keys.prefix(5).map { "\"\($0.cut(to: 40))\"" } ?? []
    let what = keys.isEmpty ? value.kindName : "an object with \(keys.joined(separator: ", "))"
    throw ImportError(
      .foreign("JSON"),
      "JSON, but neither CTRF (results.tests) nor a CI's results.json (recipe, stages): it is \(what)"
    )
  }
}
