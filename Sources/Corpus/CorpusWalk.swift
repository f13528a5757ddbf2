import Files
import Formats
import Git

/// One walk through the `tests` folder of an entry.
struct CorpusWalk {
  /// In bytes; a longer file is not read, and is named.
  static let scriptLimit = 8 << 20

  /// The whole corpus, resolved; nothing outside is read.
  let root: DiskPath
  private(set) var scripts: [CorpusScript] = []
  private(set) var others: [CorpusReading.Other] = []
  /// Scripts and helpers by path, for what they import from each other.
  private(set) var files: [String: [UInt8]] = [:]
  private(set) var unread: [String] = []

  init(root: DiskPath) { self.root = root }

  enum Target {
    case inside(DiskPath)
    case refused(String)
  }

  enum Opened {
    case absent
    case folder(DiskPath)
    case refused(String)
  }

  /// Where a link leads, if it stays inside a folder.
  static func target(of link: DiskPath, inside root: DiskPath) -> Target {
    do {
      let target = try link.resolved()
      return target.isInside(root) ? .inside(target) : .refused("is a link that leads outside")
    } catch .absent {
      return .refused("is a link that leads nowhere")
    } catch {
      return .refused(error.description)
    }
  }

  /// A folder, or a link to one that stays inside the corpus.
  func open(_ path: DiskPath, named name: String) -> Opened {
    do {
      switch try path.kind() {
      case .folder: return .folder(path)
      case .link:
        switch Self.target(of: path, inside: root) {
        case .inside(let target):
          return try target.kind() == .folder
            ? .folder(target) : .refused("\(name) is not a folder")
        case .refused(let why): return .refused("\(name) \(why)")
        }
      case .file, .other: return .refused("\(name) is not a folder")
      }
    } catch .absent {
      return .absent
    } catch {
      return .refused("\(name) \(error)")
    }
  }

  /// Adds what a folder holds, in the order of the bytes of the paths.
  mutating func read(_ folder: DiskPath) {
    readFolder(folder, below: [], isForHelpers: false, depth: 0)
    scripts.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    others.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    unread.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func readFolder(
    _ folder: DiskPath,
    below path: [UInt8],
    isForHelpers: Bool,
    depth: Int
  ) {
    let ignored = NamePatterns(CorpusReader.ignored + [".git"])
    let entries: [DiskPath.Entry]
    do {
      entries = try folder.entries()
    } catch {
      unread.append("\(path.isEmpty ? "tests" : DiskPath.shown(path)) \(error)")
      return
    }
    for entry in entries where !ignored.match(entry.name, isTop: false) {
      let place = path.isEmpty ? entry.name : path + [UInt8(ascii: "/")] + entry.name
      let shown = DiskPath.shown(place)
      let file = folder.appending(entry.name)
      switch entry.kind {
      case .folder where entry.name.first == UInt8(ascii: "."):
        others.append(CorpusReading.Other(path: shown, reason: .hidden))
      case .folder where depth >= 32: unread.append("\(shown) is too deep")
      case .folder:
        let name = String(decoding: entry.name, as: UTF8.self)
        readFolder(
          file,
          below: place,
          isForHelpers: isForHelpers || ScriptRule.isHelperFolder(name),
          depth: depth + 1
        )
      case .file(let isExecutable, _):
        let traits = ScriptRule.Traits(isExecutable: isExecutable, isAmongHelpers: isForHelpers)
        add(file, name: entry.name, shown: shown, traits: traits)
      case .link: readLink(file, name: entry.name, shown: shown, isForHelpers: isForHelpers)
      case .other: unread.append("\(shown) is not a file")
      }
    }
  }

  private mutating func readLink(
    _ link: DiskPath,
    name: [UInt8],
    shown: String,
    isForHelpers: Bool
  ) {
    switch Self.target(of: link, inside: root) {
    case .refused(let why): unread.append("\(shown) \(why)")
    case .inside(let target):
      switch try? target.kind() {
      case .file(let isExecutable, _):
        let traits = ScriptRule.Traits(isExecutable: isExecutable, isAmongHelpers: isForHelpers)
        add(target, name: name, shown: shown, traits: traits)
      default: unread.append("\(shown) is a link to a folder, which is not followed")
      }
    }
  }

  private mutating func add(
    _ file: DiskPath,
    name: [UInt8],
    shown: String,
    traits: ScriptRule.Traits
  ) {
    do {
      let contents = try file.contents(limit: Self.scriptLimit)
      let text = String(decoding: name, as: UTF8.self)
      switch ScriptRule.verdict(name: text, traits: traits, contents: contents) {
      case .notScript(let reason):
        others.append(CorpusReading.Other(path: shown, reason: reason))
        if reason == .helper { files[shown] = contents }
      case .binary: unread.append("\(shown) is not text")
      case .script(let language):
        files[shown] = contents
        scripts.append(
          CorpusScript(
            path: shown,
            language: language,
            bytes: contents,
            hash: ObjectDigest.blobID(of: contents)
          )
        )
      }
    } catch {
      unread.append("\(shown) \(error)")
    }
  }
}
