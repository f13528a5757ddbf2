import Evidence
import Suites

extension Step {
  /// What a seed plants, for the page: the act as written.
  var shortTitle: String {
    switch action {
    case .http(let action): "\(action.method) \(action.target.source)"
    case .query(let action): action.line
    case .exec(let action): action.argv.map(\.source).joined(separator: " ")
    case .file(let action): "file \(action.path.source)"
    case .script(let action): "script \(action.path)"
    case .group(let steps): steps.map(\.shortTitle).joined(separator: "; ")
    }
  }
}

extension [Step] {
  /// Where they write: tables, keys and paths, each once, in their order.
  var placesWritten: [String] {
    var places: [String] = []
    for place in flatMap(\.placesWritten) where !places.contains(place) { places.append(place) }
    return places
  }
}

extension Step {
  fileprivate var placesWritten: [String] {
    switch action {
    case .query(let action): [action.placeWritten]
    case .file(let action): [action.path.source]
    case .group(let steps): steps.flatMap(\.placesWritten)
    case .http, .exec, .script: [shortTitle]
    }
  }
}

extension QueryAction {
  /// The table behind the statement's first verb, the key of a command; else the statement.
  fileprivate var placeWritten: String {
    if database == .redis, case .positional(let values) = parameters, let key = values.first {
      if case .template(let template) = key { return template.source }
      return "\(key.written)"
    }
    let words = statement.split(whereSeparator: \.isWhitespace)
    let verbs: Set<String> = ["INTO", "UPDATE", "TABLE"]
    guard let verb = words.firstIndex(where: { verbs.contains($0.uppercased()) }),
      let table = words[(verb + 1)...].first
    else { return line }
    return table.prefix { $0 != "(" }.filter { !"\"`;".contains($0) }
  }
}
