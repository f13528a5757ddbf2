import CLibcurl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension EasyHandle {
  /// The answer of a transfer that libcurl calls done.
  func response(of transfer: Transfer) -> HTTPResponse {
    var timings = HTTPTimings()
    timings.nameLookup = offset(CURLINFO_NAMELOOKUP_TIME_T)
    timings.connect = offset(CURLINFO_CONNECT_TIME_T)
    timings.tls = offset(CURLINFO_APPCONNECT_TIME_T)
    timings.firstByte = offset(CURLINFO_STARTTRANSFER_TIME_T)
    timings.total = offset(CURLINFO_TOTAL_TIME_T)

    var sizes = HTTPSizes()
    sizes.request = long(CURLINFO_REQUEST_SIZE)
    // Up to here libcurl 7.88 sends the body together with the headers and counts both
    // (`MAX_INITIAL_POST_SIZE`); beyond, it counts the headers alone.
    if transfer.request.body?.count ?? 0 >= 64 << 10 {
      sizes.request += offset(CURLINFO_SIZE_UPLOAD_T)
    }
    sizes.responseHeaders = long(CURLINFO_HEADER_SIZE)
    sizes.body = offset(CURLINFO_SIZE_DOWNLOAD_T)

    let address = string(CURLINFO_PRIMARY_IP)
    let port = long(CURLINFO_PRIMARY_PORT)
    let host = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
    let hasAddress = !address.isEmpty && transfer.request.unixSocketPath == nil

    var response = HTTPResponse(
      status: transfer.status,
      headers: transfer.takeHeaders(),
      body: transfer.takeBody(),
      httpVersion: transfer.httpVersion,
      effectiveURL: string(CURLINFO_EFFECTIVE_URL),
      timings: timings,
      sizes: sizes,
      connectionReused: long(CURLINFO_NUM_CONNECTS) == 0,
      remoteAddress: hasAddress ? "\(host):\(port)" : ""
    )
    if transfer.request.wantsCertificate { response.certificateSubject = certificateSubject }
    if var jar = transfer.request.cookies {
      jar[transfer.request] = cookieLines
      response.cookies = jar
      response.sentCookies = transfer.sentCookies
    }
    return response
  }

  /// Of the server's own certificate, the first of its chain: `CN = example.org`.
  private var certificateSubject: String? {
    var chain: UnsafeMutablePointer<curl_certinfo>?
    guard shim_curl_get_certificates(pointer, &chain) == CURLE_OK, let chain,
      chain.pointee.num_of_certs > 0
    else { return nil }
    var line = chain.pointee.certinfo[0]
    while let entry = line {
      let text = String(cString: entry.pointee.data)
      if text.hasPrefix("Subject:") { return String(text.dropFirst(8)) }
      line = entry.pointee.next
    }
    return nil
  }

  /// What libcurl's result means for the request, decided by numbers alone.
  func error(_ code: CURLcode, of transfer: Transfer) -> HTTPError {
    var error = HTTPError(
      transfer.refusal ?? self.code(code, of: transfer),
      at: stage(of: transfer),
      of: transfer.request.subject
    )
    if transfer.request.wantsCertificate { error.certificateSubject = certificateSubject }
    if transfer.headersAreComplete {
      error.status = transfer.status
      error.headers = transfer.takeHeaders()
    }
    return error
  }

  private func stage(of transfer: Transfer) -> HTTPError.Stage {
    if transfer.headersAreComplete { return .receiving }
    if offset(CURLINFO_PRETRANSFER_TIME_T) > 0 { return .waiting }
    // The time of the connection is set only after the handshake, the address before it.
    if !string(CURLINFO_PRIMARY_IP).isEmpty { return .handshaking }
    return offset(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .connecting : .resolving
  }

  private func code(_ code: CURLcode, of transfer: Transfer) -> HTTPError.Code {
    let isConnected = offset(CURLINFO_PRETRANSFER_TIME_T) > 0
    let received = transfer.body.count
    switch code {
    case CURLE_UNSUPPORTED_PROTOCOL:
      // The same number stands for an answer without a status line (HTTP/0.9).
      return isConnected ? .notHTTP : .unsupportedScheme
    case CURLE_WEIRD_SERVER_REPLY:
      return .notHTTP
    case CURLE_URL_MALFORMAT:
      return .invalidURL
    case CURLE_COULDNT_RESOLVE_HOST:
      return .nameNotResolved
    case CURLE_COULDNT_CONNECT:
      return connectCode(isUnixSocket: transfer.request.unixSocketPath != nil)
    case CURLE_OPERATION_TIMEDOUT:
      return isConnected
        ? .timedOut(after: transfer.request.timeout, bytes: received) : .connectTimedOut
    case CURLE_GOT_NOTHING:
      return .closedWithoutAnswer
    case CURLE_PARTIAL_FILE:
      return .incompleteBody(bytes: received, of: transfer.announcedLength)
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      return .connectionReset(
        bytes: transfer.headersAreComplete ? received : nil,
        of: transfer.announcedLength
      )
    case CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return transfer.headersAreComplete
        ? .incompleteBody(bytes: received, of: transfer.announcedLength)
        : .connectionReset(bytes: nil, of: nil)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
      return .tlsUntrusted(reason: reason)
    case CURLE_SSL_CACERT_BADFILE:
      return .caFileUnreadable
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER:
      return .tlsFailed(reason: reason)
    default:
      return .other(code: Int(code.rawValue), name: String(cString: curl_easy_strerror(code)))
    }
  }

  private func connectCode(isUnixSocket: Bool) -> HTTPError.Code {
    let number = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
    switch number {
    case ECONNREFUSED: return .connectionRefused
    case ETIMEDOUT: return .connectTimedOut
    case ECONNRESET: return .connectionReset(bytes: nil, of: nil)
    case ENOENT where isUnixSocket: return .unixSocketMissing
    case EACCES where isUnixSocket: return .unixSocketDenied
    default: return .unreachable(errno: number)
    }
  }
}
