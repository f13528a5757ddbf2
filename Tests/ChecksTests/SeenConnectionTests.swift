import Testing

@testable import Checks

/// What is seen of a connection does not depend on how its bytes are cut.
struct SeenConnectionTests {
  struct Talk: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the script sends, then what the app does, and so on.
    var turns: [String]
    /// `METHOD target status: request body | response body`.
    var seen: [String]
    var testDescription: String { name }
  }

  static let talks = [
    Talk(
      name: "a body by its length, on a connection that goes on",
      turns: [
        "POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody",
        "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
        "\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 404 No\r\ncontent-length:0\r\n\r\n",
      ],
      seen: ["POST /a?x=1 201: body | ok", "GET /b 404:  | "]
    ),
    Talk(
      name: "chunks with extensions and trailers, both ways",
      turns: [
        "PUT /c HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n",
        "GET /d HTTP/1.1\r\n\r\n", "HTTP/1.1 204 None\r\n\r\n",
      ],
      seen: ["PUT /c 200: abc0123456789 | de", "GET /d 204:  | "]
    ),
    Talk(
      name: "HEAD and 304 have a length and no body",
      turns: [
        "HEAD /h HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        "GET /i HTTP/1.1\r\n\r\n", "HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n",
        "GET /j HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nj",
      ],
      seen: ["HEAD /h 200:  | ", "GET /i 304:  | ", "GET /j 200:  | j"]
    ),
    Talk(
      name: "answers that are only announced",
      turns: [
        "POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "ok",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny",
      ],
      seen: ["POST /e 200: ok | y"]
    ),
    Talk(
      name: "several requests before the first answer",
      turns: [
        "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\n2",
      ],
      seen: ["GET /1 200:  | 1", "GET /2 500:  | 2"]
    ),
    Talk(
      name: "a body to the end",
      turns: ["GET /f HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nall of it"],
      seen: ["GET /f 200:  | all of it"]
    ),
    Talk(
      name: "bytes of another protocol, which look like requests",
      turns: [
        "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
        "GET /no HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      ],
      seen: ["GET /ws 101:  | "]
    ),
    Talk(
      name: "an answer that is none of HTTP",
      turns: ["GET /g HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\nHTTP/1.1 200 OK\r\n\r\n"],
      seen: ["GET /g -:  | "]
    ),
    Talk(
      name: "two lengths",
      turns: [
        "GET /k HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      ],
      seen: ["GET /k 200:  | "]
    ),
    Talk(
      name: "a body that is cut",
      turns: ["GET /l HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"],
      seen: ["GET /l 200:  | ab"]
    ),
    Talk(
      name: "an answer that nobody asked for",
      turns: ["", "HTTP/1.1 200 OK\r\n\r\n"],
      seen: []
    ),
    Talk(name: "HTTP/2", turns: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\u{12}"], seen: []),
  ]

  static func seen(_ talk: Talk, cut size: Int) -> [SeenRequest] {
    let recording = Recording(hasTests: false)
    var connection = SeenConnection(recording)
    for (index, turn) in talk.turns.enumerated() {
      var rest = Array(turn.utf8)[...]
      while !rest.isEmpty {
        let part = Array(rest.prefix(size))
        rest = rest.dropFirst(part.count)
        if index % 2 == 0 { connection.sent(part) } else { connection.received(part) }
      }
    }
    connection.receivedAll()
    connection.finish()
    return recording.seen
  }

  @Test(arguments: talks, [1, 2, 7, 1 << 20])
  func `Requests are seen with their answers`(_ talk: Talk, _ size: Int) {
    let seen = Self.seen(talk, cut: size).map { one in
      let bodies = [one.requestBody, one.responseBody].map { String(decoding: $0, as: UTF8.self) }
      return "\(one.method) \(one.target) \(one.status.map { "\($0)" } ?? "-"): "
        + bodies.joined(separator: " | ")
    }
    #expect(seen == talk.seen)
  }

  @Test func `What is kept is bounded, and what was sent is counted`() {
    let body = String(repeating: "x", count: 100_000)
    let fields = (0..<900).map { "H\($0): \(String(repeating: "v", count: 50))\r\n" }.joined()
    let talk = Talk(
      name: "",
      turns: [
        "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\(fields)\r\n\(body)",
        "HTTP/1.1 200 OK\r\n\(fields)\r\n\(body)",
      ],
      seen: []
    )
    let seen = Self.seen(talk, cut: 4096).first
    #expect(seen?.requestBytes == 100_000 && seen?.responseBytes == 100_000)
    #expect(seen?.requestBody.count == 8192 && seen?.responseBody.count == 8192)
    #expect(seen.map { $0.requestHeaders.count < 200 } == true)
  }

  @Test func `A head without an end is followed no further`() {
    let talk = Talk(
      name: "",
      turns: ["GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 200_000)],
      seen: []
    )
    #expect(Self.seen(talk, cut: 4096).isEmpty)
  }

  @Test func `The same asked again is one, with its number`() {
    let turns = ["GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
    let talk = Talk(name: "", turns: Array(repeating: turns, count: 500).flatMap { $0 }, seen: [])
    let seen = Self.seen(talk, cut: 1 << 20)
    #expect(seen.map(\.count) == [500])
  }

  @Test func `A request belongs to the one test that runs`() {
    let recording = Recording(hasTests: true)
    var tests: [String?] = [recording.test]
    recording.begin("a")
    tests.append(recording.test)
    recording.begin("b")
    tests.append(recording.test)
    recording.end("a")
    tests.append(recording.test)
    #expect(tests == [nil, "a", nil, "b"])
  }
}
