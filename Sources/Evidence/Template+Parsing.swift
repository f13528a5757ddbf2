import Formats

/// What is wrong with the braces of a text.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// `{{` without `}}`.
    case unclosed
    /// `{{}}`.
    case empty
    /// What stands between the braces is no name.
    case invalidName(String)
  }

  package var code: Code
  /// What to look for in the source line.
  package var fragment: String

  package var description: String {
    switch code {
    case .unclosed: "{{ is never closed; write {{{{ for the braces themselves"
    case .empty: "{{}} names no value"
    case .invalidName(let name):
      "{{\(name)}} is not a value name; write {{{{ for the braces themselves"
    }
  }
}

extension Template {
  /// Reads the braces of a text.
  ///
  /// `{{name}}`, with or without spaces inside, is a value; `{{{{` stands for `{{` itself; of `{{{`
  /// the first brace is a text, so that JSON may hold `{"a":{{{b}}}}`. A `}}` alone is a text.
  package init(parsing text: String, place: SourcePlace? = nil) throws(TemplateError) {
    var parts: [Part] = []
    var literal = ""
    var rest = Substring(text)
    func isName(_ name: Substring) -> Bool {
      guard let first = name.utf8.first, Self.isLetter(first) else { return false }
      return name.utf8.allSatisfy {
        Self.isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2D
      }
    }
    while let open = rest.firstRange(of: "{{") {
      literal += rest[..<open.lowerBound]
      rest = rest[open.upperBound...]
      if rest.hasPrefix("{{") {
        literal += "{{"
        rest = rest.dropFirst(2)
        continue
      }
      if rest.hasPrefix("{") {
        literal += "{"
        rest = rest.dropFirst()
      }
      guard let close = rest.firstRange(of: "}}") else {
        throw TemplateError(code: .unclosed, fragment: "{{")
      }
      let inner = rest[..<close.lowerBound]
      let name = inner.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      let word = Substring(String(name))
      if word.isEmpty { throw TemplateError(code: .empty, fragment: "{{") }
      guard isName(word) else {
        throw TemplateError(code: .invalidName(String(word)), fragment: "{{" + inner)
      }
      if !literal.isEmpty { parts.append(.text(literal)) }
      literal = ""
      parts.append(.name(String(word)))
      rest = rest[close.upperBound...]
    }
    literal += rest
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.init(parts: parts, source: text, place: place)
  }

  /// One value and nothing else.
  package init(name: String) {
    self.init(parts: [.name(name)], source: "{{\(name)}}", place: nil)
  }

  /// A text without values.
  package init(literal text: String, place: SourcePlace? = nil) {
    self.init(parts: text.isEmpty ? [] : [.text(text)], source: text, place: place)
  }

  /// Whether a name between braces stands for a secret, the suite's own or a dependency's.
  package static func isSecret(_ name: String) -> Bool {
    name.hasPrefix("secret.") || name.hasPrefix("dependency.") && name.contains(".secret.")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
  }
}
