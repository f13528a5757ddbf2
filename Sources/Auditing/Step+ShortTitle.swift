import Evidence
import Suites

extension Step {
  /// What a seed plants, for the page: the act as written.
  var shortTitle: String {
    switch action {
    case .http(let action): "\(action.method) \(action.target.source)"
    case .postgres(let action), .clickhouse(let action):
      action.statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    case .exec(let action): action.argv.map(\.source).joined(separator: " ")
    case .file(let action): "file \(action.path.source)"
    case .script(let action): "script \(action.path)"
    case .group(let steps): steps.map(\.shortTitle).joined(separator: "; ")
    }
  }
}
