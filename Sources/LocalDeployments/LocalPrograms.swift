internal import Deployments
internal import Guarding
internal import Programs
internal import Suites

/// Whether the programs of this machine are what the recipe's images have in them. What is not stands
/// for the real thing, whether or not the suite says so.
struct LocalPrograms: Sendable {
  let around: LocalSurroundings
  let guardian: Guardian

  /// What is known of an image by the last part of its name.
  private struct Known {
    /// As the kernel names their processes, at most 15 bytes.
    var programs: [String]
    /// What tells the version, and how many parts of it have to fit the tag.
    var flag: String
    var parts: Int
  }

  private static let known: [String: Known] = [
    "postgres": Known(programs: ["postgres"], flag: "--version", parts: 1),
    "postgis": Known(programs: ["postgres"], flag: "--version", parts: 1),
    "mariadb": Known(programs: ["mariadbd", "mysqld"], flag: "--version", parts: 2),
    "mysql": Known(programs: ["mysqld"], flag: "--version", parts: 2),
    "clickhouse-server": Known(
      programs: ["clickhouse-server", "clickhouse"],
      flag: "--version",
      parts: 1
    ),
    "redis": Known(programs: ["redis-server"], flag: "--version", parts: 1),
    "nginx": Known(programs: ["nginx"], flag: "-v", parts: 2),
  ]

  /// Tells of each service that runs something else than its image has.
  func differences() async throws(DeploymentError) -> [Operation] {
    let processes: [GuardedProcess]
    do throws(GuardianError) {
      processes = try await guardian.processes()
    } catch {
      throw DeploymentError(error)
    }
    var found: [Operation] = []
    for service in around.configuration.settings.services where service.standin == nil {
      guard let image = around.recipe.compose[service: service.name]?.image,
        let known = Self.known[Self.name(of: image)]
      else { continue }
      let running = processes.filter { $0.unit == service.name }.map(\.program)
      guard !running.isEmpty else { continue }
      let runs = try await version(known, running, of: service)
      if runs.isKnown, runs.version.map({ Self.fits($0, image, known.parts) }) ?? true { continue }
      found.append(
        Operation(
          name: "program of \(service.name)",
          ending: .succeeded,
          duration: .zero,
          service: service.name,
          facts: ["service": service.name, "in place of": image, "runs": runs.text]
        )
      )
    }
    return found
  }

  private func version(
    _ known: Known,
    _ running: [String],
    of service: LocalService
  ) async throws(DeploymentError) -> (text: String, isKnown: Bool, version: Substring?) {
    let cut = known.programs.map { (program: $0, shown: String($0.prefix(15))) }
    guard let program = cut.first(where: { running.contains($0.shown) })?.program else {
      return (running[0], false, nil)
    }
    let output = try await around.bench.run(
      Command(
        argv: [program, known.flag],
        environment: try around.environment(of: service),
        folder: around.serviceFolder(service.name),
        deadline: .seconds(10)
      )
    )
    // nginx tells it on its standard error.
    let text = output.text.isEmpty ? String(decoding: output.stderr, as: UTF8.self) : output.text
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? program
    // ClickHouse 18.16 knows no such option; then its name has to do.
    return (line, true, line.firstMatch(of: /\d+(\.\d+)*/)?.output.0)
  }

  private static func name(of image: String) -> String {
    let path = image.split(separator: "@").first.map(String.init) ?? image
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return last.split(separator: ":").first.map(String.init) ?? last
  }

  /// A tag that names no version says nothing to hold a program against.
  private static func fits(_ version: Substring, _ image: String, _ parts: Int) -> Bool {
    guard let colon = image.lastIndex(of: ":"),
      let tag = image[image.index(after: colon)...].firstMatch(of: /^v?(\d+(\.\d+)*)/)?.output.1
    else { return true }
    let (a, b) = (version.split(separator: "."), tag.split(separator: "."))
    let count = min(parts, min(a.count, b.count))
    return a.prefix(count) == b.prefix(count)
  }
}
