import CLibcurl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A libcurl easy handle, used for one transfer after another on the loop's thread.
///
/// What libcurl keeps pointers to (the error text, the list of headers, the callbacks' context)
/// is owned here or by `transfer`, and let go only after the handle has left the multi handle.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private(set) var transfer: Transfer?

  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  /// The first option that was refused while preparing.
  private var failure = CURLE_OK
  private var isSetUp = false
  /// A file of certificates replaces libcurl's own default, which only a reset brings back.
  private var hasOwnCAFile = false

  init?() {
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(headerList)
    errorText.deallocate()
  }

  /// Sets every option a request decides about, so that nothing of the last one is left.
  ///
  /// - Returns: What libcurl refused, if anything.
  func prepare(_ transfer: Transfer, userAgent: String?) -> CURLcode {
    failure = CURLE_OK
    if hasOwnCAFile {
      curl_easy_reset(pointer)
      hasOwnCAFile = false
      isSetUp = false
    }
    if !isSetUp { setUp(userAgent: userAgent) }
    self.transfer = transfer
    errorText[0] = 0

    let request = transfer.request
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    set(CURLOPT_WRITEDATA, pointer: context)
    set(CURLOPT_HEADERDATA, pointer: context)
    set(CURLOPT_URL, request.url)
    prepareMethod(request)
    prepareHeaders(request)
    prepareLimits(request)
    prepareTLS(request)
    prepareCookies(request)
    return failure
  }

  /// Lets go of the transfer; the handle must have left the multi handle.
  func release() {
    transfer = nil
    set(CURLOPT_HTTPHEADER, list: nil)
    set(CURLOPT_COOKIELIST, "ALL")
    curl_slist_free_all(headerList)
    headerList = nil
  }

  /// libcurl's words about the last failure, on one line, for people.
  var reason: String {
    String(cString: errorText).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

// MARK: - Options

extension EasyHandle {
  private func setUp(userAgent: String?) {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROXY, "")
    set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    // Else `..` goes before it is sent, and the record says what never was.
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_USERAGENT, userAgent)
    // Else a name that takes its time to be looked up holds up every transfer at its time-out.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(errorText))
    check(shim_curl_set_callback(pointer, CURLOPT_WRITEFUNCTION, receiveBody))
    check(shim_curl_set_callback(pointer, CURLOPT_HEADERFUNCTION, receiveHeader))
    check(shim_curl_set_debug_callback(pointer, noteSent))
    // Nothing is read; it starts the engine.
    set(CURLOPT_COOKIEFILE, "")
    check(shim_curl_set_socket_callback(pointer, CURLOPT_SOCKOPTFUNCTION, prepareSocket))
    isSetUp = true
  }

  private func prepareMethod(_ request: HTTPRequest) {
    set(CURLOPT_NOBODY, 0)
    set(CURLOPT_HTTPGET, 1)
    set(CURLOPT_CUSTOMREQUEST, nil)
    // Servers may ask for a length from these (RFC 9110, section 8.6).
    let announcesLength = ["POST", "PUT", "PATCH"].contains(request.method)
    if let body = request.body ?? (announcesLength ? [] : nil) {
      set(CURLOPT_POST, 1)
      check(
        shim_curl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      )
      body.withUnsafeBytes {
        check(shim_curl_set_bytes(pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress))
      }
      if body.isEmpty { set(CURLOPT_POSTFIELDS, pointer: EasyHandle.emptyBody) }
      if request.method != "POST" { set(CURLOPT_CUSTOMREQUEST, request.method) }
    } else if request.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if request.method != "GET" {
      set(CURLOPT_CUSTOMREQUEST, request.method)
    }
  }

  private func prepareHeaders(_ request: HTTPRequest) {
    curl_slist_free_all(headerList)
    headerList = nil
    if request.headers.first(named: "Accept-Encoding") == nil {
      append("Accept-Encoding: \(ContentDecoding.accepted)")
    }
    for header in request.headers {
      // `Name;` is how libcurl is told of a field without a value.
      append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    // A field without anything after its colon is one that is not sent.
    if request.headers.first(named: "Content-Type") == nil { append("Content-Type:") }
    // Else a second is lost with servers that do not know it.
    if request.headers.first(named: "Expect") == nil { append("Expect:") }
    set(CURLOPT_HTTPHEADER, list: headerList)
  }

  private func append(_ line: String) {
    guard let list = curl_slist_append(headerList, line) else {
      return check(CURLE_OUT_OF_MEMORY)
    }
    headerList = list
  }

  private func prepareLimits(_ request: HTTPRequest) {
    let timeout = request.timeout.atLeastOneMillisecond
    set(CURLOPT_TIMEOUT_MS, timeout)
    set(CURLOPT_CONNECTTIMEOUT_MS, min(timeout, request.connectTimeout.atLeastOneMillisecond))
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_UNIX_SOCKET_PATH, request.unixSocketPath)
  }

  private func prepareTLS(_ request: HTTPRequest) {
    let isVerified = request.tls != .unverified
    set(CURLOPT_SSL_VERIFYPEER, isVerified ? 1 : 0)
    set(CURLOPT_SSL_VERIFYHOST, isVerified ? 2 : 0)
    set(CURLOPT_CERTINFO, request.wantsCertificate ? 1 : 0)
    // libcurl knows certificates of the handshake alone, and over HTTP/2 keeps a connection whose answer
    // was too large.
    set(CURLOPT_FRESH_CONNECT, request.wantsCertificate ? 1 : 0)
    set(CURLOPT_FORBID_REUSE, request.wantsCertificate ? 1 : 0)
    if case .trusting(let file) = request.tls {
      set(CURLOPT_CAINFO, file)
      set(CURLOPT_CAPATH, nil)
      hasOwnCAFile = true
    }
  }

  /// The handle's engine holds the jar's cookies for the time of the transfer.
  private func prepareCookies(_ request: HTTPRequest) {
    set(CURLOPT_COOKIELIST, "ALL")
    let lines = request.cookies?[request] ?? []
    for line in lines { set(CURLOPT_COOKIELIST, line.text) }
    // Only so is it told what the engine sends.
    set(CURLOPT_VERBOSE, lines.isEmpty ? 0 : 1)
    set(CURLOPT_DEBUGDATA, pointer: transfer.map { Unmanaged.passUnretained($0).toOpaque() })
  }

  private func set(_ option: CURLoption, _ value: Int) {
    check(shim_curl_set_long(pointer, option, value))
  }

  private func set(_ option: CURLoption, _ value: String?) {
    check(shim_curl_set_string(pointer, option, value))
  }

  private func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
    check(shim_curl_set_pointer(pointer, option, value))
  }

  private func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
    check(shim_curl_set_list(pointer, option, list))
  }

  private func check(_ code: CURLcode) {
    if failure == CURLE_OK { failure = code }
  }

  /// Somewhere for libcurl to point to where there is nothing to send; never freed or written.
  private nonisolated(unsafe) static let emptyBody = UnsafeMutableRawPointer.allocate(
    byteCount: 1,
    alignment: 1
  )
}

