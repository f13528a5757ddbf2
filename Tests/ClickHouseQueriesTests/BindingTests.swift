import Testing

@testable import ClickHouseQueries

struct BindingTests {
  private func bind(
    _ sql: String,
    _ parameters: [String: ClickHouseValue]
  ) throws(ClickHouseError) -> String {
    String(decoding: try BoundStatement(sql, parameters).text, as: UTF8.self)
  }

  private func error(
    _ sql: String,
    _ parameters: [String: ClickHouseValue]
  ) -> ClickHouseError? {
    do throws(ClickHouseError) {
      _ = try bind(sql, parameters)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("SELECT {a:Int8}", "SELECT  1 "),
    ("SELECT { a : Int8 }", "SELECT  1 "),
    ("{a:Int8}{a:Int8}", " 1  1 "),
    ("SELECT '{a:Int8}', {a:Int8}", "SELECT '{a:Int8}',  1 "),
    (#"SELECT '\'{a:Int8}', {a:Int8}"#, #"SELECT '\'{a:Int8}',  1 "#),
    ("SELECT '''{a:Int8}', {a:Int8}", "SELECT '''{a:Int8}',  1 "),
    (#"SELECT '\\', {a:Int8}"#, #"SELECT '\\',  1 "#),
    ("SELECT `{a:Int8}`, {a:Int8}", "SELECT `{a:Int8}`,  1 "),
    (#"SELECT "{a:Int8}\"{a:Int8}", {a:Int8}"#, #"SELECT "{a:Int8}\"{a:Int8}",  1 "#),
    ("SELECT 1 -- '{a:Int8}\n, {a:Int8}", "SELECT 1 -- '{a:Int8}\n,  1 "),
    ("SELECT /* ' {a:Int8} /* */ {a:Int8}", "SELECT /* ' {a:Int8} /* */  1 "),
    ("SELECT 1-{a:Int8}", "SELECT 1- 1 "),
    ("SELECT {a:Int8} FORMAT {b}, {1:Int8}, {}", "SELECT  1  FORMAT {b}, {1:Int8}, {}"),
  ])
  func aPlaceholderIsOneOnlyInPlainText(sql: String, expected: String) throws {
    #expect(try bind(sql, ["a": .int(1)]) == expected)
  }

  @Test func theStatementItselfIsNotTouched() throws {
    let sql = "SELECT 'käse' /* ö */ FROM \u{1F600}"
    #expect(try bind(sql, [:]) == sql)
  }

  @Test func whatDoesNotFitIsNamedWithItsPlace() {
    let cases: [(String, [String: ClickHouseValue], ClickHouseError.Binding, Int?)] = [
      ("SELECT {a:Int8}", [:], .missing(name: "a"), 7),
      ("SELECT 1", ["b": .int(1), "a": .int(1)], .unused(name: "a"), nil),
      ("SELECT ä, {a:Strin}", ["a": .text("")], .unknownType("Strin", name: "a"), 11),
      (
        "{a:Nullable(Array(Int8))}", ["a": .null], .unknownType("Nullable(Array(Int8))", name: "a"),
        0
      ),
      ("{a:Int8}", ["a": .int(128)], .notA("Int8", name: "a"), 0),
      ("SELECT 'a", [:], .unterminated, 7),
      (#"SELECT 'a\'"#, [:], .unterminated, 7),
      ("SELECT `a", [:], .unterminated, 7),
      ("SELECT /* a", [:], .unterminated, 7),
    ]
    for (sql, parameters, binding, position) in cases {
      #expect(error(sql, parameters)?.code == .binding(binding), "\(sql)")
      #expect(error(sql, parameters)?.position == position, "\(sql)")
    }
  }

  @Test(arguments: [
    ("Int8", ClickHouseValue.int(128)), ("Int8", .text("-129")), ("Int8", .text("1 OR 1=1")),
    ("Int64", .text("1e3")), ("Int64", .double(1)), ("Int64", .uint(.max)), ("Int8", .null),
    ("UInt8", .int(-1)), ("UInt16", .int(65536)), ("UInt64", .text("18446744073709551616")),
    ("UInt64", .text("")), ("Float64", .text("1; DROP")), ("Float64", .double(.infinity)),
    ("Float64", .double(.nan)), ("Float64", .bool(true)), ("String", .int(1)),
    ("String", .array([])), ("FixedString(2)", .text("abc")), ("FixedString(1)", .text("ä")),
    ("Date", .text("2021-02-29")), ("Date", .text("2020-1-1")), ("Date", .text("2020-01-01'")),
    ("DateTime", .text("2020-01-01")), ("DateTime", .text("2020-01-01 24:00:00")),
    ("DateTime", .text("2020-01-01T00:00:00")), ("UUID", .text("61f0c404")),
    ("UUID", .text("61f0c404-5cb3-11e7-907b-a6006ad3dbag")), ("Array(Int8)", .int(1)),
    ("Array(Int8)", .array([.int(1), .text("x")])), ("Array(Int8)", .array([.null])),
  ])
  func aValueThatIsNotOfItsTypeIsRefusedUnshown(type: String, value: ClickHouseValue) {
    let failed = error("SELECT {value:\(type)}", ["value": value])
    #expect(failed?.code == .binding(.notA(type, name: "value")))
    #expect(
      failed?.description == "ClickHouse: the value of parameter value is not a \(type) at byte 7"
    )
  }

  @Test(arguments: [
    ("String", ClickHouseValue.text(#"a'b\c"#), #"'a\'b\\c'"#),
    ("String", .text("\0\n\r\t"), #"'\0\n\r\t'"#),
    ("Int64", .int(.min), "-9223372036854775808"), ("Int8", .text("+5"), "5"),
    ("UInt64", .uint(.max), "18446744073709551615"), ("Float32", .text("1.50"), "1.5"),
    ("Date", .text("2020-02-29"), "toDate('2020-02-29')"),
    ("Nullable(String)", .null, "NULL"),
    ("Array(Array(Int8))", .array([.array([.int(1)])]), "[[1]]"),
    ("Array(Nullable(Int8))", .array([.null, .int(1)]), "[NULL, 1]"),
  ])
  func aLiteralIsWrittenForTheServer(type: String, value: ClickHouseValue, literal: String) throws {
    #expect(try bind("{v:\(type)}", ["v": value]) == " \(literal) ")
  }

  @Test(arguments: [
    ("SELECT 1", true), ("  -- x\n /* y */ with 1 AS a SELECT a", true), ("show tables", true),
    ("(SELECT 1)", true), ("INSERT INTO t SELECT 1", false), ("", false), ("ALTER TABLE t", false),
  ])
  func theFirstWordSaysWhetherRowsAreToCome(sql: String, returnsRows: Bool) throws {
    #expect(try BoundStatement(sql, [:]).returnsRows == returnsRows)
  }
}
