import Formats

extension CorpusCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var state: State?
    var root: String?
    var path: String?
    var recipes: Int?
    var scripts: [String]?
    var tree: String?
    var commit: String?
    var isSample: Bool?
    var detail: String?
    var units: [UnitCoverage]?
    var pins: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "state") {
        state = try cursor.word(State.self, "the state of a corpus")
      } else if cursor.matches(key, "root") {
        root = try cursor.string()
      } else if cursor.matches(key, "path") {
        path = try cursor.string()
      } else if cursor.matches(key, "recipes") {
        recipes = try cursor.int()
      } else if cursor.matches(key, "scripts") {
        scripts = try cursor.texts()
      } else if cursor.matches(key, "tree") {
        tree = try cursor.optionalText()
      } else if cursor.matches(key, "commit") {
        commit = try cursor.optionalText()
      } else if cursor.matches(key, "isSample") {
        isSample = try cursor.bool()
      } else if cursor.matches(key, "detail") {
        detail = try cursor.optionalText()
      } else if cursor.matches(key, "units") {
        units = try cursor.optional { (cursor) throws(JSONParsingError) in
          try cursor.list(UnitCoverage.init(from:))
        }
      } else if cursor.matches(key, "pins") {
        pins = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      state: try cursor.required(state, "state"),
      root: try cursor.required(root, "root"),
      path: try cursor.required(path, "path"),
      recipes: try cursor.required(recipes, "recipes"),
      scripts: try cursor.required(scripts, "scripts"),
      tree: tree,
      commit: commit,
      isSample: try cursor.required(isSample, "isSample"),
      detail: detail,
      units: units,
      pins: pins
    )
  }
}

extension UnitCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var id: String?
    var disposition: Disposition?
    var about: String?
    var script: String?
    var lines: [Int]?
    var checks: [CheckID]?
    var strength: Strength?
    var facts: [String]?
    var changes: [String]?
    var weaker: [String]?
    var unread: [String]?
    var isPinned: Bool?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "id") {
        id = try cursor.string()
      } else if cursor.matches(key, "disposition") {
        disposition = try cursor.word(Disposition.self, "a disposition")
      } else if cursor.matches(key, "about") {
        about = try cursor.string()
      } else if cursor.matches(key, "script") {
        script = try cursor.string()
      } else if cursor.matches(key, "lines") {
        lines = try cursor.ints()
      } else if cursor.matches(key, "checks") {
        checks = try cursor.checkIDs()
      } else if cursor.matches(key, "strength") {
        strength = try cursor.optional { (cursor) throws(JSONParsingError) in
          try cursor.word(Strength.self, "a strength")
        }
      } else if cursor.matches(key, "facts") {
        facts = try cursor.texts()
      } else if cursor.matches(key, "changes") {
        changes = try cursor.texts()
      } else if cursor.matches(key, "weaker") {
        weaker = try cursor.texts()
      } else if cursor.matches(key, "unread") {
        unread = try cursor.texts()
      } else if cursor.matches(key, "isPinned") {
        isPinned = try cursor.bool()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      id: try cursor.required(id, "id"),
      disposition: try cursor.required(disposition, "disposition"),
      about: try cursor.required(about, "about"),
      script: try cursor.required(script, "script"),
      lines: try cursor.required(lines, "lines"),
      checks: try cursor.required(checks, "checks"),
      strength: strength,
      facts: try cursor.required(facts, "facts"),
      changes: try cursor.required(changes, "changes"),
      weaker: try cursor.required(weaker, "weaker"),
      unread: try cursor.required(unread, "unread"),
      isPinned: try cursor.required(isPinned, "isPinned")
    )
  }
}

extension Finding {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var rule: String?
    var severity: Severity?
    var message: String?
    var place: SourcePlace?
    var advice: String?
    var about: [String]?
    var waived: String?
    var waivedUntil: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "rule") {
        rule = try cursor.string()
      } else if cursor.matches(key, "severity") {
        severity = try cursor.word(Severity.self, "a severity")
      } else if cursor.matches(key, "message") {
        message = try cursor.string()
      } else if cursor.matches(key, "place") {
        place = try cursor.optional(SourcePlace.init(from:))
      } else if cursor.matches(key, "advice") {
        advice = try cursor.string()
      } else if cursor.matches(key, "about") {
        about = try cursor.texts()
      } else if cursor.matches(key, "waived") {
        waived = try cursor.optionalText()
      } else if cursor.matches(key, "waivedUntil") {
        waivedUntil = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      rule: try cursor.required(rule, "rule"),
      severity: try cursor.required(severity, "severity"),
      message: try cursor.required(message, "message"),
      place: place,
      advice: try cursor.required(advice, "advice"),
      about: about ?? [],
      waived: waived,
      waivedUntil: waivedUntil
    )
  }
}

