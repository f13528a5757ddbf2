import Corpus
package import Suites

/// What of an older suite has no place in the new one, or needs a person's eye.
package struct Leftover: Hashable, Sendable {
  /// As messages name it.
  package var file: String
  /// From 1; 0 where the file as a whole is meant.
  package var line: Int
  package var what: String
  /// An imperative.
  package var advice: String

  package init(_ file: String, _ line: Int, _ what: String, _ advice: String) {
    (self.file, self.line, self.what, self.advice) = (file, line, what, advice)
  }

  package var place: String { line > 0 ? "\(file):\(line)" : file }
}

/// The folder of one recipe among the tests of a catalogue's CI, as far as it is read: nothing of it
/// is run.
package struct AdoptedFolder: Sendable {
  package struct File: Sendable {
    /// Below the folder.
    package var path: String
    /// Below the suite's folder; nil where it has no place there.
    package var target: String?
    package var bytes: [UInt8]
    package var isExecutable: Bool
    /// Nil for what is not Python.
    var outline: PythonOutline?
  }

  package static let settingsFile = "recipe_meta.py"
  package static let hooksFile = "ops.py"
  package static let pageFile = "PARITY.md"
  /// Of one folder.
  private static let countLimit = 2000
  private static let signs = [settingsFile, hooksFile, pageFile] + scriptFolders
  private static let scriptFolders = ["functional", "custom", "playwright"]
  private static let stages = ["install", "upgrade", "backup", "restore"]

  /// As messages name it.
  package let shown: String
  package private(set) var files: [File] = []
  package private(set) var leftovers: [Leftover] = []
  /// What is wrong with files that must be read.
  package private(set) var mistakes: [Diagnostic] = []

  /// Whether a folder is one of a recipe's.
  package static func isOne(_ folder: String) -> Bool {
    let source = SuiteFiles(folder: folder)
    return signs.contains(where: source.isNamed)
  }

  /// - Parameter shown: how messages name it, without a slash at its end.
  /// - Returns: nil where python3 is not installed.
  package init?(_ folder: String, shown: String) async {
    self.shown = shown
    collect(SuiteFiles(folder: folder), "", depth: 0)
    let scripts = files.indices.filter { files[$0].path.hasSuffix(".py") }
    let sources = scripts.map { (path: files[$0].path, bytes: files[$0].bytes) }
    guard let outlines = await PythonOutline.read(sources) else { return nil }
    for (index, outline) in zip(scripts, outlines) { files[index].outline = outline }
    placeHelpers()
    judge()
  }

  subscript(path: String) -> File? { files.first { $0.path == path } }

  package var page: File? { self[Self.pageFile] }

  func place(_ file: String) -> String { "\(shown)/\(file)" }

  // MARK: Reading

  private mutating func collect(_ source: SuiteFiles, _ folder: String, depth: Int) {
    for entry in source.entries(in: folder) ?? [] where entry.name != "__pycache__" {
      let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
      if entry.isFolder, depth < 8, !folder.isEmpty || Self.scriptFolders.contains(entry.name) {
        collect(source, path, depth: depth + 1)
        continue
      }
      if entry.name.hasSuffix(".pyc") { continue }
      if entry.isFolder {
        leave(path, "a folder that suites do not have", "move what a check needs to functional/")
        continue
      }
      guard let bytes = source.read(path), bytes.count <= YAMLReader.sizeLimit,
        files.count < Self.countLimit
      else {
        let reason = "not read: too large, too many, or a link that leads out"
        if [Self.settingsFile, Self.hooksFile].contains(path) {
          mistakes.append(Diagnostic(.error, file: place(path), message: reason))
        }
        leave(path, reason, "copy it yourself")
        continue
      }
      var file = File(path: path, target: nil, bytes: bytes, isExecutable: entry.isExecutable)
      file.target = target(of: file)
      files.append(file)
    }
  }

  /// Where a file stands in the suite; helpers beside `recipe_meta.py` are placed later.
  private mutating func target(of file: File) -> String? {
    let parts = file.path.split(separator: "/").map(String.init)
    let name = parts.last ?? ""
    if parts.count > 1 {
      if name.hasSuffix(".yml") || name.hasSuffix(".yaml") || parts.count > 2 && isBats(name) {
        leave(file.path, "a suite reads it as checks of its own", "rename it or rewrite it")
        return nil
      }
      return file.path
    }
    guard name.hasPrefix("test_"), name.hasSuffix(".py") else {
      let isKnown = name.hasSuffix(".py") || name == Self.pageFile || isCompose(name)
      if !isKnown { leave(file.path, "no part of a suite", "keep it where it is, or delete it") }
      return nil
    }
    if Self.stages.contains(String(name.dropFirst(5).dropLast(3))) { return "overlays/\(name)" }
    leave(file.path, "belongs to no stage", "it is in functional/ now; see that it fits there")
    return "functional/\(name)"
  }

  private func isBats(_ name: String) -> Bool { name.hasSuffix(".bats") }
  func isCompose(_ name: String) -> Bool {
    name.hasPrefix("compose.") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
  }

  private mutating func leave(_ path: String, _ what: String, _ advice: String) {
    leftovers.append(Leftover(place(path), 0, what, advice))
  }

  /// Python beside the settings stays beside the folders of scripts; what an overlay imports stands
  /// beside the overlay, too.
  private mutating func placeHelpers() {
    let overlays = files.filter { $0.target?.hasPrefix("overlays/") == true }
    let wanted = Set(overlays.flatMap { $0.outline?.imports ?? [] }.map(\.name))
    for index in files.indices where files[index].target == nil {
      let path = files[index].path
      guard path.hasSuffix(".py"), !path.contains("/"), path != Self.settingsFile else { continue }
      let isWanted = wanted.contains(String(path.dropLast(3)))
      if isWanted {
        var copy = files[index]
        copy.target = "overlays/\(path)"
        files.append(copy)
      }
      if path != Self.hooksFile { files[index].target = path }
    }
  }

  // MARK: What scripts need

  private mutating func judge() {
    let known = Set(
      files.compactMap(\.target).map { path in
        String((path.split(separator: "/").last ?? "").prefix { $0 != "." })
      } + ["parity", "pytest"]
    )
    for file in files where file.path != Self.pageFile {
      guard let outline = file.outline else { continue }
      let isRead = [Self.settingsFile, Self.hooksFile].contains(file.path)
      if let (line, reason) = outline.problem {
        if isRead {
          let message = "\(file.path) \(reason)"
          let text = lines(of: file)
          let sourceLine = text.indices.contains(line - 1) ? text[line - 1] : nil
          mistakes.append(
            Diagnostic(
              .error,
              file: place(file.path),
              line: line,
              message: message,
              sourceLine: sourceLine
            )
          )
        } else {
          leftovers.append(Leftover(place(file.path), line, reason, "mend it"))
        }
      }
      guard file.target != nil else { continue }
      for one in outline.imports where !known.contains(one.name) {
        leftovers.append(
          Leftover(
            place(file.path),
            one.place.line,
            "imports \(one.name), which does not stand beside it",
            "install it for `scripts: {python: …}`, copy it, or use the fixture `parity`"
          )
        )
      }
    }
  }

  private func lines(of file: File) -> [String] {
    String(decoding: file.bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  /// Variables that scripts read and nobody here gives them, each with the first place.
  var variables: [(name: String, place: String)] {
    var found: [(name: String, place: String)] = []
    for file in files where file.target != nil {
      for one in file.outline?.variables ?? []
      where !one.name.hasPrefix("PARITY_") && !["PATH", "HOME", "TMPDIR"].contains(one.name)
        && !found.contains(where: { $0.name == one.name })
      {
        found.append((one.name, "\(place(file.path)):\(one.place.line)"))
      }
    }
    return found
  }
}
