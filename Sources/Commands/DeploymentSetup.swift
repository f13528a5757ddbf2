import ArgumentParser
import Auditing
import Deployments
import Evidence
import Suites
import SwarmDeployments

/// What deploys a recipe, on the command line.
struct DriverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What deploys the recipe: local, swarm.", valueName: "name"),
    completion: .list(Workspace.drivers)
  )
  var driver: String?

  @Option(
    help: ArgumentHelp(
      "With the driver swarm: the docker context; by default the one that docker uses.",
      valueName: "context"
    )
  )
  var server: String?
}

/// What deploys a recipe, as the command line, the suite and parity.yml say.
struct DeploymentSetup {
  let workspace: Workspace
  /// On the command line.
  private let driver: String?
  /// The docker context, on the command line.
  private let server: String?

  init(workspace: Workspace, _ options: DriverOptions) {
    self.workspace = workspace
    (driver, server) = (options.driver, options.server)
  }

  /// A recipe with the plan of its run. Everything that can be wrong in files is told here.
  ///
  /// - Parameters:
  ///   - base: on the command line: the version to upgrade from.
  ///   - lastStage: the last one before teardown.
  func candidate(
    _ recipe: String,
    base: String? = nil,
    until lastStage: Stage
  ) async throws -> RunCandidate {
    let loaded = try workspace.suite(recipe)
    let suite = loaded.suite
    let name = try workspace.driverName(driver, suite)
    var dependencies: [RunCandidate] = []
    for other in try workspace.dependencies(of: suite) {
      let candidate = try await candidate(other, by: name, until: .install)
      dependencies.append(try await candidate.standing())
    }
    var candidate = try await candidate(suite, by: name, base: base, until: lastStage)
    candidate.dependencies = dependencies
    for other in dependencies {
      let plan = other.plan
      candidate.plan.add(DependencyFacts(recipe: plan.recipe, revision: plan.target))
      // What is shown on it is shown on what stands for it.
      candidate.plan.standins += plan.standins.map {
        Standin(service: "\(plan.recipe)/\($0.service)", what: $0.what, versions: $0.versions)
      }
    }
    return candidate
  }

  private func candidate(
    _ suite: Suite,
    by name: String,
    base: String? = nil,
    until lastStage: Stage
  ) async throws -> RunCandidate {
    let recipe = suite.recipe
    let checkout = try await workspace.recipeSource(recipe) { suite }
    let choice = try await choice(of: name, suite, checkout)
    let planner = RunPlanner(
      workspace: workspace,
      suite: suite,
      checkout: checkout,
      driver: name,
      engine: choice.engine,
      askedBase: base,
      lastStage: lastStage
    )
    return RunCandidate(planner: planner, driver: choice, plan: try await planner.plan())
  }

  private func choice(
    of name: String,
    _ suite: Suite,
    _ checkout: RecipeCheckout
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
      let engine = try await SwarmEngine.connect(address, nodes: workspace.project.swarmNodes)
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
}
