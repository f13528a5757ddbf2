import Glibc
import Guarding

/// Held while files of a folder that several runs write are read and replaced together.
///
/// An flock(2) on the folder itself: it leaves no file behind, and goes with its holder. Whoever may
/// read the folder can hold it, so a wait that is longer than any writing takes is told.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits for its turn. Where the folder cannot be opened, nobody is kept out: what is written
  /// there then tells why.
  ///
  /// - Parameters:
  ///   - patience: After this long it is told who holds the folder.
  ///   - tell: Gets the message.
  init(
    _ folder: String,
    patience: Duration = .seconds(2),
    tell: (String) -> Void = Console.complain
  ) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    let start = ContinuousClock.now
    var isTold = false
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      if !isTold, .now - start >= patience {
        isTold = true
        let holder = LockTable.holder(of: descriptor) ?? "a process that cannot be seen"
        tell("waiting for \(folder), which is held by \(holder)")
      }
      usleep(20_000)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
