import CLibsqlite3
import Formats
import Foundation
import TemporaryFolders
import Testing

@testable import SQLiteQueries

/// A database that somebody has open, in a folder of its own.
private final class OpenDatabase {
  let path: String
  private let database: OpaquePointer?

  init(_ folder: String, _ script: String) throws {
    path = "\(folder)/app.db"
    var opened: OpaquePointer?
    try #require(sqlite3_open(path, &opened) == SQLITE_OK)
    database = opened
    try run(script)
  }

  deinit { sqlite3_close(database) }

  func run(_ script: String) throws {
    try #require(sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK)
  }

  var file: SQLiteFile {
    func bytes(_ ending: String) -> [UInt8]? {
      FileManager.default.contents(atPath: path + ending).map { Array($0) }
    }
    return SQLiteFile(
      database: bytes("") ?? [],
      log: bytes("-wal"),
      journal: bytes("-journal")
    )
  }
}

private func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
  let folder = try TemporaryFolder()
  try await body(folder.path("."))
  withExtendedLifetime(folder) {}
}

@Suite(.timeLimit(.minutes(1))) struct SQLiteFileTests {
  private func code(_ body: () async throws -> Void) async throws -> SQLiteError.Code {
    do {
      try await body()
    } catch let error as SQLiteError {
      return error.code
    }
    Issue.record("there was no error")
    throw CancellationError()
  }

  @Test func `Values have their types, and parameters are no part of the statement`() async throws {
    try await withTemporaryFolder { folder in
      let open = try OpenDatabase(
        folder,
        "CREATE TABLE t (a); INSERT INTO t VALUES (1), (1.5), ('ü🙂'), (x'00ff'), (NULL);"
      )
      let all = try await open.file.query("SELECT a FROM t ORDER BY rowid", within: .seconds(5))
      #expect(all.columns == ["a"])
      #expect(all.rows == [[1], [.number("1.5")], ["ü🙂"], ["00ff"], [.null]])
      let found = try await open.file.query(
        "SELECT a FROM t WHERE a = ? OR a = ?2",
        [.text("ü🙂"), .int(1)],
        within: .seconds(5)
      )
      #expect(found.rows == [[1], ["ü🙂"]])
      let none = try await open.file.query(
        "SELECT a FROM t WHERE a = ?",
        [.text("1' OR '1' = '1")],
        within: .seconds(5)
      )
      #expect(none.rows == [])
    }
  }

  @Test func `What stands in the log only is read, and what was not committed is not`() async throws
  {
    try await withTemporaryFolder { folder in
      let logged = try OpenDatabase(
        folder,
        """
        PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a);
        INSERT INTO t VALUES ('in the log'); BEGIN; INSERT INTO t VALUES ('not committed');
        """
      )
      let rows = try await logged.file.query("SELECT a FROM t", within: .seconds(5)).rows
      #expect(rows == [["in the log"]])
      // Without its log the database knows nothing of it.
      var alone = logged.file
      alone.log = nil
      #expect(
        try await code { _ = try await alone.query("SELECT a FROM t", within: .seconds(5)) }
          == .sql(1)
      )
    }
    try await withTemporaryFolder { folder in
      let journaled = try OpenDatabase(
        folder,
        """
        PRAGMA cache_size = 1; PRAGMA cache_spill = 1; CREATE TABLE t (a);
        INSERT INTO t VALUES (zeroblob(9000)), ('before'); BEGIN;
        UPDATE t SET a = 'during'; INSERT INTO t SELECT zeroblob(9000) FROM t, t AS u, t AS v;
        """
      )
      #expect(journaled.file.journal?.isEmpty == false)
      let rows = try await journaled.file.query(
        "SELECT count(*), max(a) FROM t WHERE typeof(a) = 'text'",
        within: .seconds(5)
      ).rows
      #expect(rows == [[1, "before"]])
    }
  }

  @Test(arguments: [
    "INSERT INTO t VALUES (2)", "DELETE FROM t", "PRAGMA journal_mode = WAL", "SELECT 1; SELECT 2",
    "ATTACH '/etc/passwd' AS p", "VACUUM INTO '/tmp/parity-test-never'", "CREATE TEMP TABLE x (a)",
  ])
  func `A statement that would do more than read is refused`(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let open = try OpenDatabase(folder, "CREATE TABLE t (a); INSERT INTO t VALUES (1);")
      let code = try await code { _ = try await open.file.query(sql, within: .seconds(5)) }
      #expect(code == .notReading || code == .sql(1), "\(code)")
      #expect(!FileManager.default.fileExists(atPath: "/tmp/parity-test-never"))
    }
  }

  @Test func `A statement ends with its time, and errors have their numbers`() async throws {
    try await withTemporaryFolder { folder in
      let open = try OpenDatabase(folder, "CREATE TABLE t (a);")
      let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
      let start = ContinuousClock.now
      #expect(
        try await code { _ = try await open.file.query(endless, within: .milliseconds(200)) }
          == .timedOut
      )
      #expect(ContinuousClock.now - start < .seconds(3))
      let file = open.file
      let task = Task { try await file.query(endless, within: .seconds(30)) }
      task.cancel()
      #expect(try await code { _ = try await task.value } == .cancelled)
      #expect(
        try await code { _ = try await open.file.query("SELECT * FROM x", within: .seconds(5)) }
          == .sql(1)
      )
      #expect(
        try await code { _ = try await open.file.query("SELECT ?", within: .seconds(5)) }
          == .invalidParameters
      )
      let page = SQLiteFile(database: Array("<!doctype html><title>Log in</title>".utf8))
      #expect(
        try await code { _ = try await page.query("SELECT * FROM t", within: .seconds(5)) }
          == .notADatabase
      )
    }
  }

  /// SQLite would delete the file that is named there once the journal has been played back.
  @Test func `A journal that names another file is not played back`() async throws {
    try await withTemporaryFolder { folder in
      let victim = "\(folder)/victim"
      try Data("x".utf8).write(to: URL(fileURLWithPath: victim))
      var file = try OpenDatabase(folder, "CREATE TABLE t (a);").file
      let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
      file.journal = magic + [UInt8](repeating: 0, count: 504) + Array(victim.utf8) + magic
      #expect(
        try await code { _ = try await file.query("SELECT * FROM t", within: .seconds(5)) }
          == .notADatabase
      )
      #expect(FileManager.default.fileExists(atPath: victim))
    }
  }
}
