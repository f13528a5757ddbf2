import Foundation
import Testing

@testable import Corpus

/// What `docs/corpus.md` shows is what the code says.
@Suite struct CorpusDocumentationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private let page: String
  private let reader = CorpusReader(
    root: root.appending(path: "Tests/corpus/recipe-info").path,
    isSample: true
  )

  init() throws {
    page = try String(
      contentsOf: Self.root.appending(path: "docs/corpus.md"),
      encoding: .utf8
    )
  }

  @Test func theFingerprintsAreThoseOfTheSample() async throws {
    let units = await reader.reading(of: "nextcloud").units().filter {
      $0.script == "webdav_roundtrip.py"
    }
    let shown = units.map { unit in
      "\(unit.id) (lines \(unit.lines.lowerBound) to \(unit.lines.upperBound)): \(unit.about)\n"
        + unit.fingerprint.lines.map { "  \($0)\n" }.joined()
    }.joined()
    #expect(units.count == 3)
    #expect(page.contains("```\n\(shown)```"), "\(shown)")
  }

  @Test func theUnreadPartsAreThoseOfTheSample() async {
    let shown = await reader.reading(of: "uptime-kuma").units().flatMap { unit in
      unit.unread.map { "\(unit.id): line \($0.line): \($0.reason)\n" }
    }.joined()
    #expect(page.contains("```\n\(shown)```"), "\(shown)")
  }

  @Test func theChangesAreThoseOfAnEdit() async throws {
    let reading = reader.reading(of: "nextcloud")
    let script = try #require(reading.scripts.first { $0.path == "webdav_roundtrip.py" })
    let text = String(decoding: script.bytes, as: UTF8.self)
      .replacing("status_code == 401", with: "status_code < 500")
      .replacing("assert got.content == b\"recipe-info\"", with: "assert got.headers[\"ETag\"]")
    let edited = CorpusScript(
      path: script.path,
      language: .python,
      bytes: Array(text.utf8),
      hash: ""
    )
    let changes = zip(await script.units(reading.files), await edited.units(reading.files)).flatMap
    {
      old,
      new in
      Fingerprint.changes(from: old.fingerprint, to: new.fingerprint)
        .map { "\(old.id): \($0)\n" }
    }
    #expect(changes.count == 3)
    #expect(page.contains("```\n\(changes.joined())```"), "\(changes.joined())")
  }
}
