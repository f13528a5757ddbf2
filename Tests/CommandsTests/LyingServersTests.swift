import BuiltTool
import Evidence
import Foundation
import Testing

/// Services that answer as no database does. A check that asks one is broken in its time, and the run ends.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LyingServersTests {
  private struct Database {
    var image: String
    var port: Int
    var service: String
    var step: String
  }

  private static let databases = [
    "postgres": Database(
      image: "postgres:15",
      port: 5432,
      service: "{postgres: {database: x, user: x, password: as-nobody-knows}}",
      step: "postgres: {service: db, sql: SELECT 1}"
    ),
    "mysql": Database(
      image: "mariadb:10.11",
      port: 3306,
      service: "{mysql: {database: x, user: x, password: as-nobody-knows}}",
      step: "mysql: {service: db, sql: SELECT 1}"
    ),
    "redis": Database(
      image: "redis:7",
      port: 6379,
      service: "{redis: {}}",
      step: "redis: {service: db, command: [GET, x]}"
    ),
    "clickhouse": Database(
      image: "clickhouse/clickhouse-server:23.8",
      port: 8123,
      service: "{clickhouse: {database: x}}",
      step: "clickhouse: {service: db, query: SELECT 1}"
    ),
  ]

  private static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Standins/lying-server.py")

  private func project(_ kind: String, _ what: String) async throws -> ToolProject {
    let project = try ToolProject()
    try await project.addSite()
    let database = try #require(Self.databases[kind])
    let suite = project.suite
    let compose = try project.text("\(suite)/recipe/compose.yml")
    try project.write(
      "\(suite)/recipe/compose.yml",
      compose.replacingOccurrences(
        of: "services:\n",
        with: "services:\n  db:\n    image: \(database.image)\n"
      )
    )
    try project.write(
      "\(suite)/recipe/server.py",
      try String(contentsOf: Self.program, encoding: .utf8)
    )
    let recipe = try project.text("\(suite)/recipe.yml")
    try project.write(
      "\(suite)/recipe.yml",
      recipe + "services:\n  db: \(database.service)\ndeadlines: {step: 2s}\n"
    )
    let local = try project.text("\(suite)/local.yml")
    try project.write(
      "\(suite)/local.yml",
      local + """
          db:
            standin: a server that lies
            ports: [\(database.port)]
            command: [python3, "{{recipe}}/server.py", \(kind), \(what), "{{port.\(database.port)}}"]

        """
    )
    try project.write(
      "\(suite)/functional/lies.yml",
      """
      test_lies:
        about: Asks a server that lies.
        steps:
          - \(database.step)
            expect: {row: {a: "1"}}

      """
    )
    return project
  }

  @Test(arguments: [
    ("postgres", "rows"), ("postgres", "results"), ("postgres", "errors"),
    ("postgres", "notifications"), ("mysql", "rows"), ("redis", "list"), ("redis", "line"),
    ("redis", "depth"), ("clickhouse", "rows"), ("clickhouse", "depth"),
  ])
  func `An answer without end ends the check`(_ kind: String, _ what: String) async throws {
    let project = try await project(kind, what)
    let run = try await project.run("run", "--check", "test_lies")
    #expect(run.status == 2, "\(run.out)\(run.err)")
    let folder = try #require(project.runs.last)
    let record = try project.record("\(project.reports)/runs/\(folder)")
    let lies = record.checks.filter { $0.id.name == "test_lies" }
    #expect(lies.map(\.outcome.word) == [.broken])
  }

  @Test func `A server that asks for a file of the runner's gets nothing`() async throws {
    let project = try await project("mysql", "infile")
    let run = try await project.run("run", "--check", "test_lies")
    #expect(run.status == 2, "\(run.out)\(run.err)")
    let folder = try #require(project.runs.last)
    let told = try project.text("\(project.reports)/runs/\(folder)/logs/db.stdout.log")
    #expect(told.contains("SELECT 1"))
    #expect(!told.contains("root:"))
  }
}
