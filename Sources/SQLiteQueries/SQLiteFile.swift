import CLibsqlite3
package import Formats
import Synchronization
import Threads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An SQLite database as its files are: the database itself, and what a writer has not put into it yet.
package struct SQLiteFile: Sendable, Hashable {
  package var database: [UInt8]
  /// `-wal`: what was written and not yet moved into the database.
  package var log: [UInt8]?
  /// `-journal`: what to undo, where a writer did not end.
  package var journal: [UInt8]?

  package init(database: [UInt8], log: [UInt8]? = nil, journal: [UInt8]? = nil) {
    self.database = database
    self.log = log
    self.journal = journal
  }
}

package enum SQLiteValue: Sendable, Hashable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
}

package struct SQLiteResult: Sendable, Hashable {
  package var columns: [String] = []
  /// In the order received, each with one value a column; blobs in hexadecimal digits.
  package var rows: [[JSONValue]] = []
}

/// Why there is no result.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    /// The statement is refused: SQLite's own result code, extended.
    case sql(Int)
    /// It would write, or it is several.
    case notReading
    case invalidParameters
    case notADatabase
    case timedOut
    case cancelled
    case resultTooLarge(limit: Int)
    /// No folder or file for the copy.
    case noCopy
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "SQLite: \(message)" }
}

/// How long a statement may take, and what may end it earlier.
private final class Limits: Sendable {
  let end: ContinuousClock.Instant
  let isCancelled = Mutex(false)

  init(_ limit: Duration) { end = ContinuousClock.now + limit }

  var isOver: Bool { isCancelled.withLock { $0 } || ContinuousClock.now >= end }
}

extension SQLiteFile {
  /// The most bytes of values a result may have.
  private static let maximumResultBytes = 64 << 20

