import Evidence
import Formats
import SeededGenerators
import Testing

@testable import Reports

/// Whatever is done to a `coverage.json`, it is read or refused; what is read can be compared and
/// shown. `FUZZ_SECONDS` makes it go on for so long: `make fuzz`.
@Suite struct CoverageFuzzTests {
  private static let scraps = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "0", "-1",
    "1e400", "99999999999999999999", "\u{0}", "\u{FEFF}", "<<<<<<< HEAD\n", "\n", "{}", "[]",
    "\"\"",
  ]

  /// Another value in the place of one to four of a document: what is well-formed gets further.
  private func changed(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
    var places: [JSONValue] = []
    func visit(_ value: JSONValue) {
      places.append(value)
      switch value {
      case .array(let items): for item in items { visit(item) }
      case .object(let object): for member in object.members { visit(member.value) }
      default: break
      }
    }
    visit(value)
    var targets = Set((0...random.below(4)).map { _ in random.below(places.count) })
    var place = -1
    func copy(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue? {
      place += 1
      if targets.remove(place) != nil {
        switch random.below(6) {
        case 0: return nil
        case 1: return .null
        case 2: return .int(Int64(random.pick([-1, 0, 1, 3, Int(Int32.max), Int.max, Int.min])))
        case 3:
          return .string(random.pick(["", "\u{0}", "é\u{301}", "::", "a\r\nb", "{{x}}", "$["]))
        default: return random.pick(places)
        }
      }
      switch value {
      case .array(let items): return .array(items.compactMap { copy($0, &random) })
      case .object(let object):
        let members = object.members.compactMap { one in
          copy(one.value, &random).map { (one.key, $0) }
        }
        return .object(JSONObject(members))
      default: return value
      }
    }
    return copy(value, &random) ?? .null
  }

  private func show(_ read: CoverageModel, beside old: CoverageModel) throws {
    let again = try CoverageModel(json: JSONTextEncoder(.spaced).bytes(of: read))
    #expect(again == read)
    let sides = [RecipeDiff.Side(old), RecipeDiff.Side(read)]
    func diff(_ from: RecipeDiff.Side, _ to: RecipeDiff.Side) -> CoverageDiff {
      let recipe = RecipeDiff(recipe: "demo", from: from, to: to, today: "2026-01-01")
      return CoverageDiff(
        from: "a",
        to: "b",
        today: "2026-01-01",
        recipeCount: 1,
        recipes: [recipe]
      )
    }
    #expect(diff(sides[1], sides[1]).isEmpty)
    let (forth, back) = (diff(sides[0], sides[1]), diff(sides[1], sides[0]))
    #expect(forth.isEmpty == back.isEmpty)
    _ = DiffTerminal(forth).rendered() + DiffMarkdown(back).rendered() + DiffJSON(forth).rendered()
    let entry = CoverageHistory.Entry(commit: "0", day: "2026-01-01", state: .init(read))
    _ = HistoryText(CoverageHistory(recipe: "demo", entries: [entry, entry])).rendered()
    _ = try ParityPage(read).rendered()
  }

  @Test(arguments: Seeds.upTo(200)) func `No coverage brings the reader down`(seed: Int) throws {
    let whole = [Fixture.plausible().0, Fixture.everything().0]
    let texts = try whole.map { try JSONTextEncoder(.spaced).bytes(of: $0) }
    let values = try texts.map { try JSONParser().parse($0) }
    Fuzzing.run(seed) { random in
      let which = random.below(whole.count)
      let bytes =
        random.below(4) == 0
        ? random.damaged(texts[which], scraps: Self.scraps)
        : Array(changed(values[which], &random).description.utf8)
      do throws(CoverageReadingError) {
        let read = try CoverageModel(json: bytes)
        #expect(throws: Never.self) { try show(read, beside: whole[which]) }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
