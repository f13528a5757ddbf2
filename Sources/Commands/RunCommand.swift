import ArgumentParser
import Auditing
import Deployments
import Evidence
import Formats
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
      Stages: install, upgrade, backup, restore, recover, functional, teardown. Teardown always runs, also \
      after Ctrl-C. A full run by the driver named under `publish:` in parity.yml replaces \
      PARITY.md and coverage.json; other runs write to reports/<recipe>/runs/<id>/.

        parity run plausible
        parity run https://git.example.org/plausible --driver swarm
                                                   a recipe by its address
        parity run plausible --until restore       stop after a stage
        parity run plausible --base 3.0.0+v2.0.0   upgrade from this version
        parity run plausible --only P3             a part, and what it needs
        parity run --shard 2/5                     a machine's part of all recipes
      """
  )

  @OptionGroup var options: ProjectOptions
  @OptionGroup var address: AddressOption

  @OptionGroup var deployment: DriverOptions

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

  @Option(
    name: .customLong("env"),
    help: ArgumentHelp(
      "A variable of the environment that suites may take as a secret, beside those under `env` in "
        + "parity.yml of the base branch.",
      valueName: "name"
    )
  )
  var variables: [String] = []

  @Flag(help: "Replace PARITY.md and coverage.json also after a partial run or by another driver.")
  var publish = false

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @Flag(help: "Do not wait for another run of the same recipe; exit with 2 and name it.")
  var noWait = false

  @Flag(help: "Leave a failed run's deployment up until Ctrl-C, and print how it is reached.")
  var keep = false

  @Flag(help: "With --keep: print secrets, too, on a terminal only.")
  var showSecrets = false

  @OptionGroup var junit: JUnitOption
  @OptionGroup var ciOptions: CIOptions

  func validate() throws {
    try Self.validateSecrets(show: showSecrets)
    if showSecrets, !keep { throw ValidationError("--show-secrets needs --keep") }
    if keep, !Console.isTerminal(STDIN_FILENO) {
      throw ValidationError(
        "--keep waits for Ctrl-C, and standard input is not a terminal; see `parity up`"
      )
    }
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
      let (plain, asked) = try await address.workspace(options)
      let workspace = await plain.withCorpus()
      let ci = CIOutput(ciOptions.ci, workspace, writesReports: true)
      defer { ci.conclude() }
      let all = try workspace.recipes(asked)
      let shard = sweep.shard.map { ShardFile($0, of: all) }
      let recipes = shard?.recipes ?? all
      // Everything that can be wrong in files is told before anything is started.
      let allowed = await AllowedVariables(workspace.project, asked: variables)
      var candidates: [RunCandidate] = []
      var mistakes = Mistakes()
      for recipe in recipes {
        try await mistakes.collecting {
          let candidate = try await candidate(recipe, workspace)
          try allowed.require(candidate)
          candidates.append(candidate)
        }
      }
      try mistakes.conclude()
      if keep, candidates.count > 1 {
        throw Failure(.wrongUsage, "--keep waits for a person, and so needs one recipe")
      }
      let choice = try await RunChoice(candidates, selection)
      try shard?.write(below: workspace.project.reports, in: workspace.reportsTree)
      if let shard { Console.error(shard.announcement) }
      for line in choice.announcements { Console.error(line) }
      let failures = FailureLimit(sweep.failureLimit)
      let company = RunJob.Company(
        isAlone: sweep.jobs == 1 || choice.candidates.count == 1,
        isQuiet: sweep.quiet,
        progress: sweep.progress,
        shard: sweep.shard,
        failures: failures,
        ci: ci,
        junit: junit.flavour
      )
      let jobs = choice.candidates.map { job($0, company) }
      let status = await Sweep(jobs, width: sweep.jobs, failures: failures).run()
      for line in choice.conclusions { Console.error(line) }
      return status.worse(choice.status)
    }
  }

  private func candidate(_ recipe: String, _ workspace: Workspace) async throws -> RunCandidate {
    let setup = DeploymentSetup(workspace: workspace, deployment)
    let candidate = try await setup.candidate(recipe, base: base, until: until ?? .functional)
    let isFull = (until ?? .functional) == .functional && selection.asked == nil
    try workspace.requireWritable(
      recipe,
      publishing: publish || isFull && workspace.publishes(candidate.planner.driver, recipe)
    )
    return candidate
  }

  private func job(_ candidate: RunCandidate, _ company: RunJob.Company) -> RunJob {
    RunJob(
      candidate,
      publish: publish,
      strict: strict,
      waits: !noWait,
      keep: keep ? showSecrets : nil,
      company: company
    )
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
