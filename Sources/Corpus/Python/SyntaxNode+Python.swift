import Formats

extension SyntaxNode {
  /// The sign of an operator, as it is written.
  private static let signs: [String: String] = [
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "BitOr": "|", "BitAnd": "&", "BitXor": "^", "LShift": "<<", "RShift": ">>", "MatMult": "@",
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "is",
    "IsNot": "is not", "In": "in", "NotIn": "not in", "USub": "-", "UAdd": "+", "Invert": "~",
  ]

  static func sign(_ name: String?) -> String { name.flatMap { signs[$0] } ?? "?" }

  /// The signs of a comparison with several sides.
  var signs: [String] { value["ops"]?.arrayValue?.map { Self.sign($0.stringValue) } ?? [] }

  /// An expression as it would be written by somebody else: one space, double quotes.
  var written: String { written(40) }

  private func written(_ depth: Int) -> String {
    guard depth > 0 else { return "…" }
    func child(_ name: String) -> String { self[name]?.written(depth - 1) ?? "" }
    func children(_ name: String) -> String {
      list(name).map { $0.written(depth - 1) }.joined(separator: ", ")
    }
    switch kind {
    case "Name": return text("id") ?? ""
    case "Constant": return constantWritten
    case "JoinedStr":
      return "\""
        + list("values").map {
          $0.text("v") ?? "{\($0["value"]?.written(depth - 1) ?? "")}"
        }.joined() + "\""
    case "Attribute": return "\(child("value")).\(text("attr") ?? "")"
    case "Call":
      let named = list("keywords").map { keyword in
        let value = keyword["value"]?.written(depth - 1) ?? ""
        return keyword.text("arg").map { "\($0)=\(value)" } ?? "**\(value)"
      }
      let places = list("args").map { $0.written(depth - 1) }
      return "\(child("func"))(\((places + named).joined(separator: ", ")))"
    case "Subscript": return "\(child("value"))[\(child("slice"))]"
    case "Slice": return "\(child("lower")):\(child("upper"))"
    case "List", "Tuple", "Set": return "[\(children("elts"))]"
    case "Dict":
      let pairs = zip(list("keys"), list("values")).map { key, value in
        "\(key.isNull ? "**" : key.written(depth - 1)): \(value.written(depth - 1))"
      }
      return "{\(pairs.joined(separator: ", "))}"
    case "UnaryOp":
      return text("op") == "Not"
        ? "not (\(child("operand")))" : "\(Self.sign(text("op")))\(child("operand"))"
    case "BinOp": return "(\(child("left")) \(Self.sign(text("op"))) \(child("right")))"
    case "Compare":
      return child("left")
        + zip(signs, list("comparators")).map { " \($0) \($1.written(depth - 1))" }.joined()
    case "BoolOp":
      return list("values").map { "(\($0.written(depth - 1)))" }
        .joined(separator: text("op") == "Or" ? " or " : " and ")
    case "IfExp": return "\(child("body")) if \(child("test")) else \(child("orelse"))"
    case "Lambda": return "lambda: \(child("body"))"
    case "ListComp", "SetComp", "GeneratorExp", "DictComp":
      let clauses = list("generators").map { clause in
        " for \(clause["target"]?.written(depth - 1) ?? "") in \(clause["iter"]?.written(depth - 1) ?? "")"
          + clause.list("ifs").map { " if \($0.written(depth - 1))" }.joined()
      }
      let element = kind == "DictComp" ? "\(child("key")): \(child("value"))" : child("elt")
      return "[\(element)\(clauses.joined())]"
    case "NamedExpr": return "(\(child("target")) := \(child("value")))"
    case "Starred": return "*\(child("value"))"
    case "Await": return child("value")
    default: return "…"
    }
  }

  private var constantWritten: String {
    switch value["v"] {
    case .string(let text)?: "\"\(text)\""
    case .int(let number)?: String(number)
    case .bool(let value)?: value ? "True" : "False"
    case .object(let object)?:
      object["number"]?.stringValue ?? "\"\(object["bytes"]?.stringValue ?? "")\""
    default: "None"
    }
  }

  /// The name that it begins with: `page` of `page.locator("x").first`.
  var root: String? {
    switch kind {
    case "Name": text("id")
    case "Attribute", "Subscript", "Await": self["value"]?.root
    case "Call": self["func"]?.root
    default: nil
    }
  }

  /// `failures` of `self.failures`.
  var lastName: String? {
    switch kind {
    case "Name": text("id")
    case "Attribute": text("attr")
    default: nil
    }
  }

  /// Whether a name stands in it as it is written.
  func mentionsName(_ name: String) -> Bool { contains { $0.lastName == name } }

  /// The first line of the text that a body begins with.
  var about: String { list("body").first?["value"]?.text("v")?.firstLine ?? "" }

  var isFunction: Bool { kind == "FunctionDef" || kind == "AsyncFunctionDef" }

  /// Of a function or a class: from its first decorator on.
  var definitionLines: ClosedRange<Int> {
    let first = list("decorator_list").first?.line ?? line
    return Swift.min(first, line)...endLine
  }

  /// Statements under one that is no function and no class.
  var innerStatements: [SyntaxNode] {
    ["body", "orelse", "finalbody"].flatMap { list($0) }
      + list("handlers").flatMap { $0.list("body") }
  }

  /// Functions, or classes, in a list of statements, also under an `if` or a `try`.
  static func definitions(
    _ statements: [SyntaxNode],
    _ isWanted: (SyntaxNode) -> Bool
  ) -> [SyntaxNode] {
    statements.flatMap { statement -> [SyntaxNode] in
      if isWanted(statement) { return [statement] }
      switch statement.kind {
      case "If", "Try", "TryStar", "With": return definitions(statement.innerStatements, isWanted)
      default: return []
      }
    }
  }

  /// Whether anything is asserted or asked in a function.
  var looksAtSomething: Bool {
    contains { node in
      switch node.kind {
      case "Assert", "Raise": return true
      case "Call":
        let name = node["func"]?.lastName ?? ""
        return PythonReader.methods.contains(name) && name != "get"
          || ["urlopen", "check_call", "check_output", "execute"].contains(name)
          || ["requests", "httpx"].contains(node["func"]?.root ?? "")
      default: return false
      }
    }
  }
}

extension String {
  /// The first line with anything on it, without the spaces around it.
  var firstLine: String {
    for line in utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
      let kept = line.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
      if !kept.isEmpty { return String(decoding: Array(kept), as: UTF8.self) }
    }
    return ""
  }
}
