import ArgumentParser
import Auditing
import Rendering

struct TemplatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates",
    abstract: "Check report templates, or print what they may use.",
    subcommands: [Check.self, Fields.self]
  )

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check that templates ask only for what there is."
    )

    @Argument(help: "A folder of templates; the built-in ones without it.", completion: .directory)
    var folder: String?

    func run() async throws {
      try await concluding {
        let set = try folder.map { try TemplateSet(folder: $0) } ?? .embedded
        let problems = set.check()
        for problem in problems { Console.error(problem.description) }
        if problems.isEmpty { Console.out("\(set.files.count) templates, no mistakes\n") }
        return problems.isEmpty ? .proven : .wrongSuite
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
