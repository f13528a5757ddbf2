package import Evidence

/// The words and signs that every report uses. Each switch is exhaustive, so that a new case does
/// not compile before it has its word.
extension Outcome.Word {
  package var shown: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .broken: "broken"
    case .skipped: "skipped"
    case .notRun: "not run"
    }
  }

  /// One character, beside the word and never in its place.
  package var sign: String {
    switch self {
    case .passed: "✓"
    case .failed: "✗"
    case .broken: "!"
    case .skipped: "–"
    case .notRun: "·"
    }
  }

  /// Whether something went wrong in it, and not before it.
  var isRed: Bool { self == .failed || self == .broken }

  var tone: Tone {
    switch self {
    case .passed: .good
    case .failed: .bad
    case .broken: .warning
    case .skipped, .notRun: .quiet
    }
  }
}

extension Verdict.Word {
  package var sign: String {
    switch self {
    case .proven: "✓"
    case .provenOnStandin: "◇"
    case .refuted: "✗"
    case .unproven: "?"
    case .vacuous: "∅"
    case .deferred: "…"
    case .notApplicable: "–"
    }
  }

  var tone: Tone {
    switch self {
    case .proven: .good
    case .provenOnStandin: .standin
    case .refuted: .bad
    case .unproven: .warning
    case .vacuous, .deferred, .notApplicable: .quiet
    }
  }
}

/// A word with one character beside it, and a tone.
protocol Marked {
  var shown: String { get }
  var sign: String { get }
  var tone: Tone { get }
}

extension Outcome.Word: Marked {}
extension Verdict.Word: Marked {}
extension RungCoverage.State: Marked {}
extension Finding.Severity: Marked {}

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

  package var meaning: String {
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

extension RungCoverage.State {
  package var shown: String {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .unver: "unverified"
    case .skip: "skip"
    }
  }

  package var sign: String {
    switch self {
    case .pass: "✓"
    case .fail: "✗"
    case .unver: "?"
    case .skip: "–"
    }
  }

  var tone: Tone {
    switch self {
    case .pass: .good
    case .fail: .bad
    case .unver: .warning
    case .skip: .quiet
    }
  }
}

extension Finding.Severity {
  package var shown: String { rawValue }

  var sign: String {
    switch self {
    case .error: "✗"
    case .warning: "!"
    case .note: "·"
    }
  }

  var tone: Tone {
    switch self {
    case .error: .bad
    case .warning: .warning
    case .note: .quiet
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
    case .database: "database"
    case .volume: "volume"
    }
  }
}

extension RunEnd {
  package var shown: String {
    switch self {
    case .finished: "finished"
    case .interrupted: "was interrupted"
    case .deadlineReached: "reached its deadline"
    case .failuresReached: "was stopped by its failures"
    case .died: "died"
    }
  }
}

extension ClaimPart {
  package var title: String {
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
    case (.dropped, .passed): "passed although the marker was dropped: the check cannot tell"
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
  /// `4`, or `4 (stand-in)`: no level without that word where a stand-in showed it.
  package var shownLevel: String { isOnStandin ? "\(level) (stand-in)" : "\(level)" }

  /// `3.0.0+v2.0.0 → 3.0.1+v2.0.0`.
  var shownVersions: String { (base.map { "\($0.version) → " } ?? "") + target.version }

  /// What the level stands for.
  var levelName: String {
    rungs.first { $0.level == level }.map { "up to \($0.name)" } ?? "no rung is reached"
  }

  /// Claims by verdict in a sentence's form: `3 proven (stand-in), 1 vacuous`.
  package var verdictSummary: String {
    let parts = Verdict.Word.allCases.compactMap { word -> String? in
      let count = claims.count { $0.verdict.word == word }
      return count == 0 ? nil : "\(count) \(word.shown)"
    }
    return parts.isEmpty ? "no claims" : parts.joined(separator: ", ")
  }

  /// What all of it was shown on, in one sentence that names a stand-in first.
  package var shownOn: String {
    let driver = "driver \(driver), recipe \(shownVersions)"
    guard isOnStandin else { return "Everything below was shown on the app itself: \(driver)." }
    let names = standins.map { "\($0.shown) in service \($0.service)" }
    let subject = standins.count == 1 ? "a stand-in" : "stand-ins"
    return "Everything below was shown on \(subject) for the app: \(names.joined(separator: "; ")) "
      + "(\(driver)); it says nothing about the real \(recipe)."
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

extension Standin {
  /// `parity's plausible stand-in 1.0.0 → 2.0.0`.
  var shown: String { ([what] + (versions.isEmpty ? [] : [versions.joined(separator: " → ")])).joined(separator: " ") }
}
