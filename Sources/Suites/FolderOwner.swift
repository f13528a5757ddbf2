import Glibc

/// Who else can put files into a folder, as the ends of sentences.
struct FolderOwner {
  /// Why anybody can; nil where not.
  private(set) var openness: String?
  /// Why somebody other than this user and root can; nil where not.
  private(set) var stranger: String?

  init(of folder: String) {
    var facts = stat()
    guard stat(folder, &facts) == 0 else { return }
    if facts.st_mode & (S_ISVTX | S_IWOTH) != 0 {
      openness = "everybody can write to \(folder)"
    }
    if facts.st_uid != geteuid(), facts.st_uid != 0 {
      stranger = "\(folder) is another user's (uid \(facts.st_uid))"
    }
  }
}
