/// The right side of an original's condition, as the script has it.
struct OriginalOperand {
  /// Nil where it is only known when the script runs.
  let text: String?

  init(_ written: String) {
    var text = String(written.drop { $0 == " " })
    if text.utf8.contains("{…}".utf8) || text.hasSuffix("…\"") || text.hasSuffix("…") {
      self.text = nil
      return
    }
    if text.count >= 2, let first = text.utf8.first, first == text.utf8.last,
      first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    {
      text = String(text.dropFirst().dropLast()).replacing("\\\"", with: "\"")
        .replacing("\\\\", with: "\\")
    }
    self.text = text
  }

  /// Each of a list, an empty text where one is not known.
  var elements: [String]? {
    text?.split(separator: ",").map { OriginalOperand(String($0)).text ?? "" }
  }
}
