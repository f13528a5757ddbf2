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

  /// - Parameter address: With `{…}` for what is not known. Scheme, host and port are left out, and
  ///   a hole before everything else is taken for them; where a path cannot be told from a host, it
  ///   is a hole.
  init(method: String, address: String, line: Int) {
    self.method = method
    self.line = line
    let trimmed = address.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
    let bytes = trimmed.reversed().flatMap { $0 == " " ? Array("%20".utf8) : Array($0.utf8) }
      .filter { $0 > 0x20 && $0 != 0x7F }
    let whole = bytes.prefix { $0 != UInt8(ascii: "#") }
    let target = whole.prefix { $0 != UInt8(ascii: "?") }
    let query = whole.dropFirst(target.count + 1)
    path = String(decoding: Self.path(target), as: UTF8.self)
    self.query = query.isEmpty ? nil : String(decoding: query, as: UTF8.self)
  }

  private static let hole = Array(Fingerprint.hole.utf8)[...]
  private static let slash = UInt8(ascii: "/")

  private static func path(_ target: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    if let start = schemeEnd(target) {
      let rest = target[start...]
      return path(afterHost: rest.prefix { $0 != slash }, rest.drop { $0 != slash })
    }
    if target.starts(with: hole) {
      // What stands before is scheme and host; `{…}:8080` too, but `{…}api` may be anything.
      let after = target.dropFirst(hole.count)
      if after.first == slash { return after }
      let port = after.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard after.first == UInt8(ascii: ":"), !port.isEmpty else {
        return after.starts(with: hole) ? after : target
      }
      return path(afterHost: hole, after.dropFirst(1 + port.count))
    }
    let host = target.prefix { $0 != slash }
    let isHost = host.contains(UInt8(ascii: ".")) || host.contains(UInt8(ascii: ":"))
    guard !target.isEmpty, target.first != slash, isHost else {
      return target.isEmpty ? [slash] : target
    }
    return path(afterHost: host, target.dropFirst(host.count))
  }

  /// A host with a hole in it may end inside of it: `h{…}` may be `h/a`, but `app.{…}` and
  /// `{…}` before a path are hosts.
  private static func path(
    afterHost host: ArraySlice<UInt8>,
    _ rest: ArraySlice<UInt8>
  ) -> ArraySlice<UInt8> {
    var place = host.startIndex
    var hasHole = false
    while let found = host[place...].firstRange(of: hole) {
      hasHole = true
      if let before = host[..<found.lowerBound].last, !".:-@".utf8.contains(before) {
        return host[found.lowerBound...] + rest
      }
      place = found.upperBound
    }
    if rest.isEmpty { return hasHole ? hole : [slash] }
    return rest
  }

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
