import Evidence
import Formats
import Testing

@testable import Checks
@testable import Suites

/// HTML's rules of what a form sends.
struct FormFillerTests {
  private func filler(_ html: String, _ selector: String = "form") throws -> FormFiller {
    var answer = Answer()
    answer.headers = [("Content-Type", "text/html; charset=utf-8")]
    answer.body = Array(html.utf8)
    let page = Sessions.Page(answer: answer, url: "http://127.0.0.1:81/a/page?x=1")
    return try FormFiller(page, CSSSelector(selector))
  }

  private func sent(
    _ controls: String,
    set fields: [(String, String)] = [],
    button: String? = nil
  ) throws -> String {
    var filler = try filler("<body><form method=post action=/to>\(controls)</form>")
    try filler.set(fields.map { FormEntry(name: $0.0, value: .text($0.1)) })
    let submission = try filler.submission(pressing: button)
    #expect(submission.method == "POST")
    #expect(submission.url == "http://127.0.0.1:81/to")
    return String(decoding: submission.body?.bytes ?? [], as: UTF8.self)
  }

  @Test(arguments: [
    // Hidden fields, text of every kind, in the order of the page.
    (
      "<input type=hidden name=t value='a b'><input name=u>"
        + "<input type=email name=e value=x>",
      "t=a+b&u=&e=x"
    ),
    ("<input value=x><input name='' value=x><input name=a disabled value=1>", ""),
    // Only what is ticked; what has no value says "on".
    (
      "<input type=checkbox name=a><input type=checkbox name=b checked>"
        + "<input type=radio name=c value=1><input type=radio name=c value=2 checked>",
      "b=on&c=2"
    ),
    // A list has the first where none is chosen, and nothing of what is disabled.
    ("<select name=a><option disabled>x<option>y  z<option value=w>v</select>", "a=y+z"),
    ("<select name=a><option selected>x<option selected>y</select>", "a=y"),
    ("<select name=a multiple><option selected>x<option>y<option selected>z</select>", "a=x&a=z"),
    ("<select name=a multiple><option>x</select><select name=b size=3><option>x</select>", ""),
    ("<select name=a><optgroup disabled><option>x</optgroup><option>y</select>", "a=y"),
    // The first line end belongs to the tag; others are sent as forms send them.
    ("<textarea name=a>\nx\ny</textarea><textarea name=b></textarea>", "a=x%0D%0Ay&b="),
    // Of the buttons the first that can be pressed.
    (
      "<button type=button name=x>n</button><button name=a value=1 disabled>n</button>"
        + "<button name=b value=2>n</button><input type=submit name=c value=3>",
      "b=2"
    ),
    ("<input type=image name=m src=x>", "m.x=0&m.y=0"),
    ("<input type=reset name=a value=1><input type=button name=b value=1>", ""),
    (
      "<fieldset disabled><legend><input name=a value=1></legend>"
        + "<input name=b value=1></fieldset><fieldset><input name=c value=1></fieldset>",
      "a=1&c=1"
    ),
    ("<datalist><input name=a value=1></datalist>", ""),
    (
      "<input type=hidden name=_charset_><input name='a&b' value='ü~*é'>",
      "_charset_=UTF-8&a%26b=%C3%BC%7E*%C3%A9"
    ),
    ("<input type=file name=f>", "f="),
  ])
  func whatIsSentUntouched(_ controls: String, _ body: String) throws {
    #expect(try sent(controls) == body)
  }

  @Test func whatIsSetIsSent() throws {
    let controls = """
      <input type=hidden name=token value=T><input name=user><input type=checkbox name=all value=yes>
      <input type=checkbox name=tag value=a checked><input type=checkbox name=tag value=b>
      <input type=radio name=r value=1 checked><input type=radio name=r value=2>
      <select name=s><option value=p>Plain<option value=m>Mark down</select>
      <textarea name=text>old</textarea><button name=do value=save>Save</button><button name=do value=drop>Drop</button>
      """
    let body = try sent(
      controls,
      set: [
        ("user", "ü&"), ("all", "true"), ("tag", "b"), ("r", "2"), ("s", "Mark down"),
        ("text", "a\nb"),
      ],
      button: "drop"
    )
    #expect(body == "token=T&user=%C3%BC%26&all=yes&tag=b&r=2&s=m&text=a%0D%0Ab&do=drop")
    #expect(try sent(controls, set: [("tag", "false")], button: "do").contains("tag=") == false)
  }

