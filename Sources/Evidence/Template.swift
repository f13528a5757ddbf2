package import Formats

/// A text with `{{name}}` in it. Two are equal where they are written alike, wherever they stand.
package struct Template: Sendable {
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

  /// The same with some names replaced by what is written for them.
  package func filling(_ values: [String: Template]) -> Template {
    guard names.contains(where: { values[$0] != nil }) else { return self }
    var filled: [Part] = []
    for part in parts {
      switch part {
      case .name(let name): filled += values[name]?.parts ?? [part]
      case .text: filled.append(part)
      }
    }
    return Template(parts: filled, place: place)
  }

  /// The text that these parts are read from.
  package init(parts: [Part], place: SourcePlace?) {
    let source = parts.map { part in
      switch part {
      case .text(let text): text.replacing("{{", with: "{{{{")
      case .name(let name): "{{\(name)}}"
      }
    }.joined()
    self.init(parts: parts, source: source, place: place)
  }
}

extension Template: Hashable {
  package static func == (a: Template, b: Template) -> Bool {
    UTF8Order.areEqual(a.source, b.source)
  }

  package func hash(into hasher: inout Hasher) {
    var text = source
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Template: Codable {
  /// Braces that are not well-formed stay a text: what is read was written by a loader once.
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    self = (try? Template(parsing: text)) ?? Template(literal: text)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(source)
  }
}

/// A JSON-like value whose texts are templates: a body, a predicate's operand.
package indirect enum TemplateTree: Sendable {
  case null
  case bool(Bool)
  /// As written: `1.10` stays `1.10`.
  case number(String)
  case template(Template)
  case list([TemplateTree])
  /// In the order of the file, which is no part of the value.
  case object([Member])

  package struct Member: Sendable {
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

extension TemplateTree {
  /// A JSON value whose texts are taken as templates are written.
  package init(written value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int, .number: self = .number(value.description)
    case .string(let text):
      self = .template((try? Template(parsing: text)) ?? Template(literal: text))
    case .array(let items): self = .list(items.map(TemplateTree.init(written:)))
    case .object(let object):
      self = .object(
        object.members.map { Member(key: $0.key, value: TemplateTree(written: $0.value)) }
      )
    }
  }

  /// A JSON value whose texts are taken as they are: braces in them name nothing.
  package init(literal value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int, .number: self = .number(value.description)
    case .string(let text): self = .template(Template(literal: text))
    case .array(let items): self = .list(items.map(TemplateTree.init(literal:)))
    case .object(let object):
      self = .object(
        object.members.map { Member(key: $0.key, value: TemplateTree(literal: $0.value)) }
      )
    }
  }

  /// As written: names stay between their braces.
  package var written: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): JSONValue(numberText: text) ?? .string(text)
    case .template(let template): .string(template.source)
    case .list(let items): .array(items.map(\.written))
    case .object(let members):
      .object(JSONObject(members.map { ($0.key, $0.value.written) }))
    }
  }

  /// The same with some names replaced by what is written for them.
  package func filling(_ values: [String: Template]) -> TemplateTree {
    mapTemplates { $0.filling(values) }
  }

  /// The same with every text replaced, at every depth.
  func mapTemplates(_ transform: (Template) -> Template) -> TemplateTree {
    switch self {
    case .null, .bool, .number: self
    case .template(let template): .template(transform(template))
    case .list(let items): .list(items.map { $0.mapTemplates(transform) })
    case .object(let members):
      .object(members.map { Member(key: $0.key, value: $0.value.mapTemplates(transform)) })
    }
  }
}

extension TemplateTree: Hashable {
  package static func == (a: TemplateTree, b: TemplateTree) -> Bool { a.written == b.written }

  package func hash(into hasher: inout Hasher) { hasher.combine(written) }
}

extension TemplateTree: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(written: try JSONValue(from: decoder))
  }

  package func encode(to encoder: any Encoder) throws { try written.encode(to: encoder) }
}
