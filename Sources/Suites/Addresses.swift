package import Evidence

/// Which requests leave the deployment, as far as can be told from what is written.
struct Addresses {
  private let values: [String: Template]

  /// - Parameter vars: all variables in scope; each may use those before it.
  init(vars: [Variable]) {
    var values: [String: Template] = [:]
    for variable in vars { values[variable.name] = variable.value.filling(values) }
    self.values = values
  }

  /// The host that a step asks and that is not the deployment's; nil for all others.
  func foreignHost(of step: Step) -> String? {
    guard case .http(let action) = step.action, action.service == nil else { return nil }
    let target = action.target.filling(values)
    guard case .text(let start)? = target.parts.first,
      let scheme = ["http://", "https://"].first(where: start.lowercased().hasPrefix)
    else { return nil }
    let rest = start.dropFirst(scheme.count)
    let host = rest.prefix { !"/?#".contains($0) }
    // `https://www.{{domain}}/` goes on with a name.
    if host.utf8.count == rest.utf8.count, target.parts.count > 1 {
      if case .name("domain") = target.parts[1] { return nil }
      return String(host) + "…"
    }
    return String(host)
  }

  /// The steps without what looks elsewhere; their number stays.
  func inside(_ steps: [Step]) -> [Step] {
    steps.map { step in
      var step = step
      if case .group(let inner) = step.action { step.action = .group(inside(inner)) }
      guard foreignHost(of: step) != nil else { return step }
      return Step(action: .group([]), place: step.place)
    }
  }
}

extension [Step] {
  /// Looks over HTTP whose content says that one page is there and no other: what is asked of them
  /// must not hold of a page that does not exist.
  ///
  /// - Parameter vars: all variables in scope.
  package func contentLooks(vars: [Variable]) -> [Step] {
    let addresses = Addresses(vars: vars)
    return flatMap(\.leaves).filter { step in
      guard case .http(let action) = step.action, action.method == "GET", step.when == nil,
        step.never == nil, addresses.foreignHost(of: step) == nil
      else { return false }
      // What is said of an error is said of every page that is not there.
      let isOfError = step.expect.contains { expectation in
        expectation.subject == .status
          && expectation.predicates.contains { predicate in
            predicate.candidates.map { $0.allSatisfy { (Int($0) ?? 0) >= 400 } } ?? false
          }
      }
      return !isOfError && step.expect.contains { !$0.subject.isAcknowledgement }
    }
  }
}

extension Step {
  /// The same look at an address beside it, which ends in `{{sibling}}`.
  package var sibling: Step {
    guard case .http(var action) = action else { return self }
    if let target = action.target.withOtherQuery(orElse: action.query) {
      action.target = target
      for index in action.query.indices {
        action.query[index].value = Template(joining: [.name("sibling")])
      }
    } else {
      action.target = action.target.sibling
    }
    var step = self
    step.action = .http(action)
    step.capture = []
    return step
  }
}

extension Template {
  /// With its last path segment replaced by `{{sibling}}`: query, a last slash and the file's kind
  /// stay.
  package var sibling: Template {
    var path: [Part] = []
    var rest: [Part] = []
    for part in parts {
      guard rest.isEmpty, case .text(let text) = part,
        let end = text.firstIndex(where: { $0 == "?" || $0 == "#" })
      else {
        if rest.isEmpty { path.append(part) } else { rest.append(part) }
        continue
      }
      path.append(.text(String(text[..<end])))
      rest.append(.text(String(text[end...])))
    }
    var ending = ""
    if case .text(let last)? = path.last {
      if last.count > 1 || path.count > 1, last.hasSuffix("/") {
        ending = "/"
        path[path.count - 1] = .text(String(last.dropLast()))
      } else if let dot = last.lastIndex(of: "."), last[dot...].utf8.count <= 6,
        last[dot...].dropFirst().allSatisfy(\.isLetter)
      {
        ending = String(last[dot...])
      }
    }
    var kept = path
    while case .some(let part) = kept.popLast() {
      guard case .text(let text) = part, let slash = text.lastIndex(of: "/"),
        !text[..<slash].hasSuffix("/"), !text[..<slash].hasSuffix(":")
      else { continue }
      kept.append(.text(String(text[...slash])))
      return Template(joining: kept + [.name("sibling"), .text(ending)] + rest)
    }
    // All of the path is a value's: an address below it.
    return Template(joining: path + [.text("/"), .name("sibling")] + rest)
  }

  /// The same page of a program that has one address for all its pages (`/index.php?title=…`), with
  /// other values in its query; nil where the path names the page.
  fileprivate func withOtherQuery(orElse query: [(name: String, value: Template)]) -> Template? {
    let programs = [".php", ".cgi", ".fcgi", ".pl", ".py", ".asp", ".aspx", ".jsp", ".do"]
    let items = queryItems
    guard programs.contains(where: path.source.lowercased().hasSuffix),
      !items.isEmpty || !query.isEmpty
    else { return nil }
    var parts = path.parts
    for (index, item) in items.enumerated() {
      let name = (index == 0 ? "?" : "&") + item.name
      parts += item.value.parts.isEmpty ? [.text(name)] : [.text(name + "="), .name("sibling")]
    }
    return Template(joining: parts)
  }

  /// Parts one after the other, with the source that they would be read from.
  init(joining parts: [Part]) {
    let parts = parts.filter { $0 != .text("") }
    let source = parts.map { part in
      switch part {
      case .text(let text): text.replacing("{{", with: "{{{{")
      case .name(let name): "{{\(name)}}"
      }
    }.joined()
    self.init(parts: parts, source: source, place: nil)
  }
}
