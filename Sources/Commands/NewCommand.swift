import ArgumentParser
import Auditing
import Files
import FoundationEssentials
import Reports
import Suites

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create a suite that runs at once.",
    discussion: """
      Creates <suites>/<recipe>/ with a small recipe of one web server and a suite with install, \
      backup, restore and one functional check. Replace recipe and services by your own, one at a \
      time. No existing file is replaced.

      If there is no parity.yml in this folder or above it, one is created here.
      """
  )

  @Argument(help: "The recipe's name.")
  var recipe: String

  @OptionGroup var location: ProjectOption

  func run() async throws {
    try await concluding {
      guard Project.isRecipeName(recipe) else {
        throw Failure(
          .wrongUsage,
          "\"\(Console.quotable(recipe))\" is not a recipe name: letters, digits, - _ . only"
        )
      }
      let here = FileManager.default.currentDirectoryPath
      if location.project == nil, try ProjectLoader.nearest(to: here) == nil {
        let path = "\(here)/\(ProjectLoader.fileName)"
        try AtomicFile.write(NewSuite.projectFile.utf8, to: path, in: FileTree(here))
        Console.out("\(ProjectLoader.fileName)\n")
      }
      let workspace = try Workspace(folder: location.project)
      let folder = workspace.project.suiteFolder(of: recipe)
      guard !FileManager.default.fileExists(atPath: folder) else {
        throw Failure(.wrongUsage, "\(workspace.shown(folder)) exists already")
      }
      let tree = workspace.tree(of: folder)
      for (path, content) in NewSuite.files(recipe: recipe) {
        let full = "\(folder)/\(path)"
        let parent = full.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try tree.makeFolder(parent)
        try AtomicFile.write(content.utf8, to: full, in: tree)
        Console.out("\(workspace.shown(full))\n")
      }
      Console.out("\nNow: parity list \(recipe); parity run \(recipe)\n")
      return .proven
    }
  }
}
