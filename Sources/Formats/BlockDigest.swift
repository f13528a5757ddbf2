/// A hash over blocks of 64 bytes with the padding that SHA-1 and SHA-256 share (FIPS 180-4, 5.1.1).
package protocol BlockDigest {
  init()

  /// The state, in 32-bit words.
  var words: [UInt32] { get set }
  var buffer: BlockBuffer { get set }

  /// Works `count` whole blocks from `blocks` into the state.
  mutating func compress(_ blocks: UnsafePointer<UInt8>, count: Int)
}

/// Bytes that wait for their block to be full.
package struct BlockBuffer: Sendable {
  fileprivate var bytes: [UInt8] = []
  fileprivate var total: UInt64 = 0
}

extension BlockDigest {
  private static var blockSize: Int { 64 }

  /// Adds bytes; how they are cut into calls does not matter.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { update($0) }
  }

  package mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    buffer.total &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !buffer.bytes.isEmpty {
      let head = rest.prefix(Self.blockSize - buffer.bytes.count)
      buffer.bytes += head
      rest = rest.dropFirst(head.count)
      guard buffer.bytes.count == Self.blockSize else { return }
      let block = buffer.bytes
      buffer.bytes.removeAll(keepingCapacity: true)
      block.withUnsafeBufferPointer { compressAll($0) }
    }
    let whole = rest.count / Self.blockSize * Self.blockSize
    compressAll(UnsafeBufferPointer(rebasing: rest.prefix(whole)))
    buffer.bytes += rest.dropFirst(whole)
  }

  /// The digest of everything added; the value can be used on, as if nothing had been asked.
  package func finalize() -> [UInt8] {
    var copy = self
    let bits = buffer.total &* 8
    let used = buffer.bytes.count + 9
    let zeros = (Self.blockSize - used % Self.blockSize) % Self.blockSize
    let length = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
    copy.update([0x80] + [UInt8](repeating: 0, count: zeros) + length)
    return copy.words.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// The digest in lower-case hexadecimal digits.
  package static func hexDigest(of bytes: [UInt8]) -> String {
    var digest = Self()
    digest.update(bytes)
    return Hexadecimal.text(of: digest.finalize())
  }

  /// The digest of the UTF-8 bytes.
  package static func hexDigest(of text: String) -> String {
    hexDigest(of: Array(text.utf8))
  }

  private mutating func compressAll(_ blocks: UnsafeBufferPointer<UInt8>) {
    guard let base = blocks.baseAddress, !blocks.isEmpty else { return }
    compress(base, count: blocks.count / Self.blockSize)
  }
}
