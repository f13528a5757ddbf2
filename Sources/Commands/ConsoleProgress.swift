import Evidence
import Formats
import FoundationEssentials
import Glibc
import Reports
import Running
import Synchronization

/// How much a run tells while it goes on, and in which form.
enum ProgressForm: Sendable {
  /// Messages only.
  case quiet
  /// A live line on a terminal; elsewhere a line a stage, and one where nothing was said for some seconds.
  case usual
  /// A line for every operation and every check.
  case verbose
  /// A JSON object a line, of everything.
  case json
}

/// Tells a waiting person, or a program, what a run does.
final class ConsoleProgress: ProgressObserver {
  private struct State {
    var stage: Stage?
    var stageStart = ContinuousClock.now
    var lastLine = ContinuousClock.now
    var hasLiveLine = false
  }

  private let state = Mutex(State())
  private let recipe: String
  private let isLive: Bool
  private let form: ProgressForm
  /// Before what does not name the recipe itself; empty where it runs alone.
  private let prefix: String
  private let width: Int
  private let redacted: @Sendable (String) -> String
  /// How long nothing is said where there is no terminal.
  private static let quiet = Duration.seconds(5)

  /// - Parameters:
  ///   - isAlone: false where other recipes run at the same time: their lines must be told apart.
  ///   - redacted: takes secrets out of what is said.
  init(
    recipe: String,
    isAlone: Bool = true,
    form: ProgressForm = .usual,
    redacted: @escaping @Sendable (String) -> String
  ) {
    self.recipe = recipe
    self.redacted = redacted
    prefix = isAlone ? "" : "\(recipe)  "
    isLive = isAlone && form == .usual && Console.isTerminal(STDERR_FILENO)
    self.form = form
    width = Console.width(STDERR_FILENO)
  }

  func entering(_ stage: Stage) {
    state.withLock {
      $0.stage = stage
      $0.stageStart = .now
      $0.lastLine = .now
      if isLive { return live("\(recipe)  \(stage)", &$0) }
      tell("stage-started", $0) { _ in "\(recipe)  \(stage) …" }
    }
  }

  func operating(_ what: String) {
    state.withLock {
      if isLive { return live("\(head($0))  \(what)", &$0) }
      guard isDue(&$0) else { return }
      tell("operation", $0, ["text": what]) { "\($0)  \(what)" }
    }
  }

  func checking(_ id: CheckID) {
    state.withLock { if isLive { live("\(head($0))  \(id)", &$0) } }
  }

  func checked(_ id: CheckID, _ outcome: Outcome) {
    guard form == .verbose || form == .json else { return }
    let fields = [
      "check": "\(id)", "outcome": outcome.word.rawValue, "text": outcome.reason?.cause,
    ]
    state.withLock {
      tell("check-finished", $0, fields) { head in
        "\(head)  \(outcome.word.shown.padded(7)) \(id)"
          + (outcome.reason.map { "  \($0.cause)" } ?? "")
      }
    }
  }

  func awaiting(_ what: String, elapsed: Duration, limit: Duration) {
    state.withLock {
      let text = "\(what) · waiting \(elapsed.short) of at most \(limit.short)"
      if isLive { return live("\(head($0))  \(text)", &$0) }
      // Waited for is many times a second.
      guard .now - $0.lastLine >= Self.quiet, isDue(&$0) else { return }
      tell("waiting", $0, ["text": text]) { "\($0)  \(text)" }
    }
  }

  func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration) {
    state.withLock {
      clear(&$0)
      let fields = ["outcome": outcome.word.rawValue, "text": outcome.reason?.cause]
      tell("stage-finished", $0, fields) { _ in
        let reason = outcome.reason.map { "  \($0.cause)" } ?? ""
        return "\(recipe)  \(stage.rawValue.padded(10)) \(outcome.word.shown.padded(7)) "
          + duration.short + reason
      }
    }
  }

  func stopping(_ why: Reason) { say("\(why.cause): taking everything down") }

  /// A message beside the progress.
  func say(_ text: String) {
    state.withLock {
      clear(&$0)
      guard form == .json else { return line(prefix + text) }
      tell("message", $0, ["text": text]) { _ in text }
    }
  }

  // MARK: Lines

  /// Whether something that goes on is told again.
  private func isDue(_ state: inout State) -> Bool {
    guard form != .usual || .now - state.lastLine >= Self.quiet else { return false }
    state.lastLine = .now
    return true
  }

  /// - Parameter text: The line for a person, which begins with the head that it is given.
  private func tell(
    _ event: String,
    _ state: State,
    _ fields: [String: String?] = [:],
    _ text: (String) -> String
  ) {
    switch form {
    case .quiet: return
    case .usual, .verbose: line(text(head(state)))
    case .json:
      var object = JSONObject()
      object["time"] = .string(
        Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      )
      object["recipe"] = .string(recipe)
      object["event"] = .string(event)
      if let stage = state.stage { object["stage"] = .string(stage.rawValue) }
      object["milliseconds"] = .int(
        Int64((ContinuousClock.now - state.stageStart).inMicroseconds / 1000)
      )
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        if let value { object[name] = .string(shown(value)) }
      }
      Console.errorJSON(JSONWriter(.compact).string(of: .object(object)))
    }
  }

  private func head(_ state: State) -> String {
    let time = (ContinuousClock.now - state.stageStart).short
    return "\(recipe)  \(state.stage?.rawValue ?? "") \(time)"
  }

  /// The text as it may be shown. Secrets go first: cut in two they would not be found.
  func shown(_ text: String) -> String { redacted(TerminalText.stripped(text)) }

  private func line(_ text: String) { Console.error(shown(text)) }

  private func live(_ text: String, _ state: inout State) {
    state.hasLiveLine = true
    let text = shown(text).prefix(width - 1)
    Console.replaceLine(with: String(text))
  }

  /// Takes the live line away.
  func clear() { state.withLock { clear(&$0) } }

  private func clear(_ state: inout State) {
    guard state.hasLiveLine else { return }
    state.hasLiveLine = false
    Console.replaceLine(with: "")
  }
}

extension Duration {
  /// `0.4 s`, `12.0 s`, `2 min 5 s`.
  var short: String {
    let tenths = inMicroseconds / 100_000
    return tenths < 600
      ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 600) min \(tenths % 600 / 10) s"
  }
}

extension String {
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
