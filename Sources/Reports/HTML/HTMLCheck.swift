import Evidence
import Formats

/// The checks of one file, or the generic ones of one stage.
struct HTMLSuite: TemplateFields {
  let path: String
  /// The kind and stage of its checks, which are those of the first.
  let kind: String
  let stage: String
  /// Places among the coverage's checks.
  var checks: [Int]
  var counts: [HTMLCount]

  static let table = TemplateTable<HTMLSuite>(
    .text("path", "functional/event_tracking, generic/install") { $0.path },
    .text("kind", "generic, overlay, functional or integrity") { $0.kind },
    .text("stage", "the stage of its first check") { $0.stage },
    .number("total", "how many checks") { $0.checks.count },
    .list("counts", "checks by outcome") { $0.counts }
  )

  /// In the order in which they first appear.
  static func all(_ index: CheckIndex) -> [HTMLSuite] {
    var suites: [HTMLSuite] = []
    var places: [String: Int] = [:]
    for (number, check) in index.coverage.checks.enumerated() {
      let path = "\(check.id.folder)/\(check.id.stem)"
      if let place = places[path] {
        suites[place].checks.append(number)
      } else {
        places[path] = suites.count
        suites.append(
          HTMLSuite(
            path: path,
            kind: check.kind.shown,
            stage: check.stage.rawValue,
            checks: [number],
            counts: []
          )
        )
      }
    }
    for place in suites.indices {
      var counts: [Outcome.Word: Int] = [:]
      for number in suites[place].checks {
        counts[index.outcome(at: number).word, default: 0] += 1
      }
      suites[place].counts = Outcome.Word.allCases.compactMap { word in
        counts[word].map {
          HTMLCount(
            mark: HTMLMark(word, isOnStandin: index.coverage.isOnStandin),
            count: $0
          )
        }
      }
    }
    return suites
  }
}

/// What `html/checks` may ask for.
struct HTMLChecks: TemplateFields {
  let checks: [HTMLCheck]

  static let table = TemplateTable<HTMLChecks>(
    .list("checks", "some of a suite's checks") { $0.checks }
  )
}

struct HTMLCheck: TemplateFields {
  let place: Int
  let index: CheckIndex
  let outcome: Outcome
  let mark: HTMLMark
  let isShort: Bool
  private var check: CheckCoverage { index.coverage.checks[place] }
  private var record: CheckRecord? { index.record(at: place) }

  init(place: Int, _ index: CheckIndex, mayBeShort: Bool) {
    self.place = place
    self.index = index
    outcome = index.outcome(at: place)
    mark = HTMLMark(outcome.word, isOnStandin: index.coverage.isOnStandin)
    isShort = mayBeShort && outcome.isPassed
  }

  static let table = TemplateTable<HTMLCheck>(
    .text("anchor", "its id in one word, for a place on the page") { $0.check.id.anchor },
    .text("status", "its outcome's own word") { $0.outcome.word.rawValue },
    .flag("isShort", "whether its line is all there is") { $0.isShort },
    .text("id", "its id") { $0.check.id.description },
    .text("name", "the last part of its id") { $0.check.id.name },
    .text("about", "what it verifies") { $0.check.about },
    .text("kind", "generic, overlay, functional or integrity") { $0.check.kind.shown },
    .text("stage", "the stage that it belongs to") { $0.check.stage.rawValue },
    .flag("isHealth", "whether it only looks at whether the app is well") { $0.check.isHealth },
    .object("mark", "its outcome") { $0.mark },
    .text("tone", "the mark's tone") { $0.mark.tone.rawValue },
    .text("sign", "the mark's sign") { $0.mark.sign },
    .optionalText("reason", "why, where it did not pass") { $0.outcome.reason?.cause },
    .list("details", "what else is known of that") {
      $0.index.furtherDetails(at: $0.place).map(TextLine.init)
    },
    .flag("isOpen", "whether it is shown unfolded") { $0.outcome.word.isRed },
    .text("duration", "how long it took") { Words.duration($0.record?.microseconds ?? 0) },
    .text("strength", "how much its evidence carries") { $0.check.strength.shown },
    .text("meaning", "what that strength means") { $0.check.strength.meaning },
    .flag("passed", "whether it passed: nothing was shown where it did not") {
      $0.outcome.isPassed
    },
    .optionalText("place", "where it is written") { $0.check.place?.description },
    .optionalText("control", "what its control showed") { $0.check.control?.shown },
    .text("controlTone", "a class of the style") {
      ($0.check.control?.tone ?? .quiet).rawValue
    },
    .list("expects", "what it does, and what must be there") {
      $0.check.evidence.map { NamedText(name: $0.act, value: $0.expectations) }
    },
    .list("ports", "units of the corpus that it stands for") {
      $0.check.ports.map(TextLine.init)
    },
    .list("fresh", "what was made for it and sent nowhere before") {
      ($0.record?.fresh ?? [:]).sorted { UTF8Order.precedes($0.key, $1.key) }
        .map { NamedText(name: $0.key, value: $0.value) }
    },
    .list("steps", "what it did and saw") { $0.steps($0.record?.steps) },
    .list("controlSteps", "what its control did and saw") { $0.steps($0.record?.control?.steps) }
  )

