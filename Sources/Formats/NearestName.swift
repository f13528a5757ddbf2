/// Finds what somebody probably meant.
package enum NearestName {
  /// The candidate with the smallest distance, of at most a third of the length (rounded up);
  /// of equally near ones the first by UTF-8. Nil where nothing is near.
  package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    guard !wanted.isEmpty else { return nil }
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars.prefix(64))
      let limit = (max(wanted.count, letters.count) + 2) / 3
      guard abs(wanted.count - letters.count) <= limit else { continue }
      let distance = distance(wanted, letters)
      guard distance <= limit, distance < max(wanted.count, letters.count) else { continue }
      if let best, (best.distance, best.name) <= (distance, candidate) { continue }
      best = (distance, candidate)
    }
    return best?.name
  }

  /// `; did you mean x?`, for the end of a message; empty where nothing is near.
  package static func hint(for name: String, among candidates: some Sequence<String>) -> String {
    of(name, among: candidates).map { "; did you mean \($0)?" } ?? ""
  }

  /// The first ten by their distance from a name; as they come where that is equal.
  package static func ordered(_ names: [String], by name: String) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let sorted = names.enumerated().map { index, name in
      (distance(wanted, Array(name.lowercased().unicodeScalars.prefix(64))), index, name)
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    return sorted.prefix(10).map(\.2)
  }

  /// Damerau's distance in the restricted form: insert, remove, replace, swap two neighbours.
  package static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        let isSame = a[i - 1] == b[j - 1]
        current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          current[j] = min(current[j], beforePrevious[j - 2] + 1)
        }
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
