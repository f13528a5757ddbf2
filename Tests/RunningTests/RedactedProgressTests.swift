import Evidence
import Formats
import Synchronization
import Testing

@testable import Running

struct RedactedProgressTests {
  private final class Listener: ProgressObserver {
    private let state = Mutex<[String]>([])

    var heard: [String] { state.withLock { $0 } }

    private func hear(_ text: String) { state.withLock { $0.append(text) } }

    func entering(_ stage: Stage) { hear(stage.rawValue) }
    func operating(_ what: String) { hear(what) }
    func checking(_ id: CheckID) { hear(id.description) }
    func checked(_ id: CheckID, _ outcome: Outcome) { hear(outcome.reason?.code.detail ?? "") }
    func awaiting(_ what: String, elapsed: Duration, limit: Duration) { hear(what) }
    func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration) {
      hear("\(outcome.word) \(outcome.reason?.code.detail ?? "")")
    }
    func stopping(_ why: Reason) { hear(why.code.detail) }
  }

  @Test func `A person who waits is told no secret, also none that was captured meanwhile`() throws
  {
    let log = try EventLog(
      path: nil,
      secrets: [Redactor.Secret(name: "db_password", value: "Tq7x2Zk29w")],
      reserved: []
    )
    let listener = Listener()
    let progress = RedactedProgress(observer: listener, log: log)
    progress.operating("deploy Tq7x2Zk29w")
    progress.awaiting("GET /Tq7x2Zk29w", elapsed: .zero, limit: .zero)
    progress.stopping(Reason(.noAnswer(detail: "lost Tq7x2Zk29w")))
    log.learn(Redactor.Secret(name: "token", value: "9f8e7d6c5b4a"))
    for detail in ["was Tq7x2Zk29w", "was 9f8e7d6c5b4a"] {
      let reason = Reason(.noAnswer(detail: detail))
      progress.left(.install, .failed(reason: reason), after: .zero)
      progress.left(.install, .broken(reason: reason), after: .zero)
      progress.left(.install, .skipped(reason: reason), after: .zero)
      progress.left(.install, .notRun(reason: reason), after: .zero)
      progress.checked(.generic(.install, "serving"), .failed(reason: reason))
    }
    #expect(listener.heard.count == 13)
    #expect(listener.heard.contains("failed was [secret:db_password]"))
    #expect(listener.heard.contains("failed was [secret:token]"))
    for text in listener.heard {
      #expect(!text.contains("Tq7x2Zk29w") && !text.contains("9f8e7d6c5b4a"))
    }
  }
}
