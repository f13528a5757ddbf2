import Evidence

/// A word with its sign and its tone: the colour is never the only one to say it.
struct HTMLMark: TemplateFields {
  let tone: Tone
  let sign: String
  let word: String

  init(_ tone: Tone, _ sign: String, _ word: String) {
    self.tone = tone
    self.sign = sign
    self.word = word
  }

  init(_ word: some Marked) { self = word.mark }

  init(_ state: RungCoverage.State, isOnStandin: Bool) {
    self = state == .pass && isOnStandin ? .onStandin("\(state.shown) (stand-in)") : state.mark
  }

  /// What a check's outcome looks like where a stand-in showed it.
  init(_ word: Outcome.Word, isOnStandin: Bool) {
    self = word == .passed && isOnStandin ? .onStandin(word.shown) : word.mark
  }

  static func onStandin(_ word: String) -> HTMLMark {
    HTMLMark(.standin, Verdict.Word.provenOnStandin.sign, word)
  }

  static let table = TemplateTable<HTMLMark>(
    .text("tone", "good, standin, bad, warning or quiet: a class of the style") {
      $0.tone.rawValue
    },
    .text("sign", "one character") { $0.sign },
    .text("word", "the word") { $0.word }
  )
}

/// A verdict with its reason.
struct HTMLVerdict: TemplateFields {
  let verdict: Verdict

  static let table = TemplateTable<HTMLVerdict>(
    .object("mark", "its word") { HTMLMark($0.verdict.word) },
    .optionalText("reason", "why, where it is not proven") { $0.verdict.reason?.cause },
    .optionalText("until", "when a deferral ends") { $0.verdict.until }
  )
}

/// How many of one kind there are.
struct HTMLCount: TemplateFields {
  let mark: HTMLMark
  let count: Int

  static let table = TemplateTable<HTMLCount>(
    .object("mark", "of which kind") { $0.mark },
    .number("count", "how many") { $0.count }
  )

  static func claims(_ coverage: CoverageModel) -> [HTMLCount] {
    Verdict.Word.allCases.compactMap { word in
      let count = coverage.claims.count { $0.verdict.word == word }
      return count == 0 ? nil : HTMLCount(mark: HTMLMark(word), count: count)
    }
  }
}

/// Widths and places in whole tenths of a percent: the same on every machine.
enum Share {
  static func percent(_ part: Int, of whole: Int) -> String {
    let whole = max(whole, 1)
    let tenths = min(1_000, max(0, part) * 1_000 / whole)
    return "\(tenths / 10).\(tenths % 10)%"
  }
}
