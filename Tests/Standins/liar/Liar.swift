import Glibc
import Synchronization
import Threads

/// What goes wrong.
enum Mode: String, CaseIterable {
  /// Nothing listens.
  case deaf
  /// Accepts, reads, and never answers.
  case hangs
  case closes
  case resets
  case resetsInBody = "resets-in-body"
  case halfBody = "half-a-body"
  case cutChunks = "cut-chunks"
  case endlessBody = "endless-body"
  case endlessHeaders = "endless-headers"
  case redirectLoop = "redirect-loop"
  /// To the argument, a URL, with the path behind it.
  case redirects
  case notHTTP = "not-http"
  /// Traefik's page for a host that it has no route for, also for `/`.
  case traefik
  /// The page of an nginx that nobody has configured, also for `/`.
  case nginx
  /// Traefik's page, except for `/`.
  case traefikLater = "traefik-later"
  /// One answer with an empty list, then nothing but 503.
  case thenDown = "then-down"
  /// The same list, then nothing but a page that asks to log in, with 200.
  case thenLogin = "then-login"
  /// All of a text, by gzip without its end.
  case cutGzip = "cut-gzip"
  /// Part of ClickHouse's result, then its exception, with status 200.
  case clickHouseException = "clickhouse-exception"
  /// Part of ClickHouse's result, then the end of the connection.
  case clickHouseCut = "clickhouse-cut"
  /// Prints a gigabyte on standard output.
  case shouts
  /// Prints and answers bytes that are no text.
  case binary
  /// Prints and answers the value of `LIAR_SECRET`, in pieces.
  case tells

  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

  var listens: Bool { self != .deaf }

  /// Whether `GET /` is lied about too.
  var isAboutReadiness: Bool { self == .traefik || self == .nginx }
}

final class Liar: Sendable {
  let mode: Mode
  let port: UInt16
  let argument: String
  private let requests = Mutex(0)

  init(mode: Mode, port: UInt16, argument: String) {
    self.mode = mode
    self.port = port
    self.argument = argument
  }

  static func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// What it prints at its start.
  func speak() {
    switch mode {
    case .shouts:
      _ = DedicatedThread.start {
        let line = Array((String(repeating: "shout ", count: 170) + "\n").utf8)
        let block = Array(repeating: line, count: 64).flatMap { $0 }
        var left = 1 << 30
        while left > 0 {
          let count = write(STDOUT_FILENO, block, min(block.count, left))
          guard count > 0 else { return }
          left -= count
        }
      }
    case .binary:
      print(Array(0...255))
      print(Array("\u{1B}[31mred\u{1B}]0;title\u{7}\n".utf8))
    case .tells: tellInPieces()
    default: break
    }
  }

  func serve(_ connection: Connection) {
    while let request = connection.readRequest() {
      let isAboutReadiness = mode.isAboutReadiness || argument == "always"
      if request.method == "GET", request.path == "/", !isAboutReadiness {
        connection.answer("200 OK", "ready\n")
      } else {
        let number = requests.withLock { count in
          count += 1
          return count
        }
        guard lie(on: connection, request.path, number) else { return }
      }
    }
  }

  // MARK: Answers

  private static let pageOfTraefik = "404 page not found\n"

  private static let pageOfNginx = """
    <!DOCTYPE html>
    <html>
    <head>
    <title>Welcome to nginx!</title>
    </head>
    <body>
    <h1>Welcome to nginx!</h1>
    <p>If you see this page, the nginx web server is successfully installed and
    working. Further configuration is required.</p>
    </body>
    </html>

    """

  private static let partOfResult =
    #"{"meta":[{"name":"a","type":"UInt8"}],"data":[[1],[2],"# + "\n"

  /// - Returns: Whether the connection goes on.
  private func lie(on connection: Connection, _ path: String, _ number: Int) -> Bool {
    let half = String(repeating: "a", count: 1024)
    switch mode {
    case .deaf, .closes: return false
    case .hangs: connection.waitForEnd()
    case .resets: connection.reset()
    case .resetsInBody:
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n" + half)
      connection.reset()
    case .halfBody:
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n" + half)
    case .cutChunks:
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n\(half)\r\n")
    case .endlessBody:
      connection.write("HTTP/1.1 200 OK\r\n\r\n")
      while connection.write(String(repeating: half, count: 64)) {}
    case .endlessHeaders:
      connection.write("HTTP/1.1 200 OK\r\n")
      while connection.write("X-More: \(half)\r\n") {}
    case .redirectLoop:
      connection.write("HTTP/1.1 302 Found\r\nLocation: \(path)\r\nContent-Length: 0\r\n\r\n")
      return true
    case .redirects:
      connection.write(
        "HTTP/1.1 301 Moved\r\nLocation: \(argument)\(path)\r\nContent-Length: 0\r\n\r\n"
      )
      return true
    case .notHTTP: connection.write("220 mail.example.org ESMTP\r\n")
    case .traefik, .traefikLater:
      connection.write(
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
          + "X-Content-Type-Options: nosniff\r\nContent-Length: \(Self.pageOfTraefik.utf8.count)"
          + "\r\n\r\n" + Self.pageOfTraefik
      )
      return true
    case .nginx:
      connection.answer("200 OK", Self.pageOfNginx, type: "text/html")
      return true
    case .thenDown:
      if number == 1 {
        connection.answer("200 OK", #"{"items":[]}"#, type: "application/json")
      } else {
        connection.answer("503 Service Unavailable", "down\n")
      }
      return true
    case .thenLogin:
      if number == 1 {
        connection.answer("200 OK", #"{"items":[]}"#, type: "application/json")
      } else {
        let page = "<!doctype html><title>Log in</title><form></form>"
        connection.answer("200 OK", page, type: "text/html")
      }
      return true
    case .cutGzip:
      let text = Array("all of it".utf8)
      // A block that is stored, and not the last.
      let head: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 0]
      let count = UInt8(text.count)
      let body = head + [count, 0, ~count, 255] + text
      connection.write(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
      )
      connection.write(body)
      return true
    case .clickHouseException:
      connection.write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
          + Self.partOfResult
          + "Code: 241, e.displayText() = DB::Exception: Memory limit (total) exceeded, "
          + "e.what() = DB::Exception\n"
      )
    case .clickHouseCut:
      connection.write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
          + Self.partOfResult
      )
    case .shouts:
      connection.answer("200 OK", "quiet\n")
      return true
    case .binary:
      connection.write(
        "HTTP/1.1 500 Broken\r\nContent-Length: 12\r\n\r\n\u{0}\u{1}\u{1B}[31mred\n\u{7F}"
      )
      return true
    case .tells:
      let secret = Self.secret
      let middle = secret.count / 2
      connection.write("HTTP/1.1 500 Broken\r\nTransfer-Encoding: chunked\r\n\r\n")
      for piece in [secret.prefix(middle), secret.dropFirst(middle), " told"[...]] {
        connection.write("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n")
        usleep(20_000)
      }
      connection.write("0\r\n\r\n")
      return true
    }
    return false
  }

  // MARK: Standard output

  private static var secret: String { getenv("LIAR_SECRET").map { String(cString: $0) } ?? "" }

  /// The secret in two writes, with a pause between them that a reader cannot miss.
  private func tellInPieces() {
    let secret = Array(("my password is " + Self.secret + ".\n").utf8)
    print(Array(secret[..<(secret.count - 10)]))
    usleep(200_000)
    print(Array(secret[(secret.count - 10)...]))
  }

  private func print(_ bytes: [UInt8]) { _ = write(STDOUT_FILENO, bytes, bytes.count) }
}
