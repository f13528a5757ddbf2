package import Evidence
package import Formats

/// What is wrong with a step that a script sent, in one line.
package struct SentStepError: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}

extension Step {
  /// Reads a step as a script sends it: an object with the keys that a step has in a suite.
  ///
  /// Texts are taken as they are, braces too; a fresh value in them becomes its name, so that what
  /// the step shows is known as of one that was written in the suite.
  ///
  /// - Parameters:
  ///   - fresh: values by their names.
  ///   - answered: what earlier answers gave, by name: it is known as a whole part of an address.
  ///   - place: of the line that sent it.
  package init(
    sent value: JSONValue,
    fresh: [String: String],
    answered: [String: String] = [:],
    at place: SourcePlace,
    folder: String
  ) throws(SentStepError) {
    let sink = DiagnosticSink()
    let named = value.naming(fresh).namingAddress(answered)
    let text = JSONValue.array([named]).description
    var steps: [Step] = []
    if let node = YAMLReader.read(Array(text.utf8), file: place.file, into: sink) {
      let reader = StepReader(NodeReader(sink), files: SuiteFiles(folder: folder))
      steps = reader.steps(node, "steps")
    }
    if let first = sink.diagnostics.first(where: { $0.severity == .error }) {
      throw SentStepError(
        description: first.message + (first.expected.map { "; expected \($0)" } ?? "")
          + (first.nearest.map { "; did you mean \($0)?" } ?? "")
      )
    }
    guard var step = steps.first else { throw SentStepError(description: "not a step") }
    if step.never != nil || step.when != nil {
      throw SentStepError(description: "a script's step has no \"never\" and no \"when\"")
    }
    switch step.action {
    case .script, .group: throw SentStepError(description: "a script sends single acts only")
    case .http(let action):
      // What the script may not read the runner reads for nobody.
      if action.sendsFile {
        throw SentStepError(description: "a script reads its files itself: send \"text\"")
      }
    default: break
    }
    if step.expect.flatMap(\.predicates).contains(where: \.readsFile) {
      throw SentStepError(description: "a script compares with its files itself: send \"sha256\"")
    }
    let problem = ExpectationLogic.contradiction(in: step) ?? ExpectationLogic.tautology(in: step)
    if let problem { throw SentStepError(description: problem.why) }
    step.place = place
    for index in step.expect.indices { step.expect[index].place = place }
    self = step
  }
}

extension Suite {
  /// A check that is a script, as it turned out to be by the steps that it sent; nil where these
  /// expect nothing.
  package func learned(_ planned: PlannedCheck, from steps: [Step]) -> PlannedCheck? {
    guard let first = steps.first else { return nil }
    let check = Check(
      id: planned.id,
      kind: planned.kind,
      stage: planned.stage,
      about: planned.about,
      place: planned.place ?? first.place,
      body: .steps(steps)
    )
    let assessment = check.assessment(databases: databases)
    guard assessment.strength > .opaque else { return nil }
    var learned = planned
    learned.strength = assessment.strength
    learned.doubts = assessment.doubts.isEmpty ? nil : assessment.doubts
    learned.mayBeStale = assessment.mayBeStale
    learned.readBack = assessment.readBack
    learned.behaviour = check.behaviour
    learned.isHealth = planned.isHealth || check.looksOnlyAtHealth(health)
    learned.steps = check.planned + planned.steps
    return learned
  }
}

extension JSONValue {
  /// An id that the app made, in the address of a request: it is another one in every run.
  fileprivate func namingAddress(_ answered: [String: String]) -> JSONValue {
    guard !answered.isEmpty, case .object(var step) = self, case .object(var http)? = step["http"]
    else { return self }
    for key in Grammar.methods + ["url"] {
      guard let url = http[key]?.stringValue else { continue }
      var parts: [String] = [""]
      for character in url {
        if "/?&=#".contains(character) {
          parts += [String(character), ""]
        } else {
          parts[parts.count - 1].append(character)
        }
      }
      let named = parts.map { part in
        answered.filter { $0.value == part }.keys.min().map { "{{\($0)}}" } ?? part
      }
      http[key] = .string(named.joined())
    }
    step["http"] = .object(http)
    return .object(step)
  }

  /// Texts as templates are written, with names in the place of their values.
  fileprivate func naming(_ fresh: [String: String]) -> JSONValue {
    switch self {
    case .null, .bool, .int, .number: self
    case .string(let text):
      .string(
        fresh.reduce(text.replacing("{{", with: "{{{{")) {
          $1.value.isEmpty ? $0 : $0.replacing($1.value, with: "{{\($1.key)}}")
        }
      )
    case .array(let items): .array(items.map { $0.naming(fresh) })
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, $0.value.naming(fresh)) }))
    }
  }
}
