import Evidence
import Testing

@testable import Auditing

@Suite struct LevelTests {
  typealias State = RungCoverage.State

  static let ladders: [([State], Int)] = [
    ([.pass, .pass, .pass, .pass, .pass], 5),
    ([.pass, .pass, .pass, .pass, .unver], 4),
    ([.pass, .pass, .pass, .fail, .pass], 3),
    ([.pass, .skip, .pass, .unver, .unver], 3),
    ([.pass, .skip, .skip, .pass, .unver], 4),
    ([.pass, .skip, .skip, .unver, .unver], 1),
    ([.pass, .fail, .pass, .pass, .pass], 1),
    ([.pass, .unver, .pass, .pass, .pass], 1),
    ([.fail, .pass, .pass, .pass, .pass], 0),
    ([.unver, .pass, .pass, .pass, .pass], 0),
    ([.skip, .skip, .skip, .skip, .skip], 0),
    ([.skip, .pass, .unver, .pass, .pass], 2),
  ]

  @Test(arguments: ladders)
  func `The level is the highest pass above nothing but passes and skips`(
    _ states: [State],
    _ level: Int
  ) {
    let rungs = states.enumerated().map { index, state in
      RungCoverage(level: index + 1, name: "rung", state: state, reason: "why")
    }
    #expect(Audit.level(of: rungs) == level)
  }

  @Test func `No level stands above a rung that failed or is not known`() {
    for number in 0..<1024 {
      let rungs = (0..<5).map { index in
        RungCoverage(
          level: index + 1,
          name: "rung",
          state: State.allCases[number >> (2 * index) & 3],
          reason: "why"
        )
      }
      let level = Audit.level(of: rungs)
      #expect(level == 0 || rungs[level - 1].state == .pass)
      #expect(rungs.prefix(level).allSatisfy { $0.state == .pass || $0.state == .skip })
    }
  }

  @Test func `A lint that did not run is no pass`() {
    #expect(Sample().rung(5) == .unver)
  }

  @Test func `A rung that is not a pass has its reason`() {
    var sample = Sample()
    sample.setAll(.upgrade, .skipped(reason: "no older version"))
    sample.set(Sample.first, .failed(reason: "another answer"))
    for rung in sample.coverage.rungs {
      #expect((rung.reason == nil) == (rung.state == .pass))
    }
  }
}
