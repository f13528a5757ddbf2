import Evidence
import Formats
import HTTPRequests
import Suites
import XMLDocuments

/// What a browser sends when a form is submitted.
struct FormSubmission {
  var method: String
  var url: String
  /// Nil where the fields stand in the URL.
  var body: (bytes: [UInt8], type: String)?
  /// The address and the origin of the page that the form stands on.
  var page: String
  var pageOrigin: String
}

/// A form of a page, which is filled in and sent by HTML's own rules ("Constructing the entry list"):
/// what is disabled, not ticked or has no name is left out, and of the buttons only the one pressed is
/// sent.
///
/// Fields are sent as UTF-8, whatever the page's own character set is.
struct FormFiller {
  fileprivate struct Control {
    enum Kind {
      case text, upload, button, image, none
      case tick(isRadio: Bool)
      case choice(isMultiple: Bool)
    }

    var kind: Kind
    var name: String
    var value: String
    var isDisabled: Bool
    /// Of what can be ticked.
    var isTicked = false
    var options: [Option] = []
    /// Of a button: its form's address, method and type of body.
    var element: XMLElement
    var uploads: [FormEntry.Value] = []
  }

  fileprivate struct Option {
    var value: String
    var label: String
    var isSelected: Bool
    var isDisabled: Bool
  }

  private let form: XMLElement
  private let page: Sessions.Page
  private let base: String
  private var controls: [Control] = []

  init(_ page: Sessions.Page, _ selector: CSSSelector) throws(FormProblem) {
    self.page = page
    let elements: [XMLElement]
    let selected: [Int]
    do {
      guard let answer = AnswerText(page.answer) else { throw FormProblem.noPage }
      let (markup, text) = try answer.markup()
      let document = try XMLDocument(
        parsing: Array(text.utf8),
        as: markup == .html ? .html(encoding: "UTF-8") : .decodedXML
      )
      (elements, selected) = try document.elements(
        selectedBy: selector.xpath(isHTML: markup == .html),
        textOf: ["textarea", "option", "button"]
      )
    } catch let error as FormProblem {
      throw error
    } catch let error as AnswerText.UnreadableError {
      throw .unreadable(error.why)
    } catch {
      throw .unreadable(.notXML(.body, detail: "\(error)"))
    }
    let tree = Tree(elements: elements)
    var found = Set(selected.compactMap { tree.nearest("form", of: $0) }).sorted()
    // What only stands in the page and belongs to a form by its name.
    if found.isEmpty { found = Set(selected.compactMap(tree.owner)).sorted() }
    guard let index = found.first else {
      throw .noForm(forms: elements.filter { $0.name == "form" }.map(\.formName))
    }
    if found.count > 1 { throw .severalForms(count: found.count) }
    form = elements[index]
    let href = elements.first { $0.name == "base" && $0["href"] != nil }?["href"]
    base = href.flatMap { HTTPAddress($0, relativeTo: page.url)?.url } ?? page.url
    controls = elements.indices.filter { Self.names.contains(elements[$0].name) }
      .filter { tree.owner(of: $0) == index }.map { Self.control(at: $0, tree) }
  }

  private static let names: Set = ["input", "select", "textarea", "button"]

  private static func control(at index: Int, _ tree: Tree) -> Control {
    let element = tree.elements[index]
    var control = Control(
      kind: .text,
      name: element["name"] ?? "",
      value: element["value"] ?? "",
      isDisabled: tree.isDisabled(index),
      element: element
    )
    switch (element.name, element["type"]?.lowercased() ?? "") {
    case ("textarea", _):
      // The first line end belongs to the tag.
      control.value = element.text
      if control.value.hasPrefix("\r\n") || control.value.hasPrefix("\n") {
        control.value.removeFirst()
      }
    case ("select", _):
      control.kind = .choice(isMultiple: element["multiple"] != nil)
      control.options = tree.options(of: index)
    case ("button", "reset"), ("button", "button"), ("input", "reset"), ("input", "button"):
      control.kind = .none
    case ("button", _), ("input", "submit"): control.kind = .button
    case ("input", "image"): control.kind = .image
    case ("input", "checkbox"), ("input", "radio"):
      control.kind = .tick(isRadio: element["type"]?.lowercased() == "radio")
      control.value = element["value"] ?? "on"
      control.isTicked = element["checked"] != nil
    case ("input", "file"): control.kind = .upload
    default: break
    }
    return control
  }

  // MARK: Filling in

  /// - Parameter entries: several of one field are its several values.
  mutating func set(_ entries: [FormEntry]) throws(FormProblem) {
    var names: [String] = []
    for entry in entries where !names.contains(entry.name) { names.append(entry.name) }
    for name in names { try set(name, entries.filter { $0.name == name }.map(\.value)) }
  }

