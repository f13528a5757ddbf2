import Evidence
import Suites

extension RecipeRules {
  func updateFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.compactMap { service in
      guard let order = service.updateOrder, order.value == "start-first",
        service.failureAction?.value == "rollback"
      else { return nil }
      return RecipeFinding(
        .rollbackHidesFailure,
        "\(service.name): order start-first with failure_action rollback: where the new task fails, "
          + "the old one goes on answering",
        at: order.place,
        length: order.length,
        about: [service.name]
      )
    }
  }

  func imageFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.compactMap { service in
      guard let image = service.imageSetting, let why = ImageReference(image.value).whyItMoves
      else { return nil }
      return RecipeFinding(
        .imageTagMoves,
        "\(service.name): image \(image.value) \(why)",
        at: image.place,
        length: image.length,
        about: [service.name]
      )
    }
  }
}
