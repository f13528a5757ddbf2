internal import Glibc

/// One output of a service in a file that cannot grow past its limits: the first bytes, a line that
/// says how many are missing, the last bytes.
///
/// Secrets are removed before anything is counted. Owns its descriptor.
final class CappedLog {
  private let descriptor: Int32
  private let limits: LogLimits
  private var filter: any LogFilter
  private var headLength = 0
  /// A ring once it is full; its oldest byte is at `ringStart`.
  private var ring: [UInt8] = []
  private var ringStart = 0
  private var dropped: Int64 = 0
  private var isDirty = false
  private var isFinished = false

  init(descriptor: Int32, limits: LogLimits, filter: any LogFilter) {
    self.descriptor = descriptor
    self.limits = LogLimits(head: max(0, limits.head), tail: max(0, limits.tail))
    self.filter = filter
  }

  deinit {
    close(descriptor)
  }

  /// Whether bytes are missing from the file.
  var isTruncated: Bool { dropped > 0 }

  func feed(_ bytes: UnsafeRawBufferPointer) {
    keep(filter.feed(bytes))
  }

  /// The stream has ended.
  func finish() {
    guard !isFinished else { return }
    isFinished = true
    keep(filter.finish())
    flush()
  }

  /// Brings the file's end up to date.
  func flush() {
    guard isDirty else { return }
    isDirty = false
    var end: [UInt8] = []
    if dropped > 0 { end += Array("\n[parity: \(dropped) bytes dropped]\n".utf8) }
    end += ring[ringStart...]
    end += ring[..<ringStart]
    // Behind the head, over what an earlier flush wrote.
    write(end[...], at: headLength)
    ftruncate(descriptor, off_t(headLength + end.count))
  }

  private func keep(_ bytes: [UInt8]) {
    var rest = bytes[...]
    if headLength < limits.head, !rest.isEmpty {
      let part = rest.prefix(limits.head - headLength)
      write(part, at: headLength)
      headLength += part.count
      rest = rest.dropFirst(part.count)
    }
    guard !rest.isEmpty else { return }
    isDirty = true
    if rest.count > limits.tail {
      dropped += Int64(ring.count + rest.count - limits.tail)
      ring = Array(rest.suffix(limits.tail))
      ringStart = 0
      return
    }
    let free = limits.tail - ring.count
    if free > 0 {
      ring += rest.prefix(free)
      rest = rest.dropFirst(free)
    }
    overwrite(rest)
  }

  /// The ring is full: each byte takes the oldest one's place.
  private func overwrite(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    dropped += Int64(rest.count)
    while !rest.isEmpty {
      let part = rest.prefix(ring.count - ringStart)
      ring.withUnsafeMutableBytes { target in
        part.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[ringStart..<(ringStart + source.count)])
            .copyMemory(from: source)
        }
      }
      ringStart = (ringStart + part.count) % ring.count
      rest = rest.dropFirst(part.count)
    }
  }

  /// A full disk must not end the run: what cannot be written is lost.
  private func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        done += count
      }
    }
  }
}
