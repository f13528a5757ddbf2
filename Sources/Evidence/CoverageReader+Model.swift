import Formats

extension CoverageModel {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var schema: Int?
    var recipe: String?
    var driver: String?
    var standins: [Standin]?
    var base: RecipeRevision?
    var target: RecipeRevision?
    var suiteTree: String?
    var corpus: CorpusCoverage?
    var level: Int?
    var rungs: [RungCoverage]?
    var gate: GateCoverage?
    var claims: [Claim]?
    var checks: [CheckCoverage]?
    var stores: [StoreCoverage]?
    var deferrals: [Deferral]?
    var notes: String?
    var findings: [Finding]?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "schema") {
        schema = try cursor.int()
      } else if cursor.matches(key, "recipe") {
        recipe = try cursor.string()
      } else if cursor.matches(key, "driver") {
        driver = try cursor.string()
      } else if cursor.matches(key, "standins") {
        standins = try cursor.list(Standin.init(from:))
      } else if cursor.matches(key, "base") {
        base = try cursor.optional(RecipeRevision.init(from:))
      } else if cursor.matches(key, "target") {
        target = try RecipeRevision(from: &cursor)
      } else if cursor.matches(key, "suiteTree") {
        suiteTree = try cursor.string()
      } else if cursor.matches(key, "corpus") {
        corpus = try CorpusCoverage(from: &cursor)
      } else if cursor.matches(key, "level") {
        level = try cursor.int()
      } else if cursor.matches(key, "rungs") {
        rungs = try cursor.list(RungCoverage.init(from:))
      } else if cursor.matches(key, "gate") {
        gate = try GateCoverage(from: &cursor)
      } else if cursor.matches(key, "claims") {
        claims = try cursor.list(Claim.init(from:))
      } else if cursor.matches(key, "checks") {
        checks = try cursor.list(CheckCoverage.init(from:))
      } else if cursor.matches(key, "stores") {
        stores = try cursor.list(StoreCoverage.init(from:))
      } else if cursor.matches(key, "deferrals") {
        deferrals = try cursor.list(Deferral.init(from:))
      } else if cursor.matches(key, "notes") {
        notes = try cursor.optionalText()
      } else if cursor.matches(key, "findings") {
        findings = try cursor.list(Finding.init(from:))
      } else {
        try cursor.skip()
      }
    }
    let version = try cursor.required(schema, "schema")
    guard version <= Self.schemaVersion else {
      throw cursor.failure(.unexpected(expected: "a schema up to \(Self.schemaVersion)"), at: 0)
    }
    self.init(
      recipe: try cursor.required(recipe, "recipe"),
      driver: try cursor.required(driver, "driver"),
      standins: try cursor.required(standins, "standins"),
      base: base,
      target: try cursor.required(target, "target"),
      suiteTree: try cursor.required(suiteTree, "suiteTree"),
      corpus: try cursor.required(corpus, "corpus"),
      level: try cursor.required(level, "level"),
      rungs: try cursor.required(rungs, "rungs"),
      gate: try cursor.required(gate, "gate"),
      claims: try cursor.required(claims, "claims"),
      checks: try cursor.required(checks, "checks"),
      stores: try cursor.required(stores, "stores"),
      deferrals: try cursor.required(deferrals, "deferrals"),
      notes: notes,
      findings: try cursor.required(findings, "findings")
    )
    self.schema = version
  }
}

extension Claim {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var id: String?
    var part: ClaimPart?
    var statement: String?
    var verdict: Verdict?
    var checks: [CheckID]?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "id") {
        id = try cursor.string()
      } else if cursor.matches(key, "part") {
        part = try cursor.word(ClaimPart.self, "P1 to P4")
      } else if cursor.matches(key, "statement") {
        statement = try cursor.string()
      } else if cursor.matches(key, "verdict") {
        verdict = try Verdict(from: &cursor)
      } else if cursor.matches(key, "checks") {
        checks = try cursor.checkIDs()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      id: try cursor.required(id, "id"),
      part: try cursor.required(part, "part"),
      statement: try cursor.required(statement, "statement"),
      verdict: try cursor.required(verdict, "verdict"),
      checks: try cursor.required(checks, "checks")
    )
  }
}

