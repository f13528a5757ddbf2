import Glibc
import Subprocess

/// A program that makes syntax trees, found once, and looked for nowhere else then.
struct SyntaxProgram: Hashable, Sendable {
  /// The Debian package that has it.
  let package: String
  let name: String
  let folder: String
  /// Changes when another version is installed: its size and its time.
  let identity: String

  /// What a program left behind.
  struct Answer {
    /// Nil where it was ended by a signal, by its time limit among them.
    var status: Int32?
    var output: [UInt8]
    var complaint: String
  }

  /// Nil where it is not installed.
  static let python = SyntaxProgram("python3", package: "python3")
  static let shfmt = SyntaxProgram("shfmt", package: "shfmt")

  /// The system's own comes first: one of a version manager's folder on `PATH` is a shell script
  /// that starts the real one, and costs more than all the parsing.
  ///
  /// - Parameter search: Folders, as `PATH` has them; relative ones are not looked into.
  init?(
    _ name: String,
    package: String,
    search: String = getenv("PATH").map { String(cString: $0) } ?? ""
  ) {
    let folders = ["/usr/bin"] + search.split(separator: ":").map(String.init)
    for folder in folders where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      var info = stat()
      guard access(path, X_OK) == 0, stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
        !Self.isScript(path)
      else { continue }
      self.package = package
      self.name = name
      self.folder = folder
      identity = "\(path) \(info.st_size) \(info.st_mtim.tv_sec)"
      return
    }
    return nil
  }

  private static func isScript(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return true }
    defer { fclose(file) }
    return getc(file) == Int32(UInt8(ascii: "#")) && getc(file) == Int32(UInt8(ascii: "!"))
  }

  /// Runs it with nothing of our environment; nil where it could not be run to an end.
  ///
  /// - Parameters:
  ///   - limit: Of its output, in bytes; with more the answer is nil.
  ///   - deadline: After it the program is killed, and the answer is nil.
  func run(
    _ arguments: [String],
    input: [UInt8],
    limit: Int,
    deadline: Duration
  ) async -> Answer? {
    await withTaskGroup(of: Answer?.self) { group in
      group.addTask { await finish(arguments, input: input, limit: limit) }
      group.addTask {
        try? await Task.sleep(for: deadline)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  private func finish(_ arguments: [String], input: [UInt8], limit: Int) async -> Answer? {
    do {
      let result = try await Subprocess.run(
        .name(name),
        arguments: Arguments(arguments),
        // The only folder that is looked into: nothing is tried.
        environment: .custom(["LC_ALL": "C.UTF-8", "PATH": folder]),
        input: .array(input),
        output: .bytes(limit: limit),
        error: .bytes(limit: 1 << 20)
      )
      let line = result.standardError.prefix { $0 != UInt8(ascii: "\n") }.prefix(500)
      let complaint = String(decoding: line, as: UTF8.self)
      switch result.terminationStatus {
      case .exited(let code):
        return Answer(status: code, output: result.standardOutput, complaint: complaint)
      case .signaled:
        return Answer(status: nil, output: result.standardOutput, complaint: complaint)
      }
    } catch {
      return nil
    }
  }
}
