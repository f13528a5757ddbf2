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

/// A hash that only who has the key can make (RFC 2104).
package enum KeyedDigest: String, Sendable, CaseIterable {
  case sha1, sha256, sha512

  package func bytes(of content: [UInt8], key: [UInt8]) -> [UInt8] {
    let digest =
      switch self {
      case .sha1: EVP_sha1()
      case .sha256: EVP_sha256()
      case .sha512: EVP_sha512()
      }
    return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
      var size: UInt32 = 0
      // OpenSSL takes no key for the key of the call before.
      let key = key.isEmpty ? [0] : key
      HMAC(digest, key, Int32(key.count), content, content.count, buffer.baseAddress, &size)
      count = Int(size)
    }
  }
}

/// SHA-256 of content that comes in pieces; for one task at a time.
package final class StreamedDigest: @unchecked Sendable {
  private let context = EVP_MD_CTX_new()

  package init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

  deinit { EVP_MD_CTX_free(context) }

  package func feed(_ bytes: some Collection<UInt8>) {
    _ =
      bytes.withContiguousStorageIfAvailable { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      ?? Array(bytes).withUnsafeBufferPointer {
        EVP_DigestUpdate(context, $0.baseAddress, $0.count)
      }
  }

  /// In lower-case hexadecimal digits; called once.
  package func text() -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
      EVP_DigestFinal_ex(context, digest.baseAddress, nil)
      count = Int(SHA256_DIGEST_LENGTH)
    }
    return Hexadecimal.text(of: bytes)
  }
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
