import ArgumentParser
import Auditing
import Evidence
import Glibc
import Running
import Suites

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Deploy a recipe, print how to reach it, take it down at Ctrl-C.",
    discussion: """
      Deploys the recipe's checkout as it is, runs the suite's `pre_install` and `post_install` steps, \
      and waits until it is ready. Then the app's address, the command for each database, volumes, \
      and the suite's accounts are printed. No check runs and no report is written.

      Ctrl-C or SIGTERM takes everything down, and what is left is an error (1). No run of the same \
      recipe starts meanwhile.

        parity up plausible
        parity up plausible --driver swarm --show-secrets
      """
  )

  @Argument(help: "The recipe.", completion: ProjectCompletions.recipes)
  var recipe: String

  @OptionGroup var location: ProjectOption

  @OptionGroup var deployment: DriverOptions

  @Option(
    name: .customLong("env"),
    help: ArgumentHelp("As for `parity run`.", valueName: "name")
  )
  var variables: [String] = []

  @Flag(help: "Leave it up also where it does not become ready.")
  var keep = false

  @Flag(help: "Print secrets, too, on a terminal only.")
  var showSecrets = false

  @Flag(help: "Do not wait for a run of the same recipe; exit with 2 and name it.")
  var noWait = false

  func validate() throws { try Self.validateSecrets(show: showSecrets) }

  func run() async throws {
    try await concluding {
      let workspace = try await location.workspace()
      guard let name = try workspace.recipes([recipe]).first else { return .wrongUsage }
      let setup = DeploymentSetup(workspace: workspace, deployment)
      let candidate = try await setup.candidate(name, until: .install).standing()
      let allowed = await AllowedVariables(workspace.project, asked: variables)
      try allowed.require(candidate)
      try workspace.requireWritable(name, publishing: false)
      let job = RunJob(candidate, publish: false, strict: false, waits: !noWait)
      let interruption = Interruption { job.interrupt() }
      defer { withExtendedLifetime(interruption) {} }
      return try await job.stayUp(showsSecrets: showSecrets, keepsFailed: keep)
    }
  }
}

extension ParsableArguments {
  /// What a terminal shows goes with it; a file or a log of a CI stays.
  static func validateSecrets(show: Bool) throws {
    guard show, !Console.isTerminal(STDOUT_FILENO) else { return }
    throw ValidationError("--show-secrets prints to a terminal only, and standard output is none")
  }
}

extension RunCandidate {
  /// The target alone, with no check and no marker.
  func standing() async throws -> RunCandidate {
    var copy = self
    copy.planner.suite.integrity = [:]
    copy.planner.suite.checks = []
    copy.plan = try await copy.planner.plan()
    copy.plan.dependencies = plan.dependencies
    copy.plan.base = nil
    return copy
  }
}
