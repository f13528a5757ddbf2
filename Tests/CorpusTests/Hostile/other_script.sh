#: unread | ./health.sh
#!/bin/bash
set -e
./health.sh "$1"
