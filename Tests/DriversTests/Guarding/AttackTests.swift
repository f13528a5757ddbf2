import CLinux
import Deployments
import Files
import FoundationEssentials
import Glibc
import Programs
import Testing

@testable import Guarding

/// Services, other users and dead runs that mean harm.
@Suite struct AttackTests {
  /// It takes root to be two users.
  private static let isRoot = geteuid() == 0

  private func fails(
    _ script: String,
    _ guardian: Guardian,
    _ folder: RunFolder
  ) async throws -> Bool {
    let output = try await guardian.run(shell(script, in: folder))
    return !output.succeeded
  }

  // MARK: Services against their guardian

  /// `$PPID` of a service is its guardian.
  private static let hostility =
    "while :; do for s in STOP KILL TERM; do kill -$s $PPID; done 2>/dev/null; sleep 0.01; done"

  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `A service can neither stop nor end its guardian, nor look into it`() async throws {
    try await withGuardian { guardian, _, folder in
      _ = try await guardian.startService(service("hostile", Self.hostility, in: folder))
      for _ in 0..<20 {
        #expect(try await guardian.run(shell("sleep 0.02", in: folder)).succeeded)
      }
      for file in ["environ", "mem", "maps", "fd/3", "cwd/"] {
        let script = "cat /proc/\(guardian.processID)/\(file); ls /proc/\(guardian.processID)/fd"
        #expect(try await fails(script, guardian, folder), "\(file)")
      }
      let script = "cat /proc/\(getpid())/environ || kill -STOP \(getpid())"
      #expect(try await fails(script, guardian, folder))
    }
  }

  /// Shared memory is neither a file nor a process.
  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `What a service keeps in the kernel goes with the run`() async throws {
    func kept(by user: UInt32) -> [Substring] {
      ["shm", "sem", "msg"].flatMap { kind in
        (ProcessTable.text(of: "/proc/sysvipc/\(kind)") ?? "").split(separator: "\n").filter {
          $0.split(separator: " ").contains { $0 == String(user) }
        }
      }
    }
    var user: UInt32 = 0
    var earlier: [Substring] = []
    try await withGuardian { guardian, _, folder in
      user = folder.identity.user
      earlier = kept(by: user)
      let script = "ipcmk -M 4096 -p 666 && ipcmk -S 1 -p 666 && ipcmk -Q -p 666 && ipcs | grep 666"
      let output = try await guardian.run(shell(script, in: folder))
      #expect(output.succeeded, "\(output.lastLine)")
      // Others do not even see it.
      #expect(kept(by: user) == earlier)
    }
    #expect(kept(by: user) == earlier)
  }

  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `A service has no hold on another run`() async throws {
    try await withGuardian { guardian, _, folder in
      let started = try await guardian.startService(service("db", "exec sleep 4101", in: folder))
      _ = try await guardian.run(shell("echo mine > secret; chmod 666 secret", in: folder))
      try await withGuardian { other, _, own in
        let id = started.processID
        for script in [
          "kill -STOP \(id)", "cat /proc/\(id)/environ", "cat \(folder.path)/secret",
          "ls \(folder.path)", "mv \(folder.base)/run \(folder.base)/x", "touch \(folder.base)/y",
          "mv \(own.base) \(own.base).x", "mv \(own.path) \(own.path).x", "rmdir \(own.path)",
        ] {
          let isRefused = try await fails(script, other, own)
          #expect(isRefused, "\(script)")
        }
      }
      #expect(ProcessTable.status(of: started.processID)?.state == "S")
    }
  }

