package import Evidence

extension RecipeOrigin {
  /// `https://git.example.org/notes, main, commit 1b0f6c2e9a7d`.
  package var shown: String {
    "\(address), \(ref ?? "HEAD"), commit \(commit.prefix(12))"
  }

  /// What a person should know of how it was fetched, a line each.
  package var warnings: [String] {
    var lines: [String] = []
    let name = ref ?? "HEAD"
    if let rewrittenFrom {
      lines.append(
        "\(address): the history of \(name) was rewritten: \(commit.prefix(12)) does not come from "
          + "\(rewrittenFrom.prefix(12)), which was fetched before"
      )
    }
    for tag in (movedTags ?? []).prefix(5) {
      lines.append("\(address): tag \(tag) was moved since it was fetched before")
    }
    if let count = movedTags?.count, count > 5 {
      lines.append("\(address): \(count - 5) more tags were moved")
    }
    if isShallow == true {
      lines.append("\(address): the server's history is shallow, older versions may be missing")
    }
    if isOffline == true {
      lines.append("\(address): not fetched (--offline), \(name) is \(commit.prefix(12))")
    }
    return lines
  }
}
