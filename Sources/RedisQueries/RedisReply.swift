package import Formats

/// What Redis answers, in the second version of its protocol.
package indirect enum RedisReply: Sendable, Hashable {
  case null
  case int(Int64)
  case bytes([UInt8])
  case list([RedisReply])
  /// `WRONGTYPE`, and the sentence after it.
  case error(code: String, message: String)

  /// Bytes that are no text in hexadecimal digits.
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .int(let value): .int(value)
    case .bytes(let bytes):
      .string(String(validating: bytes, as: UTF8.self) ?? Hexadecimal.text(of: bytes))
    case .list(let items): .array(items.map(\.json))
    case .error(let code, let message): .string("\(code) \(message)")
    }
  }
}

/// Why there is no reply.
package struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    case connectionFailed
    case authenticationFailed
    case connectionLost
    case timedOut
    case cancelled
    case replyTooLarge(limit: Int)
    /// What came is not the protocol.
    case notRedis
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "Redis: \(message)" }
}

/// Reads replies from bytes that come in pieces.
struct ReplyParser {
  enum Problem: Error, Hashable {
    /// More bytes are needed.
    case isCut
    case notRedis
    case tooMany
  }

  private static let depthLimit = 16
  /// Of all replies in a list, at every depth: one of four bytes takes many more in memory.
  private static let countLimit = 1_000_000

  private let bytes: [UInt8]
  private var position = 0
  private var count = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The first reply, and how many bytes it has.
  static func first(of bytes: [UInt8]) throws(Problem) -> (reply: RedisReply, count: Int) {
    var parser = ReplyParser(bytes)
    let reply = try parser.reply(depth: 0)
    return (reply, parser.position)
  }

  private mutating func reply(depth: Int) throws(Problem) -> RedisReply {
    guard depth < Self.depthLimit else { throw .notRedis }
    guard count < Self.countLimit else { throw .tooMany }
    count += 1
    guard position < bytes.count else { throw .isCut }
    let kind = bytes[position]
    guard "+-:$*".utf8.contains(kind) else { throw .notRedis }
    position += 1
    let line = try line()
    switch kind {
    case UInt8(ascii: "+"): return .bytes(Array(line))
    case UInt8(ascii: "-"):
      let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
      return .error(
        code: words.first.map(String.init) ?? "",
        message: words.count > 1 ? String(words[1]) : ""
      )
    default: break
    }
    guard let number = Int64(String(decoding: line, as: UTF8.self)) else { throw .notRedis }
    if kind == UInt8(ascii: ":") { return .int(number) }
    if number == -1 { return .null }
    guard let count = Int(exactly: number), count >= 0 else { throw .notRedis }
    if kind == UInt8(ascii: "$") { return .bytes(Array(try text(count))) }
    var items: [RedisReply] = []
    for _ in 0..<count { items.append(try reply(depth: depth + 1)) }
    return .list(items)
  }

  private mutating func line() throws(Problem) -> ArraySlice<UInt8> {
    guard let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count else {
      throw .isCut
    }
    guard bytes[end + 1] == 10 else { throw .notRedis }
    defer { position = end + 2 }
    return bytes[position..<end]
  }

  private mutating func text(_ count: Int) throws(Problem) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position, bytes.count - position - count >= 2 else {
      throw .isCut
    }
    let end = position + count
    guard bytes[end] == 13, bytes[end + 1] == 10 else { throw .notRedis }
    defer { position = end + 2 }
    return bytes[position..<end]
  }
}
