import Formats
import FoundationEssentials

/// A run's id: `20261122T211347Z-dpge`. Ids go up with every run of a recipe.
enum RunID {
  /// - Parameter newest: the highest id there is. Where it was not before `date`, because the clock
  ///   was set back or two runs began in one second, the new id is a second above it: which run was
  ///   the last must not hang on a clock.
  static func new(at date: Date, after newest: String?) -> String {
    var stamp = stamp(date)
    if let newest, let last = Self.date(newest), newest.prefix(stamp.count) >= stamp {
      stamp = Self.stamp(last.addingTimeInterval(1))
    }
    let tail = (0..<4).map { _ in String(Int.random(in: 0..<36), radix: 36) }.joined()
    return "\(stamp)-\(tail)"
  }

  /// Of a run that is merged from others: a second above all of them, and the same for the same ones.
  ///
  /// - Parameter others: ids that it must come after; where there are none it comes before all.
  static func merged(from attempts: [String], after others: [String]) -> String {
    let newest = (attempts + others).filter { isOne($0) }.max { UTF8Order.precedes($0, $1) }
    let start = newest.flatMap(date).map { $0.addingTimeInterval(1) }
    let names = attempts.sorted { UTF8Order.precedes($0, $1) }.joined(separator: " ")
    return "\(stamp(start ?? Date(timeIntervalSince1970: 0)))-"
      + Digest.sha256.text(of: names).prefix(4)
  }

  static func isOne(_ name: String) -> Bool { name.utf8.count == 21 && date(name) != nil }

  private static func stamp(_ date: Date) -> String {
    date.formatted(.iso8601).replacing("-", with: "").replacing(":", with: "")
  }

  /// The time that an id names.
  private static func date(_ id: String) -> Date? {
    let text = Array(id.utf8.prefix(17))
    guard text.count == 17, text[8] == UInt8(ascii: "T"), text[15] == UInt8(ascii: "Z"),
      text[16] == UInt8(ascii: "-")
    else { return nil }
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    let written =
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T"
      + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
    return try? Date(written, strategy: .iso8601)
  }
}
