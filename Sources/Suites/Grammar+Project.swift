extension Grammar {
  static let projectTables: [Table] = [
    Table(
      "project",
      as: "parity.yml",
      "Where a project keeps its suites, recipes, corpus and reports. Paths are relative to the file."
    ) {
      Field("suites", .text, "The folder with one suite for each recipe.").preset("suites")
      Field(
        "recipes",
        .map(.anyOf([.text, .table("recipe_source")])),
        "By recipe: a path, or a git repository."
      ).preset("the folder `recipe` of the suite").also("recipe")
      Field(
        "corpus",
        .anyOf([.text, .table("corpus")]),
        "The older scripts that recipes are held to."
      ).also("recipe-info")
      Field("reports", .text, "The folder for reports.").preset("reports").also("output")
      Field("driver", .choice(drivers), "The driver where the command line names none.").preset(
        "the one that the suite has a file for, local before swarm"
      )
      Field("publish", .choice(drivers), "The driver whose full runs write the pages.").preset(
        "driver"
      )
      Field(
        "env",
        .list(.text),
        "Variables of the runner that suites may take as secrets. In a clone the file of the base branch counts."
      ).preset("[]")
      Field("swarm", .table("project_swarm"), "The Docker Swarm of the driver of that name.")
      Field("policy", .table("policy"), "What is asked of every suite.")
    },
    Table(
      "project_swarm",
      as: "swarm of parity.yml",
      "The Docker Swarm that recipes are deployed to."
    ) {
      Field(
        "nodes",
        .map(.text),
        "By host name: how the engines of its other nodes are reached, as `DOCKER_HOST` has it."
      )
    },
    Table("recipe_source", as: "a recipe's source", "A recipe in a git repository.") {
      Field("git", .text, "The repository's address or path.").required().also("url")
      Field("ref", .text, "A branch, tag or commit.").preset("HEAD").also("branch tag")
      Field("within", .duration, "How long fetching may take.").preset("300s").also("timeout limit")
    },
    Table("corpus", "The older scripts that recipes are held to.", oneOf: ["root", "git", "none"]) {
      Field("root", .text, "The folder `recipe-info`.").also("path")
      Field("git", .text, "The repository's address or path.").also("url")
      Field("ref", .text, "A branch, tag or commit of `git`.").preset("HEAD")
      Field("within", .duration, "How long fetching from `git` may take.").preset("300s")
      Field("none", .text, "Why there is none.").also("why reason")
      Field("sample", .boolean, "It is only an example, and pages say so.").preset("false")
    },
    Table("policy", "What is asked of every suite.") {
      Field(
        "functional_checks",
        .integer(1...1_000),
        "How many functional checks of strength `state` P3 asks for."
      ).preset("2").also("p3 P3 minimum")
    },
  ]
}
