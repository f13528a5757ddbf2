package import Evidence

/// A page that a person wrote, as far as it can be read.
package struct ImportedPage: Hashable, Sendable {
  /// As its first heading says; nil where it says none.
  package var recipe: String?
  /// In the order of the page.
  package var claims: [PageClaim] = []
  /// What is not understood, word for word.
  package var rest: [PageRest] = []
  /// The page's lines, from 1 at index 0, with plain blanks and quotes in place of typographic ones;
  /// each has as many characters as it was written with.
  package var lines: [String] = []

  /// Claims in this tool's own words; empty where the page is not one of its own.
  package var own: [Claim] { claims.compactMap(\.own) }

  package init() {}
}

/// A passage that no family of pages explains.
package struct PageRest: Hashable, Sendable {
  package var text: String
  /// From 1, both included.
  package var lines: ClosedRange<Int>
}

/// One statement of a page.
package struct PageClaim: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A test covers an older script.
    case port
    /// An older script is left alone, with a reason.
    case nonPort
    /// A test verifies something.
    case test
    /// A stage is covered, or skipped.
    case lifecycle
    /// Data of a store survive.
    case store
    /// There is nothing to port.
    case vacuous
    /// Something is put off.
    case deferral
    /// What counts as ready.
    case readiness
    /// A claim of a page that this tool wrote.
    case own
  }

  /// What the page says of it.
  package enum Status: String, CaseIterable, Sendable {
    /// That it holds.
    case claimed
    case deferred
    case skipped
    /// That it will come.
    case planned
    /// That it does not hold.
    case failing
    /// A word that nobody here knows: nothing is claimed by it.
    case unknown
  }

  package var kind: Kind
  package var status = Status.claimed
  /// The status as it is written; empty where the place on the page is the status.
  package var word = ""
  /// The older script, as it is written.
  package var original: PageReference?
  /// Tests that are named for it.
  package var tests: [PageReference] = []
  /// What "will land as" names: a plan is no port.
  package var planned: [PageReference] = []
  package var requests: [PageRequest] = []
  /// HTTP statuses that it names.
  package var statuses: [Int] = []
  /// Stages that it names.
  package var stages: [Stage] = []
  /// A store, by its service or its kind, in lower case.
  package var store: String?
  package var marker: String?
  package var reason: String?
  /// All of it, one line.
  package var text: String
  /// From 1, both included.
  package var lines: ClosedRange<Int>
  /// In this tool's own words; nil for a page that somebody else wrote.
  package var own: Claim?

  package init(_ kind: Kind, text: String, lines: ClosedRange<Int>) {
    self.kind = kind
    self.text = text
    self.lines = lines
  }
}

/// A test or a script that a page names.
package struct PageReference: Hashable, Sendable {
  /// As it is written.
  package var raw: String
  /// Nil where only a function is named.
  package var path: String?
  package var function: String?

  package var baseName: String {
    (path ?? "").split(separator: "/").last.map(String.init) ?? ""
  }

  /// The file's name without `test_` and its ending.
  package var stem: String {
    let name = baseName.split(separator: ".").first.map(String.init) ?? ""
    return name.hasPrefix("test_") ? String(name.dropFirst(5)) : name
  }
}

package struct PageRequest: Hashable, Sendable {
  /// Nil where only an address is named.
  package var method: String?
  package var path: String
}
