import Glibc
import Testing

@testable import Guarding

@Suite struct CappedLogTests {
  private struct Case: CustomTestStringConvertible {
    var length: Int
    var pieces: Int
    var testDescription: String { "\(length) bytes in pieces of \(pieces)" }
  }

  private static let cases = [0, 1, 9, 10, 11, 14, 15, 16, 17, 40, 1000].flatMap { length in
    [1, 3, 7, 64, 2000].map { Case(length: length, pieces: $0) }
  }

  private func log(_ path: String, _ limits: LogLimits) -> CappedLog {
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    return CappedLog(descriptor: descriptor, limits: limits, filter: PassingLogFilter())
  }

  @Test(arguments: cases)
  private func `The beginning and the end are kept`(_ sample: Case) throws {
    let fixture = try RunFixture()
    let path = fixture.path + "/log"
    let bytes = (0..<sample.length).map { UInt8(0x61 + $0 % 26) }
    for limits in [(10, 5), (0, 5), (10, 0), (0, 0)] {
      let log = log(path, LogLimits(head: limits.0, tail: limits.1))
      for start in stride(from: 0, to: bytes.count, by: sample.pieces) {
        let piece = bytes[start..<min(start + sample.pieces, bytes.count)]
        piece.withUnsafeBytes { log.feed($0) }
        if start % 5 == 0 { log.flush() }
      }
      log.finish()
      let dropped = max(0, bytes.count - limits.0 - limits.1)
      var expected = bytes.prefix(limits.0)
      if dropped > 0 { expected += Array("\n[parity: \(dropped) bytes dropped]\n".utf8) }
      expected += bytes.dropFirst(limits.0).suffix(limits.1)
      #expect(ProcessTable.bytes(of: path) == Array(expected))
    }
  }

  @Test func `What the filter held back is written at the end`() throws {
    struct Holding: LogFilter {
      var held: [UInt8] = []
      mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        held += bytes
        return []
      }
      mutating func finish() -> [UInt8] { held.reversed() }
    }
    let fixture = try RunFixture()
    let path = fixture.path + "/log"
    let log = CappedLog(
      descriptor: open(path, O_RDWR | O_CREAT, 0o600),
      limits: LogLimits(),
      filter: Holding()
    )
    [UInt8]("abc".utf8).withUnsafeBytes { log.feed($0) }
    #expect(text(of: path) == "")
    log.finish()
    log.finish()
    #expect(text(of: path) == "cba")
  }
}
