package import Evidence

extension ComposeReader {
  /// What a config or secret is made of; nil for other kinds.
  ///
  /// - Parameter written: the same member before its variables were filled in.
  func fileSource(
    _ member: YAMLNode.Member,
    _ kind: Compose.External.Kind,
    as written: YAMLNode?
  ) -> Compose.FileSource? {
    guard kind == .config || kind == .secret else { return nil }
    let name = written?["name"] ?? written?["external"]?["name"]
    var source = Compose.FileSource(
      kind: kind,
      key: member.key,
      path: externalName(member) == nil ? member.value["file"]?.text : nil,
      isTemplate: member.value["template_driver"]?.text == "golang",
      place: member.keyPlace
    )
    source.name = setting(name)
    source.file = setting(member.value["file"])
    source.engineName = member.value["name"]?.text ?? member.value["external"]?["name"]?.text
    return source
  }

  /// What a service names of the top level; short (`- data:/data`) and long.
  func references(of node: YAMLNode) -> [Compose.Reference] {
    func reference(_ kind: Compose.External.Kind, _ item: YAMLNode) -> Compose.Reference? {
      guard let value = item.scalar == nil ? item["source"] : item, let text = value.text else {
        return nil
      }
      var key = text
      if kind == .volume {
        guard (item["type"]?.text ?? "volume") == "volume",
          let name = volume(text, isShort: item.scalar != nil)
        else { return nil }
        key = name
      }
      let length = value.text == key ? value.length : key.unicodeScalars.count
      return Compose.Reference(kind: kind, key: key, place: value.place, length: length)
    }
    let listed = Compose.External.Kind.allCases.flatMap { kind in
      (node[kind.rawValue]?.items ?? []).compactMap { reference(kind, $0) }
    }
    let networks = (node["networks"]?.members ?? []).map {
      Compose.Reference(kind: .network, key: $0.key, place: $0.keyPlace, length: $0.keyLength)
    }
    return listed + networks
  }

  /// The volume in front of a target; nil for a path of the machine and for an anonymous volume.
  private func volume(_ text: String, isShort: Bool) -> String? {
    guard isShort else { return isVolume(text) ? text : nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count >= 2 && isVolume(String(parts[0])) ? String(parts[0]) : nil
  }

  /// A list of `name=value` and `name`, or a mapping.
  func variables(_ node: YAMLNode?) -> [String: String] {
    var found: [String: String] = [:]
    for member in node?.members ?? [] {
      found[member.key] = member.value.isNull ? environment[member.key] : member.value.text
    }
    for text in (node?.items ?? []).compactMap(\.text) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      found[name] = parts.count > 1 ? String(parts[1]) : environment[name]
    }
    return found
  }

  /// A list of words, or a text with blanks between them.
  func words(_ node: YAMLNode?) -> [String] {
    node?.items?.compactMap(\.text)
      ?? (node?.text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The ports inside the container that `ports` and `expose` name.
  func openPorts(of node: YAMLNode) -> [Int] {
    ((node["ports"]?.items ?? []) + (node["expose"]?.items ?? [])).compactMap { item in
      let text = item.scalar?.text ?? item["target"]?.text ?? ""
      return Int(text.split(separator: ":").last?.split(separator: "/").first ?? "")
    }
  }

  /// Configs or secrets of a service, short (`- db_password`) and long.
  func files(_ node: YAMLNode?, _ kind: Compose.External.Kind) -> [Compose.MappedFile] {
    (node?.items ?? []).compactMap { item in
      guard let source = item.text ?? item["source"]?.text else { return nil }
      let target = item["target"]?.text ?? source
      let folder = kind == .secret ? "/run/secrets/" : "/"
      return Compose.MappedFile(
        source: Compose.MappedFile.Source(kind: kind, key: source),
        target: target.hasPrefix("/") ? target : folder + target,
        mode: item["mode"]?.text.flatMap(Self.mode) ?? 0o444
      )
    }
  }

  /// `0555`, `0o555`, or a decimal number, as YAML reads them.
  private static func mode(_ text: String) -> UInt32? {
    if text.hasPrefix("0o") { return UInt32(text.dropFirst(2), radix: 8) }
    return UInt32(text, radix: text.hasPrefix("0") ? 8 : 10)
  }
}

extension Compose {
  /// A config or a secret of the recipe.
  package struct FileSource: Sendable, Hashable {
    package var kind: External.Kind
    /// In the compose file.
    package var key: String
    /// The file of the recipe that it is made of; nil where somebody else makes it.
    package var path: String?
    /// Swarm fills it in for each task.
    package var isTemplate: Bool
    package var place: SourcePlace
    /// What it is called on the engine, as it is written, with its variables.
    package var name: Setting?
    /// `file`, with its place.
    package var file: Setting?
    /// What it is called on the engine; nil where the engine makes the name.
    package var engineName: String?

    /// The variables of its name that have no default, but for the stack's own name.
    package var nameVariables: [String] {
      var variables = ComposeVariables([:])
      _ = variables.fill(name?.value ?? "")
      return variables.unset.map { $0.filter { !"${}".contains($0) } }.filter { $0 != "STACK_NAME" }
    }
  }

  /// A config or a secret where a service sees it.
  package struct MappedFile: Sendable, Hashable {
    package struct Source: Sendable, Hashable {
      package var kind: External.Kind
      package var key: String
    }

    package var source: Source
    /// Absolute.
    package var target: String
    package var mode: UInt32
  }

  /// What a service's file is made of; nil where the recipe does not say.
  package func source(of file: MappedFile) -> FileSource? {
    fileSources.first { $0.kind == file.source.kind && $0.key == file.source.key }
  }
}
