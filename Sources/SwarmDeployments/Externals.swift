internal import Deployments
internal import Formats
internal import FoundationEssentials
internal import Suites

/// What a recipe wants to be on the engine and does not make itself, and what is there that no run
/// made.
struct Externals: Sendable {
  let stack: String
  let engine: SwarmEngine
  let runID: String
  let recipe: String
  /// By key of the compose file.
  let secrets: [String: String]
  /// Stacks that were deployed for this one.
  let companions: [String]

  private var manager: Engine { engine.manager }

  private var labels: JSONValue {
    [SwarmRemains.label: .string(runID), "parity.recipe": .string(recipe)]
  }

  // MARK: What is somebody's

  /// A stack of this name that no run made is somebody's, whatever it is: what carries its label, and
  /// what is called as the stack's own things are.
  func requireNothingForeign() async throws(DeploymentError) {
    let left: [String]
    do throws(EngineError) {
      left = try await foreign()
    } catch {
      throw DeploymentError(error, "what stands on the engine")
    }
    guard left.isEmpty else {
      let shown = Set(left).sorted().prefix(3).joined(separator: ", ")
      throw DeploymentError(
        .driverBroken,
        "the engine has a stack \(stack) that no run of this tool made (\(shown)): it is left alone; "
          + "set another `domain` in swarm.yml"
      )
    }
  }

  private func foreign() async throws(EngineError) -> [String] {
    let label = ["label": ["\(SwarmStack.namespace)=\(stack)"]]
    let name = ["name": [stack + "_"]]
    var left: [String] = []
    for (kind, path) in [
      ("service", "/services"), ("secret", "/secrets"), ("config", "/configs"),
      ("network", "/networks"),
    ] {
      let labelled = try await manager.list(path, label)
      left += labelled.map { "\(kind) \(Self.name($0) ?? "?")" }
      left += try await manager.list(path, name).compactMap(own).map { "\(kind) \($0)" }
    }
    for node in engine.all {
      let labelled = try await node.list("/volumes", label, in: "Volumes")
      left += labelled.map { "volume \(Self.name($0) ?? "?")" }
      left += try await node.list("/volumes", name, in: "Volumes").compactMap(own)
        .map { "volume \($0)" }
    }
    return left
  }

  private static func name(_ json: JSONValue) -> String? {
    (json["Spec"]?["Name"] ?? json["Name"])?.stringValue
  }

  /// The name of a thing that is called as the stack's own; the engine finds a name anywhere in one.
  private func own(_ json: JSONValue) -> String? {
    Self.name(json).flatMap { $0.hasPrefix(stack + "_") ? $0 : nil }
  }

  // MARK: What is made

  /// Makes what is not there.
  ///
  /// - Returns: for a network that was made, its name on the engine.
  func provide(_ external: Compose.External) async throws(DeploymentError) -> String? {
    do throws(EngineError) {
      switch external.kind {
      case .network: return try await provideNetwork(external)
      case .secret: try await provideSecret(external)
      case .volume:
        guard try await manager.find("/volumes/\(external.name)") == nil else { return nil }
        try await manager.post(
          "/volumes/create",
          [],
          ["Name": .string(external.name), "Labels": labels]
        )
      case .config:
        guard try await manager.find("/configs/\(external.name)") != nil else {
          throw EngineError(.missing, "not on the engine, where the recipe expects it")
        }
      }
      return nil
    } catch {
      throw DeploymentError(error, "external \(external.kind) \(external.name)")
    }
  }

  /// One that is there is used, then one that was made for a dependency, which outlives this stack and
  /// is how its services are reached; else the run gets one of its own, under a name of its own,
  /// because two runs must not share what either takes away.
  private func provideNetwork(_ external: Compose.External) async throws(EngineError) -> String? {
    func isThere(_ name: String) async throws(EngineError) -> Bool {
      try await manager.list("/networks", ["name": [name]])
        .contains { $0["Name"]?.stringValue == name }
    }
    if try await isThere(external.name) { return nil }
    for companion in companions {
      let name = "\(companion)_\(external.key)"
      if try await isThere(name) { return name }
    }
    let name = "\(stack)_\(external.key)"
    try await manager.post(
      "/networks/create",
      [],
      [
        "Name": .string(name), "Driver": "overlay", "Attachable": true, "CheckDuplicate": true,
        "Labels": labels,
      ]
    )
    return name
  }

  private func provideSecret(_ external: Compose.External) async throws(EngineError) {
    guard try await manager.find("/secrets/\(external.name)") == nil else { return }
    guard let value = secrets[external.key] else {
      throw EngineError(.missing, "the suite has no secret \(external.key)")
    }
    try await manager.post(
      "/secrets/create",
      [],
      [
        "Name": .string(external.name), "Labels": labels,
        "Data": .string(Data(value.utf8).base64EncodedString()),
      ]
    )
  }
}
