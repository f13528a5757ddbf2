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
    #expect(await fixture.reap() == [])

    kill(deadStart.guardian, SIGKILL)
    dead.kill()
    try await eventually("the lock is free, since no service has inherited it") {
      RunLock.currentHolder(of: "one", folder: fixture.locks) == nil
    }
    #expect(deadStart.processes.allSatisfy(isAlive))
    #expect(RunLock.currentHolder(of: "two", folder: fixture.locks)?.runID == "live")
    let reaped = await fixture.reap()
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

  @Test func `A guardian that was stopped is dead once its runner is`() async throws {
    let fixture = try RunFixture()
    let runner = try TestRunner(fixture, runID: "stopped", services: Self.leaver)
    let started = try await runner.started()
    kill(started.guardian, SIGSTOP)
    try await eventually("the guardian has stopped") {
      ProcessTable.status(of: started.guardian)?.state == "T"
    }
    #expect(await fixture.reap() == [])
    runner.kill()
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["stopped"])
    #expect(reaped.flatMap(\.remainingPaths) == [])
    #expect(!started.processes.contains(where: isAlive))
    #expect(!exists(started.folder))
    try await eventually("the lock is free") {
      RunLock.currentHolder(of: "sample", folder: fixture.locks) == nil
    }
  }

  @Test(.enabled(if: geteuid() == 0, "it takes root to be two users"))
  func `Who only looks into a dead run's folder is not killed`() async throws {
    let fixture = try RunFixture()
    let user: UInt32 = 61999
    fixture.give(to: user)
    let runner = try TestRunner(fixture, runID: "watched", services: Self.leaver, user: user)
    let started = try await runner.started()
    // As the same user, with its working folder there, but a child of ours and not an orphan.
    var bystander = ProcessSpawn(
      program: "/bin/sleep",
      arguments: ["sleep", "6003"],
      environment: [:],
      workingDirectory: started.folder,
      descriptors: []
    )
    bystander.identity = ServiceIdentity(user: user, group: user)
    let process = try bystander.start()
    defer {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    kill(started.guardian, SIGKILL)
    runner.kill()
    try await eventually("the guardian is gone") {
      ProcessTable.status(of: started.guardian).map { $0.state == "Z" } ?? true
    }
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["watched"])
    #expect(Set(reaped.flatMap(\.killed).map(\.program)) == ["sleep"])
    #expect(!reaped.flatMap(\.killed).contains { $0.processID == process })
    #expect(reaped.flatMap(\.bystanders).map(\.processID) == [process])
    #expect(ProcessTable.status(of: process)?.program == "sleep")
    #expect(!exists(started.folder))
  }

  @Test func `A folder that names other owners proves nothing`() async throws {
    let fixture = try RunFixture()
    let folder = try fixture.folder(runID: "forged")
    // This process lives and owns it.
    #expect(await fixture.reap() == [])
    let descriptor = open(folder.base, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    // The same process id at another time is another process.
    owner.guardian = owner.runner
    owner.runner.startTime -= 1
    try owner.write(in: descriptor)
    #expect(await fixture.reap() == [])
    owner.guardian = owner.runner
    try owner.write(in: descriptor)
    // A link in its place is not followed.
    symlink(folder.base, fixture.root + "/parity-cinked22")
    mkdir(fixture.root + "/parity-empty223", 0o700)
    let reaped = await fixture.reap()
    #expect(reaped.map(\.folder) == [folder.base])
    #expect(reaped.flatMap(\.killed) == [])
    #expect(!exists(folder.base))
    #expect(exists(fixture.root + "/parity-cinked22"))
    #expect(exists(fixture.root + "/parity-empty223"))
  }

  @Test func `What a killed runner or guardian left half made or removed goes once it is old`()
    async throws
  {
    let fixture = try RunFixture()
    let (old, new, full) = (
      fixture.root + "/parity-aged2222", fixture.root + "/parity-new22222",
      fixture.root + "/parity-kept2222"
    )
    for path in [old, new, full] { mkdir(path, 0o700) }
    mkdir(full + "/kept", 0o700)
    for path in [old, full] {
      var times = [timeval(tv_sec: 1_000, tv_usec: 0), timeval(tv_sec: 1_000, tv_usec: 0)]
      utimes(path, &times)
    }
    let reaped = await fixture.reap()
    #expect(reaped.map(\.folder) == [old])
    #expect(!exists(old) && exists(new) && exists(full + "/kept"))
  }

  @Test func `A run from before the machine's restart has no processes`() async throws {
    let fixture = try RunFixture()
    let folder = try fixture.folder(runID: "old")
    let descriptor = open(folder.base, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    owner.bootID = "another"
    try owner.write(in: descriptor)
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["old"])
    #expect(!exists(folder.base))
  }

  @Test func `A run that holds its lock under its id is alive`() async throws {
    let fixture = try RunFixture()
    let folder = try fixture.folder(runID: "held", lockName: "sample")
    let descriptor = open(folder.base, O_RDONLY | O_DIRECTORY)
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
    #expect(await fixture.reap() == [])
    lock = nil
    lock = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("next"),
      // A process that is just being started by another test has it for a moment.
      wait: .every(.seconds(10)) { _ in },
      folder: fixture.locks
    )
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["held"])
  }

  @Test(.enabled(if: geteuid() == 0, "it takes root to be two users"))
  func `A run that holds its lock as another user is alive`() async throws {
    let fixture = try RunFixture()
    let identity = ServiceIdentity(user: 61998, group: 61998)
    let name = "sample-\(UInt32.random(in: 0 ... .max))"
    let folder = try RunFolder.create(
      runID: "elsewhere",
      identity: identity,
      lockName: name,
      root: fixture.root
    )
    let descriptor = open(folder.base, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    var owner = try #require(RunOwner.read(in: descriptor))
    // As a runner looks whose process namespace is another.
    owner.runner.startTime -= 1
    try owner.write(in: descriptor)
    let locks = "/tmp/parity-locks-\(identity.user)"
    if mkdir(locks, 0o700) == 0 { chown(locks, identity.user, identity.group) }
    let path = "\(locks)/\(name).lock"
    let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    fchown(lock, identity.user, identity.group)
    defer {
      unlink(path)
      rmdir(locks)
    }
    let holder = try JSONEncoder().encode(fixture.holder("elsewhere"))
    _ = Array(holder).withUnsafeBytes { write(lock, $0.baseAddress, $0.count) }
    flock(lock, LOCK_EX | LOCK_NB)
    #expect(await fixture.reap() == [])
    close(lock)
    try await eventually("no process that is just being started has it any more") {
      RunLock.currentHolder(of: name, folder: locks) == nil
    }
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["elsewhere"])
  }
}
