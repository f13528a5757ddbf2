import Glibc
import Programs

/// A program that makes syntax trees, found once.
struct SyntaxProgram: Hashable, Sendable {
  let program: Program
  /// Changes when another version is installed: its path, its size and its time.
  let identity: String

  /// Nil where it is not installed.
  static let python = SyntaxProgram("python3")
  static let shfmt = SyntaxProgram("shfmt")

  /// The system's own comes first: one of a version manager's folder on `PATH` is a shell script
  /// that starts the real one, and costs more than all the parsing.
  ///
  /// - Parameter search: Folders, as `PATH` has them; relative ones are not looked into.
  init?(_ name: String, search: String = getenv("PATH").map { String(cString: $0) } ?? "") {
    for folder in ["/usr/bin"] + search.split(separator: ":").map(String.init) {
      var info = stat()
      guard let program = Program.find(name, path: folder), stat(program.path, &info) == 0,
        !Self.isScript(program.path)
      else { continue }
      self.program = program
      identity = "\(program.path) \(info.st_size) \(info.st_mtim.tv_sec)"
      return
    }
    return nil
  }

  private static func isScript(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return true }
    defer { fclose(file) }
    return getc(file) == Int32(UInt8(ascii: "#")) && getc(file) == Int32(UInt8(ascii: "!"))
  }

  /// Of util-linux, which every Debian has.
  private static let prlimit = Program.find("prlimit", path: "/usr/bin:/bin")

  /// Runs it with nothing of our environment; nil where it cannot be run, or says more than a
  /// number of bytes.
  ///
  /// - Parameter seconds: of the processor's time, after which it is killed; nil where it limits
  ///   itself.
  func run(
    _ arguments: [String],
    input: [UInt8],
    limit: Int,
    seconds: Int? = nil,
    deadline: Duration
  ) async -> CommandOutput? {
    var program = program
    var argv = [program.path] + arguments
    if let seconds, let prlimit = Self.prlimit {
      program = prlimit
      argv = [prlimit.path, "--cpu=\(seconds)", "--"] + argv
    }
    let command = Command(
      argv: argv,
      stdin: input,
      environment: ["LC_ALL": "C.UTF-8"],
      deadline: deadline,
      outputLimit: limit
    )
    guard let output = try? await program.run(command), !output.isCut else { return nil }
    return output
  }
}
