import Formats
import Foundation
import PrivateServers
import Testing

@testable import RedisQueries

@Suite(.timeLimit(.minutes(1))) struct RedisClientTests {
  private func withServer(_ body: (RedisClient, PrivateRedis) async throws -> Void) async throws {
    let server = try await PrivateRedis.start()
    do {
      let client = RedisClient(
        .tcp(host: "127.0.0.1", port: server.port),
        database: "1",
        password: PrivateRedis.password,
        maximumReplyBytes: 1 << 20
      )
      try await body(client, server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func failure(_ body: () async throws -> Void) async throws -> RedisError.Code {
    do {
      try await body()
    } catch let error as RedisError {
      return error.code
    }
    Issue.record("there was no error")
    throw CancellationError()
  }

  @Test func `Replies have their types`() async throws {
    try await withServer { client, server in
      func ask(_ words: String...) async throws -> RedisReply {
        try await client.send(words, within: .seconds(5))
      }
      let hostile = "\r\n$3\r\nü🙂 *\"'"
      #expect(try await ask("SET", "key", hostile) == .bytes(Array("OK".utf8)))
      #expect(try await ask("GET", "key") == .bytes(Array(hostile.utf8)))
      #expect(try await ask("GET", "nothing") == .null)
      #expect(try await ask("EXISTS", "key", "nothing") == .int(1))
      #expect(try await ask("HSET", "hash", "a", "1", "b", "2") == .int(2))
      #expect(
        try await ask("HGETALL", "hash").json == ["a", "1", "b", "2"]
      )
      #expect(try await ask("TTL", "key") == .int(-1))
      guard case .error("WRONGTYPE", let message) = try await ask("GET", "hash") else {
        Issue.record("no error")
        return
      }
      #expect(message.hasPrefix("Operation against"))
      #expect(try await ask("KEYS", "*") != .list([]))
      // Another number is another database, and the socket leads to the same server.
      let first = RedisClient(.unix(path: server.socket), password: PrivateRedis.password)
      #expect(try await first.send(["KEYS", "*"], within: .seconds(5)) == .list([]))
      let large = String(repeating: "a", count: 900_000)
      _ = try await ask("SET", "large", large)
      #expect(try await ask("GET", "large") == .bytes(Array(large.utf8)))
      _ = try await ask("SET", "larger", large + large)
      #expect(
        try await failure { _ = try await ask("GET", "larger") }
          == .replyTooLarge(limit: 1 << 20)
      )
    }
  }

  @Test func `Who may not ask and what is not there are told apart`() async throws {
    try await withServer { _, server in
      func code(_ client: RedisClient) async throws -> RedisError.Code {
        try await failure { _ = try await client.send(["GET", "a"], within: .milliseconds(500)) }
      }
      let address = RedisClient.Address.tcp(host: "127.0.0.1", port: server.port)
      #expect(try await code(RedisClient(address)) == .authenticationFailed)
      #expect(try await code(RedisClient(address, database: "1")) == .authenticationFailed)
      #expect(try await code(RedisClient(address, password: "wrong")) == .authenticationFailed)
      let free = RedisClient.Address.tcp(host: "127.0.0.1", port: try GuardedServer.freePort())
      #expect(try await code(RedisClient(free)) == .connectionFailed)
      #expect(try await code(RedisClient(.unix(path: "/nonexistent"))) == .connectionFailed)
      let silence = try Silence()
      defer { silence.stop() }
      let quiet = RedisClient.Address.tcp(host: "127.0.0.1", port: silence.port)
      #expect(try await code(RedisClient(quiet)) == .timedOut)
    }
  }

  @Test(arguments: [
    ("+OK\r\n", RedisReply.bytes(Array("OK".utf8))), (":-5\r\n", .int(-5)), ("$-1\r\n", .null),
    ("$0\r\n\r\n", .bytes([])), ("*0\r\n", .list([])), ("*-1\r\n", .null),
    ("*2\r\n:1\r\n$1\r\na\r\n", .list([.int(1), .bytes([0x61])])),
    ("-ERR no such\r\n", .error(code: "ERR", message: "no such")),
  ])
  func `A reply is read to its end, and not before`(text: String, reply: RedisReply) throws {
    let bytes = Array(text.utf8)
    let parsed = try ReplyParser.first(of: bytes + Array("more".utf8))
    #expect(parsed.reply == reply)
    #expect(parsed.count == bytes.count)
    for count in bytes.indices {
      #expect(throws: ReplyParser.Problem.isCut) {
        try ReplyParser.first(of: Array(bytes.prefix(count)))
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\n", ":five\r\n", "$-2\r\n", "$1\r\nabc\r\n", "+a\rb",
    String(repeating: "*1\r\n", count: 20),
  ])
  func `What is not the protocol is no reply`(text: String) {
    #expect(throws: ReplyParser.Problem.notRedis) { try ReplyParser.first(of: Array(text.utf8)) }
  }
}
