internal import Deployments
internal import Formats
internal import Suites

/// What a recipe uses and others have made: it must still be there, and be the same, when the run is
/// over.
struct OthersOnEngine: Sendable {
  private let manager: Engine
  /// What tells a thing from a later one of its name; nil for what the run makes itself.
  private var identities: [Compose.External: String?] = [:]
  private var contents: SharedContents

  init(on engine: SwarmEngine, runID: String, deadline: Duration) {
    manager = engine.manager
    contents = SharedContents(engine, runID: runID, deadline: deadline)
  }

  /// Looks for what a version names and no earlier one did; what is not there yet will be the run's
  /// own.
  mutating func add(_ compose: Compose) async throws(DeploymentError) {
    var named = compose.externals
    for case (.volume(let key), let name) in compose.outside.map({ ($0.kind, $0.name) }) {
      named.append(Compose.External(kind: .volume, key: key, name: name))
    }
    do throws(EngineError) {
      for external in Set(named) where identities[external] == nil {
        identities[external] = .some(try await Self.identity(external, manager))
      }
    } catch {
      throw DeploymentError(error, "what stands on the engine")
    }
    try await contents.add(compose)
  }

  /// What was there before, by name, with how much of it is compared.
  var facts: [String: String] { contents.facts }

  /// What is gone, another one, or changed now; also where nobody can tell.
  func changed() async -> [String] { await missing() + contents.differences() }

  private func missing() async -> [String] {
    var missing: [String] = []
    for case (let external, let identity?) in identities {
      let name = "\(external.kind) \(external.name)"
      do throws(EngineError) {
        guard try await Self.identity(external, manager) != identity else { continue }
        missing.append("\(name), which was there before the run, is gone")
      } catch {
        missing.append("\(name): \(error)")
      }
    }
    return missing.sorted()
  }

  private static func identity(
    _ external: Compose.External,
    _ manager: Engine
  ) async throws(EngineError) -> String? {
    let path = "/\(external.kind.rawValue)/\(external.name)"
    guard let thing = try await manager.find(path) else { return nil }
    return (thing["ID"] ?? thing["Id"] ?? thing["CreatedAt"])?.stringValue ?? ""
  }
}
