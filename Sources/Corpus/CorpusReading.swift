package import Evidence

/// What was found in the corpus for one recipe, with everything that was passed over.
package struct CorpusReading: Hashable, Sendable {
  /// A file that is not a script, and why.
  package struct Other: Hashable, Sendable {
    package let path: String
    package let reason: ScriptRule.Reason
  }

  package var recipe: String
  /// As it is shown, such as `Tests/corpus/recipe-info`.
  package var root: String
  package var isSample: Bool
  package var state: CorpusCoverage.State
  /// How many recipes the corpus has.
  package var recipes: Int
  /// The tree hash of the corpus; nil where it could not be read.
  package var tree: String?
  /// By the bytes of their paths.
  package var scripts: [CorpusScript] = []
  /// By the bytes of their paths.
  package var others: [Other] = []
  /// What scripts may import or source from each other.
  package var files = ScriptFiles()
  /// The commit that was read; nil for a folder, and where it is not to be told.
  package var commit: String?
  /// What could not be read, each with its reason: `oidc.py is a link that leads out of the corpus`.
  package var unread: [String] = []
  /// Why, where the state needs one.
  package var detail: String?

  /// The folder that was looked at: `Tests/corpus/recipe-info/plausible/tests`.
  package var path: String { "\(root)/\(recipe)/tests" }

  /// The units of all scripts, in the order of the scripts and of their lines.
  ///
  /// Read anew at each call, which takes time in proportion to the scripts' length.
  package func units() -> [CorpusUnit] { scripts.flatMap { $0.units(files) } }

  /// The part that is kept in `coverage.json`.
  package var coverage: CorpusCoverage {
    CorpusCoverage(
      state: state,
      root: root,
      path: path,
      recipes: recipes,
      scripts: scripts.map(\.path),
      tree: tree,
      commit: commit,
      isSample: isSample,
      detail: detail ?? (unread.isEmpty ? nil : unread.joined(separator: "; "))
    )
  }
}

extension CorpusCoverage {
  /// True where there is nothing to port and that is shown, not assumed.
  package var isVacuous: Bool { state == .noEntry || state == .noScripts }
}
