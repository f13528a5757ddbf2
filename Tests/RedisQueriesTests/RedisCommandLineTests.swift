import Foundation
import PrivateServers
import Testing

@testable import RedisQueries

/// The server's own client says what ours does.
@Suite(.timeLimit(.minutes(1))) struct RedisCommandLineTests {
  private func ask(_ command: RedisCommandLine) throws -> RedisReply {
    let program = Process()
    program.executableURL = URL(fileURLWithPath: "/usr/bin/redis-cli")
    program.arguments = Array(command.argv("redis-cli").dropFirst())
    program.environment = command.environment
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (program.standardInput, program.standardOutput) = (input, output)
    program.standardError = errors
    try program.run()
    input.fileHandleForWriting.write(Data(command.script))
    try input.fileHandleForWriting.close()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    program.waitUntilExit()
    return try command.reply(Array(bytes), lastWords: words)
  }

  private static let hostile = "\r\n1) \"a\" \u{0}\\x41 ü🙂 *'(nil)\t"

  private static let commands: [[String]] =
    [
      ["SET", "a", hostile], ["GET", "a"], ["GET", "nothing"], ["SET", "empty", ""],
      ["GET", "empty"],
      ["SET", "looks", "(nil)"], ["GET", "looks"], ["EXISTS", "a", "nothing"], ["TTL", "a"],
      ["HSET", "hash", "f", "1", "g", hostile], ["HGETALL", "hash"], ["GET", "hash"],
      ["TYPE", "hash"],
      ["RPUSH", "list"] + (1...12).map { "item \($0)" }, ["LRANGE", "list", "0", "-1"],
      ["LRANGE", "nothing", "0", "-1"], ["ZADD", "set", "1.5", "m"], ["ZSCORE", "set", "m"],
      ["MGET", "a", "nothing", "empty"], ["XRANGE", "stream", "-", "+"],
    ]

  @Test func `Each reply is the one that the protocol has`() async throws {
    let server = try await PrivateRedis.start()
    do {
      let client = RedisClient(
        .tcp(host: "127.0.0.1", port: server.port),
        database: "1",
        password: PrivateRedis.password
      )
      for stream in 1...11 {
        let words = ["XADD", "stream", "\(stream)-1", "f", "v", "g", "w"]
        _ = try await client.send(words, within: .seconds(5))
      }
      for words in Self.commands {
        let expected = try await client.send(words, within: .seconds(5))
        let command = RedisCommandLine(
          words,
          port: server.port,
          database: "1",
          password: PrivateRedis.password
        )
        // What makes a thing answers otherwise the second time.
        let again = try await client.send(words, within: .seconds(5))
        #expect(try ask(command) == again || again != expected, "\(words)")
      }
      func code(_ password: String?, _ database: String, port: Int) throws -> RedisError.Code? {
        let command = RedisCommandLine(
          ["GET", "a"],
          port: port,
          database: database,
          password: password
        )
        do {
          _ = try ask(command)
          return nil
        } catch let error as RedisError {
          return error.code
        }
      }
      #expect(try code(nil, "0", port: server.port) == .authenticationFailed)
      #expect(try code("wrong", "0", port: server.port) == .authenticationFailed)
      // A client would go on with the first one.
      #expect(try code(PrivateRedis.password, "99", port: server.port) == .connectionFailed)
      let free = try GuardedServer.freePort()
      #expect(try code(nil, "0", port: free) == .connectionFailed)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test(arguments: [
    "OK\n", "OK\n\"cut", "OK\n(unheard of) 1\n", "OK\n1) (nil)\n5) (nil)\n", "OK\nOK\nmore\n",
  ])
  func `What is not understood is no reply`(text: String) {
    let command = RedisCommandLine(["GET", "a"], port: 1)
    #expect(throws: RedisError.self) { try command.reply(Array(text.utf8), lastWords: "") }
  }

  @Test func `The time of a slow command is no part of its reply`() throws {
    let command = RedisCommandLine(["GET", "a"], port: 1)
    let bytes = Array("OK\n(0.53s)\n\"(0.53s)\"\n(1.20s)\n".utf8)
    #expect(try command.reply(bytes, lastWords: "") == .bytes(Array("(0.53s)".utf8)))
  }
}
