internal import CLinux
internal import Glibc

/// A hierarchy of the kernel's control groups (cgroups(7)), and where this process is in it.
struct GroupHierarchy: Equatable {
  /// Where it is mounted.
  var mount: String
  /// This process's own group, from there; empty for the first of all.
  var own: String

  /// That of version 2; or that of version 1 which has a controller.
  static func here(_ controller: String? = nil) -> GroupHierarchy? {
    guard let mounts = ProcessTable.text(of: "/proc/self/mountinfo"),
      let groups = ProcessTable.text(of: "/proc/self/cgroup")
    else { return nil }
    return GroupHierarchy(controller, mounts: mounts, groups: groups)
  }

  /// - Parameters:
  ///   - mounts: proc_pid_mountinfo(5). Mounts whose paths hold spaces or backslashes are passed over.
  ///   - groups: the file `cgroup` of a process.
  init?(_ controller: String?, mounts: String, groups: String) {
    var path: Substring?
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isIt =
        controller.map { fields[1].split(separator: ",").contains(Substring($0)) }
        ?? (fields[0] == "0" && fields[1].isEmpty)
      if isIt { path = fields[2] }
    }
    guard let path else { return nil }
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 3,
        !fields[3].contains("\\"), !fields[4].contains("\\")
      else { continue }
      let isIt =
        controller.map { name in
          fields[dash + 1] == "cgroup"
            && fields[dash + 3].split(separator: ",").contains(Substring(name))
        } ?? (fields[dash + 1] == "cgroup2")
      let root = fields[3] == "/" ? "" : fields[3]
      guard isIt, path == root || path.hasPrefix(root + "/") else { continue }
      mount = String(fields[4])
      own = String(path.dropFirst(root.count + 1))
      return
    }
    return nil
  }

  /// The folder of this process's own group, or of the first of all; nil where it cannot be opened.
  func open(own isOwn: Bool) -> Int32? {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let first = shim_linux_openat(AT_FDCWD, mount, flags, 0)
    guard first >= 0, isOwn, !own.isEmpty else { return first >= 0 ? first : nil }
    defer { close(first) }
    let folder = shim_linux_open_beneath(first, own, flags, 0, 0)
    return folder >= 0 ? folder : nil
  }
}
