import Formats

/// What the units of a corpus were when their ports were pinned: the content of `parity.lock`.
///
/// One fact a line, units in the order of their bytes, an empty line between them: two branches that
/// pin different units merge by themselves.
package struct Pins: Hashable, Sendable {
  package static let fileName = "parity.lock"
  static let version = 1

  /// One unit, as it was.
  package struct Pin: Hashable, Sendable {
    /// The script's blob id.
    package var hash: String
    var fingerprint: Fingerprint
  }

  /// What is wrong with a file, and where.
  package struct Problem: Error, Hashable, Sendable {
    /// From 1; 0 where the file as a whole is meant.
    package var line: Int
    package var message: String
    package var expected: String?
  }

  /// By the unit's id.
  package var units: [String: Pin]

  package init(_ units: [String: Pin] = [:]) { self.units = units }

  package var isEmpty: Bool { units.isEmpty }

  /// The blob id of the file, so that a coverage says by which pins it was made; nil where there are
  /// none.
  package var hash: String? {
    isEmpty ? nil : ObjectDigest.blobID(of: Array(text.utf8))
  }

  package var text: String {
    var text = """
      # What the older scripts were when their ports were pinned. Written by `parity pin`.
      parity.lock \(Self.version)

      """
    for (id, pin) in units.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      text += "\nunit \(id)\nhash \(pin.hash)\n\(pin.fingerprint.text)"
    }
    return text
  }
}

// MARK: - Reading

extension Pins {
  /// Reads a file; units may come in any order.
  package init(_ bytes: [UInt8]) throws(Problem) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = CorpusScript.firstLineThatIsNotUTF8(bytes) ?? 0
      throw Problem(line: line, message: "line is not UTF-8")
    }
    var reader = Reader()
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      try reader.read(String(line) ?? "", number)
    }
    units = try reader.finished(number)
  }

  private struct Reader {
    private var hasVersion = false
    private var units: [String: Pin] = [:]
    private var unit: (id: String, line: Int, hash: String?, fingerprint: Fingerprint)?

    mutating func read(_ line: String, _ number: Int) throws(Problem) {
      for mark in ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
      where line.utf8.starts(with: mark.utf8) {
        throw Problem(
          line: number,
          message: "line is what git leaves of a conflict",
          expected: "either side; then run `parity pin` again"
        )
      }
      if line.isEmpty || line.utf8.first == UInt8(ascii: "#") { return }
      guard hasVersion else {
        try readVersion(line, number)
        return
      }
      if let id = line.rest(after: "unit ") {
        try close()
        guard !id.isEmpty, units[id] == nil else {
          throw Problem(
            line: number,
            message: id.isEmpty ? "unit has no name" : "unit \(id) stands here twice"
          )
        }
        unit = (id, number, nil, Fingerprint())
        return
      }
      guard unit != nil else {
        throw Problem(line: number, message: "line belongs to no unit", expected: "unit NAME")
      }
      if let hash = line.rest(after: "hash ") {
        let isHash =
          hash.utf8.count == 40
          && hash.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHash, unit?.hash == nil else {
          throw Problem(
            line: number,
            message: isHash ? "unit has two hashes" : "hash is no hash",
            expected: isHash ? nil : "40 hexadecimal digits"
          )
        }
        unit?.hash = hash
        return
      }
      guard let fact = Fingerprint(lines: [line]) else {
        throw Problem(
          line: number,
          message: "line is no fact of a unit",
          expected: "hash, request, system, assert or cases"
        )
      }
      unit?.fingerprint.requests += fact.requests
      unit?.fingerprint.systems += fact.systems
      unit?.fingerprint.assertions += fact.assertions
      if let cases = fact.cases { unit?.fingerprint.cases = cases }
    }

    mutating func finished(_ last: Int) throws(Problem) -> [String: Pin] {
      try close()
      guard hasVersion else {
        throw Problem(line: 0, message: "file is empty", expected: "parity.lock \(Pins.version)")
      }
      return units
    }

    private mutating func readVersion(_ line: String, _ number: Int) throws(Problem) {
      guard let text = line.rest(after: "parity.lock "), let version = Int(text) else {
        throw Problem(
          line: number,
          message: "file does not begin with its version",
          expected: "parity.lock \(Pins.version)"
        )
      }
      guard version == Pins.version else {
        throw Problem(
          line: number,
          message: "file has version \(version)",
          expected: "version \(Pins.version), the one that this tool reads"
        )
      }
      hasVersion = true
    }

    private mutating func close() throws(Problem) {
      guard let unit else { return }
      guard let hash = unit.hash else {
        throw Problem(line: unit.line, message: "unit \(unit.id) has no hash")
      }
      units[unit.id] = Pin(hash: hash, fingerprint: unit.fingerprint)
      self.unit = nil
    }
  }
}

// MARK: - Changes

extension Pins.Pin {
  package init(_ unit: CorpusUnit) {
    self.init(hash: unit.hash, fingerprint: unit.fingerprint)
  }

  /// What is different in the unit now, in words; empty where only its looks changed.
  package func changes(in unit: CorpusUnit) -> [String] {
    var changes = Fingerprint.changes(from: fingerprint, to: unit.fingerprint).map(\.text)
    if hash == unit.hash, let last = changes.indices.last {
      changes[last] +=
        "; its own file is the same: a helper changed, or this version of the tool reads more"
    }
    guard changes.isEmpty, hash != unit.hash, let first = unit.unread.first else { return changes }
    // What cannot be read may have changed in any way.
    return ["changed, and line \(first.line) cannot be read: \(first.reason)"]
  }
}
