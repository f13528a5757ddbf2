package import Evidence

/// What another tool wrote of one test.
package struct ImportedCase: Hashable, Sendable {
  package enum Result: String, CaseIterable, Sendable {
    case passed, failed, errored, skipped
    /// A word that nobody here knows: it is no pass.
    case unknown
  }

  /// Where in a recipe's life it stands; `functional` where the file says nothing.
  package var stage = Stage.functional
  /// Names of the suites around it, the outermost first.
  package var suites: [String] = []
  /// Empty where the file has none.
  package var classname = ""
  package var name = ""
  /// Of several results in one case the worst: an error before a failure before a skip.
  package var result = Result.passed
  /// What was said of it, at most 4 KiB.
  package var detail = ""
  /// How many failures, errors and skips the case holds.
  package var results = 0
  /// Attempts that went wrong before the one that counts.
  package var earlierFailures = 0
  /// Nil where the file says nothing that is a time.
  package var microseconds: Int?
  /// By name, in their order; values of names that sound like a secret are masked.
  package var properties: [ImportedProperty] = []
  /// Paths as they are written; none is opened.
  package var attachments: [String] = []
  /// Where it begins in the file, from 1; 0 where that is not known.
  package var line = 0
  package var column = 0

  package init() {}
}

package struct ImportedProperty: Hashable, Sendable {
  package var name: String
  package var value: String

  init(name: String, value: String) {
    self.name = name
    let lowered = name.lowercased()
    let isSecret = Self.secretWords.contains { lowered.contains($0) }
    self.value = isSecret ? "[masked]" : value.cut(to: 1 << 10)
  }

  private static let secretWords = [
    "secret", "passw", "token", "api_key", "apikey", "api-key", "credential", "private",
    "authorization", "cookie",
  ]
}

/// Something about a file that is worth a warning.
package struct ImportNote: Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// A suite's own counter is not what its cases come to.
    case counter(name: String, written: Int, counted: Int)
    /// One case has several results.
    case severalResults(Int)
    /// A case without a name.
    case nameless
    /// A time that is none, as it is written.
    case badTime(String)
    /// A status that nobody here knows, as it is written.
    case unknownStatus(String)
    /// A suite that failed as a whole, and what it said.
    case suiteFailed(String)
    /// More notes than are kept.
    case more(Int)
  }

  package var code: Code
  /// The suite or the case.
  package var subject: String
  package var line: Int
  package var column: Int
}

extension ImportNote {
  package var message: String {
    let subject = self.subject.isEmpty ? "file" : self.subject
    return switch code {
    case .counter(let name, let written, let counted):
      "\(subject): \(name)=\"\(written)\" but its cases come to \(counted); the cases count"
    case .severalResults(let count): "\(subject): \(count) results in one case; the worst counts"
    case .nameless: "\(subject): case without a name"
    case .badTime(let text): "\(subject): \"\(text.cut(to: 40))\" is not a time in seconds"
    case .unknownStatus(let word):
      "\(subject): unknown status \"\(word.cut(to: 40))\"; it does not count as a pass"
    case .suiteFailed(let detail):
      "\(subject): the suite failed as a whole" + (detail.isEmpty ? "" : ": \(detail.cut(to: 200))")
    case .more(let count): "\(count) more warnings"
    }
  }
}

/// What a whole file comes to.
package struct ImportSummary: Hashable, Sendable {
  /// Cases by result.
  package private(set) var counts: [ImportedCase.Result: Int] = [:]
  package private(set) var flaky = 0
  package private(set) var notes: [ImportNote] = []
  private var dropped = 0
  /// The recipe that the file names; nil where it names none.
  package var recipe: String?
  /// When the latest of it ended, or began where only that is written.
  package var finished: UTCTime?
  /// What the file says of itself: `run_id`, `ref`, a level that was claimed.
  package var facts: [String: String] = [:]
  /// Outcomes of whole stages, where the file has them.
  package var stages: [Stage: Outcome] = [:]

  package init() {}

  private static let noteLimit = 100

  package var cases: Int { counts.values.reduce(0, +) }
  package func count(_ result: ImportedCase.Result) -> Int { counts[result] ?? 0 }

  mutating func add(_ one: ImportedCase) {
    counts[one.result, default: 0] += 1
    if one.result == .passed, one.earlierFailures > 0 { flaky += 1 }
  }

  mutating func note(_ code: ImportNote.Code, _ subject: String, line: Int = 0, column: Int = 1) {
    guard notes.count < Self.noteLimit else {
      dropped += 1
      notes[Self.noteLimit - 1] = ImportNote(
        code: .more(dropped + 1),
        subject: "",
        line: 0,
        column: 1
      )
      return
    }
    notes.append(
      ImportNote(code: code, subject: subject.cut(to: 120), line: line, column: max(1, column))
    )
  }

  mutating func saw(_ time: UTCTime?) {
    guard let time, time.seconds > 0 else { return }
    finished = max(finished ?? time, time)
  }
}

extension String {
  /// At most so many bytes, a whole number of characters.
  func cut(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while !UTF8.isCharacterStart(utf8, end) { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }
}

extension UTF8 {
  fileprivate static func isCharacterStart(_ view: String.UTF8View, _ index: String.Index) -> Bool {
    index == view.startIndex || index == view.endIndex || !UTF8.isContinuation(view[index])
  }
}
