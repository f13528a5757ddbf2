/// Why a request has no answer. An answer of any status is not an error.
package struct HTTPError: Error, Sendable, Hashable {
  /// What went wrong.
  package enum Code: Sendable, Hashable {
    case invalidURL
    /// What stands behind `#` is for a browser and is never sent.
    case fragmentInURL
    /// Not http or https, in the request or in a redirect.
    case unsupportedScheme
    case invalidMethod
    /// A name that is no token, or a line break or NUL in the value, which is not shown.
    case invalidHeader(name: String)
    case nameNotResolved
    case connectionRefused
    /// No route to the address, or another reason of the system's not to connect.
    case unreachable(errno: Int32)
    case connectTimedOut
    /// The other side broke the connection off: before an answer, where `bytes` is nil, else after
    /// so many of the body, of as many as were announced.
    case connectionReset(bytes: Int?, of: Int?)
    /// The other side closed without a byte of an answer.
    case closedWithoutAnswer
    /// What came back is not HTTP.
    case notHTTP
    /// Connected, and not done within the request's time.
    case timedOut(after: Duration, bytes: Int)
    case tooManyRedirects(limit: Int)
    /// The certificate is not trusted; the reason is OpenSSL's, for people.
    case tlsUntrusted(reason: String)
    case caFileUnreadable
    case tlsFailed(reason: String)
    /// The connection ended before the announced length or the last chunk.
    case incompleteBody(bytes: Int, of: Int?)
    case bodyTooLarge(limit: Int)
    case headersTooLarge(limit: Int)
    /// A `Content-Encoding` that is not one of those asked for.
    case unknownContentEncoding(String)
    /// The body is not what its `Content-Encoding` says.
    case badContentEncoding(String)
    /// The body of this `Content-Encoding` ends before its own end.
    case incompleteContentEncoding(String)
    case unixSocketMissing
    case unixSocketDenied
    case unixSocketPathTooLong
    /// The task was cancelled, or the client shut down.
    case cancelled
    /// A result of libcurl's without a case of its own, as `CURLE_…` number and its text.
    case other(code: Int, name: String)
  }

  /// How far the request had come.
  package enum Stage: String, Sendable, Hashable, CaseIterable {
    case preparing
    case resolving
    case connecting
    case handshaking
    /// Connected; no complete header has come back.
    case waiting
    case receiving
  }

  /// The request an error is about, without user, password, query and fragment of its URL.
  package struct Subject: Sendable, Hashable {
    package var method: String
    package var url: String
  }

  package var code: Code
  package var stage: Stage
  package var subject: Subject
  /// Where the last redirect that was followed led, as received, without user, password, query
  /// and fragment.
  package var redirectedTo: String?
  /// Whom a certificate that is not trusted is for, as it says itself.
  package var certificateSubject: String?
  /// Of an answer whose body did not come whole; nil where no complete header came.
  package var status: Int?
  /// That came with the status.
  package var headers: [HTTPHeader] = []

  package var method: String { subject.method }
  package var url: String { subject.url }

  init(_ code: Code, at stage: Stage, of subject: Subject, redirectedTo: String? = nil) {
    self.code = code
    self.stage = stage
    self.subject = subject
    self.redirectedTo = redirectedTo
  }

  /// The same about the request that was followed there.
  func redirected(to location: String, from first: HTTPRequest) -> HTTPError {
    var error = self
    error.subject = first.subject
    error.redirectedTo = HTTPRequest.withoutSecrets(location).withoutControls
    // Of the time that all of it had, the last part is nobody's limit.
    if case .timedOut(_, let bytes) = code {
      error.code = .timedOut(after: first.timeout, bytes: bytes)
    }
    return error
  }

  /// Why, without method and URL: for those who have named them already.
  package var reason: String {
    var text = status.map { "status \($0), and \(code)" } ?? code.description
    if let certificateSubject { text += ", it is for \(certificateSubject)" }
    if let redirectedTo { text += ", redirected to \(redirectedTo)" }
    return text
  }

  /// True where the same request cannot end otherwise a moment later.
  package var isHopeless: Bool {
    switch code {
    case .invalidURL, .fragmentInURL, .unknownContentEncoding, .unsupportedScheme, .invalidMethod,
      .invalidHeader, .caFileUnreadable,
      .bodyTooLarge, .headersTooLarge, .unixSocketPathTooLong:
      true
    default: false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  package var description: String {
    "\(subject.method) \(subject.url): \(reason)"
  }
}

extension HTTPError.Code: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidURL: "not a URL that can be requested"
    case .fragmentInURL: "the URL has a fragment, which is never sent: write # as %23"
    case .unsupportedScheme: "only http and https are spoken"
    case .invalidMethod: "the method is not a token"
    case .invalidHeader(let name): "header \(name.debugDescription) cannot be sent"
    case .nameNotResolved: "the host's name is not known"
    case .connectionRefused: "connection refused"
    case .unreachable(let errno): "not reachable (errno \(errno))"
    case .connectTimedOut: "no connection within the time"
    case .connectionReset(nil, _): "connection reset by peer"
    case .connectionReset(let bytes?, let length):
      "connection reset by peer after \(Self.part(bytes, length))"
    case .closedWithoutAnswer: "closed without an answer"
    case .notHTTP: "the answer is not HTTP"
    case .timedOut(let after, 0): "no answer within \(after.short)"
    case .timedOut(let after, let bytes):
      "no complete answer within \(after.short), only \(bytes.grouped) bytes"
    case .tooManyRedirects(1): "more than 1 redirect"
    case .tooManyRedirects(let limit): "more than \(limit) redirects"
    case .tlsUntrusted(let reason): "certificate not trusted: \(reason)"
    case .caFileUnreadable: "the file of certificates cannot be read"
    case .tlsFailed(let reason): "TLS failed: \(reason)"
    case .incompleteBody(let bytes, let length):
      "the body ended early, after \(Self.part(bytes, length))"
    case .bodyTooLarge(let limit): "the body is over \(limit.grouped) bytes"
    case .headersTooLarge(let limit): "the headers are over \(limit.grouped) bytes"
    case .unknownContentEncoding(let name):
      "Content-Encoding \(name.withoutControls.debugDescription) is not known"
    case .badContentEncoding(let name): "the body is not \(name), as its Content-Encoding says"
    case .incompleteContentEncoding(let name): "the body ended early, inside of its \(name) stream"
    case .unixSocketMissing: "there is no such unix socket"
    case .unixSocketDenied: "no permission for the unix socket"
    case .unixSocketPathTooLong: "the unix socket's path is over 107 bytes"
    case .cancelled: "cancelled"
    case .other(let code, let name): "\(name) (curl \(code))"
    }
  }

  /// `1,024 of 4,096 bytes`; without the second where no length was announced.
  private static func part(_ bytes: Int, _ length: Int?) -> String {
    "\(bytes.grouped)\(length.map { " of \($0.grouped)" } ?? "") bytes"
  }
}

extension Int {
  /// `16,777,216`.
  fileprivate var grouped: String {
    var digits = String(magnitude)[...]
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return (self < 0 ? "-" : "") + groups.joined(separator: ",")
  }
}

extension Duration {
  /// `300 ms`, `2 s`, `1.5 s`.
  fileprivate var short: String {
    let (seconds, attoseconds) = components
    let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    let tenths = milliseconds % 1000 / 100
    return "\(milliseconds / 1000)\(tenths == 0 ? "" : ".\(tenths)") s"
  }
}
