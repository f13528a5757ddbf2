import ArgumentParser
import Auditing
import FoundationEssentials
import Reports
import Suites

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Begin a suite that runs at once.",
    discussion: """
      Makes <suites>/<recipe>/ with a small recipe of one web server and a suite that already goes \
      through install, backup, restore and one functional check. Put your own recipe and services \
      in their place, one at a time. Nothing that exists is replaced.

      Where there is no parity.yml in this folder or above it, one is made here.
      """
  )

  @Argument(help: "The recipe's name.")
  var recipe: String

  @Option(
    name: .long,
    help: ArgumentHelp("The folder of parity.yml.", valueName: "folder"),
    completion: .directory
  )
  var project: String?

  func run() async throws {
    try await concluding {
      guard Project.isRecipeName(recipe) else {
        throw Failure(
          .wrongUsage,
          "\"\(Console.quotable(recipe))\" is no recipe name: letters, digits, - _ . only"
        )
      }
      let here = FileManager.default.currentDirectoryPath
      if project == nil, try ProjectLoader.nearest(to: here) == nil {
        let path = "\(here)/\(ProjectLoader.fileName)"
        try AtomicFile.write(Array(NewSuite.projectFile.utf8), to: path)
        Console.out("\(ProjectLoader.fileName)\n")
      }
      let workspace = try Workspace(folder: project)
      let folder = workspace.project.suiteFolder(of: recipe)
      guard !FileManager.default.fileExists(atPath: folder) else {
        throw Failure(.wrongUsage, "\(workspace.shown(folder)) exists already")
      }
      for (path, content) in NewSuite.files(recipe: recipe) {
        let full = "\(folder)/\(path)"
        let parent = full.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try FileManager.default.createDirectory(
          atPath: parent,
          withIntermediateDirectories: true
        )
        try AtomicFile.write(Array(content.utf8), to: full)
        Console.out("\(workspace.shown(full))\n")
      }
      Console.out("\nNow: parity list \(recipe); parity run \(recipe)\n")
      return .proven
    }
  }
}
