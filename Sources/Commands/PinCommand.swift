import ArgumentParser
import Auditing
import Corpus
import Evidence
import Files
import Reports
import Suites

struct PinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Pin the older scripts, so that later changes show.",
    discussion: """
      Stores the hash of the script and its requests and assertions in the suite's parity.lock, \
      for every unit that a check ports, and prints what changed since the last time. Nothing is \
      written if a port names an unknown unit. Pinning says that a person has compared port and \
      original: it is not part of a run, and `parity report` uses it at once.
      """
  )

  @OptionGroup var options: ProjectOptions

  func run() async throws {
    try await concluding {
      let plain = try await options.location.workspace()
      let recipes = try plain.recipes(options.recipes)
      let workspace = await plain.withCorpus(of: recipes)
      // Everything that is wrong is told before anything is written.
      var pinnings: [Pinning] = []
      for recipe in recipes {
        let suite = try workspace.suite(recipe).suite
        pinnings.append(try Pinning(await workspace.holding(suite), suite))
      }
      for pinning in pinnings { try pinning.write() }
      return .proven
    }
  }
}

/// The pins of one recipe before and after.
private struct Pinning {
  let workspace: Workspace
  let recipe: String
  let old: Pins
  let new: Pins
  /// What is said of each unit whose pin is another one now.
  let changes: [String]
  let hasLinks: Bool

  init(_ workspace: Workspace, _ suite: Suite) throws {
    self.workspace = workspace
    recipe = suite.recipe
    let corpus = workspace.corpus(for: recipe)
    switch corpus.coverage.state {
    case .rootMissing, .unreadable:
      throw Failure(.broken, "\(recipe) cannot be pinned: \(corpus.coverage.sentences)")
    case .none, .noEntry, .noScripts, .scripts: break
    }
    let held = workspace.held(corpus, suite)
    let index = PortIndex(held, suite: suite)
    if corpus.coverage.state != .none, !index.orphans.isEmpty {
      let place = workspace.shown(workspace.project.suiteFolder(of: recipe))
      throw SuiteErrors(index.orphans.map { Self.diagnostic($0, corpus.coverage.path) }).below(
        place
      )
    }
    old = held.pins
    var pins: [String: Pins.Pin] = [:]
    var changes: [String] = []
    for unit in index.linked {
      let pin = Pins.Pin(unit)
      pins[unit.id] = pin
      guard let earlier = old.units[unit.id] else {
        changes.append("+ \(unit.id)")
        continue
      }
      let words = earlier.changes(in: unit)
      if !words.isEmpty {
        changes.append("~ \(unit.id): \(words.joined(separator: "; "))")
      } else if earlier != pin {
        changes.append("~ \(unit.id): only its looks changed")
      }
    }
    for id in old.units.keys.sorted() where pins[id] == nil {
      let isThere = held.units.contains { $0.id == id }
      changes.append("- \(id): \(isThere ? "no check stands for it any more" : "it is gone")")
    }
    new = Pins(pins)
    self.changes = changes
    hasLinks = !index.linked.isEmpty
  }

  private static func diagnostic(_ orphan: PortIndex.Orphan, _ path: String) -> Diagnostic {
    Diagnostic(
      .error,
      file: orphan.link.place.file,
      line: orphan.link.place.line,
      column: orphan.link.place.column,
      length: max(1, orphan.link.name.unicodeScalars.count),
      message: "port \"\(orphan.link.name)\" is no unit of \(path)",
      nearest: orphan.nearest
    )
  }

  func write() throws {
    let path = workspace.pinsPath(recipe)
    let name = workspace.shown(path)
    guard hasLinks || !old.isEmpty else {
      Console.out("\(recipe): no check stands for an older script\n")
      return
    }
    guard new != old else {
      Console.out("\(recipe): \(name) is as it should be (\(Self.count(new)))\n")
      return
    }
    try AtomicFile.write(new.text.utf8, to: path, in: workspace.tree(of: path))
    Console.out("\(recipe): \(name) written (\(Self.count(new)))\n")
    for change in changes { Console.out("  \(change)\n") }
  }

  private static func count(_ pins: Pins) -> String {
    "\(pins.units.count) unit\(pins.units.count == 1 ? "" : "s")"
  }
}
