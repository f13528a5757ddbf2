internal import CLinux
internal import Files
internal import Glibc
internal import Synchronization

/// A folder that only this process's own user can enter: what no service may reach, such as sockets
/// that lead to an engine. It goes with the last reference.
///
/// It is called as this process is. Where the process was killed, the next one that makes such a
/// folder removes it, and so does the janitor.
package final class PrivateFolder: Sendable {
  package let path: String
  private static let count = Atomic<Int>(0)

  /// - Throws: `.foreign` or `.unsafePath` where somebody else may change what is around it, `.system`.
  package init() throws(GuardianError) {
    guard let own = ProcessIdentity(getpid()) else { throw .system("/proc/self/stat") }
    let root = try RuntimeFolder.make("private")
    Self.removeOrphans()
    let number = Self.count.add(1, ordering: .relaxed).newValue
    path = "\(root)/\(Self.processes)-\(own.processID)-\(own.startTime)-\(number)"
    guard mkdir(path, 0o700) == 0 else { throw .system(path) }
  }

  deinit { _ = FolderRemoval.remove(path) }

  /// - Returns: the paths that are still there.
  package func remove() -> [String] { FolderRemoval.remove(path) }

  /// The kernel's number for the process ids that are seen here; others say nothing about life.
  private static var processes: String {
    (ProcessTable.link("/proc/self/ns/pid") ?? "").filter(\.isNumber)
  }

  /// Removes the private folders of this user's dead processes.
  static func removeOrphans() {
    guard let root = try? RuntimeFolder.make("private") else { return }
    for name in FolderRemoval.names(inFolderAt: root) {
      let parts = name.split(separator: "-")
      guard parts.count == 4, parts[0] == processes, let process = Int32(parts[1]),
        let start = UInt64(parts[2]),
        !ProcessIdentity(processID: process, startTime: start).isAlive
      else { continue }
      _ = FolderRemoval.remove("\(root)/\(name)")
    }
  }
}
