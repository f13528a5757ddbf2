import Evidence
import Suites

extension RecipeRules {
  /// - Parameter variants: the deployed composition first; what one overlay has is enough for a yes.
  func metadataFindings(_ variants: [Compose]) -> [RecipeFinding] {
    guard let file = files.first(where: { $0.name == "README.md" }) else { return [] }
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      return [
        RecipeFinding(.recipeFileUnreadable, "README.md is not UTF-8", at: nil, about: [file.name])
      ]
    }
    let metadata = RecipeMetadata(SourceText(file: file.name, text: text))
    var found: [RecipeFinding] = []
    func contradict(_ entry: RecipeMetadata.Entry, _ name: String, _ fact: String) {
      found.append(
        RecipeFinding(
          .metadataContradicted,
          "README says \(name): \(entry.value), and \(fact)",
          at: entry.place,
          length: entry.value.unicodeScalars.count,
          about: [name]
        )
      )
    }
    if let entry = metadata["healthcheck"], let says = entry.isYes {
      let service = variants[0][service: "app"].map { [$0.name] }
      let looked = service ?? variants[0].services.map(\.name)
      let has = { (compose: Compose) in
        looked.contains { compose[service: $0]?.healthcheck != nil }
      }
      let who = service?[0] ?? "no service"
      if says, !variants.contains(where: has) {
        contradict(
          entry,
          "Healthcheck",
          service == nil ? "no service has a healthcheck" : "\(who) has no healthcheck"
        )
      }
      if !says, has(variants[0]) { contradict(entry, "Healthcheck", "there is one") }
    }
    if let entry = metadata["backups"], let says = entry.isYes {
      let has = { (compose: Compose) in !BackupLabels.read(from: compose).isEmpty }
      if says, !variants.contains(where: has) {
        contradict(entry, "Backups", "no service has backupbot.backup=true under deploy.labels")
      }
      if !says, has(variants[0]) { contradict(entry, "Backups", "the labels ask for a backup") }
    }
    if let entry = metadata["image"], let image = entry.image {
      let named = ImageReference(image)
      let services = variants.flatMap(\.services)
      let isThere = services.contains { ImageReference($0.image).isSameRepository(as: named) }
      if !isThere, let app = variants[0][service: "app"] ?? variants[0].services.first {
        contradict(entry, "Image", "\(app.name) runs \(app.image)")
      }
    }
    if let entry = metadata["tests"], entry.isYes == true,
      !suite.checks.contains(where: { $0.kind == .functional })
    {
      contradict(entry, "Tests", "the suite has no functional check")
    }
    return found
  }
}
