/// A request that a script makes, without its host.
package struct CorpusRequest: Hashable, Sendable {
  /// In capitals; `{…}` where it is only known at run time.
  package var method: String
  /// Begins with a slash, unless it begins with a hole.
  package var path: String
  /// Without the question mark; nil where there is none.
  package var query: String?
  /// The line of the script; that of the call where a helper asks.
  package var line: Int
}

extension CorpusRequest: CustomStringConvertible {
  /// `GET /api/sites?page={…}`.
  package var description: String { "\(method) \(path)\(query.map { "?\($0)" } ?? "")" }

  /// From its description.
  package init?(_ text: String) {
    guard let space = text.firstIndex(of: " ") else { return nil }
    let target = text[text.index(after: space)...]
    method = String(text[..<space])
    let mark = target.firstIndex(of: "?")
    path = String(target[..<(mark ?? target.endIndex)])
    query = mark.map { String(target[target.index(after: $0)...]) }
    line = 0
  }

  /// - Parameter address: With `{…}` for what is not known: scheme, host and port are left out,
  ///   and a hole before the first slash is taken for them.
  init(method: String, address: String, line: Int) {
    self.method = method
    self.line = line
    let hole = Array(Fingerprint.hole.utf8)
    let slash = UInt8(ascii: "/")
    let ends: Set<UInt8> = [slash, UInt8(ascii: "?"), UInt8(ascii: "#")]
    var rest = Array(address.utf8).filter { $0 > 0x20 && $0 != 0x7F }[...]
    if let scheme = Self.schemeEnd(rest) {
      rest = rest[scheme...].drop { !ends.contains($0) }
      if rest.isEmpty { rest = [slash] }
    } else if rest.starts(with: hole) {
      let after = rest.dropFirst(hole.count)
      // `{…}{…}/x` and `{…}:8080/x` are hosts too; `{…}api` is not, and `{…}` alone may be all.
      let host = after.prefix { !ends.contains($0) }
      let isHost = host.allSatisfy {
        hole.contains($0) || $0 == UInt8(ascii: ":") || Self.isDigit($0)
      }
      if isHost, !after.dropFirst(host.count).isEmpty { rest = after.dropFirst(host.count) }
    } else if rest.first != slash, let first = rest.firstIndex(of: slash),
      rest[..<first].contains(UInt8(ascii: ".")) || rest[..<first].contains(UInt8(ascii: ":"))
    {
      rest = rest[first...]
    } else if let first = rest.first, first != slash, first != UInt8(ascii: "?"),
      rest.contains(UInt8(ascii: ".")), !rest.contains(slash)
    {
      // A host alone, as curl takes it.
      rest = [slash]
    }
    let whole = rest.prefix { $0 != UInt8(ascii: "#") }
    let path = whole.prefix { $0 != UInt8(ascii: "?") }
    let query = whole.dropFirst(path.count + 1)
    self.path = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
    self.query = query.isEmpty ? nil : String(decoding: query, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Where the host begins after `https://`, or after a hole in the place of the scheme.
  private static func schemeEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      bytes[colon...].starts(with: Array("://".utf8)),
      bytes[..<colon].allSatisfy({
        $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") || $0 > 0x7F || $0 == 0x7B
          || $0 == 0x7D
      })
    else { return nil }
    return colon + 3
  }
}

/// Something else than HTTP that a script reaches for.
package struct CorpusSystem: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A statement for a database, by a client program or a library.
    case sql
    /// A command in a container.
    case exec
    case abra
    /// Another program.
    case command
  }

  package var kind: Kind
  /// The statement or the command on one line, `{…}` for what is only known at run time.
  package var text: String
  package var line: Int

  init(kind: Kind, text: String, line: Int) {
    self.kind = kind
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n" || $0 == "\r" }
    self.text = words.joined(separator: " ")
    self.line = line
  }
}

extension CorpusSystem: CustomStringConvertible {
  /// `sql SELECT 1`.
  package var description: String { "\(kind.rawValue) \(text)" }
}
