/// An array in the server's text form (PostgreSQL 15, section 8.15.6): `{1,NULL,"a b"}`, `[0:1]={5,6}`.
struct ArrayLiteral {
  private var rest: Substring
  private let element: UInt32

  /// - Returns: nil where it is not such a text.
  static func cells(_ text: String, of element: UInt32) -> [PostgresCell]? {
    // Other bounds than from 1 say nothing that a list could.
    guard let start = text.firstIndex(of: "{") else { return nil }
    var literal = ArrayLiteral(rest: text[start...], element: element)
    guard let cells = literal.list(), literal.rest.isEmpty else { return nil }
    return cells
  }

  private mutating func list() -> [PostgresCell]? {
    guard take("{") else { return nil }
    var cells: [PostgresCell] = []
    if take("}") { return cells }
    repeat {
      guard let cell = cell() else { return nil }
      cells.append(cell)
    } while take(",")
    return take("}") ? cells : nil
  }

  private mutating func cell() -> PostgresCell? {
    if rest.first == "{" { return list().map { .array($0) } }
    if rest.first == "\"" {
      return quoted().map { PostgresCell(text: $0.utf8, ofType: element) }
    }
    let word = rest.prefix { $0 != "," && $0 != "}" }
    rest = rest[word.endIndex...]
    if word.isEmpty { return nil }
    return word == "NULL" ? .null : PostgresCell(text: word.utf8, ofType: element)
  }

  /// A backslash stands before a quote or another one.
  private mutating func quoted() -> String? {
    rest.removeFirst()
    var text = String.UnicodeScalarView()
    var scalars = rest.unicodeScalars
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"":
        rest = Substring(scalars)
        return String(text)
      case "\\":
        guard let next = scalars.popFirst() else { return nil }
        text.append(next)
      default: text.append(scalar)
      }
    }
    return nil
  }

  private mutating func take(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }
}
