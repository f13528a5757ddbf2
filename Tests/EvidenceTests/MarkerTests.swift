import Evidence
import Testing

@Suite struct MarkerTests {
  @Test func `A marker has what data have, and begins with its token`() {
    let marker = Marker(token: "ci0a9z", isPlain: false)
    #expect(marker.token == "ci0a9z")
    #expect(marker.text.hasPrefix("ci0a9z"))
    for part in ["\u{FC}", "\u{1F98A}", "'", "\"", "\n"] {
      #expect(marker.text.unicodeScalars.contains { String($0) == part })
    }
    // What trims a text must not be able to hide that it did.
    #expect(marker.text.last?.isWhitespace == false)
    #expect(marker.text.utf8.count < 64)
  }

  @Test func `A plain marker is its token`() {
    #expect(Marker(token: "ci0a9z", isPlain: true).text == "ci0a9z")
  }

  @Test func `A large one follows from the marker, holds it, and is not the same twice over`() {
    let marker = Marker(token: "ci0a9z", isPlain: false)
    #expect(marker.large == Marker(text: marker.text).large)
    #expect(marker.large.hasPrefix(marker.text) && marker.large.hasSuffix(marker.token))
    #expect((20_000..<20_100).contains(marker.large.utf8.count))
    #expect(Set(marker.large.split(separator: "\n")).count > 1000)
    #expect(marker.large != Marker(token: "ci0a9y", isPlain: false).large)
  }

  @Test func `Each name has its value`() {
    let marker = Marker(token: "a", isPlain: true)
    #expect(Marker.names.map { marker.value(of: $0) } == [marker.text, "a", marker.large])
    #expect(marker.value(of: "marker.other") == nil)
  }
}
