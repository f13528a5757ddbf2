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

  /// Folders that are submodules in the index, relative to the folder that was asked for. What lies
  /// in them is no part of the repository.
  package func submodules() async throws(GitError) -> [[UInt8]] {
    let (place, start) = limits
    let output = try await command.output(
      ["ls-files", "-z", "--cached", "--stage"] + place,
      limit: 64 << 20
    )
    return output.split(separator: 0).compactMap { line in
      guard line.starts(with: "160000 ".utf8),
        let tab = line.firstIndex(of: UInt8(ascii: "\t"))
      else { return nil }
      let path = line[(tab + 1)...]
      return path.starts(with: start) ? Array(path.dropFirst(start.count)) : nil
    }
  }

  /// What limits a list to the folder that was asked for, and what its paths begin with.
  private var limits: (arguments: [String], start: [UInt8]) {
    prefix.isEmpty ? ([], []) : (["--", prefix], Array("\(prefix)/".utf8))
  }

  private func listed(_ options: String...) async throws(GitError) -> [[UInt8]] {
    let (place, start) = limits
    let output = try await command.output(["ls-files", "-z"] + options + place, limit: 64 << 20)
    return output.split(separator: 0).filter { $0.starts(with: start) }
      .map { Array($0.dropFirst(start.count)) }.filter { !$0.isEmpty }
  }
}
