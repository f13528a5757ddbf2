import Formats

/// `<recipe semver>+<app version>`, ordered by the first part as SemVer orders it, then by the app's.
package struct RecipeVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let text: String
  private let numbers: [Int]
  /// After a `-`; nil for a release, which comes after all of its pre-releases.
  private let prerelease: String?
  package let app: String

  /// Nil where the text has no SemVer before its `+`.
  package init?(_ text: String) {
    let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    let core = first.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = core[0].split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.utf8.count < 10
        ? Int(part) : nil
    }
    guard numbers.count == 3, !numbers.contains(nil) else { return nil }
    self.text = text
    self.numbers = numbers.compactMap { $0 }
    prerelease = core.count > 1 ? String(core[1]) : nil
    app = parts.count > 1 ? String(parts[1]) : ""
  }

  package var description: String { text }

  package static func == (a: RecipeVersion, b: RecipeVersion) -> Bool {
    UTF8Order.areEqual(a.text, b.text)
  }

  package static func < (a: RecipeVersion, b: RecipeVersion) -> Bool {
    if a.numbers != b.numbers { return a.numbers.lexicographicallyPrecedes(b.numbers) }
    switch (a.prerelease, b.prerelease) {
    case (nil, nil): break
    case (nil, _?): return false
    case (_?, nil): return true
    case (let left?, let right?):
      let order = compare(left, right)
      if order != 0 { return order < 0 }
    }
    let order = compare(a.app, b.app)
    return order == 0 ? UTF8Order.precedes(a.text, b.text) : order < 0
  }

  /// Runs of digits by their value, all else by bytes: `v2.10` comes after `v2.9`.
  private static func compare(_ a: String, _ b: String) -> Int {
    var left = Substring(a).utf8
    var right = Substring(b).utf8
    func digits(_ text: inout Substring.UTF8View) -> Substring.UTF8View? {
      let run = text.prefix { (0x30...0x39).contains($0) }
      if run.isEmpty { return nil }
      text = text.dropFirst(run.count)
      return run.drop { $0 == 0x30 }
    }
    while let x = left.first, let y = right.first {
      var nextLeft = left
      var nextRight = right
      if let one = digits(&nextLeft), let two = digits(&nextRight) {
        if one.count != two.count { return one.count - two.count }
        if one.lexicographicallyPrecedes(two) { return -1 }
        if two.lexicographicallyPrecedes(one) { return 1 }
        (left, right) = (nextLeft, nextRight)
        continue
      }
      if x != y { return Int(x) - Int(y) }
      left = left.dropFirst()
      right = right.dropFirst()
    }
    return left.count - right.count
  }

  /// Texts that are versions, oldest first; all others are left out.
  package static func sorted(_ texts: [String]) -> [String] {
    texts.compactMap { RecipeVersion($0) }.sorted().map(\.text)
  }

  /// The newest of these versions that is older than the given one.
  package static func newest(of texts: [String], below text: String) -> String? {
    guard let limit = RecipeVersion(text) else { return nil }
    return texts.compactMap { RecipeVersion($0) }.filter { $0 < limit }.max()?.text
  }
}
