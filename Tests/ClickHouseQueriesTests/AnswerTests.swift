import HTTPRequests
import Testing

@testable import ClickHouseQueries

/// Answers that a server here does not give, decided without one.
struct AnswerTests {
  private func read(
    _ body: String,
    status: Int = 200,
    headers: [HTTPHeader] = [],
    sql: String = "SELECT 1"
  ) throws(ClickHouseError) -> ClickHouseResult {
    try ClickHouseResult(
      HTTPResponse(
        status: status,
        headers: headers,
        body: Array(body.utf8),
        effectiveURL: "http://127.0.0.1/"
      ),
      of: BoundStatement(sql, [:]),
      sql: sql
    )
  }

  private func error(_ body: String, status: Int = 200, headers: [HTTPHeader] = [])
    -> ClickHouseError?
  {
    do throws(ClickHouseError) {
      _ = try read(body, status: status, headers: headers)
      return nil
    } catch {
      return error
    }
  }

  private static let whole = #"{"meta":[{"name":"a","type":"UInt8"}],"data":[[1]],"rows":1}"#

  @Test func aWholeResultIsRead() throws {
    #expect(try read(AnswerTests.whole).rows == [[.int(1)]])
    #expect(try read("", sql: "-- c\nINSERT INTO t VALUES (1)").rows.isEmpty)
  }

  @Test func everyCutOfAResultIsIncomplete() {
    for length in 0..<AnswerTests.whole.utf8.count {
      let cut = String(AnswerTests.whole.prefix(length))
      #expect(error(cut)?.code == .incomplete, "cut at \(length)")
    }
  }

  @Test func anExceptionBehindAPartOfAResultIsNoAnswerToTheStatement() {
    let body =
      #"{"meta":[{"name":"a","type":"UInt8"}],"data":[[1],"#
      + "\nCode: 395, e.displayText() = DB::Exception: Value, e.what() = DB::Exception\n"
    #expect(
      error(body)?.code == .brokenOff(code: 395, name: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")
    )
    #expect(
      error(body)?.description == "ClickHouse: the result broke off half way: Value (395)"
    )
    #expect(
      error(body, status: 500)?.code
        == .server(code: 395, name: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")
    )
    #expect(error(body)?.message == "Value")
  }

  @Test func aValueThatReadsLikeAnExceptionIsNone() throws {
    let body = #"{"meta":[{"name":"a","type":"String"}],"data":[["Code: 1, x"]],"rows":1}"#
    #expect(try read(body).rows == [[.text("Code: 1, x")]])
  }

  @Test func laterVersionsAreUnderstood() {
    let failed = error(
      "Code: 62. DB::Exception: Syntax error: failed. (SYNTAX_ERROR) (version 24.3)\n",
      status: 400,
      headers: [HTTPHeader("X-ClickHouse-Exception-Code", "62")]
    )
    #expect(failed?.code == .server(code: 62, name: "SYNTAX_ERROR"))
    #expect(failed?.message.hasPrefix("Syntax error") == true)
    let early = error(
      AnswerTests.whole,
      headers: [HTTPHeader("X-ClickHouse-Exception-Code", "999")]
    )
    #expect(early?.code == .brokenOff(code: 999, name: nil))
  }

  @Test func anotherServersAnswerIsSaidToBeOne() {
    #expect(error("<html>", status: 502)?.code == .notClickHouse(status: 502))
    #expect(error("<html>")?.code == .incomplete)
  }

  @Test func aNumberOfRowsThatIsWrongIsIncomplete() {
    let body = AnswerTests.whole.replacing(#""rows":1"#, with: #""rows":2"#)
    #expect(error(body)?.code == .incomplete)
  }

  @Test func numbersKeepEveryDigit() throws {
    let body =
      #"{"meta":[{"name":"a","type":"UInt64"},{"name":"b","type":"Float64"}],"#
      + #""data":[[18446744073709551615,0.10000000000000000000001]],"rows":1}"#
    #expect(
      try read(body).rows == [[.uint(.max), .number("0.10000000000000000000001")]]
    )
  }
}