// MARK: - Information

extension EasyHandle {
  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return shim_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return shim_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int(value) : 0
  }

  func string(_ info: CURLINFO) -> String {
    var value: UnsafePointer<CChar>?
    guard shim_curl_get_string(pointer, info, &value) == CURLE_OK, let value else { return "" }
    return String(cString: value)
  }
}

extension EasyHandle {
  /// All cookies that the engine holds.
  var cookieLines: [CookieJar.Line] {
    var list: UnsafeMutablePointer<curl_slist>?
    guard shim_curl_get_list(pointer, CURLINFO_COOKIELIST, &list) == CURLE_OK else { return [] }
    defer { curl_slist_free_all(list) }
    var lines: [CookieJar.Line] = []
    var entry = list
    while let one = entry {
      lines.append(CookieJar.Line(text: String(cString: one.pointee.data)))
      entry = one.pointee.next
    }
    return lines
  }
}

// MARK: - Callbacks

private func noteSent(
  _ handle: UnsafeMutableRawPointer?,
  _ kind: curl_infotype,
  _ data: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard kind == CURLINFO_HEADER_OUT, let context else { return 0 }
  Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    .send(UnsafeRawBufferPointer(start: data, count: size))
  return 0
}

/// libcurl 7.88 leaves its connections open in every process that is started meanwhile.
private func prepareSocket(
  _ context: UnsafeMutableRawPointer?,
  _ socket: curl_socket_t,
  _ purpose: curlsocktype
) -> Int32 {
  _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
  return Int32(CURL_SOCKOPT_OK)
}

private func receiveBody(
  _ data: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  // Anything but the count makes libcurl end the transfer; for no bytes there is no such number.
  return transfer.receiveBody(bytes) ? bytes.count : Int(CURL_WRITEFUNC_ERROR)
}

private func receiveHeader(
  _ data: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  return transfer.receiveHeader(bytes) ? bytes.count : Int(CURL_WRITEFUNC_ERROR)
}
