/// The frames in which an engine sends two outputs over one connection: a kind, three zeros, a
/// length of four bytes, then so many bytes (Engine API, "attach to a container").
struct OutputFrames: Sendable {
  enum Kind: UInt8, Sendable {
    case standardInput = 0
    case standardOutput = 1
    case standardError = 2
  }

  private var head: [UInt8] = []
  private var kind = Kind.standardOutput
  private var left = 0

  /// False inside a frame: what ends there was cut.
  var isWhole: Bool { left == 0 && head.isEmpty }

  /// Takes the next bytes of the connection.
  ///
  /// - Throws: where they are no frames.
  mutating func feed(
    _ bytes: [UInt8],
    _ take: (Kind, ArraySlice<UInt8>) throws(EngineError) -> Void
  ) throws(EngineError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if left > 0 {
        let part = rest.prefix(left)
        try take(kind, part)
        left -= part.count
        rest = rest.dropFirst(part.count)
        continue
      }
      let missing = 8 - head.count
      head += rest.prefix(missing)
      rest = rest.dropFirst(missing)
      guard head.count == 8 else { continue }
      guard let kind = Kind(rawValue: head[0]), head[1...3].allSatisfy({ $0 == 0 }) else {
        throw EngineError(.malformed, "the engine's stream of a command has no frames")
      }
      self.kind = kind
      left = head[4...].reduce(0) { $0 << 8 | Int($1) }
      head = []
    }
  }
}
