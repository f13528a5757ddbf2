import Suites

/// Answers that will not get better by asking again.
enum EarlyStop {
  /// Client errors other than these say that the request is wrong, not that it is too early:
  /// 404 not found yet, 408 and 425 and 429 try again, 409 conflict with something in progress.
  private static let worthAsking = [404, 408, 409, 425, 429]

  /// SQLSTATE classes 22 data exception, 28 invalid authorization, 42 syntax error or access rule.
  private static let hopelessClasses = ["22", "28", "42"]

  /// ClickHouse's numbers for the same (`ErrorCodes.cpp`): wrong arguments and types, unknown
  /// function, syntax error, unknown setting, only reading allowed, unknown user, wrong password,
  /// no right.
  private static let hopelessNumbers: Set<String> = [
    "36", "42", "43", "46", "53", "62", "115", "164", "192", "193", "194", "497", "516",
  ]

  static func applies(to answer: Answer, stopOn: [String]) -> Bool {
    let numbers = [answer.status, answer.exit, answer.error?.number]
    let words = numbers.map { $0.map(String.init) } + [answer.error?.code]
    if words.contains(where: { $0.map(stopOn.contains) ?? false }) { return true }
    if let status = answer.status {
      return (400..<500).contains(status) && !worthAsking.contains(status)
    }
    if let error = answer.error {
      // A SQLSTATE has five characters, a number of ClickHouse's at most four.
      return error.code.utf8.count == 5
        ? hopelessClasses.contains { error.code.hasPrefix($0) }
        : hopelessNumbers.contains(error.code)
    }
    return false
  }
}
