/// SHA-1 (FIPS 180-4, section 6.1), for the object ids of git only; 20 bytes.
///
/// It does not detect the known collision attacks, so it proves nothing about hostile content.
package struct SHA1: BlockDigest, Sendable {
  package var words: [UInt32] = [
    0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0,
  ]
  package var buffer = BlockBuffer()

  package init() {}

  package mutating func compress(_ blocks: UnsafePointer<UInt8>, count: Int) {
    words.withUnsafeMutableBufferPointer { words in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { schedule in
        for block in 0..<count {
          Self.compress(blocks + block &* 64, schedule, words)
        }
      }
    }
  }

  private static func compress(
    _ block: UnsafePointer<UInt8>,
    _ schedule: UnsafeMutableBufferPointer<UInt32>,
    _ words: UnsafeMutableBufferPointer<UInt32>
  ) {
    let source = UnsafeRawPointer(block)
    for index in 0..<16 {
      schedule[index] = UInt32(
        bigEndian: source.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self)
      )
    }
    for index in 16..<80 {
      let word =
        schedule[index &- 3] ^ schedule[index &- 8] ^ schedule[index &- 14] ^ schedule[index &- 16]
      schedule[index] = rotate(word, 1)
    }
    var (a, b, c, d, e) = (words[0], words[1], words[2], words[3], words[4])
    for index in 0..<80 {
      let mixed: UInt32
      let constant: UInt32
      switch index {
      case 0..<20: (mixed, constant) = ((b & c) | (~b & d), 0x5a82_7999)
      case 20..<40: (mixed, constant) = (b ^ c ^ d, 0x6ed9_eba1)
      case 40..<60: (mixed, constant) = ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
      default: (mixed, constant) = (b ^ c ^ d, 0xca62_c1d6)
      }
      let sum = rotate(a, 5) &+ mixed &+ e &+ constant &+ schedule[index]
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, sum)
    }
    words[0] &+= a
    words[1] &+= b
    words[2] &+= c
    words[3] &+= d
    words[4] &+= e
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word &<< bits | word &>> (32 &- bits)
  }
}
