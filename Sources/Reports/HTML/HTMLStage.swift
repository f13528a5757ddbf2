import Evidence

/// One row of the run's time line.
struct HTMLStage: TemplateFields {
  let stage: StageRecord
  let whole: Int
  let isOnStandin: Bool

  static let table = TemplateTable<HTMLStage>(
    .text("name", "install to teardown") { $0.stage.stage.rawValue },
    .object("mark", "its outcome") { HTMLMark($0.stage.outcome.word, isOnStandin: $0.isOnStandin) },
    .optionalText("reason", "why, where it did not pass") { $0.stage.outcome.reason?.cause },
    .flag("ran", "whether it started") { $0.stage.startedAt != nil },
    .text("left", "where its bar begins, in percent") {
      Share.percent($0.stage.startedAt ?? 0, of: $0.whole)
    },
    .text("width", "how wide its bar is, in percent") {
      Share.percent($0.stage.microseconds, of: $0.whole)
    },
    .text("duration", "how long it took") { Words.duration($0.stage.microseconds) },
    .list("operations", "what the driver did") { stage in
      stage.stage.operations.map {
        HTMLOperation(operation: $0, isOnStandin: stage.isOnStandin)
      }
    },
    .object("readiness", "how the app became ready") { stage in
      stage.stage.readiness.map {
        HTMLReadiness(readiness: $0, isOnStandin: stage.isOnStandin)
      }
    }
  )
}

struct HTMLOperation: TemplateFields {
  let operation: OperationRecord
  let isOnStandin: Bool

  static let table = TemplateTable<HTMLOperation>(
    .text("name", "what was done") { $0.operation.name },
    .object("mark", "its outcome") {
      HTMLMark($0.operation.outcome.word, isOnStandin: $0.isOnStandin)
    },
    .optionalText("reason", "why, where it did not pass") { $0.operation.outcome.reason?.cause },
    .text("duration", "how long it took") { Words.duration($0.operation.microseconds) },
    .optionalText("command", "what was run") {
      $0.operation.command.map { Exchange.command($0).lines.joined(separator: "\n") }
    },
    .list("facts", "about the result") {
      $0.operation.facts.sorted { $0.key < $1.key }.map { NamedText(name: $0.key, value: $0.value) }
    },
    .optionalText("difference", "where the driver did something else than the recipe says") {
      $0.operation.difference
    }
  )
}

struct HTMLReadiness: TemplateFields {
  let readiness: ReadinessRecord
  let isOnStandin: Bool

  static let table = TemplateTable<HTMLReadiness>(
    .text("gate", "what was asked") { $0.readiness.gate },
    .text("line", "all states in short") { $0.readiness.line },
    .list("spans", "runs of equal answers") { readiness in
      readiness.readiness.spans.indices.map { index in
        HTMLSpan(
          readiness: readiness.readiness,
          index: index,
          isOnStandin: readiness.isOnStandin
        )
      }
    },
    .object("mark", "whether it became ready") {
      $0.readiness.ready
        ? $0.isOnStandin ? .onStandin("ready") : HTMLMark(.good, "✓", "ready")
        : HTMLMark(.bad, "✗", "not ready")
    },
    .text("duration", "how long it took") { Words.duration($0.readiness.microseconds) },
    .text("within", "the limit") { Words.duration($0.readiness.within) }
  )
}

struct HTMLSpan: TemplateFields {
  let readiness: ReadinessRecord
  let index: Int
  let isOnStandin: Bool
  private var span: ReadinessRecord.Span { readiness.spans[index] }

  /// A span lasts until the next one begins.
  private var end: Int {
    index + 1 < readiness.spans.count
      ? readiness.spans[index + 1].from : max(span.to, readiness.microseconds)
  }

  private var tone: Tone {
    if index + 1 == readiness.spans.count, readiness.ready {
      return isOnStandin ? .standin : .good
    }
    return span.state == "000" ? .quiet : .warning
  }

  static let table = TemplateTable<HTMLSpan>(
    .text("state", "the status code, or a word of the gate") { $0.span.state },
    .number("count", "how many answers") { $0.span.count },
    .text("tone", "a class of the style") { $0.tone.rawValue },
    .number("weight", "its share of the strip, from 1") {
      max(1, ($0.end - $0.span.from) * 1_000 / max(1, $0.readiness.microseconds))
    },
    .text("from", "when it began") { Words.duration($0.span.from) },
    .text("to", "when it ended") { Words.duration($0.end) }
  )
}
