/// A line of text.
struct TextLine: TemplateFields {
  let text: String

  static let table = TemplateTable<TextLine>(.text("text", "the line") { $0.text })
}

/// A name with a value.
struct NamedText: TemplateFields {
  let name: String
  let value: String

  static let table = TemplateTable<NamedText>(
    .text("name", "what it is") { $0.name },
    .text("value", "its value") { $0.value }
  )
}
