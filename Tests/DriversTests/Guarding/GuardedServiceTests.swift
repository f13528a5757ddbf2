import FoundationEssentials
import Glibc
import Programs
import Testing

@testable import Guarding

@Suite struct GuardedServiceTests {
  @Test func `A service runs, is stopped by its signal, and its end is told`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "trap 'echo bye; exit 3' INT; echo ready; while :; do sleep 0.05; done"
      let started = try await guardian.startService(
        service("db", script, in: folder, stop: StopStep(signal: SIGINT, grace: .seconds(10)))
      )
      #expect(guardian.state(of: "db") == .running(processID: started.processID))
      #expect(guardian.state(of: "other") == nil)
      try await eventually("it is ready") { text(of: started.standardOutputLog) == "ready\n" }
      let stop = try await guardian.stop(service: "db")
      #expect(stop.ending == .exited(3))
      #expect(!stop.forced)
      #expect(text(of: started.standardOutputLog) == "ready\nbye\n")
      let exit = ServiceExit(
        service: "db",
        processID: started.processID,
        ending: .exited(3),
        requested: true
      )
      #expect(guardian.state(of: "db") == .exited(exit))
    }
  }

  @Test func `A service that ends by itself is noticed`() async throws {
    try await withGuardian { guardian, _, folder in
      _ = try await guardian.startService(service("db", "kill -9 $$", in: folder))
      try await eventually("its end is known") {
        guard case .exited(let exit)? = guardian.state(of: "db") else { return false }
        return exit.ending == .signalled(SIGKILL) && !exit.requested
      }
    }
  }

  @Test func `A service that ignores its signal is killed with all its processes`() async throws {
    try await withGuardian { guardian, _, folder in
      let script =
        "trap '' TERM INT; setsid -f sleep 2001; sleep 2002 & echo ready; while :; do wait; done"
      let stop = StopStep(signal: SIGTERM, grace: .milliseconds(50))
      let started = try await guardian.startService(service("db", script, in: folder, stop: stop))
      try await eventually("it is ready") { text(of: started.standardOutputLog) == "ready\n" }
      try await eventually("all are there") {
        try await guardian.processes().map(\.program).sorted() == ["sh", "sleep", "sleep"]
      }
      #expect(try await guardian.processes().allSatisfy { $0.unit == "db" })
      let stopped = try await guardian.stop(service: "db")
      #expect(stopped.forced)
      #expect(stopped.ending == .signalled(SIGKILL))
      #expect(stopped.killed.map(\.program).sorted() == ["sh", "sleep", "sleep"])
      #expect(try await guardian.processes() == [])
    }
  }

  @Test func `Stopping one service leaves the other alone`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "setsid -f sleep 2003; echo ready; exec sleep 2004"
      let one = try await guardian.startService(service("one", script, in: folder))
      let two = try await guardian.startService(service("two", script, in: folder))
      try await eventually("both are ready") {
        text(of: one.standardOutputLog) + text(of: two.standardOutputLog) == "ready\nready\n"
      }
      let stop = try await guardian.stop(service: "one")
      #expect(stop.killed.count == 1)
      let left = try await guardian.processes()
      #expect(left.map(\.unit) == ["two", "two"])
      #expect(guardian.state(of: "two") == .running(processID: two.processID))
    }
  }

  @Test func `Services are stopped in the reverse order of their start`() async throws {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    for name in ["a", "b", "c"] {
      _ = try await guardian.startService(service(name, "exec sleep 2005", in: folder))
    }
    _ = try await guardian.stop(service: "b")
    let report = await guardian.shutDown()
    #expect(report.stopped.map(\.service) == ["c", "a"])
    #expect(report.stopped.allSatisfy { $0.ending == .signalled(SIGTERM) && !$0.forced })
    #expect(report.killed == [])
    #expect(report.isClean)
    #expect(await guardian.shutDown() == report)
  }

  @Test func `A name runs once at a time, and a second start has logs of its own`() async throws {
    try await withGuardian { guardian, _, folder in
      let first = try await guardian.startService(
        service("db", "echo 1; exec sleep 2006", in: folder)
      )
      await #expect(throws: GuardianError(.serviceRunning, "db")) {
        try await guardian.startService(service("db", "true", in: folder))
      }
      try await eventually("it is ready") { text(of: first.standardOutputLog) == "1\n" }
      _ = try await guardian.stop(service: "db")
      let second = try await guardian.startService(service("db", "echo 2", in: folder))
      #expect(second.standardOutputLog != first.standardOutputLog)
      try await eventually("it has ended") {
        if case .exited? = guardian.state(of: "db") { true } else { false }
      }
      _ = try await guardian.stop(service: "db")
      #expect(text(of: first.standardOutputLog) == "1\n")
      #expect(text(of: second.standardOutputLog) == "2\n")
    }
  }

  @Test func `Wrong requests are refused`() async throws {
    try await withGuardian { guardian, _, folder in
      await #expect(throws: GuardianError(.unknownService, "db")) {
        try await guardian.stop(service: "db")
      }
      await #expect(throws: GuardianError.self) {
        try await guardian.startService(service("../db", "true", in: folder))
      }
    }
  }

  @Test func `A service that prints 200 MB does not fill the disk`() async throws {
    let limits = LogLimits(head: 100_000, tail: 50_000)
    try await withGuardian(limits: limits) { guardian, _, folder in
      let script = """
        echo first; head -c 209715200 /dev/zero | tr '\\0' x; echo; echo last; echo calm >&2
        exec sleep 2007
        """
      let started = try await guardian.startService(service("loud", script, in: folder))
      // The other requests are served meanwhile.
      #expect(try await guardian.run(shell("echo here", in: folder)).succeeded)
      try await eventually("it is done") { text(of: started.standardErrorLog) == "calm\n" }
      try await eventually("the end is there") {
        try await guardian.flushLogs()
        return text(of: started.standardOutputLog).hasSuffix("x\nlast\n")
      }
      let log = text(of: started.standardOutputLog)
      let total = 6 + 209_715_200 + 1 + 5
      let marker = "\n[parity: \(total - 150_000) bytes dropped]\n"
      #expect(log.utf8.count == 150_000 + marker.utf8.count)
      #expect(log.hasPrefix("first\nxxx"))
      #expect(log.contains(marker))
      _ = try await guardian.stop(service: "loud")
      #expect(text(of: started.standardOutputLog) == log)
    }
  }

  @Test func `Logs are filtered, and secrets are in nobody's arguments`() async throws {
    let secret = "s3cret-value-of-this-test"
    try await withGuardian(secrets: [secret]) { guardian, _, folder in
      var made = service("db", "echo password is $PASSWORD; exec sleep 2008", in: folder)
      made.command.environment["PASSWORD"] = secret
      let started = try await guardian.startService(made)
      try await eventually("it has spoken") {
        text(of: started.standardOutputLog) == "password is *\n"
      }
      let command = shell(
        "cat > /dev/null; cat /proc/*/cmdline 2>/dev/null",
        in: folder,
        input: Array(secret.utf8)
      )
      #expect(!(try await guardian.run(command).text.contains(secret)))
      for process in ProcessTable.all() {
        let arguments = ProcessTable.text(of: "/proc/\(process)/cmdline") ?? ""
        #expect(!arguments.contains(secret))
      }
      let environment = ProcessTable.text(of: "/proc/\(guardian.processID)/environ") ?? ""
      #expect(!environment.contains(secret))
    }
  }
}
