import Foundation

/// Files with mistakes that nobody thought of.
package enum Fuzzing {
  /// How long `make fuzz` goes on; 0 anywhere else.
  private static let seconds =
    Double(ProcessInfo.processInfo.environment["FUZZ_SECONDS"] ?? "") ?? 0

  /// Once for each seed; with the first for as long as `FUZZ_SECONDS` says.
  package static func run(
    _ seed: Int,
    _ body: (inout SeededGenerator) throws -> Void
  ) rethrows {
    var random = SeededGenerator(seed: UInt64(seed))
    let end = Date.now.addingTimeInterval(seed == 0 ? seconds : 0)
    repeat { try body(&random) } while Date.now < end
  }
}

extension SeededGenerator {
  /// The bytes with one to eight mistakes: some taken out, put in, repeated elsewhere, or cut off.
  ///
  /// - Parameter scraps: what is put in.
  package mutating func damaged(_ whole: [UInt8], scraps: [String]) -> [UInt8] {
    var bytes = whole
    for _ in 0...below(8) {
      guard !bytes.isEmpty else { break }
      let place = below(bytes.count)
      switch below(12) {
      case 0, 1: bytes[place] = UInt8(below(256))
      case 2, 3: bytes.remove(at: place)
      case 4...6: bytes.insert(contentsOf: pick(scraps).utf8, at: place)
      case 7, 8: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(30)))
      case 9, 10:
        let end = min(bytes.count, place + 1 + below(60))
        bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
      default: bytes = Array(bytes[..<place])
      }
    }
    return bytes
  }
}
