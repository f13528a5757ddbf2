extension Redactor {
  /// Redaction of a text that comes in pieces; where it is cut makes no difference.
  ///
  /// Held back is only what may be the beginning of a secret: three bytes, or up to twelve times the
  /// length of the longest secret.
  package struct Stream: Sendable {
    private let table: RedactionTable
    private var held: [UInt8] = []
    /// How many of the coming bytes belong to a secret whose mask is written.
    private var covered = 0
    /// Whose mask was written last.
    private var masked = -1

    init(table: RedactionTable) {
      self.table = table
    }

    /// Takes the next bytes and returns those that are decided.
    package mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
      var output: [UInt8] = []
      output.reserveCapacity(held.count + bytes.count)
      bytes.withUnsafeBufferPointer { feed($0, into: &output) }
      return output
    }

    /// The same without an array for the input; appends to `output`.
    package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
      if table.isEmpty {
        output.append(contentsOf: bytes)
      } else if held.isEmpty {
        let taken = scan(bytes, isFinal: false, into: &output)
        held.append(contentsOf: bytes[taken...])
      } else {
        held.append(contentsOf: bytes)
        let text = held
        let taken = text.withUnsafeBufferPointer { scan($0, isFinal: false, into: &output) }
        held.removeFirst(taken)
      }
    }

    /// Ends the text and returns the rest; the stream can then be used for another text.
    package mutating func finish() -> [UInt8] {
      var output: [UInt8] = []
      let text = held
      text.withUnsafeBufferPointer { _ = scan($0, isFinal: true, into: &output) }
      self = Stream(table: table)
      return output
    }

    /// Writes what is decided to `output` and returns how many bytes that were.
    private mutating func scan(
      _ text: UnsafeBufferPointer<UInt8>,
      isFinal: Bool,
      into output: inout [UInt8]
    ) -> Int {
      let scanner = RedactionScanner(table: table, text: text, isFinal: isFinal)
      var place = 0
      var copied = min(covered, text.count)
      var end = covered
      while true {
        place = scanner.nextCandidate(from: place)
        guard place < scanner.lastStart else { break }
        guard let match = scanner.match(at: place) else { break }
        if match.end > end {
          if place >= end {
            output.append(contentsOf: text[copied..<place])
            masked = -1
          }
          if match.secret != masked { output.append(contentsOf: table.masks[match.secret]) }
          masked = match.secret
          end = match.end
          copied = end
        }
        place += 1
      }
      let taken = isFinal ? text.count : place
      if copied < taken { output.append(contentsOf: text[copied..<taken]) }
      covered = max(end - taken, 0)
      return taken
    }
  }
}
