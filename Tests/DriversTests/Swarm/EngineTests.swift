import Formats
import Glibc
import Programs
import Testing
import Threads

@testable import SwarmDeployments

/// An engine that says what a test wants it to, request for request.
private final class ScriptedEngine: Sendable {
  let engine: Engine
  private let relay: SocketRelay
  private let fixture: RunFixture

  /// - Parameter answer: what is sent for a request's first line; the connection then ends.
  init(_ answer: @escaping @Sendable (String) -> String) throws {
    fixture = try RunFixture()
    let path = fixture.root + "/s"
    relay = try SocketRelay(at: .unix(path: path)) { _ throws(EngineError) in
      var ends: [Int32] = [-1, -1]
      if socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) != 0 {
        throw .system("socketpair")
      }
      let server = StreamSocket(descriptor: ends[1])
      _ = DedicatedThread.start {
        var text = ""
        while !text.contains("\r\n\r\n"), let bytes = try? server.read(until: .now + .seconds(5)),
          !bytes.isEmpty
        {
          text += String(decoding: bytes, as: UTF8.self)
        }
        let line = text.split(separator: "\r\n").first.map(String.init) ?? ""
        try? server.write(Array(answer(line).utf8), until: .now + .seconds(5))
        server.finishWriting()
        while let bytes = try? server.read(until: .now + .seconds(5)), !bytes.isEmpty {}
      }
      return SocketRelay.FarEnd(socket: StreamSocket(descriptor: ends[0]))
    }
    engine = try Engine(.socket(path: path))
  }

  static func reply(_ body: String, status: Int = 200) -> String {
    "HTTP/1.1 \(status) X\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}

@Suite struct EngineTests {
  @Test func `An answer is JSON, and its parts are asked for by escaped values`() async throws {
    let scripted = try ScriptedEngine { line in
      ScriptedEngine.reply("[{\"line\":\"\(line)\"}]".replacing("\"label\"", with: "label"))
    }
    let list = try await scripted.engine.list("/services", ["label": ["a=b c"]])
    let line = try #require(list.first?["line"]?.stringValue)
    #expect(line == "GET /services?filters=%7B%22label%22%3A%5B%22a%3Db%20c%22%5D%7D HTTP/1.1")
  }

  @Test func `A refusal has its status and the engine's own words`() async throws {
    let scripted = try ScriptedEngine { line in
      ScriptedEngine.reply("{\"message\":\"in use\"}", status: line.contains("/there") ? 409 : 404)
    }
    #expect(try await scripted.engine.find("/gone") == nil)
    await #expect(throws: EngineError(.refused(status: 409), "in use")) {
      try await scripted.engine.get("/there")
    }
  }

  @Test func `Where no engine is, the error says what was tried`() async throws {
    let engine = try Engine(.socket(path: "/nowhere.sock"))
    let error = await #expect(throws: EngineError.self) { try await engine.get("/info") }
    #expect(error?.code == .unreachable)
    #expect(error?.message == "/nowhere.sock: No such file or directory")
  }

  @Test(arguments: ["SSH-2.0-OpenSSH\r\n", "{}"])
  func `What does not speak HTTP is not an engine`(answer: String) async throws {
    let scripted = try ScriptedEngine { _ in answer }
    let error = await #expect(throws: EngineError.self) { try await scripted.engine.get("/info") }
    #expect(error?.code == .malformed)
  }

  /// Only the engine's word of the exit status is one: a command that it did not run has none.
  @Test func `A command's outputs and status come back, and a refused one has neither`()
    async throws
  {
    let frames = "\u{1}\0\0\0\0\0\0\u{3}abc\u{2}\0\0\0\0\0\0\u{2}xy"
    let scripted = try ScriptedEngine { line in
      if line.contains("/containers/bad/exec") { return ScriptedEngine.reply("{\"Id\":\"e2\"}") }
      if line.contains("/containers/") { return ScriptedEngine.reply("{\"Id\":\"e1\"}") }
      if line.contains("/exec/e1/start") {
        return "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n" + frames
      }
      if line.contains("/start") {
        return ScriptedEngine.reply("{\"message\":\"no such user\"}", status: 400)
      }
      return ScriptedEngine.reply("{\"Running\":false,\"ExitCode\":1}")
    }
    let output = try await scripted.engine.run(Command(argv: ["false"]), in: "good")
    #expect(output.ending == .exited(1))
    #expect(output.text == "abc")
    #expect(String(decoding: output.stderr, as: UTF8.self) == "xy")
    await #expect(throws: EngineError(.refused(status: 400), "no such user")) {
      try await scripted.engine.run(Command(argv: ["false"]), in: "bad")
    }
  }

  @Test func `A stream that is cut inside a frame is a lost connection`() async throws {
    let scripted = try ScriptedEngine { line in
      line.contains("/start")
        ? "HTTP/1.1 101 UPGRADED\r\n\r\n\u{1}\0\0\0\0\0\0\u{9}abc"
        : ScriptedEngine.reply("{\"Id\":\"e\",\"Running\":false,\"ExitCode\":0}")
    }
    let error = await #expect(throws: EngineError.self) {
      try await scripted.engine.run(Command(argv: ["true"]), in: "c")
    }
    #expect(error?.code == .unreachable)
  }
}
