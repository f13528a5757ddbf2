/// Why nothing could be seen of what an assertion looks at, or nothing of the kind is there.
package enum Unreadable: Codable, Hashable, Sendable {
  /// What was to be read.
  package enum Part: String, Codable, CaseIterable, Sendable { case body, stdout, content }

  case empty(Part)
  /// `detail` is the parser's own message.
  case notJSON(Part, detail: String)
  case notXML(Part, detail: String)
  /// Nothing in it is a tag, or its media type is another one.
  case noMarkup(Part, type: String?)
  /// Its character set is not known.
  case unknownCharset(Part, name: String)
  /// At a byte, counted from 0, it is not text in its character set; nil: nobody says which that is.
  case notText(Part, charset: String?, offset: Int)
  /// Only a part of it was kept.
  case cut(Part)
  /// An object has no such member; the names that it has, the nearest first.
  case noMember(String, in: String, names: [String])
  /// A list is shorter.
  case noElement(Int, in: String, count: Int)
  /// `$.data` is `null` and has no members.
  case otherKind(String, kind: String)
  /// A path, an expression, a selector or a pattern finds nothing.
  case nothingFound
  /// An expression that finds nothing would find something, were it not for XML's namespaces.
  case otherNamespace
  /// Nothing is found of what it would be in: the path or the selector of that.
  case noContainer(String)
  case expressionFailed(detail: String)
  /// The columns that the answer has, the nearest first.
  case noColumn(String, names: [String])
  case noRow
  /// The fields that the answer has, the nearest first.
  case noHeader(String, names: [String])
  case noFile
  /// Not even the folder of the file is there.
  case noFolder(String)
  /// A sentence of an older file.
  case told(String)

  /// What came cannot be compared with anything: not all of it was understood.
  package var isUndecoded: Bool {
    switch self {
    case .unknownCharset: true
    case .notText(_, let charset, _): charset != nil
    default: false
    }
  }

  /// The same with every text that came from outside replaced.
  package func mapTexts(_ transform: (String) -> String) -> Unreadable {
    switch self {
    case .notJSON(let part, let detail): .notJSON(part, detail: transform(detail))
    case .notXML(let part, let detail): .notXML(part, detail: transform(detail))
    case .noMarkup(let part, let type): .noMarkup(part, type: type.map(transform))
    case .unknownCharset(let part, let name): .unknownCharset(part, name: transform(name))
    case .notText(let part, let charset, let offset):
      .notText(part, charset: charset.map(transform), offset: offset)
    case .noMember(let name, let path, let names):
      .noMember(name, in: path, names: names.map(transform))
    case .expressionFailed(let detail): .expressionFailed(detail: transform(detail))
    case .noColumn(let name, let names): .noColumn(name, names: names.map(transform))
    case .noHeader(let name, let names): .noHeader(name, names: names.map(transform))
    case .told(let text): .told(transform(text))
    case .empty, .cut, .noElement, .otherKind, .nothingFound, .otherNamespace, .noContainer, .noRow,
      .noFile, .noFolder:
      self
    }
  }
}
