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
    let lexer: Lexer
    do throws(Lexer.Failure) {
      lexer = try Lexer(bytes)
    } catch {
      switch error {
      case .unterminated(let position): throw failure(.unterminated, at: position)
      }
    }

    text = []
    text.reserveCapacity(bytes.count + 64)
    var end = 0
    for placeholder in lexer.placeholders {
      let (name, position) = (placeholder.name, placeholder.range.lowerBound)
      guard let type = ValueType(placeholder.type) else {
        throw failure(.unknownType(placeholder.type, name: name), at: position)
      }
      guard let value = parameters[name] else {
        throw failure(.missing(name: name), at: position)
      }
      guard let literal = type.literal(value) else {
        throw failure(.notA(placeholder.type, name: name), at: position)
      }
      text.append(contentsOf: bytes[end..<position])
      // The spaces keep it a token of its own: `-{n}` with -5 must not begin a comment, and
      // `'a'{s}` must not become a doubled quote.
      text.append(UInt8(ascii: " "))
      text.append(contentsOf: literal.utf8)
      text.append(UInt8(ascii: " "))
      end = placeholder.range.upperBound
    }
    text.append(contentsOf: bytes[end...])

    let used = Set(lexer.placeholders.map(\.name))
    if let unused = parameters.keys.filter({ !used.contains($0) }).min() {
      throw failure(.unused(name: unused), at: nil)
    }
    returnsRows = [
      "SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK",
    ].contains(lexer.firstWord)
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
