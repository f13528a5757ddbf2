"""What the stages need of the handbook's volume."""

from harness import lifecycle

MARKER = "/usr/share/nginx/html/ci_marker.html"


def pre_backup(app):
    """Write the marker page."""
    lifecycle.exec_in_app(app, ["sh", "-c", f"echo {app.run_id} > {MARKER}"])


def pre_restore(app):
    """Remove the marker page."""
    lifecycle.exec_in_app(app, ["rm", MARKER])
