import BuiltTool
import Foundation

/// A project with one fault in it.
struct FaultProject: Sendable {
  let row: FaultRow
  let tool: ToolProject

  /// - Throws: Where something that is to be edited does not stand in its file exactly once.
  init(_ row: FaultRow) async throws {
    self.row = row
    let parity =
      switch row.start {
      case .plausible:
        "recipes: {NAME: samples/NAME}\ncorpus: {none: it is an example}\ndriver: local\n"
      case .site, .empty: "corpus: {none: it is an example}\n"
      }
    tool = try ToolProject(named: row.start.rawValue, parity: "")
    try tool.write("parity.yml", parity.replacingOccurrences(of: "NAME", with: tool.recipe))
    switch row.start {
    case .plausible: try copyPlausible()
    case .site:
      _ = try await tool.run("new", tool.recipe)
      let bin = try Prepared.shared.get().folder + "/bin"
      try edit("suites/site/local.yml", [("search: [", "search: [\(bin), ")])
    case .empty: break
    }
    if !row.app.isEmpty { try setFaults(row.app) }
    try change()
    if row.start == .plausible { try commit() }
  }

  /// `plausible` and `site` stand for the name that this project's recipe has.
  func named(_ text: String) -> String {
    text.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0 == row.start.rawValue ? Substring(tool.recipe) : $0 }
      .joined(separator: "/")
  }

  /// What the tool said, with the name that the row uses.
  func shown(_ text: String) -> String {
    text.replacingOccurrences(of: tool.recipe, with: row.start.rawValue)
  }

  /// Runs a program of this machine in the project's folder; `parity` is the built tool.
  func execute(_ argv: [String]) throws {
    let argv = argv.first == "parity" ? [ToolProject.program] + argv.dropFirst() : argv
    try Prepared.execute(argv.map(named), in: tool.folder)
  }

  func setFaults(_ faults: [String]) throws {
    try tool.write("standin-faults", faults.joined(separator: "\n") + "\n")
  }

  // MARK: What it starts from

  private func copyPlausible() throws {
    let prepared = try Prepared.shared.get()
    let files = FileManager.default
    try files.createDirectory(atPath: tool.path("suites"), withIntermediateDirectories: true)
    let suite = tool.path("suites/\(tool.recipe)")
    try files.copyItem(atPath: "\(Prepared.sources)/recipes/plausible", toPath: suite)
    for name in ["PARITY.md", "recipe-versions"] {
      try files.removeItem(atPath: "\(suite)/\(name)")
    }
    try files.createDirectory(atPath: tool.path("samples"), withIntermediateDirectories: true)
    try files.copyItem(
      atPath: prepared.folder + "/samples/plausible",
      toPath: tool.path("samples/\(tool.recipe)")
    )
    try setFaults([])
    for name in tool.files(below: "suites").keys where name.hasSuffix(".yml") {
      let text = try tool.text("suites/\(name)")
      try tool.write(
        "suites/\(name)",
        text.replacingOccurrences(of: "within: 60s", with: "within: 3s")
      )
    }
    try edit(
      "suites/plausible/recipe.yml",
      [
        ("within: 1200s", "within: 20s"),
        ("recipe: plausible\n", "recipe: \(tool.recipe)\n"),
        ("{generate: 24}", "{value: '\(Prepared.password)'}"),
      ]
    )
    try edit(
      "suites/plausible/local.yml",
      [
        ("search: [", "search: [\(prepared.folder)/bin, "),
        ("STANDIN_BOOT_DELAY: 1s", "STANDIN_BOOT_DELAY: 50ms"),
        ("STANDIN_WARM_UP: 2s", "STANDIN_WARM_UP: 50ms"),
        ("STANDIN_SITES_CACHE_INTERVAL: 1s", "STANDIN_SITES_CACHE_INTERVAL: 200ms"),
        (
          "STANDIN_FLUSH_INTERVAL: 500ms",
          "STANDIN_FLUSH_INTERVAL: 100ms\n      STANDIN_FAULTS_FILE: \(tool.path("standin-faults"))"
        ),
        (
          """
                - - initdb
                  - --pgdata={{volume.db-data}}
                  - --username=postgres
                  - --pwfile={{folder}}/superuser-password
                  - --auth=scram-sha-256
                  - --encoding=UTF8
                  - --locale=C
                  - --no-sync
          """,
          "      - [cp, -r, \(prepared.folder)/cluster/., \"{{volume.db-data}}\"]"
        ),
      ]
    )
  }

  // MARK: The fault

  private func change() throws {
    for name in row.removes { try tool.remove(named(name)) }
    for (name, text) in row.writes {
      try tool.write(named(name), text)
      if text.hasPrefix("#!") { chmod(tool.path(named(name)), 0o755) }
    }
    for (name, file) in row.generates {
      guard let data = file.data else { throw Prepared.Missing("\(name) in that encoding") }
      try tool.write(named(name), "")
      try data.write(to: URL(fileURLWithPath: tool.path(named(name))))
    }
    for (name, target) in row.links {
      try FileManager.default.createSymbolicLink(
        atPath: tool.path(named(name)),
        withDestinationPath: target
      )
    }
    for (name, edits) in row.edits {
      let slow = tool.path("slow")
      try edit(name, edits.map { ($0.old, $0.new.replacingOccurrences(of: "{slow}", with: slow)) })
    }
  }

  private func edit(_ name: String, _ edits: [(old: String, new: String)]) throws {
    var text = try tool.text(named(name))
    for edit in edits {
      let parts = text.components(separatedBy: edit.old)
      guard parts.count == 2 else {
        throw Prepared.Missing("\(name) holds \(parts.count - 1) times: \(edit.old)")
      }
      text = parts.joined(separator: edit.new)
    }
    try tool.write(named(name), text)
  }

  /// A changed recipe is the target's: it is committed, and the newest tag moves on.
  private func commit() throws {
    let folder = tool.path("samples/\(tool.recipe)")
    func git(_ arguments: String...) throws {
      let who = ["-c", "user.name=fault", "-c", "user.email=fault@localhost"]
      try Prepared.execute(["git", "-C", folder] + who + arguments)
    }
    guard
      row.edits.keys.contains(where: { $0.hasPrefix("samples/") })
        || row.writes.keys.contains(where: { $0.hasPrefix("samples/") })
        || row.removes.contains(where: { $0.hasPrefix("samples/") })
    else { return }
    try git("add", "--all")
    try git("commit", "--quiet", "--message", "A fault")
    try git("tag", "--force", "--annotate", "--message", "A fault", "3.0.1+v2.0.0")
  }
}
