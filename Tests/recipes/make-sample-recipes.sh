#!/bin/sh
# Builds the sample recipes as git repositories: make-sample-recipes.sh DEST
#
# For each <recipe>/recipe-versions/ beside this script and below apps/, DEST/<recipe> gets one commit and one
# annotated tag per version; a version's folder holds only the files that changed. Versions are
# taken in the order of their names. Author and dates are fixed, so that the same files always make
# the same commit ids. A repository that is up to date is left alone.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: make-sample-recipes.sh DEST" >&2
  exit 64
fi
mkdir -p "$1"
destination="$(cd "$1" && pwd)"
cd "$(dirname "$0")"

# Nothing of the caller's own git may reach the commits.
for variable in $(git rev-parse --local-env-vars); do
  unset "$variable"
done
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME="Sample Recipes" GIT_AUTHOR_EMAIL="samples@example.org"
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"
umask 022

# What the repository is made of: this script's rules, names, modes and contents.
fingerprint() {
  {
    git hash-object make-sample-recipes.sh
    find "$1" -type f | sort | while read -r file; do
      mode=644
      if [ -x "$file" ]; then mode=755; fi
      echo "$mode $file"
    done
    find "$1" -type f | sort | xargs git hash-object --no-filters
  } | git hash-object --stdin
}

make_recipe() {
  recipe="$(basename "$1")"
  versions="$1/recipe-versions"
  wanted="$(fingerprint "$versions")"
  mark=".git/made-from"
  if [ "$(cat "$destination/$recipe/$mark" 2>/dev/null)" = "$wanted" ]; then
    echo "$recipe: up to date"
    return
  fi
  if [ -e "$destination/$recipe" ] && [ ! -e "$destination/$recipe/$mark" ]; then
    echo "$destination/$recipe exists and was not made by this script" >&2
    exit 1
  fi
  work="$destination/.$recipe.$$"
  trap 'rm -rf "$work"' EXIT
  rm -rf "$work"
  git init -q --template= -b main "$work"
  git -C "$work" config core.autocrlf false
  seconds=1767225600
  for folder in "$versions"/*/; do
    version="$(basename "$folder")"
    cp -R "$folder." "$work/"
    GIT_AUTHOR_DATE="$seconds +0000"
    GIT_COMMITTER_DATE="$seconds +0000"
    export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
    git -C "$work" add -A -f
    git -C "$work" commit -q --no-gpg-sign -m "Release $version"
    git -C "$work" tag --no-sign -a -m "Release $version" "$version"
    seconds=$((seconds + 86400))
  done
  echo "$wanted" >"$work/$mark"
  rm -rf "${destination:?}/$recipe"
  mv "$work" "$destination/$recipe"
  trap - EXIT
  echo "$recipe: $(git -C "$destination/$recipe" rev-parse HEAD)"
}

for folder in */recipe-versions/ apps/*/recipe-versions/; do
  [ -d "$folder" ] || continue
  make_recipe "${folder%/recipe-versions/}"
done
