import CLinux
import Files
import FoundationEssentials
import Glibc
import Programs
import Testing

@testable import Guarding

/// What a run forks is in its control group, and ends with it.
@Suite struct RunGroupTests {
  /// Whether the kernel and this user's rights are such that a run has one.
  private static let isOffered = RunGroup.make(RunFolder.newName(), processes: 8) != nil

  /// A user that is a run's services and guardian in one, as everybody's is who is not root.
  private static let single = ServiceIdentity(user: 61995, group: 61995)

  /// A run's users of its own, and one for all; root alone can be anybody.
  private static let identities: [ServiceIdentity?] = geteuid() == 0 ? [nil, single] : [nil]

  /// Starts processes that have left their session, parent, tag and folder.
  private static func leaving(_ count: Int, _ seconds: Int) -> String {
    """
    i=0; while [ $i -lt \(count) ]; do i=$((i + 1))
    env -i /usr/bin/setsid -f /bin/sh -c 'cd /; exec /bin/sleep \(seconds)' >/dev/null 2>&1 </dev/null
    done; exec sleep \(seconds)
    """
  }

  private static func sleepers(_ seconds: Int) -> [Int32] {
    ProcessTable.all().filter {
      text(of: "/proc/\($0)/cmdline").hasSuffix("sleep\0\(seconds)\0")
    }
  }

  /// Where groups of a name are.
  private static func folders(_ name: String) -> [String] {
    [GroupHierarchy.here(), .here("pids")].compactMap { $0 }
      .map { "\($0.mount)/\($0.own)/\(name)" }.filter(exists)
  }

  private func configuration(
    _ fixture: RunFixture,
    _ identity: ServiceIdentity?
  ) throws -> GuardianConfiguration {
    var configuration = try fixture.configuration(withFolder: identity == nil)
    if let identity {
      configuration.identity = identity
      configuration.folder = try RunFolder.create(
        runID: "test",
        identity: identity,
        root: fixture.root
      )
    }
    return configuration
  }

  // MARK: Where it is

  @Test(
    arguments: [
      // A whole machine, a container's part of it, version 1 beside version 2.
      (
        nil, "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw", "0::/a.slice/b",
        "/sys/fs/cgroup", "a.slice/b"
      ),
      (nil, "30 24 0:26 /docker/c /cg rw - cgroup2 cgroup rw", "0::/docker/c", "/cg", ""),
      (nil, "30 24 0:26 /docker/c /cg rw - cgroup2 cgroup rw", "0::/docker/c/d", "/cg", "d"),
      (
        "pids", "1 2 0:3 / /cg/cpu rw - cgroup c rw,cpu\n1 2 0:3 / /cg/pids rw - cgroup c rw,pids",
        "9:cpu:/x\n8:rdma,pids:/y\n0::/z", "/cg/pids", "y"
      ),
    ] as [(String?, String, String, String, String)]
  )
  func `A hierarchy is found where it is mounted`(
    _ controller: String?,
    _ mounts: String,
    _ groups: String,
    _ mount: String,
    _ own: String
  ) {
    let found = GroupHierarchy(controller, mounts: mounts, groups: groups)
    #expect(found?.mount == mount && found?.own == own)
  }

  @Test(arguments: [
    // Another kind, another part of it, a part whose name only begins alike, a path that is not plain.
    ("30 24 0:26 / /cg rw - tmpfs cgroup2 rw", "0::/"),
    ("30 24 0:26 /docker/c /cg rw - cgroup2 cgroup rw", "0::/docker"),
    ("30 24 0:26 /docker/c /cg rw - cgroup2 cgroup rw", "0::/docker/cd"),
    ("30 24 0:26 / /c\\040g rw - cgroup2 cgroup rw", "0::/"),
    ("30 24 0:26 / /cg rw - cgroup2 cgroup rw", "8:pids:/"), ("", ""),
  ])
  func `What is no hierarchy of this process is not taken for one`(
    _ mounts: String,
    _ groups: String
  ) {
    #expect(GroupHierarchy(nil, mounts: mounts, groups: groups) == nil)
  }

  /// How long what a test starts sleeps: no other process of the machine's sleeps for as long, also where
  /// the tests are run twice at a time.
  private static func seconds(_ test: Int) -> Int { 100_000 + Int(getpid()) * 10 + test }

  // MARK: What is in it

