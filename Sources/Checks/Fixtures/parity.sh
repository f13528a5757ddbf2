# Steps of a check of Parity, made by a bash script: docs/scripts.md.
#
#   . "$PARITY_SHELL"
#   parity_http POST /api/notes '{"json": {"title": "'"$PARITY_UNIQUE"'"}}'
#   parity_expect '{"status": 201}'
#   id=$(parity_value '$.id')
#
# What is asked through it is asked by Parity itself, recorded and graded as if it stood in a YAML
# file of the suite. An expectation that does not hold ends the script with status 1 under `set -e`.

# A text as JSON.
parity_json() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\r'/\\r}
  text=${text//$'\t'/\\t}
  printf '"%s"' "$text"
}

# Sends a message of these members, and leaves what came back in PARITY_ANSWER.
_parity_ask() {
  local host port token line
  if [[ -z ${PARITY_STEPS-} ]]; then
    echo "parity.sh: PARITY_STEPS is not set: this works in a run of Parity only" >&2
    return 1
  fi
  IFS=: read -r host port token <<<"$PARITY_STEPS"
  exec {_parity_socket}<>"/dev/tcp/$host/$port" || return 1
  printf '{"token":"%s","test":%s,"plain":true,%s}\n' "$token" \
    "$(parity_json "${BATS_TEST_DESCRIPTION-}")" "${1//$'\n'/ }" >&"$_parity_socket"
  IFS= read -r line <&"$_parity_socket"
  exec {_parity_socket}>&-
  PARITY_ANSWER=${line:3}
  [[ $line == "ok "* ]] && return 0
  echo "${PARITY_ANSWER:-Parity gave no answer}" >&2
  return 1
}

# One step as JSON, with the keys that it has in a suite.
parity_step() { _parity_ask "\"do\":\"step\",\"step\":$1"; }

# A request: parity_http METHOD PATH ['{"json": …, "headers": …}']
parity_http() {
  local more=${3-}
  more=${more#"${more%%[![:space:]]*}"}
  more=${more#\{}
  [[ $more =~ ^[[:space:]]*(\}[[:space:]]*)?$ ]] && more=\} || more=,$more
  parity_step "{\"http\":{\"method\":$(parity_json "$1"),\"url\":$(parity_json "$2")$more}"
}

# What must be true of the last answer, as JSON in the words of `expect` in a suite.
parity_expect() { _parity_ask "\"do\":\"expect\",\"expect\":$1"; }

# Prints what a JSONPath finds first in the last answer.
parity_value() {
  _parity_ask "\"do\":\"value\",\"path\":$(parity_json "$1")" && printf '%s\n' "$PARITY_ANSWER"
}

# In bats every test has a fresh value of its own.
if [[ -n ${BATS_TEST_DESCRIPTION-} && -n ${PARITY_STEPS-} ]]; then
  _parity_ask '"do":"begin"' && export PARITY_UNIQUE=$PARITY_ANSWER
fi
