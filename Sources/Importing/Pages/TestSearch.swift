package import Evidence

/// Finds what a page means by a path and a function.
package struct TestSearch {
  enum Place: Hashable {
    case there
    /// To another file, below the suite's folder.
    case moved(String)
    case missing
  }

  package struct Found {
    var place: Place
    /// The suite's file that it was found in.
    var file: String?
    package var checks: [CheckID]
  }

  /// Every check of the suite, with its file.
  private let checks: [(id: CheckID, file: String)]
  /// Of the suite.
  private let files: [String]

  init(_ ground: ClaimGround) { self.init(checks: ground.checks, files: ground.files) }

  package init(checks: [(id: CheckID, file: String)], files: [String]) {
    (self.checks, self.files) = (checks, files)
  }

  package func find(_ reference: PageReference) -> Found {
    let there = reference.path.flatMap(file(at:))
    if let there {
      let own = checks(in: there, reference.function)
      if !own.isEmpty || reference.function == nil {
        return Found(place: .there, file: there, checks: own)
      }
      // The file is there and has not the function; it may have gone elsewhere.
      let moved = checks(named: reference.function)
      return moved.isEmpty
        ? Found(place: .there, file: there, checks: [])
        : Found(place: .moved(moved[0].file), file: moved[0].file, checks: moved.map(\.id))
    }
    let elsewhere = checks(named: reference.function).filter { check in
      // One of many files with such a function is meant only if its name is like.
      reference.path == nil || stem(check.file) == reference.stem || isOnly(reference.function)
    }
    if let first = elsewhere.first {
      let isMoved = reference.path != nil
      return Found(
        place: isMoved ? .moved(first.file) : .there,
        file: first.file,
        checks: elsewhere.map(\.id)
      )
    }
    guard reference.function == nil, reference.path != nil,
      let alike = files.first(where: { stem($0) == reference.stem && isCode($0) })
    else {
      return Found(place: .missing, file: nil, checks: [])
    }
    return Found(place: .moved(alike), file: alike, checks: checks(in: alike, nil))
  }

  /// The suite's file at a path of a page, which may begin at the repository, the tests' folder or the
  /// suite.
  private func file(at path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    for start in parts.indices {
      let rest = parts[start...].joined(separator: "/")
      // A bare name is what it is only at the top.
      if files.contains(rest) { return rest }
      // An id of this tool has no ending.
      if let own = files.first(where: { isCode($0) && withoutEnding($0) == rest }) {
        return own
      }
    }
    return nil
  }

  private func checks(in file: String, _ function: String?) -> [CheckID] {
    checks.filter { check in
      check.file == file
        && (function == nil || check.id.name == function || check.id.withoutRow.name == function)
    }.map(\.id)
  }

  private func checks(named function: String?) -> [(id: CheckID, file: String)] {
    guard let function else { return [] }
    return checks.filter { $0.id.name == function || $0.id.withoutRow.name == function }
  }

  private func isOnly(_ function: String?) -> Bool {
    Set(checks(named: function).map(\.file)).count == 1
  }

  private func isCode(_ file: String) -> Bool {
    [".py", ".yml", ".yaml", ".sh", ".bats"].contains(where: file.hasSuffix)
  }

  private func withoutEnding(_ file: String) -> String {
    let name = file.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return file }
    return String(file.dropLast(name.distance(from: dot, to: name.endIndex)))
  }

  /// Without folders, `test_` and ending.
  private func stem(_ file: String) -> String {
    PageReference(raw: file, path: file).stem
  }
}
