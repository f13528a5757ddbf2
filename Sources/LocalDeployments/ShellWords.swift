/// Paths in a text that a shell reads: only as words of their own, or as the beginning of one.
enum ShellWords {
  private static let before = Set(" \t\n;&|()<>\"'`={,:".utf8)
  private static let after = Set(" \t\n;&|()<>\"'`},:".utf8)

  /// - Parameter isFolder: whether what lies below the path counts.
  static func names(_ path: String, in text: String, isFolder: Bool) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.contains { stands(Array(path.utf8), at: $0, in: bytes, isFolder) }
  }

  /// The text with each path replaced by where it is here; of several that fit the longest.
  static func replace(
    _ paths: [(path: String, here: String, isFolder: Bool)],
    in text: String
  ) -> String {
    let sorted = paths.map { (Array($0.path.utf8), Array($0.here.utf8), $0.isFolder) }
      .sorted { $0.0.count > $1.0.count }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if let hit = sorted.first(where: { stands($0.0, at: index, in: bytes, $0.2) }) {
        result += hit.1
        index += hit.0.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func stands(
    _ path: [UInt8],
    at index: Int,
    in bytes: [UInt8],
    _ isFolder: Bool
  ) -> Bool {
    let end = index + path.count
    guard !path.isEmpty, end <= bytes.count, bytes[index..<end].elementsEqual(path) else {
      return false
    }
    if index > 0, !before.contains(bytes[index - 1]) { return false }
    guard end < bytes.count else { return true }
    return after.contains(bytes[end]) || (isFolder && bytes[end] == UInt8(ascii: "/"))
  }
}
