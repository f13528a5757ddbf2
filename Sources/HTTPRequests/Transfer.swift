/// One request on its way, and what has come back so far.
///
/// All of it belongs to the loop's thread, except what `TransferLoop` guards with its lock. It is
/// the context of libcurl's callbacks: the loop holds it until the handle has let go.
final class Transfer: @unchecked Sendable {
  typealias Continuation = CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

  /// The most bytes of headers accepted over all answers to a request, early ones included. libcurl has a limit of 300
  /// KiB for one, which it reports as if the connection had been reset.
  static let maximumHeaderBytes = 256 << 10

  let request: HTTPRequest

  /// Guarded by the loop's lock.
  var isCancelled = false
  /// Guarded by the loop's lock.
  var isSubmitted = false
  /// Set under the loop's lock, then taken once by its thread.
  var continuation: Continuation?

  private(set) var status = 0
  private(set) var httpVersion = ""
  private(set) var headers: [HTTPHeader] = []
  private(set) var body: [UInt8] = []
  private(set) var headerBytes = 0
  private(set) var headersAreComplete = false
  private(set) var refusal: HTTPError.Code?
  /// What the jar gave for the request.
  private(set) var sentCookies: String?

  init(_ request: HTTPRequest) {
    self.request = request
  }

  /// The body's bytes as announced; nil where they were not.
  var announcedLength: Int? {
    guard headersAreComplete else { return nil }
    return headers.first(named: "Content-Length").flatMap { Int($0) }
  }

  func finish(_ result: Result<HTTPResponse, HTTPError>) {
    continuation?.resume(returning: result)
    continuation = nil
  }

  func fail(_ code: HTTPError.Code, at stage: HTTPError.Stage) {
    finish(.failure(HTTPError(code, at: stage, of: request.subject)))
  }

  /// What has come in, moved out to avoid a copy.
  func takeBody() -> [UInt8] {
    defer { body = [] }
    return body
  }

  func takeHeaders() -> [HTTPHeader] {
    defer { headers = [] }
    return headers
  }
}

/// What libcurl hands over, line by line and piece by piece. A return of false ends the transfer.
extension Transfer {
  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard body.count + bytes.count <= request.maximumBodyBytes else {
      refusal = .bodyTooLarge(limit: request.maximumBodyBytes)
      return false
    }
    if body.isEmpty, let length = headers.first(named: "Content-Length").flatMap({ Int($0) }) {
      // Announced, not yet received: a lie must not cost more than a megabyte.
      body.reserveCapacity(max(bytes.count, min(length, request.maximumBodyBytes, 1 << 20)))
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// The head of the request as it goes out.
  func send(_ head: UnsafeRawBufferPointer) {
    for line in head.split(separator: 0x0A) {
      let text = String(lossy: UnsafeRawBufferPointer(rebasing: line).trimmingHTTPWhitespace())
      if text.lowercased().hasPrefix("cookie: ") { sentCookies = String(text.dropFirst(8)) }
    }
  }

  /// One whole line of a header with its line end, which is how libcurl hands them over.
  func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Transfer.maximumHeaderBytes else {
      refusal = .headersTooLarge(limit: Transfer.maximumHeaderBytes)
      return false
    }
    let text = line.trimmingHTTPWhitespace()
    if text.starts(with: "HTTP/".utf8) {
      beginAnswer(text)
    } else if headersAreComplete {
      // A trailer.
    } else if text.isEmpty {
      headersAreComplete = true
    } else if let first = line.first, first == 0x20 || first == 0x09, !headers.isEmpty {
      // A continued line, obsolete since RFC 7230.
      headers[headers.count - 1].value += " " + String(lossy: text)
    } else {
      let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
      let value = text[colon...].dropFirst()
      headers.append(
        HTTPHeader(
          String(lossy: text[..<colon]),
          String(lossy: UnsafeRawBufferPointer(rebasing: value).trimmingHTTPWhitespace())
        )
      )
    }
    return true
  }

  private func beginAnswer(_ line: Slice<UnsafeRawBufferPointer>) {
    headers.removeAll(keepingCapacity: true)
    headersAreComplete = false
    let words = line.split(separator: 0x20, maxSplits: 2)
    httpVersion = words.first.map { String(lossy: $0.dropFirst(5)) } ?? ""
    status = words.dropFirst().first.flatMap { Int(String(lossy: $0)) } ?? 0
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func trimmingHTTPWhitespace() -> Slice<UnsafeRawBufferPointer> {
    func isWhitespace(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
    var slice = self[...]
    while let last = slice.last, isWhitespace(last) { slice.removeLast() }
    while let first = slice.first, isWhitespace(first) { slice.removeFirst() }
    return slice
  }
}

extension String {
  /// UTF-8 where it is valid, else ISO 8859-1, so that every byte of a header is kept.
  fileprivate init(lossy bytes: some Collection<UInt8>) {
    self =
      String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
