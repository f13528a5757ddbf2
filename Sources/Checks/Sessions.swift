import Evidence
import Formats
import HTTPRequests
import Suites

/// What the browsers of a check keep between its steps: one for each user that it plays.
///
/// A value: who takes a copy has cookies of its own that behave the same.
package struct Sessions: Sendable {
  /// What a user has in front of him, to fill in its forms.
  struct Page: Sendable {
    var answer: Answer
    var url: String
    var socket: String?
  }

  private struct Session: Sendable {
    var cookies = CookieJar()
    var page: Page?
  }

  private var byName: [HTTPAction.Session: Session] = [:]
  /// As they were when a step began, by its place.
  private var before: [SourcePlace: [HTTPAction.Session: Session]] = [:]

  package init() {}

  /// Whether anything was set by any answer.
  package var hasCookies: Bool { byName.values.contains { !$0.cookies.isEmpty } }

  /// Nil where the step sends and takes none.
  func cookies(for action: HTTPAction) -> CookieJar? {
    guard case .named = action.session,
      !action.headers.contains(where: { $0.name.lowercased() == "cookie" })
    else { return nil }
    return byName[action.session]?.cookies ?? CookieJar()
  }

  /// The last page that was shown to the user who takes the step.
  func page(for action: HTTPAction) -> Page? { byName[action.session]?.page }

  /// Takes the cookies of an answer, whatever it is worth.
  mutating func keep(_ answer: Answer, of action: Step.Action) {
    guard case .http(let action) = action, let cookies = answer.cookies else { return }
    byName[action.session, default: Session()].cookies = cookies
  }

  /// Takes the page of a step that is done.
  mutating func show(_ answer: Answer, of action: Step.Action) {
    guard case .http(let action) = action, let url = answer.url, answer.isPage else { return }
    let page = Page(answer: answer, url: url, socket: answer.socket)
    byName[action.session, default: Session()].page = page
  }

  /// Notes how things are before a step, for a control that performs it alone.
  mutating func note(before step: Step) {
    if !byName.isEmpty { before[step.place] = byName }
  }

  /// Goes back to how things were before a step.
  ///
  /// - Returns: false where it has never been performed with cookies or a page.
  mutating func rewind(to step: Step) -> Bool {
    guard let earlier = before[step.place] else { return false }
    byName = earlier
    return true
  }

  /// With every fresh value in cookies and pages replaced by one that was never sent.
  mutating func replace(_ pairs: [(real: String, decoy: String)]) {
    func replaced(_ session: Session) -> Session {
      var session = session
      session.cookies = session.cookies.replacingValues { value in
        Decoy.replacing(pairs, in: .string(value))?.stringValue
      }
      if let body = session.page?.answer.body {
        var text = String(decoding: body, as: UTF8.self)
        for pair in pairs where !pair.real.isEmpty && text.contains(pair.real) {
          text = text.replacing(pair.real, with: pair.decoy)
          session.page?.answer.body = Array(text.utf8)
        }
      }
      return session
    }
    byName = byName.mapValues(replaced)
    before = before.mapValues { $0.mapValues(replaced) }
  }
}

extension Answer {
  /// Whether a browser would show it as a page.
  fileprivate var isPage: Bool {
    let type = headers.map { HTTPHeader($0.name, $0.value) }.last(named: "Content-Type")
    return ["text/html", "application/xhtml+xml"].contains(type.map { MediaType($0).essence })
  }
}
