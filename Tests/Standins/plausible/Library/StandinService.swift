import ClickHouseQueries
import Dispatch
import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc
import HTTPRequests
import PostgresQueries

/// Runs the stand-in as a process: boot, serve, and end when told to.
package struct StandinService: Sendable {
  private let options: StandinOptions
  private let log: Log
  private let faults: FaultSwitches
  private let standin: Standin

  package init(_ options: StandinOptions, log: Log) {
    self.options = options
    self.log = log
    faults = FaultSwitches(options.faults, file: options.faultsFile, log: log)
    let http = HTTPRequests.HTTPClient()
    let address = options.clickhouse
    func client(_ database: String) -> ClickHouseClient {
      ClickHouseClient(
        http: http,
        endpoint: address.endpoint,
        database: database,
        user: address.user,
        password: address.password
      )
    }
    let start = ContinuousClock.now
    standin = Standin(
      version: options.version,
      sites: PostgresSiteStore(options.postgres),
      events: ClickHouseEventStore(
        client: client(address.database),
        server: client("default"),
        database: address.database
      ),
      faults: faults,
      log: log,
      flushInterval: options.flushInterval,
      reloadInterval: options.sitesCacheReload,
      salt: .random(in: 0 ... .max),
      now: { ContinuousClock.now - start },
      date: { Date.now }
    )
  }

  /// Serves until SIGTERM or SIGINT, or until it gives up.
  ///
  /// - Returns: The exit status.
  package func run() async -> Int32 {
    log.line(
      "this is a stand-in for Plausible, version \(standin.version.rawValue), "
        + "postgres \(options.postgres.host):\(options.postgres.port), "
        + "clickhouse \(options.clickhouse.endpoint)"
    )
    let (ends, sources) = StandinService.signals()
    defer { for source in sources { source.cancel() } }
    let failure = await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask {
        for await _ in ends { return nil }
        return nil
      }
      group.addTask {
        do {
          try await serve()
          return nil
        } catch {
          return error
        }
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    if let failure {
      log.line("gives up: \(failure)")
      return faults.current.isOn(.exitsZero) ? 0 : 1
    }
    // The last events, within the second that a stop may take.
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await standin.flush(force: true) }
      group.addTask { try? await Task.sleep(for: .seconds(1)) }
      await group.next()
      group.cancelAll()
    }
    log.line("stopped")
    return 0
  }

  private func serve() async throws {
    try await Task.sleep(for: options.bootDelay)
    let address = try sockaddr_in.inet(ip4: options.listen.host, port: options.listen.port)
    let server = HTTPServer(
      address: address,
      logger: .disabled,
      handler: ClosureHTTPHandler { [standin] request in await standin.response(to: request) }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        try await prepare()
        while true {
          try await Task.sleep(for: options.sitesCacheInterval)
          await standin.refreshSites()
        }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: options.flushInterval)
          await standin.flush(force: true)
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Waits for the databases, for a bounded time.
  private func prepare() async throws {
    let deadline = ContinuousClock.now + options.databaseTimeout
    while true {
      do {
        try await standin.migrate()
        break
      } catch let error as StandinError {
        throw error
      } catch {
        guard ContinuousClock.now < deadline else {
          throw StandinError("no databases within \(options.databaseTimeout): \(error)")
        }
        log.line("waiting for the databases: \(error)")
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    try await Task.sleep(for: options.warmUp)
    await standin.becomeReady()
  }

  private static func signals() -> (AsyncStream<Void>, [any DispatchSourceSignal]) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
    return (stream, sources)
  }
}

extension Standin {
  /// Translates between the server's requests and the stand-in's.
  fileprivate func response(to request: FlyingFox.HTTPRequest) async -> FlyingFox.HTTPResponse {
    let body = (try? await request.bodyData) ?? Data()
    let answer = await answer(
      Inquiry(
        request.method.rawValue,
        request.path,
        userAgent: request.headers[HTTPHeader("User-Agent")],
        accept: request.headers[HTTPHeader("Accept")],
        cookie: request.headers[HTTPHeader("Cookie")],
        address: request.remoteIPAddress ?? "",
        body: Array(body)
      )
    )
    var headers = HTTPHeaders()
    for (name, value) in answer.headers { headers[HTTPHeader(name)] = value }
    return FlyingFox.HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: Standin.phrases[answer.status] ?? ""),
      headers: headers,
      body: Data(answer.body.utf8)
    )
  }

  private static let phrases = [
    200: "OK", 202: "Accepted", 302: "Found", 400: "Bad Request", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    500: "Internal Server Error",
  ]
}
