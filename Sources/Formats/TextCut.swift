/// Cuts a text to length.
///
/// A secret that is cut in two is no longer known for one, so secrets are removed first, and a cut
/// never goes through a word: what stands between blanks, quotes and brackets of markup is there whole
/// or not at all, for secrets that become known only later.
package enum TextCut {
  /// The start of a text without secrets, of at most `limit` bytes, and how many bytes are left out.
  ///
  /// Of a long text no more is read than is needed.
  ///
  /// - Parameter isCut: more stood behind these bytes: what they end with may be half of something.
  package static func start(
    _ bytes: [UInt8],
    limit: Int,
    without secrets: Redactor?,
    isCut: Bool = false
  ) -> (text: String, rest: Int) {
    guard let secrets else {
      let start = start(known(bytes, without: nil, isCut: isCut), limit: limit)
      return (String(decoding: start, as: UTF8.self), bytes.count - start.count)
    }
    var stream = secrets.stream()
    var known: [UInt8] = []
    var read = 0
    while read < bytes.count, known.count <= limit {
      let end = min(read + 65_536, bytes.count)
      known += stream.feed(Array(bytes[read..<end]))
      read = end
    }
    if read == bytes.count {
      // What is held back may be the beginning of a secret.
      if isCut { known = wholeWords(known) } else { known += stream.finish() }
    }
    let start = start(known, limit: limit)
    let rest = known.count - start.count + bytes.count - read
    return (String(decoding: start, as: UTF8.self), rest)
  }

  /// The end of a text without secrets, of at most `limit` bytes, and how many bytes are left out.
  ///
  /// - Parameter isCut: more stood behind these bytes: what they end with may be half of something.
  package static func end(
    _ bytes: [UInt8],
    limit: Int,
    without secrets: Redactor?,
    isCut: Bool = false
  ) -> (text: String, rest: Int) {
    let known = known(bytes, without: secrets, isCut: isCut)
    let end = end(known, limit: limit)
    return (String(decoding: end, as: UTF8.self), known.count - end.count)
  }

  /// All of a text without secrets.
  ///
  /// - Parameter isCut: more stood behind these bytes: what they end with may be half of something.
  package static func known(
    _ bytes: [UInt8],
    without secrets: Redactor?,
    isCut: Bool
  ) -> [UInt8] {
    guard isCut else { return secrets?.redact(bytes) ?? bytes }
    // What the stream holds back may be the beginning of a secret.
    var stream = secrets?.stream()
    return wholeWords(stream?.feed(bytes) ?? bytes)
  }

  /// The start of a text, of at most `limit` bytes, where secrets are not known yet.
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

  /// Without the word that may go on.
  private static func wholeWords(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes[..<(bytes.lastIndex(where: isBoundary).map { $0 + 1 } ?? 0)])
  }

  private static func isBoundary(_ byte: UInt8) -> Bool {
    byte <= 0x20 || [0x22, 0x27, 0x3C, 0x3E].contains(byte)
  }
}
