import FoundationEssentials

/// How many seeds a property is tried with.
package enum Seeds {
  /// Whether all are tried, as `make test-all` asks for by `THOROUGH=1`.
  package static let isThorough = ProcessInfo.processInfo.environment["THOROUGH"] == "1"

  /// All of them, or an eighth and at least ten.
  package static func upTo<Seed: FixedWidthInteger>(_ count: Seed) -> Range<Seed> {
    0..<(isThorough ? count : min(count, max(10, count / 8)))
  }
}
