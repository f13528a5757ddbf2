import Testing

@testable import PostgresQueries

@Suite struct StatementShapeTests {
  @Test(arguments: [
    "SELECT 1", "SELECT 1;", "SELECT 1;; -- more\n /* ; */ ;", "SELECT ';' || \";\" FROM a",
    "SELECT E'\\'; x', '\\'", "SELECT $a$ ; $b$ ; $a$", "SELECT $$;$$", "SELECT /* /* ; */ ; */ 1",
    "SELECT a$b$c FROM t", "SELECT 'a'';b'", "SELECT E'a''\\';b'",
  ])
  func oneStatementIsOne(sql: String) {
    #expect(!StatementShape(sql).isSeveral)
    #expect(StatementShape(sql).isPreparable)
  }

  @Test(arguments: [
    "SELECT 1; SELECT 2", "SELECT '\\'; DROP TABLE a; --'", "SELECT 1 /* */; x", "SELECT a$b;c$b$",
    "SELECT $1;c$1", "SELECT 1;'", "SELECT $a$ $a$; x $a$",
  ])
  func severalStatementsAreSeveral(sql: String) {
    #expect(StatementShape(sql).isSeveral)
  }

  @Test func theFirstWordStandsBehindCommentsAndParentheses() {
    #expect(StatementShape("-- a\n/* b */ ((select 1))").firstWord == "SELECT")
    #expect(StatementShape(" begin").needsSession)
    #expect(StatementShape("").needsSession)
    #expect(!StatementShape("create table a ()").needsSession)
    #expect(!StatementShape("create table a ()").isPreparable)
  }
}
