import Evidence

extension PortGap {
  /// What of an original its ports do not show, in one line.
  var sentence: String {
    let what = [source, wanted].filter { !$0.isEmpty }.joined(separator: ": ")
    let said =
      switch kind {
      case .neverAsked: "\(source) is never asked"
      case .askedWithoutQuery: "\(source) is only asked without all of its query"
      case .neverDone: "\(source) is never done"
      case .neverLookedAt: "\(what) is never checked"
      case .becameOther: "\(what) became \(ownText)"
      case .addressUnknown: "the address of \(source) is only known when it runs"
      case .systemUnknown, .assertionUnknown: "\(what) cannot be compared with a run"
      case .incomparable: "\(what) cannot be compared with \(ownText)"
      case .nothingRead: "no request or assertion could be read"
      case .notRead: "\(what) was not read"
      case .told: source
      }
    return (line.map { "line \($0): " } ?? "") + said
  }

  private var ownText: String {
    own.first.map { $0.expectations.joined(separator: "; ") } ?? "nothing"
  }
}

extension Finding {
  /// What is found, and what that rests on.
  var sentence: String { because.map { "\(message): \($0.cause)" } ?? message }
}
