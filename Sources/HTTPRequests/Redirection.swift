import CLibcurl

/// Where an answer leads, and what is asked there.
struct Redirection {
  let hop: HTTPResponse.Hop
  /// Nil where the address is not one of http or https.
  let next: HTTPRequest?

  /// Nil where the answer is not to be followed: `HTTPRequest.Redirects` says when.
  ///
  /// - Parameter first: what was asked at the beginning; its origin is the one that secrets are for.
  init?(of response: HTTPResponse, to request: HTTPRequest, from first: HTTPRequest) {
    guard [301, 302, 303, 307, 308].contains(response.status),
      let location = response.headers.first(named: "Location"), !location.isEmpty
    else { return nil }
    var next = request
    let target = Address(location, relativeTo: request.url)
    let isElsewhere = target?.origin != Address(request.url)?.origin
    switch (response.status, request.method) {
    case (303, "HEAD"), (_, "GET"), (_, "HEAD"), (_, "OPTIONS"): break
    case (303, _), (301, "POST"), (302, "POST"):
      next.method = "GET"
      next.body = nil
      next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    case (307, "POST"), (308, "POST"): if isElsewhere, request.body?.isEmpty == false { return nil }
    default: return nil
    }
    if target?.origin != Address(first.url)?.origin {
      let secret = Set(first.secretFields.map { $0.lowercased() })
        .union(["authorization", "cookie", "proxy-authorization"])
      next.headers.removeAll { secret.contains($0.name.lowercased()) }
    }
    hop = HTTPResponse.Hop(
      method: request.method,
      url: request.url,
      status: response.status,
      location: location
    )
    next.url = target?.url ?? ""
    self.next = target == nil ? nil : next
  }

  /// An address as libcurl reads it.
  private struct Address {
    let url: String
    /// Scheme, host and port.
    let origin: [String]

    /// - Parameter base: what a relative one is relative to.
    init?(_ text: String, relativeTo base: String? = nil) {
      guard let handle = curl_url() else { return nil }
      defer { curl_url_cleanup(handle) }
      let flags = UInt32(CURLU_URLENCODE)
      if let base, curl_url_set(handle, CURLUPART_URL, base, flags) != CURLUE_OK { return nil }
      // libcurl 7.88 takes a fragment alone for the folder.
      let isFragment = base != nil && text.hasPrefix("#")
      guard isFragment || curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK,
        curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
      else { return nil }
      func part(_ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text
        else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
      }
      guard let scheme = part(CURLUPART_SCHEME), ["http", "https"].contains(scheme),
        let host = part(CURLUPART_HOST), let port = part(CURLUPART_PORT)
      else { return nil }
      origin = [scheme, host.lowercased(), port]
      // The port is told only where it was written.
      var whole: UnsafeMutablePointer<CChar>?
      guard curl_url_get(handle, CURLUPART_URL, &whole, 0) == CURLUE_OK, let whole else {
        return nil
      }
      defer { curl_free(whole) }
      url = String(cString: whole)
    }
  }
}
