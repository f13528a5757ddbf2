/// Why a request has no answer. An answer of any status is not an error.
package struct HTTPError: Error, Sendable, Hashable {
  /// What went wrong.
  package enum Code: Sendable, Hashable {
    case invalidURL
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
    /// The other side broke the connection off.
    case connectionReset
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
    case incompleteBody(bytes: Int)
    case bodyTooLarge(limit: Int)
    case headersTooLarge(limit: Int)
    /// The body does not match its `Content-Encoding`.
    case badContentEncoding
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

  package var method: String { subject.method }
  package var url: String { subject.url }

  init(_ code: Code, at stage: Stage, of subject: Subject) {
    self.code = code
    self.stage = stage
    self.subject = subject
  }
}

extension HTTPError: CustomStringConvertible {
  package var description: String {
    "\(subject.method) \(subject.url): \(code)"
  }
}

extension HTTPError.Code: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidURL: "not a URL that can be requested"
    case .unsupportedScheme: "only http and https are spoken"
    case .invalidMethod: "the method is not a token"
    case .invalidHeader(let name): "header \(name.debugDescription) cannot be sent"
    case .nameNotResolved: "the host's name is not known"
    case .connectionRefused: "connection refused"
    case .unreachable(let errno): "not reachable (errno \(errno))"
    case .connectTimedOut: "no connection within the time"
    case .connectionReset: "the connection was reset"
    case .closedWithoutAnswer: "closed without an answer"
    case .notHTTP: "the answer is not HTTP"
    case .timedOut(let after, let bytes): "no complete answer within \(after), \(bytes) bytes of it"
    case .tooManyRedirects(let limit): "more than \(limit) redirects"
    case .tlsUntrusted(let reason): "certificate not trusted: \(reason)"
    case .caFileUnreadable: "the file of certificates cannot be read"
    case .tlsFailed(let reason): "TLS failed: \(reason)"
    case .incompleteBody(let bytes): "the body ended early, after \(bytes) bytes"
    case .bodyTooLarge(let limit): "the body is over \(limit) bytes"
    case .headersTooLarge(let limit): "the headers are over \(limit) bytes"
    case .badContentEncoding: "the body cannot be decoded"
    case .unixSocketMissing: "there is no such unix socket"
    case .unixSocketDenied: "no permission for the unix socket"
    case .unixSocketPathTooLong: "the unix socket's path is over 107 bytes"
    case .cancelled: "cancelled"
    case .other(let code, let name): "\(name) (curl \(code))"
    }
  }
}
