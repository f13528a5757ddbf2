import Evidence
package import Suites

/// A recipe's line under `recipes` of `parity.yml`.
package struct ProjectEntry: Sendable {
  package let recipe: String
  package let source: Project.RecipeSource
  /// A path relative to the file, or an absolute one; of a repository its address.
  package let shown: String

  package init(recipe: String, source: Project.RecipeSource, shown: String) {
    self.recipe = recipe
    self.source = source
    self.shown = shown
  }

  package var line: String {
    switch source {
    case .folder: "\(recipe): \(YAMLText.scalar(shown))"
    case .git: "\(recipe): {git: \(YAMLText.scalar(shown))}"
    }
  }

  /// The file with this line added, every other byte as it was.
  ///
  /// - Parameter folder: of the file, absolute.
  /// - Returns: nil where the file is of a form in which the line has no certain place.
  package func added(to text: String, folder: String) -> String? {
    guard let added = inserted(into: text), let before = Self.read(text, folder),
      var after = Self.read(added, folder), after.recipes[recipe] == source
    else { return nil }
    after.recipes[recipe] = before.recipes[recipe]
    let isSame =
      after.recipes == before.recipes && after.suites == before.suites
      && after.reports == before.reports && after.corpus == before.corpus
      && after.driver == before.driver && after.publish == before.publish
      && after.variables == before.variables && after.swarmNodes == before.swarmNodes
      && after.policy == before.policy
    return isSame ? added : nil
  }

  private static func read(_ text: String, _ folder: String) -> Project? {
    try? ProjectLoader.project(Array(text.utf8), folder: folder)
  }

  private func inserted(into text: String) -> String? {
    let end = text.utf8.contains(UInt8(ascii: "\r")) ? "\r\n" : "\n"
    var lines = text.components(end: end)
    guard let index = lines.firstIndex(where: { $0.hasPrefix("recipes:") }) else {
      let gap = text.isEmpty || text.hasSuffix(end) ? "" : end
      return text + gap + "recipes:\(end)  \(line)\(end)"
    }
    let rest = lines[index].dropFirst("recipes:".count).drop { $0 == " " }
    if rest.hasPrefix("{"), let close = lines[index].lastIndex(of: "}") {
      let isEmpty = rest.dropFirst().drop { $0 == " " }.hasPrefix("}")
      lines[index].insert(contentsOf: (isEmpty ? "" : ", ") + line, at: close)
      return lines.joined(separator: end)
    }
    guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
    let next = lines[(index + 1)...].first { line in
      let words = line.drop { $0 == " " }
      return !words.isEmpty && !words.hasPrefix("#")
    }
    let indent = next?.prefix { $0 == " " }.count ?? 0
    lines.insert(String(repeating: " ", count: indent > 0 ? indent : 2) + line, at: index + 1)
    return lines.joined(separator: end)
  }
}

extension String {
  /// Its lines without their ends; `\r\n` is one character of Swift's.
  fileprivate func components(end: String) -> [String] {
    guard let mark = end.first else { return [self] }
    return split(separator: mark, omittingEmptySubsequences: false).map(String.init)
  }
}
