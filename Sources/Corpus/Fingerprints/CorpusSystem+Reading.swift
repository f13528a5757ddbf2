extension CorpusSystem {
  /// From its description: `sql SELECT 1`; nil where the first word is no kind.
  package init?(_ description: String) {
    guard let space = description.firstIndex(of: " "),
      let kind = Kind(rawValue: String(description[..<space]))
    else { return nil }
    self.init(kind: kind, text: String(description[description.index(after: space)...]), line: 0)
  }
}

extension StatusCodes {
  /// Every code that a server may answer.
  package static let known = all
}
