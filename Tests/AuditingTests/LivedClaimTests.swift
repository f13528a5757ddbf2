import Evidence
import Formats
import Testing

@testable import Auditing

/// What carried checks, the app's own writing and the proof of an upgrade take away from claims.
@Suite struct LivedClaimTests {
  private static let note = Sample.first

  /// Two stores, and a check that is carried through the life of the app.
  private static func sample(writesTo stores: [String]) -> Sample {
    var sample = Sample()
    sample.addStore("files")
    for stage in [Stage.install, .upgrade, .restore, .recover] {
      let id = CheckID.carried(note, in: stage)
      sample.add(id, .integrity, stage, strength: .state)
      let last = sample.record.header.planned.count - 1
      sample.record.header.planned[last].origin = note
    }
    sample.set(.carried(note, in: .install)) { check in
      check.steps = [
        StepRecord(
          number: "3",
          kind: "look",
          title: "what it wrote to",
          place: nil,
          outcome: .passed,
          assertions: stores.map {
            Assertion(.inventory($0), .not(.isWell), actual: .absent, holds: true)
          }
        )
      ]
    }
    return sample
  }

  @Test func `A carried check that fails refutes the stores that it wrote to`() {
    var sample = Self.sample(writesTo: ["db"])
    sample.set(.carried(Self.note, in: .recover), .failed(reason: "it is gone"))
    #expect(sample.verdict("P4/db/recovered")?.word == .refuted)
    #expect(sample.verdict("P4/files/recovered")?.word == .proven)
    #expect(sample.verdict("P4/db/restored")?.word == .proven)
    // What a store came to is not said of the stage.
    #expect(sample.verdict("P1/recover")?.word == .proven)
  }

  @Test func `Where nobody knows what it wrote to, it refutes every store`() {
    var sample = Self.sample(writesTo: [])
    sample.set(.carried(Self.note, in: .upgrade), .failed(reason: "it is gone"))
    #expect(sample.verdict("P4/db/upgrade")?.word == .refuted)
    #expect(sample.verdict("P4/files/upgrade")?.word == .refuted)
  }

  @Test
  func `What the app never wrote to is not proven, and what did not last may be kept nowhere`() {
    var sample = Self.sample(writesTo: [])
    let id = CheckID.integrity("files", "written_by_app")
    sample.add(id, .integrity, .functional, strength: .ack)
    sample.set(id, .skipped(reason: Reason(.storeNeverWritten(store: "files"))))
    #expect(sample.verdict("P4/files/restored")?.word == .unproven)
    #expect(sample.verdict("P4/db/restored")?.word == .proven)
    #expect(sample.verdict("P3/\(Self.note)")?.word == .proven)
    sample.set(.carried(Self.note, in: .upgrade), .failed(reason: "it is gone"))
    #expect(sample.verdict("P4/files/upgrade")?.word == .refuted)
    #expect(sample.verdict("P4/db/upgrade")?.word == .proven)
    #expect(sample.verdict("P3/\(Self.note)")?.word == .unproven)
  }

  @Test func `What is there without any backup is kept in no store`() {
    var sample = Self.sample(writesTo: ["db"])
    let id = CheckID.carried(Self.note, in: .recover)
    sample.set(id) { $0.control = ControlRecord(kind: .later, result: .failed) }
    #expect(sample.verdict("P3/\(Self.note)")?.word == .proven)
    sample.set(id) { $0.control = ControlRecord(kind: .later, result: .passed) }
    #expect(sample.verdict("P3/\(Self.note)") == .unproven(reason: Reason(.keptInNoStore)))
    #expect(sample.rules.contains(Rule.checkCannotFail.rawValue))
  }

  @Test func `An upgrade that nothing shows carries no store with it`() {
    var sample = Sample()
    let id = CheckID.generic(.upgrade, "version_runs")
    sample.add(id, .generic, .upgrade)
    sample.set(id, .skipped(reason: Reason(.versionNotShown(doubts: ["db stays as it is"]))))
    #expect(sample.verdict("P1/upgrade")?.word == .unproven)
    #expect(sample.verdict("P4/db/upgrade")?.word == .unproven)
    #expect(sample.verdict("P4/db/restored")?.word == .proven)
    #expect(sample.coverage.level == 1)
  }

  @Test func `A program that is not what its image has stands for it`() {
    var sample = Sample()
    sample.setStage(.teardown) {
      $0.operations = [
        OperationRecord(
          name: "program of db",
          outcome: .passed,
          facts: ["service": "db", "in place of": "postgres:99", "runs": "postgres 15"]
        )
      ]
    }
    #expect(sample.coverage.standins.map(\.service) == ["db"])
    #expect(sample.verdict("P1/install")?.word == .provenOnStandin)
  }

  @Test func `An app that does not come back after a loss is not recovered, whatever its data`() {
    var sample = Sample()
    sample.set(.generic(.recover, "serving"), .failed(reason: "503"))
    #expect(sample.verdict("P1/recover")?.word == .refuted)
    #expect(sample.verdict("P4/db/recovered")?.word == .proven)
    #expect(sample.coverage.level == 2)
  }

  @Test func `A restore is not reached where the loss of everything was not survived`() {
    var sample = Sample()
    sample.set(.integrity("db", "recovered"), .failed(reason: "it is gone"))
    #expect(sample.verdict("P4/db/recovered")?.word == .refuted)
    #expect(sample.coverage.level == 2)
  }
}
