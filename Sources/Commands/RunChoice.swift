import Auditing
import Deployments
import Evidence
import Running
import Suites

/// A recipe that can be run, with its plan.
struct RunCandidate {
  var suite: Suite
  var settings: LocalSettings
  var planner: RunPlanner
  var plan: RunPlan
  var printed: Plan

  /// The same with a part of the plan.
  func selecting(_ selection: RunSelection) async throws -> RunCandidate {
    var copy = self
    copy.planner.selection = selection
    (copy.plan, copy.printed) = try await copy.planner.plan()
    return copy
  }
}

/// What is run of what could be.
struct RunChoice {
  private(set) var candidates: [RunCandidate] = []
  /// What a person should know of the choice before anything is started.
  private(set) var announcements: [String] = []
  /// Of what need not be run again: the verdict that stands.
  private(set) var status = ExitStatus.proven

  /// - Throws: where something that was asked for is in no recipe.
  init(_ all: [RunCandidate], _ options: SelectionOptions) async throws {
    let selection = options.selection
    if options.rerunFailed {
      for candidate in all { try await rerun(candidate) }
    } else if selection.isEmpty || all.isEmpty {
      candidates = all
    } else {
      try await select(selection, in: all)
    }
  }

  // MARK: By name and part

  private mutating func select(_ selection: CheckSelection, in all: [RunCandidate]) async throws {
    try Self.requireKnown(selection, in: all)
    for candidate in all {
      guard let part = selection.selection(in: candidate.printed) else {
        announcements.append("\(candidate.suite.recipe): has nothing that was asked for: not run")
        continue
      }
      candidates.append(try await candidate.selecting(part))
    }
  }

  private static func requireKnown(_ selection: CheckSelection, in all: [RunCandidate]) throws {
    let ids = all.flatMap { $0.printed.planned.map(\.id) }
    let unknown = selection.names.filter { name in
      all.allSatisfy { selection.unknown(in: $0.printed).contains(name) }
    }
    var messages = unknown.map { name in
      let near = CheckSelection.nearest(to: name, in: ids).map { "; did you mean \($0)?" } ?? ""
      return "--check \"\(Console.quotable(name))\" is no check of \(names(of: all))\(near)"
    }
    messages += selection.parts.filter { part in
      all.allSatisfy { selection.empty(in: $0.printed).contains(part) }
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
    let kept = KeptRuns(workspace: candidate.planner.workspace, recipe: recipe)
    let last = try LastOutcomes(kept)
    guard last.records.contains(where: \.header.isFull) else {
      announcements.append("\(recipe): no full run is kept: all of it is run")
      candidates.append(candidate)
      return
    }
    let open = last.unproven(of: candidate.printed.planned)
    let picked = CheckSelection(parts: [], names: open.map(\.description))
    guard !open.isEmpty, let selection = picked.selection(in: candidate.printed) else {
      try conclude(candidate, kept)
      return
    }
    announcements.append("\(recipe): runs again:")
    announcements += open.map { "  \($0)" }
    candidates.append(try await candidate.selecting(selection))
  }

  /// Nothing is to be run again: the last verdict stands, and it need not be green.
  private mutating func conclude(_ candidate: RunCandidate, _ kept: KeptRuns) throws {
    let record = try kept.record(nil).record
    let reports = Reports(workspace: candidate.planner.workspace, suite: candidate.suite)
    let verdict = ExitStatus(coverage: reports.coverage(record), record: record)
    status = status.worse(verdict)
    announcements.append(
      "\(candidate.suite.recipe): nothing to run again: every check passed; the verdict of "
        + "run \(record.header.id) stands: exit \(verdict.rawValue)"
    )
  }
}
