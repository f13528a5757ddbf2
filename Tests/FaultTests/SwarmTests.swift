import Testing

/// Every fault of `Tests/faults/swarm`, one at a time, on the built tool and a real Docker engine.
@Suite(
  .enabled(
    if: SwarmEngine.given != nil,
    "no engine, which `make test-swarm` starts as root"
  )
)
struct SwarmTests {
  @Test("a fault is told for what it is", arguments: FaultRow.all.filter { $0.start.isOnSwarm })
  func isTold(_ row: FaultRow) async throws {
    try await Lanes.swarm.use(alone: row.isAlone) { try await FaultTableTests.check(row) }
  }
}
