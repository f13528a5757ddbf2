/// What is to be sent, and the limits within which it must be answered.
///
/// The URL is sent as it is: nothing is percent-encoded, and a space in it is an error.
package struct HTTPRequest: Sendable, Hashable {
  /// What to do with an answer that points elsewhere.
  package enum Redirects: Sendable, Hashable {
    /// The answer is returned as it is.
    case none
    /// Followed over http and https only, this many times at most; one more is an error.
    ///
    /// 303 turns every method but HEAD into GET, 301 and 302 turn POST into GET (RFC 9110, section
    /// 15.4). What changes something is never sent to another address by itself: an answer to PUT,
    /// PATCH or DELETE of any other status is returned as it is, and so is 307 or 308 that leads a
    /// body to another origin. `Authorization`, `Cookie` and `secretFields` stay with their origin.
    case follow(atMost: Int)
  }

  /// How much the server's certificate is believed.
  package enum TLS: Sendable, Hashable {
    /// Chain and name are checked against the machine's certificates.
    case verified
    /// Chain and name are checked against this PEM file alone.
    case trusting(caFile: String)
    /// Neither chain nor name is checked.
    case unverified
  }

  /// A token such as `GET`, sent in this case.
  package var method: String
  /// An absolute http or https URL.
  package var url: String
  /// Sent in this order; a field named here replaces the one libcurl would add.
  package var headers: [HTTPHeader]
  /// Sent as it is; no `Content-Type` is made up for it.
  package var body: [UInt8]?
  /// For everything, redirects included; at least a millisecond.
  package var timeout: Duration
  /// For name look-up, connection and TLS handshake together, within `timeout`.
  package var connectTimeout: Duration
  package var redirects: Redirects
  /// Names of fields whose values are for the first origin (scheme, host, port) only.
  package var secretFields: Set<String> = []
  /// The largest body accepted, in bytes after decoding.
  package var maximumBodyBytes: Int
  /// Connects here instead of to the URL's host and port; at most 107 bytes.
  package var unixSocketPath: String?
  package var tls: TLS
  /// Whether the answer tells whom the server's certificate is for.
  package var wantsCertificate = false
  /// What is sent along with it and takes what the answers set, those that are followed included; nil
  /// for no cookies. A `Cookie` among `headers` is sent beside them.
  package var cookies: CookieJar?

  package init(
    method: String = "GET",
    url: String,
    headers: [HTTPHeader] = [],
    body: [UInt8]? = nil,
    timeout: Duration = .seconds(30),
    connectTimeout: Duration = .seconds(10),
    redirects: Redirects = .none,
    maximumBodyBytes: Int = 16 << 20,
    unixSocketPath: String? = nil,
    tls: TLS = .verified
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.redirects = redirects
    self.maximumBodyBytes = maximumBodyBytes
    self.unixSocketPath = unixSocketPath
    self.tls = tls
  }
}

extension HTTPRequest {
  /// Method and URL as errors name them: without user, password, query and fragment.
  var subject: HTTPError.Subject {
    HTTPError.Subject(
      method: method.withoutControls,
      url: HTTPRequest.withoutSecrets(url).withoutControls
    )
  }

  /// The URL up to its path; what stands before an `@` in the authority is dropped.
  static func withoutSecrets(_ url: String) -> String {
    var bytes = Array(url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    // Whatever stands before the last `@` in front of the path may be a password.
    let authority =
      bytes.firstRange(of: Array("://".utf8)).map(\.upperBound) ?? bytes.startIndex
    let end = bytes[authority...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
    if let at = bytes[authority..<end].lastIndex(of: UInt8(ascii: "@")) {
      bytes.removeSubrange(authority...at)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension String {
  /// With a space for whatever a terminal or a line of a log would obey.
  var withoutControls: String {
    guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return self
    }
    return String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
      )
    )
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, at least one: libcurl takes 0 for no limit.
  var atLeastOneMillisecond: Int {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 1 }
    // Above this libcurl refuses; it is 24 days, the largest number of milliseconds in 31 bits.
    let limit: Int64 = 2_147_483
    guard seconds < limit else { return Int(limit) * 1000 }
    let milliseconds = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return max(1, Int(seconds * 1000 + milliseconds))
  }
}
