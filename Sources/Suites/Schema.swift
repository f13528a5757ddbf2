/// What a value of the grammar may look like.
package indirect enum Shape: Sendable, Hashable {
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
package struct Field: Sendable, Hashable {
  package var key: String
  package var shape: Shape
  /// One sentence.
  package var doc: String
  /// As a person would write it; nil where there is none.
  package var preset: String?
  package var isRequired: Bool
  /// What people write in its place: only for the hint.
  package var alsoKnownAs: [String]

  package init(
    _ key: String,
    _ shape: Shape,
    _ doc: String,
    preset: String? = nil,
    required: Bool = false,
    also: [String] = []
  ) {
    self.key = key
    self.shape = shape
    self.doc = doc
    self.preset = preset
    isRequired = required
    alsoKnownAs = also
  }
}

/// One kind of mapping: the loader's known keys and the JSON Schema both come from it.
package struct Table: Sendable, Hashable {
  package var name: String
  /// With its article, for messages: `a step`.
  package var subject: String
  package var doc: String
  package var fields: [Field]
  /// Exactly one of these keys must be there; empty for no such rule.
  package var oneOf: [String]
  /// Keys beside `fields` are allowed and have this shape; nil: they are errors.
  package var others: Shape?

  package init(
    _ name: String,
    _ subject: String,
    _ doc: String,
    oneOf: [String] = [],
    others: Shape? = nil,
    _ fields: [Field]
  ) {
    self.name = name
    self.subject = subject
    self.doc = doc
    self.fields = fields
    self.oneOf = oneOf
    self.others = others
  }

  package subscript(_ key: String) -> Field? { fields.first { $0.key == key } }

  /// The known key that was probably meant.
  package func nearest(to key: String) -> String? {
    if let field = fields.first(where: { $0.alsoKnownAs.contains(key) }) { return field.key }
    return NearestName.of(key, among: fields.map(\.key))
  }
}
