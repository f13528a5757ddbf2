internal import Deployments
internal import Formats

/// One entry of a tar archive.
struct TarEntry: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case file
    case folder
    case link
    /// Another name of a file that came before.
    case hardLink
    case pipe
    case device
  }

  /// As in the archive, without a `/` at the end.
  var path: String
  var kind: Kind
  /// Of its content, in bytes.
  var size: Int
  /// Seconds since 1970.
  var modified: Int
  /// Where its content begins, in bytes from the archive's start.
  var offset: Int
  var mode = 0
  var owner = 0
  var group = 0
  /// What a link leads to, and what a hard link is another name of.
  var target: String?
  /// SHA-256 of its content; nil where that was not asked for, or there is none.
  var hash: String?

  /// Entries of one archive, each hard link as the file that came before it.
  static func resolved(_ entries: [TarEntry]) -> [TarEntry] {
    let known = Dictionary(entries.map { ($0.path, $0) }) { $1 }
    return entries.map { entry in
      guard entry.kind == .hardLink, var file = entry.target.flatMap({ known[$0] }) else {
        return entry
      }
      file.path = entry.path
      return file
    }
  }
}

/// Reads the headers of a tar archive as it comes by: POSIX ustar and pax (IEEE 1003.1-2008, "pax
/// Interchange Format"), GNU's long names and large numbers.
struct TarScanner: Sendable {
  private var position = 0
  private var block: [UInt8] = []
  /// Content that is passed over, with its padding.
  private var skipping = 0
  /// Content that describes the next entry.
  private var collecting: (kind: UInt8, left: Int, padding: Int)?
  private var collected: [UInt8] = []
  private var longName: String?
  private var longTarget: String?
  private var paxTarget: String?
  private var paxOwner: Int?
  private var paxGroup: Int?
  private var paxPath: String?
  private var paxSize: Int?
  private var paxModified: Int?
  /// Of an entry's content, in bytes.
  private static let largest = 1 << 50
  private(set) var entries: [TarEntry] = []
  /// How many bytes of content are still hashed.
  private var hashable: Int
  /// Of the last entry, and how much of its content is to come.
  private var hashing: (digest: StreamedDigest, left: Int)?
  private var isEnded = false

  /// - Parameter hashing: bytes of content that are hashed at most; a file that does not fit has no hash.
  init(hashing: Int = 0) { hashable = hashing }

  /// Whether the archive had its end: a cut one has none.
  var isComplete: Bool { isEnded }

