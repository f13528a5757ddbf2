internal import Files
internal import Formats
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

  /// - Parameters:
  ///   - start: 1 for the service's first start; later ones get files of their own.
  ///   - tree: has the folder somewhere below.
  static func create(
    _ service: String,
    start: Int,
    folder: String,
    in tree: FileTree
  ) throws(GuardianError) -> ServiceLogs {
    let stem = folder + "/" + (start == 1 ? service : "\(service).\(start)")
    var logs = ServiceLogs(
      standardOutput: stem + ".stdout.log",
      standardError: stem + ".stderr.log",
      descriptors: []
    )
    for path in [logs.standardOutput, logs.standardError] {
      do throws(FileError) {
        let file = try tree.open(path, O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
        logs.descriptors.append(file)
      } catch {
        DescriptorList.close(logs.descriptors)
        throw GuardianError(.invalid, error.description)
      }
    }
    return logs
  }
}

enum UnitName {
  /// Plain enough for a file name, a tag in an environment, and a message.
  static func isValid(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count), name.utf8.first != 0x2E else { return false }
    return name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "-._".utf8.contains($0) }
  }
}
