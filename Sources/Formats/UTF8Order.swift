/// Comparison of strings by their UTF-8 bytes.
///
/// Swift's own `==` and `<` fold canonically equivalent forms (a composed and a decomposed "é" are
/// equal), which is wrong for identifiers, JSON keys and expected values. Byte order of UTF-8 is the
/// order of Unicode scalar values.
package enum UTF8Order {
  /// Negative, zero or positive as `lhs` sorts before, equals or sorts after `rhs`.
  package static func compare(_ lhs: String, _ rhs: String) -> Int {
    // Native strings are contiguous, so the second way is for foreign ones only.
    lhs.utf8.withContiguousStorageIfAvailable { left in
      rhs.utf8.withContiguousStorageIfAvailable { right in compare(left, right) }
    }.flatMap(\.self) ?? compare(Array(lhs.utf8), Array(rhs.utf8))
  }

  @inline(__always)
  private static func compare(
    _ left: some RandomAccessCollection<UInt8>,
    _ right: some RandomAccessCollection<UInt8>
  ) -> Int {
    for (a, b) in zip(left, right) where a != b { return a < b ? -1 : 1 }
    return left.count - right.count
  }

  /// Whether both strings have the same UTF-8 bytes.
  package static func areEqual(_ lhs: String, _ rhs: String) -> Bool {
    lhs.utf8.count == rhs.utf8.count && compare(lhs, rhs) == 0
  }

  /// Whether `lhs` sorts before `rhs`; fit for `sorted(by:)`.
  package static func precedes(_ lhs: String, _ rhs: String) -> Bool {
    compare(lhs, rhs) < 0
  }
}