  /// As one user a service could have it stopped, but not tell what it knows.
  @Test func `What the guardian knows is not read by a service`() async throws {
    try await withGuardian { guardian, _, folder in
      for file in ["environ", "mem", "fd/3", "cwd/"] {
        let script = "cat /proc/\(guardian.processID)/\(file); ls /proc/\(guardian.processID)/fd"
        let isRefused = try await fails(script, guardian, folder)
        #expect(isRefused, "\(file)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `A guardian that does not answer is killed, and the run ends`() async throws {
    let fixture = try RunFixture()
    var configuration = try fixture.configuration()
    configuration.patience = .milliseconds(300)
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    let started = try await guardian.startService(service("db", "exec sleep 4102", in: folder))
    kill(guardian.processID, SIGSTOP)
    await #expect(throws: GuardianError(.guardianDied, "processes")) {
      try await guardian.processes()
    }
    #expect(guardian.unanswered == "processes")
    let report = await guardian.shutDown()
    #expect(report.guardianDied && report.isClean)
    #expect(report.killed.map(\.processID) == [started.processID])
    #expect(!exists(folder.base))
  }

  @Test(.timeLimit(.minutes(1)))
  func
    `A guardian that is stopped during a command is killed long before the command's time is up`()
    async throws
  {
    let fixture = try RunFixture()
    var configuration = try fixture.configuration()
    configuration.patience = .milliseconds(300)
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    let command = shell("exec sleep 4104", in: folder, deadline: .seconds(90))
    let pending = Task { try await guardian.run(command) }
    try await eventually("it runs") { try await guardian.processes().count == 1 }
    kill(guardian.processID, SIGSTOP)
    await #expect(throws: GuardianError(.guardianDied, "sh")) { try await pending.value }
    #expect(await guardian.shutDown().isClean)
    #expect(!exists(folder.base))
  }

  @Test(.enabled(if: isRoot, "it takes root to have users of one's own"))
  func `Whatever a service forks is gone with the run, though its guardian was killed`()
    async throws
  {
    let fixture = try RunFixture()
    let configuration = try fixture.configuration()
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    // Each leaves its session, its tag, its folder and its parent behind, again and again.
    let script = """
      i=0; while [ $i -lt 20 ]; do i=$((i + 1))
      env -i /usr/bin/setsid -f /bin/sh -c 'cd /; trap "" TERM; while :; do /bin/sleep 0.05; done' \
      >/dev/null 2>&1 </dev/null
      done; exec sleep 4103
      """
    _ = try await guardian.startService(service("db", script, in: folder))
    let user = configuration.identity.user
    try await eventually("they are there") { ProcessTable.processes(of: user).count > 20 }
    kill(guardian.processID, SIGKILL)
    let report = await guardian.shutDown()
    #expect(report.isClean && report.guardianDied)
    #expect(ProcessTable.processes(of: user) == [])
    #expect(!exists(folder.base))
  }

  // MARK: The run's folder

  /// Swaps a folder of its own for a link to somewhere else, as fast as it can.
  private static func swapping(_ name: String, for victim: String) -> String {
    """
    mkdir -p \(name) other; ln -s \(victim) link
    while :; do mv -T \(name) spare; mv -T link \(name); mv -T \(name) link; mv -T spare \(name); done \
    2>/dev/null
    """
  }

  @Test func `Folders that are swapped for links lead nowhere`() async throws {
    let fixture = try RunFixture()
    let victim = fixture.path + "/victim"
    mkdir(victim, 0o755)
    try Data("root's".utf8).write(to: URL(filePath: victim + "/file"))
    chmod(victim + "/file", 0o600)
    let source = fixture.path + "/source"
    for folder in [source, source + "/file.d"] { mkdir(folder, 0o755) }
    for name in ["file", "file.d/a"] {
      try Data("suite's".utf8).write(to: URL(filePath: "\(source)/\(name)"))
    }
    try await withGuardian { guardian, _, folder in
      let bench = Workbench(
        folder: folder,
        guardian: guardian,
        search: ProgramSearch(patterns: [], toolFolder: "/nonexistent", path: "/usr/bin:/bin")
      )
      _ = try await guardian.startService(
        service("hostile", Self.swapping("target", for: victim), in: folder)
      )
      let end = ContinuousClock.now + .seconds(2)
      var seen: Set<String> = []
      while ContinuousClock.now < end {
        try? await bench.bring(source, to: "target/copy", keepsLinks: true)
        try? await bench.write([1], to: "target/file", replaces: true)
        try? await bench.makeFolders(["target/made"])
        if let bytes = try? await bench.read("target/file", limit: 100) {
          seen.insert(String(decoding: bytes, as: UTF8.self))
        }
        for file in (try? await bench.files(at: "target")) ?? [] { seen.insert(file.path) }
        try? await bench.remove(["target/file", "target/copy"])
      }
      #expect(!seen.contains("root's"))
    }
    #expect(FolderRemoval.names(inFolderAt: victim) == ["file"])
    #expect(text(of: victim + "/file") == "root's")
    var status = stat()
    for (path, mode) in [(victim, 0o755), (victim + "/file", 0o600)] as [(String, mode_t)] {
      #expect(lstat(path, &status) == 0)
      #expect(status.st_uid == geteuid() && status.st_mode & 0o7777 == mode)
    }
  }

  @Test func `Pipes and links in the run's folder are no files`() async throws {
    try await withGuardian { guardian, fixture, folder in
      let script = "mkfifo pipe; ln -s /etc/passwd link; ln -s /etc etc; mkdir d; mkfifo d/pipe"
      #expect(try await guardian.run(shell(script, in: folder)).succeeded)
      for access in [RunFileAccess.read, .replace] {
        for path in ["pipe", "link", "etc/passwd", "d", "/etc/passwd", "d/../../owner.json", ".."] {
          await #expect(throws: GuardianError.self, "\(path)") {
            close(try await guardian.open(path, access))
          }
        }
      }
      #expect(try await guardian.files(at: "d") == [])
      #expect(try await guardian.files(at: "etc") == [])
      try await guardian.remove(["etc", "link", "pipe", "d"])
      #expect(access("/etc/passwd", F_OK) == 0)
    }
  }

