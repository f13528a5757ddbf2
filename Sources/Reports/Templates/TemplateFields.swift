import Mustache

/// A value whose parts templates read by name.
///
/// One table makes both what a template gets and what it may ask for, so the two cannot differ.
protocol TemplateFields: MustacheParent, Sendable {
  static var table: TemplateTable<Self> { get }
}

extension TemplateFields {
  func child(named name: String) -> Any? { Self.table[name]?.get(self) }
  static var scope: TemplateScope { table.scope }
}

/// How a template may use a value.
enum TemplateShape: Sendable {
  /// Escaped for the format: `{{x}}`.
  case text
  /// Already written in the format: `{{{x}}}` only.
  case markup
  /// `{{#x}}…{{/x}}` and `{{^x}}…{{/x}}` only.
  case flag
  /// A section, rendered once per element.
  case list(@Sendable () -> TemplateScope)
  /// A section or a path `x.y`.
  case object(@Sendable () -> TemplateScope)

  var word: String {
    switch self {
    case .text: "text"
    case .markup: "markup"
    case .flag: "flag"
    case .list: "list"
    case .object: "object"
    }
  }
}

/// The names that are known at one place of a template.
struct TemplateScope: Sendable {
  struct Entry: Sendable {
    var name: String
    var about: String
    var shape: TemplateShape
    var isOptional: Bool
  }

  /// The type that it belongs to.
  var name: String
  /// In the order of the table.
  var entries: [Entry]

  subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}

struct TemplateTable<Root>: Sendable {
  let scope: TemplateScope
  private let fields: [String: TemplateField<Root>]

  init(_ fields: TemplateField<Root>...) {
    scope = TemplateScope(name: "\(Root.self)", entries: fields.map(\.entry))
    self.fields = Dictionary(fields.map { ($0.entry.name, $0) }, uniquingKeysWith: { $1 })
  }

  subscript(name: String) -> TemplateField<Root>? { fields[name] }
}

struct TemplateField<Root>: Sendable {
  typealias Get<Value> = @Sendable (Root) -> Value

  let entry: TemplateScope.Entry
  let get: Get<Any>

  private init(
    _ name: String,
    _ about: String,
    _ shape: TemplateShape,
    isOptional: Bool = false,
    get: @escaping Get<Any>
  ) {
    entry = TemplateScope.Entry(name: name, about: about, shape: shape, isOptional: isOptional)
    self.get = get
  }

  static func text(_ name: String, _ about: String, _ get: @escaping Get<String>) -> Self {
    Self(name, about, .text) { TemplateText(get($0)) }
  }

  static func number(_ name: String, _ about: String, _ get: @escaping Get<Int>) -> Self {
    Self(name, about, .text) { TemplateText(String(get($0))) }
  }

  static func optionalText(_ name: String, _ about: String, _ get: @escaping Get<String?>) -> Self {
    Self(name, about, .text, isOptional: true) { root in
      get(root).map { TemplateText($0) as Any } ?? TemplateNothing()
    }
  }

  static func markup(_ name: String, _ about: String, _ get: @escaping Get<String>) -> Self {
    Self(name, about, .markup) { TemplateText(get($0)) }
  }

  static func optionalMarkup(
    _ name: String,
    _ about: String,
    _ get: @escaping Get<String?>
  ) -> Self {
    Self(name, about, .markup, isOptional: true) { root in
      get(root).map { TemplateText($0) as Any } ?? TemplateNothing()
    }
  }

  static func flag(_ name: String, _ about: String, _ get: @escaping Get<Bool>) -> Self {
    Self(name, about, .flag) { get($0) }
  }

  static func list<Element: TemplateFields>(
    _ name: String,
    _ about: String,
    _ get: @escaping Get<[Element]>
  ) -> Self {
    Self(name, about, .list { Element.scope }) { get($0) }
  }

  static func object<Object: TemplateFields>(
    _ name: String,
    _ about: String,
    _ get: @escaping Get<Object?>
  ) -> Self {
    Self(name, about, .object { Object.scope }, isOptional: true) { root in
      get(root).map { $0 as Any } ?? TemplateNothing()
    }
  }
}

/// A text in a template's context: it has no parts and is never looked through by reflection.
struct TemplateText: MustacheParent, MustacheCustomRenderable {
  let renderText: String
  var isNull: Bool { false }

  init(_ text: String) { renderText = text }

  func child(named: String) -> Any? { nil }
}

/// What stands where an optional value has none: renders as nothing, and a section of it does not
/// appear. Mustache would take a missing child for a reason to look further out.
struct TemplateNothing: MustacheParent, MustacheCustomRenderable {
  var renderText: String { "" }
  var isNull: Bool { true }

  func child(named: String) -> Any? { nil }
}
