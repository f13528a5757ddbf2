import ArgumentParser
import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Glibc
import Reports
import Suites

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare the coverage of two commits.",
    discussion: """
      Each side is a commit (read from git, nothing is checked out), a folder with a parity.yml \
      or with reports, or a coverage.json. By default HEAD is compared with the working tree; \
      `A..B` compares two commits, and `A...B` compares B with the commit that it branched off \
      from.

      Exits with 1 on a regression, or on what `--fail-on` names: a kind of change, \
      `regression`, or `none`, several with commas. docs/diff.md lists the kinds.
      """
  )

  @Argument(help: ArgumentHelp("The older side; by default HEAD.", valueName: "a"))
  var older: String?

  @Argument(help: ArgumentHelp("The newer side; by default the working tree.", valueName: "b"))
  var newer: String?

  @OptionGroup var location: ProjectOption

  @Option(
    help: ArgumentHelp("terminal, markdown, html, json or junit.", valueName: "format"),
    completion: .list(Format.allCases.map(\.rawValue))
  )
  var format = Format.terminal.rawValue

  @Option(
    help: ArgumentHelp("Write there instead of to standard output.", valueName: "file"),
    completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of a Markdown comment; the least important changes are left out first.",
      valueName: "bytes"
    )
  )
  var limit = DiffMarkdown.defaultLimit

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The changes that exit with 1, instead of every regression.",
      valueName: "kinds"
    )
  )
  var failOn = regression

  @OptionGroup var todayOption: TodayOption
  @OptionGroup var ciOptions: CIOptions

  enum Format: String, CaseIterable { case terminal, markdown, html, json, junit }

  private static let regression = "regression"
  private static let none = "none"

  func validate() throws {
    try Self.check(format, "--format", among: Format.allCases.map(\.rawValue))
    for kind in kindNames { try Self.check(kind, "--fail-on", among: Self.kindNames) }
    if kindNames.count > 1, kindNames.contains(Self.none) {
      throw ValidationError("--fail-on none stands alone, not beside \"\(failOn)\"")
    }
    if limit < DiffMarkdown.leastLimit {
      throw ValidationError("--limit takes at least \(DiffMarkdown.leastLimit) bytes, not \(limit)")
    }
    if limit != DiffMarkdown.defaultLimit, format != Format.markdown.rawValue {
      throw ValidationError("--limit belongs to --format markdown")
    }
  }

  private static var kindNames: [String] {
    [regression, none] + CoverageChange.Kind.allCases.map(\.rawValue)
  }

  private static func check(_ word: String, _ option: String, among known: [String]) throws {
    if known.contains(word) { return }
    throw ValidationError(
      "\(option) cannot be \"\(Console.quotable(word))\" (\(known.joined(separator: ", ")))"
        + NearestName.hint(for: word, among: known)
    )
  }

  private var kindNames: [String] {
    failOn.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private var failing: CoverageDiff.FailOn {
    CoverageDiff.FailOn(
      regressions: kindNames.contains(Self.regression),
      kinds: Set(kindNames.compactMap(CoverageChange.Kind.init))
    )
  }

  func run() async throws {
    try await concluding {
      // What is printed for a program is all that is printed.
      let isForPeople = output != nil || format == Format.terminal.rawValue
      let workspace = try? await location.workspace()
      let ci = CIOutput(isForPeople ? ciOptions.ci : .none, workspace, writesReports: false)
      defer { ci.conclude() }
      let sides = try await DiffSides(older, newer, in: location)
      let diff = try await sides.diff(today: todayOption.day)
      ci.add(diff, failOn: failing)
      let text = try rendered(diff)
      if let output {
        let place = FileTree.place(of: output)
        do throws(FileError) {
          try AtomicFile.write(text.utf8, to: place.name, in: place.tree)
        } catch {
          throw FileError(error.code, output, error.action)
        }
        Console.out("\(diff.summary) → \(output)\n")
      } else {
        switch Format(rawValue: format) ?? .terminal {
        case .terminal: Console.out(text)
        case .json: Console.json(text)
        case .markdown, .html, .junit: Console.data(text)
        }
      }
      return diff.fails(on: failing) ? .refuted : .proven
    }
  }

  private func rendered(_ diff: CoverageDiff) throws -> String {
    switch Format(rawValue: format) ?? .terminal {
    case .terminal:
      let style =
        output == nil ? Console.style : TerminalSummary.Style(width: 100, hasColour: false)
      return DiffTerminal(diff, style: style).rendered()
    case .markdown: return DiffMarkdown(diff, limit: limit).rendered()
    case .html: return try DiffHTML(diff).rendered()
    case .json: return DiffJSON(diff).rendered()
    case .junit: return try DiffJUnit(diff, failOn: failing).rendered()
    }
  }
}
