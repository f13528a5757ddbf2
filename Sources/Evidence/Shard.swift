import Formats

/// One part of a catalogue that several machines divide among them: `2/5`.
package struct Shard: Codable, Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  package var number: Int
  package var count: Int

  package init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Reads `2/5`; nil where the text has another form, or names a part that there is not.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) && $0.count < 5 }),
      let number = Int(parts[0]), let count = Int(parts[1]), (1...max(1, count)).contains(number),
      count > 0
    else { return nil }
    self.init(number: number, count: count)
  }

  package var description: String { "\(number)/\(count)" }

  /// Divides recipes among so many machines: the same everywhere, whatever order they come in.
  ///
  /// Each recipe goes to the shard that it likes best by a hash of both names and that still has
  /// room; sizes differ by one at most. A recipe more or less moves few of the others.
  ///
  /// - Parameter count: at least 1.
  /// - Returns: the recipes of each shard, sorted by UTF-8.
  package static func divide(_ recipes: [String], among count: Int) -> [[String]] {
    let names = Set(recipes.map { Array($0.utf8) })
    let sizes = names.count.quotientAndRemainder(dividingBy: count)
    var result = [[[UInt8]]](repeating: [], count: count)
    var roomier = sizes.remainder
    for name in names.sorted(by: { key($0) < key($1) }) {
      let liked = (0..<count).map { (shard: $0, key: key(name + Array("/\($0 + 1)".utf8))) }
        .sorted { ($0.key, $0.shard) < ($1.key, $1.shard) }
      let chosen = liked.first { shard, _ in
        result[shard].count < sizes.quotient
          || result[shard].count == sizes.quotient && roomier > 0
      }
      guard let chosen else { continue }
      if result[chosen.shard].count == sizes.quotient { roomier -= 1 }
      result[chosen.shard].append(name)
    }
    return result.map { shard in
      shard.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func key(_ bytes: [UInt8]) -> UInt64 {
    Digest.sha256.bytes(of: bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
