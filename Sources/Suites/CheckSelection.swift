package import Evidence
import Formats

/// Finds what was asked for in a plan, and what that depends on.
package struct CheckSelection: Sendable {
  /// As written: `functional/notes::test_x`, `functional/notes`, `test_x`, `test_x[row]`.
  package var names: [String]
  package var parts: [ClaimPart]

  package init(parts: [ClaimPart], names: [String]) {
    self.parts = ClaimPart.allCases.filter(parts.contains)
    self.names = names
  }

  package var isEmpty: Bool { parts.isEmpty && names.isEmpty }

  /// Names that stand for no check of the plan.
  package func unknown(in plan: Plan) -> [String] {
    names.filter { name in !plan.planned.contains { Self.matches($0, name) } }
  }

  /// The nearest thing that a name could have meant; nil where nothing is near.
  package static func nearest(to name: String, in ids: [CheckID]) -> String? {
    NearestName.of(
      name,
      among: ids.flatMap { [$0.name, $0.withoutRow.name, "\($0)", "\($0.withoutRow)", $0.file] }
    )
  }

  /// Parts that no check of the plan belongs to.
  package func empty(in plan: Plan) -> [ClaimPart] {
    parts.filter { part in !plan.planned.contains { part.holds($0) } }
  }

  /// Nil where the plan has nothing that was asked for.
  package func selection(in plan: Plan, of suite: Suite) -> RunSelection? {
    let asked = plan.planned.filter { check in
      names.contains { Self.matches(check, $0) }
    }.map(\.id)
    let ofParts = plan.planned.filter { check in parts.contains { $0.holds(check) } }.map(\.id)
    if asked.isEmpty, ofParts.isEmpty { return nil }
    return RunSelection(
      parts: parts,
      checks: asked,
      stages: plan.stages(for: plan.needed(for: Set(asked + ofParts), of: suite))
    )
  }

  /// Whether a name stands for a check of a plan.
  ///
  /// What is carried of a check is asked for by its own id alone: whoever names the check means the check.
  private static func matches(_ check: PlannedCheck, _ name: String) -> Bool {
    check.origin == nil
      ? matches(check.id, name) : UTF8Order.areEqual(check.id.description, name)
  }

  /// Whether a name stands for a check: its id, its file, its name; without a row, for all its rows.
  package static func matches(_ id: CheckID, _ name: String) -> Bool {
    [id.description, id.withoutRow.description, id.file, id.name, id.withoutRow.name].contains {
      UTF8Order.areEqual($0, name)
    }
  }
}

extension Plan {
  /// The plan with what was asked for and what that needs; the generic checks of every stage that
  /// runs are among it, for they show that the stage did what the others rely on.
  package func selecting(_ selection: RunSelection, of suite: Suite) -> Plan {
    let asked = planned.filter { check in
      selection.checks.contains(check.id) || selection.parts.contains { $0.holds(check) }
    }
    let needed = needed(for: Set(asked.map(\.id)), of: suite)
    var plan = self
    plan.selection = selection
    plan.planned = planned.filter { check in
      needed.contains(check.id) || check.kind == .generic && selection.runs(check.stage)
    }
    return plan
  }

  /// What checks cannot do without: those that they name, those that capture what they use, and the
  /// markers that they look for.
  func needed(for asked: Set<CheckID>, of suite: Suite) -> Set<CheckID> {
    let bodies = suite.checksByID
    var result = asked
    var open = Array(asked)
    while let id = open.popLast() {
      for other in dependencies(of: id, bodies) where result.insert(other).inserted {
        open.append(other)
      }
    }
    return result
  }

  private func dependencies(of id: CheckID, _ bodies: [CheckID: Check]) -> [CheckID] {
    guard let check = planned.first(where: { $0.id == id }) else { return [] }
    if check.kind == .integrity {
      let seeds = [
        "survives_upgrade": "seeded", "survives_restore": "seeded_for_backup",
        "recovered": "seeded_for_backup",
      ]
      return seeds[id.name].map { [.integrity(id.stem, $0)] } ?? []
    }
    guard let body = bodies[id] else { return [] }
    let used = body.usedNames
    let earlier = planned.prefix { $0.id != id }.filter { other in
      let captured = Set(bodies[other.id]?.steps.flatMap(\.runCaptures) ?? [])
      // A script may use anything.
      return !captured.isEmpty && (used.map { !$0.isDisjoint(with: captured) } ?? true)
    }
    let named = planned.filter { other in
      body.needs.contains(other.id) || body.needs.contains(other.id.withoutRow)
    }
    return (named + earlier).map(\.id)
  }

  /// The stages that must run for checks, in their order: the target must run before anything
  /// after the install, and there is no restore without a backup.
  func stages(for checks: Set<CheckID>) -> [Stage] {
    var stages = Set(planned.filter { checks.contains($0.id) }.map(\.stage))
    stages.remove(.teardown)
    stages.insert(.install)
    if stages.contains(.restore) || stages.contains(.recover) { stages.insert(.backup) }
    if stages.count > 1 { stages.insert(.upgrade) }
    return Stage.allCases.filter(stages.contains)
  }
}

extension ClaimPart {
  /// Whether a check is what this part of a page rests on.
  package func holds(_ check: PlannedCheck) -> Bool {
    switch self {
    case .p1: check.kind == .generic || check.kind == .overlay
    case .p2: !check.ports.isEmpty
    case .p3: check.kind == .functional
    case .p4: check.kind == .integrity
    }
  }
}

extension CheckID {
  /// `<folder>/<stem>`.
  fileprivate var file: String { "\(folder)/\(stem)" }
}

extension Check {
  /// Names that its steps fill in; nil for a script, whose are not known.
  fileprivate var usedNames: Set<String>? {
    guard case .steps(let steps) = body else { return nil }
    var names: Set<String> = []
    for step in steps + steps.flatMap(\.leaves) {
      names.formUnion(step.action.templates.flatMap(\.names))
      names.formUnion(step.expect.flatMap(\.templates).flatMap(\.names))
    }
    for variable in vars { names.formUnion(variable.value.names) }
    return names
  }
}

extension Step {
  /// Names that it keeps for the rest of the run.
  var runCaptures: [String] {
    leaves.flatMap(\.capture).filter { $0.scope == .run }.map(\.name)
      + capture.filter { $0.scope == .run }.map(\.name)
  }
}
