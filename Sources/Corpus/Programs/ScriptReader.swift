import Formats
import Programs

/// Reads scripts by the program in `Reading/`, which python3 runs: one process for many folders.
///
/// Nothing of a script is imported or executed: Python is parsed by `ast`, of shell the program gets
/// what shfmt made of it. It runs isolated from the environment and without site packages
/// (`-I -S`), limits its own memory, and ends itself where one script takes too long. What script
/// that was is seen by the answers that came before; the rest goes to another process.
struct ScriptReader: Sendable {
  /// What came of one folder.
  struct Folder: Sendable {
    var units: [CorpusUnit] = []
    /// What the program wrote of each script; nil where one was not read for a reason that may be
    /// gone another time.
    var values: [JSONValue]? = []
  }

  /// In bytes of source for one process; more are read by several, two at a time.
  static let batchLimit = 1 << 20
  /// For one script, in seconds of the processor's time: a busy machine changes nothing.
  static let scriptSeconds = 10
  /// Scripts that may each end a process before the rest is given up.
  private static let crashLimit = 4

  var python = SyntaxProgram.python
  var shfmt = SyntaxProgram.shfmt

  /// What is read of folders, in their order.
  func read(_ folders: [ScriptFolder]) async -> [Folder] {
    let parsed = await withTrees(folders)
    var batches: [[ScriptFolder]] = []
    var size = 0
    for folder in parsed {
      let own = folder.files.reduce(0) { $0 + $1.text.count }
      if batches.isEmpty || size + own > Self.batchLimit {
        batches.append([])
        size = 0
      }
      batches[batches.count - 1].append(folder)
      size += own
    }
    guard let python else {
      return folders.map { folder in
        let reason = "python3 is not installed (package python3)"
        return Folder(units: folder.scripts.map { $0.unit(unread: reason) }, values: nil)
      }
    }
    return await inParallel(batches, width: 2) { await Self.read($0, python) }.flatMap { $0 }
  }

  private func withTrees(_ folders: [ScriptFolder]) async -> [ScriptFolder] {
    var places: [(folder: Int, file: Int)] = []
    for (index, folder) in folders.enumerated() {
      for (place, file) in folder.files.enumerated() where file.script?.unreadable == nil {
        if file.language == .shell || file.language == .bats { places.append((index, place)) }
      }
    }
    let sources = places.map { place in
      let file = folders[place.folder].files[place.file]
      return (file.text, ShellSyntax.dialect(of: file.path, file.text))
    }
    var folders = folders
    for (place, tree) in zip(places, await ShellSyntax(program: shfmt).trees(of: sources)) {
      folders[place.folder].files[place.file].tree = tree
    }
    return folders
  }

  private static func read(_ folders: [ScriptFolder], _ program: SyntaxProgram) async -> [Folder] {
    results(of: folders, await answers(of: folders, program))
  }

  /// What the program says of each script; nil where it could not be read in time.
  static func answers(
    of folders: [ScriptFolder],
    _ program: SyntaxProgram
  ) async -> [JSONValue?] {
    let scripts = folders.flatMap(\.scripts)
    var answers: [JSONValue?] = []
    var crashes = 0
    while answers.count < scripts.count, crashes < crashLimit {
      let output = await program.run(
        arguments,
        input: input(of: folders, without: answers.count),
        limit: 512 << 20,
        deadline: .seconds(600)
      )
      answers += Self.answers(in: output?.stdout ?? []).prefix(scripts.count - answers.count)
      if answers.count < scripts.count {
        answers.append(nil)
        crashes += 1
      }
    }
    return answers + Array(repeating: nil, count: scripts.count - answers.count)
  }

  static func results(of folders: [ScriptFolder], _ answers: [JSONValue?]) -> [Folder] {
    var rest = answers[...]
    return folders.map { folder in
      var result = Folder()
      for file in folder.files {
        guard let script = file.script else { continue }
        let value = rest.popFirst() ?? nil
        if let value, let units = value.arrayValue.flatMap({ _ in script.units(from: value) }) {
          result.units += units
          result.values?.append(value)
          if case .failed = file.tree { result.values = nil }
        } else {
          let reason = "python3 could not read it within \(scriptSeconds) s"
          result.units.append(script.unit(unread: reason))
          result.values = nil
        }
      }
      return result
    }
  }

  // MARK: The program

  private static let source = [
    PackageResources.values_py, PackageResources.follower_py, PackageResources.commands_py,
    PackageResources.python_py, PackageResources.objects_py, PackageResources.library_py,
    PackageResources.words_py, PackageResources.shell_py, PackageResources.tools_py,
    PackageResources.units_py, PackageResources.outline_py, PackageResources.program_py,
  ].flatMap { $0 + [UInt8(ascii: "\n")] }

  /// The program is longer than an argument may be, so that it comes before its input.
  static let arguments = [
    "-I", "-S", "-W", "ignore", "-c",
    "import sys; exec(sys.stdin.buffer.read(int(sys.argv[2])).decode())", "\(scriptSeconds)",
    "\(source.count)",
  ]

  /// The program, and folders as it reads them.
  ///
  /// - Parameter count: How many scripts have their answers already.
  static func input(of folders: [ScriptFolder], without count: Int = 0) -> [UInt8] {
    var bytes = source
    var left = count
    for folder in folders {
      bytes += Array("\(folder.files.count)\n".utf8)
      for file in folder.files {
        let isRead = file.script != nil && left == 0
        if file.script != nil, left > 0 { left -= 1 }
        let tree: [UInt8] = if case .json(let json) = file.tree { json } else { [] }
        let problem = problem(of: file)
        let isWhole = file.script?.unreadable == nil
        let line = isWhole ? CorpusScript.firstLineThatIsNotUTF8(file.script?.bytes ?? []) : nil
        let header: JSONValue = [
          "path": .string(file.path), "language": .string(file.language.rawValue),
          "reading": .string(isRead ? folder.reading.rawValue : ""),
          "size": .int(Int64(file.text.count)), "tree": .int(Int64(tree.count)),
          "lines": .int(Int64(file.script?.lineCount ?? 1)),
          "other": line.map { .int(Int64($0)) } ?? .null,
          "problem": problem.map { [.int(Int64($0.line)), .string($0.reason)] } ?? .null,
        ]
        bytes += Array("\(header)\n".utf8) + file.text + tree
      }
    }
    return bytes
  }

  private static func problem(of file: ScriptFolder.File) -> (line: Int, reason: String)? {
    if let reason = file.script?.unreadable { return (1, reason) }
    switch file.tree {
    case .json: return nil
    case .unread(let line): return (line, "cannot be parsed as shell")
    case .failed(let reason): return (1, reason)
    }
  }

  /// What the program wrote, a line a script. Of what was ended half way the last line is no answer.
  static func answers(in output: [UInt8]) -> [JSONValue?] {
    let newline = UInt8(ascii: "\n")
    let whole = output.prefix((output.lastIndex(of: newline) ?? -1) + 1)
    return whole.split(separator: newline).map { try? JSONParser(depthLimit: 16).parse(Array($0)) }
  }
}
