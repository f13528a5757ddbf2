/// One path of a volume, as a driver found it.
package struct StoredPath: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case file, folder, link, pipe, socket, device
  }

  /// Below the volume's root, `.` for the root itself. Bytes that are no UTF-8 stand as `\xNN`.
  package var path: String
  package var kind: Kind
  /// Permissions with set-user-id, set-group-id and the sticky bit.
  package var mode: Int
  package var owner: Int
  package var group: Int
  /// What a link leads to.
  package var target: String?
  /// Of a file, in bytes.
  package var size: Int?
  /// SHA-256 of a file's content, in hexadecimal digits; nil where the limit was reached before it.
  package var hash: String?

  package init(
    path: String,
    kind: Kind,
    mode: Int,
    owner: Int,
    group: Int,
    target: String? = nil,
    size: Int? = nil,
    hash: String? = nil
  ) {
    self.path = path
    self.kind = kind
    self.mode = mode
    self.owner = owner
    self.group = group
    self.target = target
    self.size = size
    self.hash = hash
  }
}

extension StoredPath {
  /// A name as text; where it is no UTF-8, its bytes above ASCII stand as `\xNN`.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return bytes.reduce(into: "") { text, byte in
      if byte < 0x80 {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        text += "\\x" + String(byte, radix: 16)
      }
    }
  }
}

/// How much of a volume is looked into.
package struct ContentLimits: Sendable, Hashable, Codable {
  /// Of all files whose content is hashed, in bytes; those that are met once it is reached are told
  /// without a hash.
  package var hashed: Int
  /// More paths than this are refused.
  package var paths: Int

  package static let standard = ContentLimits(hashed: 1 << 30, paths: 1_000_000)

  package init(hashed: Int, paths: Int) {
    self.hashed = hashed
    self.paths = paths
  }
}
