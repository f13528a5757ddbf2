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

  private func expectUnprivileged(_ process: Int32, _ identity: ServiceIdentity) {
    let fields = status(of: process)
    let (user, group) = (identity.user, identity.group)
    #expect(fields["Uid"] == "\(user) \(user) \(user) \(user)")
    #expect(fields["Gid"] == "\(group) \(group) \(group) \(group)")
    #expect(fields["NoNewPrivs"] == "1")
    if geteuid() == 0 {
      #expect(fields["Groups"] == "")
      for name in ["CapPrm", "CapEff", "CapAmb"] { #expect(fields[name] == "0000000000000000") }
    }
  }

  @Test func `Guardian, services and commands are not root and cannot become root`() async throws {
    try await withGuardian { guardian, _, folder in
      expectUnprivileged(guardian.processID, folder.identity)
      let started = try await guardian.startService(service("db", "exec sleep 4001", in: folder))
      expectUnprivileged(started.processID, folder.identity)
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
  func `The users that services may have are known by name`() throws {
    #expect(try ServiceIdentity.forServices().user == 65534)
    #expect(throws: GuardianError(.privileged, "root")) {
      try ServiceIdentity.forServices(user: "root")
    }
    #expect(throws: GuardianError(.unknownUser, "no-such-user")) {
      try ServiceIdentity.forServices(user: "no-such-user")
    }
  }
}
