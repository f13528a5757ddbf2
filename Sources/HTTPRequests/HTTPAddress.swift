import CLibcurl

/// An address as libcurl reads it.
package struct HTTPAddress: Sendable {
  /// Whole, without a fragment; the port stands there only where it was written.
  package let url: String
  /// Scheme, host in lower case, and port.
  package let origin: [String]

  /// Nil for what is no address of http or https.
  ///
  /// - Parameter base: what a relative one is relative to.
  package init?(_ text: String, relativeTo base: String? = nil) {
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
