import Deployments
import Evidence
import Formats
import Programs
import Synchronization
import Testing

@testable import Running

@Suite struct CommandLogTests {
  private final class Folder: Sendable {
    let files = Mutex<[String: String]>([:])
  }

  private func operation(_ name: String, _ stdout: String, _ stderr: String = "") -> Operation {
    let output = CommandOutput(
      ending: .exited(0),
      stdout: Array(stdout.utf8),
      stderr: Array(stderr.utf8),
      isCut: false,
      duration: .zero
    )
    return Operation(
      name: name,
      ending: .succeeded,
      duration: .zero,
      service: "db",
      argv: ["x"],
      output: output
    )
  }

  @Test func `All that a hook printed is kept, in order and without secrets`() throws {
    let folder = Folder()
    var logs = CommandLogs { name, bytes in
      folder.files.withLock { $0[name] = String(decoding: bytes, as: UTF8.self) }
      return true
    }
    let secret = Redactor.Secret(name: "token", value: "correct-horse")
    let redactor = try Redactor(secrets: [secret], reserved: [])
    let hook = "backup.pre-hook of db"
    let name = "backup.pre-hook-of-db.log"
    #expect(logs.keep(operation(hook, "one\n", "is correct-horse"), redactor) == name)
    #expect(logs.keep(operation("../prepare db", "x"), redactor) == "..-prepare-db.log")
    #expect(logs.keep(operation(hook, "", "two\n"), redactor) == name)
    #expect(logs.keep(operation(hook, ""), redactor) == nil)
    let text = try #require(folder.files.withLock { $0[name] })
    #expect(!text.contains("horse"))
    let heading = "== \(hook) (exit 0)"
    #expect(
      text.split(separator: "\n") == [
        heading[...], "-- stdout", "one", "-- stderr", "is [secret:token]", heading[...],
        "-- stderr", "two",
      ]
    )
    var failing = CommandLogs { _, _ in false }
    #expect(failing.keep(operation(hook, "x"), redactor) == nil)
  }

  @Test func `No half of a secret is kept where more was printed than is taken`() throws {
    let secret = Redactor.Secret(name: "phrase", value: "correct horse battery staple")
    let redactor = try Redactor(secrets: [secret], reserved: [])
    var operation = operation("restore.post-hook of db", "it is correct horse bat", "one two three")
    operation.output?.isCut = true
    let folder = Folder()
    var logs = CommandLogs { name, bytes in
      folder.files.withLock { $0[name] = String(decoding: bytes, as: UTF8.self) }
      return true
    }
    let name = logs.keep(operation, redactor)
    let text = try #require(folder.files.withLock { $0[name ?? ""] })
    #expect(
      text.split(separator: "\n").dropFirst() == [
        "-- stdout", "it is ", "-- stderr", "one two ", "-- more was printed than is kept",
      ]
    )
    let record = OperationRecord(operation, without: redactor)
    #expect(record.command?.stdout == "it is ")
    #expect(record.command?.stderr == "one two ")
  }

  private func record(_ stdout: String, _ stderr: String = "") throws -> OperationRecord {
    let secret = Redactor.Secret(name: "phrase", value: "correct horse battery staple")
    let redactor = try Redactor(secrets: [secret], reserved: [])
    return OperationRecord(operation("restore.post-hook of db", stdout, stderr), without: redactor)
  }

  @Test(arguments: [
    ("pg_restore: error: could not open", true), ("FATAL: no", true), ("  ERROR: x", true),
    ("ERROR 1146 (42S02) at line 3: no such table", true), ("psql:x.sql:3: ERROR:  no role", true),
    ("NOTICE: 0 errors", false), ("no error", false), ("error.log is written", false), ("", false),
  ])
  func `The first error of a hook is kept, however much it prints after it`(
    line: String,
    isTold: Bool
  ) throws {
    let rest = String(repeating: "NOTICE: table is made\n", count: 1000)
    let error = try record("", "first\n\(line)\n\(rest)").facts[OperationRecord.printedError]
    #expect(error == (isTold ? String(line.drop { $0 == " " }) : nil))
  }

  @Test func `A secret with blanks in it is removed before an output is cut`() throws {
    for length in [4096 - 20, 4096 - 8] {
      let text = "correct horse battery staple " + String(repeating: "x", count: length)
      let command = try #require(try record(text, text).command)
      for said in [command.stdout, command.stderr] { #expect(!said.contains("staple")) }
    }
    let redactor = try Redactor(
      secrets: [.init(name: "phrase", value: "correct horse battery staple")],
      reserved: []
    )
    let long = String(repeating: "x ", count: 190) + "correct horse battery staple"
    #expect(!OperationRecord.cut(long, without: redactor).contains("horse"))
  }
}
