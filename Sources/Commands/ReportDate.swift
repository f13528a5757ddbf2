import Files
import Glibc

/// When the run began that a `coverage.html` tells of: it stands in the first lines of the page.
enum ReportDate {
  private static let mark = Array("<meta name=\"date\" content=\"".utf8)

  /// - Returns: nil where there is no page, or one that was made with templates that leave it out.
  static func read(_ path: String, in tree: FileTree) -> String? {
    guard let file = try? tree.open(path, O_RDONLY) else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1_024)
    let count = pread(file, &bytes, bytes.count, 0)
    let head = bytes.prefix(max(0, count))
    guard let start = head.firstRange(of: mark)?.upperBound,
      let end = head[start...].firstIndex(of: UInt8(ascii: "\""))
    else { return nil }
    let text = String(decoding: head[start..<end], as: UTF8.self)
    // Anybody may have written it: no more than a time comes into the index.
    let isMoment =
      (10...30).contains(text.utf8.count)
      && text.utf8.allSatisfy { "0123456789-T:.Z".utf8.contains($0) }
    return isMoment ? text : nil
  }
}
