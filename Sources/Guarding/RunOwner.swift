internal import CLinux
internal import Formats
internal import FoundationEssentials
internal import Glibc

/// Who a run folder belongs to: `owner.json` in its base.
///
/// Nothing here is believed beyond what the base's own user could do without the janitor.
struct RunOwner: Codable, Equatable, Sendable {
  static let fileName = "owner.json"
  static let temporaryName = ".owner.json.new"

  var version = 1
  var runID: String
  var bootID: String
  /// The name of the deployment's lock.
  var lockName: String?
  var runner: ProcessIdentity
  var guardian: ProcessIdentity?
  /// To whom orphans of the run fall, beside process 1.
  var adopters: [ProcessIdentity]

  static func currentBootID() -> String {
    ProcessTable.text(of: "/proc/sys/kernel/random/boot_id").map {
      $0.filter { !$0.isWhitespace }
    } ?? ""
  }

  /// The ancestors that are known to take up orphans: a user's service manager. Others may
  /// (PR_SET_CHILD_SUBREAPER), but nothing tells which, and a child of theirs would prove nothing.
  static func adopters(above processID: Int32) -> [ProcessIdentity] {
    var found: [ProcessIdentity] = []
    var next = ProcessTable.status(of: processID)?.parentID ?? 0
    for _ in 0..<64 {
      guard next > 0, let status = ProcessTable.status(of: next) else { break }
      if status.program == "systemd" {
        found.append(ProcessIdentity(processID: next, startTime: status.startTime))
      }
      next = status.parentID
    }
    return found
  }

  /// Nil if there is none or it makes no sense.
  static func read(in folder: Int32) -> RunOwner? {
    // Not blocking, in case somebody has put a pipe there.
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = shim_linux_openat(folder, fileName, flags, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    guard let owner: RunOwner = try? JSONTextDecoder().decode(from: Array(bytes[..<count])) else {
      return nil
    }
    return owner.isPlausible ? owner : nil
  }

  /// Whether a run could have written it: what it says is shown to people.
  private var isPlausible: Bool {
    UnitName.isValid(runID) && (lockName ?? "").utf8.count < 200 && adopters.count <= 64
  }

  /// Replaces the file as a whole.
  func write(in folder: Int32) throws(GuardianError) {
    guard let bytes = try? JSONTextEncoder().bytes(of: self) else {
      throw GuardianError(.invalid, Self.fileName)
    }
    unlinkat(folder, Self.temporaryName, 0)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(folder, Self.temporaryName, flags, 0o644)
    guard descriptor >= 0 else { throw .system(Self.fileName) }
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes {
      Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    guard written == bytes.count,
      renameat(folder, Self.temporaryName, folder, Self.fileName) == 0
    else {
      throw .system(Self.fileName)
    }
  }
}
