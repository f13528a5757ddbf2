package import Evidence

/// A part of a YAML file with its place; scalars as they were written.
package struct YAMLNode: Sendable, Hashable {
  package indirect enum Content: Sendable, Hashable {
    case scalar(Scalar)
    case sequence([YAMLNode])
    case mapping([Member])
  }

  package struct Scalar: Sendable, Hashable {
    /// What the scalar says: quotes, escapes and folding are undone, nothing else is.
    package var text: String
    /// Between quotes, a block scalar, or tagged `!!str`: certainly a text.
    package var isQuoted: Bool
    /// How much of its first line it takes, in Unicode scalars.
    var length: Int
  }

  package struct Member: Sendable, Hashable {
    package var key: String
    var keyPlace: SourcePlace
    package var value: YAMLNode
    var keyLength: Int
  }

  package var content: Content
  package var place: SourcePlace
  /// Written between braces or brackets.
  var isFlow: Bool

  /// `~`, `null` or nothing at all.
  package var isNull: Bool {
    guard case .scalar(let scalar) = content, !scalar.isQuoted else { return false }
    return scalar.text.isEmpty || scalar.text == "~" || scalar.text == "null"
  }

  package var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

  /// The text of a scalar that is not null.
  package var text: String? { isNull ? nil : scalar?.text }

  package var items: [YAMLNode]? { if case .sequence(let items) = content { items } else { nil } }

  package var members: [Member]? { if case .mapping(let list) = content { list } else { nil } }

  /// The value under a key of a mapping.
  package subscript(_ key: String) -> YAMLNode? { members?.first { $0.key == key }?.value }

  /// `a mapping`, `a list`, `nothing`, `the text "x"`.
  package var kindName: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): isNull ? "nothing" : "\"\(scalar.text.prefix(40))\""
    }
  }

  /// How many characters from `place` a caret should mark.
  var length: Int { scalar.map { max($0.length, 1) } ?? 1 }
}
