import ArgumentParser
import Auditing
import Deployments
import Drivers
import Evidence
import FoundationEssentials
import Glibc
import HTTPRequests
import Running
import Suites

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Take recipes through their life, audit what that proved, write the reports.",
    discussion: """
      Stages: install, upgrade, backup, restore, functional, teardown. Teardown always happens, \
      also after Ctrl-C. A full run by the driver named under `publish:` in parity.yml replaces \
      PARITY.md and coverage.json; other runs write below reports/<recipe>/runs/<id>/.

        parity run plausible
        parity run plausible --until restore       stop after a stage
        parity run plausible --base 3.0.0+v2.0.0   upgrade from this version
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("What puts the recipe up: local.", valueName: "name"))
  var driver: String?

  @Option(help: ArgumentHelp("The version to upgrade from; a tag of the recipe.", valueName: "tag"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "The last stage to run before teardown: \(StageName.list).",
      valueName: "stage"
    ),
    completion: .list(StageName.allCases.map(\.rawValue)),
    transform: StageName.read
  )
  var until: StageName?

  @Flag(help: "Replace PARITY.md and coverage.json also after a partial run or by another driver.")
  var publish = false

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @Flag(help: "Do not wait for another run of the same recipe: exit with 2 and name it.")
  var noWait = false

  @OptionGroup var ciOptions: CIOptions

  func run() async throws {
    try await concluding {
      let workspace = try await Workspace(folder: options.project).withCorpus()
      let ci = CIOutput(ciOptions.ci, workspace, writesReports: true)
      defer { ci.conclude() }
      let recipes = try workspace.recipes(options.recipes)
      // Everything that can be wrong in files is told before anything is started.
      var jobs: [RunJob] = []
      var mistakes = Mistakes()
      for recipe in recipes {
        try await mistakes.collecting { jobs.append(try await job(recipe, workspace, ci)) }
      }
      try mistakes.conclude()
      var worst = ExitStatus.proven
      for job in jobs {
        let status = try await job.run()
        if status.precedence > worst.precedence { worst = status }
        if job.wasInterrupted { break }
      }
      return worst
    }
  }

  private func job(_ recipe: String, _ workspace: Workspace, _ ci: CIOutput) async throws
    -> RunJob
  {
    let loaded = try workspace.suite(recipe)
    let suite = loaded.suite
    let name = try workspace.driverName(driver, suite)
    guard suite.dependencies.isEmpty else {
      throw Failure(
        .wrongSuite,
        "\(recipe) needs \(suite.dependencies.joined(separator: ", ")) beside it, and this version "
          + "runs one recipe at a time: it would be tested without them"
      )
    }
    guard let settings = suite.local else {
      throw Failure(
        .wrongSuite,
        "\(recipe) has no local.yml, which the driver local needs"
      )
    }
    try workspace.requireWritable(
      recipe,
      publishing: publish || (until ?? .functional) == .functional && workspace.publishes(name)
    )
    let planner = RunPlanner(
      workspace: workspace,
      suite: suite,
      checkout: try await workspace.recipeSource(recipe),
      driver: name,
      askedBase: base,
      lastStage: until?.stage ?? .functional
    )
    return RunJob(
      workspace: workspace,
      suite: suite,
      settings: settings,
      planner: planner,
      plan: try await planner.plan().plan,
      publish: publish,
      strict: strict,
      waits: !noWait,
      ci: ci
    )
  }
}

/// A stage as an argument.
enum StageName: String, CaseIterable {
  case install, upgrade, backup, restore, functional

  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

  static func read(_ text: String) throws -> StageName {
    if let stage = StageName(rawValue: text) { return stage }
    let names = allCases.map(\.rawValue)
    if text == Stage.teardown.rawValue {
      throw ValidationError("teardown always runs; a run that ends before it is not made")
    }
    throw ValidationError(
      "\"\(Console.quotable(text))\" is no stage; one of \(list)"
        + (NearestName.of(text, among: names).map { "; did you mean \($0)?" } ?? "")
    )
  }

  var stage: Stage {
    switch self {
    case .install: .install
    case .upgrade: .upgrade
    case .backup: .backup
    case .restore: .restore
    case .functional: .functional
    }
  }
}

extension ExitStatus {
  /// Which of several counts: 65, 64, 1, 2, in this order.
  var precedence: Int {
    switch self {
    case .proven: 0
    case .broken: 1
    case .refuted: 2
    case .wrongUsage: 3
    case .wrongSuite: 4
    }
  }
}
