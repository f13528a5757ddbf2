@testable import Corpus

/// Scripts that tests write down.
enum Script {
  static func units(
    _ text: String,
    _ name: String = "health.py",
    language: CorpusScript.Language = .python,
    files: [String: String] = [:]
  ) async -> [CorpusUnit] {
    let script = CorpusScript(path: name, language: language, bytes: Array(text.utf8), hash: "h")
    return await script.units(ScriptFiles(files.mapValues { Array($0.utf8) }))
  }

  static func shell(_ text: String, files: [String: String] = [:]) async -> [CorpusUnit] {
    await units(text, "health.sh", language: .shell, files: files)
  }

  /// The lines of a test whose body this is, without what comes from `import`.
  static func lines(ofTest body: String, files: [String: String] = [:]) async -> [String] {
    await units(ofTest: body, files: files).flatMap(\.fingerprint.lines)
  }

  /// The units of a script with one test, whose body this is.
  static func units(ofTest body: String, files: [String: String] = [:]) async -> [CorpusUnit] {
    let inside = body.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "    \($0)\n" }.joined()
    let text = """
      import requests, subprocess, urllib.request, json, re, http.client, psycopg2
      BASE = "https://app.example.org"
      def test_it():
      \(inside)
      """
    return await units(text, files: files)
  }

  static func lines(ofShell text: String, files: [String: String] = [:]) async -> [String] {
    await shell(text, files: files).flatMap(\.fingerprint.lines)
  }
}
