internal import CLinux
internal import Glibc

/// Starts one process with posix_spawn(3): explicit program, arguments, environment and
/// descriptors; a session of its own; default signals and an empty mask.
struct ProcessSpawn {
  /// Absolute.
  var program: String
  var arguments: [String]
  var environment: [String: String]
  var workingDirectory: String?
  /// What becomes descriptor 0, 1, 2, …; everything above is closed. Stays the caller's.
  var descriptors: [Int32]

  /// - Returns: the process id, which is the id of the session and the process group too.
  /// - Throws: `.executableNotFound`, `.notExecutable`, `.system`.
  func start() throws(GuardianError) -> Int32 {
    var lifted: [Int32] = []
    defer { DescriptorList.close(lifted) }
    for descriptor in descriptors {
      // Out of the way of the numbers they are to have, so that no dup2 overwrites a source.
      let copy = shim_linux_fcntl(descriptor, F_DUPFD_CLOEXEC, 64)
      guard copy >= 0 else { throw .system(program) }
      lifted.append(copy)
    }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in lifted.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    _ = shim_linux_spawn_add_close_from(&actions, Int32(lifted.count))
    if let workingDirectory {
      _ = shim_linux_spawn_add_working_directory(&actions, workingDirectory)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags =
      Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
      | shim_linux_spawn_flag_session()
    posix_spawnattr_setflags(&attributes, flags)

    var pid: Int32 = 0
    let status = Self.withPointers(arguments) { argv in
      Self.withPointers(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) {
        posix_spawn(&pid, program, &actions, &attributes, argv, $0)
      }
    }
    guard status == 0 else {
      switch status {
      case ENOENT: throw GuardianError(.executableNotFound, program)
      case EACCES: throw GuardianError(.notExecutable, program)
      default: throw GuardianError(.system(status), program)
      }
    }
    return pid
  }

  /// The program that `name` means for a process with this `PATH`; the search is ours, so that no
  /// other environment takes part in it.
  static func locate(_ name: String, path: String?) throws(GuardianError) -> String {
    if name.utf8.contains(0x2F) {
      guard name.utf8.first == 0x2F else { throw GuardianError(.executableNotFound, name) }
      var status = stat()
      guard stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw GuardianError(.executableNotFound, name)
      }
      guard access(name, X_OK) == 0 else { throw GuardianError(.notExecutable, name) }
      return name
    }
    var isThere = false
    for folder in (path ?? "").utf8.split(separator: 0x3A) where folder.first == 0x2F {
      let candidate = String(decoding: folder, as: UTF8.self) + "/" + name
      var status = stat()
      guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      isThere = true
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw GuardianError(isThere ? .notExecutable : .executableNotFound, name)
  }

  private static func withPointers<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("never empty") }
      return body(base)
    }
  }
}
