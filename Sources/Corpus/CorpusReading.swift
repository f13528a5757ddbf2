package import Evidence

/// What was found in the corpus for one recipe, with everything that was passed over.
package struct CorpusReading: Hashable, Sendable {
  /// A file that is not a script, and why.
  package struct Other: Hashable, Sendable {
    let path: String
    let reason: ScriptRule.Reason
  }

  package var recipe: String
  /// As it is shown, such as `Tests/corpus/recipe-info`.
  package var root: String
  var isSample: Bool
  package var state: CorpusCoverage.State
  /// How many recipes the corpus has.
  package var recipes: Int
  /// The tree hash of the corpus; nil where it could not be read.
  package var tree: String?
  /// By the bytes of their paths.
  package var scripts: [CorpusScript] = []
  /// By the bytes of their paths.
  var others: [Other] = []
  /// What scripts may import or source from each other.
  var files = ScriptFiles()
  /// The commit that was read; nil for a folder, and where it is not to be told.
  package var commit: String?
  /// What could not be read, each with its reason: `oidc.py is a link that leads out of the corpus`.
  package var unread: [String] = []
  /// Why, where the state needs one.
  package var detail: String?

  /// The folder that was looked at: `Tests/corpus/recipe-info/plausible/tests`.
  var path: String { "\(root)/\(recipe)/tests" }

  /// The units of all scripts, in the order of the scripts and of their lines.
  ///
  /// Read anew at each call, which takes time in proportion to the scripts' length.
  package func units() async -> [CorpusUnit] { await Self.units(of: [self], cache: .off)[0] }

  /// The units of several readings, in their order: what the cache does not have is parsed by as
  /// few processes as possible, and kept.
  package static func units(
    of readings: [CorpusReading],
    cache: FingerprintCache = FingerprintCache()
  ) async -> [[CorpusUnit]] {
    var units: [[CorpusUnit]?] = readings.map { _ in nil }
    var missed: [(index: Int, key: String)] = []
    for (index, reading) in readings.enumerated() {
      let key = cache.key(of: reading.scripts, reading.files)
      units[index] = reading.scripts.isEmpty ? [] : cache.units(key, of: reading.scripts)
      if units[index] == nil { missed.append((index, key)) }
    }
    let folders = missed.map {
      ScriptFolder(scripts: readings[$0.index].scripts, files: readings[$0.index].files)
    }
    for (entry, folder) in zip(missed, await ScriptReader().read(folders)) {
      units[entry.index] = folder.units
      // What a slow or missing program left unread may be read next time.
      if let values = folder.values {
        cache.keep(values, of: readings[entry.index].scripts, as: entry.key)
      }
    }
    if !missed.isEmpty { cache.prune() }
    return units.map { $0 ?? [] }
  }

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
