import Evidence

extension AdoptedSettings.Deferral {
  /// As it stands under `deferred`.
  var line: String {
    let texts = YAMLText.mapping([("what", what), ("why", why), ("until", until)])
    return ports.isEmpty ? texts : texts.dropLast() + ", ports: \(YAMLText.list(ports))}"
  }
}

/// What only an older suite says.
extension RecipeFileDraft {
  mutating func health(of adopted: AdoptedSettings) {
    var members = adopted.health
    if let deadline = adopted.deadline, members.allSatisfy({ $0.name != "within" }) {
      members.append(("within", "\(deadline)s"))
    }
    file.add()
    let shown = members.map { "\($0.name): \($0.text)" }.joined(separator: ", ")
    file.add("health: {\(shown)}")
  }

  mutating func settings() {
    guard let adopted else { return }
    if let deadline = adopted.deadline { file.add("deadlines: {operation: \(deadline)s}") }
    if !adopted.dependencies.isEmpty {
      // A recipe that has no suite here cannot be deployed, and a suite that names one does not load.
      file.open(
        "dependencies: \(YAMLText.list(adopted.dependencies)), as soon as each has a suite here"
      )
    }
    if !adopted.upgradeEnvironment.isEmpty {
      file.add()
      file.add("upgrade_environment:")
      for one in adopted.upgradeEnvironment {
        file.add("\(one.name): \(YAMLText.scalar(one.value))", indent: 2)
      }
    }
    if !adopted.notApplicable.isEmpty {
      file.add()
      file.add("not_applicable:")
      for one in adopted.notApplicable {
        file.add("\(one.stage.rawValue): \(YAMLText.scalar(one.why))", indent: 2)
      }
    }
  }

  /// Hooks and markers are code, or words: a person puts them in steps.
  mutating func markers() {
    guard let adopted, !adopted.markers.isEmpty else { return }
    file.add()
    file.comment(
      "What the older suite plants and looks for. Plant it under `integrity` with steps; what else a hook "
        + "does is said in steps of the hook of that name."
    )
    for marker in adopted.markers { file.open("\(marker): put it in steps") }
  }

  mutating func scripts() {
    guard let adopted, !adopted.variables.isEmpty else { return }
    file.add()
    for one in adopted.variables {
      file.open("scripts read \(one.name) (\(one.place)): give it to them, as below or otherwise")
    }
    let shown = adopted.variables.map { "\($0.name): \"{{base_url}}\"" }.joined(separator: ", ")
    file.comment("scripts: {environment: {\(shown)}}")
  }

  mutating func corpus() {
    guard let adopted, !(adopted.covered.isEmpty && adopted.unported.isEmpty) else { return }
    file.add()
    file.comment("On the word of the older page: nothing of it was compared.")
    file.add("corpus:")
    if !adopted.covered.isEmpty { file.add("covered:", indent: 2) }
    for one in adopted.covered {
      file.add("- ports: \(YAMLText.list(one.ports))", indent: 4)
      file.add("by: \(YAMLText.list(one.by.map(\.description)))", indent: 6)
      file.add("why: \(YAMLText.scalar(one.why))", indent: 6)
    }
    if !adopted.unported.isEmpty { file.add("not_ported:", indent: 2) }
    for one in adopted.unported {
      let members = "{ports: \(YAMLText.list(one.ports)), why: \(YAMLText.scalar(one.why))}"
      file.add("- \(members)", indent: 4)
    }
  }

  mutating func notes() {
    guard let adopted, !adopted.notes.isEmpty else { return }
    let text = adopted.notes.joined(separator: "\n\n")
    file.add()
    let isPlain = text.unicodeScalars.allSatisfy { $0 == "\n" || !YAMLText.isHidden($0) }
    guard isPlain else {
      file.add("notes: \(YAMLText.scalar(text))")
      return
    }
    file.add("notes: |2")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    file.add(lines.map(String.init), indent: 2)
  }
}
