import Auditing
import Drafting
import Files
import FoundationEssentials
import Glibc
import Suites

/// A file of a new suite, below the suite's folder.
struct NewFile {
  var path: String
  var content: [UInt8]
  var isExecutable = false

  init(_ path: String, _ content: [UInt8], isExecutable: Bool = false) {
    (self.path, self.content, self.isExecutable) = (path, content, isExecutable)
  }
}

/// Writes new suites and their lines in `parity.yml`: all of them or nothing, and over no file.
struct SuiteWriter {
  let workspace: Workspace

  /// The project, begun here where there is none.
  static func project(_ location: ProjectOption) async throws -> Workspace {
    let here = FileManager.default.currentDirectoryPath
    if location.project == nil, try ProjectLoader.nearest(to: here) == nil {
      let tree = FileTree(here)
      for (name, content) in NewSuite.projectFiles where tree.kind("\(here)/\(name)") == nil {
        try AtomicFile.write(content.utf8, to: "\(here)/\(name)", in: tree)
        Console.out("\(name)\n")
      }
    }
    return try await location.workspace()
  }

  /// - Throws: where one of the suites is there already.
  func requireAbsent(_ recipes: [String]) throws {
    let there = recipes.map(workspace.project.suiteFolder).filter {
      FileManager.default.fileExists(atPath: $0)
    }
    guard there.isEmpty else {
      let shown = there.map { "\(workspace.shown($0)) exists already" }
      throw Failure(.wrongUsage, shown.joined(separator: "\n"))
    }
  }

  /// Writes the files of each suite, and then the lines of `parity.yml`.
  func write(_ suites: [(recipe: String, files: [NewFile])], _ entries: [ProjectEntry] = []) throws
  {
    try requireAbsent(suites.map(\.recipe))
    let (text, lines) = try added(entries)
    let tree = workspace.tree(of: workspace.project.suites)
    var made: [String] = []
    do {
      for suite in suites {
        let folder = workspace.project.suiteFolder(of: suite.recipe)
        let staged = "\(workspace.project.suites)/.\(suite.recipe).\(getpid())"
        made.append(staged)
        try Self.write(suite.files, to: staged, in: tree)
        try tree.move(staged, to: folder)
        made[made.count - 1] = folder
      }
      if let text {
        let path = "\(workspace.project.folder)/\(ProjectLoader.fileName)"
        try AtomicFile.write(text.utf8, to: path, in: workspace.tree(of: path))
      }
    } catch {
      for folder in made { tree.remove(folder) }
      throw error
    }
    for suite in suites {
      let folder = workspace.shown(workspace.project.suiteFolder(of: suite.recipe))
      for file in suite.files { Console.out("\(folder)/\(file.path)\n") }
    }
    for line in lines { Console.out("parity.yml: recipes: \(line)\n") }
  }

  /// Writes files into a folder that does not exist yet.
  static func write(_ files: [NewFile], to folder: String, in tree: FileTree) throws {
    for file in files {
      let path = "\(folder)/\(file.path)"
      try tree.makeFolder(path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 })
      let descriptor = try tree.open(
        path,
        O_WRONLY | O_CREAT | O_EXCL,
        mode: file.isExecutable ? 0o777 : 0o666
      )
      defer { close(descriptor) }
      if let failure = DiskPath.write(file.content, to: descriptor) {
        throw FileError(failure, path, "cannot be written")
      }
    }
  }

  /// `parity.yml` with the lines of recipes that it lacks; nil where it lacks none.
  private func added(_ entries: [ProjectEntry]) throws -> (text: String?, lines: [String]) {
    let project = workspace.project
    for entry in entries {
      guard let other = project.recipes[entry.recipe], other != entry.source else { continue }
      let shown =
        switch other {
        case .folder(let path): workspace.shown(path)
        case .git(let git): "\(git.address)"
        }
      throw Failure(
        .wrongUsage,
        "recipe \(entry.recipe) is at \(shown) in parity.yml, not at \(entry.shown)"
      )
    }
    let missing = entries.filter { project.recipes[$0.recipe] == nil }
    if missing.isEmpty { return (nil, []) }
    let path = "\(project.folder)/\(ProjectLoader.fileName)"
    var text = String(
      validating: try workspace.tree(of: path).contents(path),
      as: UTF8.self
    )
    // Each goes to the top, so that the last is added first.
    for entry in missing.reversed() {
      text = text.flatMap { entry.added(to: $0, folder: project.folder) }
    }
    guard let text else {
      let lines = missing.map { "`\($0.line)`" }.joined(separator: ", ")
      throw Failure(
        .wrongUsage,
        "parity.yml is of a form that is not edited here: add \(lines) under `recipes`, then run this "
          + "again"
      )
    }
    return (text, missing.map(\.line))
  }

  // MARK: What is open

  /// What only a person can say, with its place.
  func open(_ draft: SuiteDraft, of recipe: String) -> [String] {
    let folder = workspace.shown(workspace.project.suiteFolder(of: recipe))
    let questions = draft.files.flatMap { file in
      file.questions.map { "\(folder)/\(file.path):\($0.line): \($0.text)" }
    }
    return questions + draft.notes
  }

  func sayNext(_ recipe: String) {
    var next = "\nNow: parity list \(recipe); parity run \(recipe)\n"
    if workspace.project.corpus == nil {
      next += """
        First say under `corpus` in parity.yml where the older scripts are, or why there are none: until \
        then a run ends with 2.

        """
    }
    Console.out(next)
  }
}
