import Glibc
import Programs
import Testing

@testable import Guarding

@Suite struct PrivilegeDropTests {
  private func status(of process: Int32) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text(of: "/proc/\(process)/status").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = parts[1].split { $0 == "\t" || $0 == " " }.joined(separator: " ")
    }
    return fields
  }

  private func expectUnprivileged(
    _ process: Int32,
    _ user: UInt32,
    _ group: UInt32,
    goesByPathAs file: UInt32,
    capabilities: UInt64 = 0
  ) {
    let fields = status(of: process)
    #expect(fields["Uid"] == "\(user) \(user) \(user) \(file)")
    #expect(fields["Gid"] == "\(group) \(group) \(group) \(group)")
    #expect(fields["NoNewPrivs"] == "1")
    if geteuid() == 0 {
      #expect(fields["Groups"] == "")
      for name in ["CapPrm", "CapEff"] {
        #expect(UInt64(fields[name] ?? "", radix: 16) == capabilities)
      }
      for name in ["CapInh", "CapAmb"] { #expect(UInt64(fields[name] ?? "", radix: 16) == 0) }
    }
  }

  @Test func `Guardian, services and commands are not root and cannot become root`() async throws {
    try await withGuardian { guardian, _, folder in
      let identity = folder.identity
      expectUnprivileged(
        guardian.processID,
        identity.guardian,
        identity.group,
        goesByPathAs: identity.user,
        // CAP_KILL and CAP_SETUID.
        capabilities: geteuid() == 0 ? 1 << 5 | 1 << 7 : 0
      )
      let started = try await guardian.startService(service("db", "exec sleep 4001", in: folder))
      expectUnprivileged(
        started.processID,
        identity.user,
        identity.group,
        goesByPathAs: identity.user
      )
      #expect(folder.identity.user != 0)
      let ids = try await guardian.run(shell("id -u; id -g; id -G", in: folder))
      #expect(
        ids.text
          == "\(folder.identity.user)\n\(folder.identity.group)\n\(folder.identity.group)\n"
      )
      let file = try await guardian.run(
        shell("cat /etc/shadow || echo 0 > /proc/1/oom_adj", in: folder)
      )
      #expect(!file.succeeded)
    }
  }

  @Test(.enabled(if: geteuid() == 0))
  func `A set-user-id program of root gives nothing`() async throws {
    try await withGuardian { guardian, fixture, folder in
      let tool = fixture.path + "/id"
      let copied = ProcessSpawn(
        program: "/bin/cp",
        arguments: ["cp", "/usr/bin/id", tool],
        environment: [:],
        workingDirectory: nil,
        descriptors: []
      )
      #expect(waitpid(try copied.start(), nil, 0) > 0)
      chmod(tool, 0o4755)
      let result = try await guardian.run(shell("\(tool) -u", in: folder))
      #expect(result.text == "\(folder.identity.user)\n")
    }
  }

  @Test func `A guardian that would run services as root refuses`() async throws {
    let fixture = try RunFixture()
    for identity in [ServiceIdentity(user: 0, group: 0), ServiceIdentity(user: 65534, group: 0)] {
      var configuration = try fixture.configuration(withFolder: false)
      configuration.identity = identity
      await #expect {
        try await Guardian.start(configuration)
      } throws: {
        ($0 as? GuardianError)?.code == .privileged
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0))
  func `A run has so many processes and no more`() async throws {
    try await withGuardian { guardian, _, folder in
      let script = "grep 'Max processes' /proc/self/limits"
      let limits = try await guardian.run(shell(script, in: folder))
      #expect(
        limits.text.split(separator: " ").dropFirst(2).first.flatMap { Int($0) } ?? .max <= 4096
      )
    }
  }

  @Test(.enabled(if: geteuid() == 0))
  func `Runs have users of their own, which nobody else has`() throws {
    let (one, two) = (try UserLease.take(), try UserLease.take())
    #expect(one.identity.isRunsOwn && two.identity.isRunsOwn)
    #expect(!one.identity.users.overlaps(two.identity.users))
    #expect(try UserLease.hold(one.identity) == nil)
    for identity in ServiceIdentity.all {
      #expect(identity.users.allSatisfy { ServiceIdentity.range.contains($0) })
      #expect(identity.users.allSatisfy { UserName.of($0) == nil })
    }
  }

  @Test(.enabled(if: geteuid() == 0))
  func `Users that a process runs as, or whose folder is left, are not given out`() throws {
    var lease: UserLease? = try UserLease.take()
    let identity = try #require(lease).identity
    let sleeper = ProcessSpawn(
      program: "/usr/bin/setpriv",
      arguments: ["setpriv", "--reuid=\(identity.user)", "--clear-groups", "sleep", "60"],
      environment: RunFixture.environment,
      workingDirectory: nil,
      descriptors: []
    )
    let process = try sleeper.start()
    defer {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    for _ in 0..<500 where ProcessTable.user(of: process) != identity.user { usleep(10_000) }
    lease = nil
    #expect(try UserLease.take().identity != identity)

    let fixture = try RunFixture()
    lease = try UserLease.take()
    let dead = try #require(lease).identity
    try lease?.note(try RunFolder.create(runID: "dead", identity: dead, root: fixture.root))
    lease = nil
    // Whoever has those before it, it is not given out.
    var held: [UserLease] = []
    repeat {
      held.append(try UserLease.take())
    } while (held.last?.identity.guardian ?? .max) < dead.guardian
    #expect(!held.map(\.identity).contains(dead))
  }
}
