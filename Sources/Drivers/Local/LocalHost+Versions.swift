import Deployments
import Formats
import FoundationEssentials
import Suites

extension LocalHost {
  /// Restarts what carries the recipe's version, on the same data.
  func upgrade(to version: String) async throws(DeploymentError) {
    let before = recipe
    try await checkOut(version)
    self.version = version
    let restarted = configuration.settings.services.filter(\.restartsOnUpgrade)
    for service in restarted.reversed() { try await stop(service) }
    for service in restarted { try await start(service) }
    noteWhatStayed(before, restarted.map(\.name))
  }

  private func stop(_ service: LocalService) async throws(DeploymentError) {
    let start = ContinuousClock.now
    let guardian = try requireGuardian()
    do throws(GuardianError) {
      let stop = try await guardian.stop(service: service.name)
      note(
        Operation(
          name: "stop \(service.name)",
          ending: stop.forced ? .broken("killed after \(service.stop.grace)") : .succeeded,
          duration: ContinuousClock.now - start,
          service: service.name
        )
      )
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
  }

  /// A new image that this machine does not start is a difference that must be seen.
  private func noteWhatStayed(_ before: Recipe?, _ restarted: [String]) {
    for service in recipe?.compose.services ?? [] where !restarted.contains(service.name) {
      guard let old = before?.compose[service: service.name]?.image, old != service.image else {
        continue
      }
      note(
        Operation(
          name: "keep \(service.name)",
          ending: .succeeded,
          duration: .zero,
          service: service.name,
          difference: "the recipe goes from \(old) to \(service.image); this machine's process "
            + "stays as it is"
        )
      )
    }
  }

  /// Reads the version off the live processes: the tag that they were started with, the local
  /// counterpart of a task's label, and what the program says of itself.
  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    var running = RunningVersion(version: "", facts: [:], contradictions: [])
    let carriers = configuration.settings.services.filter {
      $0.restartsOnUpgrade || $0.name == appService?.name
    }
    for service in carriers {
      guard case .running(let process)? = guardian?.state(of: service.name) else {
        running.contradictions.append("\(service.name) does not run")
        continue
      }
      let tag: String
      switch await Self.tag("PARITY_RECIPE_VERSION", of: process) {
      case .value(let value):
        tag = value
        running.facts["process of \(service.name)"] = "started for \(tag)"
      case .overwritten:
        // nginx puts its title there. Then who started the process knows as much, but only with the
        // program's own word beside it.
        guard service.reports != nil, let start = starts[service.name], start.process == process
        else {
          throw DeploymentError(
            .unsupported,
            "\(service.name) has overwritten its environment, where its version stood: say under "
              + "`reports` in local.yml how it tells its version"
          )
        }
        tag = start.version
        running.facts["process of \(service.name)"] =
          "started for \(tag), and has overwritten its environment"
      case .unreadable:
        throw DeploymentError(
          .driverBroken,
          "the environment of \(service.name) cannot be read"
        )
      }
      if running.version.isEmpty { running.version = tag }
      if tag != running.version {
        running.contradictions.append("\(service.name) runs \(tag), not \(running.version)")
      }
      try await ask(service, &running)
    }
    return running
  }

  /// Holds what a program says of itself against the table in local.yml.
  private func ask(
    _ service: LocalService,
    _ running: inout RunningVersion
  ) async throws(DeploymentError) {
    guard let probe = service.reports else { return }
    var names = names(for: service)
    names.versionNames = configuration.settings.versions[running.version] ?? [:]
    let expected = try names.text(probe.expected, allowsSecrets: false)
    let said: String?
    let agrees: Bool
    switch probe.source {
    case .http(let path, let inside, let jsonpath):
      guard let port = ports[service.name]?[inside] else {
        throw DeploymentError(.unsupported, "\(service.name): port \(inside) is not under ports")
      }
      let answer = await configuration.fetch("http://127.0.0.1:\(port)\(path)")
      let json = answer.flatMap { try? JSONParser().parse($0.body) }
      let value = json.flatMap { try? jsonpath.first(in: $0) }
      said = value.map { $0.stringValue ?? $0.description }
      agrees = said == expected
    case .command(let templates):
      let output = try await bench().run(
        argv: try names.arguments(templates),
        environment: try environment(of: service),
        folder: serviceFolder(service.name)
      )
      said = output.succeeded ? String(decoding: output.stdout, as: UTF8.self).trimmedLine : nil
      agrees = said?.contains(expected) ?? false
    }
    running.facts["\(service.name) says"] = said ?? "nothing"
    if !agrees {
      running.contradictions.append(
        "\(service.name) says \(said ?? "nothing"), \(expected) belongs to \(running.version)"
      )
    }
  }

  private enum Tag {
    case value(String)
    /// There is something, but no environment any more.
    case overwritten
    case unreadable
  }

  /// One value of a live process's environment; a process that was started just now may not have
  /// its own yet.
  private static func tag(_ name: String, of process: Int32) async -> Tag {
    let start = Array("\(name)=".utf8)
    var last = Tag.unreadable
    for _ in 0..<100 {
      let data = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
      let parts = data.split(separator: 0)
      if let value = parts.first(where: { $0.starts(with: start) }) {
        return .value(String(decoding: value.dropFirst(start.count), as: UTF8.self))
      }
      if !data.isEmpty {
        if !parts.contains(where: { $0.contains(UInt8(ascii: "=")) }) { return .overwritten }
        last = .overwritten
      }
      guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return .unreadable }
    }
    return last
  }

  // MARK: Who lives

  /// Services whose guardian died write into closed pipes, and what they then answer is not theirs.
  func lost() -> String? {
    guard let guardian, !guardian.isAlive else { return nil }
    return "the run's guardian died (killed from outside?), and with it the hold on its services"
  }

  func deadServices() -> [DeadService] {
    configuration.settings.services.compactMap { dead($0.name) }
  }

  /// How a service ended that should run; nil while it does, or before it was started. One that
  /// ended with 0 is as dead as any other.
  func dead(_ name: String) -> DeadService? {
    guard case .exited(let exit)? = guardian?.state(of: name), !exit.requested else {
      guard let guardian, !guardian.isAlive else { return nil }
      return DeadService(service: name, ending: "its guardian died", lastWords: logEnd(of: name))
    }
    return DeadService(
      service: name,
      ending: exit.end.description,
      lastWords: logEnd(of: name)
    )
  }
}

extension String {
  fileprivate var trimmedLine: String {
    split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
