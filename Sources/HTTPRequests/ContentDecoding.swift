import CLibz
import Formats

/// Undoes the codings of `Content-Encoding` (RFC 9110, section 8.4): `gzip` with any number of members,
/// `deflate` with and without zlib's own header, one on top of the other.
///
/// libcurl's own decoding takes a stream that is cut for whole, and refuses a second member.
struct ContentDecoding {
  /// What requests ask for.
  static let accepted = "gzip, deflate"

  /// What the decoded body may have, in bytes.
  let limit: Int

  /// - Parameter codings: as the header has them, the last of them undone first.
  func body(_ body: [UInt8], codings: [String]) throws(Failure) -> [UInt8] {
    var body = body
    for coding in codings.reversed() where !body.isEmpty {
      switch coding.lowercased() {
      case "identity", "none": break
      case "gzip", "x-gzip": body = try inflate(body, coding, windowBits: 16 + MAX_WBITS)
      case "deflate":
        do {
          body = try inflate(body, coding, windowBits: MAX_WBITS)
        } catch .broken {
          body = try inflate(body, coding, windowBits: -MAX_WBITS)
        }
      // Some servers name the character set here, and mean it.
      case let name where TextDecoding.knows(name): break
      default: throw .unknown(coding)
      }
    }
    return body
  }

  enum Failure: Error {
    case unknown(String)
    case broken(String)
    /// The stream has no end.
    case cut(String)
    case tooLarge
  }

  /// The codings of all fields of that name, in order.
  static func codings(of headers: [HTTPHeader]) -> [String] {
    headers.values(named: "Content-Encoding").flatMap { value in
      value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
    }.filter { !$0.isEmpty }
  }

  private func inflate(_ input: [UInt8], _ coding: String, windowBits: Int32) throws(Failure)
    -> [UInt8]
  {
    var stream = z_stream()
    guard shim_zlib_begin_inflating(&stream, windowBits) == Z_OK else { throw .broken(coding) }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var offset = 0
    while true {
      let (code, read, written) = step(&stream, input[offset...])
      offset += read
      guard output.count + written.count <= limit else { throw .tooLarge }
      output += written
      switch code {
      case Z_STREAM_END:
        let rest = input[offset...]
        // Zeros fill up blocks of tapes.
        if rest.allSatisfy({ $0 == 0 }) { return output }
        guard windowBits > MAX_WBITS, rest.starts(with: [0x1F, 0x8B]),
          inflateReset(&stream) == Z_OK
        else { throw .broken(coding) }
      case Z_OK, Z_BUF_ERROR:
        if read == 0, written.isEmpty { throw .cut(coding) }
      default: throw .broken(coding)
      }
    }
  }

  private func step(_ stream: inout z_stream, _ input: ArraySlice<UInt8>) -> (
    code: Int32, read: Int, written: [UInt8]
  ) {
    var code = Z_OK
    var read = 0
    let written = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      input.withUnsafeBufferPointer { input in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        code = CLibz.inflate(&stream, Z_NO_FLUSH)
        read = input.count - Int(stream.avail_in)
        count = buffer.count - Int(stream.avail_out)
      }
    }
    return (code, read, written)
  }
}
