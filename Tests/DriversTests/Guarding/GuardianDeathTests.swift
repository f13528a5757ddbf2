import CLinux
import FoundationEssentials
import Glibc
import Programs
import Testing

@testable import Guarding

@Suite struct GuardianDeathTests {
  private static let postgres = "/usr/lib/postgresql/15/bin"
  private static let nginx = "/usr/sbin/nginx"
  private static let hasServers =
    access(postgres + "/postgres", X_OK) == 0 && access(nginx, X_OK) == 0

  private static let nginxSettings = """
    printf '%s\\n' 'pid {folder}/nginx.pid; error_log stderr; events {}' \
    'http { access_log off; client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2;' \
    'fastcgi_temp_path {folder}/n3; uwsgi_temp_path {folder}/n4; scgi_temp_path {folder}/n5;' \
    'server { listen unix:{folder}/web.sock; } }' > {folder}/nginx.conf
    """

  @Test(.enabled(if: hasServers))
  func `PostgreSQL, nginx and a daemon are gone once the runner is killed`() async throws {
    let fixture = try RunFixture()
    let runner = try TestRunner(
      fixture,
      runID: "killed",
      commands: [
        [
          Self.postgres + "/initdb", "-D", "{folder}/pg", "-A", "trust", "-U", "postgres",
          "--no-sync",
        ],
        ["sh", "-c", Self.nginxSettings],
      ],
      services: [
        .init(
          name: "db",
          arguments: [
            Self.postgres + "/postgres", "-D", "{folder}/pg", "-c", "listen_addresses=",
            "-c", "unix_socket_directories={folder}",
          ]
        ),
        .init(
          name: "web",
          arguments: [Self.nginx, "-c", "{folder}/nginx.conf", "-g", "daemon off;"]
        ),
        .init(
          name: "leaver",
          arguments: ["sh", "-c", "env -i /usr/bin/setsid -f /bin/sleep 3001; exec sleep 3002"]
        ),
      ]
    )
    defer { runner.kill() }
    var started = try await runner.started()
    try await eventually("all are up") {
      started = try await runner.started()
      let programs = started.processes.map(\.program)
      return programs.filter { $0 == "postgres" }.count >= 6
        && programs.filter { $0 == "nginx" }.count >= 2
        && programs.filter { $0 == "sleep" }.count == 2
    }
    #expect(exists(started.folder))
    #expect(RunLock.currentHolder(of: "sample", folder: fixture.locks)?.runID == "killed")

    runner.kill()
    try await eventually("no process is left") {
      !started.processes.contains(where: isAlive)
        && ProcessTable.status(of: started.guardian).map { $0.state == "Z" } ?? true
    }
    try await eventually("the folder is gone") { !exists(started.folder) }
    try await eventually("the lock is free") {
      RunLock.currentHolder(of: "sample", folder: fixture.locks) == nil
    }
    let open = ProcessTable.all().filter { process in
      ProcessTable.paths(of: process).contains { $0.hasPrefix(started.folder) }
    }
    #expect(open == [])
  }

  @Test func `A runner that lets go of its guardian ends the run`() async throws {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    var guardian: Guardian? = try await Guardian.start(configuration)
    _ = try await guardian?.startService(service("db", "trap '' TERM; sleep 3003", in: folder))
    let processes = try await guardian?.processes() ?? []
    #expect(!processes.isEmpty)
    guardian = nil
    try await eventually("nothing is left") {
      !processes.contains(where: isAlive) && !exists(folder.path)
    }
  }

  @Test func `SIGTERM ends the run, and what a terminal sends does not`() async throws {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    _ = try await guardian.startService(service("db", "exec sleep 3004", in: folder))
    for signal in [SIGINT, SIGHUP, SIGQUIT, SIGPIPE] { kill(guardian.processID, signal) }
    let processes = try await guardian.processes()
    #expect(processes.count == 1)
    kill(guardian.processID, SIGTERM)
    try await eventually("it is gone") { !guardian.isAlive }
    try await eventually("nothing is left") {
      !processes.contains(where: isAlive) && !exists(folder.path)
    }
    #expect(await guardian.shutDown().guardianDied)
  }

  @Test func `A guardian's death is reported, and its processes are found all the same`()
    async throws
  {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration(runID: "orphaned")
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    let script = "env -i /usr/bin/setsid -f /bin/sleep 3005; exec sleep 3006"
    _ = try await guardian.startService(service("db", script, in: folder))
    let command = shell("exec sleep 3007", in: folder)
    let pending = Task { try await guardian.run(command) }
    // Whatever starts them is through with it: what a list names is what is found later.
    try await eventually("all are there") {
      try await guardian.processes().map(\.program) == ["sleep", "sleep", "sleep"]
    }
    let processes = try await guardian.processes()

    kill(guardian.processID, SIGKILL)
    await #expect(throws: GuardianError(.guardianDied, "sh")) { try await pending.value }
    #expect(!guardian.isAlive)
    await #expect(throws: GuardianError(.guardianDied, "db")) {
      try await guardian.stop(service: "db")
    }
    let report = await guardian.shutDown()
    #expect(report.guardianDied)
    #expect(Set(report.killed.map(\.processID)) == Set(processes.map(\.processID)))
    #expect(report.isClean)
    #expect(!processes.contains(where: isAlive))
    #expect(!exists(folder.path))
  }

  @Test func `A cancelled task shuts its run down all the same`() async throws {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    _ = try await guardian.startService(service("db", "exec sleep 3008", in: folder))
    let report = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await guardian.shutDown()
    }.value
    #expect(report.stopped.map(\.ending) == [.signalled(SIGTERM)])
    #expect(report.isClean)
    #expect(!exists(folder.path))
  }

  @Test func `A program that is no guardian is refused`() async throws {
    let fixture = try RunFixture()
    for program in ["/bin/true", "/bin/cat", "/no/such/program"] {
      var configuration = try fixture.configuration(withFolder: false)
      configuration.executable = program
      configuration.arguments = []
      await #expect(throws: GuardianError.self) { try await Guardian.start(configuration) }
    }
  }

  @Test(arguments: [true, false])
  func `A guardian that has not heard a word removes its own run's folder and no other`(
    _ isOwn: Bool
  ) async throws {
    let fixture = try RunFixture()
    var configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    if !isOwn { configuration.runID = "other" }
    let (process, socket) = try GuardianLauncher.launch(configuration)
    close(socket)
    var status: Int32 = 0
    try await eventually("it has ended") { waitpid(process, &status, WNOHANG) == process }
    #expect(CommandOutput.Ending(waitStatus: status) == .exited(0))
    #expect(exists(folder.path) != isOwn)
  }

  @Test func `A guardian started by hand says so and ends`() throws {
    let spawn = ProcessSpawn(
      program: RunFixture.executable,
      arguments: ["guardian-runner", "guardian"],
      environment: [:],
      workingDirectory: nil,
      descriptors: []
    )
    var status: Int32 = 0
    #expect(waitpid(try spawn.start(), &status, 0) > 0)
    #expect(CommandOutput.Ending(waitStatus: status) == .exited(64))
  }
}
