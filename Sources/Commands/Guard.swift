import Drivers
import Evidence

/// The hidden sub-command that supervises a run's processes; only the tool itself starts it.
package enum Guard {
  /// Becomes the guardian where the arguments say so, and does not return then.
  package static func runIfAsked() {
    guard CommandLine.arguments.dropFirst().first == "guardian" else { return }
    GuardianProcess.main { RedactingLogFilter(secrets: $0) }
  }
}

/// Takes secrets out of a service's log before it is written.
struct RedactingLogFilter: LogFilter {
  private var stream: Redactor.Stream?

  init(secrets: [String]) {
    let named = secrets.enumerated().map { Redactor.Secret(name: "s\($0)", value: $1) }
    stream = try? Redactor(secrets: named.filter { !$0.value.isEmpty }).stream()
  }

  mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    stream?.feed([UInt8](bytes)) ?? []
  }

  mutating func finish() -> [UInt8] { stream?.finish() ?? [] }
}
