package import Evidence

extension ComposeReader {
  private static let filledKeys = ["services", "volumes", "networks", "secrets", "configs"]

  /// The file with its variables filled in, in the parts and in the values in which Docker does so:
  /// never in a key.
  func filled(_ node: YAMLNode) -> YAMLNode {
    guard let members = node.members else { return node }
    var node = node
    node.content = .mapping(
      members.map { member in
        guard Self.filledKeys.contains(member.key) else { return member }
        var member = member
        member.value = filledBelow(member.value)
        return member
      }
    )
    return node
  }

  private static func isHook(_ label: String) -> Bool {
    label.hasPrefix(BackupLabels.prefix)
      && (label.split(separator: "=").first ?? "").hasSuffix("-hook")
  }

  private func filledBelow(_ node: YAMLNode) -> YAMLNode {
    var node = node
    switch node.content {
    case .mapping(var members):
      for index in members.indices {
        members[index].value = filledBelow(members[index].value)
      }
      node.content = .mapping(members)
    case .sequence(let items): node.content = .sequence(items.map { filledBelow($0) })
    case .scalar(var scalar):
      var variables = ComposeVariables(environment)
      let text = variables.fill(scalar.text)
      for missing in variables.missing { report(missing, in: node) }
      // What was a variable is a text, whatever it is filled with.
      if text != scalar.text { scalar.isQuoted = true }
      scalar.text = text
      node.content = .scalar(scalar)
    }
    return node
  }

  /// Variables in names that nothing sets, in a file as it is written.
  func unsetInNames(_ node: YAMLNode) -> [Compose.UnsetInName] {
    Compose.External.Kind.allCases.flatMap { kind in
      (node[kind.rawValue]?.members ?? []).flatMap { member -> [Compose.UnsetInName] in
        guard let name = member.value["name"] ?? member.value["external"]?["name"],
          let text = name.text
        else { return [] }
        var variables = ComposeVariables(environment)
        let filled = variables.fill(text)
        return variables.unset.map { word in
          let place = sink.source(name.place.file)?.find(word, from: name.place, limit: 20)
          return Compose.UnsetInName(
            kind: kind,
            key: member.key,
            text: word,
            filled: filled,
            place: place ?? name.place,
            length: place == nil ? name.length : word.unicodeScalars.count
          )
        }
      }
    }
  }

  private func report(_ missing: ComposeVariables.Missing, in node: YAMLNode) {
    let why = missing.message.isEmpty ? "" : ": \(missing.message)"
    sink.error(
      "variable \(missing.name) is required and has no value\(why)",
      atWord: missing.name,
      from: node.place,
      length: node.length,
      lines: 1,
      expected: "a value in .env.sample, or under `environment` of recipe.yml"
    )
  }

  // MARK: What Docker reads otherwise

  /// What `docker stack deploy` refuses or takes for something else, in a file as it is written
  /// (cli/compose/template and the schema 3.8 of docker/cli, version 29).
  func oddities(in node: YAMLNode) -> [Compose.Oddity] {
    var found = sink.takeRepeatedMerges().map {
      Compose.Oddity(kind: .repeatedMerge, text: "<<", place: $0, length: 2)
    }
    for member in node.members ?? [] where Self.filledKeys.contains(member.key) {
      look(at: member.value, &found)
    }
    for service in node["services"]?.members ?? [] {
      for labels in [service.value["labels"], service.value["deploy"]?["labels"]] {
        found += unset(labels)
        for label in labels?.members ?? [] {
          guard let scalar = label.value.scalar, !scalar.isQuoted,
            ["true", "false"].contains(scalar.text.lowercased())
          else { continue }
          found.append(
            Compose.Oddity(
              kind: .booleanLabel(value: scalar.text),
              text: label.key,
              place: label.keyPlace,
              length: label.keyLength
            )
          )
        }
      }
    }
    return found
  }

  /// Variables of hooks that nothing sets.
  private func unset(_ labels: YAMLNode?) -> [Compose.Oddity] {
    let all =
      (labels?.members ?? []).map { ($0.key, $0.value) }
      + (labels?.items ?? []).compactMap { item in item.text.map { ($0, item) } }
    return all.flatMap { label, node in
      guard Self.isHook(label) else { return [Compose.Oddity]() }
      var variables = ComposeVariables(environment)
      _ = variables.fill(node.text ?? "")
      return variables.unset.map { word in
        let place = sink.source(node.place.file)?.find(word, from: node.place, limit: 20)
        return Compose.Oddity(
          kind: .unsetInHook,
          text: word,
          place: place ?? node.place,
          length: place == nil ? node.length : word.unicodeScalars.count
        )
      }
    }
  }

  private func look(at node: YAMLNode, _ found: inout [Compose.Oddity]) {
    for item in node.items ?? [] { look(at: item, &found) }
    for member in node.members ?? [] { look(at: member.value, &found) }
    guard let text = node.scalar?.text, text.utf8.contains(UInt8(ascii: "$")) else { return }
    let rest = text.replacing("$$", with: "")
    let forms: [(Regex<Substring>, Compose.Oddity.Kind)] = [
      (/\$\{\w+:?-[^}]*\$\{[^}]*\}[^}]*\}/, .nestedDefault), (/\$\{\w+:?\+[^}]*\}/, .alternative),
      (/\$[A-Za-z_]\w*:?[-?]\S*/, .bareDefault),
    ]
    for (form, kind) in forms {
      for match in rest.matches(of: form) {
        let word = String(match.output)
        let place = sink.source(node.place.file)?.find(word, from: node.place, limit: 20)
        found.append(
          Compose.Oddity(
            kind: kind,
            text: word,
            place: place ?? node.place,
            length: place == nil ? node.length : word.unicodeScalars.count
          )
        )
      }
    }
  }
}

extension Compose {
  /// Something in a file that `docker stack deploy` refuses, or reads otherwise than Compose.
  package struct Oddity: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      /// `${A:-${B}}` stays as it is, but for its last brace.
      case nestedDefault
      /// `${A:+x}` is refused.
      case alternative
      /// `$A-x` is `${A-x}`.
      case bareDefault
      /// A label that is no text is refused.
      case booleanLabel(value: String)
      /// A hook's, and nothing is put in its place, although its shell may know it.
      case unsetInHook
      /// A second `<<` is refused.
      case repeatedMerge
    }

    package var kind: Kind
    /// The variable or the label, as it is written.
    package var text: String
    package var place: SourcePlace
    /// How much of its line it takes, in Unicode scalars.
    package var length: Int
  }
}
