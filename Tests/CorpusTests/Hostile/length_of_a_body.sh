#: request | GET /a
#: assert | GET /a | value length of body | > 10
#!/bin/bash
body=$(curl -s "$1/a")
[ "${#body}" -gt 10 ] || exit 1
