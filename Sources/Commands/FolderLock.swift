import Glibc

/// Held while files of a folder that several runs write are read and replaced together.
///
/// An flock(2) on the folder itself: it leaves no file behind, and goes with its holder.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits for its turn. Where the folder cannot be opened, nobody is kept out: what is written
  /// there then tells why.
  init(_ folder: String) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
