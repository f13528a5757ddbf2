/// An image as a compose file names it: `registry/path/name:tag@digest`.
struct ImageReference {
  /// With its registry, without tag and digest.
  let repository: String
  /// Nil where there is none; empty where a variable left nothing.
  let tag: String?
  let digest: String?

  init(_ text: String) {
    var name = text[...]
    if let at = name.firstIndex(of: "@") {
      digest = String(name[name.index(after: at)...])
      name = name[..<at]
    } else {
      digest = nil
    }
    // A colon before the last slash is a registry's port.
    let start = name.lastIndex(of: "/") ?? name.startIndex
    if let colon = name[start...].lastIndex(of: ":") {
      tag = String(name[name.index(after: colon)...])
      name = name[..<colon]
    } else {
      tag = nil
    }
    repository = String(name)
  }

  /// Whether both name the same image; a registry that only one of them names is no difference.
  func isSameRepository(as other: ImageReference) -> Bool {
    let (a, b) = (path, other.path)
    return a.count < b.count
      ? b.suffix(a.count).elementsEqual(a) : a.suffix(b.count).elementsEqual(b)
  }

  private var path: [String] {
    var parts = repository.lowercased().split(separator: "/").map(String.init)
    if parts.count > 1, ["docker.io", "index.docker.io"].contains(parts[0]) { parts.removeFirst() }
    if parts.count > 1, parts[0] == "library" { parts.removeFirst() }
    return parts
  }

  // MARK: Moving tags

  /// Parts of a tag that say what the image is built on, not which version it holds.
  private static let platforms = [
    "alpine", "apache", "bookworm", "bullseye", "buster", "debian", "fpm", "focal", "jammy",
    "noble",
    "slim", "trixie", "ubuntu",
  ]

  /// Why the image is another one tomorrow; nil where it is fixed.
  ///
  /// Fixed are a digest, a version of at least two parts, a date or build number, and a commit.
  var whyItMoves: String? {
    if digest != nil { return nil }
    guard let tag else { return "has no tag, which is latest" }
    if tag.firstMatch(of: Self.day) != nil { return nil }
    if tag.isEmpty { return "has an empty tag once .env.sample is filled in" }
    // 2024-02-06b, whose parts are no versions.
    if tag.contains(/\b20\d\d-(0[1-9]|1[0-2])-[0-3]\d(?!\d)/) { return nil }
    let parts = tag.split { "-_".contains($0) }.filter { part in
      !Self.platforms.contains { part.lowercased().hasPrefix($0) }
    }
    if parts.contains(where: Self.isFixed) { return nil }
    if parts.contains(where: { $0.contains(where: \.isNumber) }) {
      return "names a major version only, which moves with every release"
    }
    return "has a tag that moves with every release"
  }

  /// `2024-01-31`, also as a part of a tag: builds are named after their day.
  private static var day: Regex<(Substring, Substring, Substring)> {
    /(?:^|[^0-9])20\d\d[-_.](0[1-9]|1[0-2])[-_.](0[1-9]|[12]\d|3[01])(?:[^0-9]|$)/
  }

  private static func isFixed(_ part: Substring) -> Bool {
    let bytes = Array(part.utf8)
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    let numbers = bytes.split { !isDigit($0) }
    // 16.4, v2.1.0; RELEASE.2024, which is one number behind a dot, is none.
    let hasTwoNumbers = bytes.indices.contains { index in
      bytes[index] == 0x2E && index > 0 && isDigit(bytes[index - 1])
        && index + 1 < bytes.count && isDigit(bytes[index + 1])
    }
    if hasTwoNumbers { return true }
    // 20240131, b1234 of a build; 2024 alone is a major version.
    if numbers.contains(where: { $0.count >= 5 || ($0.count == 4 && bytes.count == 5) }) {
      return true
    }
    // A commit, as sha-0a1b2c3 has it.
    let isHex = bytes.allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
    return isHex && (7...64).contains(bytes.count) && bytes.contains(where: isDigit)
  }
}
