import Foundation

/// A server in a folder of its own, both of which end with the tests, however these end.
///
/// A shell stands between: it waits for the end of a stream whose other end only this process has,
/// then stops the server and removes the folder. PostgreSQL and its like refuse to be root, so as
/// root everything runs as `nobody`.
package final class GuardedServer: Sendable {
  /// Removed with all that is in it.
  package let folder: String
  package let port: Int

  private let stream: Int32
  private let shell: pid_t

  private static let script = """
    # $1 folder, $2 signal, then the command
    folder=$1 signal=$2; shift 2
    trap : INT TERM HUP
    cd "$folder" || exit 1
    "$@" >"$folder/log" 2>&1 </dev/null &
    server=$!
    read -r _
    kill -s "$signal" "$server" 2>/dev/null
    # Until it is a zombie, for 20 s at most. No alarm in the background, which could be left over.
    turns=0
    while [ $turns -lt 400 ] && grep -q '^State:[[:space:]]*[^Z]' "/proc/$server/status"; do
      sleep 0.05
      turns=$((turns + 1))
    done 2>/dev/null
    kill -s KILL "$server" 2>/dev/null
    wait "$server"
    cd / && rm -rf "$folder"
    """

  /// - Parameters:
  ///   - prepare: Gets folder and port, and returns the server's command line.
  ///   - isReady: Asked every 20 ms.
  package static func start(
    stoppedBy signal: String,
    prepare: @Sendable (_ folder: String, _ port: Int) async throws -> [String],
    isReady: @escaping @Sendable (_ folder: String, _ port: Int) -> Bool
  ) async throws -> GuardedServer {
    let folder = try makeFolder()
    let port = try freePort()
    let server: GuardedServer
    do {
      let command = try await prepare(folder, port)
      server = try GuardedServer(folder: folder, port: port, command, signal)
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
    for _ in 0..<3000 {
      if isReady(folder, port) { return server }
      try await Task.sleep(for: .milliseconds(20))
    }
    let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
    await server.stop()
    throw FixtureError("a server was not ready within 60 s: \(log.suffix(500))")
  }

  private init(folder: String, port: Int, _ command: [String], _ signal: String) throws {
    let (ours, theirs) = try SocketPair.make()
    defer { close(theirs) }
    shell = try Spawn.start(
      GuardedServer.unprivileged(
        ["/bin/sh", "-c", GuardedServer.script, "guard", folder, signal] + command
      ),
      environment: [:],
      input: theirs,
      output: nil
    )
    stream = ours
    self.folder = folder
    self.port = port
  }

  /// Returns when the server is gone and so is its folder. To be called once.
  package func stop() async {
    _ = try? await Blocking.run { [stream, shell] in
      close(stream)
      return Spawn.wait(for: shell)
    }
  }

  /// The command as a user without rights, if this process is root.
  package static func unprivileged(_ command: [String]) -> [String] {
    guard geteuid() == 0 else { return command }
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + command
  }

  /// Gives what was made as root to the user that the server runs as.
  package static func hand(over path: String) throws {
    guard geteuid() == 0 else { return }
    guard let user = getpwnam("nobody"),
      chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0
    else { throw FixtureError("\(path) cannot be given to nobody") }
  }

  private static func makeFolder() throws -> String {
    // Short: a unix socket's name has 107 bytes.
    var template = Array("/tmp/parity-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FixtureError("mkdtemp: errno \(errno)") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try hand(over: folder)
    return folder
  }

  /// One that was free a moment ago.
  package static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw FixtureError("no free port: errno \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Whether somebody listens there.
  package static func accepts(port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }
}
