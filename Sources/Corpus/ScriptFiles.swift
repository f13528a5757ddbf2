/// The files of a `tests` folder that a script may import or source: other scripts and helpers.
package struct ScriptFiles: Sendable {
  /// By path.
  private(set) var contents: [String: [UInt8]]
  /// What came of those that were parsed, by path.
  var trees: [String: SyntaxTree] = [:]

  package init(_ contents: [String: [UInt8]] = [:]) { self.contents = contents }

  subscript(path: String) -> [UInt8]? {
    get { contents[path] }
    set { contents[path] = newValue }
  }

  /// Whether a program failed where another time it may not.
  var hasFailures: Bool {
    trees.values.contains { if case .failed = $0 { true } else { false } }
  }

  /// Parses scripts, and whatever of the other files they may import or source.
  mutating func parse(_ scripts: [CorpusScript]) async {
    var all = [self]
    await Self.parse(&all, scripts: [scripts])
    self = all[0]
  }

  /// Parses the files of several folders at once, so that one process serves them all.
  static func parse(_ folders: inout [ScriptFiles], scripts: [[CorpusScript]]) async {
    var python: [(folder: Int, path: String, bytes: [UInt8])] = []
    var shell = python
    for (index, folder) in folders.enumerated() {
      let languages = Dictionary(
        scripts[index].map { ($0.path, $0.language) },
        uniquingKeysWith: { $1 }
      )
      for (path, bytes) in folder.contents {
        guard let language = languages[path] ?? ScriptRule.language(ofHelper: path, bytes),
          bytes.count <= CorpusScript.readLimit(of: language)
        else { continue }
        switch language {
        case .python: python.append((index, path, bytes))
        case .shell, .bats: shell.append((index, path, bytes))
        default: continue
        }
      }
    }
    let sources = shell.map { ($0.bytes, ShellSyntax.dialect(of: $0.path, $0.bytes)) }
    async let pythonTrees = python.isEmpty ? [] : PythonSyntax().trees(of: python.map(\.bytes))
    async let shellTrees = shell.isEmpty ? [] : ShellSyntax().trees(of: sources)
    for (file, tree) in zip(python, await pythonTrees) {
      folders[file.folder].trees[file.path] = tree
    }
    for (file, tree) in zip(shell, await shellTrees) {
      folders[file.folder].trees[file.path] = tree
    }
  }

  /// The path of a Python module that stands beside a script, above it, or at the top of the
  /// folder; nil for one of a library.
  func module(_ name: String, from script: String) -> String? {
    let dots = name.prefix { $0 == "." }.count
    let parts = name.dropFirst(dots).split(separator: ".").joined(separator: "/")
    var folder = Self.folder(of: script)
    for _ in 0..<max(dots - 1, 0) { folder = Self.folder(of: folder) }
    guard !parts.isEmpty else { return nil }
    var folders = [folder]
    if dots == 0 {
      while let above = folders.last, !above.isEmpty { folders.append(Self.folder(of: above)) }
    }
    for folder in folders {
      let base = folder.isEmpty ? parts : "\(folder)/\(parts)"
      for path in ["\(base).py", "\(base)/__init__.py"] where path != script {
        if contents[path] != nil { return path }
      }
    }
    return nil
  }

  /// The `conftest.py` files that pytest would read for a script, the nearest first.
  func conftests(for script: String) -> [String] {
    var folder = Self.folder(of: script)
    var paths: [String] = []
    while true {
      let path = folder.isEmpty ? "conftest.py" : "\(folder)/conftest.py"
      if contents[path] != nil { paths.append(path) }
      if folder.isEmpty { return paths }
      folder = Self.folder(of: folder)
    }
  }

  /// The file that a shell script sources, by the end of what it is called.
  ///
  /// - Parameter words: Such as `{…}/lib/http.sh`: what stands before is only known at run time.
  func sourced(_ words: String, from script: String) -> String? {
    let pieces = words.split(separator: "/").drop { $0 == "." || $0.contains("{…}") }
    var parts: [Substring] = Self.folder(of: script).split(separator: "/")
    for piece in pieces where piece != "." {
      if piece == ".." { _ = parts.popLast() } else { parts.append(piece) }
    }
    let beside = parts.joined(separator: "/")
    if contents[beside] != nil { return beside }
    let above = pieces.filter { $0 != ".." }.joined(separator: "/")
    return contents[above] == nil ? nil : above
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

extension ScriptFiles: Hashable {
  package static func == (lhs: ScriptFiles, rhs: ScriptFiles) -> Bool {
    lhs.contents == rhs.contents
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(contents) }
}
