import Evidence

extension CarryProblem {
  /// Why a check is not carried, as the end of a sentence.
  var sentence: String {
    switch self {
    case .declared(let why): why
    case .needsOthers: "it waits for other checks, or uses what they captured"
    case .endsWithAct(let step): "step \(step) changes what was sent, and no look comes after it"
    case .looksInsideAct(let step): "step \(step) looks in one group with what it looks for"
    }
  }
}
