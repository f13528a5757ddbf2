import Foundation

@testable import Corpus

/// Reads scripts where a test cannot wait: samples are put together in plain functions, and a thread
/// of the pool that waits for another one of the pool may wait for ever.
enum ScriptUnits {
  static func of(_ script: CorpusScript, reading: ScriptReading = .original) -> [CorpusUnit] {
    var files = ScriptFiles([script.path: script.bytes])
    if script.language == .python {
      let input = PythonSyntax.input(of: [script.bytes])
      let output = output(of: "/usr/bin/python3", PythonSyntax.arguments, input)
      files.trees[script.path] = PythonSyntax.trees(from: output).first
    } else {
      let output = output(of: "/usr/bin/shfmt", ["--to-json", "-ln", "bash"], script.bytes)
      files.trees[script.path] = ShellSyntax.tree(from: output)
    }
    return script.parsedUnits(files, reading: reading)
  }

  /// - Parameter input: less than a pipe holds.
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
