import Glibc
import Testing

@testable import Drivers

@Suite struct EngineReplyTests {
  /// A reply as it comes over a socket, and what may still be written to it.
  private func reply(_ text: String, to method: String = "GET") throws -> EngineReply {
    let (near, far) = try pair()
    try far.write(Array(text.utf8), until: nil)
    far.finishWriting()
    return try EngineReply(to: method, on: near, until: .now + .seconds(5))
  }

  private func pair() throws -> (EngineSocket, EngineSocket) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    for end in ends {
      var on: Int32 = 1
      try #require(ioctl(end, UInt(FIONBIO), &on) == 0)
    }
    return (EngineSocket(descriptor: ends[0]), EngineSocket(descriptor: ends[1]))
  }

  @Test func `A body of known length leaves the connection for the next request`() throws {
    var reply = try reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b\r\n\r\nhello")
    #expect(reply.status == 200)
    #expect(reply.headers["x-a"] == "b")
    #expect(!reply.isReusable)
    #expect(try reply.all(limit: 100) == Array("hello".utf8))
    #expect(reply.isReusable)
  }

  @Test func `A connection on which more came than was told is not used again`() throws {
    var reply = try reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello")
    #expect(try reply.all(limit: 100) == Array("he".utf8))
    #expect(!reply.isReusable)
  }

  @Test func `Chunks are put together, extensions and trailers left out`() throws {
    var reply = try reply(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
    )
    #expect(try reply.all(limit: 100) == Array("abc0123456789".utf8))
    #expect(reply.isReusable)
  }

  @Test func `A body without a length goes to the end, and the connection with it`() throws {
    var reply = try reply("HTTP/1.0 200 OK\r\n\r\nall of it")
    #expect(try reply.all(limit: 100) == Array("all of it".utf8))
    #expect(!reply.isReusable)
  }

  @Test func `An upgraded connection gives what came behind the head`() throws {
    var reply = try reply("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nraw")
    #expect(reply.takeRest() == Array("raw".utf8))
    #expect(!reply.isReusable)
  }

  @Test func `The answer to HEAD has no body whatever its length says`() throws {
    var reply = try reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", to: "HEAD")
    #expect(try reply.all(limit: 100) == [])
    #expect(reply.isReusable)
  }

  @Test(arguments: [
    "", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
  ])
  func `What is no answer is an error`(text: String) {
    #expect(throws: EngineError.self) { try reply(text) }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ])
  func `A body that breaks off is an error, never a shorter body`(text: String) throws {
    var reply = try reply(text)
    #expect(throws: EngineError.self) { try reply.all(limit: 100) }
  }

  @Test func `More than the limit is an error`() throws {
    var reply = try reply("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")
    #expect(throws: EngineError.self) { try reply.all(limit: 10) }
  }

  @Test func `Silence ends at the deadline`() throws {
    let (near, far) = try pair()
    #expect(throws: EngineError(.timedOut, "the engine did not answer in time")) {
      _ = try EngineReply(to: "GET", on: near, until: .now + .milliseconds(20))
    }
    far.interrupt()
  }
}

@Suite struct OutputFramesTests {
  private let bytes: [UInt8] =
    [1, 0, 0, 0, 0, 0, 0, 3] + Array("abc".utf8) + [2, 0, 0, 0, 0, 0, 0, 2] + Array("xy".utf8)
    + [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 1] + Array("d".utf8)

  @Test(arguments: [1, 2, 3, 8, 9, 100])
  func `Two outputs are told apart however the bytes come`(pieces: Int) throws {
    var frames = OutputFrames()
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      try frames.feed(Array(rest.prefix(pieces))) { kind, part in
        if kind == .standardError { errors += part } else { output += part }
      }
      rest = rest.dropFirst(pieces)
    }
    #expect(output == Array("abcd".utf8))
    #expect(errors == Array("xy".utf8))
  }

  @Test func `Bytes that are no frames are refused`() {
    var frames = OutputFrames()
    #expect(throws: EngineError.self) {
      try frames.feed(Array("HTTP/1.1 200 OK".utf8)) { _, _ in }
    }
  }
}

@Suite struct EngineTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", Int64(0)), ("2026-11-26T01:44:13.123456789Z", 1_795_657_453),
    ("2000-02-29T23:59:59.5Z", 951_868_799), ("2026-11-26T02:44:13.1+01:00", 1_795_657_453),
    ("2026-11-25T19:44:13-06:00", 1_795_657_453),
  ])
  func `An engine's times are read`(text: String, seconds: Int64) {
    #expect(EngineTime.seconds(text) == seconds)
  }

  @Test(arguments: ["", "yesterday", "2026-11-26", "2026-11-26 01:44:13"])
  func `What is no time is none`(text: String) {
    #expect(EngineTime.seconds(text) == nil)
  }
}
