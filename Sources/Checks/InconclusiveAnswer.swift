import Evidence
import HTTPRequests
import Suites

/// Answers from which nothing can be concluded: that something is not there must be told by
/// somebody who would know.
enum InconclusiveAnswer {
  /// Nobody was there to answer: a proxy spoke, the app refused to, the program is missing.
  static func absence(in answer: Answer) -> Reason.Inconclusive? {
    if let status = answer.status, [408, 425, 429, 502, 503, 504].contains(status) {
      return .status(status)
    }
    if let exit = answer.exit, [126, 127].contains(exit) {
      return .programMissing(exit: exit)
    }
    return nil
  }

  /// The same, and every error that the step does not reckon with.
  ///
  /// A step that expects nothing asks whether there is an answer at all, and 403 is one; where it
  /// expects something of the answer, only 404 and 410 say that it is not there.
  static func silence(in answer: Answer, of step: Step) -> Reason.Inconclusive? {
    func mentions(_ subject: Subject) -> Bool {
      step.expect.contains { $0.subject == subject }
    }
    if let absence = absence(in: answer) { return absence }
    if let status = answer.status {
      if status >= 500 { return .status(status) }
      if status >= 400, !mentions(.status) {
        if let owner = answer.proxyPage {
          return .foreignPage(status: status, owner: owner)
        }
        if !step.expect.isEmpty, status != 404, status != 410 {
          return .unexpectedStatus(status)
        }
      }
    }
    if let exit = answer.exit, exit != 0, !step.expect.isEmpty, !mentions(.exit) {
      return .unexpectedExit(exit)
    }
    return nil
  }
}

extension Answer {
  /// Whose own page this seems to be, where it is none of the app's.
  var proxyPage: String? {
    guard let status, let body else { return nil }
    return ProxyPage.owner(
      status: status,
      headers: headers.map { HTTPHeader($0.name, $0.value) },
      body: body
    )
  }

  /// Whether a step looks at what was cut off.
  func isCut(for step: Step) -> Bool {
    guard isCut else { return false }
    let subjects = step.expect.map(\.subject) + step.capture.map(\.subject)
    return subjects.contains { subject in
      switch subject {
      case .exit, .duration: false
      default: true
      }
    }
  }
}
