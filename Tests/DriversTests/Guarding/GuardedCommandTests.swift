import Glibc
import Programs
import Testing

@testable import Guarding

@Suite struct GuardedCommandTests {
  @Test func `Output and exit status of a command come back`() async throws {
    try await withGuardian { guardian, _, folder in
      let result = try await guardian.run(
        shell("cat; echo problem >&2; exit 7", in: folder, input: Array("hello\n".utf8))
      )
      #expect(result.ending == .exited(7))
      #expect(!result.succeeded)
      #expect(result.text == "hello\n")
      #expect(String(decoding: result.stderr, as: UTF8.self) == "problem\n")
      #expect(!result.isCut)
    }
  }

  @Test func `A signal that ends a command is told from an exit status`() async throws {
    try await withGuardian { guardian, _, folder in
      let result = try await guardian.run(shell("kill -SEGV $$", in: folder))
      #expect(result.ending == .signalled(SIGSEGV))
    }
  }

  @Test func `Megabytes go through a command both ways at once`() async throws {
    try await withGuardian { guardian, _, folder in
      let input = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let result = try await guardian.run(shell("cat", in: folder, input: input, limit: 8 << 20))
      #expect(result.stdout == input)
    }
  }

  @Test func `A command that does not read its input is no error`() async throws {
    try await withGuardian { guardian, _, folder in
      let input = [UInt8](repeating: 0x61, count: 1_000_000)
      let result = try await guardian.run(shell("exec <&-; echo done", in: folder, input: input))
      #expect(result.succeeded)
      #expect(result.text == "done\n")
    }
  }

  @Test func `Output over the limit is counted and thrown away`() async throws {
    try await withGuardian { guardian, _, folder in
      let result = try await guardian.run(
        shell("head -c 300000 /dev/zero; echo short >&2", in: folder, limit: 1000)
      )
      #expect(result.succeeded)
      #expect(result.stdout == [UInt8](repeating: 0, count: 1000))
      #expect(result.isCut)
      #expect(String(decoding: result.stderr, as: UTF8.self) == "short\n")
    }
  }

  @Test func `A command at its deadline is killed with all it has started`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = """
        sleep 1001 & setsid -f sleep 1002; sh -c 'sleep 1003 & sleep 1004' & trap '' TERM
        env -i /usr/bin/setsid -f /bin/sleep 1009
        env -i /usr/bin/setsid /bin/sleep 1010 > /dev/null 2>&1 &
        echo started; wait
        """
      let result = try await guardian.run(shell(script, in: folder, deadline: .seconds(1)))
      #expect(result.ending == .timedOut)
      #expect(result.text == "started\n")
      #expect(try await guardian.processes() == [])
    }
  }

  @Test func `What a command leaves behind is killed unless it may stay`() async throws {
    try await withGuardian { guardian, _, folder in
      let gone = try await guardian.run(shell("setsid -f sleep 1005", in: folder))
      #expect(gone.succeeded)
      #expect(try await guardian.processes() == [])
      let kept = try await guardian.run(
        shell("setsid -f sleep 1006", in: folder, keepsDescendants: true)
      )
      #expect(kept.succeeded)
      let left = try await guardian.processes()
      #expect(left.count == 1)
      let report = await guardian.shutDown()
      #expect(report.killed.map(\.processID) == left.map(\.processID))
    }
  }

  @Test func `A cancelled command is killed and says so`() async throws {
    try await withGuardian { guardian, _, folder in
      let command = shell("sleep 1007 & sleep 1008", in: folder)
      let task = Task { try await guardian.run(command) }
      try await eventually("two of them sleep") {
        try await guardian.processes().filter { $0.program == "sleep" }.count == 2
      }
      task.cancel()
      let error = await #expect(throws: GuardianError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(try await guardian.processes() == [])
    }
  }

  @Test func `A command of a cancelled task never starts`() async throws {
    try await withGuardian { guardian, _, folder in
      let command = shell("touch started", in: folder)
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await guardian.run(command)
      }
      let error = await #expect(throws: GuardianError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(!exists(folder.path + "/started"))
    }
  }

  @Test func `Commands run side by side`() async throws {
    try await withGuardian { guardian, _, folder in
      let outputs = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<40 {
          let command = shell("echo \(number)", in: folder)
          group.addTask { try await guardian.run(command).text }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(outputs == Set((0..<40).map { "\($0)\n" }))
    }
  }

  @Test func `What cannot be executed is told apart`() async throws {
    try await withGuardian { guardian, _, folder in
      func error(_ program: String, in directory: String? = nil) async -> GuardianError.Code? {
        let command = Command(
          argv: [program],
          environment: RunFixture.environment,
          folder: directory ?? folder.path
        )
        do throws(GuardianError) {
          _ = try await guardian.run(command)
          return nil
        } catch {
          return error.code
        }
      }
      #expect(await error("no-such-program") == .executableNotFound)
      #expect(await error("/no/such/program") == .executableNotFound)
      #expect(await error("relative/program") == .executableNotFound)
      #expect(await error("/etc/passwd") == .notExecutable)
      #expect(await error("true", in: "/no/such/folder") == .workingDirectoryUnusable)
      #expect(await error("true\0") == .invalid)
      #expect(await error("true") == nil)
    }
  }

  @Test func `Nothing is inherited`() async throws {
    setenv("GUARDIAN_TESTS_CANARY", "inherited", 1)
    try await withGuardian { guardian, _, folder in
      let script =
        "env; echo; ls /proc/self/fd; umask; pwd; cut -d ' ' -f 5,6 /proc/$$/stat; echo $$"
      let result = try await guardian.run(shell(script, in: folder))
      let output = result.text
      #expect(!output.contains("CANARY"))
      #expect(output.contains("PARITY_RUN_ID=test\n"))
      #expect(output.contains("LC_ALL=C\n"))
      let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
      let rest = try #require(lines.firstIndex(of: ""))
      // 3 is the folder that ls itself has open.
      #expect(lines[(rest + 1)...].prefix(6) == ["0", "1", "2", "3", "0077", folder.path[...]])
      let process = lines[lines.count - 2]
      #expect(lines[lines.count - 3] == "\(process) \(process)")
    }
  }
}
