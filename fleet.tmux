#!/bin/sh
# fleet's tmux plugin: finds the binary and binds a key to a list of agents, drawn by tmux itself. No process stays.
# Silent and always exit 0: TPM shows the exit code of the last plugin in a pane. Run again, it changes nothing.
exec >/dev/null 2>&1
dir=$(cd "${0%/*}" && pwd -P) || exit 0
tab='	'
# One read: the version, the options, and every key of the prefix table (`list-keys -T prefix KEY` is broken in 3.7c).
# awk says: version, wanted key, binary, the key that is ours already, whether the person has taken the wanted one.
answer=$(tmux -u display-message -p "#{version}$tab#{@fleet-key-agents}$tab#{@fleet-bin}" \; list-keys -T prefix | awk '
  NR == 1 { split($0, o, "\t"); key = o[2] == "" ? "A" : o[2]; next }
  { n = split($0, w, " "); at = 0; for (i = 2; i < n && i < 6; i++) if (w[i] == "prefix") { at = w[i + 1]; break } }
  /no agents here yet: fleet create BRANCH/ { ours = at; next }
  at == key { taken = 1 }
  END { print o[1]; print key; print o[3]; print ours; print taken }')
{ read -r version; read -r key; read -r bin; read -r ours; read -r taken; } <<END
$answer
END
# Before 3.2 there is no #{q/e:}, and a branch name would be read as a format.
case $version in '' | [0-2].* | 3.[01] | 3.[01][!0-9]*) exit 0 ;; esac
[ "$key" != off ] || key=none

if [ ! -x "$bin" ]; then
  bin=''
  for candidate in "$dir/bin/fleet" "$dir/../../bin/fleet"; do
    [ ! -x "$candidate" ] || { bin=$candidate; break; }
  done
  # Other programs are called fleet too.
  [ -n "$bin" ] || for candidate in "$(command -v flt)" "$(command -v fleet)"; do
    [ -x "$candidate" ] || continue
    case $("$candidate" --version </dev/null) in "fleet "[0-9]*) bin=$candidate; break ;; esac
  done
fi

# One write. Text that an agent or a branch holds goes through q/e, which doubles every #.
set -- set-option -gq @fleet-_bin "$bin"
[ -z "$ours" ] || [ "$ours" = "$key" ] || set -- "$@" \; unbind-key -T prefix "$ours"
[ -n "$taken" ] || [ "$key" = none ] || set -- "$@" \; bind-key -N 'fleet: agents' -T prefix "$key" \
  if-shell -F '#{S:#{@fleet_id}}' \
  "choose-tree -Zs -f '#{@fleet_id}' -F '#{p9:@fleet_status} #{p9:@fleet_kind} #{q/e:@fleet_branch}  #{q/e:@fleet_doing}'" \
  "display-message 'no agents here yet: fleet create BRANCH'"
tmux -u "$@"
exit 0
