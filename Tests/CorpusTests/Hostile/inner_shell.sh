#: unread | bash
#!/bin/bash
set -e
timeout 60 bash -c 'until curl -sf https://h/ready; do sleep 1; done'
