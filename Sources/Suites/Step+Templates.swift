package import Evidence

extension Step.Action {
  /// All texts that are filled in before it is done; those of steps in a group are not in it.
  package var templates: [Template] {
    switch self {
    case .http(let action): action.templates
    case .postgres(let action), .clickhouse(let action): action.templates
    case .exec(let action):
      action.argv + (action.stdin.map { [$0] } ?? []) + action.environment.map(\.value)
    case .file(let action): [action.path] + (action.write.map { [$0] } ?? [])
    case .script(let action): action.arguments
    case .group: []
    }
  }
}

extension HTTPAction {
  fileprivate var templates: [Template] {
    var all = [target] + headers.map(\.value) + query.map(\.value)
    switch body {
    case .json(let tree): all += tree.templates
    case .text(let template), .file(let template): all.append(template)
    case .form(let fields): all += fields.map(\.value)
    case nil: break
    }
    switch authorization {
    case .basic(let user, let password): all += [user, password]
    case .bearer(let token): all.append(token)
    case nil: break
    }
    return all
  }
}

extension SQLAction {
  fileprivate var templates: [Template] {
    switch parameters {
    case .positional(let values): values.flatMap(\.templates)
    case .named(let values): values.flatMap(\.value.templates)
    case .none: []
    }
  }
}

extension Step {
  /// The step itself, or those that a group ends in, at every depth.
  package var leaves: [Step] {
    if case .group(let steps) = action { steps.flatMap(\.leaves) } else { [self] }
  }
}
