import Glibc

extension DiskPath {
  /// What lies at a path.
  package enum Kind: Hashable, Sendable {
    case file(isExecutable: Bool, size: Int)
    case folder
    case link
    /// A pipe, a socket, a device.
    case other
  }

  /// A name in a folder and what it stands for.
  package struct Entry: Hashable, Sendable {
    package let name: [UInt8]
    package let kind: Kind
  }

  /// Why the kernel refused, in words that do not depend on the machine's language.
  package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case absent, notAFolder, link, linkLoop, outside, permissionDenied, notAFile, changedWhileRead
    case exists, tooLarge, tooDeep
    case number(Int32)

    package init(errno number: Int32) {
      self =
        switch number {
        case ENOENT: .absent
        case ENOTDIR: .notAFolder
        case ELOOP: .linkLoop
        case EACCES, EPERM: .permissionDenied
        case EEXIST: .exists
        default: .number(number)
        }
    }

    package var description: String {
      switch self {
      case .absent: "does not exist"
      case .notAFolder: "is not a folder"
      case .link: "is a link, or lies below one"
      case .linkLoop: "is a link that leads back to itself"
      case .outside: "is outside of its folder"
      case .permissionDenied: "may not be read"
      case .notAFile: "is not a file"
      case .changedWhileRead: "changed while it was read"
      case .exists: "exists already"
      case .tooLarge: "is too large"
      case .tooDeep: "lies below too many folders"
      case .number: "cannot be used: \(cause)"
      }
    }

    /// What follows the colon after what could not be done. No locale is ever set: it is English.
    package var cause: String {
      if case .number(let number) = self { String(cString: strerror(number)) } else { description }
    }
  }

  /// What lies here; a link is told as a link unless it is followed.
  package func kind(followingLinks: Bool = false) throws(Failure) -> Kind {
    var facts = stat()
    let result = withCString { followingLinks ? stat($0, &facts) : lstat($0, &facts) }
    guard result == 0 else { throw Failure(errno: errno) }
    return Self.kind(of: facts)
  }

  /// The names in this folder, without `.` and `..`, in the order of their bytes.
  package func entries() throws(Failure) -> [Entry] {
    let folder = withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard folder >= 0 else { throw Failure(errno: errno) }
    var entries: [Entry] = []
    for name in try Self.names(of: folder) {
      entries.append(Entry(name: name, kind: try appending(name).kind()))
    }
    return entries
  }

  /// The names in a folder, in the order of their bytes.
  ///
  /// - Parameter folder: closed in the end.
  static func names(of folder: Int32) throws(Failure) -> [[UInt8]] {
    guard let stream = fdopendir(folder) else {
      let failure = Failure(errno: errno)
      close(folder)
      throw failure
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let record = readdir(stream) else {
        guard errno == 0 else { throw Failure(errno: errno) }
        break
      }
      let name = withUnsafePointer(to: &record.pointee.d_name) { field in
        field.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout.size(ofValue: field.pointee))
        {
          Array(UnsafeBufferPointer(start: $0, count: strlen(UnsafeRawPointer($0))))
        }
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The whole of a file. A pipe or a device is refused, not waited for.
  ///
  /// - Parameter limit: In bytes; a longer file is `tooLarge`.
  package func contents(
    limit: Int = 64 << 20,
    followingLinks: Bool = false
  ) throws(Failure) -> [UInt8] {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
    let descriptor = withCString { open($0, flags) }
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    defer { close(descriptor) }
    return try Self.contents(of: descriptor, limit: limit)
  }

  /// The whole of an open file.
  static func contents(of descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Failure(errno: errno) }
    guard case .file(_, let size) = kind(of: facts) else { throw .notAFile }
    guard size <= limit else { throw .tooLarge }

    var failure: Failure?
    // One byte more than was said, so that a growing file is noticed.
    let contents = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      while count < buffer.count {
        let got = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = Failure(errno: errno) }
        if got <= 0 { break }
        count += got
      }
    }
    if let failure { throw failure }
    guard contents.count == size else { throw .changedWhileRead }
    return contents
  }

  /// What a link says, without looking where it leads.
  package func linkTarget() throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = withCString { path in
      buffer.withUnsafeMutableBytes { raw in
        raw.withMemoryRebound(to: CChar.self) { field in
          field.baseAddress.map { readlink(path, $0, field.count) } ?? -1
        }
      }
    }
    guard length >= 0 else { throw Failure(errno: errno) }
    return Array(buffer.prefix(length))
  }

  /// The path with every link followed, absolute.
  package func resolved() throws(Failure) -> DiskPath {
    guard let real = withCString({ realpath($0, nil) }) else { throw Failure(errno: errno) }
    defer { free(real) }
    return DiskPath(Array(UnsafeRawBufferPointer(start: real, count: strlen(real))))
  }

  static func kind(of facts: stat) -> Kind {
    switch facts.st_mode & S_IFMT {
    case S_IFREG:
      .file(isExecutable: facts.st_mode & S_IXUSR != 0, size: Int(facts.st_size))
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }
}
