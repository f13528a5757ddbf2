import Formats

/// One node of a syntax tree that python3 or shfmt made, as the JSON that it came in.
///
/// Names of fields are those of Python's `ast` (<https://docs.python.org/3/library/ast.html>) and of
/// `mvdan.cc/sh/v3/syntax`; what is not there reads as nothing, so that a newer version with more
/// fields is no error.
struct SyntaxNode: Sendable {
  let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  /// The name of its class; empty for a list and for nodes of shfmt that can be of one kind only.
  var kind: String { (value["_"] ?? value["Type"])?.stringValue ?? "" }

  /// From 1; 0 where the node does not say.
  var line: Int { Int((value["l"] ?? value["Pos"]?["Line"])?.intValue ?? 0) }

  /// The line of its last sign.
  var endLine: Int { Int((value["e"] ?? value["End"]?["Line"])?.intValue ?? 0).clamped(from: line) }

  /// The child of a name; nil where there is none.
  subscript(name: String) -> SyntaxNode? {
    guard let child = value[name], !child.isNull else { return nil }
    return SyntaxNode(child)
  }

  /// The children of a name, in order; those that are null are nodes of no kind.
  func list(_ name: String) -> [SyntaxNode] { value[name]?.arrayValue?.map(SyntaxNode.init) ?? [] }

  /// Whether a field of a name is true.
  func flag(_ name: String) -> Bool { value[name]?.boolValue == true }

  func number(_ name: String) -> Int? { value[name]?.intValue.flatMap { Int(exactly: $0) } }

  var isNull: Bool { value.isNull }

  func text(_ name: String) -> String? { value[name]?.stringValue }

  /// Where a field of shfmt's stands in the source, in bytes from 0.
  func offset(_ name: String) -> Int? { value[name]?["Offset"]?.intValue.map { Int($0) } }

  /// Visits the node and everything below it until `isFound` is true for one.
  func contains(_ isFound: (SyntaxNode) -> Bool) -> Bool {
    switch value {
    case .object(let object):
      if isFound(self) { return true }
      return object.members.contains { SyntaxNode($0.value).contains(isFound) }
    case .array(let elements): return elements.contains { SyntaxNode($0).contains(isFound) }
    default: return false
    }
  }
}

extension Int {
  fileprivate func clamped(from lower: Int) -> Int { Swift.max(self, lower) }
}

/// What came of parsing one file.
enum SyntaxTree: Sendable {
  case tree(SyntaxNode)
  /// Nothing of it is known: at which line, and why.
  case unread(CorpusUnit.Unread)
  /// The program is not there, or ended before it had an answer.
  case failed(String)

  static func unread(_ line: Int, _ reason: String) -> SyntaxTree {
    .unread(CorpusUnit.Unread(line: max(1, line), reason: reason))
  }

  /// Why nothing of it is known; nil for a tree.
  var problem: CorpusUnit.Unread? {
    switch self {
    case .tree: nil
    case .unread(let problem): problem
    case .failed(let reason): CorpusUnit.Unread(line: 1, reason: reason)
    }
  }

  var root: SyntaxNode? { if case .tree(let root) = self { root } else { nil } }
}
