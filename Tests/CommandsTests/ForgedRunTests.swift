import BuiltTool
import Foundation
import Testing

/// `parity clean`, as root, on folders of dead runs that an ordinary user has made up.
@Suite(.enabled(if: geteuid() == 0, "it takes root to be led by another user"))
struct ForgedRunTests {
  /// Who makes them, and somebody else.
  private static let (mallory, other): (UInt32, UInt32) = (61990, 61989)
  private static let boot = text("/proc/sys/kernel/random/boot_id")
    .trimmingCharacters(in: .whitespacesAndNewlines)

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  private static func entry(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// A process of somebody's, which carries the tag of a forged run and works in its folder.
  private final class Victim {
    let process = Process()
    var id: Int32 { process.processIdentifier }

    init(_ user: UInt32, in folder: String, named token: String, isStopped: Bool = false) throws {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      process.arguments = [
        "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "sleep", "7200",
      ]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.environment = ["PATH": "/usr/bin:/bin", "PARITY_UNIT": "\(token)/app/1"]
      try process.run()
      for _ in 0..<500 where !ForgedRunTests.text("/proc/\(id)/stat").contains("(sleep)") {
        usleep(10_000)
      }
      if isStopped { kill(id, SIGSTOP) }
      for _ in 0..<500 where isStopped && !ForgedRunTests.text("/proc/\(id)/stat").contains(" T ") {
        usleep(10_000)
      }
    }

    deinit {
      kill(id, SIGKILL)
      process.waitUntilExit()
    }

    /// As a record names it.
    var identity: String {
      let fields = ForgedRunTests.text("/proc/\(id)/stat").split(separator: " ")
      return "{\"processID\": \(id), \"startTime\": \(fields[21])}"
    }

    var isAlive: Bool { process.isRunning }
  }

  /// What a forged record says; `{"processID": 1, "startTime": 1}` never was.
  private static func owner(
    _ run: String = "forged",
    boot: String = boot,
    lock: String = "null",
    guardian: String = "null",
    adopters: String = "[]"
  ) -> String {
    """
    {"version": 1, "runID": "\(run)", "bootID": "\(boot)", "lockName": \(lock), "adopters": \(adopters),
     "runner": {"processID": 1, "startTime": 1}, "guardian": \(guardian)}
    """
  }

  /// Makes a folder like a run's, with `run` in it.
  private static func forge(_ root: String, _ name: String, _ owner: String) throws -> String {
    let base = "\(root)/parity-\(name)"
    try FileManager.default.createDirectory(
      atPath: base + "/run",
      withIntermediateDirectories: true
    )
    try Data(owner.utf8).write(to: URL(fileURLWithPath: base + "/owner.json"))
    for path in [base, base + "/run", base + "/owner.json"] { chown(path, mallory, mallory) }
    return base
  }

  @Test func `Nobody else's process, file or lock is touched, whatever they say`() async throws {
    let project = try ToolProject(parity: "")
    let root = project.path("tmp")
    // Only root's: behind links, and as what a forged record names.
    let kept = project.path("kept")
    for path in [root, kept] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    chmod(root, 0o1777)
    chmod(kept, 0o777)
    try Data(Self.owner("linked").utf8).write(to: URL(fileURLWithPath: kept + "/owner.json"))

    // Processes of root's and of another user's, running and stopped, in every part.
    let base = try Self.forge(root, "prasess2", Self.owner())
    let victims = try [0, Self.other].flatMap { user in
      try [false, true].map {
        try Victim(user, in: base + "/run", named: "parity-prasess2", isStopped: $0)
      }
    }
    let own = try Victim(Self.mallory, in: base + "/run", named: "parity-prasess2")
    let adopters = "[\(victims.map(\.identity).joined(separator: ", "))]"
    for (index, victim) in victims.enumerated() {
      let said = Self.owner("guarded-\(index)", guardian: victim.identity, adopters: adopters)
      _ = try Self.forge(root, "guarded\(index + 2)", said)
    }
    // Links in the place of each part, and root's own below.
    let linked = try Self.forge(root, "xinked22", Self.owner("linked-inside"))
    symlink(kept, linked + "/run/out")
    symlink("/etc", linked + "/run/etc")
    mkdir(linked + "/run/roots", 0o755)
    try Data("root's".utf8).write(to: URL(fileURLWithPath: linked + "/run/roots/file"))
    let run = try Self.forge(root, "xinked33", Self.owner("linked-run"))
    rmdir(run + "/run")
    symlink(kept, run + "/run")
    let record = try Self.forge(root, "xinked44", "")
    unlink(record + "/owner.json")
    symlink(kept + "/owner.json", record + "/owner.json")
    symlink(kept, root + "/parity-xinked55")
    // What must not be waited for, or said as it is.
    let pipe = try Self.forge(root, "pipe2222", "")
    unlink(pipe + "/owner.json")
    mkfifo(pipe + "/owner.json", 0o666)
    mkdir("\(root)/parity-locks-\(Self.mallory)", 0o777)
    mkfifo("\(root)/parity-locks-\(Self.mallory)/pipe.lock", 0o666)
    for (index, lock) in ["\"pipe\"", "\"../../../etc/passwd\"", "\"\\u001b[2J\\n::error::x\""]
      .enumerated()
    {
      _ = try Self.forge(root, "xacked\(index + 2)2", Self.owner("locked-\(index)", lock: lock))
    }
    _ = try Self.forge(root, "escapes2", Self.owner("\\u001b[2J\\n::error::x"))
    _ = try Self.forge(root, "befare22", Self.owner("before", boot: "another"))
    let empty = "\(root)/parity-empty222"
    mkdir(empty, 0o700)
    chown(empty, Self.mallory, Self.mallory)

    // In its own /tmp, so that no other run's folder is looked at. This clone may lie there.
    let clone = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let mount = """
      mount --make-rprivate / && mount --bind "$0" /tmp || exit 1
      case "\(clone)" in /tmp/*) mkdir -p "\(clone)" && mount -c --bind /proc/self/fd/9 "\(clone)" || exit 1 ;; esac
      exec "$@"
      """
    let clean = try ToolRun(
      project,
      ["clean"],
      [:],
      under: ["unshare", "-m", "sh", "-c", "exec 9<\"\(clone)\"; \(mount)", root]
    )
    let result = try await clean.result()

    let alive = victims.filter { $0.isAlive }.count
    #expect(alive == victims.count, "\(result.out)")
    for _ in 0..<500 where own.isAlive { usleep(10_000) }
    #expect(!own.isAlive, "\(result.out)")
    #expect(result.status == 2, "\(result.out)\(result.err)")
    #expect(!result.out.contains("\u{1B}") && !result.out.contains("\n::"), "\(result.out)")
    // Everybody's own is gone.
    for name in ["prasess2", "xacked22", "xacked32", "xacked42", "befare22"] {
      #expect(Self.entry("\(root)/parity-\(name)") == nil, "\(name): \(result.out)")
    }
    // What is not theirs stays, with its owner and mode.
    for path in [kept + "/owner.json", linked + "/run/roots/file", "/etc/passwd"] {
      #expect(Self.entry(path)?.st_uid == 0, "\(path)")
    }
    #expect(Self.entry(kept)?.st_mode == S_IFDIR | 0o777 && Self.entry(kept)?.st_uid == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: kept)
    #expect(names == ["owner.json"])
    for path in [empty, pipe, "\(root)/parity-xinked55", record + "/owner.json"] {
      #expect(Self.entry(path) != nil, "\(path)")
    }
  }
}
