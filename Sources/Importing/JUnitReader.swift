import XMLDocuments

/// Reads JUnit XML of any dialect, piece by piece: what it holds at a time is one case.
///
/// What counts as a case is a `testcase` in a `testsuite` or in `testsuites`; elements that no dialect
/// has are passed over. Of a case with several results the worst counts. What suites say of
/// themselves is compared with their cases and never believed.
package struct JUnitReader {
  private let state: State
  private let reader: XMLEventReader

  /// - Parameters:
  ///   - name: names the file in errors.
  ///   - take: gets every case when it ends.
  package init(
    name: String? = nil,
    take: @escaping (ImportedCase) throws -> Void = { _ in }
  ) throws(ImportError) {
    let state = State(take: take)
    self.state = state
    do {
      reader = try XMLEventReader(name: name) { try state.handle($0) }
    } catch {
      throw ImportError(error)
    }
  }

  /// Adds the next piece, which may end anywhere.
  ///
  /// - Throws: `ImportError`, or what `take` threw.
  package func feed(_ bytes: [UInt8]) throws {
    do { try reader.feed(bytes) } catch let error as XMLError { throw ImportError(error) }
  }

  /// Ends the file.
  package func finish() throws -> ImportSummary {
    do { try reader.finish() } catch let error as XMLError { throw ImportError(error) }
    return state.summary
  }

  /// Reads a whole file.
  package static func read(_ bytes: [UInt8]) throws -> (ImportSummary, [ImportedCase]) {
    var cases: [ImportedCase] = []
    let reader = try JUnitReader { cases.append($0) }
    try reader.feed(bytes)
    return (try reader.finish(), cases)
  }
}

/// Where the reader stands in a document.
private final class State {
  private let take: (ImportedCase) throws -> Void
  var summary = ImportSummary()
  private var depth = 0
  private var suites: [Suite] = []
  private var current: ImportedCase?
  /// The depth of the current case.
  private var caseDepth = 0
  /// The text that is being read, and the depth of its element.
  private var text: (bytes: String, depth: Int)?

  private struct Suite {
    var name: String
    var depth: Int
    var line: Int
    var column: Int
    var written: [String: Int]
    /// Of its own cases, and of those of the suites in it too.
    var own: [String: Int] = [:]
    var all: [String: Int] = [:]
    var package: String?
  }

  private static let roots: Set<String> = ["testsuites", "testsuite"]
  private static let verdicts: Set<String> = ["failure", "error", "skipped", "skip"]
  private static let reruns: Set<String> = [
    "flakyFailure", "flakyError", "rerunFailure", "rerunError",
  ]
  private static let textLimit = 4 << 10
  private static let listLimit = 50

  init(take: @escaping (ImportedCase) throws -> Void) { self.take = take }

