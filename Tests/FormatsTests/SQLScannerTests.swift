import Testing

@testable import Formats

struct SQLScannerTests {
  private func parameters(_ sql: String, _ dialect: SQLScanner.Dialect) -> [Int] {
    SQLScanner(sql, dialect).parts.compactMap {
      if case .parameter(let number) = $0 { number } else { nil }
    }
  }

  @Test(
    arguments: [
      ("SELECT ?, ?", [1, 2]), ("SELECT '?', \"?\", `?` # ?", []), ("SELECT 'it''s \\' ?', ?", [1]),
      ("SELECT 1 -- ?\n, ?", [1]), ("SELECT 5--?", [1]), ("SELECT /* ? */ ?", [1]),
      ("SELECT /*! ? */ /*M! ? */ ?", [1, 2, 3]), ("SELECT /* a /* b */ ? */ 1", [1]),
      ("SELECT ?1", [1]), ("SELECT `a``?` + ?", [1]),
    ] as [(String, [Int])]
  )
  func `Places for values of MariaDB are those outside of quotations and comments`(
    sql: String,
    numbers: [Int]
  ) {
    #expect(parameters(sql, .mysql) == numbers)
  }

  @Test(
    arguments: [
      ("SELECT ?, ?2, ?2, ?", [1, 2, 2, 3]), ("SELECT 'it''s ?', '\\', ?", [1]),
      ("SELECT `?`, \"?\", ? -- ?", [1]), ("SELECT 1--?", []),
    ] as [(String, [Int])]
  )
  func `Places for values of SQLite have numbers, or the next one`(sql: String, numbers: [Int]) {
    #expect(parameters(sql, .sqlite) == numbers)
  }
}
