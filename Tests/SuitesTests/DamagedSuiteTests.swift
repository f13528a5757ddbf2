import Foundation
import Testing

@testable import Suites

/// Whatever is done to a suite's files, loading ends in a suite or in errors with places.
struct DamagedSuiteTests {
  /// A small generator with a fixed start, so that a failure can be repeated.
  private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(max(sides, 1)))
    }
  }

  private static let scraps = [
    "{{", "}}", "{", "[", "]", ":", ": ", "- ", "\n", "\t", "\"", "'", "&a ", "*a", "!x ", "|\n",
    "#",
    "~", ",", "<<: ", "? ", "%", "\u{1F600}", "e\u{301}", "\u{2028}", "\r", "$.", "9999999999d",
  ]

  @Test(arguments: [
    "recipe.yml", "local.yml", "functional/event_tracking.yml", "functional/everything.yml",
  ])
  func aDamagedFileNeverStopsTheTool(_ name: String) throws {
    let whole = Array(try Data(contentsOf: URL(filePath: Fixtures.path("plausible/\(name)"))))
    var dice = Dice(state: UInt64(name.utf8.count))
    try Folder.temporary { folder in
      try folder.write(["recipe.yml": "", "body.bin": "x", "functional/probe.sh": ""])
      for _ in 0..<150 {
        var bytes = whole
        for _ in 0...dice.roll(3) {
          let place = dice.roll(bytes.count)
          switch dice.roll(3) {
          case 0: bytes.removeSubrange(place..<min(bytes.count, place + 1 + dice.roll(30)))
          case 1:
            bytes.insert(contentsOf: Self.scraps[dice.roll(Self.scraps.count)].utf8, at: place)
          default: bytes = Array(bytes[..<place])
          }
          if bytes.isEmpty { break }
        }
        try folder.write(name, bytes)
        do throws(SuiteErrors) {
          _ = try SuiteLoader.load(folder: folder.path)
        } catch {
          #expect(!error.diagnostics.isEmpty)
          #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty && $0.column >= 1 })
          #expect(!error.description.isEmpty)
        }
      }
    }
  }
}
