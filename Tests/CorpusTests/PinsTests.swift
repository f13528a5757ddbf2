import Testing

@testable import Corpus

@Suite struct PinsTests {
  private static func unit(_ text: String, _ path: String = "a|b.py") async -> CorpusUnit {
    await CorpusScript(
      path: path,
      language: .python,
      bytes: Array(text.utf8),
      hash: String(repeating: "0a", count: 20)
    ).units()[0]
  }

  @Test func `What is written is read again as it was`() async throws {
    let pins = Pins([
      "b.py": Pins.Pin(
        await Self.unit("import requests\nassert requests.get('http://h/a|b').ok\n")
      ),
      "a|b.py": Pins.Pin(await Self.unit("print('nothing')\n")),
    ])
    #expect(try Pins(Array(pins.text.utf8)) == pins)
    #expect(try Pins(Array(pins.text.utf8)).text == pins.text)
    #expect(pins.hash?.utf8.count == 40)
    #expect(Pins().hash == nil)
  }

  @Test func `Units may come in any order and are written in one`() async throws {
    let pins = Pins(["b.py": .init(await Self.unit("")), "a.py": .init(await Self.unit(""))])
    let blocks = pins.text.split(separator: "\n\n").map(String.init)
    let turned = ([blocks[0]] + blocks.dropFirst().reversed()).joined(separator: "\n\n")
    #expect(try Pins(Array((turned + "\n").utf8)).text == pins.text)
  }

  @Test func `Every line that is cut off or changed is refused or changes what is read`()
    async throws
  {
    let pins = Pins([
      "a.py": .init(await Self.unit("assert 1 == 2\n")), "b.py": .init(await Self.unit("")),
    ])
    let lines = pins.text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices where !lines[index].isEmpty && !lines[index].hasPrefix("#") {
      var fewer = lines
      fewer.remove(at: index)
      let text = fewer.joined(separator: "\n")
      #expect((try? Pins(Array(text.utf8))) != pins, "line \(index + 1)")
      var twice = lines
      twice[index] = "x" + lines[index]
      #expect(throws: Pins.Problem.self) { try Pins(Array(twice.joined(separator: "\n").utf8)) }
    }
    #expect(throws: Pins.Problem(line: 0, message: "file is empty", expected: "parity.lock 1")) {
      try Pins([])
    }
    #expect(throws: Pins.Problem.self) { try Pins([0x70, 0xFF, 0x0A]) }
  }
}
