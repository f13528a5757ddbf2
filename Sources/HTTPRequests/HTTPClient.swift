/// Sends requests and keeps connections for the next ones.
///
/// One thread of its own drives every transfer through libcurl's multi interface; nothing blocks
/// the cooperative pool. It starts with the first request and ends with `shutDown()` or with the
/// last reference to the client. Nothing is taken from the environment or from files: no proxy,
/// no netrc, no cookies but those of a request's own jar.
package final class HTTPClient: Sendable {
  package struct Options: Sendable {
    /// Sent as `User-Agent` by requests that have none; `nil` sends none.
    package var userAgent: String?
    /// How many idle connections are kept at most.
    package var keptConnections: Int
    /// How many transfers run at once at most; others wait, and their time runs only afterwards.
    package var concurrentTransfers: Int

    package init(
      userAgent: String? = "parity",
      keptConnections: Int = 64,
      concurrentTransfers: Int = 256
    ) {
      self.userAgent = userAgent
      self.keptConnections = keptConnections
      self.concurrentTransfers = concurrentTransfers
    }
  }

  private let loop: TransferLoop

  package init(options: Options = Options()) {
    loop = TransferLoop(options: options)
  }

  deinit {
    loop.stop()
  }

  /// Sends it and returns the answer of whatever status, read to its end.
  ///
  /// - Throws: `cancelled` as soon as the surrounding task is, with the connection closed; else
  ///   why there is no complete answer within the request's limits.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    do throws(HTTPError) {
      return try await followed(request)
    } catch {
      var error = error
      if case .tlsUntrusted = error.code {
        error.certificateSubject = await certificateSubject(request, error)
      }
      throw error
    }
  }

  /// The answer that redirects end with.
  private func followed(_ first: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    guard case .follow(let limit) = first.redirects else { return try await transfer(first) }
    let start = ContinuousClock.now
    var request = first
    var hops: [HTTPResponse.Hop] = []
    var followed: [HTTPRequest] = []
    var microseconds = 0
    var sentCookies: String?
    while true {
      var response: HTTPResponse
      do {
        response = try await transfer(request)
      } catch {
        guard let last = hops.last else { throw error }
        throw error.redirected(to: last.location, from: first)
      }
      microseconds += response.timings.total
      if hops.isEmpty { sentCookies = response.sentCookies }
      guard let redirection = Redirection(of: response, to: request, from: first) else {
        response.hops = hops
        response.followed = followed
        response.sentCookies = sentCookies
        response.timings.total = microseconds
        return response
      }
      let location = redirection.hop.location
      guard let next = redirection.next else {
        let code = HTTPError.Code.unsupportedScheme
        throw HTTPError(code, at: .receiving, of: first.subject).redirected(
          to: location,
          from: first
        )
      }
      guard hops.count < limit else {
        let code = HTTPError.Code.tooManyRedirects(limit: limit)
        throw HTTPError(code, at: .receiving, of: first.subject).redirected(
          to: location,
          from: first
        )
      }
      hops.append(redirection.hop)
      followed.append(next)
      request = next
      request.cookies = response.cookies
      request.timeout = first.timeout - (ContinuousClock.now - start)
    }
  }

  /// Whom the certificate is for that was not trusted: a proxy's own is known by its name.
  ///
  /// OpenSSL shows it only after a handshake, so another connection is made, with nothing of the
  /// request in it.
  private func certificateSubject(_ request: HTTPRequest, _ error: HTTPError) async -> String? {
    var url = error.url
    if let redirect = error.redirectedTo, redirect.hasPrefix("https://") { url = redirect }
    guard url.hasPrefix("https://") else { return nil }
    let authority = url.dropFirst("https://".count).prefix { $0 != "/" }
    var question = HTTPRequest(
      url: "https://\(authority)/",
      timeout: min(.seconds(2), request.timeout),
      maximumBodyBytes: 0,
      tls: .unverified
    )
    question.unixSocketPath = request.unixSocketPath
    question.wantsCertificate = true
    // It is told whatever the answer is, and where there is none.
    let subject: String?
    do throws(HTTPError) {
      subject = try await transfer(question).certificateSubject
    } catch {
      subject = error.certificateSubject
    }
    return subject.map { String($0.withoutControls.prefix(100)) }
  }

  private func transfer(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try request.check()
    let transfer = Transfer(request)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.submit(transfer, $0) }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try Self.decoded(try result.get(), request)
  }

  private static func decoded(_ response: HTTPResponse, _ request: HTTPRequest) throws(HTTPError)
    -> HTTPResponse
  {
    let codings = ContentDecoding.codings(of: response.headers)
    guard !codings.isEmpty, !response.body.isEmpty else { return response }
    var response = response
    let code: HTTPError.Code
    do {
      let decoding = ContentDecoding(limit: request.maximumBodyBytes)
      response.body = try decoding.body(response.body, codings: codings)
      return response
    } catch {
      switch error {
      case .unknown(let name): code = .unknownContentEncoding(name)
      case .broken(let name): code = .badContentEncoding(name)
      case .cut(let name): code = .incompleteContentEncoding(name)
      case .tooLarge: code = .bodyTooLarge(limit: request.maximumBodyBytes)
      }
    }
    throw HTTPError(code, at: .receiving, of: request.subject)
  }

  /// Ends what is under way as `cancelled`, closes every connection, and returns once the thread
  /// has let go of everything. Later requests are `cancelled`.
  package func shutDown() async {
    await withCheckedContinuation { loop.stop($0) }
  }
}
