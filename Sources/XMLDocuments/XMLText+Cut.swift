extension XMLText {
  /// The sanitised text, cut to a length with a marker that says how much is missing.
  ///
  /// Sanitising comes first, so that no half of a terminal sequence is left at the cut. The cut
  /// falls between characters as a reader sees them. `maximumBytes` counts UTF-8 with the marker
  /// `… [N bytes cut]` and before escaping; if the marker alone is longer, only it remains.
  package static func cut(_ text: String, to maximumBytes: Int) -> String {
    let clean = sanitized(text)
    let total = clean.utf8.count
    guard total > maximumBytes else { return clean }
    // The marker names the bytes cut, which are never more than all of them: its longest form
    // leaves room for every other.
    let room = max(0, maximumBytes - marker(for: total).utf8.count)
    let head = clean.prefix(utf8Bytes: room)
    return head + marker(for: total - head.utf8.count)
  }

  private static func marker(for bytes: Int) -> String {
    "… [\(bytes) bytes cut]"
  }
}

extension String {
  /// The longest prefix of at most so many bytes that does not divide a character.
  ///
  /// Combining marks, joiners, variation selectors and the second half of CR LF stay with what
  /// they belong to, as far as 64 scalars back; flags are divided between their letters.
  fileprivate func prefix(utf8Bytes count: Int) -> Substring {
    guard let limit = utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) else {
      return self[...]
    }
    let scalars = unicodeScalars
    var end = limit
    while end > startIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
    var steps = 0
    while end > startIndex, end < endIndex, steps < 64 {
      let previous = scalars[scalars.index(before: end)]
      guard scalars[end].continues(previous) else { break }
      end = scalars.index(before: end)
      steps += 1
    }
    return self[startIndex..<end]
  }
}

extension Unicode.Scalar {
  /// Whether this scalar belongs to the character that `previous` is part of.
  fileprivate func continues(_ previous: Unicode.Scalar) -> Bool {
    if value == 0x0A { return previous.value == 0x0D }
    guard value >= 0x300 else { return false }
    return properties.isGraphemeExtend || properties.isEmojiModifier || value == 0x200D
      || previous.value == 0x200D
      || properties.generalCategory == .spacingMark
  }
}
