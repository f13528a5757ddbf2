#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 200
#!/bin/bash
paths=(/a /b)
for path in "${paths[@]}"; do
  code=$(curl -so /dev/null -w '%{http_code}' "https://h$path")
  [[ $code == 200 ]] || { echo "$path: $code"; exit 1; }
done
