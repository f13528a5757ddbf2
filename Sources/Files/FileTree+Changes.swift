import Glibc

extension FileTree {
  /// Removes what lies at a path, folders with all that is in them; links are removed, not followed.
  ///
  /// - Returns: the paths that are still there; empty also where nothing was.
  @discardableResult
  package func remove(_ path: String) -> [String] {
    guard let place = try? parent(of: path) else { return kind(path) == nil ? [] : [path] }
    defer { close(place.folder) }
    return FolderRemoval.remove(place.name, in: place.folder, named: path)
  }

  /// Copies regular files and folders into a place that does not exist yet.
  ///
  /// - Parameter depth: of folders in folders; deeper ones, which nobody made but to be in the way, are
  ///   `tooDeep`.
  /// - Throws: `.exists`; for a link, a pipe, a socket or a device, before anything of it is read.
  package func copy(
    _ path: String,
    to target: String,
    in other: FileTree,
    depth: Int = 32
  ) throws(FileError) {
    switch kind(path) {
    case .folder where depth == 0: throw FileError(.tooDeep, path)
    case nil: throw FileError(.absent, path)
    case .file:
      let bytes = try contents(path)
      let file = try other.open(target, O_WRONLY | O_CREAT | O_EXCL)
      defer { close(file) }
      guard let failure = DiskPath.write(bytes, to: file) else { return }
      throw FileError(failure, target)
    case .folder:
      guard other.kind(target) == nil else { throw FileError(.exists, target) }
      try other.makeFolder(target)
      for name in try names(in: path) {
        try copy("\(path)/\(name)", to: "\(target)/\(name)", in: other, depth: depth - 1)
      }
    case .link: throw FileError(.link, path)
    case .other: throw FileError(.notAFile, path)
    }
  }
}

extension FileTree {
  /// Gives a file or folder another name, all at once; nothing that is there is replaced.
  package func move(_ path: String, to target: String) throws(FileError) {
    let (old, new) = (try parent(of: path), try parent(of: target))
    defer {
      close(old.folder)
      close(new.folder)
    }
    guard kind(target) == nil else { throw FileError(.exists, target) }
    if renameat(old.folder, old.name, new.folder, new.name) != 0 {
      throw FileError(DiskPath.Failure(errno: errno), target)
    }
  }
}
