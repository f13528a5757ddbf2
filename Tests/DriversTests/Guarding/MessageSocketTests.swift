import Glibc
import Testing

@testable import Guarding

@Suite struct MessageSocketTests {
  private func pair() -> (MessageSocket, MessageSocket) {
    var ends: [Int32] = [-1, -1]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    return (MessageSocket(descriptor: ends[0]), MessageSocket(descriptor: ends[1]))
  }

  @Test func `Lines of any length arrive whole and in order`() {
    let (left, right) = pair()
    let lengths = [0, 1, 65_535, 65_536, 65_537, 3_000_000, 2]
    for length in lengths { left.queue([UInt8](repeating: 0x61, count: length) + [0x0A]) }
    var received: [Int] = []
    while received.count < lengths.count, !right.isClosed {
      left.flush()
      received += right.receive().map(\.count)
    }
    #expect(received == lengths)
    #expect(!left.hasOutput)
  }

  @Test func `Descriptors arrive with their line, in order`() throws {
    let (left, right) = pair()
    let files = try (0..<12).map { number in
      let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
      try #require(file >= 0)
      left.queue(Array("line \(number)\n".utf8), descriptors: number % 3 == 0 ? [] : [file])
      return file
    }
    left.flush()
    #expect(right.receive().count == 12)
    #expect(right.takeDescriptors(9) == nil)
    let received = try #require(right.takeDescriptors(8))
    #expect(Set(received).count == 8)
    for descriptor in received {
      #expect(ProcessTable.link("/proc/self/fd/\(descriptor)") == "/dev/null")
      close(descriptor)
    }
    for (number, file) in files.enumerated() where number % 3 == 0 { close(file) }
  }

  @Test func `The end of the other side is noticed after its last line`() {
    var (left, right): (MessageSocket?, MessageSocket) = pair()
    left?.queue(Array("last\npart".utf8))
    left?.flush()
    left = nil
    #expect(right.receive().map { String(decoding: $0, as: UTF8.self) } == ["last"])
    _ = right.receive()
    #expect(right.isClosed)
  }
}
