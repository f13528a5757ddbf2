import Foundation
import Testing

@testable import Corpus

/// Scripts in styles that are not in the sample corpus, each with what a person reads in it.
///
/// A script begins with what it asks and asserts, a fact a line behind `#:`. `#: unread | words` is
/// something that cannot be known: it must be named, with these words.
@Suite struct HostileCorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Hostile")

  static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted()

  @Test func `There are scripts`() { #expect((Self.names ?? []).count >= 60) }

  @Test(arguments: names ?? [])
  func `What is read of a script is what it asks and asserts, and no more`(name: String)
    async throws
  {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    let expected = text.split(separator: "\n").filter { $0.hasPrefix("#: ") }
      .map { String($0.dropFirst(3)) }
    let script = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0.hasPrefix("#: ") }.joined(separator: "\n")
    let language: CorpusScript.Language = name.hasSuffix(".py") ? .python : .shell
    let units = await Script.units(script, name, language: language)
    let facts = Set(units.flatMap(\.fingerprint.lines))
    #expect(facts.sorted() == expected.filter { !$0.hasPrefix("unread | ") }.sorted())
    var unread = units.flatMap(\.unread).map(\.reason)
    for line in expected where line.hasPrefix("unread | ") {
      let words = line.dropFirst("unread | ".count)
      let place = unread.firstIndex { $0.contains(words) }
      #expect(place != nil, "\(words) is not named: \(unread)")
      if let place { unread.remove(at: place) }
    }
    #expect(unread.isEmpty)
  }
}
