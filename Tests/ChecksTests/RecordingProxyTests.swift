import Evidence
import Formats
import FoundationEssentials
import Glibc
import HTTPRequests
import PrivateServers
import Testing

@testable import Checks

/// The proxy before a server that does what a test says.
struct RecordingProxyTests {
  private func proxied<Value>(
    _ service: RawService,
    _ body: (_ url: String) async throws -> Value
  ) async throws -> (Value, [SeenRequest]) {
    try await withRawServer(service) { server in try await proxied(port: server.port, body) }
  }

  private func proxied<Value>(port: Int, _ body: (_ url: String) async throws -> Value)
    async throws -> (Value, [SeenRequest])
  {
    let recording = Recording(hasTests: false)
    let proxy = try #require(try RecordingProxy(host: "127.0.0.1", port: port, recording))
    let ended = try proxy.start()
    let result: Result<Value, any Error>
    do {
      result = .success(try await body("http://127.0.0.1:\(proxy.port)"))
    } catch {
      result = .failure(error)
    }
    proxy.stop()
    for await _ in ended {}
    return (try result.get(), recording.seen)
  }

  private static let client = HTTPClient()

  private func get(_ url: String, within: Duration = .seconds(20)) async throws -> HTTPResponse {
    var request = HTTPRequest(method: "GET", url: url)
    request.timeout = within
    return try await Self.client.send(request)
  }

  @Test func `Heads go through as they were sent, and come back as they were`() async throws {
    let service = RawService { connection in
      guard let head = connection.readRequest()?.head else { return }
      connection.write(
        "HTTP/1.1 200 OK\r\nx-ODD:  a\r\nX-odd: b\r\nConnection: close\r\n\r\n" + head
      )
    }
    let (answer, seen) = try await proxied(service) { url in
      var request = HTTPRequest(method: "GET", url: url + "/a%2Fb?q=1")
      request.headers = [HTTPHeader("X-Own", "1"), HTTPHeader("x-own", "2")]
      return (url, try await Self.client.send(request))
    }
    let head = String(decoding: answer.1.body, as: UTF8.self)
    #expect(head.hasPrefix("GET /a%2Fb?q=1 HTTP/1.1\r\nHost: \(answer.0.dropFirst(7))\r\n"))
    #expect(head.contains("X-Own: 1\r\nx-own: 2"))
    #expect(answer.1.headers.filter { $0.name.lowercased() == "x-odd" }.map(\.value) == ["a", "b"])
    #expect(seen.map(\.target) == ["/a%2Fb?q=1"])
    #expect(seen.first?.status == 200)
  }

  /// What is told of one request and its answer.
  private func told(_ request: String, _ answer: String, _ secrets: Redactor? = nil)
    -> HTTPExchange?
  {
    let recording = Recording(hasTests: false)
    var seen = SeenConnection(recording)
    seen.sent(Array(request.utf8))
    seen.received(Array(answer.utf8))
    let options = Probes.Options(folder: "/nonexistent", services: [:], secrets: { secrets })
    let steps = recording.steps(of: nil, inside: "1", in: Scope(), options)
    guard case .http(let exchange)? = steps.first?.exchange else { return nil }
    return exchange
  }

  @Test func `Of a body that is kept in part no half of a secret is shown`() throws {
    let secret = String(repeating: "xZq7wSecretTokenV", count: 40)
    let secrets = try Redactor(secrets: [.init(name: "token", value: secret)])
    let body = String(repeating: secret + " ", count: 20)
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    let exchange = try #require(told("GET / HTTP/1.1\r\n\r\n", head + body, secrets))
    let shown = try #require(exchange.responseBody)
    #expect(shown.contains("[secret:token]") && !shown.contains("xZq7"))
    #expect(exchange.responseBytes == body.utf8.count)
  }

  @Test func `Of a long address the path is kept, and what is no method is not followed`() {
    let answer = "HTTP/1.1 204 No Content\r\n\r\n"
    let long = String(repeating: "a", count: 9000)
    #expect(told("GET /b?\(long) HTTP/1.1\r\n\r\n", answer)?.url == "/b?…")
    #expect(told("GET /\(long) HTTP/1.1\r\n\r\n", answer)?.url == "/?…")
    #expect(told("\(long) / HTTP/1.1\r\n\r\n", answer) == nil)
  }

  @Test func `Large bodies go both ways at once`() async throws {
    let size = 8 << 20
    // It answers before it has read, so that both sides write and neither waits for the other.
    let service = RawService { connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
      connection.write([UInt8](repeating: 7, count: size))
      _ = connection.readRequest()
    }
    let (answer, seen) = try await proxied(service) { url in
      var request = HTTPRequest(method: "POST", url: url)
      request.body = [UInt8](repeating: 9, count: size)
      return try await Self.client.send(request)
    }
    #expect(answer.body.count == size && answer.body.allSatisfy { $0 == 7 })
    #expect(seen.allSatisfy { $0.requestBody.count <= SeenRequest.bodyLimit })
  }

  @Test func `Many ask at once, each on its own`() async throws {
    let service = RawService { connection in
      while let head = connection.readRequest()?.head {
        let target = head.split(separator: " ")[1]
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)")
      }
    }
    let (answers, seen) = try await proxied(service) { url in
      try await withThrowingTaskGroup(of: (Int, HTTPResponse).self) { group in
        for index in 0..<40 {
          group.addTask { (index, try await get(url + "/\(index)")) }
        }
        return try await group.reduce(into: [Int: String]()) {
          $0[$1.0] = String(decoding: $1.1.body, as: UTF8.self)
        }
      }
    }
    #expect((0..<40).allSatisfy { answers[$0] == "/\($0)" })
    #expect(Set(seen.map(\.target)).count == 40)
  }

  @Test func `Where nobody listens there is no answer`() async throws {
    let (descriptor, port) = try StepServer.bound()
    defer { close(descriptor) }
    let (status, seen) = try await proxied(port: port) { url -> Int? in
      try? await get(url).status
    }
    #expect(status == nil)
    #expect(seen.allSatisfy { $0.status == nil })
  }

  @Test func `An app that hangs keeps nobody from the end`() async throws {
    let (_, seen) = try await proxied(RawService { $0.waitForEnd() }) { url in
      _ = try? await get(url + "/hangs", within: .milliseconds(300))
    }
    #expect(seen.map(\.target) == ["/hangs"])
    #expect(seen.first?.status == nil)
    // Also with a connection that is still open.
    let (task, open) = try await proxied(RawService { $0.waitForEnd() }) { url in
      let task = Task { try? await get(url + "/open") }
      try await Task.sleep(for: .milliseconds(300))
      return task
    }
    #expect(await task.value == nil)
    #expect(open.allSatisfy { $0.status == nil })
  }

  @Test func `An app that resets the connection gives no answer`() async throws {
    let service = RawService { connection in
      _ = connection.readRequest()
      connection.reset()
    }
    let (status, seen) = try await proxied(service) { url -> Int? in
      try? await get(url).status
    }
    #expect(status == nil)
    #expect(seen.map(\.status) == [nil])
  }

  @Test(arguments: ["10.0.0.1", "example.org", "::1", "0.0.0.0", ""])
  func `Only this machine is led to`(_ host: String) throws {
    #expect(try RecordingProxy(host: host, port: 80, Recording(hasTests: false)) == nil)
  }
}
