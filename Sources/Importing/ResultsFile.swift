package import Evidence
package import Formats

/// What the catalogue's CI records: `results.json`, schema 1 and 2.
package enum ResultsFile {
  /// Names of its stages that are not ours.
  private static let stages: [String: Stage] = [
    "custom": .functional, "functional": .functional, "deploy": .install, "undeploy": .teardown,
  ]

  static func isOne(_ value: JSONValue) -> Bool {
    value["stages"] != nil && (value["recipe"] != nil || value["rungs"] != nil)
  }

  /// - Throws: where it is of a later schema, or its stages are no list.
  static func read(_ value: JSONValue) throws(ImportError) -> (ImportSummary, [ImportedCase]) {
    let schema = value["schema"]?.intValue ?? (value["level_cap_reason"] == nil ? 2 : 1)
    guard (1...2).contains(schema) else {
      throw ImportError(
        .foreign("results.json"),
        "results.json of schema \(schema); 1 and 2 are read"
      )
    }
    guard let stages = value["stages"]?.arrayValue else {
      throw ImportError(.foreign("results.json"), "results.json: expected a list under \"stages\"")
    }
    var summary = ImportSummary()
    summary.recipe = value["recipe"]?.stringValue
    summary.saw(moment(value["finished"]))
    for key in ["version", "pr", "ref", "run_id", "level", "level_cap_reason"] {
      if let own = text(value[key]) { summary.facts[key] = own.cut(to: 400) }
    }
    summary.facts["schema"] = "\(schema)"
    if let word = text(value["lint"]?["status"]) { summary.facts["lint"] = word.cut(to: 80) }
    for (key, rungs) in [
      ("skips.intentional", "intentional"), ("skips.unintentional", "unintentional"),
    ] {
      guard let skips = value["skips"]?[rungs], let all = shown(skips) else { continue }
      summary.facts[key] = all.cut(to: 400)
    }
    var cases: [ImportedCase] = []
    for entry in stages {
      let name = entry["name"]?.stringValue ?? ""
      let stage = Stage(rawValue: name.lowercased()) ?? Self.stages[name.lowercased()]
      if stage == nil { summary.note(.unknownStatus(name), "stage \(name)") }
      let tests = entry["tests"]?.arrayValue ?? []
      for test in tests {
        let one = self.test(test, name, stage ?? .functional, &summary)
        summary.add(one)
        cases.append(one)
      }
      if let stage, let word = text(entry["status"]) {
        summary.stages[stage] = outcome(of: word, stage, tests.isEmpty, value, &summary)
      }
    }
    return (summary, cases)
  }

  private static func test(
    _ test: JSONValue,
    _ stageName: String,
    _ stage: Stage,
    _ summary: inout ImportSummary
  ) -> ImportedCase {
    var one = ImportedCase()
    one.stage = stage
    one.suites = [stageName]
    one.name = (test["name"]?.stringValue ?? "").trimmed
    let word = text(test["status"]) ?? ""
    one.result = StatusWord.result(word.trimmed)
    one.detail = text(test["detail"] ?? test["reason"] ?? test["message"])?.cut(to: 4 << 10) ?? ""
    if one.result != .passed { one.results = 1 }
    if one.name.isEmpty { summary.note(.nameless, stageName) }
    if one.result == .unknown {
      summary.note(.unknownStatus(word), "\(stageName) \(one.name)")
      if one.detail.isEmpty { one.detail = "unknown status \"\(word.cut(to: 80))\"" }
    }
    if let ms = number(test["ms"]) { one.microseconds = Int(ms * 1_000) }
    return one
  }

  private static func outcome(
    of word: String,
    _ stage: Stage,
    _ isEmpty: Bool,
    _ value: JSONValue,
    _ summary: inout ImportSummary
  ) -> Outcome {
    switch StatusWord.result(word.trimmed) {
    // A stage without a test showed nothing.
    case .passed where isEmpty: return .notRun(reason: Reason(.noChecks(in: stage)))
    case .passed: return .passed
    case .failed: return .failed(reason: .told("stage \(stage.rawValue): \(word.cut(to: 80))"))
    case .errored: return .broken(reason: .told("stage \(stage.rawValue): \(word.cut(to: 80))"))
    case .skipped:
      let why = value["skips"]?["intentional"]?[stage.rawValue]?.stringValue
      return .skipped(reason: .told(why?.cut(to: 400) ?? "skipped, and the file does not say why"))
    case .unknown:
      summary.note(.unknownStatus(word), "stage \(stage.rawValue)")
      return .broken(reason: .told("unknown status \"\(word.cut(to: 80))\""))
    }
  }

  // MARK: Values

  static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)?: text
    case .int?, .number?, .bool?: value?.description
    default: nil
    }
  }

  static func number(_ value: JSONValue?) -> Double? {
    let number: Double? =
      switch value {
      case .int(let number)?: Double(number)
      case .number(let text)?: Double(text)
      default: nil
      }
    return number.flatMap { $0.isFinite && $0 >= 0 && $0 < 1e12 ? $0 : nil }
  }

  /// A text, or seconds or milliseconds since 1970.
  static func moment(_ value: JSONValue?) -> UTCTime? {
    if let text = value?.stringValue { return UTCTime(text.trimmed) }
    guard let number = Self.number(value) else {
      // Milliseconds of today have thirteen digits.
      if case .int(let long)? = value, long >= 0, long < 1 << 50 {
        return UTCTime(seconds: Int(long / 1_000))
      }
      return nil
    }
    return UTCTime(seconds: Int(number > 100_000_000_000 ? number / 1_000 : number))
  }

  private static func shown(_ skips: JSONValue) -> String? {
    if let object = skips.objectValue, !object.isEmpty {
      return object.members.map { "\($0.key): \(text($0.value) ?? "")" }.joined(separator: "; ")
    }
    let list = (skips.arrayValue ?? []).compactMap(text)
    return list.isEmpty ? nil : list.joined(separator: ", ")
  }
}

