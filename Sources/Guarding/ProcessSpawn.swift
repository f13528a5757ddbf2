internal import CLinux
internal import Glibc

/// Starts one process: explicit program, arguments, environment, descriptors and user; a session of
/// its own; default signals and an empty mask.
struct ProcessSpawn {
  /// Absolute paths; the first one that is there is started.
  var candidates: [String]
  var arguments: [String]
  var environment: [String: String]
  var workingDirectory: String?
  /// What becomes descriptor 0, 1, 2, …; everything above is closed. Stays the caller's.
  var descriptors: [Int32]
  /// Whom it becomes before its folder and program are looked at; nil for whom the caller is.
  var identity: ServiceIdentity?
  /// How many processes and threads that user may have in all.
  var processLimit = GuardianConfiguration.usualProcessLimit

  init(
    program: String,
    arguments: [String],
    environment: [String: String],
    workingDirectory: String?,
    descriptors: [Int32]
  ) {
    candidates = [program]
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.descriptors = descriptors
  }

  /// - Returns: the process id, which is the id of the session and the process group too.
  /// - Throws: `.executableNotFound`, `.notExecutable`, `.workingDirectoryUnusable`, `.system`.
  func start() throws(GuardianError) -> Int32 {
    var lifted: [Int32] = []
    defer { DescriptorList.close(lifted) }
    for descriptor in descriptors {
      // Out of the way of the numbers they are to have, so that no dup2 overwrites a source.
      let copy = shim_linux_fcntl(descriptor, F_DUPFD_CLOEXEC, 64)
      guard copy >= 0 else { throw .system(arguments.first ?? "") }
      lifted.append(copy)
    }

    var stage: Int32 = 0
    let result = Self.withPointers(candidates) { candidates in
      Self.withPointers(arguments) { arguments in
        Self.withPointers(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) {
          environment in
          Self.withPointer(workingDirectory) { folder in
            lifted.withUnsafeBufferPointer { descriptors in
              var program = shim_linux_program(
                candidates: candidates,
                arguments: arguments,
                environment: environment,
                folder: folder,
                descriptors: descriptors.baseAddress,
                descriptor_count: Int32(descriptors.count),
                user: identity?.user ?? .max,
                group: identity?.group ?? .max,
                processes: UInt32(processLimit)
              )
              return shim_linux_start(&program, &stage)
            }
          }
        }
      }
    }
    guard result < 0 else { return result }
    let subject = candidates.count == 1 ? candidates[0] : arguments.first ?? ""
    switch (Int(stage), -result) {
    case (shim_linux_stage_folder, _):
      throw GuardianError(.workingDirectoryUnusable, workingDirectory ?? "")
    case (shim_linux_stage_program, ENOENT):
      throw GuardianError(.executableNotFound, subject)
    case (shim_linux_stage_program, EACCES):
      throw GuardianError(.notExecutable, subject)
    case (_, let number): throw GuardianError(.system(number), subject)
    }
  }

  /// What `name` may mean for a process with this `PATH`; the search is ours, so that no other
  /// environment takes part in it.
  static func candidates(_ name: String, path: String?) throws(GuardianError) -> [String] {
    if name.utf8.contains(0x2F) {
      guard name.utf8.first == 0x2F else { throw GuardianError(.executableNotFound, name) }
      return [name]
    }
    return (path ?? "").utf8.split(separator: 0x3A).filter { $0.first == 0x2F }
      .map { String(decoding: $0, as: UTF8.self) + "/" + name }
  }

  private static func withPointer<Result>(
    _ text: String?,
    _ body: (UnsafePointer<CChar>?) -> Result
  ) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
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
