/// A command line as one text, cut into words as a shell would.
enum ShellWords {
  static func split(_ text: String) -> [String] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var isOpen = false
    var quote: UInt8 = 0
    for byte in text.utf8 {
      if quote != 0 {
        if byte == quote { quote = 0 } else { word.append(byte) }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
        isOpen = true
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\t")
      {
        if isOpen || !word.isEmpty { words.append(word) }
        (word, isOpen) = ([], false)
      } else {
        word.append(byte)
      }
    }
    if isOpen || !word.isEmpty { words.append(word) }
    return words.map { String(decoding: $0, as: UTF8.self) }
  }
}
