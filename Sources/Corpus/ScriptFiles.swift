/// The files of a `tests` folder that a script may import or source: other scripts and helpers.
package struct ScriptFiles: Hashable, Sendable {
  /// By path.
  private(set) var contents: [String: [UInt8]]

  package init(_ contents: [String: [UInt8]] = [:]) { self.contents = contents }

  subscript(path: String) -> [UInt8]? {
    get { contents[path] }
    set { contents[path] = newValue }
  }
}

/// The scripts of one folder that are read together, with what lies beside them.
struct ScriptFolder: Sendable {
  struct File: Sendable {
    var path: String
    var language: CorpusScript.Language
    /// UTF-8.
    var text: [UInt8]
    /// Nil for a helper.
    var script: CorpusScript?
    /// What shfmt made of it.
    var tree = ShellSyntax.Tree.json([])
  }

  let reading: ScriptReading
  /// Scripts in their order, then helpers by their paths.
  var files: [File]

  init(scripts: [CorpusScript], files: ScriptFiles, reading: ScriptReading = .original) {
    self.reading = reading
    self.files = scripts.map { script in
      let bytes = script.unreadable == nil ? script.bytes : Array(script.bytes.prefix(8192))
      return File(
        path: script.path,
        language: script.language,
        text: ShellSyntax.text(of: bytes),
        script: script
      )
    }
    let known = Set(scripts.map(\.path))
    for (path, bytes) in files.contents.sorted(by: { $0.key < $1.key }) where !known.contains(path)
    {
      guard let language = ScriptRule.language(ofHelper: path, bytes),
        bytes.count <= CorpusScript.readLimit(of: language)
      else { continue }
      self.files.append(File(path: path, language: language, text: ShellSyntax.text(of: bytes)))
    }
  }

  var scripts: [CorpusScript] { files.compactMap(\.script) }
}
