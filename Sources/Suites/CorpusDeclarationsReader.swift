import Evidence

/// Reads what `recipe.yml` says of the corpus.
struct CorpusDeclarationsReader {
  let reader: NodeReader
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader) { self.reader = reader }

  func read(_ node: YAMLNode, into declarations: inout CorpusDeclarations) {
    guard let entry = reader.entry(node, "corpus_units") else { return }
    declarations.covered = entry.items("covered").compactMap(covered)
    declarations.notPorted = entry.items("not_ported").compactMap(notPorted)
  }

  /// Names of units or scripts.
  ///
  /// - Parameter mayBeEmpty: else an empty list, which links nothing, is never meant.
  func links(_ node: YAMLNode, mayBeEmpty: Bool) -> [PortLink] {
    if !mayBeEmpty, node.items?.isEmpty == true { sink.error("ports names nothing", at: node) }
    return reader.items(node, "ports").compactMap { item in
      guard let name = reader.text(item, "an entry of ports") else { return nil }
      guard !name.isEmpty else {
        sink.error("an entry of ports is empty", at: item)
        return nil
      }
      return PortLink(name: name, place: item.place)
    }
  }

  private func covered(_ node: YAMLNode) -> CorpusDeclarations.Covered? {
    guard let entry = reader.entry(node, "covered_units") else { return nil }
    let names = entry["ports"].map { links($0, mayBeEmpty: false) } ?? []
    let why = entry.text("why")
    let list = entry["by"]
    if let list, list.items?.isEmpty == true { sink.error("by names no check", at: list) }
    let checks = list.map { list in
      reader.items(list, "by").compactMap { item -> CheckID? in
        guard let text = reader.text(item, "by") else { return nil }
        if let id = CheckID(text) { return id }
        sink.error("check \"\(text)\" is not a check id", at: item, expected: "folder/file::name")
        return nil
      }
    }
    guard let why, let checks, !names.isEmpty, !checks.isEmpty else { return nil }
    return CorpusDeclarations.Covered(links: names, checks: checks, why: why)
  }

  private func notPorted(_ node: YAMLNode) -> CorpusDeclarations.NotPorted? {
    guard let entry = reader.entry(node, "unported_units") else { return nil }
    let names = entry["ports"].map { links($0, mayBeEmpty: false) } ?? []
    let why = entry.text("why")
    guard let why, !names.isEmpty else { return nil }
    return CorpusDeclarations.NotPorted(links: names, why: why)
  }
}
