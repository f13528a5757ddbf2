internal import CLinux
import Glibc

/// Where this user's caches lie, as the XDG base directory specification has it.
package enum UserCache {
  /// `XDG_CACHE_HOME`, or `~/.cache`; nil for nowhere.
  package static var base: String? {
    if let own = getenv("XDG_CACHE_HOME"), own.pointee != 0 { return String(cString: own) }
    return getenv("HOME").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : "\($0)/.cache" }
  }

  /// The folder `parity` of a folder for caches, which is this user's alone.
  ///
  /// - Parameter base: one that is not there is made where its own folder is this user's.
  /// - Returns: nil where somebody else can write there.
  package static func folder(below base: String, owner: UInt32 = geteuid()) -> String? {
    guard base.hasPrefix("/") else { return nil }
    mkdir(base, 0o700)
    let path = "\(base)/parity"
    guard isOwn(base, owner, forbidden: 0o022) else { return nil }
    mkdir(path, 0o700)
    return isOwn(path, owner, forbidden: 0o077) ? path : nil
  }

  /// A folder, not a link, of this user, whose mode has none of some bits.
  private static func isOwn(_ path: String, _ owner: UInt32, forbidden: mode_t) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR && info.st_uid == owner
      && info.st_mode & forbidden == 0
  }

  /// The folder on the way to a path that somebody else could put another one in place of; nil where
  /// there is none.
  ///
  /// Folders that everybody can write to count unless they are sticky, as `/tmp` is.
  package static func openFolder(above path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    var parts = String(cString: pointer).split(separator: "/")
    while !parts.isEmpty {
      parts.removeLast()
      let folder = "/" + parts.joined(separator: "/")
      var info = stat()
      guard lstat(folder, &info) == 0, info.st_uid == 0 || info.st_uid == geteuid(),
        info.st_mode & 0o002 == 0 || info.st_mode & S_ISVTX != 0,
        geteuid() != 0 || info.st_mode & 0o020 == 0 || info.st_mode & S_ISVTX != 0
      else { return folder }
    }
    return nil
  }
}
