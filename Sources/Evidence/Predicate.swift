package import Formats

/// What must be true of a value, as written: operands keep their names in braces.
///
/// The vocabulary is hurl's where hurl has the word.
package indirect enum Predicate: Hashable, Sendable {
  case equals(TemplateTree)
  case greater(TemplateTree)
  case greaterOrEqual(TemplateTree)
  case less(TemplateTree)
  case lessOrEqual(TemplateTree)
  /// A part of a text, or an element of a list.
  case contains(TemplateTree)
  case startsWith(Template)
  case endsWith(Template)
  case matches(Pattern)
  case exists(Bool)
  /// Of a list's or an object's number of elements.
  case count([Predicate])
  case kind(Kind)
  case isEmpty
  /// An object that has at least these members, at every depth.
  case subset(TemplateTree)
  case oneOf([TemplateTree])
  /// Byte for byte, whatever they mean.
  case hasBytes(BytesSource)
  case not(Predicate)
  /// A capture: it exists and is not empty, for the name that it was to be kept under.
  case captured(name: String)
  /// Of a service that it runs, of a health gate that it is satisfied.
  case isWell

  /// What sort of value it is.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case integer, number, string, boolean, list, object, date
    case uuid = "UUID"
  }

  /// The number that it compares with, as a test of the tool's own has it.
  package static func equals(number: Int) -> Predicate { .equals(.number(String(number))) }

  package static func atLeast(_ number: Int) -> Predicate {
    .greaterOrEqual(.number(String(number)))
  }

  /// Texts in its operands.
  package var templates: [Template] {
    switch self {
    case .equals(let tree), .greater(let tree), .greaterOrEqual(let tree), .less(let tree),
      .lessOrEqual(let tree), .contains(let tree), .subset(let tree):
      tree.templates
    case .startsWith(let template), .endsWith(let template): [template]
    case .count(let predicates): predicates.flatMap(\.templates)
    case .oneOf(let trees): trees.flatMap(\.templates)
    case .hasBytes(let source): source.templates
    case .not(let predicate): predicate.templates
    case .matches, .exists, .kind, .isEmpty, .captured, .isWell: []
    }
  }

  /// Whether it would hold if nothing were there: what it says is believed only where something could
  /// have been seen.
  package var holdsOfNothing: Bool {
    switch self {
    case .exists(let wanted): !wanted
    case .isEmpty: true
    case .count(let predicates): predicates.allSatisfy(\.holdsOfZero)
    case .not(let predicate): !predicate.holdsOfNothing
    case .equals, .greater, .greaterOrEqual, .less, .lessOrEqual, .contains, .startsWith, .endsWith,
      .matches, .kind, .subset, .oneOf, .hasBytes, .captured, .isWell:
      false
    }
  }

  /// Of a number that is written out.
  package var holdsOfZero: Bool {
    func number(_ tree: TemplateTree) -> Double? {
      if case .number(let text) = tree { Double(text) } else { nil }
    }
    return switch self {
    case .equals(let tree): number(tree) == 0
    case .oneOf(let trees): trees.contains { number($0) == 0 }
    case .less(let tree): number(tree).map { 0 < $0 } ?? false
    case .lessOrEqual(let tree): number(tree).map { 0 <= $0 } ?? false
    case .greater(let tree): number(tree).map { 0 > $0 } ?? false
    case .greaterOrEqual(let tree): number(tree).map { 0 >= $0 } ?? false
    case .not(let predicate): !predicate.holdsOfZero
    default: false
    }
  }

  /// What its bytes are compared with, itself or below a `not`; nil where it is about what they mean.
  package var bytes: BytesSource? {
    switch self {
    case .hasBytes(let source): source
    case .not(let predicate): predicate.bytes
    default: nil
    }
  }

  /// Whether it looks into a file of the suite.
  package var readsFile: Bool { if case .file? = bytes { true } else { false } }

  /// The same with its operands replaced; the first error ends it.
  package func mapOperands<Failure: Error>(
    tree: (TemplateTree) throws(Failure) -> TemplateTree,
    text: (Template) throws(Failure) -> Template
  ) throws(Failure) -> Predicate {
    switch self {
    case .equals(let operand): return .equals(try tree(operand))
    case .greater(let operand): return .greater(try tree(operand))
    case .greaterOrEqual(let operand): return .greaterOrEqual(try tree(operand))
    case .less(let operand): return .less(try tree(operand))
    case .lessOrEqual(let operand): return .lessOrEqual(try tree(operand))
    case .contains(let operand): return .contains(try tree(operand))
    case .subset(let operand): return .subset(try tree(operand))
    case .startsWith(let operand): return .startsWith(try text(operand))
    case .endsWith(let operand): return .endsWith(try text(operand))
    case .count(let inner):
      var mapped: [Predicate] = []
      for one in inner { mapped.append(try one.mapOperands(tree: tree, text: text)) }
      return .count(mapped)
    case .oneOf(let operands):
      var mapped: [TemplateTree] = []
      for operand in operands { mapped.append(try tree(operand)) }
      return .oneOf(mapped)
    case .hasBytes(let source): return .hasBytes(try source.map(text))
    case .not(let inner): return .not(try inner.mapOperands(tree: tree, text: text))
    case .matches, .exists, .kind, .isEmpty, .captured, .isWell: return self
    }
  }

  /// The same with some names replaced by what is written for them.
  package func filling(_ values: [String: Template]) -> Predicate {
    if values.isEmpty { return self }
    return mapOperands {
      $0.filling(values)
    } text: {
      $0.filling(values)
    }
  }
}

