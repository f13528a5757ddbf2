import Testing

@testable import Formats

struct GitAddressTests {
  @Test(arguments: [
    ("https://git.example.org/notes.git", "notes"), ("git@git.example.org:apps/notes.git", "notes"),
    ("ssh://git@git.example.org:2222/notes", "notes"), ("git://[::1]:9418/notes", "notes"),
    ("http://127.0.0.1:3000/a/b-c/", "b-c"),
  ])
  func `Addresses are taken as they are written`(_ text: String, _ name: String) throws {
    let address = try GitAddress(text)
    #expect(address.place == .remote(text))
    #expect(address.description == text)
    #expect(address.login == nil)
    #expect(address.name == name)
  }

  @Test(arguments: ["file:///srv/notes.git", "/srv/notes.git", "../notes", "./a:b"])
  func `Folders are no servers`(_ text: String) throws {
    let folder = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
    #expect(try GitAddress(text).place == .folder(folder))
  }

  @Test func `User and password are kept apart and shown nowhere`() throws {
    let address = try GitAddress("https://al%40ice:p%3Aw%2F%25@git.example.org/notes")
    #expect(address.place == .remote("https://git.example.org/notes"))
    #expect(address.login == GitAddress.Login(user: "al@ice", password: "p:w/%"))
    #expect(address.description == "https://***@git.example.org/notes")
    let token = try GitAddress("https://t0ken@git.example.org/notes")
    #expect(token.place == .remote("https://t0ken@git.example.org/notes"))
    #expect(token.description == "https://***@git.example.org/notes")
  }

  @Test(arguments: [
    "", "-x", "--upload-pack=id", "ext::sh -c id", "ext::id", "fd::3", "https://", "https:///x",
    "https://example.org", "https://-x/y", "-x:y", "ssh://-oProxyCommand=id/x", "a@-x:y", "x:",
    "x:-y", "ftp://example.org/x", "rsync://example.org/x", "https://example.org:x/y",
    "ssh://u:p@example.org/x", "git://u@example.org/x", "https://example.org/x y",
    "https://example.org/x\ny", "file://example.org/x",
  ])
  func `What git could take for something else is refused`(_ text: String) {
    #expect(throws: GitAddress.Mistake.self) { try GitAddress(text) }
  }

  @Test(arguments: [
    ("fatal: https://u:secret@h/x not found", "fatal: https://u:***@h/x not found"),
    ("git: https://u:se/cr@et@h/x, ref: y", "git: https://u:***@h/x, ref: y"),
    ("http://u:a@h/x http://v:b@h/y", "http://u:***@h/x http://v:***@h/y"),
    ("https://h:3000/x", "https://h:3000/x"), ("https://h/x@v1", "https://h/x@v1"),
    ("git@h:x", "git@h:x"), ("a :// b", "a :// b"),
  ])
  func `Passwords of addresses are masked wherever they stand`(_ text: String, _ masked: String) {
    #expect(GitAddress.masked(text) == masked)
    let long = GitAddress.masked(text, keepsLength: true)
    #expect(long.unicodeScalars.count == text.unicodeScalars.count)
    #expect(!long.contains("secret"))
  }
}
