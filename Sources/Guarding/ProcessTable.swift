internal import Glibc

/// What proc(5) says of processes.
enum ProcessTable {
  struct Status {
    var processID: Int32
    var program: String
    var state: Character
    var parentID: Int32
    var group: Int32
    var session: Int32
    var terminal: Int32
    /// In clock ticks since boot.
    var startTime: UInt64
  }

  /// Nil if there is no such process.
  static func status(of processID: Int32) -> Status? {
    guard let line = bytes(of: "/proc/\(processID)/stat") else { return nil }
    // The name may hold spaces and parentheses; the last one ends it.
    guard let open = line.firstIndex(of: 0x28), let end = line.lastIndex(of: 0x29), open < end
    else { return nil }
    let fields = line[(end + 1)...].split { $0 == 0x20 || $0 == 0x0A }
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
      let group = Int32(fields[2]), let session = Int32(fields[3]), let terminal = Int32(fields[4]),
      let start = UInt64(fields[19])
    else { return nil }
    return Status(
      processID: processID,
      program: String(decoding: line[(open + 1)..<end], as: UTF8.self),
      state: state,
      parentID: parent,
      group: group,
      session: session,
      terminal: terminal,
      startTime: start
    )
  }

  /// Direct children of a process, of all its threads. Where the kernel has no list of them
  /// (CONFIG_PROC_CHILDREN), all processes are looked through.
  static func children(of processID: Int32) -> [Int32] {
    let tasks = "/proc/\(processID)/task"
    var found: [Int32] = []
    for task in numbers(in: tasks) {
      guard let list = bytes(of: "\(tasks)/\(task)/children") else {
        if access("\(tasks)/\(task)/stat", F_OK) != 0 { continue }
        return numbers(in: "/proc").filter { status(of: $0)?.parentID == processID }
      }
      found += list.split(separator: 0x20).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }
    return found
  }

  /// Children, their children, and so on.
  static func descendants(of processID: Int32) -> [Int32] {
    var found: [Int32] = []
    var next = children(of: processID)
    while let process = next.popLast() {
      found.append(process)
      next += children(of: process)
    }
    return found
  }

  static func all() -> [Int32] {
    numbers(in: "/proc")
  }

  /// The value of a variable in the environment that the process was started with; nil if there is
  /// none or it may not be read.
  static func environmentValue(_ name: String, of processID: Int32) -> String? {
    guard let environment = bytes(of: "/proc/\(processID)/environ") else { return nil }
    let prefix = Array("\(name)=".utf8)
    for entry in environment.split(separator: 0) where entry.starts(with: prefix) {
      return String(decoding: entry.dropFirst(prefix.count), as: UTF8.self)
    }
    return nil
  }

  /// All users that processes run as or could turn into.
  static func users() -> Set<UInt32> {
    var users: Set<UInt32> = []
    for process in all() {
      guard let text = text(of: "/proc/\(process)/status") else { continue }
      users.formUnion(ids(in: text))
    }
    return users
  }

  /// Live processes that are a user's in some way, other than by whose rights they go by path.
  static func processes(of user: UInt32) -> [GuardedProcess] {
    all().compactMap { process in
      guard let text = text(of: "/proc/\(process)/status"), ids(in: text).prefix(3).contains(user)
      else {
        return nil
      }
      return guarded(process, unit: nil)
    }
  }

  private static func ids(in status: String) -> [UInt32] {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") }) else {
      return []
    }
    return line.dropFirst(4).split { $0 == "\t" || $0 == " " }.compactMap { UInt32($0) }
  }

  /// The real user of a process.
  static func user(of processID: Int32) -> UInt32? {
    guard let text = text(of: "/proc/\(processID)/status") else { return nil }
    let ids = ids(in: text)
    // All but that of the file system alike, so that a program that borrowed another's rights is not
    // taken for its own.
    return ids.count == 4 && Set(ids.prefix(3)).count == 1 ? ids[0] : nil
  }

  /// Where the working folder and the open files of a process are.
  static func paths(of processID: Int32) -> [String] {
    let folder = "/proc/\(processID)"
    let open = numbers(in: folder + "/fd").map { "\(folder)/fd/\($0)" }
    return ([folder + "/cwd"] + open).compactMap(link)
  }

  static func guarded(_ processID: Int32, unit: String?) -> GuardedProcess? {
    guard let status = status(of: processID), status.state != "Z", status.state != "X" else {
      return nil
    }
    return GuardedProcess(
      processID: processID,
      parentID: status.parentID,
      startTime: status.startTime,
      program: status.program,
      unit: unit
    )
  }

  static func text(of path: String) -> String? {
    bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func bytes(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return bytes(from: descriptor)
  }

  /// The whole of a file of the kernel's; nil where it cannot be read.
  static func bytes(from descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk[..<count]
    }
  }

  /// What a symbolic link points to.
  static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func numbers(in folder: String) -> [Int32] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var found: [Int32] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name) { found.append(number) }
    }
    return found
  }
}
