import Evidence
import Formats
import Synchronization

/// One request that went through the recording proxy, with its answer.
struct SeenRequest: Sendable {
  /// The test that ran; empty for a script without tests, nil outside of tests, or where several ran.
  var test: String?
  var method: String
  /// As it was sent: mostly a path with its query.
  var target: String
  /// Nil where no answer came that is one of HTTP.
  var status: Int?
  var version: String?
  var requestHeaders: [(name: String, value: String)] = []
  var responseHeaders: [(name: String, value: String)] = []
  /// Of the bodies, chunks put together.
  var requestBytes = 0
  var responseBytes = 0
  /// The first bytes of each body.
  var requestBody: [UInt8] = []
  var responseBody: [UInt8] = []
  var microseconds = 0
  /// How often the same was asked and answered alike.
  var count = 1

  /// Bytes that are kept of each body, twice what records show of it.
  static let bodyLimit = 8_192
  /// Characters that are kept of each message's fields, and of an address.
  private static let fieldLimit = 8_192
  /// Bytes of a method; none of those registered (RFC 9110, 16.1) has more than 20.
  static let methodLimit = 64

  /// An address, of one that is too long the path alone or nothing: half of a secret is not known for one.
  static func kept(target: String) -> String {
    if target.utf8.count <= fieldLimit { return target }
    let path = String(target.prefix { $0 != "?" })
    return (path.utf8.count <= fieldLimit ? path : "/") + "?…"
  }

  static func kept(_ fields: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var left = fieldLimit
    return fields.filter { field in
      left -= field.name.utf8.count + field.value.utf8.count
      return left >= 0
    }
  }

  fileprivate func isLike(_ other: SeenRequest) -> Bool {
    test == other.test && method == other.method && target == other.target
      && status == other.status
  }
}

/// What a recording proxy saw while a script ran.
package final class Recording: Sendable {
  private struct State {
    var running: [String] = []
    var seen: [SeenRequest] = []
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())
  private let hasTests: Bool

  /// Requests that are kept, those that are alike counted as one.
  private static let limit = 200
  /// Of one check.
  private static let stepLimit = 50

  /// - Parameter hasTests: whether it is told when a test begins and ends; else all is the script's.
  package init(hasTests: Bool) { self.hasTests = hasTests }

  func begin(_ test: String) { state.withLock { $0.running.append(test) } }

  func end(_ test: String) { state.withLock { $0.running.removeAll { $0 == test } } }

  /// Whose a request is that is sent now.
  var test: String? {
    if !hasTests { return "" }
    return state.withLock { $0.running.count == 1 ? $0.running[0] : nil }
  }

  func add(_ request: SeenRequest) {
    state.withLock { state in
      if let test = request.test { state.counts[test, default: 0] += 1 }
      if let place = state.seen.firstIndex(where: { $0.isLike(request) }) {
        state.seen[place].count += 1
      } else if state.seen.count < Self.limit {
        state.seen.append(request)
      }
    }
  }

  var seen: [SeenRequest] { state.withLock { $0.seen } }

  /// How many requests a test made, those included that are not kept.
  ///
  /// - Parameter test: nil for all tests together.
  package func count(of test: String?) -> Int {
    state.withLock { state in
      test.map { state.counts[$0, default: 0] } ?? state.counts.values.reduce(0, +)
    }
  }

  /// What a test asked, as steps inside the script's own.
  ///
  /// - Parameter test: nil for all tests together.
  func steps(
    of test: String?,
    inside number: String,
    in scope: Scope,
    _ options: Probes.Options
  ) -> [StepRecord] {
    let seen = seen.filter { test == nil || $0.test == test }
    return seen.prefix(Self.stepLimit).enumerated().map { index, one in
      one.step("\(number).\(index + 1)", in: scope, options)
    }
  }
}

extension SeenRequest {
  fileprivate func step(_ number: String, in scope: Scope, _ options: Probes.Options)
    -> StepRecord
  {
    for value in responseHeaders where value.name.lowercased() == "set-cookie" {
      for cookie in SecretHeaders.cookieValues(value.value)
      where cookie.utf8.count >= 16 && !scope.fresh.values.contains(where: cookie.contains) {
        options.learnSecret("cookie-seen", cookie)
      }
    }
    let secrets = options.secrets()
    func shown(_ fields: [(name: String, value: String)]) -> [[String]] {
      fields.map { [$0.name, SecretHeaders.contains($0.name) ? "[masked]" : $0.value] }
    }
    func shown(_ body: [UInt8], of all: Int) -> String? {
      guard !body.isEmpty, !body.contains(0) else { return nil }
      let limit = Self.bodyLimit / 2
      let text = TextCut.start(body, limit: limit, without: secrets, isCut: body.count < all).text
      return text.utf8.count < all ? "\(text)… [of \(all) bytes]" : text
    }
    let base = scope.constants["base_url"].map { Scope.text(of: $0) } ?? ""
    let exchange = HTTPExchange(
      method: method,
      url: target.hasPrefix("/") ? base + target : target,
      status: status,
      version: version,
      requestHeaders: shown(requestHeaders),
      responseHeaders: shown(responseHeaders),
      requestBytes: requestBytes,
      responseBytes: responseBytes,
      requestBody: shown(requestBody, of: requestBytes),
      responseBody: shown(responseBody, of: responseBytes),
      curl: ""
    )
    let answer = status.map { "→ \($0)" } ?? "without an answer"
    return StepRecord(
      number: number,
      kind: "recorded",
      title: "seen by the recording proxy: \(method) \(steadyPath(in: scope)) \(answer)",
      place: nil,
      outcome: status == nil
        ? .broken(reason: Reason(.noAnswer(detail: "the app gave none"))) : .passed,
      attempts: count,
      microseconds: microseconds,
      exchange: .http(exchange)
    )
  }

  /// Without what is another one in every run: fresh values by their names, ids that the app made and
  /// the query not at all.
  private func steadyPath(in scope: Scope) -> String {
    var path = String(target.prefix { $0 != "?" && $0 != "#" })
    for (name, value) in scope.fresh where !value.isEmpty {
      path = path.replacing(value, with: "{{\(name)}}")
    }
    return path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      let isNumber = part.allSatisfy(\.isNumber)
      let isHash = part.utf8.count >= 8 && part.allSatisfy { $0.isHexDigit || $0 == "-" }
      return !part.isEmpty && (isNumber || isHash && part.contains(where: \.isNumber))
        ? "{…}" : String(part)
    }.joined(separator: "/")
  }
}
