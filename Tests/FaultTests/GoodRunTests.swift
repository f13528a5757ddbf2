import BuiltTool
import Evidence
import Foundation
import SeededGenerators
import Testing

/// A good run stays good, however slow its parts are.
struct GoodRunTests {
  /// How many, and from which seed: `GOOD_RUNS=50 GOOD_SEED=7`.
  static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["GOOD_RUNS"].flatMap { UInt64($0) } ?? 10
    let first = environment["GOOD_SEED"].flatMap { UInt64($0) } ?? 1
    return (0..<count).map { first + $0 }
  }()

  @Test("delays, restarts before readiness and slow disks turn nothing red", arguments: seeds)
  func staysGood(_ seed: UInt64) async throws {
    try await Lanes.shared.use {
      let weather = Weather(seed: seed)
      let project = try await FaultProject(FaultRow(weather: weather))
      try weather.slowDown(project)
      let writer = weather.hasBusyDisk ? try BusyDisk(project.tool.path("busy")) : nil
      defer { writer?.stop() }
      let run = try await project.tool.run("run")
      #expect(run.status == 0, "seed \(seed), \(weather)\n\(run.out)\(run.err)")
      let data = try project.tool.bytes("\(project.tool.reports)/coverage.json")
      let coverage = try CoverageModel(json: Array(data))
      #expect(coverage.level == 4, "seed \(seed), \(weather)")
    }
  }
}

/// What makes one run slower than another.
struct Weather: Sendable {
  var boot: Int
  var warmUp: Int
  var cache: Int
  var flush: Int
  /// After so many milliseconds the app is started again, before it was ready; nil where it is not.
  var restart: Int?
  var hasBusyDisk: Bool
  /// Before every dump, load and snapshot.
  var toolDelay: Int
  var databaseDelay: Int

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    boot = .random(in: 0...800, using: &random)
    warmUp = .random(in: 0...800, using: &random)
    cache = .random(in: 100...900, using: &random)
    flush = .random(in: 50...900, using: &random)
    restart = Bool.random(using: &random) ? .random(in: 50...700, using: &random) : nil
    hasBusyDisk = Bool.random(using: &random)
    toolDelay = .random(in: 0...400, using: &random)
    databaseDelay = .random(in: 0...700, using: &random)
  }

  /// Programs of the same names that wait before they begin.
  func slowDown(_ project: FaultProject) throws {
    func put(_ name: String, first: String, _ real: String) throws {
      let program = "#!/bin/sh\n\(first)\nexec \(real) \"$@\"\n"
      try project.tool.write("slow/\(name)", program)
      chmod(project.tool.path("slow/\(name)"), 0o755)
    }
    func delay(_ milliseconds: Int) -> String { "sleep \(Double(milliseconds) / 1000)" }
    let postgres = try Prepared.postgresPrograms()
    let prepared = try Prepared.shared.get()
    try put("pg_dump", first: delay(toolDelay), "\(postgres)/pg_dump")
    try put("restic", first: delay(toolDelay), prepared.folder + "/bin/restic")
    try put("postgres", first: delay(databaseDelay), "\(postgres)/postgres")
    if let restart {
      let app = prepared.standin
      try put("plausible-standin", first: "timeout \(Double(restart) / 1000) \(app) \"$@\"", app)
    }
  }
}

/// Writes and syncs without a pause, as a neighbour on the same disk does.
private final class BusyDisk: @unchecked Sendable {
  private let process = Process()

  init(_ path: String) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "while kill -0 $PPID; do dd if=/dev/zero of=\"$0\" bs=1M count=8 conv=fsync status=none; done",
      path,
    ]
    try process.run()
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}

extension FaultRow {
  /// No fault, only weather.
  init(weather: Weather) {
    self.init(sound: .plausible)
    name = "good"
    let local = [
      Edit("STANDIN_BOOT_DELAY: 50ms", "STANDIN_BOOT_DELAY: \(weather.boot)ms"),
      Edit("STANDIN_WARM_UP: 50ms", "STANDIN_WARM_UP: \(weather.warmUp)ms"),
      Edit("CACHE_INTERVAL: 200ms", "CACHE_INTERVAL: \(weather.cache)ms"),
      Edit("FLUSH_INTERVAL: 100ms", "FLUSH_INTERVAL: \(weather.flush)ms"),
      Edit("search: [", "search: [\"{slow}\", "),
      Edit("- fsync=off", weather.hasBusyDisk ? "- fsync=on" : "- fsync=off"),
    ]
    edits = ["suites/plausible/local.yml": local]
  }
}
