#: unread | python3
#!/bin/bash
set -e
python3 - "$1" <<'EOF'
import sys, urllib.request
assert urllib.request.urlopen(sys.argv[1] + "/a").status == 200
EOF
