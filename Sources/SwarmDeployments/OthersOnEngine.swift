internal import Formats
internal import Suites

/// What a recipe uses and others have made: it must still be there, and be the same, when the run is
/// over.
struct OthersOnEngine: Sendable {
  private let manager: Engine
  /// What tells a thing from a later one of its name.
  private let identities: [Compose.External: String]

  /// Looks for what the recipe names; what is not there yet will be the run's own.
  init(_ compose: Compose, on engine: SwarmEngine) async throws(EngineError) {
    manager = engine.manager
    var named = compose.externals
    for case (.volume(let key), let name) in compose.outside.map({ ($0.kind, $0.name) }) {
      named.append(Compose.External(kind: .volume, key: key, name: name))
    }
    var found: [Compose.External: String] = [:]
    for external in Set(named) { found[external] = try await Self.identity(external, manager) }
    identities = found
  }

  /// What is gone or another one now; also where nobody can tell.
  func missing() async -> [String] {
    var missing: [String] = []
    for (external, identity) in identities {
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
