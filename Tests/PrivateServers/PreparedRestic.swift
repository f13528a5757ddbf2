import Foundation

/// A `restic` for tests that begins a repository as a copy of a prepared one, because deriving new keys takes
/// seconds. All else is done by the real one.
package enum PreparedRestic {
  /// The folder that the program stands in, for a suite's `search:`; made once a process, and gone with it.
  ///
  /// - Throws: Where the repository cannot be made.
  package static var folder: String { get throws { try made.get() } }

  private static let made = Result<String, any Error> { try make() }

  private static var place: String {
    FileManager.default.temporaryDirectory.path + "/of-restic-\(getpid())"
  }

  private static func make() throws -> String {
    let folder = place
    atexit { try? FileManager.default.removeItem(atPath: PreparedRestic.place) }
    try FileManager.default.createDirectory(
      atPath: folder + "/bin",
      withIntermediateDirectories: true
    )
    // Drivers run it as the user of the services.
    chmod(folder, 0o755)
    try execute(
      ["/usr/bin/restic", "--repo", folder + "/repository", "--no-cache", "init", "--quiet"]
    )
    try execute(["chmod", "-R", "a+rX", folder + "/repository"])
    let program = """
      #!/bin/sh
      # Restic, begun from a prepared repository: restic --repo FOLDER … init …
      export RESTIC_PASSWORD=prepared
      case " $* " in
        *" init "*) exec cp -r "\(folder)/repository" "$2" ;;
      esac
      exec /usr/bin/restic "$@"

      """
    try Data(program.utf8).write(to: URL(fileURLWithPath: folder + "/bin/restic"))
    chmod(folder + "/bin/restic", 0o755)
    return folder + "/bin"
  }

  private static func execute(_ arguments: [String]) throws {
    let process = try Spawn.start(
      arguments,
      environment: ["RESTIC_PASSWORD": "prepared"],
      input: nil,
      output: nil
    )
    let status = Spawn.wait(for: process)
    guard status == 0 else { throw FixtureError("\(arguments[0]) ended with \(status)") }
  }
}
