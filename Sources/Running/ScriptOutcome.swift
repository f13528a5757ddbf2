import Checks
import Evidence
import Formats
import Programs
import Suites

/// What became of a script and of each of its tests, read off its ending and what its runner told.
struct ScriptOutcome {
  let script: SuiteScript
  /// Nil where it gave none.
  let exit: Int?
  /// The last thing that it said, in one line.
  let said: String
  /// Why it gave no exit status.
  let silence: Reason.Code?
  let halt: (word: ScriptTest.Word, text: String)?
  /// Removed from what is kept of texts, before they are cut.
  private let secrets: Redactor?

  init(
    _ script: SuiteScript,
    _ ending: Probes.Ending,
    halt: (word: ScriptTest.Word, text: String)?,
    without secrets: Redactor?
  ) {
    self.secrets = secrets
    self.script = script
    self.halt = halt
    switch ending {
    case .answered(let answer, _):
      exit = answer.exit
      silence = nil
      let streams = [answer.stderr, answer.stdout].lazy.compactMap { $0 }
      said = streams.compactMap { Self.lastLine($0.wholeLines(isCut: answer.isCut)) }.first ?? ""
    case .unanswered(let code, _, _):
      exit = nil
      silence = code
      said = ""
    }
  }

  /// Of all of it: 0 says that it passed, 126 and 127 are those of `sh` and `env` for a program that
  /// is missing, everything else is a failure.
  var whole: Outcome {
    if let silence { return .broken(reason: Reason(silence, during: "script \(script.path)")) }
    switch exit ?? -1 {
    case 0: return .passed
    case 126, 127: return .broken(reason: reason(.didNotRun))
    default: return .failed(reason: reason(.failed))
    }
  }

  /// Of a file whose runner tells of tests, and told of none.
  var withoutTests: Outcome {
    if let silence { return .broken(reason: Reason(silence, during: "script \(script.path)")) }
    if let halt {
      return halt.word == .skipped
        ? .skipped(reason: reason(.skipped, halt.text))
        : .broken(reason: reason(.didNotRun, halt.text))
    }
    if isRunnerMissing { return .broken(reason: reason(.runnerMissing)) }
    switch (script.runner, exit ?? -1) {
    // pytest: 0 and 1 after tests, 5 where there were none, 2 to 4 where it could not go on.
    case (.pytest, 2...4), (_, 126), (_, 127): return .broken(reason: reason(.didNotRun))
    default: return .failed(reason: reason(script.test == nil ? .noTests : .leftOut, ""))
    }
  }

  private var isRunnerMissing: Bool {
    said.contains("No module named pytest") || said.contains("No module named parity_")
  }

  /// Of one test that the runner told of: a step that did not pass says why, else the runner does.
  func outcome(of test: ScriptTest) -> Outcome {
    let wrong = test.records.first { !$0.outcome.isPassed }?.outcome
    switch test.word {
    case .passed: return wrong ?? .passed
    case .failed: return wrong ?? .failed(reason: reason(.testFailed, Self.line(test.text)))
    case .skipped: return .skipped(reason: reason(.skipped, Self.line(test.text)))
    case nil: return wrong ?? .broken(reason: silence.map { Reason($0) } ?? reason(.didNotRun))
    }
  }

  /// Of a file whose runner fails in another way than the tests of it that failed: what came after the
  /// tests, as in `tearDownClass` and `teardown_file`, belongs to all of them.
  func failure(besides tests: [ScriptTest]) -> Outcome? {
    guard script.runner.hasTests, let exit, !tests.isEmpty else { return nil }
    // All three runners end with 1 where a test failed.
    let isRed = tests.contains { ![.passed, .skipped].contains(outcome(of: $0).word) }
    guard halt?.word == .failed || exit != 0 && !(isRed && exit == 1) else { return nil }
    return .failed(
      reason: reason(.failed, halt.flatMap { Self.lastLine(Array($0.text.utf8)[...]) })
    )
  }

  private func reason(_ problem: Reason.ScriptProblem, _ detail: String? = nil) -> Reason {
    let text = TextCut.start(Array((detail ?? said).utf8), limit: 400, without: secrets).text
    return Reason(
      .script(
        path: script.name,
        problem: problem,
        exit: exit ?? -1,
        detail: text.isEmpty ? nil : text
      )
    )
  }

  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }

  private static func lastLine(_ bytes: ArraySlice<UInt8>) -> String? {
    let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }.map {
      String(decoding: $0, as: UTF8.self)
    }
    return lines.last { !$0.allSatisfy(\.isWhitespace) }
  }
}
