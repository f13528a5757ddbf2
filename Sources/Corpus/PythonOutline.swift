package import Formats

/// What a Python file says at its top, without being run: `ast` reads it, and nothing is evaluated.
package struct PythonOutline: Sendable {
  /// Where something stands in its file.
  package struct Place: Hashable, Sendable {
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars, as the length is.
    package var column: Int
    package var length: Int
    /// The line itself, at most 400 characters of it.
    package var text: String
  }

  package struct Constant: Sendable {
    package var name: String
    /// Of a dictionary only the members that are constants.
    package var value: JSONValue
    package var place: Place
  }

  package struct Named: Sendable {
    package var name: String
    /// Of a function the first line of its docstring; else empty.
    package var about = ""
    package var place: Place
  }

  /// Those that nothing beside them may have changed, in their order.
  package var constants: [Constant] = []
  /// What is code in the place of a constant: its name, `NAME["key"]` of a member, and empty for a
  /// statement that belongs to none.
  package var code: [Named] = []
  package var functions: [Named] = []
  /// Modules that are none of Python's own.
  package var imports: [Named] = []
  /// Variables of the environment that are read.
  package var variables: [Named] = []
  /// Why it could not be read, with the line; nil where it was.
  package var problem: (line: Int, reason: String)?

  /// In the order of the files.
  ///
  /// - Returns: nil where python3 is not installed.
  package static func read(_ files: [(path: String, bytes: [UInt8])]) async -> [PythonOutline]? {
    guard let python = ScriptReader().python else { return nil }
    let scripts = files.map { file in
      CorpusScript(path: file.path, language: .python, bytes: file.bytes, hash: "")
    }
    let folder = ScriptFolder(scripts: scripts, files: ScriptFiles(), reading: .outline)
    return await ScriptReader.answers(of: [folder], python).map { answer in
      answer.flatMap(PythonOutline.init) ?? PythonOutline(problem: (1, "cannot be read in time"))
    }
  }

  private init(problem: (line: Int, reason: String)) { self.problem = problem }

  private init?(_ value: JSONValue) {
    if let problem = value["problem"]?.arrayValue {
      let line = problem.first?.intValue.flatMap { Int(exactly: $0) } ?? 1
      self.problem = (line, problem.last?.stringValue ?? "cannot be read")
      return
    }
    func rows(_ name: String) -> [[JSONValue]] {
      value[name]?.arrayValue?.compactMap(\.arrayValue) ?? []
    }
    func named(_ name: String) -> [Named] {
      rows(name).compactMap { row in
        guard let name = row.first?.stringValue, let place = row.last.flatMap(Place.init) else {
          return nil
        }
        return Named(name: name, about: row[1].stringValue ?? "", place: place)
      }
    }
    guard value["constants"] != nil else { return nil }
    constants = rows("constants").compactMap { row in
      guard row.count == 3, let name = row[0].stringValue, let place = Place(row[2]) else {
        return nil
      }
      return Constant(name: name, value: row[1], place: place)
    }
    (code, functions) = (named("code"), named("functions"))
    (imports, variables) = (named("imports"), named("variables"))
  }
}

extension PythonOutline.Place {
  fileprivate init?(_ value: JSONValue) {
    guard let row = value.arrayValue, row.count == 4, let text = row[3].stringValue else {
      return nil
    }
    let numbers = row.prefix(3).compactMap { $0.intValue.flatMap { Int(exactly: $0) } }
    guard numbers.count == 3 else { return nil }
    self.init(line: numbers[0], column: numbers[1], length: numbers[2], text: text)
  }
}
