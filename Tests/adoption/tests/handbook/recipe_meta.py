"""The handbook: pages of a volume, served by nginx."""

HEALTH_PATH = "/healthz"
HEALTH_OK = (200,)
DEPLOY_TIMEOUT = 300
HTTP_TIMEOUT = 60
EXTRA_ENV = {"TITLE": "Handbook of the CI"}
EXPECTED_NA = {"upgrade": "there is only one version"}
SCREENSHOT = "/"


def BACKUP_VERIFY(snapshot):
    return "index.html" in snapshot.files("pages")
