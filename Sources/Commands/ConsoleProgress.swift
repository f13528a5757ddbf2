import Evidence
import Formats
import Glibc
import Reports
import Running
import Synchronization

/// Tells a waiting person what a run does: one live line on a terminal, plain lines elsewhere.
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
  private let isQuiet: Bool
  /// Before what does not name the recipe itself; empty where it runs alone.
  private let prefix: String
  private let width: Int
  private let redacted: @Sendable (String) -> String
  /// How long nothing is said where there is no terminal.
  private static let quiet = Duration.seconds(5)

  /// - Parameters:
  ///   - isAlone: false where other recipes run at the same time: their lines must be told apart.
  ///   - isQuiet: whether only messages are shown, no progress.
  ///   - redacted: takes secrets out of what is said.
  init(
    recipe: String,
    isAlone: Bool = true,
    isQuiet: Bool = false,
    redacted: @escaping @Sendable (String) -> String
  ) {
    self.recipe = recipe
    self.redacted = redacted
    prefix = isAlone ? "" : "\(recipe)  "
    isLive = isAlone && !isQuiet && Console.isTerminal(STDERR_FILENO)
    self.isQuiet = isQuiet
    width = Console.width(STDERR_FILENO)
  }

  func entering(_ stage: Stage) {
    state.withLock {
      $0.stage = stage
      $0.stageStart = .now
      $0.lastLine = .now
      if isLive {
        live("\(recipe)  \(stage)", &$0)
      } else if !isQuiet {
        line("\(recipe)  \(stage) …")
      }
    }
  }

  func operating(_ what: String) {
    state.withLock {
      if isLive {
        live("\(head($0))  \(what)", &$0)
      } else if !isQuiet, .now - $0.lastLine >= Self.quiet {
        $0.lastLine = .now
        line("\(head($0))  \(what)")
      }
    }
  }

  func checking(_ id: CheckID) {
    state.withLock { if isLive { live("\(head($0))  \(id)", &$0) } }
  }

  func awaiting(_ what: String, elapsed: Duration, limit: Duration) {
    state.withLock {
      let text = "\(what) · waiting \(elapsed.short) of at most \(limit.short)"
      if isLive {
        live("\(head($0))  \(text)", &$0)
      } else if !isQuiet, .now - $0.lastLine >= Self.quiet {
        $0.lastLine = .now
        line("\(head($0))  \(text)")
      }
    }
  }

  func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration) {
    if isQuiet { return }
    state.withLock {
      clear(&$0)
      let reason = outcome.reason.map { "  \($0.cause)" } ?? ""
      line(
        "\(recipe)  \(stage.rawValue.padded(10)) \(outcome.word.shown.padded(7)) "
          + duration.short + reason
      )
    }
  }

  func stopping(_ why: Reason) { say("\(why.cause): taking everything down") }

  /// A message beside the progress.
  func say(_ text: String) {
    state.withLock {
      clear(&$0)
      line(prefix + text)
    }
  }

  // MARK: Lines

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
