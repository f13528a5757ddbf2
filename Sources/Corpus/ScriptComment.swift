/// Comments of scripts in languages where `#` begins one.
enum ScriptComment {
  /// Where the lines of a script begin and end, found once.
  struct Lines {
    let bytes: [UInt8]
    private(set) var ranges: [Range<Int>] = []

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      var start = 0
      for (index, byte) in bytes.enumerated() where byte == 0x0A {
        ranges.append(start..<index)
        start = index + 1
      }
      ranges.append(start..<bytes.count)
    }
  }

  /// The first line of the comment at the top, after `#!`.
  static func first(of bytes: [UInt8]) -> String {
    for line in bytes.prefix(8192).split(separator: 0x0A) {
      if line.starts(with: Array("#!".utf8)) || line.starts(with: Array("# -*-".utf8)) { continue }
      let text = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if text.isEmpty { continue }
      guard text.first == UInt8(ascii: "#") else { return "" }
      let own = Self.text(text)
      if !own.isEmpty { return own }
    }
    return ""
  }

  /// The first line of the comment that ends just before a line.
  static func before(line: Int, in lines: Lines) -> String {
    var found = ""
    var index = line - 2
    while lines.ranges.indices.contains(index) {
      let text = lines.bytes[lines.ranges[index]].drop { $0 == 0x20 || $0 == 0x09 }
      guard text.first == UInt8(ascii: "#"), !text.starts(with: Array("#!".utf8)) else { break }
      let own = Self.text(text)
      if !own.isEmpty { found = own }
      index -= 1
    }
    return found
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.drop { $0 == UInt8(ascii: "#") }, as: UTF8.self).firstLine
  }

  static func firstLineThatIsNotUTF8(_ bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var line = 1
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if String(validating: part, as: UTF8.self) == nil { return line }
      line += 1
    }
    return 1
  }
}
