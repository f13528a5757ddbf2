import Glibc
import Testing

@testable import Threads

struct DeadlineTests {
  /// The reading end of a pipe with something in it, which stays ready.
  private static func ready() throws -> Int32 {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    #expect(write(ends[1], "x", 1) == 1)
    close(ends[1])
    return ends[0]
  }

  @Test func `Time is up also where more is there to be read`() throws {
    let descriptor = try Self.ready()
    defer { close(descriptor) }
    let wakeup = try #require(Wakeup())
    let soon = Deadline(within: .seconds(60), wakeup: wakeup)
    #expect(soon.wait(descriptor, reading: true, writing: false) == .ready)
    let over = Deadline(within: .zero, wakeup: wakeup)
    #expect(over.wait(descriptor, reading: true, writing: false) == .timedOut)
  }

  @Test func `Who is woken waits no longer, whatever is ready`() throws {
    let descriptor = try Self.ready()
    defer { close(descriptor) }
    let wakeup = try #require(Wakeup())
    let deadline = Deadline(within: .seconds(60), wakeup: wakeup)
    wakeup.fire()
    #expect(deadline.wait(descriptor, reading: true, writing: false) == .cancelled)
  }
}
