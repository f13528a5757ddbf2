import Formats

/// One command, sent by the server's own client where the server is, for one that cannot be reached.
///
/// The words go in on standard input, quoted as the client reads them, so that none stands among a
/// process's arguments. What comes out is the client's form for people (`--no-raw`), which tells a number
/// from a text and nothing from an empty one (redis-cli, `cliFormatReplyTTY`, and `sdscatrepr` for texts).
package struct RedisCommandLine: Sendable {
  /// The client's names, of Redis and of those that took its place.
  package static let programs = ["redis-cli", "valkey-cli", "keydb-cli"]

  private let arguments: [String]
  package let environment: [String: String]
  package let script: [UInt8]

  package init(
    _ words: [String],
    port: Int,
    database: String = "0",
    user: String? = nil,
    password: String? = nil
  ) {
    arguments =
      ["-h", "127.0.0.1", "-p", String(port), "--no-raw"] + (user.map { ["--user", $0] } ?? [])
    environment = password.map { ["REDISCLI_AUTH": $0] } ?? [:]
    // A client goes on with the first database where it may not choose another: the reply tells.
    let lines = [["SELECT", database], words].map { $0.map(Self.quoted).joined(separator: " ") }
    script = Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  package func argv(_ program: String) -> [String] { [program] + arguments }

  private static func quoted(_ word: String) -> String {
    let digits = Array("0123456789abcdef")
    return "\""
      + word.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
        default: "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
      }.joined() + "\""
  }

  /// What the client's output says.
  ///
  /// - Parameter lastWords: of its standard error, for what there is no reply to.
  package func reply(_ output: [UInt8], lastWords: String) throws(RedisError) -> RedisReply {
    var parser = FormattedReply(output)
    guard let choice = parser.next() else {
      let line = (lastWords + String(decoding: TextCut.start(output, limit: 300), as: UTF8.self))
        .split(whereSeparator: \.isNewline).first.map(String.init)
      throw RedisError(.connectionFailed, line ?? "its client says nothing")
    }
    try Self.requireAccess(choice, isChoice: true)
    guard let reply = parser.next(), parser.isAtEnd else {
      throw RedisError(.notRedis, "the output of its client is not understood")
    }
    try Self.requireAccess(reply, isChoice: false)
    return reply
  }

  private static func requireAccess(
    _ reply: RedisReply,
    isChoice: Bool
  ) throws(RedisError) {
    guard case .error(let code, let message) = reply else { return }
    let isAboutWho = ["NOAUTH", "WRONGPASS"].contains(code) || isChoice && code == "NOPERM"
    guard isAboutWho || isChoice else { return }
    throw RedisError(isAboutWho ? .authenticationFailed : .connectionFailed, "\(code) \(message)")
  }
}

/// Reads replies as the client shows them to people.
private struct FormattedReply {
  private static let depthLimit = 16

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nothing is left but the time that a slow command took.
  var isAtEnd: Bool {
    var rest = self
    rest.skipTimes()
    return rest.position == rest.bytes.count
  }

  /// Nil where there is none, or one that is not understood.
  mutating func next() -> RedisReply? {
    skipTimes()
    return reply(column: 0, depth: 0)
  }

  /// `(0.53s)`, on a line of its own.
  private mutating func skipTimes() {
    while true {
      var probe = self
      guard let line = probe.line(), line.first == UInt8(ascii: "("),
        line.suffix(2) == Array("s)".utf8)[...],
        line.dropFirst().dropLast(2).allSatisfy({ $0 == 0x2E || 0x30...0x39 ~= $0 })
      else { return }
      self = probe
    }
  }

  private mutating func line() -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(of: 10) else { return nil }
    defer { position = end + 1 }
    return bytes[position..<end]
  }

  /// - Parameter column: where its first line begins.
  private mutating func reply(column: Int, depth: Int) -> RedisReply? {
    guard depth < Self.depthLimit, position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "\"") { return quoted().map(RedisReply.bytes) }
    if ordinal(at: position) == 1 { return list(column, depth) }
    guard let line = line() else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    switch text {
    case "(nil)": return .null
    case "(empty array)", "(empty list or set)": return .list([])
    case _ where text.hasPrefix("(integer) "): return Int64(text.dropFirst(10)).map(RedisReply.int)
    case _ where text.hasPrefix("(error) "):
      let words = text.dropFirst(8).split(separator: " ", maxSplits: 1)
      return .error(
        code: words.first.map(String.init) ?? "",
        message: words.count > 1 ? String(words[1]) : ""
      )
    case _ where text.hasPrefix("("): return nil
    default: return .bytes(Array(line))
    }
  }

  /// The number before `) `, and where what follows begins.
  private func entry(at start: Int) -> (number: Int, content: Int)? {
    let digits = bytes[start...].prefix { 0x30...0x39 ~= $0 }
    let end = digits.endIndex
    guard !digits.isEmpty, digits.count < 10, end + 1 < bytes.count,
      bytes[end] == UInt8(ascii: ")"), bytes[end + 1] == UInt8(ascii: " "),
      let number = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    return (number, end + 2)
  }

  private func ordinal(at start: Int) -> Int? {
    // Numbers are as wide as the last one.
    entry(at: start + bytes[start...].prefix { $0 == 0x20 }.count)?.number
  }

  private mutating func list(_ column: Int, _ depth: Int) -> RedisReply? {
    var items: [RedisReply] = []
    var start = position
    while true {
      let first = start + bytes[start...].prefix { $0 == 0x20 }.count
      guard let (number, content) = entry(at: first), number == items.count + 1 else { break }
      // The first one stands behind what the list itself stands behind.
      let inner = column + content - (items.isEmpty ? position : start + column)
      position = content
      guard let item = reply(column: inner, depth: depth + 1) else { return nil }
      items.append(item)
      start = position
      // A list around this one goes on further left.
      let spaces = bytes[start...].prefix { $0 == 0x20 }.count
      guard spaces >= column else { break }
    }
    return items.isEmpty ? nil : .list(items)
  }

  private mutating func quoted() -> [UInt8]? {
    guard let line = line(), line.count >= 2, line.last == UInt8(ascii: "\"") else { return nil }
    var result: [UInt8] = []
    var rest = line.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard let kind = rest.popFirst() else { return nil }
      switch kind {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "a"): result.append(7)
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "x"):
        guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
          return nil
        }
        result.append(value)
        rest = rest.dropFirst(2)
      default: result.append(kind)
      }
    }
    return result
  }
}
