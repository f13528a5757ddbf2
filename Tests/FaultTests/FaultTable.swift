import Evidence
import Foundation
import Testing

/// The table of `docs/faults.md`, made from the rows.
struct FaultTable {
  static let page =
    URL(fileURLWithPath: Prepared.sources).deletingLastPathComponent().path
    + "/docs/faults.md"

  /// Every row, whatever `FAULTS` asks for.
  private static func rows(of group: String) throws -> [FaultRow] {
    try FaultRow.files.filter { $0.hasPrefix(group + "/") }.map(FaultRow.read)
  }

  static func lines(of group: String) throws -> String {
    let head = "| what is wrong | verdict | exit | what a person reads |\n|---|---|---|---|\n"
    return try head
      + rows(of: group).map { row in
        let words = row.expect.says.map { "“\(cell($0))”" }.joined(separator: ", ")
        return "| \(cell(row.fault)) | \(verdict(row)) | \(row.expect.exit) | \(words) |\n"
      }.joined()
  }

  private static func verdict(_ row: FaultRow) -> String {
    let expect = row.expect
    let parts =
      pairs(expect.claims.mapValues(\.shown)) + pairs(expect.checks.mapValues(\.rawValue))
      + pairs(expect.controls.mapValues { "control \($0)" }) + expect.findings.map { "`\($0)`" }
      + (expect.level.map { ["level \($0)"] } ?? [])
    return parts.isEmpty
      ? (expect.writesNothing ? "nothing is written" : "—")
      : parts.joined(separator: "; ")
  }

  private static func pairs(_ words: [String: String]) -> [String] {
    words.sorted { $0.key < $1.key }.map { "`\($0.key)` \($0.value)" }
  }

  private static func cell(_ text: String) -> String {
    text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "\n", with: " ")
      .replacingOccurrences(of: "<", with: "&lt;")
  }
}

struct FaultPageTests {
  @Test func `Every row stands in docs/faults.md as it is tested`() throws {
    let text = try String(contentsOfFile: FaultTable.page, encoding: .utf8)
    var made = ""
    var rest = text[...]
    var groups: Set<String> = []
    while let begin = rest.range(of: "<!-- rows: "), let name = rest.range(of: " -->\n") {
      let group = String(rest[begin.upperBound..<name.lowerBound])
      let end = try #require(rest.range(of: "<!-- end -->"))
      made += rest[..<name.upperBound] + (try FaultTable.lines(of: group)) + "<!-- end -->"
      rest = rest[end.upperBound...]
      groups.insert(group)
    }
    made += rest
    #expect(groups.isSuperset(of: FaultRow.files.map { String($0.prefix { $0 != "/" }) }))
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try Data(made.utf8).write(to: URL(fileURLWithPath: FaultTable.page))
    } else {
      #expect(made == text)
    }
  }
}
