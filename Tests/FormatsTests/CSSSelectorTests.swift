import Formats
import Testing

struct CSSSelectorTests {
  @Test(arguments: [
    ("*", "//*"), ("h1", "//*[local-name() = 'h1']"), ("H1", "//*[local-name() = 'h1']"),
    ("#a", "//*[@id = 'a']"), ("a > b", "//*[local-name() = 'a']/*[local-name() = 'b']"),
    ("a b", "//*[local-name() = 'a']//*[local-name() = 'b']"),
    ("a+b", "//*[local-name() = 'a']/following-sibling::*[1][local-name() = 'b']"),
    ("a ~ b", "//*[local-name() = 'a']/following-sibling::*[local-name() = 'b']"),
    ("a, b", "//*[local-name() = 'a'] | //*[local-name() = 'b']"),
    ("[x]", "//*[@*[local-name() = 'x']]"),
    (#"[x="it's"]"#, #"//*[@*[local-name() = 'x'] = "it's"]"#),
    (#"[x="it's \"b\""]"#, #"//*[@*[local-name() = 'x'] = concat('it', "'", 's "b"')]"#),
    ("li:first-child", "//*[local-name() = 'li'][not(preceding-sibling::*)]"),
    (":nth-child( 3 )", "//*[count(preceding-sibling::*) = 2]"),
    (":not(.a)", "//*[not(contains(concat(' ', normalize-space(@class), ' '), ' a '))]"),
    (#".md\:w"#, "//*[contains(concat(' ', normalize-space(@class), ' '), ' md:w ')]"),
  ])
  func itIsAskedAsXPath(text: String, xpath: String) throws {
    #expect(try CSSSelector(text).xpath(isHTML: true) == xpath)
  }

  @Test func namesAreKeptInXML() throws {
    #expect(try CSSSelector("Entry").xpath(isHTML: false) == "//*[local-name() = 'Entry']")
  }

  /// With the column of what cannot be read.
  @Test(arguments: [
    ("", 1), ("a,", 3), ("a >", 4), ("> a", 1), ("a..b", 3), ("a[", 3), ("a[b", 4), ("a[b=", 5),
    ("a[b=c d]", 7), ("a[b='c]", 5), ("a:hover", 2), ("a::before", 2), ("a:nth-child(2n)", 14),
    ("a:nth-child(0)", 13), ("a:not()", 7), ("a:not(:not(b))", 7), ("a:not(b c)", 9),
    ("a:not(*)", 7), ("a b{}", 4), ("1a", 1), ("a[b~='']", 6), ("a[b^='']", 6), ("a[b~='c d']", 6),
    (#"\41"#, 2), ("a:is(b)", 2), ("a[b=c i]", 7), ("a|b", 2),
  ])
  func whatItIsNotIsRefused(text: String, column: Int) {
    let error = #expect(throws: CSSSelectorError.self) { try CSSSelector(text) }
    #expect(error?.column == column)
  }
}
