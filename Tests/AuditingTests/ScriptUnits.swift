import Foundation
import Synchronization

@testable import Corpus

/// Reads scripts where a test cannot wait: samples are put together in plain functions, and a thread
/// of the pool that waits for another one of the pool may wait for ever.
enum ScriptUnits {
  private struct Text: Hashable {
    var language: CorpusScript.Language
    var bytes: [UInt8]
  }

  /// Samples are made of the same few scripts again and again, and a program takes a while to start.
  private static let trees = Mutex<[Text: SyntaxTree?]>([:])

  static func of(_ script: CorpusScript, reading: ScriptReading = .original) -> [CorpusUnit] {
    var files = ScriptFiles([script.path: script.bytes])
    let text = Text(language: script.language, bytes: script.bytes)
    let known = trees.withLock { $0[text] }
    let tree = known ?? tree(of: text)
    trees.withLock { $0[text] = .some(tree) }
    files.trees[script.path] = tree
    return script.parsedUnits(files, reading: reading)
  }

  private static func tree(of text: Text) -> SyntaxTree? {
    if text.language == .python {
      let input = PythonSyntax.input(of: [text.bytes])
      let output = output(of: "/usr/bin/python3", PythonSyntax.arguments, input)
      return PythonSyntax.trees(from: output).first
    }
    let output = output(of: "/usr/bin/shfmt", ["--to-json", "-ln", "bash"], text.bytes)
    return ShellSyntax.tree(from: output)
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
