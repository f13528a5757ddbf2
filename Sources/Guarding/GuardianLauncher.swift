internal import Glibc

/// Starts the guardian's process with its two descriptors and nothing else of the runner's.
enum GuardianLauncher {
  /// Variables that a dynamic linker or a sanitizer needs; nothing else is handed on.
  private static let passedOn = [
    "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE", "SWIFT_BACKTRACE",
  ]

  /// - Returns: the process and the runner's end of the control socket, now the caller's.
  static func launch(
    _ configuration: GuardianConfiguration,
    group: RunGroup? = nil
  ) throws(GuardianError) -> (process: Int32, socket: Int32) {
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .system("socketpair") }
    defer { close(pair[1]) }

    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else {
      close(pair[0])
      throw .system("/dev/null")
    }
    defer { close(null) }
    var diagnostics = null
    if let path = configuration.diagnosticsPath {
      diagnostics = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard diagnostics >= 0 else {
        close(pair[0])
        throw .system(path)
      }
    }
    defer { if diagnostics != null { close(diagnostics) } }

    let held = [
      configuration.lock?.descriptor, nil, configuration.lease?.descriptor, group?.descriptor,
    ]
    let descriptors = [null, null, diagnostics, pair[1]] + held.map { $0 ?? null }
    var environment: [String: String] = [:]
    for name in passedOn {
      if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    if let folder = configuration.folder {
      environment[EarlyFolder.pathVariable] = folder.base
      environment[EarlyFolder.runVariable] = configuration.runID
    }
    let spawn = ProcessSpawn(
      program: configuration.executable,
      arguments: [configuration.executable] + configuration.arguments,
      environment: environment,
      workingDirectory: "/",
      descriptors: descriptors
    )
    do {
      return (try spawn.start(), pair[0])
    } catch {
      close(pair[0])
      throw error
    }
  }
}
