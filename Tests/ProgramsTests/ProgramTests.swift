import Glibc
import Synchronization
import Testing

@testable import Programs

@Suite struct ProgramTests {
  private let shell = Program(path: "/bin/sh")

  private func command(
    _ script: String,
    stdin: [UInt8] = [],
    deadline: Duration = .seconds(20),
    limit: Int = 1 << 20
  ) -> Command {
    Command(
      argv: ["sh", "-c", script],
      stdin: stdin,
      environment: ["PATH": "/usr/bin:/bin", "ONLY": "this"],
      folder: "/tmp",
      deadline: deadline,
      outputLimit: limit
    )
  }

  @Test func `Outputs, status, folder and environment are the program's own`() async throws {
    let output = try await shell.run(command("pwd; echo $ONLY $HOME; echo oops >&2; exit 3"))
    #expect(output.ending == .exited(3))
    #expect(output.text == "/tmp\nthis\n")
    #expect(output.lastLine == "oops")
  }

  @Test func `A line in which an output was cut is not told`() {
    var output = CommandOutput(ending: .exited(1), stderr: Array("one\nerror: pass".utf8))
    #expect(output.lastLine == "error: pass")
    #expect(output.cause == "error: pass")
    output.isCut = true
    #expect(output.lastLine == "one")
    #expect(output.cause == "one")
  }

  @Test func `The cause is the first error, not what is pointed at last`() {
    let said = "psql:<stdin>:1: ERROR:  no such role\nLINE 1: SELECT\n               ^\n"
    let output = CommandOutput(ending: .exited(3), stderr: Array(said.utf8))
    #expect(output.cause == "psql:<stdin>:1: ERROR:  no such role")
  }

  @Test func `All of a long output comes, also the end that the program did not wait for`()
    async throws
  {
    let output = try await shell.run(command("head -c 700000 /dev/zero; printf end"))
    #expect(output.stdout.count == 700_003)
    #expect(output.text.hasSuffix("end"))
  }

  @Test func `Output beyond the limit is counted out`() async throws {
    let output = try await shell.run(command("head -c 300000 /dev/zero", limit: 1000))
    #expect(output.stdout.count == 1000)
    #expect(output.isCut)
    #expect(output.succeeded)
  }

  @Test func `A program gets all of its input, and need not read it`() async throws {
    let bytes = [UInt8](repeating: 0x61, count: 300_000)
    #expect(try await shell.run(command("wc -c", stdin: bytes)).text == "300000\n")
    #expect(try await shell.run(command("exec true", stdin: bytes)).succeeded)
    #expect(try await shell.run(command("cat")).stdout.isEmpty)
  }

  @Test func `At the deadline the whole group is killed, and what was said is kept`() async throws {
    let output = try await shell.run(
      command("sleep 100 & echo $!; sleep 100", deadline: .milliseconds(300))
    )
    #expect(output.ending == .timedOut)
    let child = try #require(Int32(output.text.dropLast()))
    var isGone = false
    for _ in 0..<100 where !isGone {
      isGone = kill(child, 0) != 0
      if !isGone { try await Task.sleep(for: .milliseconds(20)) }
    }
    #expect(isGone)
  }

  @Test func `What outlives the program does not hold it up`() async throws {
    let start = ContinuousClock.now
    let output = try await shell.run(command("sleep 3 & echo done"))
    #expect(output.text == "done\n")
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func `A cancelled task kills it`() async throws {
    let task = Task { try await shell.run(command("sleep 100")) }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    await #expect(throws: ProgramError(.cancelled, "sh")) { try await task.value }
  }

  @Test func `A program that is not there is an error`() async throws {
    let error = await #expect(throws: ProgramError.self) {
      try await Program(path: "/nowhere").run(command("true"))
    }
    #expect(error?.code == .notStarted)
  }

  @Test func `Output goes piece by piece to whoever takes it, until they have enough`() async throws
  {
    let count = Mutex(0)
    let output = try await shell.run(
      command("yes"),
      output: .each { bytes in
        count.withLock {
          $0 += bytes.count
          return $0 < 1 << 20
        }
      }
    )
    #expect(output.ending == .signalled(SIGKILL))
    #expect(count.withLock { $0 } >= 1 << 20)
  }

  @Test func `Streams may be descriptors`() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let task = Task { [far = ends[1]] in
      try await shell.run(
        command("tr a-z A-Z"),
        input: .descriptor(far),
        output: .descriptor(far)
      )
    }
    _ = "hello".withCString { write(ends[0], $0, 5) }
    shutdown(ends[0], Int32(SHUT_WR))
    #expect(try await task.value.succeeded)
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(read(ends[0], &bytes, 16) == 5)
    #expect(String(decoding: bytes.prefix(5), as: UTF8.self) == "HELLO")
    for end in ends { close(end) }
  }

  @Test func `A program is found in absolute folders of the path alone`() {
    #expect(Program.find("sh", path: "bin:/nowhere:/bin")?.path == "/bin/sh")
    #expect(Program.find("sh", path: "bin:.") == nil)
    #expect(Program.find("no-such-program") == nil)
  }
}
