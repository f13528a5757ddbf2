import Glibc

/// A path as the kernel knows it: bytes, which need not be UTF-8.
///
/// Nothing here follows a link unless its name says so, and lists are in the order of the bytes,
/// so that two machines see the same.
package struct DiskPath: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package init(_ path: String) { bytes = Array(path.utf8) }

  package func appending(_ name: [UInt8]) -> DiskPath {
    DiskPath(bytes.last == UInt8(ascii: "/") ? bytes + name : bytes + [UInt8(ascii: "/")] + name)
  }

  package func appending(_ name: String) -> DiskPath { appending(Array(name.utf8)) }

  /// True for the folder itself and for everything below it; both must be resolved paths.
  package func isInside(_ folder: DiskPath) -> Bool {
    bytes == folder.bytes || folder.bytes == [UInt8(ascii: "/")]
      || bytes.starts(with: folder.bytes + [UInt8(ascii: "/")])
  }

  func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? body("")
    }
  }
}

extension DiskPath: CustomStringConvertible {
  package var description: String { Self.shown(bytes) }

  /// The bytes as text that is different for different bytes, safe on a terminal and in a report.
  ///
  /// What is not UTF-8, control characters and the backslash become `\xNN`.
  package static func shown(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      let length = Self.scalarLength(first)
      let head = rest.prefix(length)
      if length == 1, first < 0x20 || first == 0x7F || first == UInt8(ascii: "\\") {
        text += escaped(first)
      } else if head.count == length, let scalar = String(validating: head, as: UTF8.self),
        scalar.unicodeScalars.allSatisfy({ $0.value < 0x80 || $0.value > 0x9F })
      {
        text += scalar
      } else {
        text += escaped(first)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(length)
    }
    return text
  }

  private static func scalarLength(_ first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "\\x" + (digits.count == 1 ? "0" + digits : digits)
  }
}
