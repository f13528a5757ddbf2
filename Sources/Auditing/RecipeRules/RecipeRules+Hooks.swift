import Evidence
import Suites

/// What the hooks of a recipe call, in the labels' words and in the scripts that configs map.
extension RecipeRules {
  private static let dumpPrograms = ["mysqldump", "mariadb-dump"]

  func hookTextFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.flatMap { service in
      service.deployLabels.flatMap { label -> [RecipeFinding] in
        switch label.name {
        case "backupbot.restore.pre-hook", "backupbot.restore.post-hook":
          return found(in: label, of: service, compose, .psqlIgnoresErrors, Self.ignoresErrors)
        case "backupbot.backup.pre-hook":
          return found(in: label, of: service, compose, .dumpNotConsistent, Self.isInconsistent)
        default: return []
        }
      }
    }
  }

  /// Looks at the label's own commands, and at those of each script that one of its words names.
  private func found(
    in label: Compose.Label,
    of service: Compose.Service,
    _ compose: Compose,
    _ rule: Rule,
    _ isWrong: (ShellCommands.Command) -> Bool
  ) -> [RecipeFinding] {
    func message(_ command: ShellCommands.Command, _ place: String) -> String {
      let program = command.program ?? ""
      return rule == .psqlIgnoresErrors
        ? "\(service.name): \(program) in \(place) goes on after a statement that failed"
        : "\(service.name): \(program) in \(place) reads each table at another moment"
    }
    let own = ShellCommands(label.value).commands
    var result = own.filter(isWrong).prefix(1).map { command in
      RecipeFinding(
        rule,
        message(command, "the label \(label.name)"),
        at: label.place,
        length: label.length,
        about: [service.name]
      )
    }
    let words = Set(own.flatMap(\.words))
    for file in service.files where words.contains(file.target) {
      guard let path = compose.source(of: file)?.path,
        let script = files.first(where: { $0.name == path })
      else { continue }
      let commands = ShellCommands(String(decoding: script.bytes, as: UTF8.self)).commands
      result += commands.filter(isWrong).map { command in
        RecipeFinding(
          rule,
          message(command, path),
          at: SourcePlace(file: path, line: command.line, column: command.column),
          length: command.words[0].unicodeScalars.count,
          about: [service.name, path]
        )
      }
    }
    return result
  }

  /// Whether it is psql, reads statements one after the other, and is not told to stop at an error.
  private static func ignoresErrors(_ command: ShellCommands.Command) -> Bool {
    guard command.program == "psql" else { return false }
    var (hasFile, hasCommand) = (command.words.contains("<"), false)
    for word in command.words.dropFirst() {
      if word.hasPrefix("--") {
        if word.hasPrefix("--file") { hasFile = true }
        if ["--command", "--list", "--version", "--help"].contains(where: word.hasPrefix) {
          hasCommand = true
        }
      } else if word.hasPrefix("-") {
        // Letters in one word, up to the one that has a value.
        for letter in word.dropFirst() {
          if letter == "f" { hasFile = true }
          if "clV?".contains(letter) { hasCommand = true }
          if "cdfFhLopPRTUv".contains(letter) { break }
        }
      }
    }
    // One `-c` alone ends with 1 where it fails.
    guard hasFile || command.readsPipe || !hasCommand else { return false }
    let all = (command.words + [command.heredoc]).joined(separator: " ")
    return all.firstMatch(of: /ON_ERROR_STOP(?!\s*=?\s*(?:0|off|false)\b)/) == nil
  }

  /// Whether it is mysqldump and takes no snapshot of all tables at once.
  private static func isInconsistent(_ command: ShellCommands.Command) -> Bool {
    guard let program = command.program, dumpPrograms.contains(program) else { return false }
    let settling = [
      "--single-transaction", "--lock-all-tables", "-x", "--version", "--help", "--no-data",
    ]
    // Whoever says that the tables of one database are locked has one moment of it.
    let ofAll = ["--all-databases", "-A", "--databases", "-B"]
    let locks = command.words.contains { ["--lock-tables", "-l"].contains($0) }
    if locks, !command.words.contains(where: ofAll.contains) { return false }
    return !command.words.contains { settling.contains($0) }
  }

  // MARK: What stands in for a hook on this machine

  /// Hooks of local.yml that would stay the same whatever the label says.
  func overrideFindings() -> [RecipeFinding] {
    (suite.local?.services ?? []).flatMap { service in
      service.hooks.sorted { $0.key < $1.key }.compactMap { name, hook in
        guard hook.label == nil else { return nil }
        var finding = RecipeFinding(
          .hookOverrideUnnamed,
          "\(service.name): \(name) of local.yml does not name the label text that it stands for",
          at: hook.place,
          length: hook.length,
          about: [service.name]
        )
        finding.isOfSuite = true
        return finding
      }
    }
  }

  // MARK: Dialects

  /// What Docker refuses, or reads otherwise than Compose and this tool.
  func dialectFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.oddities.map { oddity in
      let text = oddity.text
      let message =
        switch oddity.kind {
        case .nestedDefault:
          "\(text): docker stack deploy ends the default at its first brace, and leaves the rest"
        case .alternative: "\(text): docker stack deploy does not know `+` and refuses the file"
        case .bareDefault: "\(text): docker stack deploy reads it as ${\(text.dropFirst())}"
        case .booleanLabel(let value):
          "label \(text) is the boolean \(value), which docker stack deploy refuses"
        case .unsetInHook:
          "\(text) of a hook: nothing sets it, and docker stack deploy puts nothing in its place"
        case .repeatedMerge: "a second << in one mapping, which docker stack deploy refuses"
        }
      return RecipeFinding(
        .composeDialect,
        message,
        at: oddity.place,
        length: oddity.length,
        about: [oddity.place.file]
      )
    }
  }
}
