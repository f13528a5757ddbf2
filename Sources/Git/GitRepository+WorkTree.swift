extension GitRepository {
  /// The files of the folder that was asked for which the index has, relative to it.
  package func trackedFiles() async throws(GitError) -> Set<[UInt8]> {
    Set(try await listed("--cached"))
  }

  /// Other files of that folder, ignored ones too, relative to it and in the order of their bytes; a
  /// folder of which nothing is tracked is one entry, with `/` at its end.
  package func otherFiles() async throws(GitError) -> [[UInt8]] {
    try await listed("--others", "--directory").sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func listed(_ options: String...) async throws(GitError) -> [[UInt8]] {
    let place = prefix.isEmpty ? [] : ["--", prefix]
    let output = try await command.output(["ls-files", "-z"] + options + place, limit: 64 << 20)
    let start = prefix.isEmpty ? [] : Array("\(prefix)/".utf8)
    return output.split(separator: 0).filter { $0.starts(with: start) }
      .map { Array($0.dropFirst(start.count)) }.filter { !$0.isEmpty }
  }
}