// MARK: Writing

extension ResultsFile {
  /// A run in schema 2.
  ///
  /// A word of that schema is never stronger than the run's: a stand-in's pass says so in its
  /// `customization`, and what could not tell is `error`.
  ///
  /// - Parameter sentence: of a reason, in one line.
  package static func written(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    sentence: (Reason) -> String
  ) -> JSONValue {
    let stages: [JSONValue] = record.stages.filter { $0.outcome.word != .notRun }.map { stage in
      let name = stage.stage == .functional ? "custom" : stage.stage.rawValue
      let tests: [JSONValue] = record.checks.filter { $0.stage == stage.stage }.map { check in
        var test: JSONObject = [
          "name": .string(check.id.description), "status": .string(word(check.outcome.word)),
          "ms": .int(Int64(check.microseconds / 1_000)),
        ]
        if let reason = check.outcome.reason { test["detail"] = .string(sentence(reason)) }
        return .object(test)
      }
      return [
        "name": .string(name), "status": .string(word(stage.outcome.word)), "tests": .array(tests),
      ]
    }
    let head: [(String, JSONValue)] = [
      ("schema", 2), ("recipe", .string(coverage.recipe)),
      ("version", .string(coverage.target.version)), ("pr", .null),
      ("ref", .string(coverage.target.tree)), ("run_id", .string(record.header.id)),
      ("finished", finished(record).map { JSONValue.string($0.description) } ?? .null),
      ("stages", .array(stages)), ("level", .int(Int64(coverage.level))),
    ]
    // What a stand-in showed is said beside it: the schema has no word for it.
    let standin = "shown on a stand-in; it says nothing about the real \(coverage.recipe)"
    let tail: [(String, JSONValue)] = [
      ("flags", flags(record)), ("screenshot", .null), ("summary_card", .null),
      ("customization", coverage.isOnStandin ? .string(standin) : .null),
    ]
    return .object(JSONObject(head + rungs(coverage, sentence) + tail))
  }

  private static func rungs(
    _ coverage: CoverageModel,
    _ sentence: (Reason) -> String
  ) -> [(String, JSONValue)] {
    let states = coverage.rungs.map { ($0.name, JSONValue.string($0.state.rawValue)) }
    let skipped = coverage.rungs.filter { $0.state == .skip }.map { rung in
      (rung.name, JSONValue.string(rung.reason.map(sentence) ?? ""))
    }
    let unknown = coverage.rungs.filter { $0.state == .unver }.map { JSONValue.string($0.name) }
    let lint = coverage.rungs.first { $0.level == 5 }
    let detail = lint?.reason.map { JSONValue.string(sentence($0)) } ?? .null
    return [
      ("rungs", .object(JSONObject(states))),
      (
        "lint",
        [
          "status": .string(lint?.state.rawValue ?? "unver"), "detail": detail,
          "rules_failed": .array([]),
        ]
      ),
      (
        "skips",
        ["intentional": .object(JSONObject(skipped)), "unintentional": .array(unknown)]
      ),
    ]
  }

  /// Whether a secret leaked is not known of a run: null, and no false.
  private static func flags(_ record: RunRecord) -> JSONValue {
    let isClean = record[.teardown]?.outcome.isPassed == true
    return ["clean_teardown": .bool(isClean), "no_secret_leak": .null]
  }

  /// The end of a run; of an imported one what its file says.
  static func finished(_ record: RunRecord) -> UTCTime? {
    if let imported = record.header.imported { return imported.finished.flatMap { UTCTime($0) } }
    return UTCTime(record.header.startedAt).map {
      UTCTime(seconds: $0.seconds + record.microseconds / 1_000_000)
    }
  }

  private static func word(_ outcome: Outcome.Word) -> String {
    switch outcome {
    case .passed: "pass"
    case .failed: "fail"
    case .broken, .notRun: "error"
    case .skipped: "skip"
    }
  }
}
