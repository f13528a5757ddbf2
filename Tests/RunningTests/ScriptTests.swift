import Evidence
import FakeDeployments
import Formats
import Glibc
import Programs
import Testing
import Threads

@testable import Checks
@testable import Running
@testable import Suites

struct ScriptTests {
  static let id = "functional/s::s"

  func bench(_ script: SuiteScript, _ others: [SuiteScript] = []) -> Bench {
    var bench = Bench()
    bench.noBackupReason = Reason(.noBackupLabel)
    bench.base = nil
    for script in [script] + others {
      bench.add(.functional, .functional, "functional/s::\(script.test ?? "s")", .script(script))
    }
    bench.adjust = { plan in
      for index in plan.planned.indices where plan.planned[index].id.stem == "s" {
        plan.planned[index].strength = .opaque
      }
    }
    return bench
  }

  func script(_ runner: SuiteScript.Runner, test: String? = nil) -> SuiteScript {
    SuiteScript(path: "functional/s", hash: "", runner: runner, test: test)
  }

  func control(_ ran: Bench.Ran, _ id: String) -> ControlRecord? {
    CheckID(id).flatMap { ran.record[check: $0]?.control }
  }

  // MARK: Exit codes

  @Test(arguments: [
    (SuiteScript.Runner.executable, 0, Outcome.Word.passed), (.executable, 1, .failed),
    (.executable, 126, .broken), (.shell, 127, .broken), (.pytest, 0, .failed),
    (.pytest, 1, .failed), (.pytest, 2, .broken), (.pytest, 4, .broken), (.pytest, 5, .failed),
    (.pytest, 127, .broken), (.bats, 0, .failed), (.bats, 1, .failed), (.unittest, 0, .failed),
  ])
  func `An exit code says what became of a script whose runner tells of no test`(
    runner: SuiteScript.Runner,
    exit: Int,
    word: Outcome.Word
  ) async throws {
    var bench = bench(script(runner))
    bench.behaviour.run = { _ in .exited(Int32(exit)) }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.id)?.word == word)
    #expect(ran.commands.first?.argv == script(runner).argv())
  }

  @Test func `A script that is killed is broken`() async throws {
    var bench = bench(script(.shell))
    bench.behaviour.run = { _ in
      CommandOutput(ending: .signalled(9), stdout: [], stderr: [], isCut: false, duration: .zero)
    }
    #expect(try await bench.run().outcome(Self.id)?.word == .broken)
  }

  @Test func `A failure carries the last line that the script said`() async throws {
    var bench = bench(script(.shell))
    bench.behaviour.run = { _ in
      CommandOutput(
        ending: .exited(3),
        stdout: Array("out\n".utf8),
        stderr: Array("first\nno such page\n\n".utf8),
        isCut: false,
        duration: .zero
      )
    }
    let reason = try await bench.run().outcome(Self.id)?.reason
    #expect(
      reason?.code
        == .script(path: "functional/s", problem: .failed, exit: 3, detail: "no such page")
    )
  }

  @Test func `A script finds the run, secrets and what the suite gives it in its environment`()
    async throws
  {
    var bench = bench(script(.shell))
    bench.secrets = [Redactor.Secret(name: "token", value: "a-secret-of-some-length")]
    bench.suite.scripts.environment = [
      ("TOKEN", template("{{secret.token}}")), ("WHERE", template("{{base_url}}/x")),
    ]
    bench.behaviour.run = { _ in .exited(1) }
    let environment = try #require(try await bench.run().commands.first).environment
    #expect(environment["PARITY_DOMAIN"] == "app.test")
    #expect(environment["PARITY_RECIPE"] == "toy")
    #expect(environment["PARITY_RUN"] == "20260101-000000")
    #expect(environment["PARITY_STAGE"] == "functional")
    #expect(environment["PARITY_UNIQUE"]?.count == 12)
    #expect(environment["TOKEN"] == "a-secret-of-some-length")
    let base = try #require(environment["PARITY_BASE_URL"])
    #expect(environment["WHERE"] == base + "/x")
  }

  // MARK: Where nothing answers

  @Test(arguments: [(false, ControlRecord.Result.failed), (true, .passed)])
  func `What passed is run once more where nothing answers`(
    passesAlways: Bool,
    result: ControlRecord.Result
  ) async throws {
    var bench = bench(script(.shell))
    bench.behaviour.run = { command in
      let isThere = command.environment["PARITY_DOMAIN"] == "app.test"
      return .exited(isThere || passesAlways ? 0 : 7)
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.id) == .passed)
    #expect(control(ran, Self.id)?.kind == .nowhere)
    #expect(control(ran, Self.id)?.result == result)
    #expect(ran.commands.count == 2)
    let bases = ran.commands.map { $0.environment["PARITY_BASE_URL"] }
    #expect(bases[0] != bases[1])
  }

  @Test func `Where nothing answers, the fixture gives no answer either`() async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.answer = { _ in .init(200, "always") }
    bench.behaviour.run = { command in
      let said = await Self.say([("a", Self.begin), ("a", Self.get)], command).1
      let isHeld = said.last?.hasPrefix("ok ") ?? false
      return await Self.say([("a", Self.end(isHeld ? "passed" : "failed"))], command).0
    }
    let ran = try await bench.run()
    #expect(ran.outcome("functional/s::a") == .passed)
    #expect(control(ran, "functional/s::a")?.kind == .nowhere)
    #expect(control(ran, "functional/s::a")?.result == .failed)
  }

  struct Ending: Sendable {
    var exit: Int32
    var halts = false
    /// What another test of the file came to.
    var other = "skipped"
    /// Whether it is the ending of all that passed.
    var counts: Bool
  }

  @Test(arguments: [
    Ending(exit: 0, counts: false), Ending(exit: 1, counts: true),
    Ending(exit: 0, halts: true, counts: true), Ending(exit: 1, halts: true, counts: true),
    // That one test failed explains an exit status of 1, and nothing beside it.
    Ending(exit: 1, other: "failed", counts: false), Ending(exit: 3, other: "failed", counts: true),
    Ending(exit: 1, halts: true, other: "failed", counts: true),
  ])
  func `What fails after the tests of a file fails all that passed`(ending: Ending) async throws {
    var bench = bench(script(.unittest, test: "a"), [script(.unittest, test: "b")])
    bench.behaviour.run = { command in
      let end = #""do":"halt","outcome":"failed","text":"Traceback\n\nAssertionError: td\n""#
      var output = await Self.say(
        [
          ("a", Self.begin), ("a", Self.end("passed")), ("b", Self.begin),
          ("b", Self.end(ending.other, "why")),
        ] + (ending.halts ? [("", end)] : []),
        command
      ).0
      output.ending = .exited(ending.exit)
      return output
    }
    let ran = try await bench.run()
    let code = ran.outcome("functional/s::a")?.reason?.code
    let failed = Reason.Code.script(
      path: "functional/s",
      problem: .failed,
      exit: Int(ending.exit),
      detail: ending.halts ? "AssertionError: td" : nil
    )
    #expect(code == (ending.counts ? failed : nil))
    #expect(ran.outcome("functional/s::b")?.word.rawValue == ending.other)
  }

  @Test func `A secret that a script's step captures is learned`() async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.answer = { _ in .init(200, #"{"token": "s3cr3t-token-of-it"}"#) }
    bench.behaviour.run = { command in
      let step =
        #""do":"step","step":{"http":{"get":"/"},"capture":{"t":{"jsonpath":"$.token","secret":true}}}"#
      return await Self.say(
        [("a", Self.begin), ("a", step), ("a", Self.end("passed"))],
        command
      ).0
    }
    let ran = try await bench.run()
    let steps = ran.record.checks.first { $0.id.name == "a" }?.steps ?? []
    guard case .http(let exchange)? = steps.first?.exchange else {
      Issue.record("\(steps)")
      return
    }
    #expect(exchange.responseBody == #"{"token": "[secret:t]"}"#)
  }

  // MARK: Tests of a file

  /// What a runner says: each message with the test that it is about.
  static func say(_ messages: [(String, String)], _ command: Command) async
    -> (CommandOutput, [String])
  {
    var answers: [String] = []
    for (test, message) in messages { answers.append(await say(message, test, command) ?? "") }
    return (.exited(0), answers)
  }

  private static func say(_ message: String, _ test: String, _ command: Command) async -> String? {
    let place = (command.environment["PARITY_STEPS"] ?? "").split(separator: ":").map(String.init)
    guard place.count == 3, let port = UInt16(place[1]) else { return nil }
    let line = #"{"token":"\#(place[2])","test":"\#(test)",\#(message)}"# + "\n"
    return await DedicatedThread.value {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isThere = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
      }
      guard isThere == 0 else { return "" }
      _ = send(descriptor, line, line.utf8.count, 0)
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        bytes += buffer[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  static func end(_ outcome: String, _ text: String = "") -> String {
    #""do":"end","outcome":"\#(outcome)","text":"\#(text)""#
  }

  static let begin = #""do":"begin""#

  @Test func `Each test has the outcome that its runner told, whatever the file exits with`()
    async throws
  {
    let names = ["a", "b", "c", "d", "e"]
    var bench = bench(
      script(.pytest, test: "a"),
      names.dropFirst().map { script(.pytest, test: $0) }
    )
    bench.behaviour.run = { command in
      await Self.say(
        [
          ("a", Self.begin), ("a", Self.end("passed")), ("b", Self.begin),
          ("b", Self.end("failed", "assert 1 == 2")), ("c[1]", Self.begin),
          ("c[1]", Self.end("failed", "no")), ("c[2]", Self.begin), ("c[2]", Self.end("passed")),
          ("d", Self.begin), ("d", Self.end("skipped", "no browser")), ("f", Self.begin),
          ("f", Self.end("failed", "made by a loop")),
        ],
        command
      ).0
    }
    let ran = try await bench.run()
    func code(_ name: String) -> Reason.Code? { ran.outcome("functional/s::\(name)")?.reason?.code }
    func told(_ name: String, _ problem: Reason.ScriptProblem, _ detail: String?) -> Reason.Code {
      .script(path: "functional/s::\(name)", problem: problem, exit: 0, detail: detail)
    }
    #expect(ran.outcome("functional/s::a") == .passed)
    #expect(code("b") == told("b", .testFailed, "assert 1 == 2"))
    #expect(code("c") == told("c", .testFailed, "[1] no"))
    #expect(code("d") == told("d", .skipped, "no browser"))
    #expect(ran.outcome("functional/s::d")?.word == .skipped)
    #expect(code("e") == told("e", .leftOut, nil))
    #expect(ran.outcome("functional/s::e")?.word == .failed)
    #expect(code("f") == told("f", .testFailed, "made by a loop"))
    #expect(ran.outcome(.functional)?.word == .failed)
    #expect(ran.record.header.planned.map(\.id.name).contains("f"))
    // Only what passed is tried where nothing answers.
    #expect(ran.commands.last?.argv.last == "functional/s::a")
    #expect(control(ran, "functional/s::a")?.result == .passed)
  }

  @Test(arguments: [("failed", Outcome.Word.failed), ("skipped", .passed)])
  func `Of a file that declares no test all that its runner tells of are one check`(
    second: String,
    word: Outcome.Word
  ) async throws {
    var bench = bench(script(.pytest))
    bench.behaviour.run = {
      await Self.say(
        [
          ("a", Self.begin), ("a", Self.end("passed")), ("b", Self.begin),
          ("b", Self.end(second, "why")),
        ],
        $0
      ).0
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.id)?.word == word)
    if word == .passed { #expect(control(ran, Self.id)?.result == .passed) }
  }

  @Test func `A test that began and never ended is broken`() async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.behaviour.run = { await Self.say([("a", Self.begin)], $0).0 }
    #expect(try await bench.run().outcome("functional/s::a")?.word == .broken)
  }

  @Test(arguments: [("skipped", Outcome.Word.skipped), ("failed", .broken)])
  func `A file that cannot be read, or skips all of itself, says so of each test`(
    told: String,
    word: Outcome.Word
  ) async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.behaviour.run = {
      await Self.say([("", #""do":"halt","outcome":"\#(told)","text":"why""#)], $0).0
    }
    let outcome = try await bench.run().outcome("functional/s::a")
    #expect(outcome?.word == word)
  }

  @Test func `Who does not know the run's token is not heard`() async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.behaviour.run = { command in
      var other = command
      let place = command.environment["PARITY_STEPS"] ?? ""
      other.environment["PARITY_STEPS"] =
        place.prefix { $0 != ":" } + ":"
        + place.split(separator: ":")[1] + ":other"
      return await Self.say([("a", Self.begin), ("a", Self.end("passed"))], other).0
    }
    #expect(try await bench.run().outcome("functional/s::a")?.word == .failed)
  }

  // MARK: Steps

  private static let post =
    #""do":"step","step":{"http":{"post":"/notes","text":"UNIQUE"},"expect":{"status":200}}"#
  private static let get = #""do":"step","step":{"http":{"get":"/notes/1"}}"#

  /// Sends a value, then expects `wanted` of what is there; both with the test's own value for UNIQUE.
  private func steps(expecting wanted: String) -> @Sendable (Command) async -> CommandOutput {
    { command in
      let answer = await Self.say(Self.begin, "a", command) ?? ""
      let unique = answer.split(separator: "\"").dropFirst(3).first.map(String.init) ?? ""
      var isHeld = true
      for message in [
        Self.post, Self.get, #""do":"expect","expect":{"body":{"contains":"\#(wanted)"}}"#,
      ]
      where isHeld {
        let line = message.replacing("UNIQUE", with: unique)
        isHeld = await Self.say(line, "a", command)?.hasPrefix("ok ") ?? false
      }
      let end = isHeld ? Self.end("passed") : Self.end("failed", "Failed")
      return await Self.say([("a", end)], command).0
    }
  }

  /// Answers with what was posted last, and `always` beside it.
  private func keeping() -> Bench.Answer {
    let kept = Kept()
    return { request in
      if request.method == "POST" { await kept.keep(request.body) }
      return .init(200, "always \(await kept.text)")
    }
  }

  private actor Kept {
    var text = ""
    func keep(_ text: String) { self.text = text }
  }

  @Test(arguments: [
    ("UNIQUE", Strength.state, ControlRecord.Result.failed as ControlRecord.Result?),
    ("always", .content, nil),
  ])
  func `Steps of a script are graded like those of a suite`(
    wanted: String,
    strength: Strength,
    result: ControlRecord.Result?
  ) async throws {
    var bench = bench(script(.pytest, test: "a"))
    bench.answer = keeping()
    bench.behaviour.run = steps(expecting: wanted)
    let ran = try await bench.run()
    let record = try #require(ran.record.checks.first { $0.id.name == "a" })
    #expect(record.outcome == .passed)
    #expect(record.steps.map(\.title) == ["POST /notes", "GET /notes/1", "script functional/s::a"])
    #expect(ran.record.header.planned.first { $0.id.name == "a" }?.strength == strength)
    #expect(record.control?.result == result)
    if result != nil { #expect(record.control?.kind == .decoy) }
  }

  @Test func `An expectation that does not hold fails the check, whatever the script makes of it`()
    async throws
  {
    var bench = bench(script(.pytest, test: "a"))
    bench.behaviour.run = { command in
      await Self.say(
        [
          ("a", Self.begin), ("a", Self.get), ("a", #""do":"expect","expect":{"status":404}"#),
          ("a", Self.end("passed")),
        ],
        command
      ).0
    }
    let reason = try await bench.run().outcome("functional/s::a")?.reason
    #expect(reason?.violated.map(\.subject) == [.status])
  }

  @Test func `What a script gets wrong is said to it`() async throws {
    let answers = Kept()
    var bench = bench(script(.pytest, test: "a"))
    bench.secrets = [Redactor.Secret(name: "token", value: "a-secret-of-some-length")]
    bench.behaviour.run = { command in
      let (output, said) = await Self.say(
        [
          ("x", Self.get), ("a", Self.begin), ("a", #""do":"expect","expect":{"status":200}"#),
          ("a", #""do":"step","step":{"http":{"gte":"/"}}"#),
          (
            "a",
            #""do":"step","step":{"exec":{"argv":["echo","a-secret-of-some-length"]}}"#
          ),
        ],
        command
      )
      await answers.keep(said.map { String($0.prefix(2)) }.joined(separator: " "))
      return output
    }
    _ = try await bench.run()
    #expect(await answers.text == "no ok no no no")
  }

  // MARK: bats

  @Test func `What bats prints is read test by test`() {
    let text = """
      1..4
      ok 1 one # hash
      ok 2 two # skip no browser
      not ok 3 three
      # (in test file x.bats, line 2)
      #   `false' failed
      # said
      ok 4 four # skip
      """
    let tests = BatsOutput(Array(text.utf8)).tests
    #expect(tests.map(\.name) == ["one # hash", "two", "three", "four"])
    #expect(tests.map(\.word) == [.passed, .skipped, .failed, .skipped])
    #expect(tests[1].text == "no browser")
    #expect(tests[2].text.contains("`false' failed"))
  }

  @Test func `A name of a test in bats may have the words that skip one`() {
    let text = """
      1..3
      ok 1 drops # skip lines
      ok 2 drops # skip marks # skip no # skip here
      ok 3 three # skip why
      """
    let declared: Set = ["drops # skip lines", "drops # skip marks", "three"]
    let tests = BatsOutput(Array(text.utf8), declared: declared).tests
    #expect(tests.map(\.name) == ["drops # skip lines", "drops # skip marks", "three"])
    #expect(tests.map(\.word) == [.passed, .skipped, .skipped])
    #expect(tests[1].text == "no # skip here")
  }
}