  private mutating func set(_ name: String, _ values: [FormEntry.Value]) throws(FormProblem) {
    let all = controls.indices.filter { controls[$0].name == name && controls[$0].isFillable }
    guard !all.isEmpty else {
      let names = controls.filter { $0.isFillable && !$0.name.isEmpty }.map(\.name)
      throw .noField(name, fields: NearestName.ordered(names, by: name))
    }
    let places = all.filter { !controls[$0].isDisabled }
    guard let first = places.first else { throw .disabled(name) }
    switch controls[first].kind {
    case .upload: controls[first].uploads = values
    case .tick(let isRadio): try tick(places, name, texts(values), isRadio)
    case .choice(let isMultiple): try choose(first, name, texts(values), isMultiple)
    case .text, .button, .image, .none:
      let texts = texts(values)
      guard texts.count <= places.count else {
        throw .noChoice(texts[places.count], of: name, choices: [])
      }
      for (place, text) in zip(places, texts) { controls[place].value = text }
    }
  }

  private func texts(_ values: [FormEntry.Value]) -> [String] {
    values.map { value in
      switch value {
      case .text(let text): text
      case .upload(let bytes, _, _): String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  private mutating func tick(
    _ places: [Int],
    _ name: String,
    _ values: [String],
    _ isRadio: Bool
  ) throws(FormProblem) {
    let choices = places.map { controls[$0].value }
    var wanted = values
    if !isRadio, values.count == 1, !choices.contains(values[0]) {
      // A box that is alone is ticked or not.
      if values == ["false"] { wanted = [] }
      if values == ["true"], choices.count == 1 { wanted = choices }
    }
    for value in wanted where !choices.contains(value) {
      throw .noChoice(value, of: name, choices: choices)
    }
    if isRadio, wanted.count > 1 { throw .noChoice(wanted[1], of: name, choices: choices) }
    for place in places { controls[place].isTicked = wanted.contains(controls[place].value) }
  }

  private mutating func choose(
    _ place: Int,
    _ name: String,
    _ values: [String],
    _ isMultiple: Bool
  ) throws(FormProblem) {
    let options = controls[place].options
    let choices = options.filter { !$0.isDisabled }.map(\.value)
    var chosen: Set<Int> = []
    for value in values {
      // A person sees the label, a program the value.
      let found =
        options.firstIndex { $0.value == value && !$0.isDisabled }
        ?? options.firstIndex { $0.label == value && !$0.isDisabled }
      guard let found, isMultiple || chosen.isEmpty else {
        throw .noChoice(value, of: name, choices: choices)
      }
      chosen.insert(found)
    }
    for index in options.indices {
      controls[place].options[index].isSelected = chosen.contains(index)
    }
  }

  // MARK: Sending

  /// - Parameter button: name, value or id of the button; nil for the first.
  func submission(pressing button: String?) throws(FormProblem) -> FormSubmission {
    let buttons = controls.indices.filter { controls[$0].isButton && !controls[$0].isDisabled }
    var pressed = buttons.first
    if let button {
      pressed =
        buttons.first { controls[$0].name == button }
        ?? buttons.first { controls[$0].value == button || controls[$0].element["id"] == button }
      if pressed == nil {
        let names = buttons.map { controls[$0] }.map { $0.name.isEmpty ? $0.value : $0.name }
        throw .noButton(button, buttons: names)
      }
    }
    func attribute(_ name: String) -> String? {
      pressed.flatMap { controls[$0].element["form" + name] } ?? form[name]
    }
    let action = (attribute("action") ?? "").trimmingPrefix { $0.isWhitespace }
    guard let origin = HTTPAddress(page.url)?.origin,
      let target = action.isEmpty
        ? HTTPAddress(page.url) : HTTPAddress(String(action), relativeTo: base)
    else { throw .elsewhere(String(action)) }
    if target.origin != origin { throw .elsewhere(target.url) }
    let isUsual = ["http": "80", "https": "443"][origin[0]] == origin[2]
    let pageOrigin = "\(origin[0])://\(origin[1])" + (isUsual ? "" : ":\(origin[2])")
    var submission = FormSubmission(
      method: "GET",
      url: target.url,
      page: HTTPAddress(page.url)?.url ?? page.url,
      pageOrigin: pageOrigin
    )
    let entries = entries(pressing: pressed)
    guard attribute("method")?.lowercased() == "post" else {
      submission.url = String(target.url.prefix { $0 != "?" }) + "?" + Self.encoded(entries)
      return submission
    }
    submission.method = "POST"
    switch attribute("enctype")?.lowercased() {
    case "multipart/form-data":
      let body = MultipartBody(entries)
      submission.body = (body.bytes, body.type)
    case "text/plain":
      let text = entries.map { "\($0.name)=\($0.text)\r\n" }.joined()
      submission.body = (Array(text.utf8), "text/plain")
    default:
      submission.body = (Array(Self.encoded(entries).utf8), "application/x-www-form-urlencoded")
    }
    return submission
  }

  private static func encoded(_ entries: [FormEntry]) -> String {
    let encoding = PercentEncoding(isForm: true)
    return entries.map { entry in
      encoding.text(of: entry.name, keeping: "*") + "="
        + encoding.text(of: entry.text, keeping: "*")
    }.joined(separator: "&")
  }

  private func entries(pressing pressed: Int?) -> [FormEntry] {
    var entries: [FormEntry] = []
    func add(_ name: String, _ text: String) {
      entries.append(FormEntry(name: name.withFormLines, value: .text(text.withFormLines)))
    }
    for (place, control) in controls.enumerated() where !control.isDisabled {
      if case .image = control.kind {
        guard place == pressed else { continue }
        let prefix = control.name.isEmpty ? "" : control.name + "."
        add(prefix + "x", "0")
        add(prefix + "y", "0")
        continue
      }
      if control.name.isEmpty { continue }
      switch control.kind {
      case .none, .image: break
      case .button: if place == pressed { add(control.name, control.value) }
      case .tick: if control.isTicked { add(control.name, control.value) }
      case .choice(let isMultiple):
        for option in control.chosen(isMultiple) { add(control.name, option.value) }
      case .upload:
        let none = FormEntry.Value.upload([], filename: "", type: "application/octet-stream")
        for value in control.uploads.isEmpty ? [none] : control.uploads {
          var value = value
          if case .text(let text) = value {
            value = .upload(Array(text.utf8), filename: control.name, type: "text/plain")
          }
          entries.append(FormEntry(name: control.name.withFormLines, value: value))
        }
      case .text:
        let isHidden = control.element["type"]?.lowercased() == "hidden"
        let isCharset = control.name == "_charset_" && isHidden
        let isLine = control.element.name == "input"
        let value = isLine ? control.value.filter { !$0.isNewline } : control.value
        add(control.name, isCharset ? "UTF-8" : value)
      }
    }
    return entries
  }
}

extension FormFiller.Control {
  fileprivate var isButton: Bool {
    switch kind {
    case .button, .image: true
    default: false
    }
  }

  /// Whether a user can put anything into it.
  fileprivate var isFillable: Bool {
    switch kind {
    case .text, .tick, .choice, .upload: true
    case .button, .image, .none: false
    }
  }

  /// Of a list in which one is always chosen the first where none is, and the last of several.
  fileprivate func chosen(_ isMultiple: Bool) -> [FormFiller.Option] {
    let chosen = options.filter(\.isSelected)
    if isMultiple { return chosen.filter { !$0.isDisabled } }
    let size = element["size"].flatMap { Int($0) } ?? 1
    let one = chosen.last ?? (size > 1 ? nil : options.first { !$0.isDisabled })
    return one.map { $0.isDisabled ? [] : [$0] } ?? []
  }
}

/// The elements of a page.
private struct Tree {
  let elements: [XMLElement]
  private let byID: [String: Int]

  init(elements: [XMLElement]) {
    self.elements = elements
    byID = Dictionary(
      elements.enumerated().compactMap { index, element in element["id"].map { ($0, index) } }
    ) { first, _ in first }
  }

  /// The element itself or the nearest one around it of this name.
  func nearest(_ name: String, of index: Int) -> Int? {
    var next: Int? = index
    while let place = next {
      if elements[place].name == name { return place }
      next = elements[place].parent
    }
    return nil
  }

  /// The form that a control belongs to.
  func owner(of index: Int) -> Int? {
    guard let id = elements[index]["form"] else { return nearest("form", of: index) }
    return byID[id].flatMap { elements[$0].name == "form" ? $0 : nil }
  }

  /// By itself, or by a group around it in whose legend it does not stand.
  func isDisabled(_ index: Int) -> Bool {
    if elements[index]["disabled"] != nil || nearest("datalist", of: index) != nil { return true }
    var below = index
    while let place = elements[below].parent {
      defer { below = place }
      guard elements[place].name == "fieldset", elements[place]["disabled"] != nil else { continue }
      let legend = elements.indices.first {
        elements[$0].parent == place && elements[$0].name == "legend"
      }
      if legend != below { return true }
    }
    return false
  }

  fileprivate func options(of index: Int) -> [FormFiller.Option] {
    elements.indices.filter { elements[$0].name == "option" && nearest("select", of: $0) == index }
      .map { place in
        let option = elements[place]
        let label = option.text.split { $0.isWhitespace }.joined(separator: " ")
        let group = option.parent.map { elements[$0] }
        return FormFiller.Option(
          value: option["value"] ?? label,
          label: option["label"] ?? label,
          isSelected: option["selected"] != nil,
          isDisabled: option["disabled"] != nil
            || group?.name == "optgroup" && group?["disabled"] != nil
        )
      }
  }
}

extension XMLElement {
  fileprivate subscript(_ attribute: String) -> String? { attributes[attribute] }

  /// How a person would select it.
  fileprivate var formName: String {
    if let id = self["id"], !id.isEmpty { return "form#\(id)" }
    for key in ["name", "action"] {
      if let value = self[key], !value.isEmpty { return "form[\(key)=\"\(value)\"]" }
    }
    return "form"
  }
}

extension String {
  /// With the line ends that forms send.
  fileprivate var withFormLines: String {
    let lines = split(omittingEmptySubsequences: false, whereSeparator: \.isFormNewline)
    return lines.joined(separator: "\r\n")
  }
}

extension Character {
  fileprivate var isFormNewline: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
