/// Which files of a `tests` folder are scripts: pure, from a name, a mode and the contents.
///
/// A file that is wrongly no script would turn a missing port into a proof that there is nothing
/// to port; one that wrongly is a script shows up as a missing port. So doubt makes a script, and
/// whatever is not one is listed with its reason.
package enum ScriptRule {
  /// Why a file is not a script.
  package enum Reason: String, CaseIterable, Sendable {
    /// `README`, `*.md`, `*.txt`, a licence.
    case document
    /// `*.toml`, `*.json`, `*.yml`, pictures, what pip or npm reads, and files of no kind.
    case data
    /// What scripts import.
    case helper
    /// A name that begins with a dot.
    case hidden
  }

  /// What the disk says of a file, beside its name.
  package struct Traits: Hashable, Sendable {
    var isExecutable: Bool
    /// True below a folder such as `lib` or `_shared`.
    var isAmongHelpers: Bool

    package init(isExecutable: Bool = false, isAmongHelpers: Bool = false) {
      self.isExecutable = isExecutable
      self.isAmongHelpers = isAmongHelpers
    }
  }

  package enum Verdict: Hashable, Sendable {
    case script(CorpusScript.Language)
    case notScript(Reason)
    /// Bytes that are no text, where a script should be.
    case binary
  }

  /// Folders that are not entered: what programs leave behind, and secrets.
  static let skippedFolders = ["testsecrets"]

  private static let documents: Set<String> = [
    "md", "markdown", "txt", "rst", "adoc", "html", "pdf", "log",
  ]
  private static let data: Set<String> = [
    "toml", "json", "yml", "yaml", "ini", "cfg", "conf", "env", "lock", "csv", "tsv", "xml", "sql",
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "pem", "crt", "key", "gz", "zip", "tar",
    "bak", "orig", "swp",
  ]
  private static let documentNames: Set<String> = [
    "readme", "license", "licence", "copying", "changelog", "authors", "makefile", "dockerfile",
  ]
  private static let languages: [String: CorpusScript.Language] = [
    "py": .python, "sh": .shell, "bash": .shell, "zsh": .shell, "ksh": .shell, "bats": .bats,
    "js": .javaScript, "mjs": .javaScript, "cjs": .javaScript, "ts": .typeScript,
    "mts": .typeScript, "rb": .ruby, "pl": .perl, "t": .perl, "php": .other, "lua": .other,
    "go": .other, "hurl": .other, "http": .other, "robot": .other, "exp": .other, "fish": .other,
    "ps1": .other,
  ]
  /// The words that make a helper of `helpers.py` and `lib-http.sh`, but not of `library_scan.py`.
  private static let helperWords: Set<String> = [
    "helper", "helpers", "util", "utils", "common", "lib", "libs",
  ]

  /// - Parameter contents: All of it: a NUL byte anywhere means that it is no text.
  package static func verdict(
    name: String,
    traits: Traits = Traits(),
    contents: [UInt8]
  ) -> Verdict {
    let parts = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    let stem = parts.first.map(String.init) ?? ""
    let ending = parts.count > 1 ? parts.last.map(String.init) ?? "" : ""
    if name.hasPrefix(".") { return .notScript(.hidden) }
    if documents.contains(ending) || documentNames.contains(stem) { return .notScript(.document) }
    if data.contains(ending) || name.lowercased().hasSuffix(".d.ts") { return .notScript(.data) }

    let interpreter = interpreter(contents)
    guard let language = languages[ending] ?? interpreter ?? (traits.isExecutable ? .other : nil)
    else {
      return .notScript(.data)
    }
    let runsAlone = traits.isExecutable || hasMainGuard(contents)
    if isHelper(stem: stem) || (!runsAlone && (traits.isAmongHelpers || hasHelperWord(stem))) {
      return .notScript(.helper)
    }
    return contents.contains(0) ? .binary : .script(language)
  }

  /// The language of a file that scripts import or source; nil for a language that is not read.
  static func language(ofHelper path: String, _ contents: [UInt8]) -> CorpusScript.Language? {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return languages[ending] ?? interpreter(contents)
  }

  /// `_shared`, `lib`, `helpers`: what lies below is a helper unless it is run by itself.
  package static func isHelperFolder(_ name: String) -> Bool {
    name.hasPrefix("_") || hasHelperWord(name.lowercased())
  }

  /// These names decide alone; the words and the folders only where nothing says that the file is
  /// run by itself.
  private static func isHelper(stem: String) -> Bool {
    stem.hasPrefix("_") || stem == "conftest"
  }

  private static func hasHelperWord(_ stem: String) -> Bool {
    helperWords.contains(String(stem.prefix { $0 != "_" && $0 != "-" }))
  }

  /// Whether a Python file asks if it is the program.
  private static func hasMainGuard(_ contents: [UInt8]) -> Bool {
    contents.split(separator: UInt8(ascii: "\n")).contains {
      $0.starts(with: Array("if __name__".utf8))
    }
  }

  /// The language of a first line such as `#!/usr/bin/env -S python3 -u`.
  private static func interpreter(_ contents: [UInt8]) -> CorpusScript.Language? {
    guard contents.starts(with: Array("#!".utf8)) else { return nil }
    let line = String(
      decoding: contents.dropFirst(2).prefix(256).prefix { $0 != UInt8(ascii: "\n") },
      as: UTF8.self
    )
    var words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }[...]
    if words.first?.split(separator: "/").last == "env" {
      words = words.dropFirst().drop { $0.hasPrefix("-") || $0.contains("=") }
    }
    let program = words.first?.split(separator: "/").last ?? ""
    let known: [(String, CorpusScript.Language)] = [
      ("python", .python), ("pypy", .python), ("bats", .bats), ("node", .javaScript),
      ("ts-node", .typeScript), ("deno", .typeScript), ("ruby", .ruby), ("perl", .perl),
    ]
    if let (_, language) = known.first(where: { program.hasPrefix($0.0) }) { return language }
    return ["sh", "bash", "dash", "ash", "zsh", "ksh"].contains(program) ? .shell : .other
  }
}
