import Evidence

extension Step {
  /// What the step does, in one line, as written in the suite: names stay between braces.
  package var title: String {
    switch action {
    case .http(let action):
      if let form = action.form { return "submit \(form.selector)" }
      let place = action.service.map { " on \($0)" } ?? ""
      return "\(action.method) \(action.target.source)\(place)"
    case .query(let action): return "\(word) \(action.service): \(action.line)"
    case .exec(let action):
      return "exec \(action.service): " + action.argv.map(\.source).joined(separator: " ")
    case .file(let action):
      let verb = action.act?.verb ?? "file"
      return switch action.source {
      case .snapshot: "\(verb) in the snapshot: \(action.path.source)"
      case .service(let name): "\(verb) \(name): \(action.path.source)"
      }
    case .script(let action):
      return (["script", action.path] + action.arguments.map(\.source)).joined(separator: " ")
    case .group(let steps):
      return "group of \(steps.count): " + (steps.first?.title ?? "")
    }
  }

}

extension QueryAction {
  /// As written, in one line; a command of Redis with its arguments, a file's statement behind its path.
  package var line: String {
    let text = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    switch (database, parameters) {
    case (.redis, .positional(let values)):
      let words = values.map { value in
        if case .template(let template) = value { template.source } else { "\(value.written)" }
      }
      return ([text] + words).joined(separator: " ")
    case (.sqlite, _): return "\(path?.source ?? ""): \(text)"
    default: return text
    }
  }
}

extension FileAction.Act {
  /// As in a step's title, before the service and the path.
  var verb: String {
    switch self {
    case .write: "write file"
    case .link: "make link"
    case .folder: "make folder"
    case .mode(let mode): "set mode \(String(mode, radix: 8)),"
    }
  }
}
