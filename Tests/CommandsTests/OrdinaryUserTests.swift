import Foundation
import Testing

/// Root tries the attacks by the other suites. Here they are tried once more by an ordinary user, who has one
/// user for all, no mounts and no users to give away.
@Suite struct OrdinaryUserTests {
  /// Suites that attack, or hold to what an attacker would want otherwise.
  private static let attacks = """
    DriversTests\\.(AttackTests|FolderRemovalTests|FreePortsTests|GuardedCommandTests|GuardedServiceTests|\
    JanitorTests|PrivilegeDropTests|RunLockTests)|FilesTests\\.|GitTests\\.(ForeignRepository|WorkTree)|\
    CommandsTests\\.(ForeignFiles|HostileProject|LyingServers)Tests
    """
  private static let isRoot = geteuid() == 0

  /// The bundle that this test is in.
  private static let bundle: String? = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return ([own] + CommandLine.arguments).first { $0.hasSuffix(".xctest") }
  }()

  /// Whether others may go where it lies.
  private static let isReachable =
    bundle.map { bundle in
      let parts = bundle.split(separator: "/")
      return parts.indices.allSatisfy { index in
        var facts = stat()
        let path = "/" + parts[...index].joined(separator: "/")
        return stat(path, &facts) == 0 && facts.st_mode & 0o001 != 0
      }
    } ?? false

  @Test(
    .enabled(
      if: isRoot && isReachable,
      "root alone can be two users, whose programs others can reach"
    ),
    .timeLimit(.minutes(10))
  )
  func `The attacks fail against an ordinary user as well`() async throws {
    let bundle = try #require(Self.bundle)
    let user = try #require(getpwnam("nobody")).pointee
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try #require(chown(folder, user.pw_uid, user.pw_gid) == 0)
    let output = folder + ".out"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    defer { try? FileManager.default.removeItem(atPath: output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    process.arguments =
      ["--reuid=\(user.pw_uid)", "--regid=\(user.pw_gid)", "--clear-groups", bundle]
      + ["--testing-library", "swift-testing", "--filter", Self.attacks]
      + ["--experimental-maximum-parallelization-width", "2"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["HOME": folder, "TMPDIR": folder]
    ) { $1 }
    process.environment?["XDG_RUNTIME_DIR"] = nil
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = process.standardOutput
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      ended.continuation.yield($0.terminationStatus)
      ended.continuation.finish()
    }
    try process.run()
    for await status in ended.stream { #expect(status == 0) }
    let text = try String(contentsOfFile: output, encoding: .utf8)
    let red = text.split(separator: "\n").filter { $0.contains("recorded an issue") }
    #expect(red == [])
    // A filter that finds nothing would be green.
    let count = text.firstMatch(of: /Test run with (\d+) tests? in (\d+) suites?/)
    #expect(Int(count?.1 ?? "") ?? 0 > 80, "\(text.suffix(300))")
  }
}
