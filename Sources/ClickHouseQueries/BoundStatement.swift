import Formats

/// A statement whose placeholders have become literals.
struct BoundStatement: Equatable {
  /// To be sent.
  var text: [UInt8]
  /// Whether it is of a kind that answers with rows, empty or not.
  var returnsRows: Bool

  init(
    _ sql: String,
    _ parameters: [String: ClickHouseValue]
  ) throws(ClickHouseError) {
    func failure(_ binding: ClickHouseError.Binding, at position: Int?) -> ClickHouseError {
      ClickHouseError(.binding(binding), "\(binding)", position: position, statement: sql)
    }
    let bytes = Array(sql.utf8)
    let scanner = SQLScanner(sql, .clickhouse)
    if let position = scanner.unterminated { throw failure(.unterminated, at: position) }

    text = []
    text.reserveCapacity(bytes.count + 64)
    var end = 0
    var used: Set<String> = []
    for case .placeholder(let name, let typeName, let range) in scanner.parts {
      let position = range.lowerBound
      guard let type = ValueType(typeName) else {
        throw failure(.unknownType(typeName, name: name), at: position)
      }
      guard let value = parameters[name] else {
        throw failure(.missing(name: name), at: position)
      }
      guard let literal = type.literal(value) else {
        throw failure(.notA(typeName, name: name), at: position)
      }
      used.insert(name)
      text.append(contentsOf: bytes[end..<position])
      // The spaces keep it a token of its own: `-{n}` with -5 must not begin a comment, and
      // `'a'{s}` must not become a doubled quote.
      text.append(UInt8(ascii: " "))
      text.append(contentsOf: literal.utf8)
      text.append(UInt8(ascii: " "))
      end = range.upperBound
    }
    text.append(contentsOf: bytes[end...])

    if let unused = parameters.keys.filter({ !used.contains($0) }).min() {
      throw failure(.unused(name: unused), at: nil)
    }
    returnsRows = [
      "SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK",
    ].contains(scanner.firstWord)
  }
}

extension ClickHouseError.Binding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let name): "parameter \(name) has no value"
    case .unused(let name): "parameter \(name) has no placeholder"
    case .unknownType(let type, let name): "parameter \(name) is of unknown type \(type)"
    case .notA(let type, let name): "the value of parameter \(name) is not a \(type)"
    case .unterminated: "a quotation or comment does not end"
    }
  }
}
