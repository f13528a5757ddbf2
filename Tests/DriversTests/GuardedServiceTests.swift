import FoundationEssentials
import Glibc
import Testing

@testable import Drivers

@Suite struct GuardedServiceTests {
  @Test func `A service runs, is stopped by its signal, and its end is told`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "trap 'echo bye; exit 3' INT; echo ready; while :; do sleep 0.05; done"
      let started = try await guardian.startService(
        service("db", script, in: folder, stop: [.interrupt()])
      )
      #expect(guardian.state(of: "db") == .running(processID: started.processID))
      #expect(guardian.state(of: "other") == nil)
      try await eventually("it is ready") { text(of: started.standardOutputLog) == "ready\n" }
      let stop = try await guardian.stop(service: "db")
      #expect(stop.end == .exited(3))
      #expect(!stop.forced)
      #expect(text(of: started.standardOutputLog) == "ready\nbye\n")
      var exits = guardian.exits.makeAsyncIterator()
      let exit = try #require(await exits.next())
      #expect(exit.service == "db")
      #expect(exit.processID == started.processID)
      #expect(exit.end == .exited(3))
      #expect(exit.requested)
      #expect(exit.time > 1_600_000_000_000)
      #expect(guardian.state(of: "db") == .exited(exit))
    }
  }

  @Test func `A service that ends by itself is noticed`() async throws {
    try await withGuardian { guardian, _, folder in
      _ = try await guardian.startService(service("db", "kill -9 $$", in: folder))
      var exits = guardian.exits.makeAsyncIterator()
      let exit = try #require(await exits.next())
      #expect(exit.end == .signalled(SIGKILL))
      #expect(!exit.requested)
    }
  }

  @Test func `A service that ignores every step is killed with all its processes`() async throws {
    try await withGuardian { guardian, _, folder in
      let script =
        "trap '' TERM INT; setsid -f sleep 2001; sleep 2002 & echo ready; while :; do wait; done"
      let steps: [StopStep] = [
        .terminate(grace: .milliseconds(50)), .interrupt(grace: .milliseconds(50)),
      ]
      let started = try await guardian.startService(service("db", script, in: folder, stop: steps))
      try await eventually("it is ready") { text(of: started.standardOutputLog) == "ready\n" }
      try await eventually("all are there") {
        try await guardian.processes().map(\.program).sorted() == ["sh", "sleep", "sleep"]
      }
      #expect(try await guardian.processes().allSatisfy { $0.unit == "db" })
      let stop = try await guardian.stop(service: "db")
      #expect(stop.forced)
      #expect(stop.end == .signalled(SIGKILL))
      #expect(stop.killed.map(\.program).sorted() == ["sh", "sleep", "sleep"])
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
    #expect(report.stopped.allSatisfy { $0.end == .signalled(SIGTERM) && !$0.forced })
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
      await #expect(throws: GuardianError(.unknownService, "db")) {
        try await guardian.signal(SIGHUP, service: "db")
      }
      await #expect(throws: GuardianError.self) {
        try await guardian.startService(service("../db", "true", in: folder))
      }
    }
  }

  @Test func `A signal reaches the service`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "trap 'echo reloaded' HUP; echo ready; while :; do sleep 0.02; done"
      let started = try await guardian.startService(service("web", script, in: folder))
      try await eventually("it is ready") { text(of: started.standardOutputLog) == "ready\n" }
      try await guardian.signal(SIGHUP, service: "web")
      try await eventually("it has heard") {
        text(of: started.standardOutputLog) == "ready\nreloaded\n"
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
      var full = guardian.fullLogs.makeAsyncIterator()
      #expect(await full.next()?.path == started.standardOutputLog)
      // The other requests are served meanwhile.
      #expect(try await guardian.run(shell("echo here", in: folder)).isSuccess)
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
      let made = GuardedService(
        name: "db",
        arguments: ["sh", "-c", "echo password is $PASSWORD; exec sleep 2008"],
        environment: RunFixture.environment.merging(["PASSWORD": secret]) { $1 },
        workingDirectory: folder.path
      )
      let started = try await guardian.startService(made)
      try await eventually("it has spoken") {
        text(of: started.standardOutputLog) == "password is *\n"
      }
      let command = shell(
        "cat > /dev/null; cat /proc/*/cmdline 2>/dev/null",
        in: folder,
        input: Array(secret.utf8)
      )
      #expect(!(try await guardian.run(command).standardOutput.text.contains(secret)))
      for process in ProcessTable.all() {
        let arguments = ProcessTable.text(of: "/proc/\(process)/cmdline") ?? ""
        #expect(!arguments.contains(secret))
      }
      let environment = ProcessTable.text(of: "/proc/\(guardian.processID)/environ") ?? ""
      #expect(!environment.contains(secret))
    }
  }
}
