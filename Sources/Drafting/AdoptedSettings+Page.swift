package import Evidence
package import Importing

extension AdoptedSettings {
  /// Takes what a hand-written page claims, as far as the grammar has words for it: ports as
  /// `covered`, what is put off or not there as `deferred`, the rest word for word as `notes`.
  ///
  /// - Parameters:
  ///   - shown: how messages name the page.
  ///   - checks: those of the suite, each with its file.
  ///   - files: of the suite.
  package mutating func take(
    _ page: ImportedPage,
    shown: String,
    checks: [(id: CheckID, file: String)],
    files: [String]
  ) {
    let search = TestSearch(checks: checks, files: files)
    for claim in page.claims {
      let place = "\(shown):\(claim.lines.lowerBound)"
      switch claim.kind {
      case .port: port(claim, place, search)
      case .nonPort:
        if let unit = claim.original.map(Self.unit) {
          unported.append(([unit], claim.reason ?? claim.text))
        }
      case .test: test(claim, place, search)
      case .lifecycle: lifecycle(claim, place, search)
      case .store:
        let store = claim.store ?? "a store"
        markers.append("the marker of \(store), which \(place) claims")
      case .vacuous:
        leftovers.append(
          Leftover(
            shown,
            claim.lines.lowerBound,
            "nothing to port",
            "say under `corpus` in parity.yml where the older scripts are, or why there are none"
          )
        )
      case .deferral:
        let what = claim.planned.first?.raw ?? Self.start(of: claim.text)
        put(off: what, why: claim.text, until: "it is done: \(place) names no end")
      case .readiness: readiness(claim)
      case .own: break
      }
    }
    notes += page.rest.map(\.text)
  }

  /// As the corpus names it: below the recipe's `tests` folder.
  private static func unit(_ reference: PageReference) -> String {
    let path = reference.path ?? reference.raw
    let start = path.firstRange(of: "/tests/").map { path[$0.upperBound...] } ?? path[...]
    return start + (reference.function.map { "::\($0)" } ?? "")
  }

  private static func start(of text: String) -> String {
    let words = text.split(separator: " ").prefix(8).joined(separator: " ")
    return words.utf8.count < text.utf8.count ? "\(words) …" : text
  }

  private mutating func put(
    off what: String,
    why: String,
    until: String,
    ports: [String] = []
  ) {
    deferred.append(Deferral(what: what, why: why, until: until, ports: ports))
  }

  private mutating func port(_ claim: PageClaim, _ place: String, _ search: TestSearch) {
    guard let original = claim.original else { return }
    let unit = Self.unit(original)
    let said = "\(place) says: \(claim.text)"
    let found = claim.tests.flatMap { search.find($0).checks }
    switch claim.status {
    case .claimed where !found.isEmpty: covered.append(([unit], found, said))
    case .skipped: unported.append(([unit], said))
    default:
      let plan = claim.planned.first ?? claim.tests.first
      let what = plan.map { "\(unit) as \($0.raw)" } ?? unit
      put(off: what, why: said, until: "it is written", ports: [unit])
    }
  }

  /// A test that came along speaks for itself.
  private mutating func test(_ claim: PageClaim, _ place: String, _ search: TestSearch) {
    let missing = claim.tests.filter { search.find($0).checks.isEmpty }
    guard let first = missing.first else { return }
    let others = missing.dropFirst().map { ", \($0.raw)" }.joined()
    put(
      off: first.raw + others,
      why: "\(place) claims it, and no such test came along: \(claim.text)",
      until: "it is written, or the claim is taken back"
    )
  }

  private mutating func lifecycle(_ claim: PageClaim, _ place: String, _ search: TestSearch) {
    if claim.status == .skipped {
      let stages = claim.stages.filter { ![.install, .teardown].contains($0) }
      for stage in stages { skip(stage, claim.reason ?? claim.text) }
      if stages.contains(.restore) { skip(.recover, claim.reason ?? claim.text) }
    } else {
      test(claim, place, search)
    }
  }

  private mutating func readiness(_ claim: PageClaim) {
    guard let path = claim.requests.first?.path, health.allSatisfy({ $0.name != "path" }) else {
      return
    }
    health.append(("path", YAMLText.scalar(Self.template(path))))
    if !claim.statuses.isEmpty, health.allSatisfy({ $0.name != "ok" }) {
      let codes = claim.statuses.map { "\($0)" }.joined(separator: ", ")
      health.append(("ok", "[\(codes)]"))
    }
  }
}