  @Test(.enabled(if: isRoot, "root alone may read what others may not"))
  func `A program that only root can reach is not brought to the services`() async throws {
    try await withGuardian { guardian, fixture, folder in
      let closed = fixture.path + "/closed"
      mkdir(closed, 0o700)
      for name in ["secret", "ajar"] {
        try Data("#!/bin/sh\necho root-only\n".utf8).write(to: URL(filePath: "\(closed)/\(name)"))
      }
      chmod(closed + "/secret", 0o700)
      chmod(closed + "/ajar", 0o755)
      let bench = Workbench(
        folder: folder,
        guardian: guardian,
        search: ProgramSearch(patterns: [closed], toolFolder: "/nonexistent", path: "/usr/bin:/bin")
      )
      for name in ["\(closed)/secret", "/\(closed)/secret", "\(closed)/ajar", "secret", "ajar"] {
        await #expect(throws: DeploymentError.self, "\(name)") {
          try await bench.run(Command(argv: [name]))
        }
      }
      let found = try await bench.run(
        Command(
          argv: ["grep", "-r", "root-only", folder.path],
          environment: RunFixture.environment
        )
      )
      #expect(found.stdout == [])
    }
  }

  @Test(.enabled(if: isRoot, "root alone may list what others may not"))
  func `A pattern of the suite's tells no name that only root can list`() throws {
    let fixture = try RunFixture()
    let closed = fixture.path + "/closed"
    chmod(fixture.path, 0o755)
    for path in [closed, closed + "/name"] { mkdir(path, 0o755) }
    for (mode, isListed) in [(0o755, true), (0o711, false), (0o700, false)] as [(mode_t, Bool)] {
      chmod(closed, mode)
      let search = ProgramSearch(
        patterns: ["\(closed)/na*"],
        toolFolder: "/nonexistent",
        path: "/usr/bin:/bin"
      )
      #expect(search.searchPath.contains("\(closed)/name") == isListed)
    }
  }

  @Test func `A suite's folders of programs are not looked at for the driver's own`() async throws {
    try await withGuardian { guardian, fixture, folder in
      let own = fixture.path + "/own"
      mkdir(own, 0o755)
      for name in ["restic", "true", "mkdir", "install", "rm", "dd", "xargs", "ln"] {
        let program = "#!/bin/sh\ntouch \(folder.path)/ran-\(name)\nexit 1\n"
        try Data(program.utf8).write(to: URL(filePath: "\(own)/\(name)"))
        chmod("\(own)/\(name)", 0o755)
      }
      let bench = Workbench(
        folder: folder,
        guardian: guardian,
        search: ProgramSearch(patterns: [own], toolFolder: "/nonexistent", path: "/usr/bin:/bin")
      )
      #expect(try await bench.runOwn(Command(argv: ["true"])).succeeded)
      try await bench.makeFolders(["a/b"])
      try await bench.write([1], to: "a/b/c")
      try await bench.bring(own, to: "copy")
      try await bench.remove(["a"])
      #expect(FolderRemoval.names(inFolderAt: folder.path).filter { $0.hasPrefix("ran-") } == [])
    }
  }

  // MARK: Dead runs that somebody made up

  @Test func `Only what is a run's by its name is looked at`() {
    #expect((0..<100).allSatisfy { _ in RunFolder.isName(RunFolder.newName()) })
    for name in ["parity-", "parity-abc", "parity-locks-0", "parity-test-ab", "parity-abcdefghi"] {
      #expect(!RunFolder.isName(name))
    }
  }

  /// Has a folder say that its runner is none of the processes that there are.
  private static func forgetRunner(of folder: RunFolder, guardian: ProcessIdentity? = nil) throws {
    let descriptor = open(folder.base, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    owner.runner.startTime = 1
    owner.guardian = guardian
    try owner.write(in: descriptor)
  }

  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `A forged dead run costs nobody but its owner anything`() async throws {
    let fixture = try RunFixture()
    let user: UInt32 = 61997
    let identity = ServiceIdentity(user: user, group: user)
    let folder = try RunFolder.create(
      runID: "forged",
      identity: identity,
      lockName: "sample",
      root: fixture.root
    )
    // A process of root's that was stopped is no guardian of this user's.
    let stopped = try ProcessSpawn(
      program: "/bin/sleep",
      arguments: ["sleep", "6101"],
      environment: ["PARITY_UNIT": folder.token + "/db/1"],
      workingDirectory: folder.path,
      descriptors: []
    ).start()
    defer {
      kill(stopped, SIGKILL)
      waitpid(stopped, nil, 0)
    }
    kill(stopped, SIGSTOP)
    try Self.forgetRunner(of: folder, guardian: ProcessIdentity(stopped))
    try await eventually("it is stopped") { ProcessTable.status(of: stopped)?.state == "T" }
    #expect(await fixture.reap() == [])
    try Self.forgetRunner(of: folder)
    // What is root's below it, and behind its links, stays.
    let kept = fixture.path + "/kept"
    mkdir(kept, 0o777)
    chmod(kept, 0o777)
    symlink(kept, folder.path + "/link")
    mkdir(folder.path + "/roots", 0o755)
    try Data("root's".utf8).write(to: URL(filePath: folder.path + "/roots/file"))
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["forged"])
    #expect(reaped.flatMap(\.killed) == [])
    #expect(reaped.flatMap(\.remainingPaths).contains { $0.hasPrefix(folder.path + "/roots") })
    #expect(ProcessTable.status(of: stopped)?.state == "T")
    #expect(exists(kept) && exists(folder.path + "/roots/file"))
  }

  /// No group of the kernel's knows it.
  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `A process of a dead run's user is ended wherever it is`() async throws {
    let fixture = try RunFixture()
    // The last that any run is given.
    let identity = try #require(ServiceIdentity.all.last)
    let user = identity.user
    let folder = try RunFolder.create(
      runID: "gone",
      identity: identity,
      lockName: "sample",
      root: fixture.root
    )
    try Self.forgetRunner(of: folder)
    let left = try ProcessSpawn(
      program: "/usr/bin/setpriv",
      arguments: [
        "setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "sleep", "6103",
      ],
      environment: [:],
      workingDirectory: "/",
      descriptors: []
    ).start()
    defer {
      kill(left, SIGKILL)
      waitpid(left, nil, 0)
    }
    try await eventually("it is the run's user's") {
      ProcessTable.processes(of: user).contains { $0.processID == left }
    }
    let reaped = await fixture.reap()
    #expect(reaped.flatMap(\.killed).map(\.processID) == [left])
    #expect(ProcessTable.status(of: left)?.state == "Z")
  }

  @Test func `What a forged owner's file says is not believed, and never waited for`() async throws
  {
    let fixture = try RunFixture()
    let folder = try fixture.folder(runID: "forged")
    let file = folder.base + "/owner.json"
    // Of a runner that is gone: whatever is believed of it is reaped.
    try Self.forgetRunner(of: folder)
    let good = text(of: file)
    let forged = [
      good.replacing("\"forged\"", with: "\"\\u001b[31m\""),
      good.replacing("\"forged\"", with: "\"a\\n::error::b\""), "[[[[", "{}", "",
    ]
    for content in forged {
      try Data(content.utf8).write(to: URL(filePath: file))
      #expect(await fixture.reap() == [], "\(content)")
    }
    unlink(file)
    mkfifo(file, 0o666)
    #expect(await fixture.reap() == [])
    mkfifo(fixture.root + "/" + RunFolder.newName(), 0o666)
    #expect(await fixture.reap() == [])
    #expect(exists(folder.path))
  }

  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `Another user's empty folder that is called as a run's is left alone`() async throws {
    let fixture = try RunFixture()
    let path = fixture.root + "/parity-empty223"
    mkdir(path, 0o700)
    chown(path, 61996, 61996)
    var times = [timeval(tv_sec: 1_000, tv_usec: 0), timeval(tv_sec: 1_000, tv_usec: 0)]
    utimes(path, &times)
    #expect(await fixture.reap() == [])
    #expect(exists(path))
  }

  // MARK: Locks

  @Test(.enabled(if: isRoot, "it takes root to be two users"))
  func `A folder of locks that somebody else made is told with its owner`() async throws {
    let fixture = try RunFixture()
    chown(fixture.locks, 65534, 65534)
    let error = await #expect(throws: GuardianError.self) {
      try await RunLock.acquire("a", holder: fixture.holder("a"), wait: .no, folder: fixture.locks)
    }
    #expect(error?.code == .foreign(owner: 65534))
    #expect(RuntimeFolder.path == "/run/parity")
  }

  @Test func `A pipe in a lock's place is not waited for`() async throws {
    let fixture = try RunFixture()
    mkfifo(fixture.locks + "/a.lock", 0o666)
    #expect(RunLock.currentHolder(of: "a", folder: fixture.locks) == nil)
    await #expect(throws: GuardianError.self) {
      try await RunLock.acquire("a", holder: fixture.holder("a"), wait: .no, folder: fixture.locks)
    }
  }
}