  private func steps(_ steps: [StepRecord]?) -> [HTMLStep] {
    let steps = steps ?? []
    let whole = steps.reduce(0) { $0 + $1.microseconds }
    var before = 0
    return steps.map { step in
      defer { before += step.microseconds }
      return HTMLStep(
        step: step,
        isOnStandin: index.coverage.isOnStandin,
        share: steps.count > 1 ? (before, whole) : nil
      )
    }
  }
}

struct HTMLStep: TemplateFields {
  let step: StepRecord
  let isOnStandin: Bool
  /// What the steps before it took of all of them, in microseconds; nil where it is the only one.
  let share: (before: Int, whole: Int)?

  static let table = TemplateTable<HTMLStep>(
    .flag("isTimed", "whether it is one of several, which share the time of the check") {
      $0.share != nil
    },
    .text("left", "when it began, as a part of the steps' time") {
      Share.percent($0.share?.before ?? 0, of: $0.share?.whole ?? 1)
    },
    .text("width", "how long it took, as a part of the steps' time") {
      Share.percent($0.step.microseconds, of: $0.share?.whole ?? 1)
    },
    .text("number", "2, or 2.1 inside a group") { $0.step.number },
    .text("kind", "http, postgres, mysql, clickhouse, redis, sqlite, exec, file, script or group") {
      $0.step.kind
    },
    .text("title", "what it does, as written in the suite") { $0.step.title },
    .object("mark", "its outcome") { HTMLMark($0.step.outcome.word, isOnStandin: $0.isOnStandin) },
    .optionalText("reason", "why, where it did not pass") { $0.step.outcome.reason?.cause },
    .flag("isRed", "whether it is shown unfolded") { $0.step.outcome.word.isRed },
    .optionalText("place", "where it is written") { $0.step.place?.description },
    .optionalText("attempts", "how often, where more than once") {
      $0.step.attempts > 1 ? "\($0.step.attempts) attempts" : nil
    },
    .text("duration", "how long it took") { Words.duration($0.step.microseconds) },
    .list("assertions", "what was looked at") { $0.step.assertions.map(HTMLAssertion.init) },
    .optionalText("captured", "names of what was kept for later") {
      $0.step.captured.isEmpty ? nil : $0.step.captured.joined(separator: ", ")
    },
    .object("exchange", "what went over the wire") { $0.step.exchange.map(HTMLExchange.init) }
  )
}

struct HTMLAssertion: TemplateFields {
  let assertion: Assertion

  private var filled: String? { assertion.filled?.phrase(of: assertion.subject) }

  static let table = TemplateTable<HTMLAssertion>(
    .text("subject", "what was looked at") { $0.assertion.name },
    .text("expected", "what it must be, as written; of `never` what it must not be") {
      ($0.assertion.isNever ? "never " : "")
        + $0.assertion.predicate.phrase(of: $0.assertion.subject)
    },
    .optionalText("wanted", "the same with its values, where that differs") { $0.filled },
    .text("actual", "what was there") { $0.assertion.seen },
    .object("mark", "whether it holds") {
      $0.assertion.holds
        ? HTMLMark(.quiet, "✓", "as expected")
        : HTMLMark(.bad, "✗", "not as expected")
    },
    .flag("holds", "whether it holds") { $0.assertion.holds }
  )
}