  func handle(_ event: XMLEvent) throws {
    switch event {
    case .begin(let name, let attributes, let line, let column):
      depth += 1
      if depth == 1, !Self.roots.contains(name) {
        throw ImportError(ForeignFile.xml(root: name), line: line, column: 1)
      }
      begin(
        name,
        Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first },
        line,
        column
      )
    case .text(let piece):
      guard text != nil else { return }
      let room = Self.textLimit - (text?.bytes.utf8.count ?? 0)
      if room > 0 { text?.bytes += piece.cut(to: room) }
    case .end(let name):
      try end(name)
      depth -= 1
    }
  }

  // MARK: Begin

  private func begin(_ name: String, _ attributes: [String: String], _ line: Int, _ column: Int) {
    if current == nil {
      switch name {
      case "testsuite", "testsuites": beginSuite(name, attributes, line, column)
      case "testcase": beginCase(attributes, line, column)
      case "property": suiteProperty(attributes)
      case "error", "failure": beginText(attributes["message"] ?? "")
      default: break
      }
      return
    }
    switch name {
    case _ where Self.verdicts.contains(name) && depth == caseDepth + 1:
      beginVerdict(name, attributes)
    case _ where Self.reruns.contains(name) && depth == caseDepth + 1:
      current?.earlierFailures += 1
    case "property" where (current?.properties.count ?? 0) < Self.listLimit:
      let value = attributes["value"] ?? ""
      let property = ImportedProperty(name: attributes["name"] ?? "", value: value)
      current?.properties.append(property)
      if property.name.lowercased() == "attachment" { attach(value) }
    case "system-out", "system-err": text = ("", depth)
    case "attachment" where attributes["path"] != nil: attach(attributes["path"] ?? "")
    default: break
    }
  }

  private func beginSuite(
    _ name: String,
    _ attributes: [String: String],
    _ line: Int,
    _ column: Int
  ) {
    var written: [String: Int] = [:]
    for (counter, names) in Self.counters {
      let value = names.lazy.compactMap { attributes[$0] }.first.flatMap { Int($0.trimmed) }
      if let value { written[counter] = value }
    }
    suites.append(
      Suite(
        name: (attributes["name"] ?? "").trimmed,
        depth: depth,
        line: line,
        column: column,
        written: written,
        package: attributes["package"]
      )
    )
    let begun = attributes["timestamp"].flatMap { UTCTime($0.trimmed) }
    let took = attributes["time"].flatMap(JUnitTime.microseconds) ?? 0
    summary.saw(begun.map { UTCTime(seconds: $0.seconds + took / 1_000_000) })
  }

  private static let counters: [(String, [String])] = [
    ("tests", ["tests"]), ("failures", ["failures"]), ("errors", ["errors"]),
    ("skipped", ["skipped", "skip", "skips", "disabled"]),
  ]

  private func beginCase(_ attributes: [String: String], _ line: Int, _ column: Int) {
    var one = ImportedCase()
    one.suites = suites.map(\.name).filter { !$0.isEmpty }
    one.classname = (attributes["classname"] ?? attributes["class"] ?? "").trimmed
    one.name = (attributes["name"] ?? "").trimmed
    (one.line, one.column) = (line, column)
    let subject = Self.subject(one)
    if one.name.isEmpty { summary.note(.nameless, subject, line: line, column: column) }
    if let time = attributes["time"] {
      one.microseconds = JUnitTime.microseconds(time)
      if one.microseconds == nil, !time.trimmed.isEmpty {
        summary.note(.badTime(time), subject, line: line, column: column)
      }
    }
    // What was run is not yet a pass, and without an element of its own it is none the less.
    for key in ["status", "result"] {
      guard let word = attributes[key]?.trimmed.lowercased(), !word.isEmpty,
        !["run", "completed", "executed"].contains(word)
      else { continue }
      let result = StatusWord.result(word)
      if result == .unknown {
        summary.note(.unknownStatus(word), subject, line: line, column: column)
      }
      one.result = Self.worse(one.result, result)
      if result != .passed { one.detail = "\(key)=\"\(word.cut(to: 80))\"" }
    }
    current = one
    caseDepth = depth
  }

  private func beginVerdict(_ name: String, _ attributes: [String: String]) {
    current?.results += 1
    let result: ImportedCase.Result =
      switch name {
      case "error": .errored
      case "failure": .failed
      default: .skipped
      }
    let old = current?.result ?? .passed
    let worse = Self.worse(old, result)
    current?.result = worse
    // Of several the words of the worst are kept.
    guard worse != old || current?.detail.isEmpty == true else { return }
    let said = [attributes["type"] ?? "", attributes["message"] ?? ""]
    current?.detail = ""
    beginText(said.filter { !$0.isEmpty }.joined(separator: ": "))
  }

  private func beginText(_ start: String) {
    text = (start.cut(to: Self.textLimit), depth)
    if !start.isEmpty { text?.bytes += "\n" }
  }

  private func suiteProperty(_ attributes: [String: String]) {
    guard let name = attributes["name"], let value = attributes["value"] else { return }
    if name == "recipe" { summary.recipe = summary.recipe ?? value }
    // This project's own files: their packages are recipes.
    if name == "parity" { summary.recipe = summary.recipe ?? suites.last?.package }
  }

  private func attach(_ path: String) {
    guard (current?.attachments.count ?? 0) < Self.listLimit, !path.isEmpty else { return }
    current?.attachments.append(path.cut(to: 1 << 10))
  }

  // MARK: End

  private func end(_ name: String) throws {
    if let text, text.depth == depth {
      endText(name, text.bytes)
      self.text = nil
    }
    if let one = current, depth == caseDepth {
      current = nil
      try endCase(one)
    }
    if suites.last?.depth == depth { endSuite(suites.removeLast()) }
  }

  private func endText(_ name: String, _ bytes: String) {
    guard current != nil else {
      let suite = suites.last
      summary.note(
        .suiteFailed(bytes.trimmed),
        suite?.name ?? "",
        line: suite?.line ?? 0,
        column: suite?.column ?? 1
      )
      return
    }
    guard name == "system-out" || name == "system-err" else {
      current?.detail = bytes.trimmed
      return
    }
    // As Jenkins and GitLab read it.
    for part in bytes.components(between: "[[ATTACHMENT|", and: "]]") { attach(part) }
  }

  private func endCase(_ one: ImportedCase) throws {
    if one.results > 1 {
      let subject = Self.subject(one)
      summary.note(.severalResults(one.results), subject, line: one.line, column: one.column)
    }
    summary.add(one)
    var counted = ["tests": 1]
    switch one.result {
    case .failed: counted["failures"] = 1
    case .errored, .unknown: counted["errors"] = 1
    case .skipped: counted["skipped"] = 1
    case .passed: break
    }
    for index in suites.indices {
      suites[index].all.merge(counted) { $0 + $1 }
      if index == suites.count - 1 { suites[index].own.merge(counted) { $0 + $1 } }
    }
    try take(one)
  }

  private func endSuite(_ suite: Suite) {
    for (counter, _) in Self.counters {
      guard let written = suite.written[counter] else { continue }
      let all = suite.all[counter] ?? 0
      // A suite with cases of its own may count those of the suites inside it, or not.
      let isOwn = suite.own["tests"] != nil && written == suite.own[counter] ?? 0
      guard written != all, !isOwn else { continue }
      summary.note(
        .counter(name: counter, written: written, counted: all),
        suite.name,
        line: suite.line,
        column: suite.column
      )
    }
  }

  private static func subject(_ one: ImportedCase) -> String {
    let path = one.classname.isEmpty ? one.suites.last ?? "" : one.classname
    return [path, one.name].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func worse(_ a: ImportedCase.Result, _ b: ImportedCase.Result)
    -> ImportedCase.Result
  {
    let order: [ImportedCase.Result] = [.passed, .skipped, .unknown, .failed, .errored]
    return (order.firstIndex(of: a) ?? 0) >= (order.firstIndex(of: b) ?? 0) ? a : b
  }
}

