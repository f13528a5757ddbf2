import Foundation
import Threads

/// A program run to its end, for fixtures.
package enum Command {
  package struct Outcome: Sendable {
    /// The exit code, or 128 and the signal.
    package var status: Int32
    /// Both of its outputs, as they came.
    package var output: [UInt8]

    package var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Runs it with the process's environment and the given variables, without standard input.
  package static func run(
    _ arguments: [String],
    environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await Blocking.run {
      let (ours, theirs) = try SocketPair.make()
      defer { close(ours) }
      let process = try Spawn.start(
        arguments,
        environment: environment,
        input: nil,
        output: theirs
      )
      close(theirs)
      var output: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(ours, &buffer, buffer.count)
        if count <= 0 { break }
        output.append(contentsOf: buffer[..<count])
      }
      return Outcome(status: Spawn.wait(for: process), output: output)
    }
  }
}

/// Why a fixture cannot be had.
package struct FixtureError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// Blocking calls on a thread of their own.
package enum Blocking {
  package static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let isStarted = DedicatedThread.start { continuation.resume(with: Result { try body() }) }
      if !isStarted { continuation.resume(throwing: FixtureError("no thread to be had")) }
    }
  }
}

enum SocketPair {
  /// Both ends are closed by `exec`, so that no child started elsewhere keeps one open.
  static func make() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw FixtureError("socketpair: errno \(errno)")
    }
    return (ends[0], ends[1])
  }
}

enum Spawn {
  static func start(
    _ arguments: [String],
    environment: [String: String],
    input: Int32?,
    output: Int32?
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    if let output {
      posix_spawn_file_actions_adddup2(&actions, output, 1)
      posix_spawn_file_actions_adddup2(&actions, output, 2)
    }
    // What others have open without closing it in `exec` would stay open as long as the child.
    // glibc does not mind those that are not open; its `addclosefrom_np` is hidden from Swift.
    for descriptor: Int32 in 3..<512 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // The threads that start processes here have every signal blocked.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for string in argv + envp { free(string) } }
    var process: pid_t = 0
    let status = posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, &envp)
    guard status == 0 else {
      throw FixtureError("\(arguments[0]) cannot be started: errno \(status)")
    }
    return process
  }

  static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
