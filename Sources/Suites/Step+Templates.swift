package import Evidence

extension Step.Action {
  /// All texts that are filled in before it is done; those of steps in a group are not in it.
  package var templates: [Template] {
    switch self {
    case .http(let action): action.templates
    case .query(let action): (action.path.map { [$0] } ?? []) + action.templates
    case .exec(let action):
      action.argv + (action.stdin.map { [$0] } ?? []) + action.environment.map(\.value)
    case .file(let action): [action.path] + (action.act?.templates ?? [])
    case .script(let action):
      action.arguments + (action.stdin.map { [$0] } ?? []) + action.environment.map(\.value)
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
    case .multipart(let parts): all += parts.flatMap(\.templates)
    case .fresh(let bytes): all.append(bytes.seed)
    case .form(let fields): all += fields.map(\.value)
    case nil: break
    }
    switch authorization {
    case .basic(let user, let password): all += [user, password]
    case .bearer(let token): all.append(token)
    case nil: break
    }
    if let form { all += form.fields.flatMap(\.templates) + (form.button.map { [$0] } ?? []) }
    return all
  }
}

extension FormPart {
  fileprivate var templates: [Template] {
    let content =
      switch content {
      case .text(let template), .file(let template): template
      case .fresh(let bytes): bytes.seed
      }
    return [content] + [filename, type].compactMap { $0 }
  }
}

extension HTTPAction {
  /// Whether it sends a file of the suite.
  var sendsFile: Bool {
    func isFile(_ part: FormPart) -> Bool { if case .file = part.content { true } else { false } }
    switch body {
    case .file?: return true
    case .multipart(let parts)?: return parts.contains(where: isFile)
    default: return form?.fields.contains(where: isFile) ?? false
    }
  }
}

extension QueryAction {
  /// Of its values.
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
