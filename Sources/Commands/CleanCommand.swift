import ArgumentParser
import Auditing
import Drivers

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove what dead runs left on this machine; nothing of a live run.",
    discussion: """
      A run cleans up after itself, also when it is killed; this is for runs whose guardian was \
      killed too.
      """
  )

  func run() async throws {
    try await concluding {
      let reaped = await Janitor.reap()
      for run in reaped {
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
      if reaped.isEmpty { Console.out("nothing to clean\n") }
      return reaped.allSatisfy { $0.leftovers.isEmpty && $0.remainingPaths.isEmpty }
        ? .proven : .broken
    }
  }
}
