import Deployments
import Glibc
import Testing
import Threads

@testable import SwarmDeployments

@Suite struct SocketRelayTests {
  /// A far end that answers each line with the same in capitals, as frames or as it is.
  private func echo(framed: Bool) throws(EngineError) -> SocketRelay.FarEnd {
    var ends: [Int32] = [-1, -1]
    if socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) != 0 {
      throw .system("socketpair")
    }
    let server = StreamSocket(descriptor: ends[1])
    _ = DedicatedThread.start {
      while let bytes = try? server.read(until: .now + .seconds(10)), !bytes.isEmpty {
        let answer = Array(String(decoding: bytes, as: UTF8.self).uppercased().utf8)
        let head: [UInt8] = framed ? [1, 0, 0, 0, 0, 0, 0, UInt8(answer.count)] : []
        try? server.write(head + answer, until: .now + .seconds(10))
      }
    }
    return SocketRelay.FarEnd(socket: StreamSocket(descriptor: ends[0]), isFramed: framed)
  }

  /// The next bytes, read outside of the pool in which the relay dials.
  private func answer(_ near: StreamSocket) async throws -> [UInt8] {
    try await near.blocking { near throws(EngineError) in try near.read(until: .now + .seconds(5)) }
  }

  @Test(arguments: [true, false])
  func `Bytes go through a unix socket and back`(framed: Bool) async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    let relay = try SocketRelay(at: .unix(path: path)) { _ throws(EngineError) in
      try echo(framed: framed)
    }
    #expect(relay.endpoint == .unix(path: path))
    for word in ["one", "two"] {
      let near = try await StreamSocket.connect(path: path)
      try near.write(Array(word.utf8), until: .now + .seconds(5))
      #expect(try await answer(near) == Array(word.uppercased().utf8))
    }
  }

  @Test func `Where nothing can be dialled, the connection ends`() async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    let relay = try SocketRelay(at: .unix(path: path)) { _ throws(EngineError) in
      throw EngineError(.unreachable, "nothing there")
    }
    let near = try await StreamSocket.connect(path: path)
    #expect(try await answer(near) == [])
    #expect(relay.problem == "nothing there")
  }

  @Test func `With the relay all its connections end, and its name goes`() async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    var relay: SocketRelay? = try SocketRelay(at: .unix(path: path)) { _ throws(EngineError) in
      try echo(framed: false)
    }
    let near = try await StreamSocket.connect(path: path)
    try near.write(Array("x".utf8), until: .now + .seconds(5))
    #expect(try await answer(near) == Array("X".utf8))
    relay = nil
    #expect(relay == nil)
    #expect(try await answer(near) == [])
    #expect(access(path, F_OK) != 0)
  }
}
