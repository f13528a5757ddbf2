import Evidence

extension Plan: CustomStringConvertible {
  /// One line a check, by stage, with its strength, its control and its place; for a person.
  package var description: String {
    var text = "\(recipe) \(base.map { "\($0) → " } ?? "")\(target), driver \(driver)\n"
    if let baseReason { text += "  base: \(baseReason)\n" }
    for standin in standins {
      text += "  stand-in: \(standin.service) is \(standin.what)"
      text += standin.versions.isEmpty ? "\n" : " (\(standin.versions.joined(separator: ", ")))\n"
    }
    for store in stores {
      text += "  store: \(store.name) (\(store.kind.rawValue))"
      text += store.hasMarker ? ", marker" : ", no marker"
      text += ", backed up: \(store.mechanism ?? "no")\n"
    }
    for stage in Stage.allCases {
      let items = items.filter { $0.planned.stage == stage }
      text += "\(stage.rawValue)"
      if let reason = stageSkips[stage] { text += ": skipped, \(reason)" }
      text += items.isEmpty ? ": no checks\n" : "\n"
      for item in items { text += line(item) }
    }
    text += "\(planned.count) checks, \(skips.count) skipped; "
    text += "\(deepChecks) functional of strength state\n"
    return text
  }

  private func line(_ item: Item) -> String {
    let check = item.planned
    var text = "  \(check.id)  \(check.kind.rawValue), \(check.strength.rawValue)"
    if check.isHealth, check.kind != .generic { text += ", health" }
    if let readBack = item.readBack {
      text += readBack.decoyPossible ? ", control: decoy" : ", control: not possible"
    }
    if let place = check.place { text += "  \(place)" }
    if let skip = item.skip, stageSkips[check.stage] == nil { text += "\n    skipped: \(skip)" }
    return text + "\n"
  }
}
