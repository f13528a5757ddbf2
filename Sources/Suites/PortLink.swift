package import Evidence

/// The name of a unit of the corpus, or of a whole script, where the suite writes it.
package struct PortLink: Sendable, Hashable {
  /// As written: `health.py::test_up`, `health.py`, `health.py::*`,
  /// `recipe-info/demo/tests/health.py`.
  package var name: String
  package var place: SourcePlace
}

/// What the suite says of units of the corpus that no check names as its original.
package struct CorpusDeclarations: Sendable, Hashable {
  /// Units that checks look at without being ports of them, on a person's word.
  package struct Covered: Sendable, Hashable {
    package var links: [PortLink]
    /// With all rows of a check that has cases.
    package var checks: [CheckID]
    package var why: String
  }

  /// Units that are left out for good.
  package struct NotPorted: Sendable, Hashable {
    package var links: [PortLink]
    package var why: String
  }

  /// Units that are put off.
  package struct Deferred: Sendable, Hashable {
    package var links: [PortLink]
    package var what: String
    package var why: String
    package var until: String
  }

  package var covered: [Covered] = []
  package var notPorted: [NotPorted] = []
  package var deferred: [Deferred] = []
}
