/// Everything that is looked for, arranged so that a text can be passed over quickly.
///
/// Every way to write a secret begins with one of a few thousand windows of four bytes. Each is put
/// into one of eight groups by its first two bytes, and a table of all pairs of bytes knows the groups
/// in which the pair comes first, and those in which it comes second. Two look-ups tell at nearly
/// every place of a text that no secret begins there, with neither a branch nor a hash.
struct RedactionTable: Sendable {
  /// What is written in place of each secret.
  let masks: [[UInt8]]
  let patterns: [RedactionPattern]
  /// For each pair of bytes, the first in the low bits: in the low byte the groups whose windows
  /// begin with it, in the high byte the groups whose windows end with it.
  let pairs: [UInt16]
  /// Patterns whose text is written with this first byte and begins in another form.
  let byLeadByte: [[Int]]

  /// Windows that begin with a plain character, as a hash table with open addressing.
  private let slots: [Slot]
  private let candidates: [Int]

  private struct Slot {
    var window: UInt32 = 0
    var start = 0
    var count = 0
  }

  var isEmpty: Bool { patterns.isEmpty }

  init(_ secrets: [Redactor.Secret]) {
    masks = secrets.map { Array(Redactor.mask(for: $0.name).utf8) }
    let patterns = secrets.enumerated().flatMap { index, secret in
      RedactionPattern.patterns(of: secret.content, secret: index)
    }
    self.patterns = patterns
    var plain: [UInt32: [Int]] = [:]
    var pairs = [UInt16](repeating: 0, count: 1 << 16)
    var byLeadByte = [[Int]](repeating: [], count: 256)
    for (index, pattern) in patterns.enumerated() {
      pattern.forEachWindow { window, isPlain in
        let first = Int(window & 0xFFFF)
        let group = UInt16(1) << UInt16((first &* 0x9E37) >> 5 & 7)
        pairs[first] |= group
        pairs[Int(window >> 16)] |= group << 8
        if isPlain, plain[window]?.last != index { plain[window, default: []].append(index) }
      }
      if let first = pattern.units.first, !first.isLiteral {
        byLeadByte[Int(first.byte(0))].append(index)
      }
    }
    self.byLeadByte = byLeadByte

    self.pairs = pairs

    var slots = [Slot](repeating: Slot(), count: 1 << Self.log2(max(plain.count * 2, 2)))
    var candidates: [Int] = []
    for (window, indices) in plain {
      var place = Self.slot(of: window, count: slots.count)
      while slots[place].count > 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Slot(window: window, start: candidates.count, count: indices.count)
      candidates += indices
    }
    self.slots = slots
    self.candidates = candidates
  }

  /// The patterns that may be written so that these four bytes come first.
  func candidates(for window: UInt32) -> ArraySlice<Int> {
    var place = Self.slot(of: window, count: slots.count)
    while slots[place].count > 0 {
      let slot = slots[place]
      if slot.window == window { return candidates[slot.start..<(slot.start + slot.count)] }
      place = (place + 1) & (slots.count - 1)
    }
    return []
  }

  private static func slot(of window: UInt32, count: Int) -> Int {
    Int((window &* 0x85EB_CA6B) >> 7) & (count - 1)
  }

  /// Rounded up.
  private static func log2(_ value: Int) -> Int {
    Int.bitWidth - (value - 1).leadingZeroBitCount
  }
}
