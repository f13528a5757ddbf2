import Evidence

/// P4's row for one store: its cells are the claims `P4/<store>/upgrade`, `dropped`, `restored`,
/// `recovered`.
struct PageStore: TemplateFields {
  let store: StoreCoverage

  static let table = TemplateTable<PageStore>(
    .markup("name", "the store, as code") { Markdown.code($0.store.name) },
    .text("kind", "PostgreSQL, MariaDB or MySQL, ClickHouse, volume …") { $0.store.kind.shown },
    .markup("marker", "what is planted, in the suite's words, else where it is planted") {
      $0.marker
    },
    .markup("upgrade", "after the upgrade") { Markdown.sign($0.store.upgrade) },
    .markup("dropped", "gone before the restore") { Markdown.sign($0.store.dropped) },
    .markup("restored", "after the restore") { Markdown.sign($0.store.restored) },
    .markup("recovered", "from the backup alone, on empty stores") {
      Markdown.sign($0.store.recovered)
    }
  )

  private var marker: String {
    if let why = store.holdsNothing { return "holds nothing: \(Markdown.text(why))" }
    if let words = store.words { return Markdown.text(words) }
    if let planted = store.planted, !planted.isEmpty {
      let shown = planted.prefix(8).map { Markdown.code(ReportText.cut($0, 60)) }
      return shown.joined(separator: ", ") + (planted.count > 8 ? " …" : "")
    }
    return store.marker.map { Markdown.text(ReportText.cut($0, 120)) } ?? "**none**"
  }
}

extension PageLine {
  /// How a store is backed up, what of it is counted, and what is not compared.
  static func facts(_ store: StoreCoverage) -> [PageLine] {
    func code(_ text: String) -> String {
      Markdown.code(ReportText.cut(text, 100), inTable: false)
    }
    let name = code(store.name)
    var lines: [String] = []
    if let mechanism = store.mechanism {
      let parts = mechanism.split(separator: " → ", maxSplits: 1).map(String.init)
      let told =
        parts.count == 1 ? Markdown.text(mechanism) : parts.map(code).joined(separator: " → ")
      lines.append("Backup of \(name): \(told).")
    } else if store.holdsNothing == nil {
      lines.append("\(name) is not backed up.")
    }
    if !store.counts.isEmpty {
      let tables = store.counts.map(code).joined(separator: ", ")
      lines.append("Rows of \(tables) in \(name) are counted before and after.")
    }
    if let parts = store.volatile {
      lines.append("Not compared in \(name): \(parts.map(code).joined(separator: ", ")).")
    }
    return lines.map(PageLine.init)
  }
}
