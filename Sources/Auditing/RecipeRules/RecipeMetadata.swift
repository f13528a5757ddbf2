import Evidence
import Suites

/// The block between `<!-- metadata -->` and `<!-- endmetadata -->` of a recipe's README: what its
/// authors say of it, and nobody verifies.
struct RecipeMetadata {
  struct Entry {
    var name: String
    var value: String
    var place: SourcePlace
  }

  let entries: [Entry]

  init(_ source: SourceText) {
    var entries: [Entry] = []
    var isInside = false
    for (index, line) in source.lines.enumerated() {
      let words = line.filter { $0 != " " }.lowercased()
      if words.hasPrefix("<!--metadata-->") { isInside = true }
      // Without an end the block goes to the next heading.
      if words.hasPrefix("<!--endmetadata-->") || (isInside && words.hasPrefix("#")) { break }
      if isInside, let entry = Self.entry(line, source.place(line: index + 1, column: 1)) {
        entries.append(entry)
      }
    }
    self.entries = entries
  }

  subscript(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// `* **Name**: value`.
  private static func entry(_ line: String, _ place: SourcePlace) -> Entry? {
    let scalars = Array(line.unicodeScalars)
    let text = line.drop { " \t*-".contains($0) }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let name = text[..<colon].filter { !"* `".contains($0) }
    let value = text[text.index(after: colon)...].drop { "* ".contains($0) }
    guard !name.isEmpty, !value.isEmpty else { return nil }
    var place = place
    place.column = scalars.count - value.unicodeScalars.count + 1
    var trimmed = value
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return Entry(name: name.lowercased(), value: String(trimmed), place: place)
  }
}

extension RecipeMetadata.Entry {
  /// Nil for anything that is neither yes nor no.
  var isYes: Bool? {
    switch value.prefix(while: \.isLetter).lowercased() {
    case "yes", "full": true
    case "no", "none": value.lowercased().hasPrefix("no.") ? nil : false
    default: nil
    }
  }

  /// The image of `[`name`](link), 4, upstream`; nil where none is named.
  var image: String? {
    var text = value[...]
    if text.first == "[" { text = text.dropFirst().prefix { $0 != "]" } }
    if text.first == "`" { text = text.dropFirst().prefix { $0 != "`" } }
    text = text.prefix { $0 != "," }
    while text.last == " " { text.removeLast() }
    let isName =
      !text.isEmpty && !text.contains(" ")
      && !["n/a", "none", "custom"].contains(text.lowercased())
    return isName ? String(text) : nil
  }
}
