internal import Deployments
internal import Evidence
internal import Formats
internal import FoundationEssentials
internal import Guarding
internal import Programs
internal import Suites

/// Reads the version off the live processes: the tag that they were started with, the local
/// counterpart of a task's label, and what the program says of itself.
struct LocalVersionReading: Sendable {
  let around: LocalSurroundings
  let services: LocalServices

  /// - Parameter before: what services ran before the upgrade, as `program` tells it.
  func runningVersion(
    after before: [String: String]
  ) async throws(DeploymentError) -> RunningVersion {
    var running = RunningVersion(version: "", facts: [:], contradictions: [])
    let carriers = around.configuration.settings.services.filter {
      $0.restartsOnUpgrade || $0.name == around.appService?.name
    }
    for service in carriers {
      guard let process = await services.process(of: service.name) else {
        running.contradictions.append("\(service.name) does not run")
        continue
      }
      let tag = try await tag(of: service, process, &running)
      if running.version.isEmpty { running.version = tag }
      if tag != running.version {
        running.contradictions.append("\(service.name) runs \(tag), not \(running.version)")
      }
      try await ask(service, &running)
      guard service.reports == nil, let old = before[service.name] else { continue }
      if try await program(of: service) == old {
        running.doubts.append(
          "\(service.name) does not tell its version, and its program is the one of before the upgrade"
        )
      } else {
        running.facts["program of \(service.name)"] = "another one than before the upgrade"
      }
    }
    return running
  }

  /// The hashes of a service's program and of the files among its arguments, read by its own user:
  /// another one after an upgrade that changed it.
  func program(of service: LocalService) async throws(DeploymentError) -> String {
    guard let process = await services.process(of: service.name) else { return "" }
    let command = try around.command(service.command, of: service, deadline: .seconds(30))
    let folder = around.serviceFolder(service.name)
    let files = command.argv.map { argument in
      argument.hasPrefix("/") ? argument : "\(folder)/\(argument)"
    }
    // What is no file has no hash, and says nothing.
    let output = try await around.bench.runOwn(
      Command(
        argv: ["sha256sum", "--", "/proc/\(process)/exe"] + files,
        folder: folder,
        deadline: .seconds(30)
      )
    )
    return output.text.split(whereSeparator: \.isNewline).map { String($0.prefix(64)) }
      .joined(separator: " ")
  }

  private func tag(
    of service: LocalService,
    _ process: Int32,
    _ running: inout RunningVersion
  ) async throws(DeploymentError) -> String {
    switch await Self.tag("PARITY_RECIPE_VERSION", of: process) {
    case .value(let value):
      running.facts["process of \(service.name)"] = "started for \(value)"
      return value
    case .overwritten:
      // nginx puts its title there. Then who started the process knows as much, but only with the
      // program's own word beside it.
      guard service.reports != nil, let start = await services.starts[service.name],
        start.process == process
      else {
        throw DeploymentError(
          .unsupported,
          "\(service.name) has overwritten its environment, where its version stood: say under "
            + "`reports` in local.yml how it tells its version"
        )
      }
      running.facts["process of \(service.name)"] =
        "started for \(start.version), and has overwritten its environment"
      return start.version
    case .unreadable:
      throw DeploymentError(.driverBroken, "the environment of \(service.name) cannot be read")
    }
  }

  /// Compares what a program says of itself with the table in local.yml.
  private func ask(
    _ service: LocalService,
    _ running: inout RunningVersion
  ) async throws(DeploymentError) {
    guard let probe = service.reports else { return }
    var names = around.names(for: service)
    names.versionNames = around.configuration.settings.versions[running.version] ?? [:]
    let expected = try names.text(probe.expected, allowsSecrets: false)
    let said: String?
    let agrees: Bool
    switch probe.source {
    case .http(let path, let inside, let jsonpath):
      let port = try around.port(inside, of: service)
      let answer = await around.configuration.fetch("http://127.0.0.1:\(port)\(path)")
      let json = answer.flatMap { try? JSONParser().parse($0.body) }
      let value = json.flatMap { try? jsonpath.first(in: $0) }
      said = value.map { $0.stringValue ?? $0.description }
      agrees = said == expected
    case .command(let templates):
      let output = try await around.bench.run(
        Command(
          argv: try names.arguments(templates),
          environment: try around.environment(of: service),
          folder: around.serviceFolder(service.name)
        )
      )
      said =
        output.succeeded
        ? output.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "" : nil
      agrees = output.succeeded && output.text.hasWord(expected)
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
}

extension String {
  /// Whether a line has the text as a word of its own: `1.2` is not in `11.2` and not in `1.2.3`.
  func hasWord(_ word: String) -> Bool {
    func isPart(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "." } ?? false
    }
    guard !word.isEmpty else { return false }
    return ranges(of: word).contains { range in
      let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
      var rest = self[range.upperBound...]
      // A full stop that ends a sentence is no part of a version.
      if rest.first == ".", !isPart(rest.dropFirst().first) { rest = rest.dropFirst() }
      return !isPart(before) && !isPart(rest.first)
    }
  }
}
