import ArgumentParser
import Auditing
import Evidence
import FoundationEssentials
import Glibc
import Reports
import Suites

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Tell what is proven on one side and not on the other.",
    discussion: """
      A side is a commit (read from git, nothing is checked out), a folder with a parity.yml or \
      with reports, or a coverage.json. By default HEAD is compared with the working tree; \
      `A..B` compares two commits, and `A...B` compares B with what it branched off from.

      Exits with 1 where there is a regression, or what `--fail-on` names: a kind of change, \
      `regression`, or `none`, several with commas. docs/diff.md lists the kinds.
      """
  )

  @Argument(help: ArgumentHelp("The older side; by default HEAD.", valueName: "a"))
  var older: String?

  @Argument(help: ArgumentHelp("The newer side; by default the working tree.", valueName: "b"))
  var newer: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of parity.yml; by default it is looked for from here upwards.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var project: String?

  @Option(help: ArgumentHelp("terminal, markdown, html, json or junit.", valueName: "format"))
  var format = Format.terminal.rawValue

  @Option(
    help: ArgumentHelp("Write there instead of to standard output.", valueName: "file"),
    completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of a Markdown comment; what has no room is left out, the least important first.",
      valueName: "bytes"
    )
  )
  var limit = DiffMarkdown.defaultLimit

  @Option(
    name: .long,
    help: ArgumentHelp("What exits with 1 instead of every regression.", valueName: "kinds")
  )
  var failOn = regression

  @Option(help: ArgumentHelp("YYYY-MM-DD; by default this day, in UTC.", valueName: "date"))
  var today: String?

  enum Format: String, CaseIterable { case terminal, markdown, html, json, junit }

  private static let regression = "regression"
  private static let none = "none"

  func validate() throws {
    if let today, !CalendarDay.isDay(today) {
      throw ValidationError(
        "--today takes a day as YYYY-MM-DD, not \"\(Console.quotable(today))\""
      )
    }
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
    let near = NearestName.of(word, among: known).map { "; did you mean \($0)?" } ?? ""
    throw ValidationError(
      "\(option) cannot be \"\(Console.quotable(word))\" (\(known.joined(separator: ", ")))\(near)"
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

  private var day: String { today ?? String(Date.now.formatted(.iso8601).prefix(10)) }

  func run() async throws {
    try await concluding {
      let sides = try await DiffSides(older, newer, project: project)
      let diff = try await sides.diff(today: day)
      let text = try rendered(diff)
      if let output {
        try AtomicFile.write(text.utf8, to: output)
        Console.out("\(diff.summary) → \(output)\n")
      } else {
        Console.out(text)
      }
      return diff.fails(on: failing) ? .refuted : .proven
    }
  }

  private func rendered(_ diff: CoverageDiff) throws -> String {
    switch Format(rawValue: format) ?? .terminal {
    case .terminal:
      let isFile = output != nil
      return DiffTerminal(
        diff,
        style: TerminalSummary.Style(
          width: isFile ? 100 : min(Console.width(STDOUT_FILENO), 120),
          hasColour: !isFile && Console.hasColour(STDOUT_FILENO)
        )
      ).rendered()
    case .markdown: return DiffMarkdown(diff, limit: limit).rendered()
    case .html: return try DiffHTML(diff).rendered()
    case .json: return DiffJSON(diff).rendered()
    case .junit: return try DiffJUnit(diff, failOn: failing).rendered()
    }
  }
}
