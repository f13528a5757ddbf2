import Formats

/// Bytes that an answer is compared with, or that are sent.
package enum BytesSource: Sendable, Hashable {
  /// A file below the suite's folder.
  case file(Template)
  case fresh(FreshBytes)
  /// Any with this SHA-256, in hexadecimal digits.
  case sha256(Template)

  package var templates: [Template] {
    switch self {
    case .file(let template), .sha256(let template): [template]
    case .fresh(let bytes): [bytes.seed]
    }
  }

  package func map<Failure: Error>(
    _ transform: (Template) throws(Failure) -> Template
  ) throws(Failure) -> BytesSource {
    switch self {
    case .file(let template): .file(try transform(template))
    case .sha256(let template): .sha256(try transform(template))
    case .fresh(let bytes): .fresh(FreshBytes(size: bytes.size, seed: try transform(bytes.seed)))
    }
  }
}

/// Bytes that nobody has sent before, made of a fresh value: the same again from the same value.
package struct FreshBytes: Sendable, Hashable, Codable {
  package var size: Int
  package var seed: Template

  package init(size: Int, seed: Template) {
    self.size = size
    self.seed = seed
  }

  /// - Parameter seed: filled in.
  package func bytes(of seed: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 32)
    var block = 0
    while bytes.count < size {
      bytes += Digest.sha256.bytes(of: Array("\(size) \(block) \(seed)".utf8))
      block += 1
    }
    return Array(bytes.prefix(size))
  }
}
