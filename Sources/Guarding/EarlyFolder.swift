internal import Glibc

/// The run's folder as the guardian knows it from its first moment, before the runner has said a
/// word: a runner may be killed while its guardian starts.
enum EarlyFolder {
  static let pathVariable = "PARITY_RUN_FOLDER"
  static let runVariable = "PARITY_RUN_ID"

  /// Nil unless the environment names a folder that was made as this very run's.
  static var path: String? {
    guard let path = value(pathVariable), let run = value(runVariable),
      let name = path.split(separator: "/").last, name.hasPrefix(RunFolder.prefix)
    else { return nil }
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    defer { close(folder) }
    return RunOwner.read(in: folder)?.runID == run ? path : nil
  }

  private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
