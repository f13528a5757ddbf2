import Auditing
import Corpus
import Evidence
import Suites

extension Workspace {
  func pinsPath(_ recipe: String) -> String {
    "\(project.suiteFolder(of: recipe))/\(Pins.fileName)"
  }

  /// What is pinned of a recipe's corpus; nothing where there is no lock.
  func pins(_ recipe: String) throws(SuiteErrors) -> Pins {
    let files = SuiteFiles(folder: project.suiteFolder(of: recipe))
    guard files.exists(Pins.fileName) else { return Pins() }
    let name = shown(pinsPath(recipe))
    guard let bytes = files.read(Pins.fileName, limit: 16 << 20), bytes.count <= 16 << 20 else {
      throw SuiteErrors(file: name, message: "file cannot be read, or is longer than 16 MiB")
    }
    do {
      return try Pins(bytes)
    } catch {
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      let line = error.line > 0 && error.line <= lines.count ? lines[error.line - 1] : nil
      throw SuiteErrors([
        Diagnostic(
          .error,
          file: name,
          line: error.line,
          length: max(1, line.map { String(decoding: $0, as: UTF8.self).count } ?? 1),
          message: error.message,
          expected: error.expected,
          sourceLine: line.map { String(decoding: $0.prefix(200), as: UTF8.self) }
        )
      ])
    }
  }

  /// What the scripts that stand for older ones ask and assert.
  static func scripts(of suite: Suite) async -> [CheckID: [CorpusUnit]] {
    let files = SuiteFiles(folder: suite.folder)
    var found: [CheckID: [CorpusUnit]] = [:]
    var read: [String: [CorpusUnit]] = [:]
    for check in suite.checks where !check.links.isEmpty {
      guard case .script(let script) = check.body else { continue }
      // All tests of a file stand together for what it names.
      if let units = read[script.path] {
        found[check.id] = units
        continue
      }
      guard let bytes = files.read(script.path) else { continue }
      let language: CorpusScript.Language
      var reading = ScriptReading.tests
      switch script.runner {
      case .pytest, .unittest: language = .python
      case .shell:
        language = .shell
        reading = .program
      case .bats: language = .bats
      case .executable:
        let traits = ScriptRule.Traits(isExecutable: true)
        let verdict = ScriptRule.verdict(name: script.path, traits: traits, contents: bytes)
        guard case .script(let known) = verdict else { continue }
        language = known
        reading = .program
      }
      let own = CorpusScript(path: script.path, language: language, bytes: bytes, hash: "")
      let units = await own.units(reading: reading)
      read[script.path] = units
      found[check.id] = units
    }
    return found
  }
}
