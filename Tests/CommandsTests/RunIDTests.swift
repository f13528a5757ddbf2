import FoundationEssentials
import Testing

@testable import Commands

/// Which run was the last must not hang on a clock.
@Suite struct RunIDTests {
  private static let noon = Date(timeIntervalSince1970: 1_700_000_000)

  @Test func `An id begins with its time where that is later than all others`() {
    #expect(RunID.new(at: Self.noon, after: nil).hasPrefix("20231114T221320Z-"))
    #expect(
      RunID.new(at: Self.noon, after: "20231114T221319Z-zzzz").hasPrefix("20231114T221320Z-")
    )
    #expect(RunID.isOne(RunID.new(at: Self.noon, after: nil)))
  }

  @Test(
    arguments: [
      ("20231114T221320Z-zzzz", "20231114T221321Z-"),
      ("20991231T235959Z-aaaa", "21000101T000000Z-"),
    ]
  )
  func `An id is later than the newest there is, whatever the clock says`(
    _ newest: String,
    _ begin: String
  ) {
    let id = RunID.new(at: Self.noon, after: newest)
    #expect(id.hasPrefix(begin))
    #expect(newest.utf8.lexicographicallyPrecedes(id.utf8))
  }

  @Test(arguments: [
    "", "x", "logs", "20231114T221320Z", "20231314T221320Z-abcd", "2023-1114T221320-",
  ])
  func `What is no id is taken for none`(_ name: String) {
    #expect(!RunID.isOne(name))
    #expect(RunID.new(at: Self.noon, after: name).hasPrefix("20231114T221320Z-"))
  }
}
