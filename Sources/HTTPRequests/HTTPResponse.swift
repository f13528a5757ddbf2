/// The answer to a request, complete.
package struct HTTPResponse: Sendable, Hashable {
  /// An answer that was followed elsewhere.
  package struct Hop: Sendable, Hashable {
    package var method: String
    /// What was asked, credentials and query included: it may hold a secret.
    package var url: String
    package var status: Int
    /// `Location` as received, possibly relative.
    package var location: String
  }

  package var status: Int
  /// The fields of the final answer, in the order received, repeated ones apart; no trailers.
  package var headers: [HTTPHeader]
  /// Decoded according to `Content-Encoding`.
  package var body: [UInt8]
  /// `1.0`, `1.1`, `2` or `3`.
  package var httpVersion: String
  /// The URL of the final answer, credentials and query included: it may hold a secret.
  package var effectiveURL: String
  /// One for each redirect that was followed, first to last.
  package var hops: [Hop]
  /// What was sent after each of them.
  package var followed: [HTTPRequest] = []
  /// The request's, with what the answers have set.
  package var cookies: CookieJar?
  /// The field `Cookie` as the jar filled it in the first request; nil where it had none to send.
  package var sentCookies: String?
  package var timings: HTTPTimings
  package var sizes: HTTPSizes
  /// Whether no new connection was made for it.
  package var connectionReused: Bool
  /// `address:port`, IPv6 in brackets; empty for a unix socket.
  package var remoteAddress: String

  /// Whom the server's certificate is for, where that was wanted.
  package var certificateSubject: String?

  /// The values of every field of this name in the final answer; ASCII case does not matter.
  package func values(of header: String) -> [String] {
    headers.values(named: header)
  }

  package init(
    status: Int,
    headers: [HTTPHeader] = [],
    body: [UInt8] = [],
    httpVersion: String = "1.1",
    effectiveURL: String,
    hops: [Hop] = [],
    timings: HTTPTimings = HTTPTimings(),
    sizes: HTTPSizes = HTTPSizes(),
    connectionReused: Bool = false,
    remoteAddress: String = ""
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.httpVersion = httpVersion
    self.effectiveURL = effectiveURL
    self.hops = hops
    self.timings = timings
    self.sizes = sizes
    self.connectionReused = connectionReused
    self.remoteAddress = remoteAddress
  }
}

/// When each step was done, in microseconds since the request began; 0 where it did not happen.
///
/// As libcurl measures them: waiting in this client's queue is not included. With redirects those of
/// the last request, and `total` of all of them.
package struct HTTPTimings: Sendable, Hashable {
  package var nameLookup = 0
  package var connect = 0
  package var tls = 0
  package var firstByte = 0
  package var total = 0

  package init() {}
}

/// What went over the wire, in bytes, for the last request where redirects were followed.
package struct HTTPSizes: Sendable, Hashable {
  /// Request line, fields and body sent, for HTTP/2 before compression.
  package var request = 0
  package var responseHeaders = 0
  /// The final body as transferred, before decoding.
  package var body = 0

  package init() {}
}
