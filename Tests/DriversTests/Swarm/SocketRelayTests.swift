import Deployments
import Glibc
import Testing

@testable import Drivers

@Suite struct SocketRelayTests {
  /// A far end that answers each line with the same in capitals, as frames or as it is.
  private func echo(framed: Bool) throws -> SocketRelay.FarEnd {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    var on: Int32 = 1
    for end in ends { try #require(ioctl(end, UInt(FIONBIO), &on) == 0) }
    let server = EngineSocket(descriptor: ends[1])
    _ = DedicatedThread.start {
      while let bytes = try? server.read(until: .now + .seconds(10)), !bytes.isEmpty {
        let answer = Array(String(decoding: bytes, as: UTF8.self).uppercased().utf8)
        let head: [UInt8] = framed ? [1, 0, 0, 0, 0, 0, 0, UInt8(answer.count)] : []
        try? server.write(head + answer, until: .now + .seconds(10))
      }
    }
    return SocketRelay.FarEnd(socket: EngineSocket(descriptor: ends[0]), isFramed: framed)
  }

  /// The next bytes, read outside of the pool in which the relay dials.
  private func answer(_ near: EngineSocket) async throws -> [UInt8] {
    let answer: Result<[UInt8], EngineError>? = await DedicatedThread.value {
      do throws(EngineError) {
        return .success(try near.read(until: .now + .seconds(5)))
      } catch {
        return .failure(error)
      }
    }
    return try #require(answer).get()
  }

  @Test(arguments: [true, false])
  func `Bytes go through a unix socket and back`(framed: Bool) async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    let relay = try SocketRelay(at: .unix(path: path)) { try echo(framed: framed) }
    #expect(relay.endpoint == .unix(path: path))
    for word in ["one", "two"] {
      let near = try EngineSocket.connect(path: path)
      try near.write(Array(word.utf8), until: .now + .seconds(5))
      #expect(try await answer(near) == Array(word.uppercased().utf8))
    }
  }

  @Test func `Where nothing can be dialled, the connection ends`() async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    let relay = try SocketRelay(at: .unix(path: path)) {
      throw EngineError(.unreachable, "nothing")
    }
    let near = try EngineSocket.connect(path: path)
    #expect(try await answer(near) == [])
    withExtendedLifetime(relay) {}
  }

  @Test func `With the relay all its connections end, and its name goes`() async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/s"
    var relay: SocketRelay? = try SocketRelay(at: .unix(path: path)) { try echo(framed: false) }
    let near = try EngineSocket.connect(path: path)
    try near.write(Array("x".utf8), until: .now + .seconds(5))
    #expect(try await answer(near) == Array("X".utf8))
    relay = nil
    #expect(relay == nil)
    #expect(try await answer(near) == [])
    #expect(access(path, F_OK) != 0)
  }
}

@Suite struct SubprocessRunTests {
  private func run(_ script: String, deadline: Duration = .seconds(20), limit: Int = 1 << 20)
    -> SubprocessRun
  {
    SubprocessRun(
      program: "/bin/sh",
      arguments: ["sh", "-c", script],
      environment: ["PATH": "/usr/bin:/bin", "ONLY": "this"],
      folder: "/tmp",
      deadline: deadline,
      outputLimit: limit
    )
  }

  @Test func `Outputs, status, folder and environment are the program's own`() async throws {
    let output = try await run("pwd; echo $ONLY $HOME; echo oops >&2; exit 3").output()
    #expect(output.ending == .exited(3))
    #expect(String(decoding: output.stdout, as: UTF8.self) == "/tmp\nthis\n")
    #expect(String(decoding: output.stderr, as: UTF8.self) == "oops\n")
  }

  @Test func `Output beyond the limit is counted out`() async throws {
    let output = try await run("head -c 300000 /dev/zero", limit: 1000).output()
    #expect(output.stdout.count == 1000)
    #expect(output.isCut)
    #expect(output.succeeded)
  }

  @Test func `At the deadline the whole session is killed`() async throws {
    let output = try await run("sleep 100 & sleep 100", deadline: .milliseconds(100)).output()
    #expect(output.ending == .timedOut)
  }

  @Test func `A cancelled task kills it`() async throws {
    let task = Task { try await run("sleep 100").output() }
    task.cancel()
    await #expect(throws: DeploymentError(.interrupted, "sh was interrupted")) {
      try await task.value
    }
  }
}
