/// Object ids as git computes them, for content that is in no repository.
///
/// The formats are those of git's "Git Internals - Git Objects".
package enum ObjectDigest {
  /// The id of a blob with this content, in 40 lower-case hexadecimal digits.
  package static func blobID(of content: [UInt8]) -> String {
    id(kind: "blob", content)
  }

  /// The id of a tree with these entries, given in any order.
  ///
  /// - Returns: nil if an id is not 40 hexadecimal digits, a name is empty or has a `/` or a zero
  ///   byte, or a name comes twice.
  package static func treeID(of entries: [Entry]) -> String? {
    var content: [UInt8] = []
    var names: Set<[UInt8]> = []
    for entry in entries.sorted(by: Entry.precedes) {
      let name = Array(entry.name.utf8)
      guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "/")),
        names.insert(name).inserted, let id = Hexadecimal.bytes(of: entry.id), id.count == 20
      else { return nil }
      content += Array(entry.mode.rawValue.utf8) + [0x20] + name + [0] + id
    }
    return id(kind: "tree", content)
  }

  private static func id(kind: String, _ content: [UInt8]) -> String {
    var digest = SHA1()
    digest.update(Array("\(kind) \(content.count)\0".utf8))
    digest.update(content)
    return Hexadecimal.text(of: digest.finalize())
  }

  /// One line of a tree.
  package struct Entry: Sendable, Hashable {
    package enum Mode: String, Sendable, CaseIterable {
      case file = "100644"
      case executable = "100755"
      case symbolicLink = "120000"
      case directory = "40000"
      case submodule = "160000"
    }

    package let mode: Mode
    package let name: String
    /// The object's id: 40 hexadecimal digits.
    package let id: String

    package init(mode: Mode, name: String, id: String) {
      self.mode = mode
      self.name = name
      self.id = id
    }

    /// Git sorts a directory as if its name ended in a slash.
    fileprivate static func precedes(_ lhs: Entry, _ rhs: Entry) -> Bool {
      UTF8Order.precedes(lhs.sortingName, rhs.sortingName)
    }

    private var sortingName: String { mode == .directory ? name + "/" : name }
  }
}
