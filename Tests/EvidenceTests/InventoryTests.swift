import Evidence
import Formats
import Testing

/// What two inventories tell when they are held against each other.
@Suite struct InventoryTests {
  private let notes = InventoryPart(.table, "public.notes")
  private let users = InventoryPart(.table, "public.users")

  private func table(_ rows: Int, _ hash: String, owner: String = "app") -> Inventory.Properties {
    [.rows: .number(rows), .hash: .text(hash), .owner: .text(owner), .definition: .text("d")]
  }

  private func file(_ hash: String) -> Inventory.Properties {
    [.type: .text("file"), .mode: .text("600"), .hash: .text(hash), .size: .number(1)]
  }

  @Test func `An inventory comes back as it was, and has one form`() throws {
    let inventory = Inventory(
      [
        notes: table(2, "a"), users: table(0, "b"),
        InventoryPart(.path, "e\u{301}"): file("x"), InventoryPart(.path, "\u{e9}"): file("y"),
      ],
      gaps: [Inventory.Gap(InventoryPart(.database, "other"), why: "permission denied")]
    )
    let bytes = try JSONTextEncoder().bytes(of: inventory)
    #expect(try JSONTextDecoder().decode(Inventory.self, from: bytes) == inventory)
    #expect(inventory.counts == [.table: 2, .path: 2])
    #expect(try JSONTextEncoder().bytes(of: inventory) == bytes)
  }

  @Test func `Lost, changed and added are told by name, with what changed`() {
    let before = Inventory([notes: table(2, "a"), users: table(1, "b")])
    let later = InventoryPart(.view, "public.recent")
    let after = Inventory([notes: table(3, "c", owner: "postgres"), later: [.owner: .text("app")]])
    let difference = before.difference(to: after)
    #expect(difference.lost.items == [users])
    #expect(difference.added.items == [later])
    #expect(
      difference.changed.items == [
        InventoryDifference.Change(
          notes,
          [
            .init(.rows, before: .number(2), after: .number(3)),
            .init(.hash, before: .text("a"), after: .text("c")),
            .init(.owner, before: .text("app"), after: .text("postgres")),
          ]
        )
      ]
    )
    #expect(difference.count == 3 && !difference.isEmpty)
    #expect(before.difference(to: before).isEmpty)
  }

  @Test func `Ten are named and the rest is counted`() throws {
    let parts = (0..<25).map { InventoryPart(.path, "f\(100 + $0)") }
    let before = Inventory(Dictionary(uniqueKeysWithValues: parts.map { ($0, file("x")) }))
    let difference = before.difference(to: Inventory())
    #expect(difference.lost.items == Array(parts.prefix(10)))
    #expect(difference.lost.others == 15 && difference.count == 25)
    let bytes = try JSONTextEncoder().bytes(of: difference)
    #expect(try JSONTextDecoder().decode(InventoryDifference.self, from: bytes) == difference)
  }

  @Test func `Of a volatile table only the contents are left out`() {
    let volatile = [VolatileParts(pattern: "not*", why: "a cache")]
    let before = Inventory([notes: table(2, "a"), users: table(1, "b")])
    let changed = Inventory([notes: table(5, "z", owner: "postgres"), users: table(1, "b")])
    let difference = before.difference(to: changed, leavingOut: volatile)
    #expect(difference.changed.items.flatMap(\.properties).map(\.property) == [.owner])
    #expect(
      difference.leftOut.items == [
        InventoryDifference.LeftOut(
          notes,
          [.rows, .hash],
          .declared(pattern: "not*", why: "a cache")
        )
      ]
    )
    let gone = before.difference(to: Inventory([users: table(1, "b")]), leavingOut: volatile)
    #expect(gone.lost.items == [notes])
  }

  @Test(arguments: [
    ("cache", "cache/a/b", true), ("cache", "cache", true), ("cache", "my/cache", false),
    ("*/cache", "my/cache/x", true), ("*.tmp", "a.tmp", true), ("*.tmp", "a/b.tmp", false),
  ])
  func `A volatile path is left out with all below it`(
    _ pattern: String,
    _ path: String,
    _ isLeftOut: Bool
  ) {
    let before = Inventory([InventoryPart(.path, path): file("x")])
    let difference = before.difference(
      to: Inventory(),
      leavingOut: [VolatileParts(pattern: pattern, why: "w")]
    )
    #expect(difference.isEmpty == isLeftOut)
    #expect(difference.leftOut.total == (isLeftOut ? 1 : 0))
  }

  @Test func `A pattern takes neither a trigger nor a whole database out`() {
    let trigger = InventoryPart(.trigger, "public.notes.audit")
    let before = Inventory([trigger: [.definition: .text("d")]])
    let all = [VolatileParts(pattern: "*", why: "w")]
    #expect(before.difference(to: Inventory(), leavingOut: all).lost.items == [trigger])
  }

  @Test func `What changes by itself is left out, and nothing else of the same part`() {
    let first = Inventory([notes: table(2, "a"), users: table(1, "b")])
    let second = Inventory([notes: table(2, "c"), users: table(1, "b")])
    let drift = first.drift(to: second)
    #expect(drift.entries.map(\.part) == [notes])
    #expect(drift.entries.first?.properties == [.hash])
    let after = Inventory([notes: table(1, "x"), users: table(1, "x")])
    let difference = second.difference(to: after, drift)
    #expect(
      difference.changed.items.map { $0.properties.map(\.property) } == [[.rows], [.hash]]
    )
    #expect(difference.leftOut.items.map(\.cause) == [.changesByItself])
    #expect(first.drift(to: first).isEmpty)
  }

  @Test func `A part that comes and goes by itself is left out as a whole`() {
    let lock = InventoryPart(.path, "lock")
    let drift = Inventory([lock: file("x")]).drift(to: Inventory())
    #expect(Inventory().difference(to: Inventory([lock: file("y")]), drift).isEmpty)
    let union = drift.union(Inventory([lock: file("x")]).drift(to: Inventory([lock: file("y")])))
    #expect(union.entries.first?.properties == [])
  }

  @Test func `What was not hashed or not read is told beside a difference`() {
    var big = table(9, "")
    big[.hash] = nil
    big[.hashing] = .text("none")
    let inventory = Inventory(
      [notes: big],
      gaps: [Inventory.Gap(InventoryPart(.database, "other"), why: "denied")]
    )
    let difference = inventory.difference(to: inventory)
    #expect(difference.isEmpty)
    #expect(
      difference.leftOut.items.map(\.cause) == [.notRead(why: "denied"), .notHashed(how: "none")]
    )
    #expect(inventory.unhashed == [notes])
    // Nor is a table changed that was small enough to be hashed once.
    let smaller = Inventory([notes: table(9, "a")])
    #expect(inventory.difference(to: smaller).changed.items == [])
  }

  @Test func `Only what the app does counts as its writing`() {
    let empty = Inventory([notes: table(0, "")])
    let marked = Inventory([notes: table(1, "m")])
    let used = Inventory([notes: table(2, "n")])
    var activity = StoreActivity(installed: empty)
    activity.appActed(empty)
    activity.toolActed(marked)
    activity.appActed(marked)
    #expect(activity.written == nil)
    activity.appActed(used)
    #expect(activity.written?.changed.items.map(\.part) == [notes])
    var idle = StoreActivity(installed: empty)
    idle.appActed(marked, empty.drift(to: marked))
    #expect(idle.written == nil)
  }
}
