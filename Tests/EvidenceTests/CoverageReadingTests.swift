import Evidence
import Formats
import Foundation
import SeededGenerators
import Testing

@Suite struct CoverageReadingTests {
  @Test("random coverages come back as they were", arguments: Seeds.upTo(300))
  func random(_ seed: Int) throws {
    var random = RandomCoverage(seed: UInt64(seed))
    let model = random.model()
    let bytes = try JSONTextEncoder(seed % 2 == 0 ? .spaced : .compact).bytes(of: model)
    #expect(try CoverageModel(json: bytes) == model)
  }

  /// A property that no random coverage has could be forgotten by the reader.
  @Test func everyOptionalPropertyOccursInRandomCoverages() {
    var set: Set<String> = []
    var empty: Set<String> = []
    func look(_ value: Any, _ name: String) {
      // Each is one text in JSON.
      if value is Template || value is TemplateTree || value is JSONPath || value is Pattern {
        return
      }
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .optional {
        guard let inner = mirror.children.first else {
          empty.insert(name)
          return
        }
        set.insert(name)
        return look(inner.value, name)
      }
      for child in mirror.children {
        look(child.value, child.label.map { "\(mirror.subjectType).\($0)" } ?? name)
      }
    }
    for seed in 0..<60 {
      var random = RandomCoverage(seed: UInt64(seed))
      look(random.model(), "CoverageModel")
    }
    #expect(set.contains("CorpusCoverage.commit") && set.contains("CheckCoverage.body"))
    #expect(empty.subtracting(set).isEmpty)
  }

  @Test(
    "files of every schema up to now are read",
    arguments: ["coverage.json", "coverage-2.json"]
  )
  func fixtures(_ name: String) throws {
    let bytes = try Fixture.bytes(name)
    let read = try CoverageModel(json: bytes)
    #expect(read.schema == (name == "coverage.json" ? 1 : 2))
    #expect(read.checks.contains { $0.body != nil } == (read.schema == 2))
  }

  @Test func aNewerSchemaIsRefusedBeforeAnythingElseIs() throws {
    let text = #"{"checks": "other", "recipe": 3, "schema": 4}"#
    let error = #expect(throws: CoverageReadingError.self) {
      try CoverageModel(json: Array(text.utf8))
    }
    #expect(error == .newer(schema: 4))
    var model = try CoverageModel(json: Fixture.bytes("coverage-2.json"))
    model.schema = 4
    let bytes = try JSONTextEncoder().bytes(of: model)
    #expect(throws: CoverageReadingError.newer(schema: 4)) { try CoverageModel(json: bytes) }
  }

  @Test func aMergeThatNobodyFinishedIsToldWithItsLine() throws {
    let lines = String(decoding: try Fixture.bytes("coverage-2.json"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let text = (lines.prefix(4) + ["<<<<<<< HEAD"] + lines.dropFirst(4)).joined(separator: "\n")
    #expect(throws: CoverageReadingError.conflict(line: 5)) {
      try CoverageModel(json: Array(text.utf8))
    }
  }

  @Test(
    "what decoding refuses is refused, with its place",
    arguments: [
      "", "{", "[]", "null", "{}", #"{"schema":2}"#, "{,}", #"{"schema":2,}"#, #"{"schema" 2}"#,
      #"{"schema":2.5}"#, #"{"schema":99999999999999999999}"#, #"{"schema":"2"}"#,
      #"{"schema":3}"#, #"{"x":tru,"schema":2}"#, #"{"x":01}"#, "{\"x\":\"\u{1}\"}", #"{"x":"\q"}"#,
      #"{"x":"\ud800"}"#,
      "\u{FEFF}{}",
    ]
  )
  func malformed(_ text: String) {
    let error = #expect(throws: CoverageReadingError.self) {
      try CoverageModel(json: Array(text.utf8))
    }
    guard case .malformed? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `What a type refuses is told with its path and its place`() throws {
    let lines = String(decoding: try Fixture.bytes("coverage-2.json"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let line = try #require(lines.firstIndex { $0.contains(#""strength" : "content""#) })
    var damaged = lines
    damaged[line] = #"      "strength" : 3"#
    let text = damaged.joined(separator: "\n")
    let error = try #require(throws: CoverageReadingError.self) {
      try CoverageModel(json: Array(text.utf8))
    }
    guard case .malformed(let place) = error, case .undecodable(let path, _) = place.code else {
      Issue.record("\(error)")
      return
    }
    #expect(path.wholeMatch(of: /checks\[[0-9]+\]\.strength/) != nil)
    #expect(place.line == line + 1)
    #expect(place.column == 20)
  }

  @Test("a value of the wrong sort is refused wherever it stands", arguments: Seeds.upTo(200))
  func damaged(_ seed: Int) throws {
    var random = RandomCoverage(seed: UInt64(seed))
    var bytes = try JSONTextEncoder().bytes(of: random.model())
    // Cut, or with a byte that JSON cannot have there.
    let place = random.generator.below(bytes.count - 1) + 1
    if seed % 2 == 0 { bytes.removeSubrange(place...) } else { bytes[place] = 0x01 }
    #expect(throws: CoverageReadingError.self) { try CoverageModel(json: bytes) }
  }

  @Test func verdictsAndOutcomesWithoutReasonsAreRefused() throws {
    let text = String(decoding: try Fixture.bytes("coverage-2.json"), as: UTF8.self)
    for (old, new) in [
      (#""outcome" : "passed""#, #""outcome" : "failed""#),
      (#""verdict" : "vacuous""#, #""verdict" : "deferred""#),
      (#""strength" : "ack""#, #""strength" : "strong""#),
      (#""id" : "generic/install::serving""#, #""id" : "serving""#),
    ] {
      #expect(text.contains(old))
      let damaged = text.replacingOccurrences(of: old, with: new)
      #expect(throws: CoverageReadingError.self) {
        try CoverageModel(json: Array(damaged.utf8))
      }
    }
  }

  private enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
      let folder = URL(filePath: #filePath).deletingLastPathComponent()
      return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
    }
  }
}
