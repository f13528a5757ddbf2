import CLibmariadb

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Values at addresses that last until a statement has been executed.
final class BoundValues {
  let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let count: Int
  private var buffers: [UnsafeMutableRawPointer] = []

  init(_ values: [MySQLValue]) {
    count = values.count
    binds = .allocate(capacity: max(count, 1))
    binds.initialize(repeating: MYSQL_BIND(), count: max(count, 1))
    for (index, value) in values.enumerated() {
      switch value {
      case .null: binds[index].buffer_type = MYSQL_TYPE_NULL
      case .int(let number):
        withUnsafeBytes(of: number) { bind(index, MYSQL_TYPE_LONGLONG, $0) }
      case .double(let number):
        withUnsafeBytes(of: number) { bind(index, MYSQL_TYPE_DOUBLE, $0) }
      case .text(let text):
        Array(text.utf8).withUnsafeBytes { bind(index, MYSQL_TYPE_STRING, $0) }
      case .bytes(let bytes): bytes.withUnsafeBytes { bind(index, MYSQL_TYPE_BLOB, $0) }
      }
    }
  }

  deinit {
    for buffer in buffers { buffer.deallocate() }
    binds.deinitialize(count: max(count, 1))
    binds.deallocate()
  }

  private func bind(
    _ index: Int,
    _ type: enum_field_types,
    _ bytes: UnsafeRawBufferPointer
  ) {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
    if let source = bytes.baseAddress { buffer.copyMemory(from: source, byteCount: bytes.count) }
    buffers.append(buffer)
    binds[index].buffer_type = type
    binds[index].buffer = buffer
    // Without a pointer to a length of its own the library takes this one.
    binds[index].buffer_length = UInt(bytes.count)
    binds[index].length_value = UInt(bytes.count)
  }
}

/// Reads the rows of one result as texts, each as long as it is.
final class RowReader {
  let names: [String]
  private let statement: UnsafeMutablePointer<MYSQL_STMT>
  private let kinds: [MySQLCell.Kind]
  private let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let room: UnsafeMutablePointer<UInt8>
  private let lengths: UnsafeMutablePointer<UInt>
  private let nulls: UnsafeMutablePointer<CChar>

  /// Enough for every number and every moment; longer texts are fetched once their length is known.
  private static let size = 512

  /// - Returns: nil where the library has no memory.
  init?(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
    guard let metadata = mysql_stmt_result_metadata(statement) else { return nil }
    defer { mysql_free_result(metadata) }
    let count = Int(mysql_num_fields(metadata))
    guard count > 0, let fields = mysql_fetch_fields(metadata) else { return nil }
    names = (0..<count).map { index in fields[index].name.map { String(cString: $0) } ?? "" }
    kinds = (0..<count).map { MySQLCell.Kind(fields + $0) }
    self.statement = statement
    binds = .allocate(capacity: count)
    binds.initialize(repeating: MYSQL_BIND(), count: count)
    room = .allocate(capacity: count * Self.size)
    lengths = .allocate(capacity: count)
    lengths.initialize(repeating: 0, count: count)
    nulls = .allocate(capacity: count)
    nulls.initialize(repeating: 0, count: count)
    for index in 0..<count {
      binds[index].buffer_type = MYSQL_TYPE_STRING
      binds[index].buffer = UnsafeMutableRawPointer(room + index * Self.size)
      binds[index].buffer_length = UInt(Self.size)
      binds[index].length = lengths + index
      binds[index].is_null = nulls + index
    }
    if mysql_stmt_bind_result(statement, binds) != 0 { return nil }
  }

  deinit {
    binds.deallocate()
    room.deallocate()
    lengths.deallocate()
    nulls.deallocate()
  }

  /// Of the row that was fetched last; a row without a byte costs memory too.
  var bytes: Int {
    kinds.indices.reduce(16) { $0 + (nulls[$1] == 0 ? Int(clamping: lengths[$1]) : 0) }
  }

  /// Nil where the library cannot give a cell.
  func row() -> [MySQLCell]? {
    var cells: [MySQLCell] = []
    for (index, kind) in kinds.enumerated() {
      if nulls[index] != 0 {
        cells.append(.null)
        continue
      }
      let length = Int(clamping: lengths[index])
      if length <= Self.size {
        let start = room + index * Self.size
        cells.append(MySQLCell(Array(UnsafeBufferPointer(start: start, count: length)), kind))
        continue
      }
      guard let bytes = whole(index, length) else { return nil }
      cells.append(MySQLCell(bytes, kind))
    }
    return cells
  }

  private func whole(_ index: Int, _ length: Int) -> [UInt8]? {
    var isThere = false
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      var bind = MYSQL_BIND()
      var found: UInt = 0
      var isNull: CChar = 0
      var isCut: CChar = 0
      withUnsafeMutablePointer(to: &found) { found in
        withUnsafeMutablePointer(to: &isNull) { isNull in
          withUnsafeMutablePointer(to: &isCut) { isCut in
            bind.buffer_type = MYSQL_TYPE_STRING
            bind.buffer = UnsafeMutableRawPointer(buffer.baseAddress)
            bind.buffer_length = UInt(length)
            bind.length = found
            bind.is_null = isNull
            bind.error = isCut
            isThere = mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0) == 0
          }
        }
      }
      count = isThere ? length : 0
    }
    return isThere ? bytes : nil
  }
}

extension MySQLCell.Kind {
  /// 63 is the character set of what has none (MariaDB 10.11, "Supported Character Sets").
  private static let binary: UInt32 = 63

  fileprivate init(_ field: UnsafeMutablePointer<MYSQL_FIELD>) {
    var name: UnsafePointer<CChar>?
    let length = shim_mysql_format(field, &name)
    if let name, length == 4, strncmp(name, "json", 4) == 0 {
      self = .json
      return
    }
    switch field.pointee.type {
    case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG,
      MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
      self = .int
    case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
      self = .number
    case MYSQL_TYPE_BIT: self = .bit
    case MYSQL_TYPE_JSON: self = .json
    case MYSQL_TYPE_TINY_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_BLOB,
      MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_STRING, MYSQL_TYPE_VARCHAR:
      self = field.pointee.charsetnr == Self.binary ? .bytes : .text
    case MYSQL_TYPE_GEOMETRY: self = .bytes
    default: self = .text
    }
  }
}
