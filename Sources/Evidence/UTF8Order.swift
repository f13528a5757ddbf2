/// Comparison of strings by their UTF-8 bytes.
///
/// Swift's own `==` and `<` fold canonically equivalent forms (a composed and a decomposed "é" are
/// equal), which is wrong for identifiers, JSON keys and expected values. Byte order of UTF-8 is the
/// order of Unicode scalar values.
package enum UTF8Order {
  /// Negative, zero or positive as `lhs` sorts before, equals or sorts after `rhs`.
  package static func compare(_ lhs: String, _ rhs: String) -> Int {
    let left = lhs.utf8Span.span
    let right = rhs.utf8Span.span
    return left.withUnsafeBufferPointer { a in
      right.withUnsafeBufferPointer { b in
        let shared = min(a.count, b.count)
        var index = 0
        while index < shared {
          if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
          index &+= 1
        }
        return a.count - b.count
      }
    }
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
