#!/bin/sh
# fleet's tmux plugin: finds the binary, and sources what `fleet plugin` prints: keys and status line. One read and one write; what
# was printed is kept, and sourced again while the binary, the options and the bound keys stay as they were. A server that has it is
# only read: each option that is set costs a repaint, and time for each session. Silent, always exit 0 (TPM shows the exit code of
# the last plugin in a pane), the same after any number of runs, and nothing stays running.
exec >/dev/null 2>&1
case $0 in */*) cd -P "${0%/*}" || exit 0 ;; esac
dir=$PWD
nl='
'
data=${XDG_DATA_HOME:-${HOME-}/.local/share}/fleet

# The version that the checkout wants; an installed copy has no package.json, and its binary came with it.
required=''
[ ! -r package.json ] || while read -r line; do
  case $line in '"version": '*) line=${line#*: \"}; required=${line%%\"*}; break ;; esac
done <package.json

# All that `fleet plugin` goes by: PLUGIN_OPTIONS in src/fleet/plugin/commands.ts, and whole tables of keys, because `list-keys
# -T prefix KEY` is broken in 3.7c.
now=$(tmux -u display-message -p "#{@fleet-_mark}$nl#{version}$nl#{@fleet-bin}$nl#{@fleet-key-agents}$nl#{@fleet-key-next}$nl#{@fleet-key-menu}$nl\
#{@fleet-root-key-agents}$nl#{@fleet-root-key-next}$nl#{@fleet-root-key-menu}$nl#{prefix} #{prefix2}$nl#{@fleet-_bin}$nl\
#{status-left} #{status-right} #{status-format[0]} #{status-format[1]} #{status-format[2]} #{status-format[3]} #{status-format[4]}$nl\
#{@fleet-_was-status-left} #{@fleet-_was-status-right} #{@fleet-_was-status-format-0} #{@fleet-_was-status-format-1}$nl\
#{@fleet-_was-status-format-2} #{@fleet-_was-status-format-3} #{@fleet-_was-status-format-4}" \; list-keys -T prefix \; list-keys -T root)
mark=${now%%"$nl"*}
now=${now#*"$nl"}
{
  read -r version; read -r chosen
  read -r keys_agents; read -r keys_next; read -r keys_menu
  read -r roots_agents; read -r roots_next; read -r roots_menu
  read -r prefixes
} <<END
${now%%"$nl"bind-key*}
END
# Before 3.2 there is no #{q/e:}, and a branch name would be read as a format.
case $version in '' | [0-2].* | 3.[01] | 3.[01][!0-9]*) exit 0 ;; esac

# Binaries, the best place first. Other programs are called fleet too, so that flt comes before it.
# shellcheck disable=SC2088 # a tilde that tmux was given in quotes
case $chosen in '~/'*) chosen=$HOME/${chosen#??} ;; esac
found=''
look() { for file in "$@"; do [ ! -x "$file" ] || [ -d "$file" ] || found=$found$file$nl; done; }
look "$chosen" "${required:+$data/$required/bin/fleet}" "$dir/bin/fleet"
case $dir in */share/fleet) look "${dir%/share/fleet}/bin/fleet" ;; esac
[ -n "$found" ] || look "$(command -v flt)" "$(command -v fleet)"

