internal import Glibc

/// Where a document comes from.
package enum XMLSource: Sendable {
  /// The whole document in memory; the name is for error messages.
  case bytes([UInt8], name: String? = nil)
  /// A regular file, read in pieces.
  case file(String)

  /// Bytes read and parsed at once.
  static let chunkBytes = 32_768

  package static func text(_ text: String, name: String? = nil) -> XMLSource {
    .bytes(Array(text.utf8), name: name)
  }

  var name: String? {
    switch self {
    case .bytes(_, let name): name
    case .file(let path): path
    }
  }
}

/// Reads a source in pieces; owns the file's descriptor.
struct XMLSourceCursor: ~Copyable {
  private let bytes: [UInt8]
  private let path: String
  private let descriptor: Int32
  private var offset = 0
  private var buffer: [UInt8] = []

  /// Opens a file; throws if it cannot be opened or is not a regular file, because a pipe or a
  /// device might never end.
  init(_ source: XMLSource) throws(XMLError) {
    switch source {
    case .bytes(let bytes, _):
      self.bytes = bytes
      path = ""
      descriptor = -1
    case .file(let path):
      bytes = []
      self.path = path
      let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard opened >= 0 else { throw Self.unreadable(path, errno) }
      var status = stat()
      let code = fstat(opened, &status) == 0 ? 0 : errno
      guard code == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(opened)
        throw code == 0
          ? XMLError(.unreadable(errno: EINVAL), "not a regular file", file: path)
          : Self.unreadable(path, code)
      }
      descriptor = opened
      buffer = [UInt8](repeating: 0, count: XMLSource.chunkBytes)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Hands the next piece to the closure; `false` at the end.
  mutating func read(_ body: (UnsafeRawBufferPointer) -> Void) throws(XMLError) -> Bool {
    guard descriptor >= 0 else {
      let end = min(bytes.count, offset + XMLSource.chunkBytes)
      guard end > offset else { return false }
      bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset..<end])) }
      offset = end
      return true
    }
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        return true
      }
      if count == 0 { return false }
      if errno != EINTR { throw Self.unreadable(path, errno) }
    }
  }

  private static func unreadable(_ path: String, _ code: Int32) -> XMLError {
    XMLError(.unreadable(errno: code), String(cString: strerror(code)), file: path)
  }
}
