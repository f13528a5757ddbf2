import Deployments
import Formats

/// Who lives.
extension RunningStack {
  /// Services that do not run as they should, with how they ended.
  ///
  /// - Parameter names: those of the compose file; one that the engine does not have is dead.
  func dead(
    among names: [String],
    where isDead: @Sendable (SwarmStack, SwarmStack.Service) -> Bool
  ) async throws(DeploymentError) -> [DeadService] {
    let now = try await now()
    var dead: [DeadService] = []
    for name in names {
      guard let service = now.services.first(where: { $0.name == name }) else {
        dead.append(DeadService(service: name, ending: "removed from the engine", lastWords: ""))
        continue
      }
      guard isDead(now, service) else { continue }
      dead.append(await ending(of: service, in: now))
    }
    return dead
  }

  /// How a service's last task ended; of one that was ended for its health what its check said.
  private func ending(of service: SwarmStack.Service, in now: SwarmStack) async -> DeadService {
    guard let last = now.tasks(of: service).last(where: \.hasFailed) else {
      let why = service.replicas == 0 ? "replicas: 0" : "no running task"
      return DeadService(service: service.name, ending: why, lastWords: "")
    }
    var ending = Convergence.ending(last)
    if last.wasUnhealthy, let container = try? await engine.container(of: last),
      let said = probe(of: container)
    {
      ending += ", its health check says: \(said)"
    }
    let words = await lastWords(of: last)
    return DeadService(service: service.name, ending: ending, lastWords: words)
  }
}
