import os

HEALTH_PATH = "/board"
HEALTH_OK = [200]
DEPLOY_TIMEOUT = int(os.environ.get("SLOW", "1")) * 120
EXTRA_ENV = {"BOARD_TOKEN": "not-a-real-token"}
BACKUP_CAPABLE = False
