import Formats

/// What a value of the grammar may look like.
indirect enum Shape: Sendable, Hashable {
  /// Any scalar, taken as written.
  case text
  /// A text with `{{name}}` in it.
  case template
  /// `[A-Za-z0-9_.-]+`.
  case name
  case integer(ClosedRange<Int>)
  case boolean
  /// `500ms`, `10s`, `5m`, `2h`.
  case duration
  case choice([String])
  case list(Shape)
  /// A mapping with keys of the writer's own.
  case map(Shape)
  /// A mapping described by the table of that name.
  case table(String)
  case anyOf([Shape])
  /// Any value at all; texts in it are templates.
  case tree
}

/// One key of a mapping of the grammar.
struct Field: Sendable, Hashable {
  let key: String
  let shape: Shape
  /// One sentence.
  let doc: String
  /// As a person would write it; nil where there is none.
  private(set) var preset: String?
  private(set) var isRequired = false
  /// What people write in its place: only for the hint.
  private(set) var alsoKnownAs: [String] = []

  init(_ key: String, _ shape: Shape, _ doc: String) {
    self.key = key
    self.shape = shape
    self.doc = doc
  }

  func required() -> Field { changed { $0.isRequired = true } }
  func preset(_ text: String) -> Field { changed { $0.preset = text } }

  /// - Parameter names: with spaces between them.
  func also(_ names: String) -> Field {
    changed { $0.alsoKnownAs = names.split(separator: " ").map(String.init) }
  }

  private func changed(_ change: (inout Field) -> Void) -> Field {
    var copy = self
    change(&copy)
    return copy
  }
}

/// One kind of mapping: the loader's known keys and the JSON Schema both come from it.
struct Table: Sendable, Hashable {
  let name: String
  /// With its article, for messages: `a step`.
  let subject: String
  let doc: String
  /// Exactly one of these keys must be there; empty for no such rule.
  let oneOf: [String]
  /// A key that may stand in the place of one of `oneOf`.
  let or: String?
  let fields: [Field]

  /// - Parameter subject: nil where it is the name.
  init(
    _ name: String,
    as subject: String? = nil,
    _ doc: String,
    oneOf: [String] = [],
    or: String? = nil,
    @FieldList fields: () -> [Field]
  ) {
    self.name = name
    self.subject = subject ?? name
    self.doc = doc
    self.oneOf = oneOf
    self.or = or
    self.fields = fields()
  }

  subscript(_ key: String) -> Field? { fields.first { $0.key == key } }

  /// The known key that was probably meant.
  func nearest(to key: String) -> String? {
    if let field = fields.first(where: { $0.alsoKnownAs.contains(key) }) { return field.key }
    return NearestName.of(key, among: fields.map(\.key))
  }
}

@resultBuilder
enum FieldList {
  static func buildExpression(_ field: Field) -> [Field] { [field] }
  static func buildBlock(_ parts: [Field]...) -> [Field] { parts.flatMap(\.self) }
  static func buildArray(_ parts: [[Field]]) -> [Field] { parts.flatMap(\.self) }
}
