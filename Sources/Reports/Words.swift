package import Evidence

/// A word with one character beside it, and a tone. Each switch is exhaustive, so that a new case does
/// not compile before it has its word.
protocol Marked {
  var mark: HTMLMark { get }
}

extension Marked {
  var shown: String { mark.word }
  /// Beside the word and never in its place.
  var sign: String { mark.sign }
  var tone: Tone { mark.tone }
}

extension Outcome.Word: Marked {
  var mark: HTMLMark {
    switch self {
    case .passed: HTMLMark(.good, "✓", "passed")
    case .failed: HTMLMark(.bad, "✗", "failed")
    case .broken: HTMLMark(.warning, "!", "broken")
    case .skipped: HTMLMark(.quiet, "–", "skipped")
    case .notRun: HTMLMark(.quiet, "·", "not run")
    }
  }

  package var shown: String { mark.word }

  /// Whether something went wrong in it, and not before it.
  var isRed: Bool { self == .failed || self == .broken }
}

extension Verdict.Word: Marked {
  var mark: HTMLMark {
    switch self {
    case .proven: HTMLMark(.good, "✓", shown)
    case .provenOnStandin: HTMLMark(.standin, "◇", shown)
    case .refuted: HTMLMark(.bad, "✗", shown)
    case .unproven: HTMLMark(.warning, "?", shown)
    case .vacuous: HTMLMark(.quiet, "∅", shown)
    case .declared: HTMLMark(.quiet, "✎", shown)
    case .deferred: HTMLMark(.quiet, "⏳", shown)
    case .notApplicable: HTMLMark(.quiet, "–", shown)
    }
  }
}

extension RungCoverage.State: Marked {
  var mark: HTMLMark {
    switch self {
    case .pass: HTMLMark(.good, "✓", "pass")
    case .fail: HTMLMark(.bad, "✗", "fail")
    case .unver: HTMLMark(.warning, "?", "unverified")
    case .skip: HTMLMark(.quiet, "–", "skip")
    }
  }
}

extension Finding.Severity: Marked {
  var mark: HTMLMark {
    switch self {
    case .error: HTMLMark(.bad, "✗", rawValue)
    case .warning: HTMLMark(.warning, "!", rawValue)
    case .note: HTMLMark(.quiet, "·", rawValue)
    }
  }
}

/// What a colour may underline; the words say it too.
enum Tone: String, CaseIterable, Sendable {
  case good, standin, bad, warning, quiet

  /// The foreground colour's code of ECMA-48.
  var code: String {
    switch self {
    case .good: "32"
    case .standin: "35"
    case .bad: "31"
    case .warning: "33"
    case .quiet: "2"
    }
  }
}

extension Strength {
  package var shown: String { rawValue }

  var meaning: String {
    switch self {
    case .none: "asserts nothing"
    case .ack: "a status or exit code only"
    case .content: "what came back was looked at"
    case .state: "a fresh value was sent and read back another way"
    case .durable: "state that survived a restore, with its controls seen"
    case .opaque: "a script that does not say what it looks at"
    }
  }
}

extension CheckKind {
  package var shown: String { rawValue }
}

extension StoreFacts.Kind {
  package var shown: String {
    switch self {
    case .postgres: "PostgreSQL"
    case .clickhouse: "ClickHouse"
    case .mysql: "MariaDB or MySQL"
    case .database: "database"
    case .volume: "volume"
    case .mount: "mount without a volume"
    }
  }
}

extension ClaimPart {
  var title: String {
    switch self {
    case .p1: "Lifecycle"
    case .p2: "Parity port"
    case .p3: "Recipe-specific functional tests"
    case .p4: "Backup data-integrity"
    }
  }
}

extension ControlRecord.Kind {
  package var shown: String { rawValue }
}

extension ControlCoverage {
  /// What the control showed, in a sentence's words.
  package var shown: String {
    switch (kind, result) {
    case (.decoy, .failed): "failed for a value that was never sent, as it must"
    case (.dropped, .failed): "failed once the marker was dropped, as it must"
    case (.decoy, .passed): "passed for a value that was never sent: the check cannot tell"
    case (.sibling, .failed): "failed for a page that does not exist, as it must"
    case (.sibling, .passed): "passed for a page that does not exist: the check cannot tell"
    case (.dropped, .passed): "passed although the marker was dropped: the check cannot tell"
    case (.nowhere, .failed): "failed where nothing answers, as it must"
    case (.nowhere, .passed): "passed where nothing answers: the check cannot tell"
    case (.later, .failed): "failed for what was sent after the backup, as it must"
    case (.later, .passed): "passed for what was sent after the backup: no store keeps it"
    case (_, .broken(let reason)): "got no answer: \(reason.cause)"
    case (_, .notPossible(let reason)): "not possible: \(reason.cause)"
    }
  }

  var tone: Tone {
    switch result.word {
    case .failed: .quiet
    case .passed: .bad
    case .broken, .notPossible: .warning
    }
  }
}

extension CoverageModel {
  /// `3.0.0+v2.0.0 → 3.0.1+v2.0.0`.
  var shownVersions: String { (base.map { "\($0.version) → " } ?? "") + target.version }

  /// What the level stands for.
  var levelName: String {
    let reached = rungs.first { $0.level == level }.map { "up to \($0.name)" }
    return ([reached ?? "no rung is reached"] + [rungRemark].compactMap(\.self))
      .joined(separator: "; ")
  }

  /// Rungs below the level that nothing was shown of, by name.
  var skippedRungs: [String] {
    rungs.filter { $0.state == .skip && $0.level < level }.map(\.name)
  }

