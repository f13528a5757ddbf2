/// The name that somebody probably meant.
enum Nearest {
  /// The candidate with the smallest edit distance, at most a third of the name's length; the first
  /// in alphabetical order where several are as near.
  static func name(to name: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(2, name.utf8.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates.sorted() {
      let distance = distance(Array(name.utf8), Array(candidate.utf8))
      if distance <= limit, best.map({ distance < $0.distance }) ?? true {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
