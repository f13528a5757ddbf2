/// Cuts a text to length where nobody knows yet which secrets are in it.
///
/// A secret that is cut in two is no longer known for one, so a cut never goes through a word: what
/// stands between blanks, quotes and brackets of markup is there whole or not at all.
package enum TextCut {
  /// The start of a text, of at most `limit` bytes.
  package static func start(_ bytes: [UInt8], limit: Int) -> ArraySlice<UInt8> {
    guard bytes.count > limit else { return bytes[...] }
    let start = bytes[..<max(limit, 0)]
    // Where the next byte ends a word, so does the cut.
    if isBoundary(bytes[start.endIndex]) { return start }
    return start[..<(start.lastIndex(where: isBoundary).map { $0 + 1 } ?? start.startIndex)]
  }

  /// The end of a text, of at most `limit` bytes.
  package static func end(_ bytes: [UInt8], limit: Int) -> ArraySlice<UInt8> {
    guard bytes.count > limit else { return bytes[...] }
    let end = bytes[(bytes.count - max(limit, 0))...]
    if isBoundary(bytes[end.startIndex - 1]) { return end }
    return end[(end.firstIndex(where: isBoundary) ?? end.endIndex)...]
  }

  private static func isBoundary(_ byte: UInt8) -> Bool {
    byte <= 0x20 || [0x22, 0x27, 0x3C, 0x3E].contains(byte)
  }
}
