import Auditing
import Deployments
import Evidence
import Running
import Suites

/// A recipe that can be run, with its plan.
struct RunCandidate {
  var planner: RunPlanner
  var driver: DriverChoice
  var plan: Plan
  /// Recipes that are deployed before it, in that order, each with nothing to be tested.
  var dependencies: [RunCandidate] = []

  var workspace: Workspace { planner.workspace }
  var suite: Suite { planner.suite }
  var secrets: [SecretSetting] { suite.secrets + driver.undeclaredSecrets }

  /// The same with a part of the plan.
  func selecting(_ selection: RunSelection) -> RunCandidate {
    var copy = self
    copy.plan = plan.selecting(selection, of: suite)
    return copy
  }
}

/// What is run of what could be.
struct RunChoice {
  private(set) var candidates: [RunCandidate] = []
  /// What a person should know of the choice before anything is started.
  private(set) var announcements: [String] = []
  /// Of what is run again, or need not be: the verdict of the whole, which a part never betters.
  private(set) var status = ExitStatus.proven
  /// What a person should know once it is done.
  private(set) var conclusions: [String] = []

  /// - Throws: where something that was asked for is in no recipe.
  init(_ all: [RunCandidate], _ options: SelectionOptions) async throws {
    let selection = options.selection
    if options.rerunFailed {
      for candidate in all { try await rerun(candidate) }
    } else if selection.isEmpty || all.isEmpty {
      candidates = all
    } else {
      try select(selection, in: all)
    }
  }

  // MARK: By name and part

  private mutating func select(_ selection: CheckSelection, in all: [RunCandidate]) throws {
    try Self.requireKnown(selection, in: all)
    for candidate in all {
      guard let part = selection.selection(in: candidate.plan, of: candidate.suite) else {
        announcements.append("\(candidate.suite.recipe): has nothing that was asked for: not run")
        continue
      }
      candidates.append(candidate.selecting(part))
    }
  }

  private static func requireKnown(_ selection: CheckSelection, in all: [RunCandidate]) throws {
    let ids = all.flatMap { $0.plan.planned.map(\.id) }
    let unknown = selection.names.filter { name in
      all.allSatisfy { selection.unknown(in: $0.plan).contains(name) }
    }
    var messages = unknown.map { name in
      let near = CheckSelection.nearest(to: name, in: ids).map { "; did you mean \($0)?" } ?? ""
      return "--check \"\(Console.quotable(name))\" is not a check of \(names(of: all))\(near)"
    }
    messages += selection.parts.filter { part in
      all.allSatisfy { selection.empty(in: $0.plan).contains(part) }
    }.map { part in
      "--only \(part.rawValue): no check of \(names(of: all)) belongs to it"
        + (part == .p2 ? "; `parity audit` tells what has no port" : "")
    }
    if !messages.isEmpty { throw Failure(.wrongUsage, messages.joined(separator: "\n")) }
  }

  private static func names(of all: [RunCandidate]) -> String {
    let names = all.map(\.suite.recipe)
    return names.count <= 5 ? names.joined(separator: ", ") : "\(names.count) recipes"
  }

  // MARK: Again

  private mutating func rerun(_ candidate: RunCandidate) async throws {
    let recipe = candidate.suite.recipe
    let kept = KeptRuns(workspace: candidate.workspace, recipe: recipe)
    let last = try LastOutcomes(kept)
    guard last.records.contains(where: \.header.isFull) else {
      announcements.append("\(recipe): no full run is kept: all of it is run")
      candidates.append(candidate)
      return
    }
    let open = last.unproven(of: candidate.plan.planned)
    let picked = CheckSelection(parts: [], names: open.map(\.description))
    guard !open.isEmpty, let selection = picked.selection(in: candidate.plan, of: candidate.suite)
    else {
      await conclude(candidate, last.records)
      return
    }
    announcements.append("\(recipe): runs again:")
    announcements += open.map { "  \($0)" }
    if let standing = await standing(candidate, last.records), standing.status != .proven {
      status = status.worse(standing.status)
      conclusions.append(standing.sentence(recipe))
    }
    candidates.append(candidate.selecting(selection))
  }

  /// Nothing is to be run again: a verdict stands, and it need not be green.
  ///
  /// It is the worst since the last full run. A part that passed looked at a part: what else was
  /// wrong with the whole is not taken back by it.
  ///
  /// - Parameter records: Newest first, to the last full one.
  private mutating func conclude(_ candidate: RunCandidate, _ records: [RunRecord]) async {
    guard let standing = await standing(candidate, records) else { return }
    status = status.worse(standing.status)
    let advice = standing.status == .proven ? "" : "; only a full run makes another"
    announcements.append(
      "\(candidate.suite.recipe): nothing to run again: no check is open; the verdict of run "
        + "\(standing.run) stands: exit \(standing.status.rawValue)\(advice)"
    )
  }

  private func standing(_ candidate: RunCandidate, _ records: [RunRecord]) async
    -> StandingVerdict?
  {
    let workspace = await candidate.workspace.holding(candidate.suite)
    return StandingVerdict(records, Reports(workspace: workspace, suite: candidate.suite))
  }
}
