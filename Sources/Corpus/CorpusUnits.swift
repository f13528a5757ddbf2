/// What of a script is taken.
package enum ScriptReading: Sendable {
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
  /// Nothing of it is run. Time is linear in its length.
  ///
  /// - Parameter files: What lies beside it, for imports.
  package func units(
    _ files: ScriptFiles = ScriptFiles(),
    reading: ScriptReading = .original
  ) -> [CorpusUnit] {
    guard bytes.count <= Self.readLimit else {
      return [whole("has \(bytes.count) bytes, and only up to \(Self.readLimit) are read inside")]
    }
    switch language {
    case .python: return PythonUnits(self, files: files, reading: reading).units()
    case .shell, .bats: return ShellUnits(self, files: files, reading: reading).units()
    case .javaScript, .typeScript, .ruby, .perl, .other:
      return [whole("is in a language whose inside is not read")]
    }
  }

  /// In bytes; the inside of a longer script is not read.
  static let readLimit = 4 << 20

  private func whole(_ reason: String) -> CorpusUnit {
    CorpusUnit(
      id: path,
      script: path,
      function: nil,
      language: language,
      about: ScriptComment.first(of: bytes),
      lines: 1...max(1, bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 0 : 1)),
      hash: hash,
      fingerprint: Fingerprint(),
      unread: [CorpusUnit.Unread(line: 1, reason: reason)]
    )
  }
}
