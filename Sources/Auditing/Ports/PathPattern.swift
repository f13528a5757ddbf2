import Corpus

/// A path of an original, with holes for what is only known when it runs.
struct PathPattern {
  /// Longer ones are not compared.
  static let limit = 2_048

  private let pieces: [[UInt8]]

  /// Nil where nothing of the path is known, or it is too long: any request would do.
  init?(_ path: String) {
    guard path.utf8.count <= Self.limit else { return nil }
    let hole = Array(Fingerprint.hole.utf8)
    var pieces: [[UInt8]] = [[]]
    var rest = Array(path.utf8)[...]
    while let byte = rest.first {
      if rest.starts(with: hole) {
        pieces.append([])
        rest = rest.dropFirst(hole.count)
      } else {
        pieces[pieces.count - 1].append(byte)
        rest = rest.dropFirst()
      }
    }
    guard
      pieces.contains(where: { piece in piece.contains { $0 != Self.slash } }) || pieces.count == 1
    else { return nil }
    self.pieces = pieces
  }

  private static let slash = UInt8(ascii: "/")

  /// Whether a path without its query fits; a hole stands for at least one byte and no slash.
  func matches(_ path: String) -> Bool { matches(path, stop: Self.slash) }

  /// Whether a text of any signs fits; a hole stands for at least one byte.
  func fits(_ text: String) -> Bool { matches(text, stop: nil) }

  private func matches(_ path: String, stop: UInt8?) -> Bool {
    let text = Array(path.utf8.prefix(4 * Self.limit))
    guard text.starts(with: pieces[0]) else { return false }
    var ends: Set<Int> = [pieces[0].count]
    for piece in pieces.dropFirst() {
      var next: Set<Int> = []
      for end in ends {
        var place = end
        while place < text.count, text[place] != stop {
          place += 1
          if text[place...].starts(with: piece) { next.insert(place + piece.count) }
        }
      }
      if next.isEmpty { return false }
      ends = next
    }
    return ends.contains(text.count)
  }

  /// The path of a URL, without host, query and fragment.
  static func path(of url: String) -> String {
    var rest = url[...]
    if let scheme = rest.firstRange(of: "://") {
      rest = rest[scheme.upperBound...]
      rest = rest[(rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex)...]
    }
    let path = rest.prefix { $0 != "?" && $0 != "#" }
    return path.isEmpty ? "/" : String(path)
  }
}
