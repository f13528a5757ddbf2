import Corpus
import Dispatch

/// Reads scripts where a test cannot wait: samples are put together in plain functions.
///
/// Parsing goes on in a queue of its own, so that it ends also while every thread of the pool waits
/// for it.
enum ScriptUnits {
  private final class Queue: TaskExecutor {
    private let queue = DispatchQueue(label: "scripts")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  /// Written by the task before it signals, read after that.
  private final class Box: @unchecked Sendable { var units: [CorpusUnit] = [] }

  static func of(_ script: CorpusScript, reading: ScriptReading = .original) -> [CorpusUnit] {
    let box = Box()
    let done = DispatchSemaphore(value: 0)
    Task(executorPreference: Queue()) {
      box.units = await script.units(reading: reading)
      done.signal()
    }
    done.wait()
    return box.units
  }
}