  /// What is missing from the level, and what ends the ladder: `upgrade skipped, backup, restore and
  /// recover unverified`; nil where nothing is. What failed is told as refuted.
  var rungRemark: String? {
    let end = rungs.first {
      $0.level > level && $0.level < 5 && [.fail, .unver].contains($0.state)
    }
    let parts =
      rungs.filter { $0.level < end?.level ?? 5 && $0.state == .skip }
      .map { "\($0.name) skipped" }
      + (end?.state == .unver ? ["\(end?.name ?? "") \(RungCoverage.State.unver.shown)"] : [])
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// `sso 1.0.0+1 (ready)`, in the order in which they were deployed; nil where there were none.
  var shownDependencies: String? {
    dependencies.map { all in
      let looks = self[check: .dependencies]?.evidence.flatMap(\.assertions) ?? []
      return all.map { one in
        let look = looks.first { $0.subject == .dependency(one.recipe) }
        let isKnown = look.map { $0.actual != .absent } ?? false
        let state = isKnown ? look?.holds == true ? "ready" : "not up" : "not looked at"
        return "\(one.recipe) \(one.revision.version) (\(state))"
      }.joined(separator: ", ")
    }
  }

  /// What all of it was shown on, in one sentence that names a stand-in first.
  var shownOn: String {
    let fetched = origin.map { " of \($0.shown)" } ?? ""
    let driver = "driver \(driver), recipe \(shownVersions)\(fetched)"
    if let imported {
      return "Nothing below was seen by parity: it is imported from \(imported.shown)."
    }
    guard isOnStandin else { return "Everything below was shown on the app itself: \(driver)." }
    let names = standins.map { "\($0.shown) in service \($0.service)" }
    let subject = standins.count == 1 ? "a stand-in" : "stand-ins"
    return "Everything below was shown on \(subject) for the app: \(names.joined(separator: "; ")) "
      + "(\(driver)); it says nothing about the real \(recipe)."
  }
}

extension AppAccess {
  /// What was and was not tested of the way to the app.
  var sentence: String {
    switch self {
    case .tunnel(let service, let port):
      "The app was asked through a tunnel to port \(port) of \(service): routing through the "
        + "cluster's proxy was not tested."
    case .proxy(let url, let trust):
      "The app was asked at \(url), through the cluster's proxy and the recipe's own labels."
        + (trust.map { " \($0.sentence)" } ?? "")
    }
  }
}

extension CertificateTrust {
  fileprivate var sentence: String {
    switch self {
    case .authority(let file): "Its certificate had to be signed by \(file) of the suite."
    case .unchecked(let why): "Its certificate was not checked: \(why)."
    }
  }
}

enum Words {
  /// `1 recipe`, `3 recipes`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `840 µs`, `12 ms`, `3.4 s`, `2 min 05 s`; whole numbers only, so that it is the same
  /// everywhere.
  static func duration(_ microseconds: Int) -> String {
    switch microseconds {
    case ..<1_000: return "\(max(0, microseconds)) µs"
    case ..<999_500: return "\((microseconds + 500) / 1_000) ms"
    case ..<59_950_000:
      let tenths = (microseconds + 50_000) / 100_000
      return "\(tenths / 10).\(tenths % 10) s"
    default:
      let seconds = (microseconds + 500_000) / 1_000_000
      let rest = seconds % 60
      return "\(seconds / 60) min \(rest < 10 ? "0" : "")\(rest) s"
    }
  }

  /// A limit in milliseconds: `20 min`, `90 s`, `500 ms`.
  static func limit(_ milliseconds: Int) -> String {
    if milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000) min" }
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }

  /// Seconds with exactly three decimals.
  static func seconds(_ microseconds: Int) -> String {
    let milliseconds = (max(0, microseconds) + 500) / 1_000
    let rest = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}

extension RunAttempt {
  /// `12 passed, 1 failed`.
  var tally: String {
    let counts = Outcome.Word.allCases.compactMap { word -> String? in
      let count = seen.count { $0.outcome.word == word }
      return count == 0 ? nil : "\(count) \(word.shown)"
    }
    return counts.isEmpty ? "nothing was seen" : counts.joined(separator: ", ")
  }
}

extension RunRecord {
  /// What it is of, where it is not one run of the whole plan.
  var circumstances: [NamedText] {
    var all: [NamedText] = []
    if let imported = header.imported {
      all.append(NamedText(name: "imported", value: imported.shown))
    }
    if let selection = header.selection {
      all.append(NamedText(name: "selection", value: "\(selection.shown), and what that needs"))
    }
    if let shard = header.shard { all.append(NamedText(name: "shard", value: "\(shard)")) }
    for (index, attempt) in (attempts ?? []).enumerated() {
      let value = "\(attempt.shown): \(attempt.end.shown), \(attempt.tally)"
      all.append(NamedText(name: "attempt \(index + 1)", value: value))
    }
    return all
  }
}

extension ImportedSource {
  /// `report.xml (JUnit XML, sha256 0a1b2c3d4e5f), finished 2026-05-29T18:05:16Z, stale`.
  package var shown: String {
    let finished = finished.map { "finished \($0)" } ?? "its time is unknown"
    return "\(file) (\(format.shown), sha256 \(sha256.prefix(12))), \(finished)"
      + (age == .stale ? ", stale: what it tests changed later" : "")
  }
}

extension ImportedSource.Format {
  var shown: String {
    switch self {
    case .junit: "JUnit XML"
    case .ctrf: "CTRF"
    case .results: "results.json"
    }
  }
}

extension Standin {
  /// `parity's plausible stand-in 1.0.0 → 2.0.0`.
  var shown: String {
    ([what] + (versions.isEmpty ? [] : [versions.joined(separator: " → ")])).joined(separator: " ")
  }
}
