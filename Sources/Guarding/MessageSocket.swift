internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// One end of the control socket: lines of JSON, with descriptors beside them.
///
/// Never blocks; `poll(2)` is the owner's. Used by one thread. Owns and closes its descriptor.
final class MessageSocket {
  let descriptor: Int32
  /// The other side has gone or broke the rules; nothing more will be received.
  private(set) var isClosed = false
  private var input: [UInt8] = []
  private var scanned = 0
  private var descriptors: [Int32] = []
  private var output: [Outgoing] = []
  private var outputStart = 0
  private(set) var pendingBytes = 0
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)

  private struct Outgoing {
    var bytes: [UInt8]
    var sent = 0
    var descriptors: [Int32]
  }

  init(descriptor: Int32) {
    self.descriptor = descriptor
    _ = shim_linux_fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    DescriptorList.close(descriptors + output.flatMap(\.descriptors) + [descriptor])
  }

  var hasOutput: Bool { pendingBytes > 0 }

  /// Queues one line. Takes over `descriptors` and closes them once sent.
  func queue(_ line: [UInt8], descriptors: [Int32] = []) {
    output.append(Outgoing(bytes: line, descriptors: descriptors))
    pendingBytes += line.count
  }

  /// Sends as much as the socket takes.
  func flush() {
    while outputStart < output.count, !isClosed {
      let next = output[outputStart]
      let sent = send(next.bytes[next.sent...], descriptors: next.descriptors)
      if sent < 0 {
        if errno == EINTR { continue }
        if errno != EAGAIN { isClosed = true }
        return
      }
      DescriptorList.close(next.descriptors)
      output[outputStart].descriptors = []
      output[outputStart].sent += sent
      pendingBytes -= sent
      if output[outputStart].sent == next.bytes.count {
        output[outputStart].bytes = []
        outputStart += 1
      }
    }
    if outputStart == output.count {
      output.removeAll()
      outputStart = 0
    }
  }

  /// Reads what is there, and gives the whole lines of it without their line feeds.
  func receive() -> [ArraySlice<UInt8>] {
    // A short read means nothing: one that carries descriptors ends with them.
    for _ in 0..<64 where !isClosed {
      let count = receiveChunk()
      if count > 0 {
        input.append(contentsOf: chunk[..<count])
        if input.count > GuardianProtocol.maximumLine { isClosed = true }
      } else if count == 0 {
        isClosed = true
      } else if errno != EINTR {
        if errno != EAGAIN { isClosed = true }
        break
      }
    }
    return takeLines()
  }

  /// Treats the other side as gone.
  func giveUp() {
    isClosed = true
  }

  /// The next `count` of the descriptors received, now the caller's; nil if there are fewer.
  func takeDescriptors(_ count: Int) -> [Int32]? {
    guard descriptors.count >= count else { return nil }
    defer { descriptors.removeFirst(count) }
    return Array(descriptors.prefix(count))
  }

  private func takeLines() -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while let end = input[scanned...].firstIndex(of: 0x0A) {
      lines.append(input[start..<end])
      start = end + 1
      scanned = start
    }
    scanned = input.count - start
    if start > 0 { input = Array(input[start...]) }
    return lines
  }

  private func send(_ bytes: ArraySlice<UInt8>, descriptors: [Int32]) -> Int {
    guard !descriptors.isEmpty else {
      return bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }
    var control = DescriptorMessage.encode(descriptors)
    return bytes.withUnsafeBytes { body in
      control.withUnsafeMutableBytes { ancillary in
        var part = iovec(
          iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress),
          iov_len: body.count
        )
        return withUnsafeMutablePointer(to: &part) { part in
          var message = msghdr()
          message.msg_iov = part
          message.msg_iovlen = 1
          message.msg_control = ancillary.baseAddress
          message.msg_controllen = ancillary.count
          return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        }
      }
    }
  }

  private func receiveChunk() -> Int {
    var control = [UInt8](repeating: 0, count: DescriptorMessage.space(for: 8))
    var controlLength = 0
    let count = chunk.withUnsafeMutableBytes { body in
      control.withUnsafeMutableBytes { ancillary in
        var part = iovec(iov_base: body.baseAddress, iov_len: body.count)
        return withUnsafeMutablePointer(to: &part) { part in
          var message = msghdr()
          message.msg_iov = part
          message.msg_iovlen = 1
          message.msg_control = ancillary.baseAddress
          message.msg_controllen = ancillary.count
          let count = recvmsg(descriptor, &message, Int32(MSG_CMSG_CLOEXEC))
          controlLength = count < 0 ? 0 : Int(message.msg_controllen)
          return count
        }
      }
    }
    let failure = errno
    descriptors += DescriptorMessage.decode(control[..<controlLength])
    errno = failure
    return count
  }
}

/// Descriptors as ancillary data, `SCM_RIGHTS` of unix(7); glibc has only macros for its layout.
enum DescriptorMessage {
  private static let header = (MemoryLayout<cmsghdr>.size + 7) & ~7

  static func space(for count: Int) -> Int {
    header + (count * MemoryLayout<Int32>.size + 7) & ~7
  }

  static func encode(_ descriptors: [Int32]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: space(for: descriptors.count))
    bytes.withUnsafeMutableBytes { buffer in
      let length = header + descriptors.count * MemoryLayout<Int32>.size
      buffer.storeBytes(of: length, as: Int.self)
      buffer.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
      buffer.storeBytes(of: Int32(SCM_RIGHTS), toByteOffset: 12, as: Int32.self)
      for (index, descriptor) in descriptors.enumerated() {
        buffer.storeBytes(of: descriptor, toByteOffset: header + 4 * index, as: Int32.self)
      }
    }
    return bytes
  }

  static func decode(_ bytes: ArraySlice<UInt8>) -> [Int32] {
    bytes.withUnsafeBytes { buffer in
      var found: [Int32] = []
      var start = 0
      while buffer.count - start >= header {
        let length = buffer.loadUnaligned(fromByteOffset: start, as: Int.self)
        let level = buffer.loadUnaligned(fromByteOffset: start + 8, as: Int32.self)
        let kind = buffer.loadUnaligned(fromByteOffset: start + 12, as: Int32.self)
        guard length >= header, length <= buffer.count - start else { break }
        if level == SOL_SOCKET, kind == Int32(SCM_RIGHTS) {
          for offset in stride(from: start + header, to: start + length, by: 4) {
            found.append(buffer.loadUnaligned(fromByteOffset: offset, as: Int32.self))
          }
        }
        start += (length + 7) & ~7
      }
      return found
    }
  }
}
