package import Evidence

/// Collects what is wrong with the files of one suite, recipe or project while they are read.
package final class DiagnosticSink {
  private var sources: [String: SourceText] = [:]
  private var seen: Set<Diagnostic> = []
  /// In the order in which they were found.
  package private(set) var diagnostics: [Diagnostic] = []

  package init() {}

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  package func hasErrors(onLine place: SourcePlace) -> Bool {
    diagnostics.contains {
      $0.severity == .error && $0.file == place.file && $0.line == place.line
    }
  }

  /// Makes the file's lines known, so that diagnostics can show them.
  package func register(_ source: SourceText) { sources[source.file] = source }

  package func source(_ file: String) -> SourceText? { sources[file] }

  package func error(
    _ message: String,
    at place: SourcePlace,
    length: Int = 1,
    expected: String? = nil,
    nearest: String? = nil
  ) {
    add(.error, message, at: place, length: length, expected: expected, nearest: nearest)
  }

  package func error(
    _ message: String,
    at node: YAMLNode,
    expected: String? = nil,
    nearest: String? = nil
  ) {
    error(message, at: node.place, length: node.length, expected: expected, nearest: nearest)
  }

  /// Of the file as a whole.
  package func error(_ message: String, inFile file: String, expected: String? = nil) {
    add(Diagnostic(.error, file: file, message: message, expected: expected))
  }

  package func warning(_ message: String, at place: SourcePlace, length: Int = 1) {
    add(.warning, message, at: place, length: length, expected: nil, nearest: nil)
  }

  package func warning(_ message: String, inFile file: String) {
    add(Diagnostic(.warning, file: file, message: message))
  }

  package func add(_ diagnostic: Diagnostic) {
    // The same words at the same place, from an alias that is read twice, say nothing new.
    if seen.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }

  private func add(
    _ severity: Diagnostic.Severity,
    _ message: String,
    at place: SourcePlace,
    length: Int,
    expected: String?,
    nearest: String?
  ) {
    add(
      Diagnostic(
        severity,
        file: place.file,
        line: place.line,
        column: place.column,
        length: length,
        message: message,
        expected: expected,
        nearest: nearest,
        sourceLine: sources[place.file]?.line(place.line)
      )
    )
  }
}
