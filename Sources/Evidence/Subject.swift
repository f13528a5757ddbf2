package import Formats

/// What an assertion looks at. Suites name the first group, the tool's own checks the second.
package enum Subject: Hashable, Sendable {
  /// An HTTP status code.
  case status
  case header(String)
  /// The whole body as text.
  case body
  case jsonpath(JSONPath)
  case xpath(String)
  /// The text of the elements that a selector selects.
  case css(CSSSelector)
  /// What a pattern finds: its first group, or all that it matched.
  case regex(Pattern)
  /// The rows of an SQL answer: their number, or the list itself.
  case rows
  /// The first row, as an object by column name.
  case row
  /// One column's value in the first row.
  case cell(String)
  /// All values of one column.
  case column(String)
  case stdout
  case stderr
  /// An exit status.
  case exit
  /// Of a file: its size in bytes; nothing where there is no file.
  case size
  /// Of a file: its bytes as text, or the last 4 KiB of it.
  case content
  /// What a path is, beside what is in it.
  case path(PathProperty)
  /// How long the step took, in milliseconds.
  case duration
  /// An answer that says no: SQLSTATE or the server's own code, and its message.
  case error

  /// What the suite's health gate asks.
  case gate
  /// How many services the deployment has.
  case services
  /// Whether one service runs.
  case service(String)
  /// The recipe version that the running things carry.
  case runningVersion
  /// A further proof of the version, by its name: `app reports`.
  case versionProof(String)
  /// What speaks against the version that is said to run.
  case contradiction
  case snapshotID
  /// How many files the snapshot has.
  case snapshotFiles
  /// How many paths the labels declare.
  case declaredPaths
  /// The bytes below one declared path in the snapshot.
  case snapshotBytes(path: String)
  /// Whether a service that the labels name has its data in the snapshot.
  case backedUp(service: String)
  /// The number of rows of a table.
  case rowCount(table: String)
  /// A part of a store as an inventory has it, or one of its properties: `rows of table public.notes`.
  case inventory(String)
  /// What is still there after the teardown.
  case leftovers
  /// Whether a recipe that this one needs was up to the end.
  case dependency(String)
  /// How many deployments the run made, those of dependencies among them.
  case deployments
  /// An assertion of an older coverage file that is kept as it was written there.
  case written(String)

  package enum PathProperty: String, Sendable, CaseIterable {
    /// `file`, `folder`, `link`, …
    case type
    /// Permissions in octal digits, without leading zeros: `640`.
    case mode
    /// What a link leads to, as it was written.
    case target
  }

  /// Says that something was taken, not what.
  package var isAcknowledgement: Bool {
    switch self {
    case .status, .exit, .duration: true
    default: false
    }
  }

  /// Whether it is a part of what came back, not of how it came.
  package var isContent: Bool {
    switch self {
    case .body, .jsonpath, .xpath, .css, .regex, .row, .rows, .cell, .column, .stdout, .content,
      .path:
      true
    default: false
    }
  }
}

extension Subject: Codable {
  /// The word of each case in JSON: alone, or the one key of an object that holds its argument.
  private enum Word: String, CodingKey, CaseIterable {
    case status, header, body, jsonpath, xpath, css, regex, rows, row, cell, column, stdout, stderr
    case exit, size, content, path, duration, error, gate, services, service, runningVersion
    case versionProof, contradiction, snapshotID, snapshotFiles, declaredPaths, snapshotBytes,
      backedUp
    case rowCount, inventory, leftovers, dependency, deployments, written
  }

  private var parts: (word: Word, argument: String?) {
    switch self {
    case .status: (.status, nil)
    case .header(let name): (.header, name)
    case .body: (.body, nil)
    case .jsonpath(let path): (.jsonpath, path.text)
    case .xpath(let expression): (.xpath, expression)
    case .css(let selector): (.css, selector.text)
    case .regex(let regex): (.regex, regex.text)
    case .rows: (.rows, nil)
    case .row: (.row, nil)
    case .cell(let name): (.cell, name)
    case .column(let name): (.column, name)
    case .stdout: (.stdout, nil)
    case .stderr: (.stderr, nil)
    case .exit: (.exit, nil)
    case .size: (.size, nil)
    case .content: (.content, nil)
    case .path(let property): (.path, property.rawValue)
    case .duration: (.duration, nil)
    case .error: (.error, nil)
    case .gate: (.gate, nil)
    case .services: (.services, nil)
    case .service(let name): (.service, name)
    case .runningVersion: (.runningVersion, nil)
    case .versionProof(let name): (.versionProof, name)
    case .contradiction: (.contradiction, nil)
    case .snapshotID: (.snapshotID, nil)
    case .snapshotFiles: (.snapshotFiles, nil)
    case .declaredPaths: (.declaredPaths, nil)
    case .snapshotBytes(let path): (.snapshotBytes, path)
    case .backedUp(let service): (.backedUp, service)
    case .rowCount(let table): (.rowCount, table)
    case .inventory(let part): (.inventory, part)
    case .leftovers: (.leftovers, nil)
    case .dependency(let name): (.dependency, name)
    case .deployments: (.deployments, nil)
    case .written(let text): (.written, text)
    }
  }

