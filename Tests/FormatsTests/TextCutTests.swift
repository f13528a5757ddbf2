import Testing

@testable import Formats

@Suite struct TextCutTests {
  private func start(_ text: String, _ limit: Int) -> String {
    String(decoding: TextCut.start(Array(text.utf8), limit: limit), as: UTF8.self)
  }

  private func end(_ text: String, _ limit: Int) -> String {
    String(decoding: TextCut.end(Array(text.utf8), limit: limit), as: UTF8.self)
  }

  @Test func `What fits is not cut`() {
    #expect(start("a secret", 8) == "a secret")
    #expect(end("a secret", 8) == "a secret")
  }

  @Test func `No cut goes through a word`() {
    #expect(start("failed with token=xZq7wSecret and more", 24) == "failed with ")
    #expect(start("failed with xZq7wSecret and more", 23) == "failed with xZq7wSecret")
    #expect(end("one xZq7wSecret failed", 12) == " failed")
    #expect(end("one xZq7wSecret failed", 18) == "xZq7wSecret failed")
    #expect(start(#"{"a":"xZq7wSecret"}"#, 10) == #"{"a":""#)
  }

  @Test(arguments: 0...40)
  func `A secret is there whole or not at all`(limit: Int) {
    let text = "before xZq7wSecretTokenV after"
    for cut in [start(text, limit), end(text, limit)] {
      #expect(cut.contains("xZq7wSecretTokenV") || !cut.contains("TokenV") && !cut.contains("xZq7"))
    }
  }

  @Test(arguments: 0...40)
  func `A known secret is taken out before the cut`(limit: Int) throws {
    let secrets = try Redactor(secrets: [.init(name: "token", value: "xZq7wSecretTokenV")])
    let text = Array("before xZq7wSecretTokenV after".utf8)
    for cut in [
      TextCut.start(text, limit: limit, without: secrets),
      TextCut.end(text, limit: limit, without: secrets),
    ] {
      #expect(!cut.text.contains("xZq7") && !cut.text.contains("TokenV"))
    }
    let whole = TextCut.start(text, limit: 100, without: secrets)
    #expect(whole.text == "before [secret:token] after" && whole.rest == 0)
  }

  @Test(arguments: ["xZq7wSecretTokenV", "xZq7w correct\nhorse TokenV"])
  func `Of a text that was cut before, no half of a secret is shown`(secret: String) throws {
    let secrets = try Redactor(secrets: [.init(name: "token", value: secret)])
    let text = Array("before \(secret) after".utf8)
    for length in 0...text.count {
      let part = Array(text[..<length])
      for cut in [
        TextCut.start(part, limit: 100, without: secrets, isCut: true).text,
        TextCut.end(part, limit: 100, without: secrets, isCut: true).text,
      ] {
        #expect(["", "before ", "before [secret:token] "].contains(cut), "\(length): \(cut)")
      }
      let unknown = TextCut.start(part, limit: 100, without: nil, isCut: true)
      #expect(unknown.text.isEmpty || unknown.text.last?.isWhitespace == true)
      #expect(unknown.text.utf8.count + unknown.rest == length)
    }
  }

  @Test func `One word that is too long is left out`() {
    #expect(start(String(repeating: "x", count: 100), 10) == "")
    #expect(end(String(repeating: "x", count: 100), 10) == "")
    #expect(start("abc", 0) == "")
    #expect(end("abc", 0) == "")
  }
}
