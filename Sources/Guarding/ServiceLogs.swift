internal import Glibc

/// The two logs of one start of a service, made by the runner in a folder of its own.
///
/// Two files, not one: each has its own limit, so that what a service says on standard error
/// survives an access log of a gigabyte on standard output.
struct ServiceLogs: Sendable {
  var standardOutput: String
  var standardError: String
  /// Of standard output and standard error; the guardian's once they were sent.
  var descriptors: [Int32]

  /// - Parameter start: 1 for the service's first start; later ones get files of their own.
  static func create(
    _ service: String,
    start: Int,
    folder: String
  ) throws(GuardianError) -> ServiceLogs {
    let stem = folder + "/" + (start == 1 ? service : "\(service).\(start)")
    var logs = ServiceLogs(
      standardOutput: stem + ".stdout.log",
      standardError: stem + ".stderr.log",
      descriptors: []
    )
    for path in [logs.standardOutput, logs.standardError] {
      let flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
      let descriptor = open(path, flags, 0o600)
      guard descriptor >= 0 else {
        let error = GuardianError.system(path)
        DescriptorList.close(logs.descriptors)
        throw error
      }
      logs.descriptors.append(descriptor)
    }
    return logs
  }
}

enum UnitName {
  /// Plain enough for a file name, a tag in an environment, and a message.
  static func isValid(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count), name.utf8.first != 0x2E else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
  }
}
