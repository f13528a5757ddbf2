import Evidence
import Formats

/// Finds and reads `parity.yml`.
package struct ProjectLoader {
  package static let fileName = "parity.yml"

  private let sink = DiagnosticSink()
  let reader: NodeReader
  private let folder: String

  init(folder: String) {
    self.folder = folder
    reader = NodeReader(sink)
  }

  /// The project of a folder: its own `parity.yml`, else that of the nearest folder above it.
  ///
  /// - Throws: where there is none, or it is wrong.
  package static func find(from folder: String) throws(SuiteErrors) -> Project {
    guard let found = try nearest(to: folder) else {
      throw SuiteErrors(
        file: fileName,
        message: "file is neither in this folder nor in one above it; `parity new NAME` begins a "
          + "project here"
      )
    }
    return try load(folder: found)
  }

  /// The folder itself or the nearest above it that has a `parity.yml`; nil where none has.
  ///
  /// - Throws: where that one lies in a folder that somebody else can write to: who asks from below
  ///   it need not know of it.
  package static func nearest(to folder: String) throws(SuiteErrors) -> String? {
    guard var current = SuiteFiles(folder: folder).resolved("") else {
      throw SuiteErrors(file: folder, message: "folder does not exist")
    }
    let start = current
    while true {
      let owner = FolderOwner(of: current)
      if SuiteFiles(folder: current).isNamed(fileName) {
        let doubt = current == start ? owner.openness : owner.openness ?? owner.stranger
        guard let doubt else { return current }
        throw SuiteErrors(
          file: "\(current == "/" ? "" : current)/\(fileName)",
          message: "not taken, because \(doubt); `--project \(current)` takes it all the same"
        )
      }
      if current != start, owner.openness ?? owner.stranger != nil { return nil }
      guard let slash = current.lastIndex(of: "/"), current != "/" else { return nil }
      current = slash == current.startIndex ? "/" : String(current[..<slash])
    }
  }

  /// Reads `parity.yml` of a folder.
  package static func load(folder: String) throws(SuiteErrors) -> Project {
    let files = SuiteFiles(folder: folder)
    guard let bytes = files.read(fileName) else {
      throw SuiteErrors(file: fileName, message: "file \(files.reasonUnread(fileName))")
    }
    let loader = ProjectLoader(folder: files.resolved("") ?? folder)
    let project = loader.project(bytes)
    if loader.sink.hasErrors { throw SuiteErrors(loader.sink.diagnostics) }
    return project
  }

  /// What a `parity.yml` says that lies elsewhere: in a commit.
  ///
  /// - Parameter folder: the place that its paths are relative to, absolute.
  package static func project(
    _ bytes: [UInt8],
    folder: String
  ) throws(SuiteErrors) -> Project {
    let loader = ProjectLoader(folder: folder)
    let project = loader.project(bytes)
    if loader.sink.hasErrors { throw SuiteErrors(loader.sink.diagnostics) }
    return project
  }

  func project(_ bytes: [UInt8]) -> Project {
    var project = Project(folder: folder)
    guard let node = YAMLReader.read(bytes, file: Self.fileName, into: sink),
      let entry = reader.entry(node, "project")
    else { return project }
    if let value = entry["suites"] { project.suites = path(value, "suites") ?? project.suites }
    if let value = entry["reports"] { project.reports = path(value, "reports") ?? project.reports }
    for member in entry.members("recipes") {
      guard Project.isRecipeName(member.key) else {
        sink.error(
          "recipe \"\(member.key)\" is not a name",
          at: member,
          expected: "letters, digits, \"_\", \".\", \"-\""
        )
        continue
      }
      project.recipes[member.key] = recipe(member.value)
    }
    project.corpus = entry["corpus"].flatMap(corpus)
    project.driver = entry.choice("driver")
    project.publish = entry.choice("publish")
    project.variables = entry.texts("env")
    for member in entry.entry("swarm")?.members("nodes") ?? [] {
      project.swarmNodes[member.key] = reader.text(member.value, "the address of a node")
    }
    if let count = entry.entry("policy")?.integer("functional_checks") {
      project.policy.functionalChecks = count
    }
    return project
  }

  private func recipe(_ node: YAMLNode) -> Project.RecipeSource? {
    if node.scalar != nil { return path(node, "recipe").map { .folder($0) } }
    guard let entry = reader.entry(node, "recipe_source") else { return nil }
    return entry["git"].flatMap { source($0, of: entry) }.map { .git($0) }
  }

  /// What an entry says of a repository.
  private func source(_ git: YAMLNode, of entry: NodeReader.Entry) -> GitSource? {
    let ref = entry["ref"].flatMap { revision($0) }
    let limit = entry.duration("within")
    guard let address = address(git) else { return nil }
    return GitSource(address, ref: ref, limit: limit ?? GitSource.defaultLimit)
  }

  private func corpus(_ node: YAMLNode) -> Project.CorpusSource? {
    if let scalar = node.scalar {
      if ["none", "false", "no"].contains(scalar.text) {
        sink.error(
          "corpus \"\(scalar.text)\" has no reason",
          at: node,
          expected: "{none: why there is none}, or the path of one"
        )
        return nil
      }
      return path(node, "corpus").map { .folder($0, isSample: false) }
    }
    guard let entry = reader.entry(node, "corpus") else { return nil }
    let isSample = entry.boolean("sample") ?? false
    guard let chosen = entry.chosen else { return nil }
    for key in ["ref", "within"] {
      if let value = entry[key], chosen.key != "git" {
        sink.error("\(key) belongs to \"git\"", at: value)
      }
    }
    switch chosen.key {
    case "root": return path(chosen.value, "root").map { .folder($0, isSample: isSample) }
    case "git":
      return source(chosen.value, of: entry).map { .git($0, isSample: isSample) }
    default:
      guard let reason = reader.text(chosen.value, "none"), !reason.isEmpty,
        !["true", "false"].contains(reason)
      else {
        sink.error("none needs the reason why there is no corpus", at: chosen.value)
        return nil
      }
      return Project.CorpusSource.none(reason: reason)
    }
  }

  /// A path relative to the file, made absolute.
  private func path(_ node: YAMLNode, _ what: String) -> String? {
    guard let text = reader.text(node, what) else { return nil }
    if text.isEmpty || text.hasPrefix("~") {
      sink.error(
        "\(what) \"\(text)\" is not a path",
        at: node,
        expected: "a path relative to \(Self.fileName), or an absolute one"
      )
      return nil
    }
    var parts: [Substring] = text.hasPrefix("/") ? [] : folder.split(separator: "/")
    for part in text.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  private func address(_ node: YAMLNode) -> GitAddress? {
    guard let text = reader.text(node, "git") else { return nil }
    do throws(GitAddress.Mistake) {
      let address = try GitAddress(text)
      guard case .folder(let written) = address.place, !written.hasPrefix("/") else {
        return address
      }
      return path(node, "git").map { GitAddress(folder: $0) }
    } catch {
      sink.error(
        "git \"\(GitAddress.masked(text))\" \(error.reason)",
        at: node,
        expected: error.expected
      )
      return nil
    }
  }

  private func revision(_ node: YAMLNode) -> String? {
    guard let text = reader.text(node, "ref") else { return nil }
    if text.isEmpty || text.hasPrefix("-") || text.contains(" ") {
      sink.error("ref \"\(text)\" is not a branch, tag or commit", at: node)
      return nil
    }
    return text
  }
}
