package import Evidence

/// How strong a check's evidence can be, and on which of its steps that rests.
package struct Assessment: Sendable, Hashable {
  package var strength: Strength
  /// One sentence without a full stop.
  package var reason: String
  /// Where the strength is `state`, and where a later query asks for the fresh value by its
  /// parameters only: then the control alone says whether it would find any row.
  package var readBack: ReadBack?
  /// It changes something and then expects nothing that was not there before.
  package var mayBeStale = false
  /// What of it shows nothing, whatever came back.
  package var doubts: [Doubt] = []
}

extension Check {
  /// Derives the strength of the evidence from the steps: a pure function of the suite.
  ///
  /// - Parameters:
  ///   - suiteVars: the variables of `recipe.yml`; the check's own come after them.
  ///   - databases: services in which a command speaks with the store and not with the app.
  package func assessment(suiteVars: [Variable] = [], databases: Set<String> = []) -> Assessment {
    switch body {
    case .script:
      return Assessment(strength: .opaque, reason: "a script says nothing of what it does")
    case .steps(let steps):
      return Assessment(
        of: steps,
        vars: suiteVars + vars,
        databases: databases,
        asksApp: true
      )
    }
  }
}

extension Assessment {
  /// - Parameters:
  ///   - vars: all variables in scope, in order.
  ///   - databases: services in which a command speaks with the store.
  ///   - asksApp: what a store itself gives back of what was put into it is no state: a check is about
  ///     the app. A marker is about the store.
  package init(
    of steps: [Step],
    vars: [Variable],
    databases: Set<String> = [],
    asksApp: Bool = false
  ) {
    let addresses = Addresses(vars: vars)
    let inside = addresses.inside(steps)
    let absences = Absences(inside, fresh: vars.fresh)
    self.init(
      grounded: absences.grounded,
      vars: vars,
      databases: databases,
      asksApp: asksApp
    )
    if steps.flatMap(\.leaves).contains(where: { addresses.foreignHost(of: $0) != nil }) {
      doubts.append(.elsewhere)
    }
    if absences.hasUnseen { doubts.append(.absenceUnseen) }
  }

  /// - Parameter steps: with only those expectations that can show something.
  private init(
    grounded steps: [Step],
    vars: [Variable],
    databases: Set<String>,
    asksApp: Bool
  ) {
    let leaves = steps.flatMap(\.leaves)
    let asserting = leaves.filter { !$0.expect.isEmpty }
    if asserting.isEmpty {
      let isScript = leaves.contains { if case .script = $0.action { true } else { false } }
      self.init(
        strength: isScript ? .opaque : .none,
        reason: isScript ? "only scripts look at anything" : "no step expects anything"
      )
      return
    }
    let looksAtContent = asserting.contains { step in
      !step.answersWithItsOwnWords && step.expect.contains { !$0.subject.isAcknowledgement }
    }
    guard looksAtContent else {
      self.init(strength: .ack, reason: "only statuses, exit codes or durations are looked at")
      return
    }
    let flow = FreshFlow(steps: steps, vars: vars, databases: databases, asksApp: asksApp)
    switch flow.readBack() {
    case .found(let readBack):
      self.init(strength: .state, reason: readBack.why, readBack: readBack)
    case .missing(let reason):
      self.init(
        strength: .content,
        reason: reason,
        readBack: flow.query(),
        mayBeStale: flow.mayBeStale
      )
    }
  }
}

/// Follows fresh values from acts to what later steps expect.
private struct FreshFlow {
  enum Result {
    case found(ReadBack)
    case missing(String)
  }

  let steps: [Step]
  let asksApp: Bool
  private let databases: Set<String>
  /// `unique`, `marker`, and variables that hold one of them.
  private let fresh: Set<String>
  private let vars: [Variable]

  init(steps: [Step], vars: [Variable], databases: Set<String>, asksApp: Bool) {
    self.vars = vars
    self.steps = steps
    self.asksApp = asksApp
    self.databases = databases
    fresh = vars.fresh
  }

  private init(steps: [Step], fresh: Set<String>, vars: [Variable]) {
    self.vars = vars
    self.steps = steps
    self.fresh = fresh
    asksApp = false
    databases = []
  }

  func readBack() -> Result {
    var best: ReadBack?
    var hasAct = false
    for (index, step) in steps.enumerated() {
      for (inner, act) in step.leaves.enumerated() where isAct(act) {
        hasAct = true
        guard let found = readBack(of: act, at: index, inner) else { continue }
        if found.decoyPossible { return .found(found) }
        best = best ?? found
      }
    }
    if let best { return .found(best) }
    if asksApp,
      case .found = FreshFlow(steps: steps, fresh: fresh, vars: vars).readBack()
    {
      return .missing("a store gives back what was put into it, and the app takes no part")
    }
    return .missing(
      hasAct
        ? "no later step expects the fresh value that was sent"
        : "no step sends a fresh value ({{unique}})"
    )
  }

