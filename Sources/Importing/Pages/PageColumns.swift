import MarkdownDocuments

/// What the columns of a table are, by the words in its header.
struct PageColumns {
  enum Column: CaseIterable {
    case original, test, verified, status, reason, tier, store, marker
  }

  /// Whole words of a header, the more telling first: the first that fits a cell decides.
  private static let words: [(Column, [String])] = [
    (.status, ["status", "same thing", "verdict", "outcome", "state"]),
    (
      .original,
      [
        "recipe maintainer file", "recipe maintainer test", "recipe maintainer", "original",
        "older test",
        "older script", "corpus", "source test",
      ]
    ),
    (.test, ["cc ci file", "cc ci test", "cc ci", "port", "test", "check", "file"]),
    (
      .verified, ["what's verified", "what it verifies", "verifies", "verified", "asserts", "what"]
    ),
    (.reason, ["rationale", "reason", "why", "notes", "note", "justification"]),
    (.tier, ["tier", "rung", "stage", "level"]),
    (.store, ["store", "volume", "database"]),
    (.marker, ["marker", "seed"]),
  ]

  private var places: [Column: Int] = [:]

  /// Nil where the header names neither a test nor a script nor a stage nor a store.
  init?(_ header: MarkdownTable.Row) {
    for (index, cell) in header.cells.enumerated() {
      let key = PageText.key(cell.plainText)
      let column = Self.words.first { column, words in
        places[column] == nil && words.contains { " \(key) ".contains(" \($0) ") }
      }
      if let column { places[column.0] = index }
    }
    let names: [Column] = [.original, .test, .tier, .store]
    guard names.contains(where: { places[$0] != nil }), header.cells.count > 1 else { return nil }
  }

  func has(_ column: Column) -> Bool { places[column] != nil }

  /// The text of a cell; empty where the row or the header has none.
  func text(_ column: Column, of row: MarkdownTable.Row) -> String {
    guard let place = places[column], place < row.cells.count else { return "" }
    return PageText.folded(row.cells[place].plainText)
  }
}
