import Formats

/// The messages of one connection put together: each request with its answer.
struct SeenConnection {
  private let recording: Recording
  private var requests = HTTPMessageReader()
  private var responses = HTTPMessageReader()
  /// Requests without a whole answer, in their order: a client may send several at once.
  private var open: [Open] = []
  /// The one whose body is being sent.
  private var current: Open?

  private final class Open {
    var seen: SeenRequest
    let start = ContinuousClock.now

    init(_ seen: SeenRequest) { self.seen = seen }

    func finish(_ recording: Recording) {
      seen.microseconds = (ContinuousClock.now - start).microseconds
      recording.add(seen)
    }
  }

  /// Requests that wait for their answers.
  private static let limit = 16

  init(_ recording: Recording) { self.recording = recording }

  /// What the script sent.
  mutating func sent(_ bytes: [UInt8]) {
    // `self` is not captured by what is called while a part of it is changed.
    var (open, current) = (self.open, self.current)
    let recording = self.recording
    requests.feed(bytes) { head in
      guard head.line.count == 3, head.line[2].hasPrefix("HTTP/1."), open.count < Self.limit,
        head.line[0].utf8.count <= SeenRequest.methodLimit
      else {
        return .unreadable
      }
      let made = Open(
        SeenRequest(
          test: recording.test,
          method: head.line[0],
          target: SeenRequest.kept(target: head.line[1])
        )
      )
      made.seen.requestHeaders = SeenRequest.kept(head.fields)
      open.append(made)
      current = made
      return head.framing ?? .length(0)
    } _: { event in
      guard let request = current, case .body(let part) = event else { return }
      request.seen.requestBytes += part.count
      request.seen.requestBody += part.prefix(
        SeenRequest.bodyLimit - request.seen.requestBody.count
      )
    }
    (self.open, self.current) = (open, current)
  }

  /// What the app sent.
  mutating func received(_ bytes: [UInt8]) {
    var open = self.open
    let recording = self.recording
    var isTunnel = false
    responses.feed(bytes) { head in
      guard head.line.count > 1, head.line[0].hasPrefix("HTTP/1."), let status = Int(head.line[1]),
        let request = open.first
      else { return .unreadable }
      if (100..<200).contains(status), status != 101 { return .interim }
      request.seen.status = status
      request.seen.version = head.line[0]
      request.seen.responseHeaders = SeenRequest.kept(head.fields)
      if status == 101 || request.seen.method == "CONNECT" && status < 300 {
        isTunnel = true
        return .unreadable
      }
      if request.seen.method == "HEAD" || status == 204 || status == 304 { return .length(0) }
      return head.framing ?? .untilEnd
    } _: { event in
      switch event {
      case .body(let part):
        guard let request = open.first else { return }
        request.seen.responseBytes += part.count
        request.seen.responseBody += part.prefix(
          SeenRequest.bodyLimit - request.seen.responseBody.count
        )
      case .end:
        if !open.isEmpty { open.removeFirst().finish(recording) }
      }
    }
    self.open = open
    if isTunnel {
      requests.stop()
      finish()
    }
  }

  /// The app sends nothing more.
  mutating func receivedAll() {
    var open = self.open
    let recording = self.recording
    responses.finish { event in
      if case .end = event, !open.isEmpty { open.removeFirst().finish(recording) }
    }
    self.open = open
  }

  /// What has no whole answer yet gets none.
  mutating func finish() {
    for request in open { request.finish(recording) }
    open = []
  }
}
