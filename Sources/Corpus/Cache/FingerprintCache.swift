import Files
import Formats
import Glibc

/// What was read of `tests` folders before, by the blob ids of all that lies in them.
///
/// An entry is one file, named after what it was made from: script paths and blob ids, the reader's
/// version, and the programs that parse. It lies in a folder that is this user's alone; one that
/// others could write is not used. What an entry says is checked when it is read, and an entry that
/// is not as it should be is ignored and written again.
package struct FingerprintCache: Sendable {
  /// Grows whenever the readers read anything else from the same script.
  static let version = 3
  /// Entries that are kept, and for how long nothing may have used one.
  static let countLimit = 2_000
  static let days = 60
  /// Of one entry, in bytes.
  static let sizeLimit = 16 << 20

  /// Nil where there is none that is safe to use.
  private let folder: String?

  /// A cache that holds nothing and keeps nothing.
  static let off = FingerprintCache(folder: nil)

  private init(folder: String?) { self.folder = folder }

  /// The cache below a folder: `XDG_CACHE_HOME`, or `~/.cache`.
  ///
  /// - Parameter base: One that is not there is made where its own folder is this user's.
  package init(
    below base: String? = UserCache.base,
    owner: UInt32 = geteuid()
  ) {
    folder = base.flatMap { UserCache.folder(below: $0, owner: owner) }
  }

  /// The name of what comes of files read in one way.
  func key(of scripts: [CorpusScript], _ files: ScriptFiles) -> String {
    var text = "parity fingerprints \(Self.version)\n"
    text += "\(SyntaxProgram.python?.identity ?? "-")\n\(SyntaxProgram.shfmt?.identity ?? "-")\n"
    for script in scripts { text += "\(script.language.rawValue) \(script.path)\n" }
    let paths = files.contents.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for path in paths {
      text += "\(ObjectDigest.blobID(of: files[path] ?? [])) \(path)\n"
    }
    return ObjectDigest.blobID(of: Array(text.utf8))
  }

  /// What was kept under a key; nil where that is nothing, or not as it was written.
  func units(_ key: String, of scripts: [CorpusScript]) -> [CorpusUnit]? {
    guard let folder, let bytes = Self.contents(of: "\(folder)/\(key).json"),
      let entry = try? JSONParser(depthLimit: 16).parse(bytes),
      entry["key"]?.stringValue == key, let list = entry["scripts"]?.arrayValue
    else { return nil }
    guard list.count == scripts.count else { return nil }
    var units: [CorpusUnit] = []
    for (value, script) in zip(list, scripts) {
      guard value["hash"]?.stringValue == script.hash,
        let own = value["units"].flatMap({ script.units(from: $0) })
      else { return nil }
      units += own
    }
    return units
  }

  /// Keeps what was read of scripts. Nothing is told where that cannot be done: it is read again
  /// then.
  func keep(_ values: [JSONValue], of scripts: [CorpusScript], as key: String) {
    guard let folder else { return }
    let entries = zip(values, scripts).map { value, script -> JSONValue in
      ["hash": .string(script.hash), "units": value]
    }
    let entry: JSONValue = ["key": .string(key), "scripts": .array(entries)]
    let bytes = Array(entry.description.utf8)
    guard bytes.count <= Self.sizeLimit else { return }
    var template = Array("\(folder)/new-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { return }
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    let isWhole = close(file) == 0 && count == bytes.count
    if !isWhole || rename(template, "\(folder)/\(key).json") != 0 { unlink(template) }
  }

  private static func contents(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var info = stat()
    guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_uid == geteuid(),
      info.st_size <= sizeLimit
    else { return nil }
    // What is used stays.
    futimens(file, nil)
    var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    return count == bytes.count ? bytes : nil
  }

  /// Removes what was not used for long, and the oldest of too many.
  func prune(now: Int = time(nil)) {
    guard let folder, let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    var files: [(path: String, time: Int)] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let path = "\(folder)/\(name)"
      var info = stat()
      guard !name.hasPrefix("."), lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      files.append((path, info.st_mtim.tv_sec))
    }
    files.sort { $0.time > $1.time }
    let oldest = now - Self.days * 86_400
    for (index, file) in files.enumerated()
    where index >= Self.countLimit || file.time < oldest {
      unlink(file.path)
    }
  }
}
