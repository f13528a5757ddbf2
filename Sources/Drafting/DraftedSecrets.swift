import Suites

/// The secrets that a recipe needs, and the variables that hand some of them over.
struct DraftedSecrets: Sendable {
  struct Secret: Sendable, Hashable {
    var name: String
    /// What is written in the recipe for everybody to read; nil for one that is generated.
    var value: String?
    var length = 32
    /// abra makes none up either.
    var isGiven = false
  }

  private(set) var all: [Secret] = []
  /// Variables that nothing sets and that look like secrets, each with the secret that it becomes.
  private(set) var variables: [(name: String, secret: String)] = []
  /// For these variables, what stands for their secrets while the compose files are read.
  private(set) var marks: [String: String] = [:]
  private let sample: String

  /// - Parameters:
  ///   - sample: the text of `.env.sample`.
  ///   - variables: what it and `abra.sh` set.
  ///   - texts: of the compose files.
  init(sample: String, variables: [String: String], texts: [String]) {
    self.sample = sample
    let all = texts.joined(separator: "\n")
    for name in Set(all.matches(of: /[A-Z][A-Z0-9_]+/).map { String($0.output) })
    where Self.looksSecret(name) && (variables[name] ?? "").isEmpty {
      let hasDefault = ["${\(name):-", "${\(name)-", "${\(name):+"].contains(where: all.contains)
      if !hasDefault { marks[name] = "\u{1}\(name.lowercased())\u{1}" }
    }
  }

  static func looksSecret(_ name: String) -> Bool {
    let words = name.split(separator: "_")
    let signs: Set<Substring> = [
      "PASSWORD", "PASSWD", "PASS", "PW", "SECRET", "TOKEN", "KEY", "SALT", "PASSPHRASE",
    ]
    return words.contains(where: signs.contains) && words.last != "VERSION" && words.last != "FILE"
  }

  /// Takes what services use.
  mutating func find(in compose: Compose) {
    let used = Set(
      compose.services.flatMap(\.references).filter { $0.kind == .secret }.map(\.key)
    )
    for external in compose.externals where external.kind == .secret && used.contains(external.key)
    {
      add(declared(external.key))
    }
    let values = compose.services.flatMap { service in
      Array(service.environment.values) + service.command + service.deployLabels.map(\.value)
    }
    for (name, mark) in marks.sorted(by: { $0.key < $1.key })
    where values.contains(where: { $0.contains(mark) }) {
      variables.append((name, name.lowercased()))
      add(Secret(name: name.lowercased()))
    }
  }

  mutating func add(_ secret: Secret) {
    if !all.contains(where: { $0.name == secret.name }) { all.append(secret) }
  }

  /// A secret of the stack with what `.env.sample` says behind its version: `# length=64`.
  private func declared(_ key: String) -> Secret {
    var secret = Secret(name: key)
    let variable = "SECRET_\(key.uppercased())_VERSION"
    let line = sample.split(whereSeparator: \.isNewline).last { line in
      line.drop { " #\t".contains($0) }.hasPrefix("\(variable)=")
    }
    if let length = line?.firstMatch(of: /length=(\d{1,3})\b/).flatMap({ Int($0.1) }) {
      secret.length = min(max(length, 8), 256)
    }
    secret.isGiven = line?.contains("generate=false") ?? false
    return secret
  }

  /// A value of the compose file as a text of the suite: marks are `{{secret.NAME}}`, and braces of
  /// its own stay what they are.
  static func template(_ value: String) -> String {
    value.split(separator: "\u{1}", omittingEmptySubsequences: false).enumerated().map {
      index,
      part in
      index % 2 == 1 ? "{{secret.\(part)}}" : part.replacing("{{", with: "{{{{")
    }.joined()
  }
}
