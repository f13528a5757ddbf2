import Foundation
import SeededGenerators
import Testing

@testable import Corpus

/// Edits of the sample corpus that must not count, and such that must never add.
@Suite struct FingerprintPropertyTests {
  private static let recipes = ["custom-html", "gitea", "keycloak", "matrix-synapse", "nextcloud"]

  private func scripts() -> [(CorpusScript, ScriptFiles)] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "corpus/recipe-info").path
    let reader = CorpusReader(root: root, isSample: true)
    return reader.readings(of: Self.recipes).flatMap { reading in
      reading.scripts.map { ($0, reading.files) }
    }
  }

  private func units(_ script: CorpusScript, _ lines: [String], _ files: ScriptFiles) async
    -> [String:
    Fingerprint]
  {
    let edited = CorpusScript(
      path: script.path,
      language: script.language,
      bytes: Array(lines.joined(separator: "\n").utf8),
      hash: "h"
    )
    return Dictionary(
      uniqueKeysWithValues: await edited.units(files).map { ($0.id, $0.fingerprint) }
    )
  }

  private static func lines(of script: CorpusScript) -> [String] {
    String(decoding: script.bytes, as: UTF8.self).components(separatedBy: "\n")
  }

  /// Lines that stand at the beginning of a statement.
  private static func begins(_ line: String) -> Bool {
    let word = line.drop { $0 == " " }
    return [
      "def ", "class ", "assert ", "if ", "return", "[ ", "check_", "import ", "fi", "answer = ",
    ]
    .contains(where: word.hasPrefix) && !word.hasSuffix("\\")
  }

  @Test func spaceAndCommentsNeverCount() async {
    var random = SeededGenerator(seed: 11)
    for (script, files) in scripts() {
      let original = Self.lines(of: script)
      let before = await units(script, original, files)
      for _ in 0..<(Seeds.isThorough ? 8 : 2) {
        var edited: [String] = []
        for line in original {
          if Self.begins(line), Int.random(in: 0..<3, using: &random) == 0 {
            let indent = String(line.prefix { $0 == " " })
            edited.append(contentsOf: [
              "", "\(indent)# A note, with \"quotes\" and (brackets", "  ",
            ])
          }
          let isOpen = line.hasSuffix("\\") || line.hasSuffix(",") || line.contains("\"\"\"")
          let mayEnd = Self.begins(line) && !isOpen && Int.random(in: 0..<3, using: &random) == 0
          edited.append(mayEnd ? line + "   # it's fine" : line)
        }
        let after = await units(script, edited, files)
        #expect(after == before, "\(script.path)")
        for (id, old) in before {
          #expect(after[id].map { Fingerprint.changes(from: old, to: $0) } == [], "\(id)")
        }
      }
      let indented = original.map { line in
        String(repeating: " ", count: line.prefix { $0 == " " }.count) + line
      }
      if script.language == .python { #expect(await units(script, indented, files) == before) }
      #expect(await units(script, original.map { $0 + "\r" }, files) == before, "\(script.path)")
    }
  }

  @Test func theOtherQuotesAndLineBreaksNeverCount() async {
    let one =
      "import requests\ndef test_a():\n  r = requests.get(\"https://h/a\", timeout=1)\n"
      + "  assert r.status_code == 200 and r.json()[\"k\"] == \"v\", \"text\"\n"
    let other =
      "import requests\n\n\ndef test_a() :\n        r=requests.get(\n  'https://' 'h/a',\n"
      + "timeout = 1 ,)\n        assert (r . status_code==200\n and r.json()['k']==r'''v'''),  'words'\n"
    let (left, right) = (await Script.units(one), await Script.units(other))
    #expect(left.map(\.fingerprint) == right.map(\.fingerprint))
    #expect(left[0].assertions.count == 2)
    #expect(
      await Script.lines(ofShell: "set -e\ncurl -f -X \"PUT\" 'h.org/a'\n")
        == Script.lines(ofShell: "set   -e ;  curl -f \\\n   -X PUT h.org/a # put it")
    )
  }

  @Test func whatIsTakenAwayNeverAdds() async {
    for (script, files) in scripts() {
      let original = Self.lines(of: script)
      let before = await units(script, original, files)
      for (index, line) in original.enumerated() {
        let word = line.drop { $0 == " " }
        let isWhole = !["(", ",", "\\", "{", "["].contains(where: line.hasSuffix)
        let isAssertion =
          isWhole && (word.hasPrefix("assert ") || word.hasPrefix("[ ") && !word.contains("&&"))
        guard isAssertion else { continue }
        var edited = original
        let indent = String(line.prefix { $0 == " " })
        edited[index] = indent + (script.language == .python ? "pass" : ":")
        let after = await units(script, edited, files)
        for (id, fingerprint) in after {
          let old = Set(before[id]?.lines ?? [])
          #expect(old.isSuperset(of: fingerprint.lines), "\(script.path):\(index + 1)")
        }
      }
    }
  }
}
