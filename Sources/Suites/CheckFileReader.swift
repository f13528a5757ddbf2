import Evidence

/// Reads one file of checks: a mapping of test name → check.
struct CheckFileReader {
  let reader: NodeReader
  let steps: StepReader
  private let recipe: RecipeFileReader
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader, files: SuiteFiles) {
    self.reader = reader
    steps = StepReader(reader, files: files)
    recipe = RecipeFileReader(reader, files: files)
  }

  /// Checks whose `needs` hold ids as written; the loader finds out which checks they mean.
  func read(
    _ node: YAMLNode,
    folder: String,
    stem: String,
    kind: CheckKind,
    stage: Stage
  ) -> [Check] {
    reader.members(node, "file of checks").flatMap { member -> [Check] in
      guard reader.checkName("check", at: member)
      else { return [] }
      let id = CheckID(folder: folder, stem: stem, name: member.key)
      return check(member, id: id, kind: kind, stage: stage)
    }
  }

  private func check(
    _ member: YAMLNode.Member,
    id: CheckID,
    kind: CheckKind,
    stage: Stage
  ) -> [Check] {
    if let first = member.value.items?.first, first.members != nil {
      sink.error(
        "check \"\(member.key)\" is a mapping, not a list",
        at: member.value,
        expected: "\"steps:\" above the list, and the list below it"
      )
      return []
    }
    guard let entry = reader.entry(member.value, "check") else { return [] }
    let list = entry["steps"].map { steps.steps($0, "steps") } ?? []
    if let node = entry["steps"], node.items?.isEmpty == true {
      sink.error("check has no steps", at: node)
    }
    let check = Check(
      id: id,
      kind: kind,
      stage: stage,
      about: entry.text("about") ?? "",
      place: member.keyPlace,
      body: .steps(list),
      links: entry["ports"].map { CorpusDeclarationsReader(reader).links($0, mayBeEmpty: true) }
        ?? [],
      isHealth: entry.boolean("health") ?? false,
      noControl: entry.entry("control")?.text("none"),
      when: entry["when"].flatMap(steps.condition),
      needs: entry["needs"].map { needs($0, of: id) } ?? [],
      notCarried: entry.text("not_carried"),
      vars: entry["vars"].map { recipe.variables($0, "vars") } ?? []
    )
    guard let cases = entry["cases"] else { return [check] }
    return rows(cases).map { row in
      var expanded = check
      expanded.id.name += "[\(row.name)]"
      expanded.place = row.place
      expanded.vars = row.values + check.vars
      expanded.columns = row.values
      return expanded
    }
  }

  private func needs(_ node: YAMLNode, of id: CheckID) -> [CheckID] {
    reader.items(node, "needs").compactMap { item in
      guard let text = reader.text(item, "needs") else { return nil }
      if text.contains("::") {
        if let other = CheckID(text) { return other }
        sink.error("needs \"\(text)\" is not a check id", at: item, expected: "folder/file::name")
        return nil
      }
      return CheckID(folder: id.folder, stem: id.stem, name: text)
    }
  }

  private struct Row {
    var name: String
    var values: [Variable]
    var place: SourcePlace
  }

  private func rows(_ node: YAMLNode) -> [Row] {
    var rows: [Row] = []
    if let items = node.items {
      for (index, item) in items.enumerated() {
        rows.append(
          Row(name: String(index + 1), values: recipe.variables(item, "a case"), place: item.place)
        )
      }
    } else if node.scalar != nil {
      sink.error("cases is a list or a mapping of rows, not \(node.kindName)", at: node)
    } else {
      for member in reader.members(node, "cases")
      where reader.checkName("case", at: member) {
        rows.append(
          Row(
            name: member.key,
            values: recipe.variables(member.value, "a case"),
            place: member.keyPlace
          )
        )
      }
    }
    if rows.isEmpty, node.items != nil || node.members != nil {
      sink.error("cases has no rows, so that there would be no check", at: node)
    }
    let columns = rows.first?.values.map(\.name) ?? []
    for index in rows.indices.dropFirst() {
      let row = rows[index]
      let names = row.values.map(\.name)
      if names.sorted() == columns.sorted() { continue }
      sink.error(
        "case \"\(row.name)\" has other columns than the first one",
        at: row.place,
        expected: NodeReader.list(columns)
      )
      for column in columns where !names.contains(column) {
        let value = Template(literal: "")
        rows[index].values.append(Variable(name: column, value: value, place: nil))
      }
    }
    return rows
  }
}
