import Formats
import FoundationEssentials

// Usage: redaction-benchmark LOG SECRETS OUTPUT
//
// LOG is read whole, redacted in pieces of 64 KB and written to OUTPUT; SECRETS is a JSON array of
// strings. Prints the best of five runs, reading and writing not counted.

func run(_ arguments: [String]) throws {
  let log = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
  let secretsFile = [UInt8](try Data(contentsOf: URL(filePath: arguments[2])))
  let values = try JSONParser().parse(secretsFile).arrayValue ?? []
  let secrets = values.enumerated().compactMap { index, value in
    value.stringValue.map { Redactor.Secret(name: "s\(index)", value: $0) }
  }

  let clock = ContinuousClock()
  var redactor = try Redactor(secrets: [])
  let setUp = try clock.measure { redactor = try Redactor(secrets: secrets) }
  let pieceSize = 64 << 10
  var output: [UInt8] = []
  var best = Duration.seconds(1_000)
  for _ in 0..<5 {
    output.removeAll(keepingCapacity: true)
    output.reserveCapacity(log.count + log.count / 8)
    let time = clock.measure {
      var stream = redactor.stream()
      log.withUnsafeBufferPointer { log in
        for start in stride(from: 0, to: log.count, by: pieceSize) {
          let end = min(start + pieceSize, log.count)
          stream.feed(UnsafeBufferPointer(rebasing: log[start..<end]), into: &output)
        }
      }
      output += stream.finish()
    }
    best = min(best, time)
  }
  try Data(output).write(to: URL(filePath: arguments[3]))
  let report: JSONValue = [
    "bytes": .int(Int64(log.count)),
    "microseconds": .int(Int64(best / .microseconds(1))),
    "set_up_microseconds": .int(Int64(setUp / .microseconds(1))),
  ]
  print(report)
}

if CommandLine.arguments.count == 4 {
  try run(CommandLine.arguments)
} else {
  print("usage: redaction-benchmark LOG SECRETS OUTPUT")
}
