import ArgumentParser
import Auditing
import Formats
import Importing
import MarkdownDocuments
import Suites
import XMLDocuments

/// Judged claims of a page, in each of the formats.
struct ClaimsOutput {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, markdown, json, junit }

  let path: String
  let recipe: String
  let page: ImportedPage
  let judged: [JudgedClaim]
  /// What was held against: the last run, what changed since.
  let ground: [String]

  var status: ExitStatus { judged.contains { $0.word == .refuted } ? .refuted : .proven }

  func text(_ format: Format, hasColour: Bool) -> String {
    switch format {
    case .text: terminal(hasColour)
    case .markdown: markdown
    case .json: JSONWriter(.spaced).string(of: json) + "\n"
    case .junit: junit
    }
  }

  /// `12 claims: 8 hold, 1 refuted`.
  private var summary: String {
    let parts = JudgedClaim.Word.allCases.compactMap { word -> String? in
      let count = judged.count { $0.word == word }
      return count == 0 ? nil : "\(count) \(word.shown)"
    }
    return "\(judged.count) claims of \(recipe)"
      + (parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))")
      + "; \(page.rest.count) passages not understood"
  }

  // MARK: Terminal

  private func terminal(_ hasColour: Bool) -> String {
    let renderer = DiagnosticRenderer(usesColor: hasColour)
    var text = ""
    for one in judged {
      let remarks = one.remarks.sorted { $0.weight > $1.weight }
      if remarks.isEmpty {
        text += renderer.render(diagnostic(one, nil))
      }
      for remark in remarks { text += renderer.render(diagnostic(one, remark)) }
    }
    return text + ground.map { "\(path): \($0)\n" }.joined() + "\(path): \(summary)\n"
  }

  private func diagnostic(_ one: JudgedClaim, _ remark: ClaimRemark?) -> Diagnostic {
    let place = self.place(of: remark?.mark ?? "", in: one.claim)
    let severity: Diagnostic.Severity =
      switch remark?.weight {
      case .refutes?: .error
      case .doubts?: one.word == .stated ? .note : .warning
      case .standin?, nil: .note
      case .supports?: remark?.code == .pathMoved ? .warning : .note
      }
    let message = remark?.message ?? "\(one.claim.status.rawValue): claims nothing"
    return Diagnostic(
      severity,
      file: path,
      line: place.line,
      column: place.column,
      length: place.length,
      message: "\(one.word.shown): \(message)",
      sourceLine: page.lines.indices.contains(place.line - 1) ? page.lines[place.line - 1] : nil
    )
  }

  /// Where a mark stands among the lines of a claim; the start of its first line where it does not.
  private func place(of mark: String, in claim: PageClaim) -> (line: Int, column: Int, length: Int)
  {
    for number in claim.lines where page.lines.indices.contains(number - 1) {
      let line = page.lines[number - 1]
      guard !mark.isEmpty, let found = line.firstRange(of: mark) else { continue }
      let column = line.unicodeScalars.distance(from: line.startIndex, to: found.lowerBound) + 1
      return (number, column, mark.unicodeScalars.count)
    }
    let first = claim.lines.lowerBound
    guard page.lines.indices.contains(first - 1) else { return (first, 1, 1) }
    let line = page.lines[first - 1]
    let lead = line.prefix { $0 == " " || $0 == "|" || $0 == "-" }.unicodeScalars.count
    return (first, lead + 1, max(1, min(line.unicodeScalars.count - lead, 60)))
  }

  // MARK: Other formats

  private var markdown: String {
    var text = "# Claims of \(MarkdownText.escaped(path))\n\n\(MarkdownText.escaped(summary)).\n\n"
    for line in ground { text += "- \(MarkdownText.escaped(line))\n" }
    text += "\n| line | claim | verdict | what speaks for or against it |\n|---|---|---|---|\n"
    for one in judged {
      let remarks = one.remarks.sorted { $0.weight > $1.weight }.map {
        MarkdownText.escaped($0.message)
      }
      text += "| \(one.claim.lines.lowerBound) | \(MarkdownText.escaped(one.claim.shown)) "
      text +=
        "| **\(one.word.shown)** | \(remarks.isEmpty ? "—" : remarks.joined(separator: "<br>")) |\n"
    }
    return text
  }

  private var json: JSONValue {
    let rest: [JSONValue] = page.rest.map { one in
      ["text": .string(one.text), "lines": PageOutput.lines(one.lines)]
    }
    return [
      "page": .string(path), "recipe": .string(recipe),
      "ground": .array(ground.map { JSONValue.string($0) }),
      "claims": .array(judged.map(Self.json)), "rest": .array(rest),
    ]
  }

  private static func json(_ one: JudgedClaim) -> JSONValue {
    let remarks: [JSONValue] = one.remarks.map { remark in
      [
        "code": .string(remark.code.rawValue), "weight": .string("\(remark.weight)"),
        "message": .string(remark.message), "mark": .string(remark.mark),
      ]
    }
    return [
      "verdict": .string(one.word.rawValue), "claim": one.claim.json, "remarks": .array(remarks),
    ]
  }

  private var junit: String {
    func escaped(_ text: String) -> String { XMLText.escaped(text) }
    func count(_ words: JudgedClaim.Word...) -> Int { judged.count { words.contains($0.word) } }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
    text +=
      "  <testsuite name=\"\(escaped(path))\" tests=\"\(judged.count)\" failures=\"\(count(.refuted))\" "
    text += "errors=\"0\" skipped=\"\(count(.unproven, .stated, .standin))\">\n"
    for one in judged {
      let name = "line \(one.claim.lines.lowerBound): \(one.claim.shown)"
      text += "    <testcase classname=\"\(escaped("\(recipe).claims"))\" name=\"\(escaped(name))\""
      let said = one.remarks.sorted { $0.weight > $1.weight }.map(\.message)
      let message = "\(one.word.shown): \(said.first ?? one.claim.status.rawValue)"
      let body = escaped(said.joined(separator: "\n"))
      switch one.word {
      case .holds: text += "/>\n"
      case .refuted:
        text +=
          "><failure message=\"\(escaped(message))\" type=\"refuted\">\(body)</failure></testcase>\n"
      case .unproven, .stated, .standin:
        text += "><skipped message=\"\(escaped(message))\">\(body)</skipped></testcase>\n"
      }
    }
    return text + "  </testsuite>\n</testsuites>\n"
  }
}
