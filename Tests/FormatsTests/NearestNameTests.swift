import Formats
import Testing

@Suite struct NearestNameTests {
  @Test func `Near names are near, and others are none`() {
    let keys = ["retry", "expect", "capture", "postgres", "http"]
    #expect(NearestName.of("retyr", among: keys) == "retry")
    #expect(NearestName.of("htpp", among: keys) == "http")
    #expect(NearestName.of("Expect", among: keys) == "expect")
    #expect(NearestName.of("flavour", among: keys) == nil)
    #expect(NearestName.of("x", among: ["y"]) == nil)
  }
}
