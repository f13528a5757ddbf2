import Evidence
import SeededGenerators
import Testing

struct ShardTests {
  @Test(arguments: ["1/1", "2/5", "5/5"]) func `A part and its whole are read`(_ text: String) {
    #expect(Shard(text)?.description == text)
  }

  @Test(arguments: ["", "0/5", "6/5", "2", "2/5/1", "-1/5", "a/b", "1/0", "2/ 5", "٢/5", "1/99999"])
  func `What names no part is refused`(_ text: String) {
    #expect(Shard(text) == nil)
  }

  private static func catalogue(_ count: Int, _ random: inout SeededGenerator) -> [String] {
    (0..<count).map { "recipe-\($0)-\(random.below(1_000_000))" }
  }

  @Test func `Every recipe is in exactly one shard, whatever order they come in`() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let recipes = Self.catalogue(random.below(60), &random)
      let count = 1 + random.below(12)
      let shards = Shard.divide(recipes, among: count)
      #expect(shards.count == count)
      #expect(shards.joined().sorted() == recipes.sorted())
      #expect(Shard.divide(recipes.shuffled(using: &random), among: count) == shards)
    }
  }

  @Test func `Sizes differ by one at most`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let recipes = Self.catalogue(random.below(60), &random)
      let sizes = Shard.divide(recipes, among: 1 + random.below(12)).map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func `One recipe more moves few of the others`() {
    var random = SeededGenerator(seed: 3)
    var moved = 0
    var all = 0
    for _ in 0..<100 {
      let recipes = Self.catalogue(20, &random)
      let before = Shard.divide(recipes, among: 5)
      let after = Shard.divide(recipes + ["one-more-\(random.below(1_000_000))"], among: 5)
      for (index, shard) in before.enumerated() {
        moved += shard.count { !after[index].contains($0) }
        all += shard.count
      }
    }
    // Dealt out by turns, about two in five would move.
    #expect(Double(moved) / Double(all) < 0.2, "\(moved) of \(all)")
  }
}
