package import Evidence
package import Files
import Git

/// Reads the older scripts of a recipe from `<root>/<recipe>/tests/`, without running any.
///
/// An entry is a folder of the root with a name that begins with neither `.` nor `_`. Links that
/// stay inside the root are followed for the root, an entry, `tests` and single files; folders
/// further down are not, and are named. Links that lead outside are never followed.
package struct CorpusReader: Sendable {
  package let root: DiskPath
  /// How the root is named in reports, relative to the project.
  let shownRoot: String
  /// True where the corpus is only an example.
  let isSample: Bool
  /// What parses the scripts; without it nothing is proven of those that need it.
  var python = SyntaxProgram.python
  var shfmt = SyntaxProgram.shfmt

  /// Left out of scripts and of the tree hash: caches, and the secrets of whoever runs the scripts,
  /// which differ between machines and are never read.
  static let ignored = FolderTree.caches + ScriptRule.skippedFolders

  /// - Parameters:
  ///   - root: The folder `recipe-info`.
  ///   - shownAs: Its path relative to the project; the root itself where it is nil.
  package init(root: String, shownAs: String? = nil, isSample: Bool) {
    self.root = DiskPath(root)
    let shown = DiskPath.shown(Array((shownAs ?? root).utf8))
    shownRoot = shown.count > 1 && shown.hasSuffix("/") ? String(shown.dropLast()) : shown
    self.isSample = isSample
  }

  /// What is found for a recipe, as `coverage.json` holds it.
  package func coverage(of recipe: String) -> CorpusCoverage { reading(of: recipe).coverage }

  /// What is found for a recipe. It never throws: what cannot be read is the answer's state.
  package func reading(of recipe: String) -> CorpusReading { readings(of: [recipe])[0] }

  /// What is found for each recipe, in their order; the corpus is hashed once for all.
  package func readings(of recipes: [String]) -> [CorpusReading] {
    var whole = CorpusReading(
      recipe: "",
      root: shownRoot,
      isSample: isSample,
      state: .unreadable,
      recipes: 0
    )
    let corpus = openRoot(&whole)
    if let corpus {
      whole.recipes = corpus.recipes
      if corpus.recipes == 0, corpus.unread.isEmpty {
        // An unfetched submodule looks like this: nothing is not proof of nothing.
        whole.state = .rootMissing
        whole.detail = "holds no recipe"
      } else {
        do {
          whole.tree = try FolderTree.hash(of: corpus.folder, ignoring: Self.ignored)
        } catch {
          whole.unread.append(Self.relative(error.message, to: corpus.folder))
        }
      }
    }
    return recipes.map { recipe in
      var reading = whole
      reading.recipe = recipe
      guard Self.isEntryName(Array(recipe.utf8)), !recipe.utf8.contains(UInt8(ascii: "/")) else {
        reading.state = .unreadable
        reading.recipes = 0
        reading.tree = nil
        reading.unread = []
        reading.detail = "\"\(DiskPath.shown(Array(recipe.utf8)))\" is not the name of a recipe"
        return reading
      }
      if let corpus, whole.detail == nil { readEntry(&reading, corpus) }
      return reading
    }
  }

  static func isEntryName(_ name: [UInt8]) -> Bool {
    guard let first = name.first else { return false }
    return first != UInt8(ascii: ".") && first != UInt8(ascii: "_") && !name.contains(0)
  }

  private struct OpenCorpus {
    var folder: DiskPath
    var recipes = 0
    /// Links in the place of recipes that cannot be counted.
    var unread: [String] = []
  }

  /// The root with its recipes counted, nil where the reading already says why not.
  private func openRoot(_ reading: inout CorpusReading) -> OpenCorpus? {
    do throws(DiskPath.Failure) {
      let folder = try root.resolved()
      guard try folder.kind() == .folder else { throw .notAFolder }
      var corpus = OpenCorpus(folder: folder)
      for entry in try folder.entries() where Self.isEntryName(entry.name) {
        let path = folder.appending(entry.name)
        switch entry.kind {
        case .folder: corpus.recipes += 1
        case .link:
          switch CorpusWalk.target(of: path, inside: folder) {
          case .inside(let target):
            if (try? target.kind()) == .folder { corpus.recipes += 1 }
          case .refused(let why):
            corpus.unread.append("\(DiskPath.shown(entry.name)) \(why)")
          }
        case .file, .other: continue
        }
      }
      return corpus
    } catch {
      switch error {
      case .absent:
        let isLink = (try? root.kind()) == .link
        reading.state = .rootMissing
        reading.detail = isLink ? "is a link that leads nowhere" : "is not there"
      case .notAFolder, .linkLoop:
        reading.state = .rootMissing
        reading.detail = error.description
      default:
        reading.state = .unreadable
        reading.detail = "\(shownRoot) \(error)"
      }
      return nil
    }
  }

  private func readEntry(_ reading: inout CorpusReading, _ corpus: OpenCorpus) {
    var walk = CorpusWalk(root: corpus.folder)
    let entry = corpus.folder.appending(reading.recipe)
    var state: CorpusCoverage.State
    switch walk.open(entry, named: reading.recipe) {
    case .absent: state = .noEntry
    case .refused(let why):
      state = .unreadable
      reading.unread.append(why)
    case .folder(let folder):
      state = .noScripts
      switch walk.open(folder.appending("tests"), named: "tests") {
      case .absent: reading.detail = "has no folder tests"
      case .refused(let why):
        state = .unreadable
        reading.unread.append(why)
      case .folder(let tests):
        walk.read(tests)
        reading.scripts = walk.scripts
        reading.others = walk.others
        reading.files = ScriptFiles(walk.files)
        reading.unread += walk.unread + missing(for: walk.scripts)
        state = walk.scripts.isEmpty ? .noScripts : .scripts
        if !reading.unread.isEmpty { state = .unreadable }
        if state == .noScripts { reading.detail = Self.without(walk.others) }
      }
    }
    // Nothing is proven by a corpus of which a part could not be looked at.
    if state == .noEntry || state == .noScripts {
      reading.unread += corpus.unread
      if !reading.unread.isEmpty { state = .unreadable }
    }
    if state == .unreadable { reading.detail = nil }
    reading.state = state
  }

  private func missing(for scripts: [CorpusScript]) -> [String] {
    let languages = Set(scripts.map(\.language))
    var missing: [String] = []
    if python == nil, !languages.isDisjoint(with: [.python, .shell, .bats]) {
      missing.append("python3 is not installed: install the package python3")
    }
    if shfmt == nil, !languages.isDisjoint(with: [.shell, .bats]) {
      missing.append("shfmt is not installed: install the package shfmt")
    }
    return missing
  }

  private static func without(_ others: [CorpusReading.Other]) -> String {
    if others.isEmpty { return "has an empty folder tests" }
    let names = others.prefix(5).map(\.path).joined(separator: ", ")
    return "has no scripts in tests, only \(names)"
      + (others.count > 5 ? " and \(others.count - 5) more" : "")
  }

  /// A message without the place of the corpus on this machine.
  private static func relative(_ message: String, to folder: DiskPath) -> String {
    let prefix = "\(folder)/"
    return message.utf8.starts(with: prefix.utf8)
      ? String(message.dropFirst(prefix.count)) : message
  }
}
