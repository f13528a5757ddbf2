/// A document in the project's own profile, with parts that a test can spoil.
struct JUnitSample {
  var rootAttributes = ""
  var suite = [
    ("name", "s"), ("package", ""), ("id", "0"), ("hostname", "localhost"),
    ("timestamp", "2024-05-06T07:08:09"), ("tests", "4"), ("failures", "1"), ("errors", "1"),
    ("skipped", "1"), ("time", "1.234"),
  ]
  var properties = #"<properties><property name="driver" value="local"/></properties>"#
  var cases = """
    <testcase name="passes" classname="r.f.s" time="0.1"/>
    <testcase name="skips" classname="r.f.s" time="0"><skipped message="why"/></testcase>
    <testcase name="fails" classname="r.f.s" time="1.234">
      <failure type="check" message="m">text</failure></testcase>
    <testcase name="errs" classname="r.f.s" time="0.000">
      <error type="run" message=""/></testcase>
    """
  var systemOut = ""
  var systemErr = ""
  var tail = ""

  /// Sets an attribute of the suite; `nil` takes it away.
  mutating func set(_ name: String, _ value: String?) {
    suite.removeAll { $0.0 == name }
    if let value { suite.append((name, value)) }
  }

  var text: String {
    let attributes = suite.map { " \($0.0)=\"\($0.1)\"" }.joined()
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites\(rootAttributes)><testsuite\(attributes)>\(properties)\(cases)\
      <system-out>\(systemOut)</system-out><system-err>\(systemErr)</system-err>\(tail)\
      </testsuite></testsuites>
      """
  }
}
