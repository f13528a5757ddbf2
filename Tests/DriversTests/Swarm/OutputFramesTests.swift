import Testing

@testable import SwarmDeployments

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
