/// Makes small tar archives: POSIX ustar, with a pax record for a name that is too long for it.
struct TarWriter: Sendable {
  private(set) var bytes: [UInt8] = []

  /// - Parameter mode: the permissions, such as 0o644.
  mutating func add(file path: String, _ content: [UInt8], mode: Int = 0o644) {
    add(path, kind: "0", content, mode)
  }

  mutating func add(folder path: String, mode: Int = 0o755) {
    add(path + "/", kind: "5", [], mode)
  }

  /// The archive with its end.
  func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private mutating func add(
    _ path: String,
    kind: Character,
    _ content: [UInt8],
    _ mode: Int
  ) {
    if path.utf8.count > 100 {
      let record = " path=\(path)\n"
      var length = record.utf8.count + 1
      while "\(length)".utf8.count + record.utf8.count != length { length += 1 }
      append("pax", "x", Array("\(length)\(record)".utf8), 0o644)
    }
    append(path, kind, content, mode)
  }

  private mutating func append(
    _ path: String,
    _ kind: Character,
    _ content: [UInt8],
    _ mode: Int
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at start: Int, limit: Int) {
      for (index, byte) in text.utf8.prefix(limit).enumerated() { header[start + index] = byte }
    }
    func put(_ number: Int, at start: Int, digits: Int) {
      let text = String(number, radix: 8)
      put(
        String(repeating: "0", count: max(0, digits - text.count)) + text,
        at: start,
        limit: digits
      )
    }
    put(path, at: 0, limit: 100)
    put(mode, at: 100, digits: 7)
    put(0, at: 108, digits: 7)
    put(0, at: 116, digits: 7)
    put(content.count, at: 124, digits: 11)
    put(0, at: 136, digits: 11)
    put("        ", at: 148, limit: 8)
    put(String(kind), at: 156, limit: 1)
    put("ustar", at: 257, limit: 5)
    put("00", at: 263, limit: 2)
    put(header.reduce(0) { $0 + Int($1) }, at: 148, digits: 6)
    header[154] = 0
    header[155] = 0x20
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
}