  @Test(.enabled(if: isOffered), arguments: identities)
  func `Whatever a service forks is in the run's group, which goes with the run`(
    _ identity: ServiceIdentity?
  ) async throws {
    let seconds = identity == nil ? Self.seconds(1) : Self.seconds(2)
    let fixture = try RunFixture()
    let configuration = try configuration(fixture, identity)
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    _ = try await guardian.startService(service("db", Self.leaving(60, seconds), in: folder))
    try await eventually("they are there") { Self.sleepers(seconds).count == 61 }
    let groups = Self.folders(folder.token)
    #expect(!groups.isEmpty)
    for group in groups {
      let members = Set(text(of: group + "/cgroup.procs").split(separator: "\n").map(String.init))
      #expect(members.isSuperset(of: Self.sleepers(seconds).map(String.init)))
      var status = stat()
      #expect(lstat(group, &status) == 0 && status.st_mode & 0o7777 == 0o700)
      // Neither where it is nor how much it may have is the services' to change.
      let script =
        "ls \(group) || echo $$ > \(group)/../cgroup.procs || echo max > \(group)/pids.max"
      let output = try await guardian.run(shell(script, in: folder))
      #expect(!output.succeeded)
    }
    #expect(await guardian.shutDown().isClean)
    #expect(Self.sleepers(seconds) == [] && Self.folders(folder.token) == [])
  }

  /// They cannot be told by user, tag, folder or parent.
  @Test(.enabled(if: isOffered))
  func `Processes that only the group tells are gone, though the guardian was killed`()
    async throws
  {
    let fixture = try RunFixture()
    let configuration = try configuration(fixture, Self.identities.last ?? nil)
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    _ = try await guardian.startService(
      service("db", Self.leaving(60, Self.seconds(3)), in: folder)
    )
    try await eventually("they are there") { Self.sleepers(Self.seconds(3)).count == 61 }
    kill(guardian.processID, SIGKILL)
    let report = await guardian.shutDown()
    #expect(report.isClean && report.guardianDied && report.killed.count == 61)
    #expect(Self.sleepers(Self.seconds(3)) == [] && Self.folders(folder.token) == [])
  }

  @Test(.enabled(if: isOffered))
  func `What a killed runner and its guardian left is ended by its group`() async throws {
    let fixture = try RunFixture()
    let services = [
      TestRunner.Service(name: "db", arguments: ["sh", "-c", Self.leaving(60, Self.seconds(4))])
    ]
    let runner = try TestRunner(fixture, runID: "grouped", services: services)
    let started = try await runner.started()
    try await eventually("they are there") { Self.sleepers(Self.seconds(4)).count == 61 }
    let token = RunFolder.token(of: String(started.folder.dropLast("/run".utf8.count)))
    #expect(!Self.folders(token).isEmpty)
    // It lives.
    #expect(RunGroup.clear(killing: token) == [])
    kill(started.guardian, SIGKILL)
    runner.kill()
    try await eventually("the guardian has gone, and its hold") {
      !RunGroup.clear(killing: token).isEmpty
    }
    #expect(Self.sleepers(Self.seconds(4)) == [] && Self.folders(token) == [])
    let reaped = await fixture.reap()
    #expect(reaped.map(\.runID) == ["grouped"])
  }

  /// As systemd leaves a group to a user.
  @Test(.enabled(if: isOffered && geteuid() == 0))
  func `What a run of an ordinary user left is ended by its group, where the user may make one`()
    async throws
  {
    let user: UInt32 = 61993
    let hierarchy = try #require(GroupHierarchy.here())
    let group = "\(hierarchy.mount)/\(hierarchy.own)/left-to-\(RunFolder.newName())"
    #expect(mkdir(group, 0o755) == 0)
    defer { rmdir(group) }
    for path in [group, group + "/cgroup.procs"] { chown(path, user, user) }
    let fixture = try RunFixture()
    fixture.give(to: user)
    let runner = try TestRunner(
      fixture,
      runID: "ordinary",
      services: [.init(name: "db", arguments: ["sh", "-c", Self.leaving(60, Self.seconds(8))])],
      user: user,
      group: group
    )
    let started = try await runner.started()
    try await eventually("they are there") { Self.sleepers(Self.seconds(8)).count == 61 }
    let token = RunFolder.token(of: String(started.folder.dropLast("/run".utf8.count)))
    #expect(exists("\(group)/\(token)"))
    kill(started.guardian, SIGKILL)
    runner.kill()
    try await eventually("the guardian is gone") {
      ProcessTable.status(of: started.guardian).map { $0.state == "Z" } ?? true
    }
    // As a process of root's own, and not as the user, nothing of it is touched.
    #expect(RunGroup.clear(killing: token) == [])
    #expect(Self.sleepers(Self.seconds(8)).count == 61)
    let reaped = await fixture.reap()
    #expect(reaped.map(\.killed.count) == [61])
    #expect(Self.sleepers(Self.seconds(8)) == [] && !exists("\(group)/\(token)"))
  }

