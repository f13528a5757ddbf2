import FoundationEssentials
import Glibc

/// One line for each thing that happens. Callers pass nothing that is secret.
package struct Log: Sendable {
  package static let silent = Log { _ in }

  /// Writes to stderr, each line in one call.
  package static let standardError = Log { line in
    let text = "plausible-standin \(Date.now.formatted(.iso8601)) \(line)\n"
    var bytes = Array(text.utf8)
    _ = Glibc.write(2, &bytes, bytes.count)
  }

  private let write: @Sendable (String) -> Void

  package init(_ write: @escaping @Sendable (String) -> Void) {
    self.write = write
  }

  package func line(_ text: String) {
    write(String(text.map { $0.isNewline ? " " : $0 }))
  }
}