/// Times as tools of many countries write them.
enum JUnitTime {
  /// Seconds with a point: `0.5`, `1e-05`, `1,250.000`; a single comma with other than three digits
  /// after it is a point. Nil for what is no time, negative, or longer than a year.
  static func microseconds(_ text: String) -> Int? {
    var digits = text.trimmed
    if digits.utf8.contains(UInt8(ascii: ",")) {
      let groups = digits.split(separator: ",", omittingEmptySubsequences: false)
      let whole = groups.dropFirst().enumerated().allSatisfy { index, group in
        let isLast = index == groups.count - 2
        let digits = isLast ? group.prefix { $0 != "." } : group
        return digits.utf8.count == 3
      }
      if whole, groups[0].utf8.count <= 3 {
        digits = groups.joined()
      } else if groups.count == 2, !digits.contains(".") {
        digits = groups.joined(separator: ".")
      } else {
        return nil
      }
    }
    let allowed = Set("0123456789.eE+-".utf8)
    guard !digits.isEmpty, digits.utf8.allSatisfy(allowed.contains), let value = Double(digits),
      value >= 0, value < 31_536_000
    else { return nil }
    return Int((value * 1_000_000).rounded())
  }
}

extension String {
  /// Without white space at its ends; no-break spaces and byte order marks are white space.
  var trimmed: String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || scalar.value == 0xFEFF
    }
    let all = unicodeScalars
    guard let first = all.firstIndex(where: { !isSpace($0) }),
      let last = all.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(all[first...last])
  }

  /// What stands between two marks, as often as both come.
  func components(between begin: String, and end: String) -> [String] {
    var found: [String] = []
    var rest = self[...]
    while let start = rest.firstRange(of: begin) {
      rest = rest[start.upperBound...]
      guard let stop = rest.firstRange(of: end) else { break }
      found.append(String(rest[..<stop.lowerBound]))
      rest = rest[stop.upperBound...]
    }
    return found
  }
}
