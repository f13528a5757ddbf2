package import Evidence

extension IntegrityEntry {
  /// Where the entry needs a marker of letters and digits alone; nil where it may be as awkward as data
  /// are.
  ///
  /// All steps of an entry have the same marker, so that one place decides for all of them. What a step
  /// hands over as a value of its own, and compares as one, may be anything: a parameter of a statement,
  /// a value of a JSON body or a form, a whole body, a whole file, standard input, a cell of a row.
  package func plainMarkerPlace(vars: [Variable]) -> SourcePlace? {
    var texts: Set<String> = ["marker", "marker.large"]
    var whole = texts
    for variable in vars where variable.value.names.contains(where: texts.contains) {
      texts.insert(variable.name)
      if variable.value.isOne(of: whole) { whole.insert(variable.name) }
    }
    for step in (prepare + seed + drop + change + verify).flatMap(\.leaves) {
      let values = step.action.handedOver + step.expect.flatMap(\.handedOver)
      let all = step.action.templates + step.expect.flatMap(\.predicates).flatMap(\.templates)
      func count(_ templates: [Template]) -> Int {
        templates.count { $0.names.contains(where: texts.contains) }
      }
      if count(all) > count(values.filter { $0.isOne(of: whole) }) { return step.place }
      // What a script does with it nobody sees.
      if case .script = step.action { return step.place }
    }
    return nil
  }
}

extension Template {
  fileprivate func isOne(of names: Set<String>) -> Bool {
    parts.count == 1 && self.names.contains(where: names.contains)
  }
}

extension Step.Action {
  /// Texts that reach whom they are for as they are.
  fileprivate var handedOver: [Template] {
    switch self {
    case .http(let action):
      switch action.body {
      case .json(let tree): return tree.templates
      case .text(let template): return [template]
      case .form(let fields): return fields.map(\.value)
      case .multipart(let parts):
        return parts.compactMap {
          if case .text(let template) = $0.content { template } else { nil }
        }
      case .file, .fresh, nil: return []
      }
    case .query(var action):
      action.path = nil
      return Step.Action.query(action).templates
    case .exec(let action): return action.stdin.map { [$0] } ?? []
    case .file(let action): return action.write.map { [$0] } ?? []
    case .script, .group: return []
    }
  }
}

extension Expectation {
  /// Operands that are compared with a whole value.
  fileprivate var handedOver: [Template] {
    switch subject {
    case .row, .cell, .column, .rows, .jsonpath, .body, .content:
      predicates.flatMap(\.wholeOperands)
    default: []
    }
  }
}

extension Predicate {
  fileprivate var wholeOperands: [Template] {
    switch self {
    case .equals, .subset, .oneOf: templates
    case .not(let predicate): predicate.wholeOperands
    default: []
    }
  }
}
