import CLinux
import FoundationEssentials
import Glibc
import Testing

@testable import Guarding

@Suite struct JanitorTests {
  private static let leaver: [TestRunner.Service] = [
    .init(
      name: "db",
      arguments: ["sh", "-c", "env -i /usr/bin/setsid -f /bin/sleep 6001; exec sleep 6002"]
    )
  ]

  @Test func `A dead run is cleared away and a live one is left alone`() async throws {
    let fixture = try RunFixture()
    let dead = try TestRunner(fixture, runID: "dead", lockName: "one", services: Self.leaver)
    let live = try TestRunner(fixture, runID: "live", lockName: "two", services: Self.leaver)
    var deadStart = try await dead.started()
    var liveStart = try await live.started()
    try await eventually("all are there") {
      deadStart = try await dead.started()
      liveStart = try await live.started()
      let programs = (deadStart.processes + liveStart.processes).map(\.program)
      return programs == ["sleep", "sleep", "sleep", "sleep"]
    }
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])

    kill(deadStart.guardian, SIGKILL)
    dead.kill()
    try await eventually("the lock is free, since no service has inherited it") {
      RunLock.currentHolder(of: "one", folder: fixture.locks) == nil
    }
    #expect(deadStart.processes.allSatisfy(isAlive))
    #expect(RunLock.currentHolder(of: "two", folder: fixture.locks)?.runID == "live")
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.runID) == ["dead"])
    let first = try #require(reaped.first)
    #expect(Set(first.killed.map(\.processID)) == Set(deadStart.processes.map(\.processID)))
    #expect(first.leftovers == [])
    #expect(first.remainingPaths == [])
    #expect(!deadStart.processes.contains(where: isAlive))
    #expect(!exists(deadStart.folder))

    #expect(liveStart.processes.allSatisfy(isAlive))
    #expect(exists(liveStart.folder))
    live.kill()
    try await eventually("the other is gone, too") {
      !liveStart.processes.contains(where: isAlive) && !exists(liveStart.folder)
    }
  }

  @Test func `A run whose guardian lives is not reaped`() async throws {
    let fixture = try RunFixture()
    let runner = try TestRunner(fixture, runID: "slow", services: Self.leaver)
    let started = try await runner.started()
    kill(started.guardian, SIGSTOP)
    runner.kill()
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])
    #expect(exists(started.folder))
    kill(started.guardian, SIGCONT)
    try await eventually("the guardian did it") { !exists(started.folder) }
  }

  @Test func `Who only looks into a dead run's folder is not killed`() async throws {
    let fixture = try RunFixture()
    let runner = try TestRunner(fixture, runID: "watched", services: Self.leaver)
    let started = try await runner.started()
    let identity = try ServiceIdentity.forServices()
    // As the same user, with its working folder there, but a child of ours and not an orphan.
    let user = geteuid() == 0 ? ["setpriv", "--reuid=\(identity.user)", "--clear-groups"] : ["env"]
    let bystander = try ProcessSpawn(
      program: "/usr/bin/\(user[0])",
      arguments: user + ["/bin/sleep", "6003"],
      environment: [:],
      workingDirectory: started.folder,
      descriptors: []
    ).start()
    defer {
      kill(bystander, SIGKILL)
      waitpid(bystander, nil, 0)
    }
    try await eventually("the bystander is there") {
      ProcessTable.status(of: bystander)?.program == "sleep"
        && ProcessTable.user(of: bystander) == identity.user
    }
    kill(started.guardian, SIGKILL)
    runner.kill()
    try await eventually("the guardian is gone") {
      ProcessTable.status(of: started.guardian).map { $0.state == "Z" } ?? true
    }
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.runID) == ["watched"])
    #expect(!reaped.flatMap(\.killed).contains { $0.processID == bystander })
    #expect(reaped.flatMap(\.bystanders).map(\.processID) == [bystander])
    #expect(ProcessTable.status(of: bystander)?.program == "sleep")
  }

  @Test func `A folder that names other owners proves nothing`() async throws {
    let fixture = try RunFixture()
    let identity = try ServiceIdentity.forServices()
    let folder = try RunFolder.create(runID: "forged", identity: identity, root: fixture.root)
    // This process lives and owns it.
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    // The same process id at another time is another process.
    owner.guardian = owner.runner
    owner.runner.startTime -= 1
    try owner.write(in: descriptor)
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])
    owner.guardian = owner.runner
    try owner.write(in: descriptor)
    // A link in its place is not followed.
    symlink(folder.path, fixture.root + "/parity-linked12")
    mkdir(fixture.root + "/parity-empty123", 0o700)
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.folder) == [folder.path])
    #expect(reaped.flatMap(\.killed) == [])
    #expect(!exists(folder.path))
    #expect(exists(fixture.root + "/parity-linked12"))
    #expect(exists(fixture.root + "/parity-empty123"))
  }

  @Test func `What a killed runner or guardian left half made or removed goes once it is old`()
    async throws
  {
    let fixture = try RunFixture()
    let (old, new, full) = (
      fixture.root + "/parity-old22222", fixture.root + "/parity-new22222",
      fixture.root + "/parity-full2222"
    )
    for path in [old, new, full] { mkdir(path, 0o700) }
    mkdir(full + "/kept", 0o700)
    for path in [old, full] {
      var times = [timeval(tv_sec: 1_000, tv_usec: 0), timeval(tv_sec: 1_000, tv_usec: 0)]
      utimes(path, &times)
    }
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.folder) == [old])
    #expect(!exists(old) && exists(new) && exists(full + "/kept"))
  }

  @Test func `A run from before the machine's restart has no processes`() async throws {
    let fixture = try RunFixture()
    let identity = try ServiceIdentity.forServices()
    let folder = try RunFolder.create(runID: "old", identity: identity, root: fixture.root)
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    owner.bootID = "another"
    try owner.write(in: descriptor)
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.runID) == ["old"])
    #expect(!exists(folder.path))
  }

  @Test func `A run that holds its lock under its id is alive`() async throws {
    let fixture = try RunFixture()
    let identity = try ServiceIdentity.forServices()
    let folder = try RunFolder.create(
      runID: "held",
      identity: identity,
      lockName: "sample",
      root: fixture.root
    )
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    owner.runner.startTime -= 1
    try owner.write(in: descriptor)
    var lock: RunLock? = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("held"),
      wait: .no,
      folder: fixture.locks
    )
    #expect(lock?.name == "sample")
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])
    lock = nil
    lock = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("next"),
      // A process that is just being started by another test has it for a moment.
      wait: .every(.seconds(10)) { _ in },
      folder: fixture.locks
    )
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.runID) == ["held"])
  }
  @Test func `A run that holds its lock as the services' own user is alive`() async throws {
    let fixture = try RunFixture()
    let identity = try ServiceIdentity.forServices()
    let name = "sample-\(UInt32.random(in: 0 ... .max))"
    let folder = try RunFolder.create(
      runID: "elsewhere",
      identity: identity,
      lockName: name,
      root: fixture.root
    )
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    // As a runner looks whose process namespace is another.
    owner.runner.startTime -= 1
    try owner.write(in: descriptor)
    let locks = RunLock.defaultFolder(of: identity.user)
    if mkdir(locks, 0o700) == 0 { chown(locks, identity.user, identity.group) }
    let path = "\(locks)/\(name).lock"
    let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { unlink(path) }
    let holder = try JSONEncoder().encode(fixture.holder("elsewhere"))
    _ = Array(holder).withUnsafeBytes { write(lock, $0.baseAddress, $0.count) }
    flock(lock, LOCK_EX | LOCK_NB)
    #expect(await Janitor.reap(root: fixture.root, lockFolder: fixture.locks) == [])
    close(lock)
    try await eventually("no process that is just being started has it any more") {
      RunLock.currentHolder(of: name, folder: locks) == nil
    }
    let reaped = await Janitor.reap(root: fixture.root, lockFolder: fixture.locks)
    #expect(reaped.map(\.runID) == ["elsewhere"])
  }
}
