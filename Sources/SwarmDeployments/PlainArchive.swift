internal import Glibc
internal import Guarding
internal import Programs

/// Small archives of files and folders that are root's, made by `tar`.
enum PlainArchive {
  /// Empty folders, outermost first; relative paths.
  static func folders(_ paths: [String]) async throws(EngineError) -> [UInt8] {
    try await pack(paths, mode: "755") { folder throws(EngineError) in
      for path in paths where mkdir("\(folder)/\(path)", 0o700) != 0 { throw .system(path) }
    }
  }

  /// One file.
  static func file(_ name: String, _ content: [UInt8]) async throws(EngineError) -> [UInt8] {
    try await pack([name], mode: "644") { folder throws(EngineError) in
      do throws(GuardianError) {
        try PrivateFile.write(content, to: "\(folder)/\(name)")
      } catch {
        throw EngineError(.unreachable, error.description)
      }
    }
  }

  private static func pack(
    _ names: [String],
    mode: String,
    _ make: (String) throws(EngineError) -> Void
  ) async throws(EngineError) -> [UInt8] {
    guard let tar = Program.find("tar") else {
      throw EngineError(.missing, "tar: no such program")
    }
    let folder: PrivateFolder
    do throws(GuardianError) {
      folder = try PrivateFolder()
    } catch {
      throw EngineError(.unreachable, error.description)
    }
    try make(folder.path)
    let options = ["--create", "--format=ustar", "--no-recursion", "--owner=0", "--group=0"]
    let command = Command(
      argv: ["tar"] + options + ["--mode=\(mode)", "--"] + names,
      environment: ["LC_ALL": "C"],
      folder: folder.path,
      outputLimit: 64 << 20
    )
    let output: CommandOutput
    do throws(ProgramError) {
      output = try await tar.run(command)
    } catch {
      throw EngineError(.unreachable, error.description)
    }
    guard output.succeeded else { throw EngineError(.unreachable, "tar: \(output.lastLine)") }
    return output.stdout
  }
}
