import Files

/// A file that is not as the checked-out commit has it.
package struct GitChange: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case modified, added, deleted, typeChanged, unmerged, untracked
  }

  /// Relative to the top level; bytes that are not UTF-8 as `DiskPath.shown` writes them.
  package let path: String
  package let kind: Kind

  package init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }
}

extension GitRepository {
  /// True where neither index nor work tree differs from the commit, and no file is untracked.
  package func isClean(_ path: String = "") async throws(GitError) -> Bool {
    try await changes(path).isEmpty
  }

  /// What differs from the commit below a path, in the order of the bytes of the paths.
  ///
  /// Ignored files are no changes, nor is what lies in the work trees of submodules. Filters that
  /// the repository configures are not run, so that a file stored by git-lfs may count as modified.
  package func changes(_ path: String = "") async throws(GitError) -> [GitChange] {
    let path = try Self.normalized(path)
    var quiet = command
    quiet.settings += try await withoutFilters()
    let output = try await quiet.output(
      [
        "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames",
        "--ignore-submodules=dirty", "--",
      ] + (path.isEmpty ? [] : [path])
    )
    var changes: [GitChange] = []
    for line in output.split(separator: 0) where line.count > 3 {
      let letters = Array(line.prefix(2))
      let name = DiskPath.shown(line.dropFirst(3))
      changes.append(GitChange(path: name, kind: Self.kind(letters[0], letters[1])))
    }
    return changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func kind(_ index: UInt8, _ workTree: UInt8) -> GitChange.Kind {
    let letters = [index, workTree]
    func has(_ letter: Unicode.Scalar) -> Bool { letters.contains(UInt8(ascii: letter)) }
    if has("U") || letters == Array("AA".utf8) || letters == Array("DD".utf8) { return .unmerged }
    if has("?") { return .untracked }
    if workTree == UInt8(ascii: "D") || index == UInt8(ascii: "D") { return .deleted }
    if has("A") { return .added }
    return has("T") ? .typeChanged : .modified
  }

  /// Settings that empty every filter of the repository: a filter is a program.
  private func withoutFilters() async throws(GitError) -> [(key: String, value: String)] {
    let question = ["config", "-z", "--name-only", "--get-regexp", "^filter\\."]
    let answer = try await command.run(question)
    // Status 1 says that there are none.
    guard answer.status == 0 || answer.status == 1 else { throw command.failure(question, answer) }
    var settings: [(key: String, value: String)] = []
    for line in answer.output.split(separator: 0) {
      guard let key = String(validating: line, as: UTF8.self),
        let dot = key.utf8.lastIndex(of: UInt8(ascii: "."))
      else { throw GitError(.unsupported, "\(topLevel) has a filter that is not named in UTF-8") }
      let filter = key[..<dot]
      settings.append(("\(filter).clean", ""))
      settings.append(("\(filter).process", ""))
      settings.append(("\(filter).required", "false"))
    }
    return settings
  }
}
