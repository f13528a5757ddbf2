internal import CLinux
internal import Glibc

/// Who holds locks that this process waits for, as proc(5) tells it.
package enum LockTable {
  /// `process 4711 of mallory (user 1001)`, for who holds an flock(2) of an open file; nil where that
  /// cannot be seen.
  package static func holder(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let text = ProcessTable.text(of: "/proc/locks") else {
      return nil
    }
    for line in text.split(separator: "\n") {
      // `1: FLOCK  ADVISORY  WRITE 4711 fe:01:123456 0 EOF`; those who wait have `->` second.
      let fields = line.split(separator: " ")
      guard fields.count > 5, fields[1] == "FLOCK", let process = Int32(fields[4]),
        fields[5].split(separator: ":").last == Substring(String(status.st_ino))
      else { continue }
      guard let user = ProcessTable.user(of: process) else { return "process \(process)" }
      return "process \(process) of \(UserName.shown(user))"
    }
    return nil
  }
}
