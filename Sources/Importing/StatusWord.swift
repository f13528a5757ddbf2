/// What the words of other tools mean.
///
/// Closed lists, whole words, ASCII case apart: a word that stands in none of them is unknown, and
/// unknown is no pass.
enum StatusWord {
  private static let words: [ImportedCase.Result: Set<String>] = [
    .passed: ["pass", "passed", "ok", "success", "successful", "succeeded"],
    .failed: ["fail", "failed", "failure", "ko"],
    .errored: ["error", "errored", "broken", "aborted", "crashed", "timeout", "timedout"],
    .skipped: [
      "skip", "skipped", "notrun", "not_run", "disabled", "ignored", "pending", "suppressed",
      "na", "n/a", "not_applicable", "intentional_skip", "structural_skip",
    ],
  ]

  static func result(_ word: String) -> ImportedCase.Result {
    let lowered = word.lowercased()
    return words.first { $0.value.contains(lowered) }?.key ?? .unknown
  }
}
