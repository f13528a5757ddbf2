import Formats
import Testing

struct JSONPathOutcomeTests {
  private static let document = #"""
    {"items": [{"title": "a", "tags": [], "n": 1}, {"title": "b", "done": true}], "empty": [],
     "none": null, "text": "x", "meta": {"page": {"next": null}}}
    """#

  private func end(_ path: String) throws -> JSONPathEnd? {
    let value = try JSONParser().parse(Self.document)
    switch try JSONPath(path).outcome(in: value) {
    case .found: return nil
    case .nothing(let end): return end
    }
  }

  @Test(arguments: ["$", "$.items[1].done", "$.items[*].done", "$..next", "$.empty", "$.none"])
  func whatIsFoundIsFound(path: String) throws {
    #expect(try end(path) == nil)
  }

  /// The last segment, and what it is asked of was read.
  @Test(
    arguments: [
      ("$.items[?@.title == 'c']", "$.items", .selection), ("$.empty[*]", "$.empty", .selection),
      ("$.empty[*].title", "$.empty", .selection), ("$.items[5:]", "$.items", .selection),
      ("$.items[?@.title == 'c'].title", "$.items", .selection),
      ("$.items[?@.gone]", "$.items", .selection),
      ("$.items[?@.title == 'c' || @.titel == 'c']", "$.items", .selection),
      ("$.items[9]", "$.items", .element(9, count: 2)),
      ("$.error", "$", .member("error", names: ["empty", "items", "meta", "none", "text"])),
      ("$.items[*].nmae", "$.items[*]", .member("nmae", names: ["n", "tags", "title", "done"])),
      ("$.meta.page['nxet']", "$.meta.page", .member("nxet", names: ["next"])),
    ] as [(String, String, JSONPathEnd.Cause)]
  )
  func whatCouldHaveBeenThereIsAbsent(path: String, reached: String, cause: JSONPathEnd.Cause)
    throws
  {
    let end = try #require(try end(path))
    #expect(end.reached == reached && end.cause == cause && end.isPresent)
  }

  @Test(arguments: [
    ("$.itmes[*]", "$", "itmes"), ("$.itmes[0].title", "$", "itmes"),
    ("$.meta.pgae.next", "$.meta", "pgae"), ("$.items[?@.titel == 'a']", "$.items[*]", "titel"),
    ("$.items[?@.titel == 'a' && @.n == 1]", "$.items[*]", "titel"),
    ("$.items[?match(@.titel, 'a')].n", "$.items[*]", "titel"),
    ("$.items[?length(@.titel) > 1]", "$.items[*]", "titel"),
  ])
  func whereTheWayIsNotThereNothingIsKnown(path: String, reached: String, name: String) throws {
    let end = try #require(try end(path))
    #expect(!end.isPresent && end.reached == reached)
    guard case .member(name, let names) = end.cause else {
      Issue.record("\(end)")
      return
    }
    #expect(!names.isEmpty)
  }

  @Test(arguments: [
    ("$.none.next", "null"), ("$.text[0]", "a string"), ("$.items.title", "an array"),
    ("$.text[*]", "a string"), ("$.meta[0]", "an object"), ("$.items[*].title[*]", "a string"),
  ])
  func whatHasNoMembersTellsNothing(path: String, kind: String) throws {
    let end = try #require(try end(path))
    #expect(!end.isPresent && end.cause == .kind(kind))
  }

  @Test func namesOfEveryDepthAreToldOfADescent() throws {
    let end = try #require(try end("$..titel"))
    #expect(end.isPresent && end.reached == "$")
    guard case .member("titel", let names) = end.cause else {
      Issue.record("\(end)")
      return
    }
    #expect(names.contains("title") && names.contains("next"))
  }
}
