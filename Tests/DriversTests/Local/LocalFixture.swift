import Backups
import Deployments
import FoundationEssentials
import Glibc
import PrivateServers
import Programs
import Testing

@testable import Guarding
@testable import LocalDeployments
@testable import Suites

/// A small suite and its recipe in a folder of one test, and the configuration of a run of it.
final class LocalFixture: Sendable {
  let run: RunFixture
  var suiteFolder: String { run.path + "/suite" }
  func recipeFolder(_ version: String) -> String { run.path + "/recipe/" + version }

  /// - Parameters:
  ///   - services: what stands below `services:` in `local.yml`.
  ///   - recipe: by version, then by path: the recipe's files. A version that is not there has the
  ///     files of `1.0.0+a`.
  init(
    services: String,
    versions: String = "{}",
    recipe: [String: [String: String]],
    suite: [String: String] = [:]
  ) throws {
    run = try RunFixture()
    var files = suite
    files["recipe.yml"] = "secrets: {password: {generate: 20}, token: {generate: 20}}\n"
    files["local.yml"] = """
      search: ["/usr/lib/postgresql/*/bin"]
      versions: \(versions)
      services:
      \(services.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      """
    for (path, content) in files { try Self.write(content, suiteFolder + "/" + path) }
    for (version, files) in recipe {
      for (path, content) in files { try Self.write(content, recipeFolder(version) + "/" + path) }
    }
  }

  private static func write(_ content: String, _ path: String) throws {
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    try FileManager.default.createDirectory(
      atPath: String(folder),
      withIntermediateDirectories: true
    )
    try Data(content.utf8).write(to: URL(filePath: path))
    if content.hasPrefix("#!") { chmod(path, 0o755) }
  }

  /// Who holds the lock of the deployment now.
  func holder() throws -> LockHolder? {
    RunLock.currentHolder(of: try configuration().lockName, folder: run.locks)
  }

  func configuration(
    runID: String = "test",
    secrets: [String: String] = [:],
    answer: @escaping @Sendable (String) async -> (status: Int, body: [UInt8])? = { _ in nil }
  ) throws -> LocalConfiguration {
    let suite = try SuiteLoader.load(folder: suiteFolder).suite
    let source = RecipeSource { version throws(DeploymentError) in
      try self.recipe(version)
    } export: { version, folder throws(DeploymentError) in
      try self.export(version, folder)
    }
    var settings = RunSettings(
      runID: runID,
      logFolder: run.logs,
      secrets: secrets,
      toolFolder: "/nonexistent",
      path: try PreparedRestic.folder,
      waiting: .no,
      guardianExecutable: RunFixture.executable
    )
    settings.lockFolder = run.locks
    return LocalConfiguration(
      suite: suite,
      settings: try #require(suite.local),
      source: source,
      run: settings,
      fetch: answer
    )
  }

  private func recipe(_ version: String) throws(DeploymentError) -> Recipe {
    do {
      let compose = try ComposeReader.read(folder: recipeFolder(version), environment: [:])
      return Recipe(
        name: "sample",
        version: version,
        tree: "",
        compose: compose,
        publishedVersions: []
      )
    } catch {
      throw DeploymentError(.noSuchVersion, "\(version): \(error)")
    }
  }

  private func export(_ version: String, _ folder: String) throws(DeploymentError) {
    let source = recipeFolder(version)
    do {
      for name in try FileManager.default.contentsOfDirectory(atPath: source) {
        try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)")
      }
    } catch {
      throw DeploymentError(.driverBroken, "\(version): \(error)")
    }
  }
}

/// What a test holds while the recipe is up.
struct LocalRun {
  let fixture: LocalFixture
  let driver: LocalHost
  let deployment: any Deployment

  /// The run's folder, as a service sees it.
  func root() async throws -> String {
    let first = try #require(await deployment.services.first)
    return try await shell("cd ../.. && pwd", in: first)
  }

  /// The first line that a shell in the service's surroundings says, which must succeed.
  @discardableResult
  func shell(
    _ script: String,
    in service: String,
    location: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let command = Command(argv: ["sh", "-c", script])
    let output = try await deployment.service(service).run(command)
    let said = String(decoding: output.stderr, as: UTF8.self)
    #expect(output.succeeded, "\(script): \(said)", sourceLocation: location)
    return String(decoding: output.stdout, as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
  }
}

/// Deploys version `1.0.0+a`, and takes it down whatever the body does; nothing may be left.
func withLocal(
  _ fixture: LocalFixture,
  secrets: [String: String] = [:],
  answer: @escaping @Sendable (String) async -> (status: Int, body: [UInt8])? = { _ in nil },
  location: SourceLocation = #_sourceLocation,
  _ body: (LocalRun) async throws -> Void
) async throws {
  let driver = LocalHost(try fixture.configuration(secrets: secrets, answer: answer))
  var problem: (any Error)?
  do {
    let deployment = try await driver.deploy("1.0.0+a")
    try await body(LocalRun(fixture: fixture, driver: driver, deployment: deployment))
  } catch {
    problem = error
  }
  let report = await driver.tearDown()
  #expect(report.leftovers == [], sourceLocation: location)
  if let problem { throw problem }
}

/// The error that a deployment of the fixture ends with.
func refusal(
  of fixture: LocalFixture,
  secrets: [String: String] = [:],
  location: SourceLocation = #_sourceLocation
) async throws -> DeploymentError {
  do {
    try await withLocal(fixture, secrets: secrets, location: location) { _ in }
  } catch let error as DeploymentError {
    return error
  }
  Issue.record("it was deployed", sourceLocation: location)
  throw DeploymentError(.driverBroken, "it was deployed")
}

/// A compose file with one volume `data` of service `app`, and labels.
func compose(_ labels: [String: String], image: String = "app:1") -> String {
  let lines = labels.sorted { $0.key < $1.key }.map { "        \($0.key): '\($0.value)'" }
  return """
    services:
      app:
        image: \(image)
        volumes: ["data:/data", "cache:/data/cache"]
        deploy:
          labels:
    \(lines.joined(separator: "\n"))
    volumes: {data: {}, cache: {}}
    """
}

/// An app that only stays, with both volumes.
let stayingApp = """
  app:
    command: [sleep, "100000"]
    volumes: [data, cache]
    environment: {DATA: "{{volume.data}}", CACHE: "{{volume.cache}}"}
  """
