/// A part of a Python program that has a value.
indirect enum PythonExpression: Sendable {
  struct Argument: Sendable {
    /// `*`, `**`, the name of a keyword, or nil.
    var name: String?
    var value: PythonExpression
  }

  struct Parameter: Sendable {
    /// Without stars.
    var name: String
    var preset: PythonExpression?
    /// `*` or `**`.
    var stars = ""
    var isKeywordOnly = false
  }

  struct Clause: Sendable {
    var target: PythonExpression
    var source: PythonExpression
    var conditions: [PythonExpression]
  }

  enum Piece: Sendable {
    case literal(String)
    case hole(PythonExpression)
  }

  case name(String)
  case integer(Int)
  /// Any other number, as it is written.
  case number(String)
  case text([Piece])
  case boolean(Bool)
  case none
  /// `…` and what is only read over.
  case other(String)
  case attribute(PythonExpression, String)
  case call(PythonExpression, [Argument], line: Int)
  case subscripted(PythonExpression, PythonExpression)
  /// A list, a tuple or a set.
  case list([PythonExpression])
  case dictionary([(key: PythonExpression?, value: PythonExpression)])
  case unary(String, PythonExpression)
  case binary(String, PythonExpression, PythonExpression)
  case comparison(PythonExpression, [(String, PythonExpression)])
  case all([PythonExpression])
  case any([PythonExpression])
  case not(PythonExpression)
  case conditional(PythonExpression, then: PythonExpression, else: PythonExpression)
  case lambda([Parameter], PythonExpression)
  case comprehension(PythonExpression, [Clause])
  case assignment(String, PythonExpression)
  case starred(PythonExpression)
}

extension PythonExpression: CustomStringConvertible {
  /// As it would be written by somebody else: one space, double quotes.
  var description: String {
    switch self {
    case .name(let name): name
    case .integer(let number): String(number)
    case .number(let text), .other(let text): text
    case .text(let pieces):
      "\""
        + pieces.map {
          switch $0 {
          case .literal(let text): text
          case .hole(let value): "{\(value)}"
          }
        }.joined() + "\""
    case .boolean(let value): value ? "True" : "False"
    case .none: "None"
    case .attribute(let base, let name): "\(base).\(name)"
    case .call(let callee, let arguments, _):
      "\(callee)(\(arguments.map(Self.written).joined(separator: ", ")))"
    case .subscripted(let base, let key): "\(base)[\(key)]"
    case .list(let elements): "[\(elements.map(\.description).joined(separator: ", "))]"
    case .dictionary(let pairs):
      "{\(pairs.map { "\($0.key.map(\.description) ?? "**"): \($0.value)" }.joined(separator: ", "))}"
    case .unary(let sign, let value): "\(sign)\(value)"
    case .binary(let sign, let left, let right): "(\(left) \(sign) \(right))"
    case .comparison(let first, let rest):
      "\(first)" + rest.map { " \($0.0) \($0.1)" }.joined()
    case .all(let parts): parts.map { "(\($0))" }.joined(separator: " and ")
    case .any(let parts): parts.map { "(\($0))" }.joined(separator: " or ")
    case .not(let value): "not (\(value))"
    case .conditional(let test, let then, let otherwise): "\(then) if \(test) else \(otherwise)"
    case .lambda(let parameters, let body):
      "lambda \(parameters.map(\.name).joined(separator: ", ")): \(body)"
    case .comprehension(let element, let clauses):
      "[\(element)"
        + clauses.map { clause in
          " for \(clause.target) in \(clause.source)"
            + clause.conditions.map { " if \($0)" }.joined()
        }.joined() + "]"
    case .assignment(let name, let value): "(\(name) := \(value))"
    case .starred(let value): "*\(value)"
    }
  }

  private static func written(_ argument: Argument) -> String {
    switch argument.name {
    case nil: argument.value.description
    case "*"?, "**"?: "\(argument.name ?? "")\(argument.value)"
    case let name?: "\(name)=\(argument.value)"
    }
  }
}
