import ArgumentParser
import Evidence
import Formats
import Suites

/// What a shell offers for words that only a project knows. Where there is no project, and of suites
/// with mistakes, nothing: a shell has no place for a message.
enum ProjectCompletions {
  /// How many suites are read where the command line names no recipe: a key is to answer at once.
  private static let limit = 50

  /// The project's recipes.
  static let recipes = CompletionKind.custom { words, _, _ in
    workspace(words).map { printable($0.project.suiteNames()) } ?? []
  }

  /// The ids of checks: of the recipes on the command line, else of all.
  static let checks = CompletionKind.custom { words, _, _ in
    guard let workspace = workspace(words) else { return [] }
    let known = workspace.project.suiteNames()
    let named = known.filter(words.contains)
    let ids = (named.isEmpty ? Array(known.prefix(limit)) : named)
      .compactMap { try? workspace.suite($0).suite }
      .flatMap { suite in GenericCheck.all(for: suite).map(\.id) + suite.checks.map(\.id) }
    return printable(Set(ids.map(\.description)).sorted(by: UTF8Order.precedes))
  }

  private static func workspace(_ words: [String]) -> Workspace? {
    var folder: String?
    for (option, value) in zip(words, words.dropFirst()) where option == "--project" {
      folder = value
    }
    return try? Workspace(folder: folder)
  }

  /// Without names in which a shell finds anything: bash expands words that it is offered, `$(…)` in them
  /// as well, and a stranger's project may call a test so. zsh takes what follows a colon for a description.
  private static func printable(_ names: [String]) -> [String] {
    names.filter { name in
      !name.hasPrefix("-")
        && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "_./:@+,=%-[]".utf8.contains($0) }
    }.map { name in
      CompletionShell.requesting == .zsh
        ? name.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
        : name
    }
  }
}
