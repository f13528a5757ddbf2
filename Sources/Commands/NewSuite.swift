import Suites

/// The files of a suite that runs at once: one web server with one volume.
enum NewSuite {
  /// Paths below the suite's folder with their contents.
  static func files(recipe: String) -> [(path: String, content: String)] {
    [
      ("recipe.yml", recipeFile(recipe)),
      ("local.yml", localFile),
      ("recipe/compose.yml", composeFile(recipe)),
      ("functional/content.yml", functionalFile),
    ]
  }

  /// Of a new project, by name.
  static let projectFiles = [
    (name: ProjectLoader.fileName, content: projectFile),
    (name: ".gitattributes", content: attributesFile), (name: ".gitignore", content: ignoreFile),
  ]

  private static let attributesFile = """
    # Pages, suites and recipes are compared by their bytes: no checkout changes a line end.
    * -text

    """

  private static let ignoreFile = """
    # Of the reports only coverage.json is committed; PARITY.md lies beside its suite.
    /reports/**
    !/reports/*/
    !/reports/*/coverage.json

    """

  private static let projectFile = """
    # Where things are, from this folder on. All keys: docs/suite.md
    suites: suites
    reports: reports

    # The older scripts that the recipes are held to. Until this says where they are, or why there are
    # none, parity with them (P2) is unproven.
    # corpus: {root: ../recipe-info}
    # corpus: {none: a new catalogue without older scripts}

    """

  private static func recipeFile(_ recipe: String) -> String {
    """
    # What is tested of \(recipe). All keys: docs/suite.md
    recipe: \(recipe)
    health: {path: /, ok: [200], within: 60s}

    # A marker for every place where the recipe keeps data: planted before upgrade and backup,
    # dropped before the restore, and back after it.
    integrity:
      content:
        seed:
          - file: {service: app, path: /srv/www/marker.txt, write: "{{marker}}"}
        drop:
          - file: {service: app, path: /srv/www/marker.txt, write: ""}
        verify:
          - http: {get: /marker.txt}
            expect: {status: 200, body: "{{marker}}"}

    """
  }

  private static let localFile = """
    # How the recipe's services run as processes of this machine.
    search: [/usr/bin]
    services:
      app:
        standin: Python's small web server, which stands for the recipe's nginx
        ports: [80]
        volumes: [content]
        command:
          - python3
          - "-m"
          - http.server
          - "{{port.80}}"
          - "--bind"
          - 127.0.0.1
          - "--directory"
          - "{{volume.content}}"

    """

  private static func composeFile(_ recipe: String) -> String {
    """
    version: "3.8"
    services:
      app:
        image: nginx:1.22
        volumes:
          - content:/srv/www
        deploy:
          labels:
            - "coop-cloud.${STACK_NAME}.version=0.1.0+1.22"
            - "backupbot.backup=true"
    volumes:
      content:

    """
  }

  private static let functionalFile = """
    test_content_roundtrip:
      about: A file written into the volume is served under its name, as it was written.
      steps:
        - file: {service: app, path: "/srv/www/{{unique}}.txt", write: "content {{unique}}"}
        - http: {get: "/{{unique}}.txt"}
          expect: {status: 200, body: "content {{unique}}"}

    test_replaced_content:
      about: A file that is written again is served as it is now, not as it was.
      steps:
        - file: {service: app, path: "/srv/www/{{unique}}.txt", write: "old"}
        - http: {get: "/{{unique}}.txt"}
          expect: {status: 200, body: old}
        - file: {service: app, path: "/srv/www/{{unique}}.txt", write: "new {{unique}}"}
        - http: {get: "/{{unique}}.txt"}
          expect: {status: 200, body: "new {{unique}}"}

    """
}
