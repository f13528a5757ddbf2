package import Checks
package import Deployments
package import Evidence
import Formats
package import HTTPRequests
package import Suites

/// Waits until an app is ready, and keeps what it answered on the way.
package struct ReadinessGate: Sendable {
  package let health: HealthGate
  package let http: HTTPClient
  package let seed: UInt64
  /// Of the service that the health gate asks; a web server's own page is the app's where it is one.
  package let image: String?
  /// Told at each look: what was answered, for how long so far, and the limit.
  package let awaiting: @Sendable (String, Duration, Duration) -> Void

  package init(
    health: HealthGate,
    http: HTTPClient,
    seed: UInt64,
    image: String? = nil,
    awaiting: @escaping @Sendable (String, Duration, Duration) -> Void
  ) {
    self.health = health
    self.http = http
    self.seed = seed
    self.image = image
    self.awaiting = awaiting
  }

  package struct Result: Sendable {
    package var record: ReadinessRecord
    package var outcome: Outcome
  }

  package func wait(for deployment: any Deployment, in scope: Scope) async -> Result {
    let start = ContinuousClock.now
    var polling = Polling(within: health.within, seed: seed)
    var spans: [ReadinessRecord.Span] = []
    while true {
      let left = health.within - (ContinuousClock.now - start)
      let limit = max(min(.seconds(10), left), .milliseconds(500))
      var look = await self.look(at: deployment, in: scope, within: limit)
      let elapsed = ContinuousClock.now - start
      Self.add(look.state, at: elapsed.inMicroseconds, to: &spans)
      let dead = look.attempt == .satisfied ? [] : await deployment.deadServices()
      if let first = dead.first {
        look.attempt = .hopeless
        look.reason += (look.reason.isEmpty ? "" : "; ") + first.description
      }
      let action = Task.isCancelled ? .stop : polling.next(after: look.attempt, elapsed: elapsed)
      guard case .again(let pause) = action else {
        return result(look, spans, elapsed)
      }
      awaiting("\(health.askedText) is \(look.state)", elapsed, health.within)
      try? await Task.sleep(for: pause)
    }
  }

  // MARK: One look

  private struct Look {
    var attempt: Polling.Attempt
    /// A status code, `000` where nothing answered, and what is missing.
    var state: String
    var reason: String
  }

  private func look(at deployment: any Deployment, in scope: Scope, within limit: Duration) async
    -> Look
  {
    if let tcp = health.tcp, let problem = await connect(tcp, deployment) {
      return Look(attempt: .unanswered, state: "000", reason: problem)
    }
    guard health.asksHTTP || health.tcp == nil else {
      return Look(attempt: .satisfied, state: "connected", reason: "")
    }
    var request = HTTPRequest(url: deployment.baseURL + health.path)
    request.timeout = limit
    request.maximumBodyBytes = 1 << 20
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await http.send(request)
    } catch {
      return Look(attempt: .unanswered, state: "000", reason: error.reason)
    }
    let status = String(response.status)
    // Also where the suite accepts 404: what answers is not the app.
    // Below a path an app may well answer with nothing, through a Caddy in its own image.
    let isSilentPath = response.body.isEmpty && health.path != "/"
    if !isSilentPath,
      let owner = ProxyPage.owner(
        status: response.status,
        headers: response.headers,
        body: response.body,
        image: image
      )
    {
      return Look(
        attempt: .unsatisfied,
        state: status,
        reason: "answers \(status) with a page that looks like \(owner), not the app's"
      )
    }
    guard health.accepts.contains(response.status) else {
      return Look(
        attempt: .unsatisfied,
        state: status,
        reason: "answers \(status), not \(health.accepts.map(String.init).joined(separator: ", "))"
      )
    }
    guard !health.requires.isEmpty else {
      return Look(attempt: .satisfied, state: status, reason: "")
    }
    let missing = missingKeys(in: response.body, scope)
    return missing.isEmpty
      ? Look(attempt: .satisfied, state: status, reason: "")
      : Look(
        attempt: .unsatisfied,
        state: "\(status) without \(missing.joined(separator: ", "))",
        reason: "answers \(status) without \(missing.joined(separator: ", "))"
      )
  }

  private func missingKeys(in body: [UInt8], _ scope: Scope) -> [String] {
    let json = try? JSONParser().parse(body)
    return health.requires.compactMap { key, value in
      let wanted = (try? scope.text(of: value)) ?? value.source
      let found = json?[key]
      if let found, Scope.text(of: found).utf8.elementsEqual(wanted.utf8) { return nil }
      return "\(key) = \(wanted)"
    }
  }

  /// Nil where the port accepts a connection.
  private func connect(_ tcp: (service: String, port: Int), _ deployment: any Deployment) async
    -> String?
  {
    do throws(DeploymentError) {
      let service = try deployment.service(tcp.service)
      var accepts = try await service.accepts(port: tcp.port)
      if accepts == nil {
        accepts = await TCPProbe.connects(to: try await service.endpoint(port: tcp.port))
      }
      return accepts == true
        ? nil : "\(tcp.service):\(tcp.port) accepts no connection"
    } catch {
      return error.description
    }
  }

  private static func add(_ state: String, at time: Int, to spans: inout [ReadinessRecord.Span]) {
    if spans.last?.state == state {
      spans[spans.count - 1].count += 1
      spans[spans.count - 1].to = time
    } else {
      spans.append(ReadinessRecord.Span(state: state, count: 1, from: time, to: time))
    }
  }

  private func result(_ look: Look, _ spans: [ReadinessRecord.Span], _ elapsed: Duration) -> Result
  {
    let ready = look.attempt == .satisfied
    let record = ReadinessRecord(
      gate: health.askedText,
      spans: spans,
      ready: ready,
      microseconds: elapsed.inMicroseconds,
      within: health.within.inMicroseconds
    )
    let outcome: Outcome =
      if ready {
        .passed
      } else if Task.isCancelled {
        .broken(reason: "interrupted while waiting for \(health.askedText)")
      } else {
        // Readiness not reached is the app's failure, also where nothing answered.
        .failed(
          reason: "not ready after \(elapsed.shown) of \(health.within.shown): "
            + "\(health.askedText) \(look.reason)"
        )
      }
    return Result(record: record, outcome: outcome)
  }
}
