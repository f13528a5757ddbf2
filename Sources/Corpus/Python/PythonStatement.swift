/// A statement of a Python program with what stands under it.
struct PythonStatement: Sendable {
  struct Handler: Sendable {
    var type: PythonExpression?
    var name: String?
    var body: [PythonStatement]
  }

  /// One `case` of a `match`.
  struct Case: Sendable {
    /// Nil where it is no plain value.
    var pattern: PythonExpression?
    var body: [PythonStatement]
  }

  struct Imported: Sendable {
    /// With its leading dots.
    var module: String
    /// What of it; nil for the module, `*` for all.
    var name: String?
    /// The name that it gets here.
    var alias: String
  }

  indirect enum Kind: Sendable {
    case expression(PythonExpression)
    case assignment([PythonExpression], PythonExpression)
    case augmented(PythonExpression, String, PythonExpression)
    case returning(PythonExpression?)
    case raising(PythonExpression?)
    case assertion(PythonExpression)
    case imports([Imported])
    case breaking, continuing
    case nothing
    case condition([(PythonExpression, [PythonStatement])], otherwise: [PythonStatement]?)
    case whileLoop(PythonExpression, [PythonStatement], otherwise: [PythonStatement]?)
    case forLoop(
      PythonExpression,
      PythonExpression,
      [PythonStatement],
      otherwise: [PythonStatement]?
    )
    case trying(
      [PythonStatement],
      [Handler],
      otherwise: [PythonStatement],
      finally: [PythonStatement]
    )
    case with([(PythonExpression, PythonExpression?)], [PythonStatement])
    case function(PythonFunction)
    case type(PythonClass)
    case cases(PythonExpression, [Case])
    /// Could not be read; what stands under it is here.
    case unread([PythonStatement])
  }

  var line: Int
  var endLine: Int
  var kind: Kind
}

final class PythonFunction: Sendable {
  let name: String
  let parameters: [PythonExpression.Parameter]
  let decorators: [PythonExpression]
  let body: [PythonStatement]
  /// From the first decorator on.
  let lines: ClosedRange<Int>

  init(
    name: String,
    parameters: [PythonExpression.Parameter],
    decorators: [PythonExpression],
    body: [PythonStatement],
    lines: ClosedRange<Int>
  ) {
    self.name = name
    self.parameters = parameters
    self.decorators = decorators
    self.body = body
    self.lines = lines
  }
}

final class PythonClass: Sendable {
  let name: String
  let bases: [PythonExpression]
  let decorators: [PythonExpression]
  let body: [PythonStatement]
  let lines: ClosedRange<Int>

  init(
    name: String,
    bases: [PythonExpression],
    decorators: [PythonExpression],
    body: [PythonStatement],
    lines: ClosedRange<Int>
  ) {
    self.name = name
    self.bases = bases
    self.decorators = decorators
    self.body = body
    self.lines = lines
  }

  var methods: [PythonFunction] {
    body.compactMap {
      if case .function(let function) = $0.kind { return function }
      return nil
    }
  }
}

extension [PythonStatement] {
  /// The first line of the text that a body begins with.
  var about: String {
    guard case .expression(.text(let pieces))? = first?.kind,
      case .literal(let text)? = pieces.first
    else { return "" }
    return text.firstLine
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
