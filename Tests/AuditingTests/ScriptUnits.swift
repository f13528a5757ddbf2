import Foundation
import Synchronization

@testable import Corpus

/// Reads scripts where a test cannot wait: samples are put together in plain functions, and a thread
/// of the pool that waits for another one of the pool may wait for ever.
enum ScriptUnits {
  private struct Key: Hashable {
    var script: CorpusScript
    var reading: ScriptReading
  }

  /// What was read before: many samples hold the same scripts.
  private static let known = Mutex<[Key: [CorpusUnit]]>([:])

  static func of(_ script: CorpusScript, reading: ScriptReading = .original) -> [CorpusUnit] {
    let key = Key(script: script, reading: reading)
    if let units = known.withLock({ $0[key] }) { return units }
    let units = read(script, reading)
    known.withLock { $0[key] = units }
    return units
  }

  private static func read(_ script: CorpusScript, _ reading: ScriptReading) -> [CorpusUnit] {
    let files = ScriptFiles([script.path: script.bytes])
    var folder = ScriptFolder(scripts: [script], files: files, reading: reading)
    if script.language != .python {
      let json = output(of: "/usr/bin/shfmt", ShellSyntax.arguments(.bash), script.bytes)
      folder.files[0].tree = .json(json)
    }
    let input = ScriptReader.input(of: [folder])
    let output = output(of: "/usr/bin/python3", ScriptReader.arguments, input)
    return ScriptReader.results(of: [folder], ScriptReader.answers(in: output)).flatMap(\.units)
  }

  /// - Parameter input: What is written before anything but a little is read.
  private static func output(of path: String, _ arguments: [String], _ input: [UInt8]) -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    guard (try? process.run()) != nil else { return [] }
    stdin.fileHandleForWriting.write(Data(input))
    try? stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(output)
  }
}