  /// Queries after an act that ask for the fresh value and are content with any row.
  func query() -> ReadBack? {
    guard
      let actIndex = steps.firstIndex(where: { $0.leaves.contains { changes($0) && isAct($0) } })
    else { return nil }
    let reads = steps.indices.filter { index in
      index > actIndex && !sendsAgain(steps[index])
        && steps[index].leaves.contains { isAct($0) && $0.isQuery && $0.wantsRows }
    }
    guard !reads.isEmpty else { return nil }
    return ReadBack(
      actIndex: actIndex,
      readIndices: reads,
      freshNames: [],
      decoyPossible: true,
      why: "step \(reads.map { String($0 + 1) }.joined(separator: ", ")) asks for the fresh value"
    )
  }

  /// Whether something is changed and all that is looked at afterwards is the same in every run.
  var mayBeStale: Bool {
    let leaves = steps.flatMap(\.leaves)
    guard let act = leaves.firstIndex(where: changes) else { return false }
    let answers = Set(leaves.filter(changes).flatMap(\.capture).map(\.name))
    let own = fresh.union(answers)
    func looks(_ step: Step) -> Bool {
      step.never == nil && step.expect.contains { !$0.subject.isAcknowledgement }
    }
    // What is told in the act's own answer is new, but says nothing of what comes after it.
    if !leaves[(act + 1)...].contains(where: looks) { return !looks(leaves[act]) }
    return !leaves[act...].contains { leaf in
      let expected = leaf.expect.flatMap(\.templates)
      let asked = changes(leaf) ? [] : leaf.action.templates
      return (expected + asked).contains { $0.names.contains(where: own.contains) }
    }
  }

  private func changes(_ step: Step) -> Bool {
    switch step.action {
    case .http, .query, .file: !step.action.isReading
    case .exec, .script, .group: false
    }
  }

  /// Sends a fresh value, in every run of the check.
  private func isAct(_ step: Step) -> Bool {
    step.when == nil && step.never == nil
      && step.action.templates.contains { $0.names.contains(where: fresh.contains) }
  }

  /// Later looks that expect what an act sent, or what its answers gave: by top-level step.
  private struct Looks {
    /// At the fresh value itself.
    var direct: [Int] = []
    /// At a capture of the act's, or made with one.
    var indirect: [Int] = []
    /// What they expect, each name once.
    var names: [String] = []
    var isInActsGroup = false
  }

  private func looks(after act: Step, at actIndex: Int, _ actInner: Int) -> Looks {
    // What the act's answers gave: the server's own name for what was sent.
    var captured = vars.closure(
      of: Set(act.capture.filter { !$0.subject.isAcknowledgement }.map(\.name))
    )
    var looks = Looks()
    for (index, step) in steps.enumerated() where index >= actIndex {
      for (inner, look) in step.leaves.enumerated() {
        if index == actIndex, inner <= actInner { continue }
        guard look.when == nil, look.never == nil, isSeparate(look, from: act) else { continue }
        let expected = look.expect.filter { !$0.subject.isAcknowledgement }
          .flatMap(\.affirmed).flatMap(\.names)
        let freshOnes = expected.filter(fresh.contains)
        let capturedOnes = expected.filter(captured.contains)
        if !freshOnes.isEmpty {
          if index == actIndex { looks.isInActsGroup = true }
          looks.direct.addOnce([index])
          looks.names.addOnce(freshOnes)
        } else if !capturedOnes.isEmpty {
          looks.indirect.addOnce([index])
          looks.names.addOnce(capturedOnes)
        }
        if look.action.templates.contains(where: { $0.names.contains(where: captured.contains) }) {
          captured = vars.closure(of: captured.union(look.capture.map(\.name)))
        }
      }
    }
    return looks
  }

  private func readBack(of act: Step, at actIndex: Int, _ actInner: Int) -> ReadBack? {
    let looks = looks(after: act, at: actIndex, actInner)
    let shown = looks.names.map { "{{\($0)}}" }.joined(separator: ", ")
    func make(_ reads: [Int], _ isPossible: Bool, _ why: String) -> ReadBack {
      ReadBack(
        actIndex: actIndex,
        readIndices: reads,
        freshNames: looks.names,
        decoyPossible: isPossible,
        why: why
      )
    }
    let outside = looks.direct.filter { $0 != actIndex && !sendsAgain(steps[$0]) }
    if !outside.isEmpty {
      let list = outside.map { String($0 + 1) }.joined(separator: ", ")
      let why = "step \(actIndex + 1) sends and step \(list) reads back \(shown)"
      return make(outside, true, why)
    }
    if !looks.direct.isEmpty {
      let why =
        looks.isInActsGroup
        ? "act and read-back of \(shown) stand in one group, which would send the decoy too"
        : "the read-back of \(shown) stands in a group that would send the decoy too"
      return make(looks.direct, false, why)
    }
    if !looks.indirect.isEmpty {
      let why = "the fresh value reaches the read-back only through \(shown), a capture"
      let outside = looks.indirect.filter { $0 != actIndex && !sendsAgain(steps[$0]) }
      return make(outside.isEmpty ? looks.indirect : outside, !outside.isEmpty, why)
    }
    return nil
  }