extension CheckCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var id: CheckID?
    var kind: CheckKind?
    var stage: Stage?
    var about: String?
    var place: SourcePlace?
    var outcome: Outcome?
    var strength: Strength?
    var isHealth: Bool?
    var control: ControlCoverage?
    var evidence: [EvidenceLine]?
    var failsWhen: [String]?
    var ports: [String]?
    var body: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "id") {
        id = try cursor.checkID()
      } else if cursor.matches(key, "kind") {
        kind = try cursor.word(CheckKind.self, "the kind of a check")
      } else if cursor.matches(key, "stage") {
        stage = try cursor.word(Stage.self, "a stage")
      } else if cursor.matches(key, "about") {
        about = try cursor.string()
      } else if cursor.matches(key, "place") {
        place = try cursor.optional(SourcePlace.init(from:))
      } else if cursor.matches(key, "outcome") {
        outcome = try Outcome(from: &cursor)
      } else if cursor.matches(key, "strength") {
        strength = try cursor.word(Strength.self, "a strength")
      } else if cursor.matches(key, "isHealth") {
        isHealth = try cursor.bool()
      } else if cursor.matches(key, "control") {
        control = try cursor.optional(ControlCoverage.init(from:))
      } else if cursor.matches(key, "evidence") {
        evidence = try cursor.list(EvidenceLine.init(from:))
      } else if cursor.matches(key, "failsWhen") {
        failsWhen = try cursor.texts()
      } else if cursor.matches(key, "ports") {
        ports = try cursor.texts()
      } else if cursor.matches(key, "body") {
        body = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      id: try cursor.required(id, "id"),
      kind: try cursor.required(kind, "kind"),
      stage: try cursor.required(stage, "stage"),
      about: try cursor.required(about, "about"),
      place: place,
      outcome: try cursor.required(outcome, "outcome"),
      strength: try cursor.required(strength, "strength"),
      isHealth: try cursor.required(isHealth, "isHealth"),
      control: control,
      evidence: try cursor.required(evidence, "evidence"),
      failsWhen: try cursor.required(failsWhen, "failsWhen"),
      ports: try cursor.required(ports, "ports"),
      body: body
    )
  }
}

extension EvidenceLine {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var act: String?
    var asserted: [String]?
    var violated: [String]?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "act") {
        act = try cursor.string()
      } else if cursor.matches(key, "asserted") {
        asserted = try cursor.texts()
      } else if cursor.matches(key, "violated") {
        violated = try cursor.texts()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      act: try cursor.required(act, "act"),
      asserted: try cursor.required(asserted, "asserted"),
      violated: try cursor.required(violated, "violated")
    )
  }
}

extension ControlCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var kind: ControlRecord.Kind?
    var result: ControlRecord.Result?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "kind") {
        kind = try cursor.word(ControlRecord.Kind.self, "decoy or dropped")
      } else if cursor.matches(key, "result") {
        result = try ControlRecord.Result(from: &cursor)
      } else {
        try cursor.skip()
      }
    }
    self.init(
      kind: try cursor.required(kind, "kind"),
      result: try cursor.required(result, "result")
    )
  }
}

extension StoreCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var name: String?
    var kind: StoreFacts.Kind?
    var marker: String?
    var counts: [String]?
    var mechanism: String?
    var upgrade: Verdict?
    var dropped: Verdict?
    var restored: Verdict?
    var result: Verdict?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "name") {
        name = try cursor.string()
      } else if cursor.matches(key, "kind") {
        kind = try cursor.word(StoreFacts.Kind.self, "the kind of a store")
      } else if cursor.matches(key, "marker") {
        marker = try cursor.optionalText()
      } else if cursor.matches(key, "counts") {
        counts = try cursor.texts()
      } else if cursor.matches(key, "mechanism") {
        mechanism = try cursor.optionalText()
      } else if cursor.matches(key, "upgrade") {
        upgrade = try Verdict(from: &cursor)
      } else if cursor.matches(key, "dropped") {
        dropped = try Verdict(from: &cursor)
      } else if cursor.matches(key, "restored") {
        restored = try Verdict(from: &cursor)
      } else if cursor.matches(key, "result") {
        result = try Verdict(from: &cursor)
      } else {
        try cursor.skip()
      }
    }
    self.init(
      name: try cursor.required(name, "name"),
      kind: try cursor.required(kind, "kind"),
      marker: marker,
      counts: try cursor.required(counts, "counts"),
      mechanism: mechanism,
      upgrade: try cursor.required(upgrade, "upgrade"),
      dropped: try cursor.required(dropped, "dropped"),
      restored: try cursor.required(restored, "restored"),
      result: try cursor.required(result, "result")
    )
  }
}
