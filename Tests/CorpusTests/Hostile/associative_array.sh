#: unread | cannot be parsed as shell
#!/bin/bash
declare -A want=([/a]=200 [/b]=302)
for path in "${!want[@]}"; do
  code=$(curl -so /dev/null -w '%{http_code}' "$1$path")
  [[ $code == "${want[$path]}" ]] || exit 1
done
