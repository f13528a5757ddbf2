internal import CLinux
import Deployments
import FoundationEssentials
import Glibc
import Suites

/// What the hooks before a backup write, among the paths that the labels declare.
///
/// These files still lie in the volumes when the restore begins. A hook after the restore would load
/// them whether or not they ever were in the snapshot, so they are taken away first.
extension LocalHost {
  /// A file as it is now; another one after it was written again.
  struct FileStamp: Equatable, Sendable {
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int

    /// Nil for what is no file. Follows no link.
    init?(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      inode = UInt(status.st_ino)
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  func dumpFiles(_ plan: BackupPlan) -> [String: FileStamp] {
    let volumes = "\(root)/volumes"
    var stamps: [String: FileStamp] = [:]
    for path in plan.dumpPlaces.map(\.name) {
      stamps[path] = FileStamp("\(volumes)/\(path)")
      let below = FileManager.default.subpathsOfFolder("\(volumes)/\(path)")
      for name in below { stamps["\(path)/\(name)"] = FileStamp("\(volumes)/\(path)/\(name)") }
    }
    return stamps
  }

  /// Removes the hooks' files, as the services' user.
  func removeDumps(_ plan: BackupPlan) async throws(DeploymentError) {
    let output = try await bench().run(
      argv: ["xargs", "-0", "rm", "-f", "--"],
      environment: ["PATH": search.searchPath, "LANG": "C.UTF-8"],
      folder: "\(root)/volumes",
      stdin: Array(dumps.joined(separator: "\0").utf8)
    )
    note(
      Operation(
        name: "remove what the hooks had written",
        ending: output.succeeded ? .succeeded : .broken("rm: \(output.ending)"),
        duration: output.duration,
        facts: ["files": String(dumps.count)]
      )
    )
    guard output.succeeded else {
      throw DeploymentError(
        .driverBroken,
        "the dumps of the backup cannot be removed before the restore: \(output.lastLine)"
      )
    }
  }
}

extension FileManager {
  /// Empty where there is no folder.
  fileprivate func subpathsOfFolder(_ path: String) -> [String] {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
    return (try? subpathsOfDirectory(atPath: path)) ?? []
  }
}
