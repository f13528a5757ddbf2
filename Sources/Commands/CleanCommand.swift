import ArgumentParser
import Auditing
import Deployments
import FoundationEssentials
import Guarding
import Suites
import SwarmDeployments

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove what dead runs left on this machine and on the Docker engine.",
    discussion: """
      A run cleans up after itself. This is for runs on this machine whose guardian was killed \
      too, and for runs on a Docker Swarm whose runner was killed: what they made there has their \
      label, and their lease has expired. Nothing of a live run is removed. Without an engine, only \
      this machine is cleaned.
      """
  )

  @Option(
    help: ArgumentHelp(
      "The docker context of the engine; else what docker itself takes.",
      valueName: "context"
    )
  )
  var server: String?

  func run() async throws {
    try await concluding {
      let here = await Janitor().reap()
      for run in here { tell(run) }
      let there = try await reapEngine()
      for run in there { tell(run) }
      if here.isEmpty, there.isEmpty { Console.out("nothing to clean\n") }
      let isClean =
        here.allSatisfy { $0.leftovers.isEmpty && $0.remainingPaths.isEmpty }
        && there.allSatisfy(\.leftovers.isEmpty)
      return isClean ? .proven : .broken
    }
  }

  private func tell(_ run: Janitor.Reaped) {
    let isGone = run.remainingPaths.isEmpty
    Console.out(
      "run \(run.runID): \(run.killed.count) processes ended, \(run.folder) "
        + (isGone ? "removed\n" : "not removed\n")
    )
    for process in run.leftovers + run.bystanders {
      Console.out("  left alone: process \(process.processID) \(process.program)\n")
    }
    for path in run.remainingPaths { Console.out("  not removed: \(path)\n") }
  }

  private func tell(_ run: SwarmJanitor.Reaped) {
    let removed = run.removed.sorted { $0.key < $1.key }.map {
      "\($0.value) \($0.value == 1 ? String($0.key.dropLast()) : $0.key)"
    }
    Console.out(
      "run \(run.runID)\(run.stack.map { ", stack \($0)" } ?? ""): "
        + (removed.isEmpty
          ? "only its lease was left\n" : "\(removed.joined(separator: ", ")) removed\n")
    )
    for name in run.leftovers { Console.out("  not removed: \(name)\n") }
  }

  /// An engine that somebody named must be there; the one that may be there need not.
  private func reapEngine() async throws -> [SwarmJanitor.Reaped] {
    var isNamed = true
    // A project says how the other nodes of a Swarm are reached; there need be none.
    let nodes = (try? Workspace(folder: nil))?.project.swarmNodes ?? [:]
    do throws(DeploymentError) {
      let address = try await EngineAddress.resolve(context: server)
      isNamed = server != nil || !address.isDefault
      if !isNamed, !FileManager.default.fileExists(atPath: EngineAddress.defaultSocket) {
        return []
      }
      return try await SwarmJanitor.reap(try await SwarmEngine.connect(address, nodes: nodes))
    } catch {
      // An engine that nobody named need not be one that runs were made on.
      guard isNamed else {
        Console.error("the engine was not looked at: \(error)")
        return []
      }
      throw Failure(.broken, "the engine was not looked at: \(error)")
    }
  }
}