  /// A group whose repetition would itself send what it then looks for.
  private func sendsAgain(_ step: Step) -> Bool {
    guard case .group = step.action else { return false }
    return step.leaves.contains { isAct($0) && !$0.action.isReading }
  }

  /// The store that is reached past the app; nil where the app may take part, as in a command of its
  /// own service.
  private func store(behind action: Step.Action) -> String? {
    switch action {
    case .query(let action):
      return action.database == .sqlite ? "files of \(action.service)" : action.service
    case .exec(let action): return databases.contains(action.service) ? action.service : nil
    case .file(let action):
      switch action.source {
      case .service(let name): return databases.contains(name) ? name : "files of \(name)"
      case .snapshot: return "snapshot"
      }
    case .http, .script, .group: return nil
    }
  }

  /// Another request, command or query than the act; where the act only reads, another channel. What
  /// was put there past the app is the app's only where the app or another store shows it.
  private func isSeparate(_ look: Step, from act: Step) -> Bool {
    if act.action.isReading { return look.action.channel != act.action.channel }
    guard asksApp else { return true }
    switch (act.action, look.action) {
    case (.http, _), (.group, _), (_, .http): return true
    case (_, .query):
      return store(behind: look.action) != store(behind: act.action)
    case (_, .exec), (_, .file), (_, .script), (_, .group): return false
    }
  }
}

extension Suite {
  /// Whether the marker of a store is looked for by asking the app: then the store is the app's.
  package func looksThroughApp(at store: String) -> Bool {
    (integrity[store]?.verify ?? []).flatMap(\.leaves).contains { leaf in
      guard case .http = leaf.action else { return false }
      let expected = leaf.expect.filter { !$0.subject.isAcknowledgement }.flatMap(\.templates)
      return (expected + (expected.isEmpty ? [] : leaf.action.templates))
        .contains { $0.names.contains(where: vars.fresh.contains) }
    }
  }
}

extension [Variable] {
  /// Names of values that nobody has sent before: `unique`, `marker`, and variables that hold one.
  var fresh: Set<String> {
    reduce(into: Set(Marker.names + ["unique"])) { fresh, variable in
      if variable.value.names.contains(where: fresh.contains) {
        fresh.insert(variable.name)
      } else {
        fresh.remove(variable.name)
      }
    }
  }
}

extension [Variable] {
  /// Names with the variables that are made of them.
  func closure(of names: Set<String>) -> Set<String> {
    reduce(into: names) { names, variable in
      if variable.value.names.contains(where: names.contains) { names.insert(variable.name) }
    }
  }
}

extension Step {
  /// What it answers is what it was told, whatever the store holds: `SELECT 1`.
  fileprivate var answersWithItsOwnWords: Bool {
    switch action {
    case .query(let action) where action.database != .redis:
      let words = action.statement.lowercased().split { !$0.isLetter }
      return words.first == "select" && words.allSatisfy { $0 != "from" && $0 != "where" }
        && !action.statement.contains("(")
    default: return false
    }
  }

  fileprivate var isQuery: Bool {
    switch action {
    case .query: action.isReading
    case .http, .exec, .file, .script, .group: false
    }
  }

  /// Would not be as expected if there were no row.
  fileprivate var wantsRows: Bool {
    expect.contains { expectation in
      switch expectation.subject {
      case .rows:
        expectation.predicates.contains { predicate in
          switch predicate {
          case .equals(.number(let text)), .greaterOrEqual(.number(let text)):
            (Int(text) ?? 0) > 0
          case .greater: true
          default: false
          }
        }
      case .row, .cell:
        !expectation.predicates.contains { if case .exists(false) = $0 { true } else { false } }
      default: false
      }
    }
  }
}

extension Step.Action {
  /// Changes nothing as far as can be told from its form.
  package var isReading: Bool {
    switch self {
    case .http(let action): return ["GET", "HEAD", "OPTIONS"].contains(action.method)
    case .query(let action): return action.isReading
    case .file(let action): return action.act == nil
    case .exec, .script, .group: return false
    }
  }

  fileprivate var channel: String {
    switch self {
    case .http(let action): "http \(action.service ?? "")"
    case .query(let action): "sql \(action.service)"
    case .exec(let action): "exec \(action.service)"
    case .file(let action):
      switch action.source {
      case .service(let name): "exec \(name)"
      case .snapshot: "snapshot"
      }
    case .script: "script"
    case .group: "group"
    }
  }
}

extension Predicate {
  /// Texts that the value must have in it for the predicate to hold.
  var affirmed: [Template] {
    switch self {
    case .equals(let tree), .contains(let tree), .subset(let tree): tree.templates
    case .startsWith(let template), .endsWith(let template): [template]
    case .oneOf(let trees) where trees.count == 1: trees[0].templates
    case .hasBytes(let source): source.templates
    default: []
    }
  }
}

extension Array where Element: Equatable {
  /// Adds those that are not there yet.
  mutating func addOnce(_ elements: some Sequence<Element>) {
    for element in elements where !contains(element) { append(element) }
  }
}
