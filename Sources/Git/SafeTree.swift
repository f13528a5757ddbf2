import Files

/// What a tree from elsewhere must keep to before its files are written to disk.
enum SafeTree {
  private static let slash = UInt8(ascii: "/")
  private static let dot = Array(".".utf8)
  private static let dots = Array("..".utf8)

  /// Refuses submodules, and paths that lead out, name `.git`, or come twice.
  static func check(_ entries: [TreeEntry]) throws(GitError) {
    var seen: Set<[UInt8]> = []
    for entry in entries {
      let path = DiskPath(entry.path)
      guard entry.kind != .submodule else {
        throw GitError(.unsupported, "\(path) is a submodule, its files are elsewhere")
      }
      for part in entry.path.split(separator: slash, omittingEmptySubsequences: false) {
        let part = Array(part)
        let isGit = part.count == 4 && String(decoding: part, as: UTF8.self).lowercased() == ".git"
        guard !part.isEmpty, part != dot, part != dots, !part.contains(0), !isGit else {
          throw GitError(.unsafeTree, "\(path) is not a path that may be written")
        }
      }
      guard seen.insert(entry.path).inserted else {
        throw GitError(.unsafeTree, "\(path) is there twice")
      }
    }
  }

  /// Refuses links that lead out of the tree, themselves or by way of other links of the tree.
  ///
  /// A link to nothing inside the tree is let through.
  static func check(links: [(path: [UInt8], target: [UInt8])]) throws(GitError) {
    let targets = Dictionary(links.map { ($0.path, $0.target) }, uniquingKeysWith: { a, _ in a })
    for link in links where !staysInside(link.path, targets) {
      let target = DiskPath.shown(link.target)
      throw GitError(.unsafeTree, "\(DiskPath(link.path)) is a link that leads out, to \(target)")
    }
  }

  /// Walks as the kernel would, with the tree as its whole world.
  private static func staysInside(_ path: [UInt8], _ targets: [[UInt8]: [UInt8]]) -> Bool {
    var ahead = Array(path.split(separator: slash).map { Array($0) }.reversed())
    var place: [[UInt8]] = []
    var followed = 0
    while let part = ahead.popLast() {
      if part == dot { continue }
      if part == dots {
        if place.popLast() == nil { return false }
        continue
      }
      place.append(part)
      guard let target = targets[Array(place.joined(separator: [slash]))] else { continue }
      followed += 1
      // The kernel gives up after 40 links as well.
      guard target.first != slash, followed <= 40 else { return false }
      place.removeLast()
      ahead += target.split(separator: slash).map { Array($0) }.reversed()
    }
    return true
  }
}
