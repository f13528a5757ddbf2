import Evidence
import Formats
import Foundation
import SeededGenerators
import Testing

/// The reader for bytes is held to Foundation's decoder.
@Suite struct CoverageReaderTests {
  @Test("what is read of random coverages is what decoding gives", arguments: 0..<300)
  func random(_ seed: Int) throws {
    var random = RandomCoverage(seed: UInt64(seed))
    let model = random.model()
    let bytes = try RecordEncoder(seed % 2 == 0 ? .pretty : .compact).bytes(of: model)
    let decoded = try JSONDecoder().decode(CoverageModel.self, from: Data(bytes))
    #expect(decoded == model)
    #expect(try CoverageReader.read(bytes) == decoded)
  }

  /// A property that no random coverage has could be forgotten by the reader.
  @Test func everyOptionalPropertyOccursInRandomCoverages() {
    var set: Set<String> = []
    var empty: Set<String> = []
    func look(_ value: Any, _ name: String) {
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
    let decoded = try JSONDecoder().decode(CoverageModel.self, from: Data(bytes))
    let read = try CoverageReader.read(bytes)
    #expect(read == decoded)
    #expect(read.schema == (name == "coverage.json" ? 1 : 2))
    #expect(read.checks.contains { $0.body != nil } == (read.schema == 2))
  }

  @Test func aNewerSchemaIsRefusedBeforeAnythingElseIs() throws {
    let text = #"{"checks": "other", "recipe": 3, "schema": 3}"#
    let error = #expect(throws: CoverageReader.Failure.self) {
      try CoverageReader.read(Array(text.utf8))
    }
    #expect(error == .newer(schema: 3))
    var model = try CoverageReader.read(Fixture.bytes("coverage-2.json"))
    model.schema = 3
    let bytes = try RecordEncoder().bytes(of: model)
    #expect(throws: CoverageReader.Failure.newer(schema: 3)) { try CoverageReader.read(bytes) }
  }

  @Test func aMergeThatNobodyFinishedIsToldWithItsLine() throws {
    let lines = String(decoding: try Fixture.bytes("coverage-2.json"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let text = (lines.prefix(4) + ["<<<<<<< HEAD"] + lines.dropFirst(4)).joined(separator: "\n")
    #expect(throws: CoverageReader.Failure.conflict(line: 5)) {
      try CoverageReader.read(Array(text.utf8))
    }
  }

  @Test(
    "what decoding refuses is refused, with its place",
    arguments: [
      "", "{", "[]", "null", "{}", #"{"schema":2}"#, "{,}", #"{"schema":2,}"#, #"{"schema" 2}"#,
      #"{"schema":2.5}"#, #"{"schema":99999999999999999999}"#, #"{"schema":"2"}"#,
      #"{"x":tru,"schema":2}"#, #"{"x":01}"#, "{\"x\":\"\u{1}\"}", #"{"x":"\q"}"#,
      #"{"x":"\ud800"}"#,
      "\u{FEFF}{}",
    ]
  )
  func malformed(_ text: String) {
    let error = #expect(throws: CoverageReader.Failure.self) {
      try CoverageReader.read(Array(text.utf8))
    }
    guard case .malformed? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a value of the wrong sort is refused wherever it stands", arguments: 0..<200)
  func damaged(_ seed: Int) throws {
    var random = RandomCoverage(seed: UInt64(seed))
    var bytes = try RecordEncoder().bytes(of: random.model())
    // Cut, or with a byte that JSON cannot have there.
    let place = random.generator.below(bytes.count - 1) + 1
    if seed % 2 == 0 { bytes.removeSubrange(place...) } else { bytes[place] = 0x01 }
    #expect(throws: CoverageReader.Failure.self) { try CoverageReader.read(bytes) }
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
      #expect(throws: CoverageReader.Failure.self) {
        try CoverageReader.read(Array(damaged.utf8))
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
