/// A NUL-terminated copy, at an address that lasts as long as this.
package final class CString {
  package let pointer: UnsafePointer<CChar>
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  package init(_ bytes: some Collection<UInt8>) {
    buffer = .allocate(capacity: bytes.count + 1)
    _ = buffer.initialize(fromContentsOf: bytes)
    buffer[bytes.count] = 0
    pointer = UnsafeRawPointer(UnsafePointer(buffer.baseAddress ?? CString.none))
      .assumingMemoryBound(to: CChar.self)
  }

  package convenience init(_ text: String) {
    self.init(text.utf8)
  }

  deinit {
    buffer.deallocate()
  }

  /// Never reached: a buffer of at least one byte has an address.
  private nonisolated(unsafe) static let none = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
}
