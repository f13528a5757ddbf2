package import Evidence

/// What is wrong with a file that a person wrote, and where.
package struct Diagnostic: Sendable, Hashable {
  package enum Severity: String, Sendable, CaseIterable { case error, warning, note }

  package var severity: Severity
  /// Relative to the suite's folder.
  package var file: String
  /// From 1; 0 where the file as a whole is meant.
  package var line: Int
  /// From 1, counted in Unicode scalars.
  package var column: Int
  /// How many Unicode scalars of the line are meant; at least 1.
  package var length: Int
  /// One line that starts with its subject.
  package var message: String
  /// What would have been right, in words: `one of local, swarm, abra`.
  package var expected: String?
  /// The nearest thing that exists.
  package var nearest: String?
  /// The line itself; nil where there is none.
  package var sourceLine: String?

  package init(
    _ severity: Severity,
    file: String,
    line: Int = 0,
    column: Int = 1,
    length: Int = 1,
    message: String,
    expected: String? = nil,
    nearest: String? = nil,
    sourceLine: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.length = length
    self.message = message
    self.expected = expected
    self.nearest = nearest
    self.sourceLine = sourceLine
  }

  package var place: SourcePlace { SourcePlace(file: file, line: line, column: column) }

  /// With as many bullets in place of each of the texts, so that carets stay where they are.
  func concealing(_ texts: Set<String>, _ places: [SourcePlace: Int]) -> Diagnostic {
    var result = self
    if var scalars = sourceLine.map({ Array($0.unicodeScalars) }) {
      for (place, length) in places where place.file == file && place.line == line {
        let start = min(max(place.column - 1, 0), scalars.count)
        let end = min(start + length, scalars.count)
        scalars.replaceSubrange(start..<end, with: repeatElement("•", count: end - start))
      }
      result.sourceLine = String(String.UnicodeScalarView(scalars))
    }
    // The longest first: one may be a part of another.
    for text in texts.sorted(by: { ($1.utf8.count, $0) < ($0.utf8.count, $1) }) {
      let bullets = String(repeating: "•", count: text.unicodeScalars.count)
      result.message.replace(text, with: bullets)
      result.expected?.replace(text, with: bullets)
      result.nearest?.replace(text, with: bullets)
      result.sourceLine?.replace(text, with: bullets)
    }
    return result
  }

  /// By file in UTF-8 order, then by place.
  package static func precedes(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
    if !a.file.utf8.elementsEqual(b.file.utf8) {
      return a.file.utf8.lexicographicallyPrecedes(b.file.utf8)
    }
    return (a.line, a.column, a.message) < (b.line, b.column, b.message)
  }
}

/// Everything that is wrong with a suite, a recipe or a project.
package struct SuiteErrors: Error, Sendable, CustomStringConvertible {
  /// Sorted; at least one of them is an error, warnings stand among them.
  package var diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.sorted(by: Diagnostic.precedes)
  }

  package init(file: String, message: String) {
    self.init([Diagnostic(.error, file: file, message: message)])
  }

  /// The same, with the files named from the folder above.
  package func below(_ folder: String) -> SuiteErrors {
    SuiteErrors(
      diagnostics.map {
        var diagnostic = $0
        diagnostic.file = "\(folder)/\($0.file)"
        return diagnostic
      }
    )
  }

  package var description: String { DiagnosticRenderer().render(diagnostics) }
}
