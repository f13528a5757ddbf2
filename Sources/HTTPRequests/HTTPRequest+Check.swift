extension HTTPRequest {
  /// What libcurl would send without a look: method and fields end up in the request verbatim.
  func check() throws(HTTPError) {
    func refuse(_ code: HTTPError.Code) -> HTTPError {
      HTTPError(code, at: .preparing, of: subject)
    }
    guard !method.isEmpty, method.utf8.allSatisfy(\.isHTTPTokenByte) else {
      throw refuse(.invalidMethod)
    }
    for header in headers {
      guard
        !header.name.isEmpty, header.name.utf8.allSatisfy(\.isHTTPTokenByte),
        !header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 })
      else { throw refuse(.invalidHeader(name: header.name)) }
    }
    if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { throw refuse(.invalidURL) }
    if url.utf8.contains(UInt8(ascii: "#")) { throw refuse(.fragmentInURL) }
    guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")),
      url.utf8[colon...].starts(with: "://".utf8)
    else { throw refuse(.invalidURL) }
    let scheme = String(url[..<colon])
    guard scheme.equalsIgnoringASCIICase("http") || scheme.equalsIgnoringASCIICase("https") else {
      throw refuse(.unsupportedScheme)
    }
    if let path = unixSocketPath, path.utf8.count > 107 { throw refuse(.unixSocketPathTooLong) }
  }
}