  private init?(_ word: Word, _ argument: String?) {
    switch (word, argument) {
    case (.status, nil): self = .status
    case (.header, let name?): self = .header(name)
    case (.body, nil): self = .body
    case (.jsonpath, let text?):
      guard let path = try? JSONPath(text) else { return nil }
      self = .jsonpath(path)
    case (.xpath, let expression?): self = .xpath(expression)
    case (.css, let text?):
      guard let selector = try? CSSSelector(text) else { return nil }
      self = .css(selector)
    case (.regex, let pattern?):
      guard let regex = try? Pattern(pattern) else { return nil }
      self = .regex(regex)
    case (.rows, nil): self = .rows
    case (.row, nil): self = .row
    case (.cell, let name?): self = .cell(name)
    case (.column, let name?): self = .column(name)
    case (.stdout, nil): self = .stdout
    case (.stderr, nil): self = .stderr
    case (.exit, nil): self = .exit
    case (.size, nil): self = .size
    case (.content, nil): self = .content
    case (.path, let name?):
      guard let property = PathProperty(rawValue: name) else { return nil }
      self = .path(property)
    case (.duration, nil): self = .duration
    case (.error, nil): self = .error
    case (.gate, nil): self = .gate
    case (.services, nil): self = .services
    case (.service, let name?): self = .service(name)
    case (.runningVersion, nil): self = .runningVersion
    case (.versionProof, let name?): self = .versionProof(name)
    case (.contradiction, nil): self = .contradiction
    case (.snapshotID, nil): self = .snapshotID
    case (.snapshotFiles, nil): self = .snapshotFiles
    case (.declaredPaths, nil): self = .declaredPaths
    case (.snapshotBytes, let path?): self = .snapshotBytes(path: path)
    case (.backedUp, let service?): self = .backedUp(service: service)
    case (.rowCount, let table?): self = .rowCount(table: table)
    case (.inventory, let part?): self = .inventory(part)
    case (.leftovers, nil): self = .leftovers
    case (.dependency, let name?): self = .dependency(name)
    case (.deployments, nil): self = .deployments
    case (.written, let text?): self = .written(text)
    default: return nil
    }
  }

  package init(from decoder: any Decoder) throws {
    var found: Subject?
    if let container = try? decoder.singleValueContainer(),
      let text = try? container.decode(String.self)
    {
      found = Word(rawValue: text).flatMap { Subject($0, nil) }
    } else {
      let container = try decoder.container(keyedBy: Word.self)
      if let word = container.allKeys.first {
        found = Subject(word, try container.decode(String.self, forKey: word))
      }
    }
    guard let found else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "unknown subject")
      )
    }
    self = found
  }

  package func encode(to encoder: any Encoder) throws {
    let (word, argument) = parts
    if let argument {
      var container = encoder.container(keyedBy: Word.self)
      try container.encode(argument, forKey: word)
    } else {
      var container = encoder.singleValueContainer()
      try container.encode(word.rawValue)
    }
  }
}

extension Subject: CustomStringConvertible {
  /// In the notation of records and diffs, as the suite names it: `header x-plausible-dropped`,
  /// `$.postgres`, `row.name`.
  package var description: String {
    switch self {
    case .header(let name): "header \(name)"
    case .jsonpath(let path): path.text
    case .xpath(let expression): "xpath \(expression)"
    case .css(let selector): "css \(selector)"
    case .regex(let regex): "regex /\(regex.text)/"
    case .cell(let name): "row.\(name)"
    case .column(let name): "column \(name)"
    case .path(let property): property.rawValue
    case .service(let name): "service \(name)"
    case .versionProof(let name): name
    case .snapshotBytes(let path): "bytes of \(path)"
    case .backedUp(let service): "backup of \(service)"
    case .rowCount(let table): "rows of \(table)"
    case .inventory(let part): part
    case .dependency(let name): "dependency \(name)"
    case .written(let text): text
    case .runningVersion: "version"
    case .snapshotID: "snapshot"
    case .snapshotFiles: "files"
    case .declaredPaths: "declared paths"
    case .status, .body, .rows, .row, .stdout, .stderr, .exit, .size, .content, .duration, .error,
      .gate, .services, .contradiction, .leftovers, .deployments:
      parts.word.rawValue
    }
  }
}
