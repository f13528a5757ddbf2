import Evidence
import FakeDeployments
import Formats
import HTTPRequests
import Programs
import Synchronization
import Testing

@testable import Checks
@testable import Running
@testable import Suites

/// Scripts that ask the app through a proxy.
extension ScriptTests {
  /// Asks for a path at the address that the command was given.
  @discardableResult
  private static func ask(_ path: String, _ command: Command, _ token: String = "") async -> Int? {
    guard let base = command.environment["PARITY_BASE_URL"] else { return nil }
    var request = HTTPRequest(method: "GET", url: base + path)
    if !token.isEmpty { request.headers = [HTTPHeader("X-Own", token)] }
    return try? await HTTPClient().send(request).status
  }

  private func recorded(_ ran: Bench.Ran, _ id: String) throws -> (steps: [StepRecord], count: Int?)
  {
    let check = try #require(CheckID(id).flatMap { ran.record[check: $0] })
    return (check.steps.filter { $0.kind == "recorded" }, check.recordedCounts.first)
  }

  @Test func `A recorded script asks the app through a proxy, and nobody where nothing answers`()
    async throws
  {
    var bench = bench(script(.shell))
    bench.suite.scripts.record = true
    bench.secrets = [Redactor.Secret(name: "token", value: "a-secret-of-some-length")]
    bench.answer = { request in
      .init(request.path == "/kept/7" ? 404 : 200, "you said \(request.headers["x-own"] ?? "")")
    }
    bench.behaviour.run = { command in
      let status = await Self.ask("/page?key=a-secret-of-some-length", command)
      await Self.ask("/kept/7", command, "a-secret-of-some-length")
      await Self.ask("/by/\(command.environment["PARITY_UNIQUE"] ?? "")", command)
      return .exited(status == 200 ? 0 : 1)
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.id) == .passed)
    #expect(control(ran, Self.id)?.result == .failed)
    let (steps, count) = try recorded(ran, Self.id)
    #expect(count == 3)
    let told = "seen by the recording proxy: GET"
    #expect(
      steps.map(\.title) == [
        "\(told) /page → 200", "\(told) /kept/{…} → 404", "\(told) /by/{{unique}} → 200",
      ]
    )
    #expect(steps.map(\.number) == ["1.1", "1.2", "1.3"])
    #expect(steps.allSatisfy { $0.assertions.isEmpty && $0.outcome.isPassed })
    let text = String(decoding: try JSONTextEncoder().bytes(of: ran.record), as: UTF8.self)
    #expect(!text.contains("a-secret-of-some-length") && text.contains("[secret:token]"))
  }

  @Test func `Each test is recorded on its own, and what lies between them is nobody's`()
    async throws
  {
    var bench = bench(script(.pytest, test: "a"), [script(.pytest, test: "b")])
    bench.suite.scripts.record = true
    bench.behaviour.run = { command in
      await Self.ask("/import", command)
      var output = await Self.say([("a", Self.begin)], command).0
      await Self.ask("/a", command)
      output = await Self.say([("a", Self.end("passed")), ("b", Self.begin)], command).0
      await Self.ask("/b", command)
      await Self.ask("/b", command)
      output = await Self.say([("b", Self.end("passed"))], command).0
      await Self.ask("/after", command)
      return output
    }
    let ran = try await bench.run()
    let (a, b) = (try recorded(ran, "functional/s::a"), try recorded(ran, "functional/s::b"))
    #expect(a.steps.map(\.title) == ["seen by the recording proxy: GET /a → 200"])
    #expect(b.steps.map(\.title) == ["seen by the recording proxy: GET /b → 200"])
    #expect(b.steps.map(\.attempts) == [2])
    #expect([a.count, b.count] == [1, 2])
  }

  @Test(arguments: [true, false])
  func `A script that asks elsewhere leaves nothing, and one that is not recorded no count`(
    isRecorded: Bool
  ) async throws {
    var bench = bench(script(.shell))
    bench.suite.scripts.record = isRecorded
    let app = Heard()
    bench.answer = { request in
      app.host.withLock { $0 = request.headers["host"] ?? "" }
      return .init(200)
    }
    bench.behaviour.run = { command in
      var other = command
      other.environment["PARITY_BASE_URL"] = "http://\(app.host.withLock { $0 })"
      return .exited(await Self.ask("/", other) == 200 ? 0 : 1)
    }
    let (steps, count) = try recorded(try await bench.run(), Self.id)
    #expect(steps.isEmpty)
    #expect(count == (isRecorded ? 0 : nil))
  }

  @Test func `A step that runs a script can be recorded alone`() async throws {
    var bench = Bench()
    bench.base = nil
    var action = ScriptAction(path: "x.sh")
    action.record = true
    let step = Step(action: .script(action), place: somewhere)
    bench.add(.functional, .functional, "functional/s::s", [get("/before"), step])
    bench.behaviour.run = { command in
      await Self.ask("/x", command)
      return .exited(0)
    }
    let (steps, count) = try recorded(try await bench.run(), Self.id)
    #expect(steps.map(\.number) == ["2.1"])
    #expect(count == 1)
  }
}

/// The address at which an app was last asked.
private final class Heard: Sendable {
  let host = Mutex("")
}
