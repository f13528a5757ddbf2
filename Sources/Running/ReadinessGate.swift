package import Checks
package import Deployments
package import Evidence
import Formats
package import HTTPRequests
package import Suites

/// Waits until an app is ready, and keeps what it answered on the way.
///
/// Ready is what gave good answers for a while, three of them at least: an app that answers once and
/// dies was never ready. The limit is held against the first of them.
package struct ReadinessGate: Sendable {
  package let health: HealthGate
  package let http: HTTPClient
  package let seed: UInt64
  /// Of the service that the health gate asks; a web server's own page is the app's where it is one.
  package let image: String?
  /// How far the app's certificate is believed.
  package let tls: HTTPRequest.TLS
  /// Told at each look: what was answered, for how long so far, and the limit.
  package let awaiting: @Sendable (String, Duration, Duration) -> Void

  package init(
    health: HealthGate,
    http: HTTPClient,
    seed: UInt64,
    image: String? = nil,
    tls: HTTPRequest.TLS = .verified,
    awaiting: @escaping @Sendable (String, Duration, Duration) -> Void
  ) {
    self.health = health
    self.http = http
    self.seed = seed
    self.image = image
    self.tls = tls
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
    var streak = Streak(steady: health.steady)
    while true {
      let left = health.within - (ContinuousClock.now - start)
      let limit = max(min(.seconds(10), left), .milliseconds(500))
      var look = await self.look(at: deployment, in: scope, within: limit)
      let elapsed = ContinuousClock.now - start
      Self.add(look.state, at: elapsed.inMicroseconds, to: &spans)
      if let pause = streak.pause(after: look.attempt, elapsed), !Task.isCancelled {
        try? await Task.sleep(for: pause)
        continue
      }
      let dead = look.attempt == .satisfied ? [] : await deployment.deadServices()
      if !dead.isEmpty { look.attempt = .hopeless }
      let action = Task.isCancelled ? .stop : polling.next(after: look.attempt, elapsed: elapsed)
      guard case .again(let pause) = action else {
        return result(look, dead.map(Reason.Note.init), spans, streak.start ?? elapsed)
      }
      awaiting("\(health.askedText) is \(look.shown)", elapsed, health.within)
      try? await Task.sleep(for: pause)
    }
  }

  /// Good answers one after the other.
  private struct Streak {
    static let least = 3

    let steady: Duration
    /// When the first of them came.
    private(set) var start: Duration?
    private var count = 0

    init(steady: Duration) { self.steady = steady }

    /// How long until the next one; nil where they are enough, or where there are none.
    mutating func pause(after attempt: Polling.Attempt, _ elapsed: Duration) -> Duration? {
      guard attempt == .satisfied else {
        (start, count) = (nil, 0)
        return nil
      }
      let first = start ?? elapsed
      (start, count) = (first, count + 1)
      let left = steady - (elapsed - first)
      if count >= Self.least, left <= .zero { return nil }
      return max(.zero, min(steady / (Self.least - 1), left))
    }
  }

  // MARK: One look

  private struct Look {
    var attempt: Polling.Attempt
    /// A status code, `000` where nothing answered, and what is missing.
    var state: String
    /// Nil where it is ready.
    var answer: Reason.GateAnswer?
    /// Of HTTP, where one came.
    var response: HTTPResponse?

    /// The state with its cause, for whoever waits.
    var shown: String {
      switch answer {
      case .none(let detail)? where !detail.isEmpty: "\(state) (\(detail))"
      case .foreignPage(_, let owner)?: "\(state) (\(owner))"
      default: state
      }
    }
  }

  private func look(at deployment: any Deployment, in scope: Scope, within limit: Duration) async
    -> Look
  {
    if let tcp = health.tcp, let problem = await connect(tcp, deployment) {
      return Look(attempt: .unanswered, state: "000", answer: .none(detail: problem))
    }
    guard health.asksHTTP || health.tcp == nil else {
      return Look(attempt: .satisfied, state: "connected", answer: nil)
    }
    return await look(at: await deployment.baseURL + health.path, in: scope, within: limit)
  }

  private func look(at url: String, in scope: Scope, within limit: Duration) async -> Look {
    var request = HTTPRequest(url: url)
    request.timeout = limit
    request.tls = tls
    request.maximumBodyBytes = 1 << 20
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await http.send(request)
    } catch {
      return Look(attempt: .unanswered, state: "000", answer: .none(detail: error.reason))
    }
    var look = judged(response, in: scope)
    look.response = response
    return look
  }

  private func judged(_ response: HTTPResponse, in scope: Scope) -> Look {
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
        answer: .foreignPage(status: response.status, owner: owner)
      )
    }
    guard health.accepts.contains(response.status) else {
      return Look(
        attempt: .unsatisfied,
        state: status,
        answer: .status(response.status, accepted: health.accepts)
      )
    }
    guard !health.requires.isEmpty else {
      return Look(attempt: .satisfied, state: status, answer: nil)
    }
    let missing = missingKeys(in: response.body, scope)
    return missing.isEmpty
      ? Look(attempt: .satisfied, state: status, answer: nil)
      : Look(
        attempt: .unsatisfied,
        state: "\(status) without \(missing.joined(separator: ", "))",
        answer: .missing(status: response.status, keys: missing)
      )
  }

  // MARK: The gate's decoy

  /// Asks for a path beside the gate's where nothing is: what is ready there too says nothing.
  ///
  /// - Parameter token: that nobody has asked for.
  /// - Returns: nil where nothing is asked over HTTP, or no answer came.
  package func tryDecoy(at deployment: any Deployment, in scope: Scope, token: String) async
    -> ReadinessRecord.Decoy?
  {
    guard health.asksHTTP || health.tcp == nil else { return nil }
    var scope = scope
    scope.fresh["sibling"] = token
    guard let path = try? scope.text(of: Template(literal: health.path).sibling) else { return nil }
    let limit = Duration.seconds(10)
    let decoy = await look(at: await deployment.baseURL + path, in: scope, within: limit)
    guard let other = decoy.response else { return nil }
    guard decoy.attempt == .satisfied else { return .refused }
    let own = await look(at: await deployment.baseURL + health.path, in: scope, within: limit)
    guard let response = own.response else { return nil }
    return Self.face(of: response, at: health.path) == Self.face(of: other, at: path)
      ? .same : .accepted
  }

  /// What is the same of one page at each of its visits: without its own address, numbers and tokens.
  private static func face(of response: HTTPResponse, at path: String) -> [String] {
    func value(_ name: String) -> String { response.headers.values(named: name).joined() }
    func plain(_ text: String) -> String {
      var text = path == "/" ? text : text.replacing(path, with: "")
      if let last = path.split(separator: "/").last { text = text.replacing(last, with: "") }
      let words = text.split { !$0.isLetter && !$0.isNumber && !"-_+/=".contains($0) }
      return words.filter { $0.utf8.count < 16 }
        .map { $0.filter { !$0.isNumber } }.joined(separator: " ")
    }
    let body = String(decoding: response.body, as: UTF8.self)
    return [
      String(response.status), value("content-type").prefix { $0 != ";" }.lowercased(),
      plain(value("location")), plain(body),
    ]
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
      let service = try await deployment.service(tcp.service)
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

  private func result(
    _ look: Look,
    _ notes: [Reason.Note],
    _ spans: [ReadinessRecord.Span],
    _ elapsed: Duration
  ) -> Result {
    let ready = look.attempt == .satisfied
    let record = ReadinessRecord(
      gate: health.askedText,
      spans: spans,
      ready: ready,
      microseconds: elapsed.inMicroseconds,
      within: health.within.inMicroseconds
    )
    guard !ready else { return Result(record: record, outcome: .passed) }
    if Task.isCancelled {
      let reason = Reason(.interrupted, during: health.askedText)
      return Result(record: record, outcome: .broken(reason: reason))
    }
    // Readiness not reached is the app's failure, also where nothing answered.
    let code = Reason.Code.notReady(
      gate: health.askedText,
      milliseconds: health.within.inMicroseconds / 1000,
      last: look.answer ?? .none(detail: "")
    )
    return Result(record: record, outcome: .failed(reason: Reason(code, notes: notes)))
  }
}
