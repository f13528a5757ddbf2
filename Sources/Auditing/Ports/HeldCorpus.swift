package import Corpus
package import Evidence

/// What a suite is held to: the units of its corpus, and what was pinned of them.
package struct HeldCorpus: Sendable {
  /// In the order of the scripts and their lines.
  package var units: [CorpusUnit]
  package var pins: Pins
  /// What a script of the suite asks and asserts, by the check that runs it: a bare script leaves no
  /// exchanges in the record.
  var scripts: [CheckID: [CorpusUnit]]

  package init(
    units: [CorpusUnit] = [],
    pins: Pins = Pins(),
    scripts: [CheckID: [CorpusUnit]] = [:]
  ) {
    self.units = units
    self.pins = pins
    self.scripts = scripts
  }
}
