import Evidence
import Formats

extension StepReader {
  /// The folder of steps that several checks share.
  static let sharedFolder = "steps"
  /// How often a suite may use shared steps, nested uses counted: they could double at each level.
  static let useLimit = 1_000

  /// What `use` stands for: the steps of `steps/<name>.yml`, with values for names in them.
  func shared(_ node: YAMLNode, depth: Int) -> [Step] {
    guard let entry = reader.entry(node, "step"), let use = entry["use"],
      let name = reader.name(use, "use")
    else { return [] }
    for member in node.members ?? [] where !["use", "with"].contains(member.key) {
      // Two acts were told already.
      if Grammar.table("step")?.oneOf.contains(member.key) == true { continue }
      sink.error(
        "\(member.key) has no place beside \"use\"",
        at: member,
        expected: "it in \(Self.sharedFolder)/\(name).yml, or a group around the step"
      )
    }
    let given = entry.templates("with")
    let path = "\(Self.sharedFolder)/\(name).yml"
    guard let list = steps(of: path, use) else { return [] }
    if reader.using.contains(where: { $0.path == path }) {
      let way = reader.using.map(\.path) + [path]
      sink.error("use leads back to itself: \(way.joined(separator: " → "))", at: use)
      return []
    }
    reader.useCount += 1
    guard reader.useCount <= Self.useLimit else {
      if reader.useCount == Self.useLimit + 1 {
        sink.error("suite uses shared steps more than \(Self.useLimit) times", at: use)
      }
      return []
    }
    let outer = reader.values
    reader.values = NodeReader.Values(given)
    reader.using.append((path, node.place))
    let places = reader.using.reversed().map(\.place)
    let result = sink.naming(places) { steps(list, "\(path)", depth: depth) }.map { step in
      var step = step
      if step.uses.isEmpty { step.uses = places }
      return step
    }
    reader.using.removeLast()
    let unused = given.map(\.name).filter { !reader.values.used.contains($0) }
    reader.values = outer
    for name in unused {
      sink.error(
        "no step of \(path) has {{\(name)}}",
        atWord: name,
        from: node.place,
        length: name.unicodeScalars.count
      )
    }
    return result
  }

  /// The list in a file of shared steps, read once; nil where there is none.
  private func steps(of path: String, _ use: YAMLNode) -> YAMLNode? {
    if let known = reader.shared[path] { return known }
    func keep(_ node: YAMLNode?) -> YAMLNode? {
      reader.shared[path] = .some(node)
      return node
    }
    guard let bytes = files.read(path) else {
      let names = (files.entries(in: Self.sharedFolder) ?? []).filter { !$0.isFolder }
        .map(\.name).filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }
      let name = use.text ?? ""
      sink.error(
        "\(path) \(files.reasonUnread(path))",
        at: use,
        expected: names.isEmpty ? "a list of steps there" : nil,
        nearest: NearestName.of(name, among: names)
      )
      return keep(nil)
    }
    guard let node = YAMLReader.read(bytes, file: path, into: sink) else { return keep(nil) }
    guard node.items?.isEmpty == false else {
      sink.error("\(path) is a list of steps, not \(node.kindName)", at: node)
      return keep(nil)
    }
    return keep(node)
  }
}

extension NodeReader {
  /// What a use of shared steps gives for names in them, and which of them it was.
  struct Values {
    private(set) var templates: [String: Template]
    private(set) var used: Set<String> = []

    init(_ given: [(name: String, value: Template)] = []) {
      templates = Dictionary(given.map { ($0.name, $0.value) }) { _, last in last }
    }

    mutating func fill(_ template: Template) -> Template {
      guard !templates.isEmpty else { return template }
      used.formUnion(template.names.filter { templates[$0] != nil })
      return template.filling(templates)
    }
  }
}