  @Test(.enabled(if: isOffered))
  func `The group of a killed runner is removed when the next run is made`() async throws {
    let fixture = try RunFixture()
    let services = [
      TestRunner.Service(name: "db", arguments: ["sh", "-c", Self.leaving(60, Self.seconds(5))])
    ]
    let runner = try TestRunner(fixture, runID: "before", services: services)
    let started = try await runner.started()
    try await eventually("they are there") { Self.sleepers(Self.seconds(5)).count == 61 }
    let token = RunFolder.token(of: String(started.folder.dropLast("/run".utf8.count)))
    runner.kill()
    try await eventually("its guardian has ended them") { Self.sleepers(Self.seconds(5)) == [] }
    try await eventually("the next one has removed it") {
      try await withGuardian { _, _, _ in }
      return Self.folders(token) == []
    }
  }

  @Test(.enabled(if: isOffered && geteuid() == 0), arguments: ["cgroup.kill", "none such"])
  func `A group is killed whatever forks in it, by kernels that have no word for it too`(
    _ command: String
  ) async throws {
    let name = RunFolder.newName()
    let group = try #require(RunGroup.make(name, processes: 100))
    let script = "i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); /bin/sleep 0.01 & wait; done"
    let loops = "for i in 1 2 3 4; do sh -c '\(script)' & done; wait"
    var spawn = ProcessSpawn(
      program: "/bin/sh",
      arguments: ["sh", "-c", "sleep 0.2; \(loops)"],
      environment: [:],
      workingDirectory: "/",
      descriptors: []
    )
    spawn.identity = Self.single
    let process = try spawn.start()
    #expect(group.take(process))
    try await eventually("they fork") {
      text(of: "\(Self.folders(name)[0])/cgroup.procs").split(separator: "\n").count > 5
    }
    let killed = RunGroup.killAll(in: group.descriptor, by: command)
    #expect(killed.contains { $0.processID == process })
    waitpid(process, nil, 0)
    #expect(group.end().remainingPaths == [])
    #expect(Self.folders(name) == [])
  }

  @Test(.enabled(if: isOffered && geteuid() == 0))
  func `A group of another user's, or of another name, is left alone`() throws {
    let hierarchy = try #require(GroupHierarchy.here())
    for (name, user) in [(RunFolder.newName(), 61994), ("parity-groups", 0)] as [(String, uid_t)] {
      let path = "\(hierarchy.mount)/\(hierarchy.own)/\(name)"
      #expect(mkdir(path, 0o700) == 0 && chown(path, user, user) == 0)
      #expect(RunGroup.clear(killing: name) == [])
      #expect(exists(path))
      rmdir(path)
    }
  }

  // MARK: How many

  @Test(.enabled(if: isOffered && geteuid() == 0), arguments: identities)
  func `A service that forks on and on gets no further than the limit, and ends`(
    _ identity: ServiceIdentity?
  ) async throws {
    let seconds = identity == nil ? Self.seconds(6) : Self.seconds(7)
    let fixture = try RunFixture()
    var configuration = try configuration(fixture, identity)
    configuration.processLimit = 40
    let folder = try #require(configuration.folder)
    let guardian = try await Guardian.start(configuration)
    // A group beside processes need not have that controller.
    let isLimited = Self.folders(folder.token).contains { exists($0 + "/pids.max") }
    guard identity == nil || isLimited else {
      _ = await guardian.shutDown()
      return
    }
    // Its shell ends where it cannot fork, and the others may be ended before they are counted.
    let script =
      "i=0; while [ $i -lt 90 ]; do echo $i > forks; i=$((i + 1)); sleep \(seconds) & done; wait"
    _ = try await guardian.startService(service("db", script, in: folder))
    try await eventually("it has come to its end") {
      if case .exited = guardian.state(of: "db") { true } else { false }
    }
    let forks = try String(contentsOfFile: folder.path + "/forks", encoding: .utf8)
    let count = try #require(forks.split(separator: "\n").first.flatMap { Int($0) })
    #expect(count >= 35 && count <= 40 + 16, "\(count)")
    #expect(await guardian.shutDown().isClean)
    #expect(Self.sleepers(seconds) == [])
  }
}
