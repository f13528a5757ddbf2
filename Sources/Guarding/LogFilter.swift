/// Removes secrets from one service's output before it is written to its log.
///
/// Fed in pieces, in order; it may hold bytes back until it knows that no secret begins there.
package protocol LogFilter {
  /// The bytes that may be written now. `bytes` is valid during the call only.
  mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8]
  /// What was held back; the stream has ended.
  mutating func finish() -> [UInt8]
}

/// Passes everything on: for runs without secrets.
package struct PassingLogFilter: LogFilter {
  package mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    // By memcpy: the sequence initialiser goes byte by byte where it is not specialised.
    [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      count = bytes.count
    }
  }
  package mutating func finish() -> [UInt8] { [] }
}

/// How much of each of a service's outputs is kept.
package struct LogLimits: Sendable, Codable, Equatable {
  /// Bytes kept from the beginning.
  var head: Int
  /// Bytes kept from the end; this much memory a stream, once it is needed.
  var tail: Int

  package init(head: Int = 1 << 20, tail: Int = 1 << 20) {
    self.head = head
    self.tail = tail
  }
}
