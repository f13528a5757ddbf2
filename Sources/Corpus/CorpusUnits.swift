/// What of a script is taken.
package enum ScriptReading: String, Sendable {
  /// Everything that an older script may ask and assert.
  case original
  /// Only what a run of it as a program cannot have left out, for scripts that stand for others.
  case program
  /// The same, where pytest or bats runs its tests.
  case tests

  /// What stands under a condition, in a loop that may not be entered, or behind a way out, is left
  /// out.
  var isCertain: Bool { self != .original }
}

extension CorpusScript {
  /// The units of a script in the order of its lines; at least one, whatever it holds.
  ///
  /// Nothing of it is run: python3's `ast` and shfmt make its syntax tree.
  ///
  /// - Parameter files: What lies beside it, for imports.
  package func units(
    _ files: ScriptFiles = ScriptFiles(),
    reading: ScriptReading = .original
  ) async -> [CorpusUnit] {
    var files = files
    files[path] = bytes
    await files.parse([self])
    return parsedUnits(files, reading: reading)
  }

  /// In bytes; the inside of a longer script is not read.
  static func readLimit(of language: Language) -> Int {
    // shfmt's trees are 150 times as long as the script.
    language == .shell || language == .bats ? 1 << 20 : 4 << 20
  }

  private var readLimit: Int { Self.readLimit(of: language) }

  /// The units, where the script and what lies beside it are parsed.
  func parsedUnits(_ files: ScriptFiles, reading: ScriptReading) -> [CorpusUnit] {
    guard let root = files.trees[path]?.root else {
      let reason =
        bytes.count > readLimit
        ? "has \(bytes.count) bytes, and only up to \(readLimit) are read inside"
        : "is in a language whose inside is not read"
      let problem = files.trees[path]?.problem ?? CorpusUnit.Unread(line: 1, reason: reason)
      let about = ScriptComment.first(of: bytes)
      return units([], main: Fingerprint(), about: about, [problem])
    }
    return language == .python
      ? PythonUnits(self, root, files: files, reading: reading).units()
      : ShellUnits(self, root, files: files, reading: reading).units()
  }

  private var lines: ClosedRange<Int> {
    1...max(1, bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 0 : 1))
  }

  /// The units of the functions, and before them one with the script's name, where there is
  /// anything beside them.
  func units(
    _ units: [CorpusUnit],
    main: Fingerprint,
    about: String,
    _ unread: [CorpusUnit.Unread]
  ) -> [CorpusUnit] {
    var unread = unread
    if bytes.count <= readLimit, let line = ScriptComment.firstLineThatIsNotUTF8(bytes) {
      unread.append(CorpusUnit.Unread(line: line, reason: "bytes are not UTF-8"))
    }
    if !units.isEmpty, main.isEmpty, unread.isEmpty { return units }
    return [unit(nil, about: about, lines: lines, main, unread)] + units
  }

  /// A unit of this script; of the whole where the function is nil.
  func unit(
    _ function: String?,
    about: String,
    lines: ClosedRange<Int>,
    _ fingerprint: Fingerprint,
    _ unread: [CorpusUnit.Unread]
  ) -> CorpusUnit {
    CorpusUnit(
      id: function.map { "\(path)::\($0)" } ?? path,
      script: path,
      function: function,
      language: language,
      about: about,
      lines: lines,
      hash: hash,
      fingerprint: fingerprint,
      unread: unread.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
    )
  }
}
