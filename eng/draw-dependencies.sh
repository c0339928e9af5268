#!/usr/bin/env bash
# Draws which folders of the library use which, from the using directives of the code, into docs/dependencies.md (a Mermaid diagram,
# which GitHub and VS Code show). Ends with an error where there is a cycle.
set -euo pipefail
cd "$(dirname "$0")/.."

# A project's own folders are told apart in Wsss alone; the others are one box each.
edges=$(git ls-files 'lib/*.cs' | while read -r file; do
  path=${file#lib/}
  project=${path%%/*}
  rest=${path#*/}
  from=$project
  if [ "$project" = Wsss ]; then
    case "$rest" in */*) from=Wsss.${rest%%/*} ;; *) from=root ;; esac
  fi
  # Every file sees the root of its namespace, which is left out; the root uses none of the folders, but for what it writes with.
  { grep -hoE '^using (static )?Wsss\.[A-Za-z]+' "$file" || true; } | sed -E 's/^using (static )?//' | while read -r to; do
    [ "$from" = "$to" ] || echo "$from $to"
  done
done | sort -u)

if ! order=$(tsort <<<"$edges" 2>&1); then
  printf 'draw-dependencies: a cycle\n%s\n' "$(grep '^tsort' <<<"$order")" >&2
  exit 1
fi

{
  printf '# Who uses whom\n\nMade by `eng/draw-dependencies.sh` from the using directives; there is no cycle. `root` is what every folder of `lib/Wsss` shares: errors,\n'
  printf 'the artefact store, JSON, the run context. An arrow that follows from others is left out.\n\n```mermaid\nflowchart TD\n'
  # An arrow A → C is left out where C is reached from A another way.
  awk '
    { edge[$1, $2]; node[$1]; node[$2] }
    END {
      for (a in node) for (b in node) if ((a, b) in edge) reach[a, b]
      for (k in node) for (a in node) if ((a, k) in reach) for (b in node) if ((k, b) in reach) reach[a, b]
      for (a in node) for (c in node) {
        if (!((a, c) in edge)) continue
        follows = 0
        for (b in node) if (b != a && b != c && ((a, b) in reach) && ((b, c) in reach)) follows = 1
        if (!follows) { short_a = a; short_c = c; sub(/^Wsss\./, "", short_a); sub(/^Wsss\./, "", short_c); print "  " short_a " --> " short_c }
      }
    }' <<<"$edges" | sort
  printf '```\n'
} >docs/dependencies.md
printf 'draw-dependencies: %s arrows, no cycle: docs/dependencies.md\n' "$(grep -c -- '-->' docs/dependencies.md)"
