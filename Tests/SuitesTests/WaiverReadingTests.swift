import Evidence
import Testing

@testable import Suites

struct WaiverReadingTests {
  /// Reads a `recipe.yml` with these lines.
  private func read(_ text: String) -> (suite: Suite, said: [String]) {
    let sink = DiagnosticSink()
    var suite = Suite(recipe: "demo", folder: "/suites/demo")
    if let node = YAMLReader.read(Array(text.utf8), file: "recipe.yml", into: sink) {
      let reader = RecipeFileReader(
        NodeReader(sink),
        files: SuiteFiles(folder: "/"),
        rules: ["control-missing", "store-without-marker"]
      )
      reader.read(node, into: &suite)
    }
    return (
      suite,
      sink.diagnostics.map { diagnostic in
        let nearest = diagnostic.nearest.map { " (\($0)?)" } ?? ""
        return "\(diagnostic.line):\(diagnostic.column) \(diagnostic.message)\(nearest)"
      }
    )
  }

  @Test func whatIsSaidOfAStoreIsRead() {
    let (suite, said) = read(
      """
      stores:
        cache: {holds_nothing: sessions only}
        db: {volatile: {sessions: they expire, "audit.*": the clock writes it}}
      """
    )
    #expect(said == [])
    #expect(suite.stores["cache"]?.holdsNothing == "sessions only")
    #expect(
      suite.stores["db"]?.volatile == [
        VolatileParts(pattern: "sessions", why: "they expire"),
        VolatileParts(pattern: "audit.*", why: "the clock writes it"),
      ]
    )
    let (_, mistakes) = read(
      """
      stores:
        cache: {holds_nothing: " "}
        db: {volatile: {"*": all of it, notes: ""}}
        files: {holds_nothng: x}
      """
    )
    #expect(mistakes.count == 4, "\(mistakes)")
    #expect(mistakes.contains("3:19 volatile \"*\" leaves everything out"))
    #expect(mistakes.contains { $0.hasPrefix("4:11") && $0.hasSuffix("(holds_nothing?)") })
  }

  @Test func aWaiverNamesARuleAndWhatItIsAbout() {
    let (suite, said) = read(
      """
      waivers:
        - {rule: store-without-marker, for: cache, why: thumbnails only, until: 2027-01-01}
        - rule: control-missing
          why: the app gives no id back
          until: "the app has an API"
      """
    )
    #expect(said == [])
    #expect(suite.waivers.map(\.subject) == ["cache", nil])
    #expect(suite.waivers.map(\.until) == ["2027-01-01", "the app has an API"])
    #expect(suite.waivers[0].place.description == "recipe.yml:2:5")
  }

  @Test func mistakesInWaiversAreToldAtTheirPlaces() {
    let (suite, said) = read(
      """
      waivers:
        - {rule: store-without-markr, why: thumbnails, until: 2027-01-01}
        - {rule: waiver-expired, why: it nags, until: 2027-01-01}
        - {rule: control-missing, why: "  ", until: 2027-02-29}
        - {rule: control-missing, why: because, until: ""}
        - {rule: control-missing, until: 31.12.2027}
      """
    )
    #expect(suite.waivers == [])
    #expect(
      said == [
        "2:12 rule \"store-without-markr\" does not exist, or cannot be waived (store-without-marker?)",
        "3:12 rule \"waiver-expired\" cannot be waived: it is about waivers; take the waiver away "
          + "instead",
        "4:34 why is empty",
        "4:47 until \"2027-02-29\" is not a calendar day",
        "5:50 until is empty",
        "6:5 a waiver needs \"why\": why it does not count",
        "6:36 until \"31.12.2027\" is not a calendar day",
      ]
    )
  }

  @Test(arguments: [
    ("2028-02-29", true), ("2027-02-29", false), ("2100-02-29", false), ("2000-02-29", true),
    ("2027-04-31", false), ("2027-13-01", false), ("2027-00-10", false), ("2027-1-31", false),
    ("2027-01-31T", false), ("２027-01-31", false),
  ])
  func aDayIsOneOfTheCalendar(_ text: String, _ isDay: Bool) {
    #expect(CalendarDay.isDay(text) == isDay)
  }

  @Test(arguments: ["2027-1-31", "31.12.2027", "12/31/27"])
  func whatIsWrittenLikeADayIsNotTakenForWords(_ text: String) {
    #expect(CalendarDay.looksLikeDay(text))
    #expect(!CalendarDay.looksLikeDay("version 1.2.3 is out"))
  }
}
