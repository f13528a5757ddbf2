import Evidence
import Foundation
import Testing

/// The table of `docs/faults.md`, made from the rows.
struct FaultTable {
  static let page =
    URL(fileURLWithPath: Prepared.sources).deletingLastPathComponent().path
    + "/docs/faults.md"

  static func lines(of group: String) throws -> String {
    let head = "| what is wrong | verdict | exit | what a person reads |\n|---|---|---|---|\n"
    // Every row, whatever `FAULTS` asks for.
    let files = FaultRow.files.filter { $0.hasPrefix(group + "/") }
    return try head
      + files.map { name in
        let rows = try FaultRow.read(name)
        let words = unique(rows.flatMap(words)).map { "“\(cell($0))”" }.joined(separator: ", ")
        let exits = unique(rows.flatMap(exits)).joined(separator: ", ")
        let verdicts = unique(rows.map(verdict)).joined(separator: "; ")
        return "| \(cell(try FaultRow.title(of: name))) | \(verdicts) | \(exits) | \(words) |\n"
      }.joined()
  }

  private static func unique(_ all: [String]) -> [String] {
    all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// At once, and by the commands that come after it.
  private static func words(_ row: FaultRow) -> [String] {
    row.expect.says + row.then.flatMap(\.says)
  }

  private static func exits(_ row: FaultRow) -> [String] {
    [String(row.expect.exit)] + row.then.filter { !$0.says.isEmpty }.map { String($0.exit) }
  }

  private static func verdict(_ row: FaultRow) -> String {
    let expect = row.expect
    let parts =
      pairs(expect.claims.mapValues(\.shown)) + pairs(expect.checks.mapValues { $0 == .notRun ? "not run" : $0.rawValue })
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
