/// What still has room, in the order of importance: after the first that has none, nothing of less
/// importance is taken.
struct Fit {
  private var room: Int
  private(set) var isFull = false
  private var dropped: [String] = []

  init(room: Int) { self.room = room }

  mutating func take(_ bytes: Int) -> Bool {
    if bytes > room { isFull = true }
    guard !isFull else { return false }
    room -= bytes
    return true
  }

  mutating func drop(_ count: Int, _ words: (Int) -> String) {
    if count > 0 { dropped.append(words(count)) }
  }

  /// What was left out; empty where nothing was.
  func account(_ limit: Int) -> String {
    dropped.isEmpty
      ? "" : "\nLeft out to fit into \(limit) bytes: \(dropped.joined(separator: ", ")).\n"
  }
}
