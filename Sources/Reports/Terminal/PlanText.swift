package import Evidence

extension Plan {
  /// One line a check, by stage, with its strength, its control and its place; for a person.
  package var listing: String {
    var text =
      "\(recipe) \(base.map { "\($0.version) → " } ?? "")\(target.version), driver \(driver)\n"
    if let baseReason { text += "  base: \(baseReason.cause)\n" }
    if let origin {
      text += "  fetched from \(origin.shown), tree \(target.tree.prefix(12))\n"
      for warning in origin.warnings { text += "  warning: \(warning)\n" }
    }
    for dependency in dependencies ?? [] {
      text += "  dependency: \(dependency.recipe) \(dependency.revision.version)\n"
    }
    if let leftOut = leftOutLine { text += "  \(leftOut)\n" }
    for standin in standins {
      text += "  stand-in: \(standin.service) is \(standin.what)"
      text += standin.versions.isEmpty ? "\n" : " (\(standin.versions.joined(separator: ", ")))\n"
    }
    for store in stores {
      text += "  store: \(store.name) (\(store.kind.rawValue))"
      text += store.hasMarker ? ", marker" : ", no marker"
      if let place = store.plainMarker { text += " of letters and digits (\(place))" }
      text += ", backed up: \(store.mechanism ?? "no")\n"
    }
    for stage in Stage.allCases {
      let checks = planned.filter { $0.stage == stage }
      text += "\(stage.rawValue)"
      if let reason = stageSkips[stage] { text += ": skipped, \(reason.cause)" }
      text += checks.isEmpty ? ": no checks\n" : "\n"
      for check in checks { text += line(check) }
    }
    text += "\(planned.count) checks, \(planned.count { $0.skip != nil }) skipped; "
    text += "\(deepChecks) functional of strength state\n"
    return text
  }

  /// What lies in the recipe's folder and is no part of it; nil where nothing does.
  package var leftOutLine: String? {
    guard let leftOut, !leftOut.isEmpty else { return nil }
    let shown = leftOut.prefix(5).joined(separator: ", ")
    let more = leftOut.count > 5 ? " and \(leftOut.count - 5) more" : ""
    return "left out, because git does not have it: \(shown)\(more)"
  }

  private func line(_ check: PlannedCheck) -> String {
    var text = "  \(check.id)  \(check.kind.rawValue), \(check.strength.rawValue)"
    if check.isHealth, check.kind != .generic { text += ", health" }
    if check.noControl != nil {
      text += ", control: none"
    } else if let readBack = check.readBack {
      text += readBack.decoyPossible ? ", control: decoy" : ", control: not possible"
    }
    if case .not(let problem)? = check.carry { text += ", not carried: \(problem.sentence)" }
    if let place = check.place { text += "  \(place)" }
    if let skip = check.skip, stageSkips[check.stage] == nil {
      text += "\n    skipped: \(skip.cause)"
    }
    return text + "\n"
  }
}