extension TemplateTree {
  /// Texts at every depth, in order.
  package var templates: [Template] {
    switch self {
    case .null, .bool, .number: []
    case .template(let template): [template]
    case .list(let items): items.flatMap(\.templates)
    case .object(let members): members.flatMap(\.value.templates)
    }
  }
}

extension Predicate: Codable {
  /// The words of a suite, and two of the tool's own.
  private enum Word: String, CodingKey, CaseIterable {
    case equals = "=="
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="
    case contains, startsWith, endsWith, matches, exists, count, kind, isEmpty, subset, oneOf, not
    case captured, isWell, equalsFile, equalsFreshBytes, sha256
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Word.self)
    guard let word = values.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "unknown predicate")
      )
    }
    func tree() throws -> TemplateTree { try values.decode(TemplateTree.self, forKey: word) }
    func text() throws -> Template { try values.decode(Template.self, forKey: word) }
    switch word {
    case .equals: self = .equals(try tree())
    case .greater: self = .greater(try tree())
    case .greaterOrEqual: self = .greaterOrEqual(try tree())
    case .less: self = .less(try tree())
    case .lessOrEqual: self = .lessOrEqual(try tree())
    case .contains: self = .contains(try tree())
    case .startsWith: self = .startsWith(try text())
    case .endsWith: self = .endsWith(try text())
    case .matches: self = .matches(try values.decode(Pattern.self, forKey: word))
    case .exists: self = .exists(try values.decode(Bool.self, forKey: word))
    case .count: self = .count(try values.decode([Predicate].self, forKey: word))
    case .kind: self = .kind(try values.decode(Kind.self, forKey: word))
    case .isEmpty: self = .isEmpty
    case .subset: self = .subset(try tree())
    case .oneOf: self = .oneOf(try values.decode([TemplateTree].self, forKey: word))
    case .not: self = .not(try values.decode(Predicate.self, forKey: word))
    case .captured: self = .captured(name: try values.decode(String.self, forKey: word))
    case .isWell: self = .isWell
    case .equalsFile: self = .hasBytes(.file(try text()))
    case .equalsFreshBytes:
      self = .hasBytes(.fresh(try values.decode(FreshBytes.self, forKey: word)))
    case .sha256: self = .hasBytes(.sha256(try text()))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Word.self)
    switch self {
    case .equals(let tree): try values.encode(tree, forKey: .equals)
    case .greater(let tree): try values.encode(tree, forKey: .greater)
    case .greaterOrEqual(let tree): try values.encode(tree, forKey: .greaterOrEqual)
    case .less(let tree): try values.encode(tree, forKey: .less)
    case .lessOrEqual(let tree): try values.encode(tree, forKey: .lessOrEqual)
    case .contains(let tree): try values.encode(tree, forKey: .contains)
    case .startsWith(let template): try values.encode(template, forKey: .startsWith)
    case .endsWith(let template): try values.encode(template, forKey: .endsWith)
    case .matches(let regex): try values.encode(regex, forKey: .matches)
    case .exists(let wanted): try values.encode(wanted, forKey: .exists)
    case .count(let inner): try values.encode(inner, forKey: .count)
    case .kind(let kind): try values.encode(kind, forKey: .kind)
    case .isEmpty: try values.encode(true, forKey: .isEmpty)
    case .subset(let tree): try values.encode(tree, forKey: .subset)
    case .oneOf(let trees): try values.encode(trees, forKey: .oneOf)
    case .hasBytes(.file(let path)): try values.encode(path, forKey: .equalsFile)
    case .hasBytes(.fresh(let bytes)): try values.encode(bytes, forKey: .equalsFreshBytes)
    case .hasBytes(.sha256(let digest)): try values.encode(digest, forKey: .sha256)
    case .not(let inner): try values.encode(inner, forKey: .not)
    case .captured(let name): try values.encode(name, forKey: .captured)
    case .isWell: try values.encode(true, forKey: .isWell)
    }
  }
}

extension Pattern: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let pattern = try container.decode(String.self)
    do throws(PatternError) {
      try self.init(pattern)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension Predicate: CustomStringConvertible {
  /// In the notation of records and diffs: `== 202`, `exists false`, `count (>= 1)`.
  package var description: String {
    switch self {
    case .equals(let tree): "== \(tree.written)"
    case .greater(let tree): "> \(tree.written)"
    case .greaterOrEqual(let tree): ">= \(tree.written)"
    case .less(let tree): "< \(tree.written)"
    case .lessOrEqual(let tree): "<= \(tree.written)"
    case .contains(let tree): "contains \(tree.written)"
    case .startsWith(let text): "startsWith \(JSONValue.string(text.source))"
    case .endsWith(let text): "endsWith \(JSONValue.string(text.source))"
    case .matches(let regex): "matches /\(regex.text)/"
    case .exists(let wanted): wanted ? "exists" : "exists false"
    case .count(let inner): "count (\(inner.map(\.description).joined(separator: " and ")))"
    case .kind(let kind): "is \(kind.rawValue)"
    case .isEmpty: "isEmpty"
    case .subset(let tree): "has \(tree.written)"
    case .oneOf(let trees): "oneOf \(JSONValue.array(trees.map(\.written)))"
    case .hasBytes(.file(let path)): "equalsFile \(path.source)"
    case .hasBytes(.fresh(let bytes)): "equalsFreshBytes \(bytes.size) of \(bytes.seed.source)"
    case .hasBytes(.sha256(let digest)): "sha256 \(digest.source)"
    case .not(let inner): "not (\(inner))"
    case .captured(let name): "is captured as {{\(name)}}"
    case .isWell: "is well"
    }
  }
}
