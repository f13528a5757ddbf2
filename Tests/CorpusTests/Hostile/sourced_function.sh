#: unread | lib/http.sh
#: unread | expect_status
#!/bin/bash
. "$(dirname "$0")/lib/http.sh"
expect_status 200 "$1/a"
