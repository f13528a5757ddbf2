internal import CLibcrypto

/// A hash of content, by OpenSSL's libcrypto, which libcurl and libpq bring along.
package enum Digest: Sendable {
  /// For the object ids of git only: it proves nothing about hostile content.
  case sha1
  /// For ids of content.
  case sha256

  package func bytes(of content: [UInt8]) -> [UInt8] {
    let size = self == .sha1 ? Int(SHA_DIGEST_LENGTH) : Int(SHA256_DIGEST_LENGTH)
    return [UInt8](unsafeUninitializedCapacity: size) { digest, count in
      switch self {
      case .sha1: SHA1(content, content.count, digest.baseAddress)
      case .sha256: SHA256(content, content.count, digest.baseAddress)
      }
      count = size
    }
  }

  /// In lower-case hexadecimal digits.
  package func text(of content: [UInt8]) -> String { Hexadecimal.text(of: bytes(of: content)) }

  /// The same of the UTF-8 bytes.
  package func text(of text: String) -> String { self.text(of: Array(text.utf8)) }
}

/// Object ids as git computes them, for content that is in no repository.
///
/// The formats are those of git's "Git Internals - Git Objects".
package enum ObjectDigest {
  /// The id of a blob with this content, in 40 lower-case hexadecimal digits.
  package static func blobID(of content: [UInt8]) -> String {
    Hexadecimal.text(of: bytes(ofKind: "blob", content))
  }

  /// The 20 bytes of an object's id.
  ///
  /// - Parameter kind: `blob` or `tree`.
  package static func bytes(ofKind kind: String, _ content: [UInt8]) -> [UInt8] {
    Digest.sha1.bytes(of: Array("\(kind) \(content.count)\0".utf8) + content)
  }
}
