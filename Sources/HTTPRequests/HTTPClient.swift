/// Sends requests and keeps connections for the next ones.
///
/// One thread of its own drives every transfer through libcurl's multi interface; nothing blocks
/// the cooperative pool. It starts with the first request and ends with `shutDown()` or with the
/// last reference to the client. Nothing is taken from the environment or from files: no proxy,
/// no netrc, no cookies.
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
    try request.check()
    let transfer = Transfer(request)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.submit(transfer, $0) }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try result.get()
  }

  /// Ends what is under way as `cancelled`, closes every connection, and returns once the thread
  /// has let go of everything. Later requests are `cancelled`.
  package func shutDown() async {
    await withCheckedContinuation { loop.stop($0) }
  }
}
