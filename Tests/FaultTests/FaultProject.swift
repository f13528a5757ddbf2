import BuiltTool
import Foundation
import PrivateServers

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
      case .ledger: "corpus: {none: it is an example}\ndriver: local\n"
      case .site, .notes, .empty: "corpus: {none: it is an example}\n"
      case .dokuwiki, .mediawiki, .matrixSynapse:
        "recipes: {NAME: samples/NAME}\ncorpus: {root: recipe-info}\ndriver: local\n"
      case .web, .data:
        "recipes: {NAME: samples/NAME}\ncorpus: {none: it is an example}\ndriver: swarm\n"
      }
    tool = try ToolProject(named: row.start.rawValue, parity: "")
    try tool.write("parity.yml", parity.replacingOccurrences(of: "NAME", with: tool.recipe))
    switch row.start {
    case .plausible: try copyPlausible()
    case .site: try await tool.addSite(isHurried: false)
    case .ledger, .notes: try tool.addHowTo(row.start.rawValue)
    case .dokuwiki, .mediawiki, .matrixSynapse: try copyApp()
    case .web, .data: try copySwarm()
    case .empty: break
    }
    if !row.app.isEmpty { try setFaults(row.app) }
    try change()
    try hurry()
    if row.start == .plausible { try commit("3.0.1+v2.0.0") }
    try commitApp()
    if row.start.isOnSwarm { try commit("1.1.0+1.22.1") }
  }

  /// `plausible`, `site` and the others stand for the name that this project's recipe has.
  func named(_ text: String) -> String {
    text.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0 == row.start.rawValue ? Substring(tool.recipe) : $0 }
      .joined(separator: "/")
  }

  /// What the tool said, with the name that the row uses.
  func shown(_ text: String) -> String {
    text.replacingOccurrences(of: tool.recipe, with: row.start.rawValue)
  }

  /// What the tool and programs beside it are started with.
  var environment: [String: String] {
    guard row.start.isOnSwarm, let engine = SwarmEngine.given else { return row.environment }
    return row.environment.merging(engine.environment(in: tool.folder)) { own, _ in own }
  }

  /// How the driver calls the stack.
  var stack: String { "\(tool.recipe)_parity_test" }

  /// Runs a program of this machine in the project's folder; `parity` is the built tool. Scripts have its
  /// path as `$PARITY`, the recipe's name as `$RECIPE`, the stack's as `$STACK`, and the folder of `engine.sh`
  /// as `$SWARM`.
  func execute(_ argv: [String]) throws {
    let argv = argv.first == "parity" ? [ToolProject.program] + argv.dropFirst() : argv
    let names = [
      "PARITY": ToolProject.program, "RECIPE": tool.recipe, "STACK": stack,
      "SWARM": Prepared.sources + "/swarm",
    ]
    try Prepared.execute(argv.map(named), environment.merging(names) { $1 }, in: tool.folder)
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
    tool.findPrograms(in: try PreparedRestic.folder)
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
        ("STANDIN_BOOT_DELAY: 500ms", "STANDIN_BOOT_DELAY: 50ms"),
        ("STANDIN_WARM_UP: 1s", "STANDIN_WARM_UP: 50ms"),
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

  /// The web server, for `data` with what the database changes and adds; both versions of the recipe.
  private func copySwarm() throws {
    let starts: [FaultRow.Start] = row.start == .data ? [.web, .data] : [.web]
    for start in starts {
      let source = "\(Prepared.sources)/swarm/projects/\(start.rawValue)"
      for (part, place) in [("suite", tool.suite), ("recipe", "samples/\(tool.recipe)")] {
        try FileManager.default.createDirectory(
          atPath: tool.path(place),
          withIntermediateDirectories: true
        )
        try Prepared.execute(["cp", "-R", "\(source)/\(part)/.", tool.path(place)])
      }
    }
    try edit(
      "suites/\(row.start.rawValue)/recipe.yml",
      [("recipe: \(row.start.rawValue)\n", "recipe: \(tool.recipe)\n")]
    )
    let folder = "samples/\(tool.recipe)"
    if row.start == .data {
      try edit("suites/data/recipe.yml", [("{generate: 24}", "{value: '\(Prepared.password)'}")])
      let hook = "\(Prepared.sources)/recipes/plausible/recipe-versions/3.0.0+v2.0.0/pg_backup.sh"
      try Prepared.execute(["cp", hook, tool.path(folder)])
    }
    try git("init", "--quiet", "--initial-branch", "main")
    for (name, edits) in row.edits {
      guard let file = Self.ofBoth(name) else { continue }
      try edit(file, edits.map { ($0.old, $0.new) })
    }
    for (name, text) in row.writes {
      if let file = Self.ofBoth(name) { try tool.write(named(file), text) }
    }
    try commitAll("1.0.0+1.22.1")
    let compose = try tool.text("\(folder)/compose.yml")
    try tool.write(
      "\(folder)/compose.yml",
      compose.replacingOccurrences(of: "1.0.0", with: "1.1.0")
    )
    try commitAll("1.1.0+1.22.1")
  }

  // MARK: The fault

  /// What stands for a file of both versions of the recipe: `both/web/compose.yml`.
  private static func ofBoth(_ name: String) -> String? {
    name.hasPrefix("both/") ? "samples/" + name.dropFirst("both/".count) : nil
  }

  private func change() throws {
    for name in row.removes { try tool.remove(named(name)) }
    for (name, text) in row.writes where Self.ofBoth(name) == nil {
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
    for (name, edits) in row.edits where Self.ofBoth(name) == nil {
      let slow = tool.path("slow")
      try edit(name, edits.map { ($0.old, $0.new.replacingOccurrences(of: "{slow}", with: slow)) })
    }
  }

  /// What a person waits two seconds for, again and again, need not take long here.
  private func hurry() throws {
    let name = "suites/\(tool.recipe)/recipe.yml"
    guard row.start != .empty,
      tool.files(below: "suites").keys.contains("\(tool.recipe)/recipe.yml"),
      let text = try? tool.text(name), !text.contains("steady:"), !text.contains("\u{FFFD}")
    else { return }
    var hurried = text.replacingOccurrences(of: "health: {", with: "health: {steady: 50ms, ")
    hurried = hurried.replacingOccurrences(of: "\nhealth:\n", with: "\nhealth:\n  steady: 50ms\n")
    if hurried != text { try tool.write(name, hurried) }
  }

  func edit(_ name: String, _ edits: [(old: String, new: String)]) throws {
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
  func commit(_ tag: String) throws {
    guard
      row.edits.keys.contains(where: { $0.hasPrefix("samples/") })
        || row.writes.keys.contains(where: { $0.hasPrefix("samples/") })
        || row.removes.contains(where: { $0.hasPrefix("samples/") })
    else { return }
    try commitAll(tag)
  }

  private func commitAll(_ tag: String) throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--message", "A fault")
    try git("tag", "--force", "--annotate", "--message", "A fault", tag)
  }

  private func git(_ arguments: String...) throws {
    let who = ["-c", "user.name=fault", "-c", "user.email=fault@localhost"]
    try Prepared.execute(["git", "-C", tool.path("samples/\(tool.recipe)")] + who + arguments)
  }
}