  /// Reads by one statement, from a copy in a folder of its own, which is gone afterwards.
  ///
  /// The copy is opened for writing, because only then does SQLite take what the log and the journal say
  /// into account; the statement may only read.
  package func query(
    _ sql: String,
    _ values: [SQLiteValue] = [],
    within limit: Duration
  ) async throws(SQLiteError) -> SQLiteResult {
    let limits = Limits(limit)
    let result = await withTaskCancellationHandler {
      await DedicatedThread.value { () -> Result<SQLiteResult, SQLiteError> in
        do throws(SQLiteError) { return .success(try perform(sql, values, limits)) } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      limits.isCancelled.withLock { $0 = true }
    }
    guard let result else { throw SQLiteError(.noCopy, "the process has no thread left") }
    return try result.get()
  }

  private func perform(
    _ sql: String,
    _ values: [SQLiteValue],
    _ limits: Limits
  ) throws(SQLiteError) -> SQLiteResult {
    guard !sql.utf8.contains(0) else {
      throw SQLiteError(.invalidParameters, "the statement contains a NUL")
    }
    // SQLite deletes the file that such a journal names at its end, wherever that is.
    if let journal,
      journal.suffix(8).elementsEqual([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7])
    {
      throw SQLiteError(.notADatabase, "a transaction over several files has not ended")
    }
    let folder = try Self.newFolder()
    let path = "\(folder)/copy"
    let files = [("", database), ("-wal", log ?? []), ("-journal", journal ?? [])]
    defer {
      for ending in ["", "-wal", "-journal", "-shm"] { unlink(path + ending) }
      rmdir(folder)
    }
    for (ending, bytes) in files where ending.isEmpty || !bytes.isEmpty {
      try Self.write(bytes, to: path + ending)
    }
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
    let status = sqlite3_open_v2(path, &opened, flags, nil)
    defer { sqlite3_close_v2(opened) }
    guard status == SQLITE_OK, let opened else { throw Self.failure(opened, limits) }
    _ = shim_sqlite_defensive(opened)
    sqlite3_extended_result_codes(opened, 1)
    sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_exec(opened, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", nil, nil, nil)
    // Every thousand instructions of its machine.
    sqlite3_progress_handler(
      opened,
      1_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Limits>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
      },
      Unmanaged.passUnretained(limits).toOpaque()
    )
    return try withExtendedLifetime(limits) { () throws(SQLiteError) in
      try read(opened, sql, values, limits)
    }
  }

  private func read(
    _ opened: OpaquePointer,
    _ sql: String,
    _ values: [SQLiteValue],
    _ limits: Limits
  ) throws(SQLiteError) -> SQLiteResult {
    var prepared: OpaquePointer?
    let text = CString(sql)
    var rest: UnsafePointer<CChar>?
    guard sqlite3_prepare_v2(opened, text.pointer, -1, &prepared, &rest) == SQLITE_OK else {
      throw Self.failure(opened, limits)
    }
    defer { sqlite3_finalize(prepared) }
    let following = rest.map { String(cString: $0) } ?? ""
    guard let prepared, SQLScanner(following, .sqlite).parts.allSatisfy({ $0 == .semicolon }) else {
      throw SQLiteError(.notReading, "not one statement")
    }
    guard sqlite3_stmt_readonly(prepared) != 0 else {
      throw SQLiteError(.notReading, "the statement would write")
    }
    let count = Int(sqlite3_bind_parameter_count(prepared))
    guard count == values.count else {
      throw SQLiteError(
        .invalidParameters,
        "the statement has \(count) places for values, not \(values.count)"
      )
    }
    for (index, value) in values.enumerated() {
      let status =
        switch value {
        case .null: sqlite3_bind_null(prepared, Int32(index + 1))
        case .int(let number): sqlite3_bind_int64(prepared, Int32(index + 1), number)
        case .double(let number): sqlite3_bind_double(prepared, Int32(index + 1), number)
        case .text(let text):
          shim_sqlite_bind_text(prepared, Int32(index + 1), text, Int32(text.utf8.count))
        }
      guard status == SQLITE_OK else { throw Self.failure(opened, limits) }
    }
    let columns = sqlite3_column_count(prepared)
    var result = SQLiteResult()
    result.columns = (0..<columns).map { index in
      sqlite3_column_name(prepared, index).map { String(cString: $0) } ?? ""
    }
    var left = Self.maximumResultBytes
    while true {
      switch sqlite3_step(prepared) {
      case SQLITE_DONE: return result
      case SQLITE_ROW: break
      default: throw Self.failure(opened, limits)
      }
      left -= (0..<columns).reduce(16) { $0 + Int(sqlite3_column_bytes(prepared, $1)) }
      guard left >= 0 else {
        let limit = Self.maximumResultBytes
        throw SQLiteError(.resultTooLarge(limit: limit), "the result is over \(limit) bytes")
      }
      result.rows.append((0..<columns).map { Self.value(prepared, $0) })
    }
  }

  private static func value(_ row: OpaquePointer, _ column: Int32) -> JSONValue {
    switch sqlite3_column_type(row, column) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .int(sqlite3_column_int64(row, column))
    case SQLITE_FLOAT:
      let text = "\(sqlite3_column_double(row, column))"
      return JSONValue(numberText: text) ?? .string(text)
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(row, column)
      let count = Int(sqlite3_column_bytes(row, column))
      return .string(
        Hexadecimal.text(of: Array(UnsafeRawBufferPointer(start: start, count: count)))
      )
    default:
      guard let start = sqlite3_column_text(row, column) else { return .null }
      let count = Int(sqlite3_column_bytes(row, column))
      return .string(
        String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
      )
    }
  }

  private static func failure(_ opened: OpaquePointer?, _ limits: Limits) -> SQLiteError {
    let code = sqlite3_extended_errcode(opened)
    let message = sqlite3_errmsg(opened).map { String(cString: $0) } ?? "no memory"
    switch code & 0xFF {
    case SQLITE_INTERRUPT:
      return limits.isCancelled.withLock { $0 }
        ? SQLiteError(.cancelled, "cancelled") : SQLiteError(.timedOut, "the time was up")
    case SQLITE_NOTADB, SQLITE_CORRUPT: return SQLiteError(.notADatabase, message)
    default: return SQLiteError(.sql(Int(code)), message)
    }
  }

  // MARK: The copy

  private static func newFolder() throws(SQLiteError) -> String {
    let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(place)/parity-sqlite-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SQLiteError(.noCopy, "\(place): \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(SQLiteError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw SQLiteError(.noCopy, "\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { putBytes(descriptor, $0) }
      guard count > 0 || errno == EINTR else {
        throw SQLiteError(.noCopy, "\(path): \(String(cString: strerror(errno)))")
      }
      written += max(count, 0)
    }
  }
}

/// The system's, which has a namesake in the file.
private func putBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