  mutating func feed(_ bytes: [UInt8]) throws(EngineError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if isEnded { return }
      if skipping > 0 {
        let count = min(skipping, rest.count)
        hash(rest.prefix(count))
        advance(&rest, count)
        skipping -= count
      } else if let (kind, left, padding) = collecting {
        let count = min(left, rest.count)
        collected += rest.prefix(count)
        advance(&rest, count)
        guard count == left else {
          collecting = (kind, left - count, padding)
          continue
        }
        collecting = nil
        skipping = padding
        describe(kind)
      } else {
        let count = min(512 - block.count, rest.count)
        block += rest.prefix(count)
        advance(&rest, count)
        guard block.count == 512 else { continue }
        try header()
        block.removeAll(keepingCapacity: true)
      }
    }
  }

  private mutating func advance(_ rest: inout ArraySlice<UInt8>, _ count: Int) {
    rest = rest.dropFirst(count)
    position += count
  }

  private mutating func hash(_ bytes: ArraySlice<UInt8>) {
    guard let (digest, left) = hashing else { return }
    let content = bytes.prefix(left)
    digest.feed(content)
    hashing = (digest, left - content.count)
    guard left == content.count else { return }
    entries[entries.count - 1].hash = digest.text()
    hashing = nil
  }

  private mutating func header() throws(EngineError) {
    if block.allSatisfy({ $0 == 0 }) {
      isEnded = true
      return
    }
    let sum = block.enumerated().reduce(0) {
      $0 + (148..<156 ~= $1.offset ? 0x20 : Int($1.element))
    }
    guard Self.number(block[148..<156]) == sum else {
      throw EngineError(.malformed, "what the engine sent is no tar archive")
    }
    let size = Self.number(block[124..<136])
    // A size that no file has would overflow what is counted below.
    guard 0...Self.largest ~= size, 0...Self.largest ~= paxSize ?? 0 else {
      throw EngineError(.malformed, "an entry of a tar archive has no size")
    }
    let padding = (512 - size % 512) % 512
    let kind = block[156]
    switch kind {
    case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"):
      guard size <= 1 << 20 else {
        throw EngineError(.malformed, "a name in a tar archive has \(size) bytes")
      }
      collected = []
      collecting = (kind, size, padding)
      if size == 0 { collecting = nil }
    case UInt8(ascii: "g"):
      skipping = size + padding
    default:
      let hasContent = [0, UInt8(ascii: "0"), UInt8(ascii: "7")].contains(kind)
      let content = hasContent ? paxSize ?? size : 0
      var path = paxPath ?? longName ?? name()
      let isFolder = kind == UInt8(ascii: "5") || path.utf8.last == UInt8(ascii: "/")
      while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
      let kind = isFolder ? .folder : Self.kind(kind)
      var entry = TarEntry(
        path: path,
        kind: kind,
        size: content,
        modified: paxModified ?? Self.number(block[136..<148]),
        offset: position
      )
      entry.mode = Self.number(block[100..<108]) & 0o7777
      entry.owner = paxOwner ?? Self.number(block[108..<116])
      entry.group = paxGroup ?? Self.number(block[116..<124])
      if kind == .link || kind == .hardLink {
        entry.target = paxTarget ?? longTarget ?? Self.text(block[157..<257])
      }
      entries.append(entry)
      if kind == .file, content <= hashable {
        hashable -= content
        hashing = (StreamedDigest(), content)
        if content == 0 { hash([]) }
      }
      skipping = content + (512 - content % 512) % 512
      (longName, longTarget) = (nil, nil)
      (paxPath, paxTarget, paxSize, paxModified) = (nil, nil, nil, nil)
      (paxOwner, paxGroup) = (nil, nil)
    }
  }

  private static func kind(_ type: UInt8) -> TarEntry.Kind {
    switch type {
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .link
    case UInt8(ascii: "3"), UInt8(ascii: "4"): .device
    case UInt8(ascii: "6"): .pipe
    default: .file
    }
  }

  private func name() -> String {
    let name = Self.text(block[0..<100])
    guard Self.text(block[257..<262]) == "ustar" else { return name }
    let prefix = Self.text(block[345..<500])
    // GNU keeps other things there, and says so by a blank behind "ustar".
    return prefix.isEmpty || block[262] == 0x20 ? name : prefix + "/" + name
  }

  private mutating func describe(_ kind: UInt8) {
    switch kind {
    case UInt8(ascii: "L"): longName = Self.text(collected[...])
    case UInt8(ascii: "K"): longTarget = Self.text(collected[...])
    default: readRecords()
    }
  }

  private mutating func readRecords() {
    // Records of the form "<length> <name>=<value>\n".
    var rest = collected[...]
    while let blank = rest.firstIndex(of: 0x20),
      let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
      length > 0, length <= rest.count
    {
      let record = rest.prefix(length).dropLast()
      rest = rest.dropFirst(length)
      guard blank < record.endIndex,
        let equals = record[blank...].firstIndex(of: UInt8(ascii: "="))
      else { continue }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      switch String(decoding: record[(blank + 1)..<equals], as: UTF8.self) {
      case "path": paxPath = value
      case "linkpath": paxTarget = value
      case "uid": paxOwner = Int(value)
      case "gid": paxGroup = Int(value)
      case "size": paxSize = Int(value)
      case "mtime": paxModified = Int(value.prefix { $0 != "." })
      default: break
      }
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    StoredPath.text(bytes.prefix { $0 != 0 })
  }

  /// Octal digits, or GNU's binary form, whose first byte is 0x80.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    if let first = bytes.first, first == 0x80 {
      return bytes.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    var value = 0
    for byte in bytes where byte != 0x20 && byte != 0 {
      guard 0x30...0x37 ~= byte else { return -1 }
      value = value << 3 | Int(byte - 0x30)
    }
    return value
  }
}
