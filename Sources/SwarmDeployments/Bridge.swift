internal import Programs

/// A program inside a container that carries bytes between its own streams and a port.
struct Bridge: Sendable {
  var name: String
  /// Tells whether it is there.
  var question: [String]
  var isThere: @Sendable (CommandOutput) -> Bool
  var arguments: @Sendable (_ port: Int) -> [String]

  /// In the order in which they are tried. Each ends when its input does, or a database would
  /// believe that its client is still there.
  static let all = [
    nc("nc of OpenBSD", says: "-N", ["nc", "-N"]),
    nc("nc of BusyBox", says: "BusyBox", ["nc"]),
    nc("nc of Ncat", says: "Ncat", ["nc"]),
    nc("traditional nc", says: "-q secs", ["nc", "-q", "0"]),
    Bridge(
      name: "bash",
      question: ["bash", "-c", "command -v cat"],
      isThere: \.succeeded,
      arguments: { port in
        // Whichever side ends first ends the other, and with both the connection. What runs in the
        // background has no input of its own.
        let text =
          "exec 4<&0 3<>/dev/tcp/127.0.0.1/$1 || exit 1; cat <&3 & in=$!; cat <&4 >&3 & out=$!; "
          + "wait -n; kill $in $out 2>/dev/null; exit 0"
        return ["bash", "-c", text, "bridge", String(port)]
      }
    ),
  ]

  private static func nc(_ name: String, says word: String, _ command: [String]) -> Bridge {
    Bridge(
      name: name,
      question: ["nc", "-h"],
      isThere: { output in
        let text = String(decoding: output.stdout + output.stderr, as: UTF8.self)
        // `-N` stands in a bundle of letters: `[-46CDdFhklNnrStUuvZz]`.
        guard word == "-N" else { return text.contains(word) }
        return text.contains("OpenBSD") || text.contains("[-46")
      },
      arguments: { command + ["127.0.0.1", String($0)] }
    )
  }
}
