package import Corpus
import Evidence
import Formats
package import Suites

/// Which unit every name of the suite means.
package struct PortIndex: Sendable {
  /// A name that means no unit.
  package struct Orphan: Hashable, Sendable {
    package var link: PortLink
    /// The nearest unit that there is.
    package var nearest: String?
    /// Whether the nearest is the same script under another name, by the pin's hash.
    var isRenamed: Bool
  }

  /// What the suite says of one unit.
  struct Entry: Sendable {
    /// Checks that name it as their original, in the suite's order.
    var ports: [CheckID] = []
    var covered: [CorpusDeclarations.Covered] = []
    var deferred: [(entry: CorpusDeclarations.Deferred, place: SourcePlace)] = []
    var notPorted: [(entry: CorpusDeclarations.NotPorted, place: SourcePlace)] = []

    var isLinked: Bool { !ports.isEmpty || !covered.isEmpty }
  }

  /// As many as there are units, in their order.
  private(set) var entries: [Entry]
  package private(set) var orphans: [Orphan] = []
  private let held: HeldCorpus
  private let recipe: String
  private let byID: [String: [Int]]
  private let byScript: [String: [Int]]

  package init(_ held: HeldCorpus, suite: Suite) {
    self.held = held
    recipe = suite.recipe
    entries = Array(repeating: Entry(), count: held.units.count)
    var byID: [String: [Int]] = [:]
    var byScript: [String: [Int]] = [:]
    for (index, unit) in held.units.enumerated() {
      byID[unit.id, default: []].append(index)
      byScript[unit.script, default: []].append(index)
    }
    self.byID = byID
    self.byScript = byScript
    for check in suite.checks {
      for link in check.links {
        for unit in units(link) where !entries[unit].ports.contains(check.id) {
          entries[unit].ports.append(check.id)
        }
      }
    }
    for covered in suite.corpus.covered {
      for link in covered.links {
        for unit in units(link) { entries[unit].covered.append(covered) }
      }
    }
    for deferred in suite.corpus.deferred {
      for link in deferred.links {
        for unit in units(link) { entries[unit].deferred.append((deferred, link.place)) }
      }
    }
    for notPorted in suite.corpus.notPorted {
      for link in notPorted.links {
        for unit in units(link) { entries[unit].notPorted.append((notPorted, link.place)) }
      }
    }
  }

  /// Units that a check stands for, or looks at in another way, in their order.
  package var linked: [CorpusUnit] {
    zip(held.units, entries).filter { $1.isLinked }.map { $0.0 }
  }

  private mutating func units(_ link: PortLink) -> [Int] {
    let name = link.name
    // Bytes decide: two names that only look alike are two names.
    for shape in Self.shapes(of: name, recipe: recipe) {
      if let found = units(named: shape) { return found }
    }
    if !orphans.contains(where: { $0.link == link }) { orphans.append(orphan(link)) }
    return []
  }

  private func units(named name: String) -> [Int]? {
    if let found = byID[name], held.units[found[0]].id.utf8.elementsEqual(name.utf8) {
      // A script's own name means all that is in it.
      return byScript[name] ?? found
    }
    let script = name.hasSuffix("::*") ? String(name.dropLast(3)) : name
    guard let found = byScript[script],
      held.units[found[0]].script.utf8.elementsEqual(script.utf8)
    else { return nil }
    return found
  }

  /// The name below the recipe's `tests` folder: `recipe-info/demo/tests/x.py` and `tests/x.py` are
  /// `x.py`, unless a folder in there is called so.
  private static func shapes(of name: String, recipe: String) -> [String] {
    var shapes = [name]
    if name.hasPrefix("./") { shapes.append(String(name.dropFirst(2))) }
    for prefix in ["\(recipe)/tests/", "tests/"] where name.hasPrefix(prefix) {
      shapes.append(String(name.dropFirst(prefix.count)))
    }
    if let found = name.firstRange(of: "/\(recipe)/tests/") {
      shapes.append(String(name[found.upperBound...]))
    }
    return shapes
  }

  private func orphan(_ link: PortLink) -> Orphan {
    let name = Self.shapes(of: link.name, recipe: recipe).last ?? link.name
    let parts = name.components(atFirst: "::")
    if let pin = held.pins.units[name]
      ?? held.pins.units.first(where: { $0.key.components(atFirst: "::").0 == parts.0 })?.value
    {
      let renamed = held.units.filter { $0.hash == pin.hash }
      let same = renamed.first { $0.function == parts.1 } ?? renamed.first
      if let same {
        let nearest = parts.1 == nil ? same.script : same.id
        return Orphan(link: link, nearest: nearest, isRenamed: true)
      }
    }
    let candidates =
      parts.1 == nil ? Set(held.units.map(\.script)) : Set(held.units.map(\.id))
    // The other functions of a script that is there are nearer than any other script.
    let inside = candidates.filter { $0.components(atFirst: "::").0 == parts.0 }
    let nearest =
      NearestName.of(name, among: inside.sorted())
      ?? NearestName.of(name, among: candidates.sorted())
    return Orphan(link: link, nearest: nearest, isRenamed: false)
  }
}

extension String {
  /// What stands before and behind the first separator; the text alone where there is none.
  fileprivate func components(atFirst separator: String) -> (String, String?) {
    guard let found = firstRange(of: separator) else { return (self, nil) }
    return (String(self[..<found.lowerBound]), String(self[found.upperBound...]))
  }
}
