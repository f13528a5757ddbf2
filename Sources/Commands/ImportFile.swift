import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Glibc
import Importing
import Suites

/// A file that somebody names on the command line, read in pieces.
struct ImportFile {
  /// As it was named.
  let path: String
  /// Without folders.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  private static let pieceSize = 64 << 10
  /// Of a file that is read as a whole.
  private static let wholeLimit = 64 << 20

  func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
    let place = FileTree.place(of: path)
    let descriptor: Int32
    do {
      descriptor = try FileTree(place.tree.root, links: .inside).open(place.name, O_RDONLY)
    } catch {
      let hint = error.isAbsent ? "no such file" : "\(error.code)"
      throw Failure(.wrongUsage, "\(Console.quotable(path)): \(hint)")
    }
    defer { close(descriptor) }
    while true {
      var count = 0
      let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, size in
        repeat {
          count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        } while count < 0 && errno == EINTR
        size = max(0, count)
      }
      guard count >= 0 else {
        throw Failure(.broken, "\(Console.quotable(path)) cannot be read")
      }
      if piece.isEmpty { return }
      try body(piece)
    }
  }

  func bytes() throws -> [UInt8] {
    var all: [UInt8] = []
    try forEachPiece { piece in
      all += piece
      guard all.count <= Self.wholeLimit else {
        throw ImportError(.tooLarge, "longer than \(Self.wholeLimit >> 20) MiB")
      }
    }
    return all
  }

  func kind() throws -> ImportKind {
    struct Enough: Error {}
    var start: [UInt8] = []
    do {
      try forEachPiece { piece in
        start += piece.prefix(64)
        throw Enough()
      }
    } catch is Enough {}
    return try ImportKind(start: start, name: name)
  }

  // MARK: What is wrong with it

  /// Turns what is wrong with the file into its place there.
  func locating<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as ImportError {
      throw SuiteErrors([diagnostic(error)])
    }
  }

  /// The same with the line that it is about.
  func diagnostic(_ error: ImportError) -> Diagnostic {
    Diagnostic(
      .error,
      file: path,
      line: error.line,
      column: error.column,
      message: error.message,
      sourceLine: error.line > 0 ? line(error.line) : nil
    )
  }

  func diagnostic(_ note: ImportNote) -> Diagnostic {
    Diagnostic(
      .warning,
      file: path,
      line: note.line,
      column: note.column,
      message: note.message
    )
  }

  /// The start of a line, or nil where the file has not so many.
  private func line(_ number: Int) -> String? {
    struct Enough: Error {}
    var (current, line): (Int, [UInt8]) = (1, [])
    try? forEachPiece { piece in
      for byte in piece {
        if byte == UInt8(ascii: "\n") {
          if current == number { throw Enough() }
          current += 1
        } else if current == number, line.count < 4096 {
          line.append(byte)
        }
      }
    }
    guard current >= number else { return nil }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return String(decoding: line, as: UTF8.self)
  }
}
