import ArgumentParser
import Auditing
import Files
import FoundationEssentials
import Reports

struct TemplatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates",
    abstract: "Check or export report templates, or print the names that they may use.",
    subcommands: [Check.self, Export.self, Fields.self]
  )

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check that templates use known names only."
    )

    @Argument(help: "A folder of templates; the built-in ones without it.", completion: .directory)
    var folder: String?

    func run() async throws {
      try await concluding {
        let set = try TemplateFolder.read(folder)
        let problems = set.check()
        for problem in problems { Console.error(problem.description) }
        if problems.isEmpty { Console.out("\(set.files.count) templates, no mistakes\n") }
        return problems.isEmpty ? .proven : .wrongSuite
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Write the built-in templates into a new folder, to be changed.",
      discussion: """
        `parity report --templates` takes the folder; what is deleted from it is taken from the built-in ones. \
        A template `text/NAME.mustache` makes a file NAME of one's own beside the other reports.
        """
    )

    @Argument(help: "The folder, which must not be there yet.", completion: .directory)
    var folder: String

    func run() async throws {
      try await concluding {
        guard Console.isFolder(folder) == nil else {
          throw Failure(.wrongUsage, "\"\(Console.quotable(folder))\" exists already")
        }
        let files = TemplateSet.embedded.files.sorted { $0.key < $1.key }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let root = try DiskPath(folder).resolved().description
        let new = files.map { NewFile($0.key, Array($0.value.utf8)) }
        try SuiteWriter.write(new, to: root, in: FileTree(root))
        for (name, _) in files { Console.out("\(folder)/\(name)\n") }
        return .proven
      }
    }
  }

  struct Fields: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fields",
      abstract: "Print the names that templates of each format may use."
    )

    func run() async throws {
      for format in TemplateFormat.allCases {
        Console.out(TemplateSet.documentation(of: format) + "\n")
      }
    }
  }
}

/// Templates of a folder that a person named.
enum TemplateFolder {
  /// The built-in ones where there is no folder; one that is not there would silently be them too.
  static func read(_ folder: String?) throws -> TemplateSet {
    guard let folder else { return .embedded }
    guard let isFolder = Console.isFolder(folder) else {
      throw Failure(.wrongUsage, "folder \"\(Console.quotable(folder))\" does not exist")
    }
    guard isFolder else {
      throw Failure(.wrongUsage, "\"\(Console.quotable(folder))\" is not a folder of templates")
    }
    return try TemplateSet(folder: folder)
  }
}
