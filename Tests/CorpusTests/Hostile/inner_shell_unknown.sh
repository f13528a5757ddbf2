#: unread | bash
#!/bin/bash
set -e
bash -c "$CHECK"
