package import Evidence

/// Collects what is wrong with the files of one suite, recipe or project while they are read.
package final class DiagnosticSink {
  private var sources: [String: SourceText] = [:]
  private var seen: Set<Diagnostic> = []
  private var found: [Diagnostic] = []
  private var counts: [String: Int] = [:]
  /// What is confidential in the files that were read.
  private(set) var concealment = Concealment()
  /// How many are kept of one file: after so many, one more says nothing new.
  package static let limit = 200

  package init() {}

  /// In the order in which they were found, without what is confidential.
  package var diagnostics: [Diagnostic] {
    var all = found
    for (file, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.limit {
      all.append(
        Diagnostic(
          .error,
          file: file,
          message: "file has \(count - Self.limit) more mistakes, which are not shown"
        )
      )
    }
    return all.map { $0.concealing(concealment) }
  }

  /// Where the shared steps that are looked at are used, the innermost first.
  private var uses: [SourcePlace] = []

  /// Has what is said of files of shared steps meanwhile name where they are used.
  func naming<Result>(_ places: [SourcePlace], _ body: () throws -> Result) rethrows -> Result {
    let outer = uses
    uses = places
    defer { uses = outer }
    return try body()
  }

  package private(set) var hasErrors = false
  /// Secrets of other recipes that the files use.
  private(set) var dependencySecrets: [DependencySecret] = []

  func note(_ secret: DependencySecret) { dependencySecrets.append(secret) }

  /// Where a mapping has a second `<<`.
  private var repeatedMerges: [SourcePlace] = []

  func noteRepeatedMerge(at place: SourcePlace) { repeatedMerges.append(place) }

  /// Those since the last call.
  func takeRepeatedMerges() -> [SourcePlace] {
    defer { repeatedMerges = [] }
    return repeatedMerges
  }

  /// Keeps a scalar that is confidential out of everything that is said of the files: a long one
  /// wherever it stands, a short one, which may be a part of any word, in its own place.
  func conceal(_ node: YAMLNode) {
    guard let scalar = node.scalar, !node.isNull, !scalar.text.isEmpty else { return }
    concealment.places[node.place] = node.length
    if scalar.text.unicodeScalars.count >= 8 { concealment.texts.insert(scalar.text) }
  }

  /// The same for the rest of a line of a file that cannot be read as YAML.
  func concealRest(of line: Int, in source: SourceText, from column: Int) {
    let length = source.line(line).unicodeScalars.count - column + 1
    if length > 0 { concealment.places[source.place(line: line, column: column)] = length }
  }

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

  /// At the key of a member.
  package func error(
    _ message: String,
    at member: YAMLNode.Member,
    expected: String? = nil,
    nearest: String? = nil
  ) {
    error(
      message,
      at: member.keyPlace,
      length: member.keyLength,
      expected: expected,
      nearest: nearest
    )
  }

  /// At a word that stands at a place or below, or at the place itself where it is not found.
  ///
  /// - Parameter length: of what stands at the place itself.
  package func error(
    _ message: String,
    atWord word: String,
    from start: SourcePlace,
    length: Int = 1,
    lines: Int = 200,
    expected: String? = nil,
    nearest: String? = nil
  ) {
    let found = sources[start.file]?.find(word, from: start, limit: lines)
    error(
      message,
      at: found ?? start,
      length: found == nil ? length : word.unicodeScalars.count,
      expected: expected,
      nearest: nearest
    )
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
    if diagnostic.severity == .error { hasErrors = true }
    if counts[diagnostic.file, default: 0] >= Self.limit {
      counts[diagnostic.file, default: 0] += 1
      return
    }
    guard seen.insert(diagnostic).inserted else { return }
    counts[diagnostic.file, default: 0] += 1
    var diagnostic = diagnostic
    let places = uses.filter { $0.file != diagnostic.file }
    if !places.isEmpty, diagnostic.file.hasPrefix("\(StepReader.sharedFolder)/") {
      let shown = places.map(\.description).joined(separator: ", ")
      diagnostic.message += " (used at \(shown))"
    }
    found.append(diagnostic)
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

/// Parts of files that no message may show.
struct Concealment: Sendable {
  /// Wherever they stand.
  var texts: Set<String> = []
  /// Scalars in their own place, with their length.
  var places: [SourcePlace: Int] = [:]
}