  @Test(
    arguments: [
      ([("usr", "x")], nil, FormProblem.noField("usr", fields: ["user", "s", "r", "off"])),
      ([("s", "z")], nil, .noChoice("z", of: "s", choices: ["a", "b"])),
      ([("r", "3")], nil, .noChoice("3", of: "r", choices: ["1"])),
      ([("off", "3")], nil, .disabled("off")),
      ([("user", "3"), ("user", "4")], nil, .noChoice("4", of: "user", choices: [])),
      ([("go", "x")], nil, .noField("go", fields: ["r", "s", "off", "user"])),
      ([], "stop", .noButton("stop", buttons: ["go"])),
    ] as [([(String, String)], String?, FormProblem)]
  )
  func whatThereIsNotIsAnError(
    _ fields: [(String, String)],
    _ button: String?,
    _ problem: FormProblem
  ) throws {
    let controls = """
      <input name=user><select name=s><option>a<option>b</select><input type=radio name=r value=1>
      <input name=off disabled><button name=go>x</button>
      """
    do {
      _ = try sent(controls, set: fields, button: button)
      Issue.record("sent")
    } catch let found as FormProblem {
      if case .noField(let name, let names) = found, case .noField(let other, let others) = problem
      {
        #expect(name == other)
        #expect(Set(names) == Set(others))
      } else {
        #expect(found == problem)
      }
    }
  }

  @Test(arguments: [
    ("<form action=http://127.0.0.1:82/>", "http://127.0.0.1:82/"),
    ("<form action=https://127.0.0.1:81/>", "https://127.0.0.1:81/"),
    ("<form action=//evil.example/x>", "http://evil.example/x"),
    ("<base href=http://evil.example/b/><form action=c>", "http://evil.example/b/c"),
    ("<form action=javascript:go()>", "javascript:go()"),
    ("<form action=/><button formaction=http://evil.example/>x</button>", "http://evil.example/"),
  ])
  func aFormThatLeadsElsewhereIsNotSent(_ html: String, _ address: String) throws {
    let filler = try filler("<body>\(html)</form>")
    #expect(throws: FormProblem.elsewhere(address)) { try filler.submission(pressing: nil) }
  }

  @Test(arguments: [
    ("<form>", "GET", "http://127.0.0.1:81/a/page?q=1"),
    ("<form action=''>", "GET", "http://127.0.0.1:81/a/page?q=1"),
    ("<form action='?y=2#z'>", "GET", "http://127.0.0.1:81/a/page?q=1"),
    ("<form action=../up method=POST>", "POST", "http://127.0.0.1:81/up"),
    ("<form action='b?y=2' method=post>", "POST", "http://127.0.0.1:81/a/b?y=2"),
    ("<base href=/b/><form action=c method=post>", "POST", "http://127.0.0.1:81/b/c"),
    (
      "<form action=c method=post><button formmethod=get formaction=d>", "GET",
      "http://127.0.0.1:81/a/d?q=1"
    ),
    ("<form action='http://127.0.0.1:81/c'>", "GET", "http://127.0.0.1:81/c?q=1"),
  ])
  func methodAndAddressAreTheForms(_ html: String, _ method: String, _ url: String) throws {
    let submission = try filler("<body>\(html)<input name=q value=1></form>").submission(
      pressing: nil
    )
    #expect(submission.method == method)
    #expect(submission.url == url)
    #expect((submission.body == nil) == (method == "GET"))
  }

  @Test func aFieldOutsideBelongsToItsForm() throws {
    let html = """
      <body><input name=out form=f value=1><form id=f method=post><input name=a value=2>
      <input name=other form=g value=3></form><form id=g></form>
      """
    let body = try filler(html, "#f").submission(pressing: nil).body
    #expect(body?.bytes == Array("out=1&a=2".utf8))
  }

  @Test func theFormIsTheOneThatIsMeant() throws {
    let html = "<body><form id=a></form><form name=b><input id=i></form><form action=/c></form>"
    #expect(throws: FormProblem.severalForms(count: 3)) { try filler(html) }
    let forms = ["form#a", "form[name=\"b\"]", "form[action=\"/c\"]"]
    #expect(throws: FormProblem.noForm(forms: forms)) { try filler(html, "#login") }
    #expect(throws: Never.self) { try filler(html, "#i") }
    #expect(throws: FormProblem.noForm(forms: [])) { try filler("<body><p>Sorry", "#login") }
  }

  @Test func filesAreSentAsPartsAndElseByTheirNames() throws {
    let html =
      "<body><form method=post enctype=multipart/form-data><input name=t value='a\"b'>"
      + "<input type=file name=f></form>"
    var filler = try filler(html)
    let upload = FormEntry.Value.upload([0, 255, 13, 10], filename: "x\"y.png", type: "image/png")
    try filler.set([FormEntry(name: "f", value: upload)])
    let body = try #require(filler.submission(pressing: nil).body)
    let boundary = try #require(body.type.split(separator: "=").last)
    var wanted = Array(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\na\"b\r\n".utf8
    )
    wanted += Array(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%22y.png\"\r\n".utf8
    )
    wanted += Array("Content-Type: image/png\r\n\r\n".utf8) + [0, 255, 13, 10]
    wanted += Array("\r\n--\(boundary)--\r\n".utf8)
    #expect(body.bytes == wanted)
  }
}
