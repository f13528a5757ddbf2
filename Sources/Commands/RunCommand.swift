import ArgumentParser
import Auditing
import Deployments
import Evidence
import FoundationEssentials
import Glibc
import HTTPRequests
import Running
import Suites
import SwarmDeployments

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Install, upgrade, back up, restore and check recipes; write the reports.",
    discussion: """
      Stages: install, upgrade, backup, restore, functional, teardown. Teardown always runs, also \
      after Ctrl-C. A full run by the driver named under `publish:` in parity.yml replaces \
      PARITY.md and coverage.json; other runs write to reports/<recipe>/runs/<id>/.

        parity run plausible
        parity run plausible --until restore       stop after a stage
        parity run plausible --base 3.0.0+v2.0.0   upgrade from this version
        parity run plausible --only P3             a part, and what it needs
        parity run --shard 2/5                     a machine's part of all recipes
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("What deploys the recipe: local, swarm.", valueName: "name"))
  var driver: String?

  @Option(
    help: ArgumentHelp(
      "With the driver swarm: the docker context; by default the one that docker uses.",
      valueName: "context"
    )
  )
  var server: String?

  @Option(help: ArgumentHelp("The version to upgrade from; a tag of the recipe.", valueName: "tag"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "The last stage to run before teardown: \(Stage.names).",
      valueName: "stage"
    ),
    completion: .list(Stage.selectable.map(\.rawValue)),
    transform: Stage.read
  )
  var until: Stage?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var sweep: SweepOptions

  @Flag(help: "Replace PARITY.md and coverage.json also after a partial run or by another driver.")
  var publish = false

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @Flag(help: "Do not wait for another run of the same recipe; exit with 2 and name it.")
  var noWait = false

  @OptionGroup var ciOptions: CIOptions

  func validate() throws {
    guard let asked = selection.asked else { return }
    if publish {
      throw ValidationError(
        "--publish cannot go with \(asked): the page would lose what does not run"
      )
    }
    if until != nil {
      throw ValidationError("--until cannot go with \(asked), which knows where to stop")
    }
  }

  func run() async throws {
    try await concluding {
      let workspace = try await Workspace(folder: options.project).withCorpus()
      let ci = CIOutput(ciOptions.ci, workspace, writesReports: true)
      defer { ci.conclude() }
      let all = try workspace.recipes(options.recipes)
      let shard = sweep.shard.map { ShardFile($0, of: all) }
      let recipes = shard?.recipes ?? all
      // Everything that can be wrong in files is told before anything is started.
      var candidates: [RunCandidate] = []
      var mistakes = Mistakes()
      for recipe in recipes {
        try await mistakes.collecting { candidates.append(try await candidate(recipe, workspace)) }
      }
      try mistakes.conclude()
      let choice = try await RunChoice(candidates, selection)
      try shard?.write(below: workspace.project.reports, in: workspace.reportsTree)
      if let shard { Console.error(shard.announcement) }
      for line in choice.announcements { Console.error(line) }
      let failures = FailureLimit(sweep.failureLimit)
      let company = RunJob.Company(
        isAlone: sweep.jobs == 1 || choice.candidates.count == 1,
        shard: sweep.shard,
        failures: failures,
        ci: ci
      )
      let jobs = choice.candidates.map { job($0, company) }
      let status = await Sweep(jobs, width: sweep.jobs, failures: failures).run()
      return status.worse(choice.status)
    }
  }

  private func candidate(_ recipe: String, _ workspace: Workspace) async throws -> RunCandidate {
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
    let checkout = try await workspace.recipeSource(recipe)
    let choice = try await choice(of: name, suite, checkout, workspace.project)
    let isFull = (until ?? .functional) == .functional && selection.asked == nil
    try workspace.requireWritable(
      recipe,
      publishing: publish || isFull && workspace.publishes(name)
    )
    let planner = RunPlanner(
      workspace: workspace,
      suite: suite,
      checkout: checkout,
      driver: name,
      engine: choice.engine,
      askedBase: base,
      lastStage: until ?? .functional
    )
    return RunCandidate(planner: planner, driver: choice, plan: try await planner.plan())
  }

  private func choice(
    of name: String,
    _ suite: Suite,
    _ checkout: RecipeCheckout,
    _ project: Project
  ) async throws -> DriverChoice {
    guard name == "swarm" else {
      guard server == nil else {
        throw Failure(.wrongUsage, "--server is for the driver swarm; this run is \(name)")
      }
      guard let settings = suite.local else {
        throw Failure(
          .wrongSuite,
          "\(suite.recipe) has no local.yml, which the driver local needs"
        )
      }
      return .local(settings)
    }
    do throws(DeploymentError) {
      let address = try await EngineAddress.resolve(context: server)
      let engine = try await SwarmEngine.connect(address, nodes: project.swarmNodes)
      let declared = suite.secrets.map(\.name)
      let wanted = checkout.compose.externals.filter { $0.kind == .secret }.map(\.key)
      let missing = wanted.filter { !declared.contains($0) }
      return .swarm(
        engine,
        undeclaredSecrets: missing.map {
          SecretSetting(name: $0, source: .generated(length: 32), place: nil)
        }
      )
    } catch {
      throw Failure(.broken, error.description)
    }
  }

  private func job(_ candidate: RunCandidate, _ company: RunJob.Company) -> RunJob {
    RunJob(candidate, publish: publish, strict: strict, waits: !noWait, company: company)
  }
}

extension Stage {
  /// Those that a run may end with.
  fileprivate static let selectable = allCases.filter { $0 != .teardown }
  fileprivate static var names: String { selectable.map(\.rawValue).joined(separator: ", ") }

  fileprivate static func read(_ text: String) throws -> Stage {
    if let stage = Stage(rawValue: text) {
      guard stage == .teardown else { return stage }
      throw ValidationError("teardown cannot be skipped; stages are \(names)")
    }
    throw ValidationError(
      "unknown stage \"\(Console.quotable(text))\"; stages are \(names)"
        + NearestName.hint(for: text, among: selectable.map(\.rawValue))
    )
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
