import Evidence
import Suites

/// How a marker gets into a store and out of it, in the words of `integrity`.
struct MarkerDraft {
  private(set) var lines: [String] = []
  private(set) var notes: [String] = []
  private(set) var questions: [String] = []

  /// Nil where no step can be drafted, or where a person must say first what the store is.
  init?(of store: StoreFacts, in recipe: DraftedRecipe) {
    switch (store.kind, recipe.databases[store.name]?.kind) {
    case (.postgres, .postgres?): postgres(store.name)
    case (.mysql, .mysql?): mysql(store.name)
    case (.clickhouse, .clickhouse?): clickhouse(store.name)
    case (.volume, _), (.mount, _):
      // What others may have, too, is not written to.
      guard !store.volumes.contains(where: recipe.isShared) else { return nil }
      guard files(store, recipe.compose) else { return nil }
    default: return nil
    }
    guard store.isHooked == true else { return }
    questions.append(
      "does the hook dump ci_marker with the app's tables? A dump that was cut keeps its first ones: "
        + "plant a row in the first and in the last table of the app, and name them under `count`"
    )
  }

  private mutating func postgres(_ name: String) {
    let table = "CREATE TABLE IF NOT EXISTS ci_marker (token text PRIMARY KEY, large text NOT NULL)"
    statements(
      "postgres: {service: \(name)",
      prepare: table,
      seed: "INSERT INTO ci_marker (token, large) VALUES ($1, $2)",
      drop: "DELETE FROM ci_marker WHERE token = $1",
      verify: "SELECT token, large = $2 AS is_whole FROM ci_marker WHERE token = $1",
      isWhole: "true"
    )
  }

  private mutating func mysql(_ name: String) {
    let table =
      "CREATE TABLE IF NOT EXISTS ci_marker (token VARCHAR(190) PRIMARY KEY, large MEDIUMTEXT NOT NULL) "
      + "ENGINE InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    statements(
      "mysql: {service: \(name)",
      prepare: table,
      seed: "INSERT INTO ci_marker (token, large) VALUES (?, ?)",
      drop: "DELETE FROM ci_marker WHERE token = ?",
      verify: "SELECT token, large = ? AS is_whole FROM ci_marker WHERE token = ?",
      isWhole: "1",
      comesLargeFirst: true
    )
  }

  private mutating func statements(
    _ step: String,
    prepare: String,
    seed: String,
    drop: String,
    verify: String,
    isWhole: String,
    comesLargeFirst: Bool = false
  ) {
    let both = "params: [\"{{marker}}\", \"{{marker.large}}\"]}"
    let reversed = "params: [\"{{marker.large}}\", \"{{marker}}\"]}"
    let one = "params: [\"{{marker}}\"]}"
    lines = [
      "prepare:", "  - \(step), sql: \"\(prepare)\"}",
      "seed:", "  - \(step), sql: \"\(seed)\", \(both)",
      "drop:", "  - \(step), sql: \"\(drop)\", \(one)",
      "verify:", "  - \(step), sql: \"\(verify)\", \(comesLargeFirst ? reversed : both)",
      "    expect: {rows: 1, row: {token: \"{{marker}}\", is_whole: \(isWhole)}}",
      "count: [ci_marker]",
    ]
  }

  /// A month that nothing else uses, so that dropping its partition drops the marker at once.
  private mutating func clickhouse(_ name: String) {
    let step = "clickhouse: {service: \(name)"
    let params = "params: {marker: \"{{marker}}\", large: \"{{marker.large}}\"}}"
    let table =
      "CREATE TABLE IF NOT EXISTS ci_marker (day Date, token String, large String) "
      + "ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY token"
    notes = ["A month that nothing else uses: dropping its partition is done when it answers."]
    lines = [
      "prepare:", "  - \(step), query: \"\(table)\"}",
      "seed:",
      "  - \(step), query: \"INSERT INTO ci_marker SELECT toDate('2001-01-15'), {marker:String}, "
        + "{large:String}\", \(params)",
      "drop:", "  - \(step), query: \"ALTER TABLE ci_marker DROP PARTITION 200101\"}",
      "verify:",
      "  - \(step), query: \"SELECT token, large = {large:String} AS is_whole FROM ci_marker WHERE "
        + "token = {marker:String}\", \(params)",
      "    expect: {rows: 1, row: {token: \"{{marker}}\", is_whole: 1}}",
      "count: [ci_marker]",
    ]
  }

  /// A file with its mode, and a link: a volume has more than the contents of files.
  ///
  /// - Returns: false for a path of the machine, which may be somebody else's, and where nothing
  ///   writes.
  private mutating func files(_ store: StoreFacts, _ compose: Compose) -> Bool {
    let ordered = store.services.filter { $0 == "app" } + store.services.filter { $0 != "app" }
    var place: (service: String, target: String)?
    if let (service, mount) = compose.namelessMount(of: store.name) {
      guard mount.source == nil else { return false }
      place = (service, mount.target)
    } else {
      for name in ordered where place == nil {
        let mount = compose[service: name]?.mounts.first {
          $0.volume == store.name && !$0.isReadOnly
        }
        place = mount.map { (name, $0.target) }
      }
    }
    guard let (service, target) = place else { return false }
    func step(_ name: String, _ rest: String) -> String {
      let path = DraftedSecrets.template(
        target.hasSuffix("/") ? target + name : "\(target)/\(name)"
      )
      return "- file: {service: \(service), path: \(YAMLText.scalar(path))\(rest)}"
    }
    lines = [
      "seed:",
      "  " + step("ci-marker", ", folder: true"),
      "  " + step("ci-marker/marker.txt", ", write: \"{{marker}}\", mode: 0640"),
      "  " + step("ci-marker/link.txt", ", link: \"{{marker.token}}.txt\""),
      "drop:",
      "  " + step("ci-marker/marker.txt", ", write: dropped"),
      "  " + step("ci-marker/link.txt", ", link: dropped"),
      "verify:",
      "  " + step("ci-marker/marker.txt", ""),
      "    expect: {mode: 0640, content: \"{{marker}}\"}",
      "  " + step("ci-marker/link.txt", ""),
      "    expect: {type: link, target: \"{{marker.token}}.txt\"}",
    ]
    if store.services.count > 1 {
      let others = store.services.filter { $0 != service }.joined(separator: ", ")
      notes.append("\(others) mounts it, too.")
    }
    return true
  }
}
