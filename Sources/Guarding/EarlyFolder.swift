internal import CLinux
internal import Glibc

/// The base of the run's folder as the guardian knows it from its first moment, before the runner has
/// said a word: a runner may be killed while its guardian starts.
enum EarlyFolder {
  static let pathVariable = "PARITY_RUN_FOLDER"
  static let runVariable = "PARITY_RUN_ID"

  /// Removes it where it was made as this very run's; nothing is in its folder yet.
  static func remove() {
    guard let path = value(pathVariable), let run = value(runVariable),
      RunFolder.isName(RunFolder.token(of: path))
    else { return }
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    var status = stat()
    guard fstat(folder, &status) == 0, RunOwner.read(in: folder)?.runID == run else { return }
    RunFolder.removeHull(path, ownedBy: status.st_uid)
  }

  private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
