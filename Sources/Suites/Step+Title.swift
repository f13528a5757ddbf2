import Evidence

extension Step {
  /// What the step does, in one line, as written in the suite: names stay between braces.
  package var title: String {
    switch action {
    case .http(let action):
      let place = action.service.map { " on \($0)" } ?? ""
      return "\(action.method) \(action.target.source)\(place)"
    case .postgres(let action), .clickhouse(let action):
      return "\(word) \(action.service): \(Self.oneLine(action.statement))"
    case .exec(let action):
      return "exec \(action.service): " + action.argv.map(\.source).joined(separator: " ")
    case .file(let action):
      let verb = action.write == nil ? "file" : "write file"
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

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
  }
}
