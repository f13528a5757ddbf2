/// Follows the messages of one direction of an HTTP/1 connection (RFC 9112), holding nothing up.
struct HTTPMessageReader {
  struct Head {
    /// The words of the first line: method, target, version; or version, status, reason.
    var line: [String]
    var fields: [(name: String, value: String)]
    /// Of the head as sent.
    var bytes: Int

    func values(of name: String) -> [String] {
      fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// What its own fields say of the body; nil where they say nothing.
    var framing: Framing? {
      let codings = values(of: "transfer-encoding").joined(separator: ",").lowercased()
      if !codings.isEmpty {
        return codings.hasSuffix("chunked") ? .chunked : .untilEnd
      }
      let lengths = Set(values(of: "content-length"))
      guard let text = lengths.first else { return nil }
      guard lengths.count == 1, let length = Int(text), length >= 0 else { return .unreadable }
      return .length(length)
    }
  }

  /// What follows a head.
  enum Framing {
    case length(Int)
    case chunked
    case untilEnd
    /// Another head: this one only says that the answer is to come.
    case interim
    /// Nothing that is HTTP/1, or nothing that can be told apart.
    case unreadable
  }

  enum Event {
    case body(ArraySlice<UInt8>)
    case end
  }

  private enum State {
    case head, chunkSize, chunkEnd, trailer
    case length(Int)
    case chunk(Int)
    case untilEnd, unreadable
  }

  private var state = State.head
  private var line: [UInt8] = []
  private var lines: [String] = []
  private var headBytes = 0

  /// Of a head, or of a line between chunks.
  private static let limit = 65_536

  /// - Parameters:
  ///   - frame: is told of a head and says what follows it.
  ///   - tell: is told of the rest, in order.
  mutating func feed(_ bytes: [UInt8], _ frame: (Head) -> Framing, _ tell: (Event) -> Void) {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch state {
      case .unreadable: return
      case .untilEnd:
        tell(.body(rest))
        return
      case .length(let left):
        let part = take(left, &rest, tell)
        state = .length(left - part)
        if left == part { end(tell) }
      case .chunk(let left):
        let part = take(left, &rest, tell)
        state = left == part ? .chunkEnd : .chunk(left - part)
      case .head, .chunkSize, .chunkEnd, .trailer:
        guard let text = nextLine(&rest) else {
          if headBytes > Self.limit { stop() }
          return
        }
        read(text, frame, tell)
      }
    }
  }

  /// The stream has ended.
  mutating func finish(_ tell: (Event) -> Void) {
    if case .untilEnd = state { end(tell) }
    stop()
  }

  /// What comes from here on is not HTTP/1.
  mutating func stop() {
    state = .unreadable
    (line, lines) = ([], [])
  }

  private func take(_ count: Int, _ rest: inout ArraySlice<UInt8>, _ tell: (Event) -> Void) -> Int {
    let part = rest.prefix(count)
    rest = rest.dropFirst(part.count)
    tell(.body(part))
    return part.count
  }

  private mutating func end(_ tell: (Event) -> Void) {
    (state, headBytes) = (.head, 0)
    tell(.end)
  }

  /// Without its end; nil where that has not come yet.
  private mutating func nextLine(_ rest: inout ArraySlice<UInt8>) -> String? {
    let end = rest.firstIndex(of: UInt8(ascii: "\n"))
    let part = rest[..<(end ?? rest.endIndex)]
    headBytes += part.count + 1
    line += part.prefix(Self.limit)
    rest = end.map { rest[($0 + 1)...] } ?? []
    guard end != nil else { return nil }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    defer { line = [] }
    return String(decoding: line, as: UTF8.self)
  }

  private mutating func read(
    _ text: String,
    _ frame: (Head) -> Framing,
    _ tell: (Event) -> Void
  ) {
    switch state {
    case .chunkSize:
      headBytes = 0
      guard let size = Int(text.prefix { $0.isHexDigit }, radix: 16), size >= 0 else {
        return stop()
      }
      state = size == 0 ? .trailer : .chunk(size)
    case .chunkEnd: if text.isEmpty { state = .chunkSize } else { stop() }
    case .trailer: if text.isEmpty { end(tell) }
    default:
      if !text.isEmpty {
        lines.append(text)
        if headBytes > Self.limit { stop() }
        return
      }
      // RFC 9112, 2.2: empty lines before the first one are nothing.
      guard let first = lines.first else { return }
      let head = Head(
        line: first.split(separator: " ", maxSplits: 2).map(String.init),
        fields: lines.dropFirst().map { field in
          let name = field.prefix { $0 != ":" }
          let value = field.dropFirst(name.count + 1)
          return (String(name), String(value.trimmed))
        },
        bytes: headBytes
      )
      (lines, headBytes) = ([], 0)
      switch frame(head) {
      case .length(let length):
        state = .length(length)
        if length == 0 { end(tell) }
      case .chunked: state = .chunkSize
      case .untilEnd: state = .untilEnd
      case .interim: state = .head
      case .unreadable: stop()
      }
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
