#: unread | curl
import subprocess, sys
out = subprocess.run("curl -s https://h/a | jq -r .status", shell=True, capture_output=True, text=True)
if out.stdout.strip() != "ok":
    sys.exit(1)