# The kept file names the binary on its first line, and on the second what a server has that it was sourced in; beside it is a file of the binary's time, because one that is replaced may be
# of any age. A binary that was passed over, and is replaced, is looked at again.
# shellcheck disable=SC2046 # two numbers
set -- $(printf '%s\n' "$now" "$found" "$required" | cksum)
kept=$data/plugin/$1-$2.conf
time=$data/plugin/$1-$2.time
# shellcheck disable=SC3013 # every sh that systems have knows -nt and -ot
is_current() {
  [ -r "$kept" ] && [ -e "$time" ] || return 1
  { read -r bin; read -r kept_mark; read -r settled; } <"$kept"
  bin=${bin#'# '} kept_mark=${kept_mark#'# '}
  [ -x "$bin" ] && ! [ "$bin" -nt "$time" ] && ! [ "$bin" -ot "$time" ] || return 1
  rest=$found
  while [ -n "$rest" ] && [ "${rest%%"$nl"*}" != "$bin" ]; do
    ! [ "${rest%%"$nl"*}" -nt "$kept" ] || return 1
    rest=${rest#*"$nl"}
  done
}
if is_current; then
  # Settled: with these keys and texts, what is sourced changes none of them.
  [ "$settled:$mark" = "# settled:$kept_mark" ] || tmux -u source-file "$kept"
  exit 0
fi

# older A B: A is an older version than B. Never "another": a newer binary is no reason to install an old one.
older() {
  awk -v a="$1" -v b="$2" 'BEGIN { split(a, x, "."); split(b, y, ".")
    for (i = 1; i <= 3; i++) if (x[i] + 0 != y[i] + 0) exit !(x[i] + 0 < y[i] + 0)
    exit 1 }'
}
# use BINARY: true when it is fleet, new enough, and its commands are set.
use() {
  says=$("$1" --version </dev/null) || return 1
  case $says in 'fleet '[0-9]*) ;; *) return 1 ;; esac
  if older "${says#fleet }" "${required:-0}"; then
    old="$says, $1"
    return 1
  fi
  aside=$kept.$$
  new_mark=$(date +%s)-$$
  if printf '# %s\n' "$1" "$new_mark" >"$aside"; then
    if "$1" plugin >>"$aside" </dev/null && echo "set-option -g @fleet-_mark $new_mark" >>"$aside" && touch -r "$1" "$time" && mv -f "$aside" "$kept"; then
      tmux -u source-file "$kept"
      return 0
    fi
    rm -f "$aside"
  fi
  # Nowhere to keep it.
  commands=$("$1" plugin </dev/null) && [ -n "$commands" ] || return 1
  printf '%s\n' "$commands" | tmux -u source-file -
  return 0
}
old=''
mkdir -p "$data/plugin"
# One file for each set of keys and options: some dozens at most.
set -- "$data/plugin"/*
[ $# -lt 60 ] || rm -f "$@"
set -f
IFS=$nl
for bin in $found; do ! use "$bin" || exit 0; done
for bin in "$(command -v flt)" "$(command -v fleet)"; do
  case $nl$found in *"$nl$bin$nl"*) continue ;; esac
  [ ! -x "$bin" ] || ! use "$bin" || exit 0
done
unset IFS

# No binary, or none that is new enough: the keys open the installer in a window. A key that is bound stays what it is.
# shellcheck disable=SC2016 # for the sh in the window
deed='new-window -t "#{session_id}:" -n fleet sh -c "exec sh \"\$(tmux show-option -gqv @fleet-_get)\""'
[ -r "$dir/scripts/get" ] || deed='display-message "fleet has no binary: run scripts/install in its checkout"'
bind() { # bind NAME TABLE NOTE KEYS
  for key in $4; do
    case $key in none | off | *[!A-Za-z0-9-]*) continue ;; esac
    case $now in
      *"-T $2 $key "*) ;;
      *) printf "bind-key -N '%s' -T %s %s run-shell -C '#{E:@fleet-_%s}'\n" "$3" "$2" "$key" "$1" ;;
    esac
  done
}
case $prefixes in *-a*) menu=none ;; *) menu=a ;; esac
{
  for name in agents next menu; do printf "set-option -g @fleet-_%s '%s'\n" "$name" "$deed"; done
  bind agents prefix 'fleet: agents' "${keys_agents:-A}"
  bind next prefix 'fleet: next that needs you' "${keys_next:-N}"
  bind menu prefix 'fleet: menu' "${keys_menu:-$menu}"
  bind agents root 'fleet: agents' "$roots_agents"
  bind next root 'fleet: next that needs you' "$roots_next"
  bind menu root 'fleet: menu' "$roots_menu"
} | tmux -u set-option -gqu @fleet-_bin \; set-option -g @fleet-_get "$dir/scripts/get" \; set-option -g @fleet-_old "$old" \; source-file -
exit 0
