import Evidence
import Files
import Formats
import FoundationEssentials
import Glibc
import Testing

@testable import Running

struct EventLogTests {
  private let id = CheckID(folder: "functional", stem: "a", name: "test_a")

  private var header: RunHeader {
    let planned = PlannedCheck(
      id: id,
      kind: .functional,
      stage: .functional,
      about: "",
      place: nil,
      strength: .state,
      isHealth: false,
      steps: [],
      ports: []
    )
    var header = Bench.header(Bench().plan)
    header.planned = [planned]
    return header
  }

  /// Removes it when the body is through.
  private func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("events-\(UUID().uuidString).ndjson").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func bytes(_ path: String) -> Data {
    FileManager.default.contents(atPath: path) ?? Data()
  }

  private func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  @Test func everyEventIsAWholeLineAtOnce() throws {
    try withFile { path in
      let log = try EventLog(path: path, secrets: [], reserved: [])
      log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
      #expect(text(path).hasSuffix("}\n"))
      for count in 2...4 {
        log.tell(.valuesMade(values: ["a": "line\nbreak"]))
        #expect(text(path).filter { $0 == "\n" }.count == count)
        #expect(text(path).hasSuffix("}\n"))
      }
    }
  }

  @Test(arguments: ["hunter2-hunter2", #"a"b\c/d e&f"#])
  func aSecretIsInNeitherFileNorRecordNorObservers(secret: String) throws {
    let seen = Journal<RunEvent>()
    try withFile { path in
      let log = try EventLog(
        path: path,
        secrets: [.init(name: "db", value: secret)],
        reserved: [],
        observers: [{ seen.add($0) }]
      )
      log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
      let inJSON = JSONValue.string(secret).description
      log.tell(.valuesMade(values: ["raw": "<\(secret)>", "json": #"{"p":\#(inJSON)}"#]))
      let record = try #require(log.record())
      #expect(record.values["raw"] == "<[secret:db]>")
      #expect(record.values["json"] == #"{"p":"[secret:db]"}"#)
      #expect(!text(path).contains(secret))
      #expect(seen.entries.count == 2)
      #expect(!seen.entries.contains { String(describing: $0).contains(secret) })
      #expect(try EventFile.record(at: path, in: FileTree.place(of: path).tree) == record)
    }
  }

  @Test func aSecretThatAFrameworkEscapedIsMaskedWhole() throws {
    let secret = "3f2b8c1e-7a64-4d0f-9b55"
    let log = try EventLog(path: nil, secrets: [.init(name: "id", value: secret)], reserved: [])
    log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
    let escaped = secret.replacing("-", with: #"\u002D"#)
    log.tell(.valuesMade(values: ["page": "<script>var t = '\(escaped)';</script>"]))
    #expect(log.record()?.values["page"] == "<script>var t = '[secret:id]';</script>")
  }

  /// Whatever a secret looks like, the record never falls back to the event as it was.
  @Test(arguments: ["microseconds", "stageStarted", "valuesMade", "test_a\",\"", "31415926"])
  func aSecretThatLooksLikeAPartOfTheFormStaysOut(secret: String) throws {
    try withFile { path in
      let log = try EventLog(
        path: path,
        secrets: [.init(name: "odd", value: secret)],
        reserved: []
      )
      log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
      let operation = OperationRecord(
        name: "saw <\(secret)>",
        outcome: .passed,
        microseconds: 31_415_926
      )
      log.tell(.stageStarted(stage: .install))
      log.tell(.operationFinished(stage: .install, operation: operation))
      log.tell(.valuesMade(values: ["it": "is <\(secret)>"]))
      let record = try #require(log.record())
      #expect(record.values["it"] == "is <[secret:odd]>")
      #expect(record[.install]?.operations.first?.name == "saw <[secret:odd]>")
      #expect(record[.install]?.operations.first?.microseconds == 31_415_926)
      #expect(try EventFile.record(at: path, in: FileTree.place(of: path).tree) == record)
    }
  }

  @Test func whatIsLearnedIsGoneFromThereOn() throws {
    try withFile { path in
      let log = try EventLog(path: path, secrets: [], reserved: [])
      log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
      log.learn(.init(name: "token", value: "t0k3n-t0k3n"))
      log.learn(.init(name: "token", value: "t0k3n-t0k3n"))
      log.learn(.init(name: "blank", value: "  "))
      log.tell(.valuesMade(values: ["it": "t0k3n-t0k3n"]))
      #expect(!text(path).contains("t0k3n-t0k3n"))
      #expect(log.record()?.values == ["it": "[secret:token]"])
      #expect(log.redacted("Bearer t0k3n-t0k3n") == "Bearer [secret:token]")
    }
  }

  @Test func aFullDiskIsToldAndStopsNothing() throws {
    let log = try EventLog(
      descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC),
      name: "events.ndjson",
      secrets: [],
      reserved: [],
      observers: []
    )
    log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
    #expect(log.problem != nil)
    log.tell(.stageStarted(stage: .install))
    log.tell(.stageFinished(stage: .install, outcome: .passed))
    #expect(log.record()?[.install]?.outcome == .passed)
  }

  @Test func aFileThatCannotBeOpenedIsAnErrorThatNamesIt() {
    do throws(RunError) {
      _ = try EventLog(path: "/nonexistent/events.ndjson", secrets: [], reserved: [])
      Issue.record("was opened")
    } catch {
      #expect(error.code == .unwritable && error.message.contains("/nonexistent/events.ndjson"))
    }
  }

  // MARK: Reading

  /// A run that ended, as its lines.
  private func lines(last: RunEvent.What) throws -> Data {
    var data = Data()
    try withFile { path in
      let log = try EventLog(path: path, secrets: [], reserved: [])
      log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
      log.tell(.stageStarted(stage: .functional))
      log.tell(.checkStarted(check: id, fresh: ["unique": "ü"]))
      log.tell(last)
      data = bytes(path)
    }
    return data
  }

  private func read(_ data: Data) throws -> RunRecord {
    var record: RunRecord?
    try withFile { path in
      try data.write(to: URL(fileURLWithPath: path))
      record = try EventFile.record(at: path, in: FileTree.place(of: path).tree)
    }
    return try #require(record)
  }

  @Test func aFileCutAnywhereInItsLastLineIsReadAsFarAsItGoes() throws {
    let id = id
    for last in [
      RunEvent.What.runFinished(end: .finished), .checkFinished(check: id, outcome: .passed),
      .stageFinished(stage: .functional, outcome: .passed),
    ] {
      let whole = try lines(last: last)
      let body = whole.dropLast()
      let start = try #require(body.lastIndex(of: UInt8(ascii: "\n"))) + 1
      for cut in start..<body.count {
        let record = try read(whole.prefix(cut))
        #expect(record.end == .died)
        #expect(record.unreadableLines == (cut == start ? 0 : 1))
        #expect(record[check: id]?.outcome.word == .broken)
        #expect(record[.functional]?.outcome.word == .broken)
      }
      // Only the line's end is missing: all of it was said.
      let record = try read(Data(body))
      #expect(record == (try read(whole)))
      #expect(record.unreadableLines == 0)
      #expect((record.end == .finished) == (last == .runFinished(end: .finished)))
    }
  }

  @Test(arguments: ["garbage", "{}", "\u{0}\u{1}", #"{"at":1,"what":{"unheardOf":{}}}"#])
  func linesThatCannotBeReadAreCounted(garbage: String) throws {
    var data = try lines(last: .runFinished(end: .finished))
    data.append(contentsOf: Data((garbage + "\n").utf8))
    let record = try read(Data((garbage + "\n").utf8) + data)
    // What a crash of the machine put behind the last line took nothing away.
    #expect(record.unreadableLines == 1)
    #expect(record.end == .finished)
    #expect(!record.isWhole)
  }

  @Test func aRunWithoutDamageIsWhole() throws {
    #expect(try read(lines(last: .runFinished(end: .finished))).isWhole)
    for end in RunEnd.allCases where end != .finished {
      #expect(try !read(lines(last: .runFinished(end: end))).isWhole)
    }
  }

  @Test func whatLostItsEndToADamagedLineSaysSo() throws {
    let id = id
    var builder = RunRecord.Builder()
    builder.add(RunEvent(at: 0, what: .runStarted(schema: RunEvent.schemaVersion, header: header)))
    builder.add(RunEvent(at: 9, what: .stageStarted(stage: .functional)))
    builder.add(RunEvent(at: 9, what: .checkStarted(check: id, fresh: [:])))
    builder.addUnreadable()
    builder.add(RunEvent(at: 5, what: .stageFinished(stage: .functional, outcome: .passed)))
    builder.add(RunEvent(at: 9, what: .runFinished(end: .finished)))
    let record = try #require(builder.record())
    #expect(
      record[check: id]?.outcome
        == .broken(reason: Reason(.unended(.check, run: .finished, in: nil)))
    )
    #expect(record[.install]?.outcome == .notRun(reason: Reason(.eventsUnreadable)))
    // Times of a file that somebody has changed do not run backwards.
    #expect(record[.functional]?.microseconds == 0)
  }

  @Test(arguments: [#"{"id":"x"}"#, "{}", "[]", "null"], [1, RunEvent.schemaVersion + 1])
  func anotherSchemaIsRefusedWhateverItsHeaderLooksLike(header: String, schema: Int) throws {
    let line = #"{"at":0,"what":{"runStarted":{"schema":\#(schema),"header":\#(header)}}}"#
    do {
      let record = try read(Data((line + "\n").utf8))
      Issue.record("was read: \(record)")
    } catch let error as RunError {
      #expect(error.code == .otherSchema(schema))
    }
  }

  @Test(arguments: ["", "\n\n", "garbage"]) func aFileWithoutARunIsRefused(text: String) throws {
    do {
      let record = try read(Data(text.utf8))
      Issue.record("was read: \(record)")
    } catch let error as RunError {
      #expect(error.code == .noRun)
    }
  }

  // MARK: Builder

  @Test func nothingIsPassedThatDidNotEnd() throws {
    let id = id
    let passed = StepRecord(number: "1", kind: "http", title: "", place: nil, outcome: .passed)
    let whole: [RunEvent.What] = [
      .runStarted(schema: RunEvent.schemaVersion, header: header),
      .stageStarted(stage: .functional),
      .checkStarted(check: id, fresh: [:]), .stepFinished(check: id, step: passed),
      .controlFinished(check: id, control: ControlRecord(kind: .decoy, result: .failed)),
      .checkFinished(check: id, outcome: .passed),
      .stageFinished(stage: .functional, outcome: .passed), .runFinished(end: .finished),
    ]
    for count in 1...whole.count {
      var builder = RunRecord.Builder()
      for (at, what) in whole.prefix(count).enumerated() {
        builder.add(RunEvent(at: at, what: what))
      }
      let record = try #require(builder.record())
      #expect((record[check: id]?.outcome == .passed) == (count >= 6))
      #expect((record[.functional]?.outcome == .passed) == (count >= 7))
      #expect((record.end == .finished) == (count == 8))
      #expect(record.stages.map(\.stage) == Stage.allCases)
      #expect(record[.install]?.outcome.word == .notRun)
    }
  }

  @Test func aCheckThatBeganAgainAndDidNotEndIsNoPass() throws {
    let id = id
    var builder = RunRecord.Builder()
    for what in [
      RunEvent.What.runStarted(schema: RunEvent.schemaVersion, header: header),
      .checkStarted(check: id, fresh: [:]),
      .checkFinished(check: id, outcome: .passed), .checkStarted(check: id, fresh: [:]),
    ] { builder.add(RunEvent(at: 0, what: what)) }
    #expect(builder.record()?[check: id]?.outcome.word == .broken)
  }

  @Test(arguments: ["two words", "ünï", "a\nb", ""])
  func aSecretIsLearnedUnderAnyName(_ name: String) throws {
    try withFile { path in
      let log = try EventLog(path: path, secrets: [], reserved: [])
      log.learn(.init(name: name, value: "correct-horse"))
      log.tell(.valuesMade(values: ["a": "is correct-horse"]))
      #expect(!text(path).contains("correct-horse"))
      #expect(text(path).contains("[secret:"))
      #expect(log.redacted("correct-horse").hasPrefix("[secret:"))
    }
  }
}
