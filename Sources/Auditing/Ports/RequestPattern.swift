import Corpus

/// A request of an original: method, path and query, with holes for what is only known when it runs.
struct RequestPattern {
  private let method: String
  private let path: PathPattern
  private var query: [(name: String, value: PathPattern?)]

  /// Nil where nothing of the path is known: any request would do.
  init?(_ request: CorpusRequest) {
    guard let path = PathPattern(request.path) else { return nil }
    method = request.method
    self.path = path
    query = Self.pairs(request.query ?? "").map { ($0.name, PathPattern($0.value)) }
  }

  /// - Parameter source: `GET /api/sites?page={…}`.
  init?(_ source: String) {
    guard let request = CorpusRequest(source) else { return nil }
    self.init(request)
  }

  /// The same path, asked in whatever way.
  var withoutQuery: RequestPattern {
    var copy = self
    copy.query = []
    return copy
  }

  /// Whether a request asks at least the same; it may have a longer query.
  func matches(method own: String, url: String) -> Bool {
    guard method.utf8.contains(Fingerprint.hole.utf8) || method.uppercased() == own.uppercased(),
      path.matches(PathPattern.path(of: url))
    else { return false }
    guard !query.isEmpty else { return true }
    let asked = Self.pairs(
      String(url.drop { $0 != "?" }.dropFirst().prefix { $0 != "#" })
    )
    return query.allSatisfy { pair in
      // A name that is not known is some name.
      if pair.name.utf8.contains(Fingerprint.hole.utf8) { return !asked.isEmpty }
      return asked.contains { own in
        own.name == pair.name && (pair.value?.fits(own.value) ?? true)
      }
    }
  }

  /// `a=1&b` as its parts, with what is escaped written out.
  private static func pairs(_ query: String) -> [(name: String, value: String)] {
    query.split(separator: "&").map { part in
      let equal = part.firstIndex(of: "=")
      return (
        plain(part[..<(equal ?? part.endIndex)]),
        equal.map { plain(part[part.index(after: $0)...]) } ?? ""
      )
    }
  }

  private static func plain(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count > 1,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension CorpusRequest {
  /// `/api/sites?page={…}`.
  var target: String { query.map { "\(path)?\($0)" } ?? path }
}
