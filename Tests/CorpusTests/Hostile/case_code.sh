#: request | GET /a
#: assert | GET /a | status | in 200-299, 302
#!/bin/sh
case "$(curl -s -o /dev/null -w '%{http_code}' "$1/a")" in
  2??) echo well ;;
  302) echo login ;;
  *) echo no; exit 1 ;;
esac