extension SourcePlace {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var file: String?
    var line: Int?
    var column: Int?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "file") {
        file = try cursor.string()
      } else if cursor.matches(key, "line") {
        line = try cursor.int()
      } else if cursor.matches(key, "column") {
        column = try cursor.int()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      file: try cursor.required(file, "file"),
      line: try cursor.required(line, "line"),
      column: try cursor.required(column, "column")
    )
  }
}

extension Standin {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var service: String?
    var what: String?
    var versions: [String]?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "service") {
        service = try cursor.string()
      } else if cursor.matches(key, "what") {
        what = try cursor.string()
      } else if cursor.matches(key, "versions") {
        versions = try cursor.texts()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      service: try cursor.required(service, "service"),
      what: try cursor.required(what, "what"),
      versions: try cursor.required(versions, "versions")
    )
  }
}

extension RecipeRevision {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var version: String?
    var tree: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "version") {
        version = try cursor.string()
      } else if cursor.matches(key, "tree") {
        tree = try cursor.string()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      version: try cursor.required(version, "version"),
      tree: try cursor.required(tree, "tree")
    )
  }
}

extension GateCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var asked: String?
    var accepts: String?
    var within: Int?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "asked") {
        asked = try cursor.string()
      } else if cursor.matches(key, "accepts") {
        accepts = try cursor.string()
      } else if cursor.matches(key, "within") {
        within = try cursor.int()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      asked: try cursor.required(asked, "asked"),
      accepts: try cursor.required(accepts, "accepts"),
      within: try cursor.required(within, "within")
    )
  }
}

extension RungCoverage {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var level: Int?
    var name: String?
    var state: State?
    var reason: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "level") {
        level = try cursor.int()
      } else if cursor.matches(key, "name") {
        name = try cursor.string()
      } else if cursor.matches(key, "state") {
        state = try cursor.word(State.self, "the state of a rung")
      } else if cursor.matches(key, "reason") {
        reason = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      level: try cursor.required(level, "level"),
      name: try cursor.required(name, "name"),
      state: try cursor.required(state, "state"),
      reason: reason
    )
  }
}

extension Deferral {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var what: String?
    var why: String?
    var until: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "what") {
        what = try cursor.string()
      } else if cursor.matches(key, "why") {
        why = try cursor.string()
      } else if cursor.matches(key, "until") {
        until = try cursor.string()
      } else {
        try cursor.skip()
      }
    }
    self.init(
      what: try cursor.required(what, "what"),
      why: try cursor.required(why, "why"),
      until: try cursor.required(until, "until")
    )
  }
}

extension Verdict {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var verdict: Word?
    var reason: String?
    var until: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "verdict") {
        verdict = try cursor.word(Word.self, "a verdict")
      } else if cursor.matches(key, "reason") {
        reason = try cursor.optionalText()
      } else if cursor.matches(key, "until") {
        until = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    let word = try cursor.required(verdict, "verdict")
    if word == .proven {
      self = .proven
      return
    }
    let why = try cursor.filled(reason, "reason")
    self =
      switch word {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: why)
      case .refuted: .refuted(reason: why)
      case .unproven: .unproven(reason: why)
      case .vacuous: .vacuous(reason: why)
      case .deferred: .deferred(reason: why, until: try cursor.filled(until, "until"))
      case .notApplicable: .notApplicable(reason: why)
      }
  }
}

extension Outcome {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var outcome: Word?
    var reason: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "outcome") {
        outcome = try cursor.word(Word.self, "an outcome")
      } else if cursor.matches(key, "reason") {
        reason = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    let word = try cursor.required(outcome, "outcome")
    self.init(word, reason: word == .passed ? "" : try cursor.filled(reason, "reason"))
  }
}

extension ControlRecord.Result {
  init(from cursor: inout JSONCursor) throws(JSONParsingError) {
    var result: Word?
    var reason: String?
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "result") {
        result = try cursor.word(Word.self, "what a control showed")
      } else if cursor.matches(key, "reason") {
        reason = try cursor.optionalText()
      } else {
        try cursor.skip()
      }
    }
    self =
      switch try cursor.required(result, "result") {
      case .failed: .failed
      case .passed: .passed
      case .broken: .broken(reason: try cursor.filled(reason, "reason"))
      case .notPossible: .notPossible(reason: try cursor.filled(reason, "reason"))
      }
  }
}
