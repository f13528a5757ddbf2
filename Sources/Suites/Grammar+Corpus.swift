extension Grammar {
  static let corpusTables: [Table] = [
    Table(
      "corpus_units",
      as: "corpus",
      "Units of the corpus that no check names under `ports`, and what becomes of them."
    ) {
      Field(
        "covered",
        .list(.table("covered_units")),
        "Units that checks look at in another way, on your word."
      ).also("covered_by")
      Field("not_ported", .list(.table("unported_units")), "Units that are left out for good.")
        .also("non_port not_applicable skip")
    },
    Table("covered_units", as: "a covered entry", "Units that checks look at in another way.") {
      ports
      Field(
        "by",
        .list(.text),
        "The checks, by `folder/file::name`; one with cases means all of its rows."
      ).required().also("checks check")
      Field("why", .text, "Why that is as good.").required().also("reason")
    },
    Table("unported_units", as: "a not_ported entry", "Units that are left out for good.") {
      ports
      Field("why", .text, "Why: a policy, or what the environment of a run cannot have.").required()
        .also("reason")
    },
  ]

  private static let ports = Field(
    "ports",
    .list(.text),
    "Units, or whole scripts: `health.py::test_up`, `health.py`, `health.py::*`."
  ).required().also("port units originals")
}
