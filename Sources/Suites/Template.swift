package import Evidence

/// A text with `{{name}}` in it.
package struct Template: Sendable, Hashable {
  package enum Part: Sendable, Hashable {
    case text(String)
    /// The name between the braces, without spaces.
    case name(String)
  }

  package var parts: [Part]
  /// As written.
  package var source: String
  package var place: SourcePlace?

  package init(parts: [Part], source: String, place: SourcePlace?) {
    self.parts = parts
    self.source = source
    self.place = place
  }

  /// Names between braces, in order, each as often as it stands.
  package var names: [String] {
    parts.compactMap { if case .name(let name) = $0 { name } else { nil } }
  }

  package var isLiteral: Bool { names.isEmpty }
}

/// A JSON-like value whose texts are templates: a body, a predicate's operand.
package indirect enum TemplateTree: Sendable, Hashable {
  case null
  case bool(Bool)
  /// As written: `1.10` stays `1.10`.
  case number(String)
  case template(Template)
  case list([TemplateTree])
  /// In the order of the file.
  case object([Member])

  package struct Member: Sendable, Hashable {
    package var key: String
    package var value: TemplateTree

    package init(key: String, value: TemplateTree) {
      self.key = key
      self.value = value
    }
  }

  /// Names between braces, at every depth.
  package var names: [String] {
    switch self {
    case .null, .bool, .number: []
    case .template(let template): template.names
    case .list(let items): items.flatMap(\.names)
    case .object(let members): members.flatMap(\.value.names)
    }
  }
}
