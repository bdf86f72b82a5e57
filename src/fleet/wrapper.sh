# What runs in an agent's pane: set up, the program, then a menu. The lines above are the agent's own: fleet_id fleet_name
# fleet_kind fleet_dir fleet_bin fleet_tmux fleet_setup fleet_running, and the functions fleet_first and fleet_again.
# One small sh an agent. No remain-on-exit: it crashes tmux 3.3a and 3.4 after a program that asked for focus reports died.

tell() { # NAME VALUE …: set options of this session in one call, and wake who waits for it
  pairs=$#
  while [ "$pairs" -gt 0 ]; do
    name=$1 value=$2
    shift 2
    set -- "$@" set-option -t "$TMUX_PANE" -- "@fleet_$name" "$value" ';'
    pairs=$((pairs - 2))
  done
  "$fleet_tmux" "$@" set-option -t "$TMUX_PANE" -- @fleet_since "$(date +%s)" ';' wait-for -S "fleet-$fleet_id" 2>/dev/null
}

reset_terminal() { # what a killed program leaves on: focus, paste, mouse, keyboard modes, alternate screen, scroll region
  stty sane 2>/dev/null
  printf '\033[?1004l\033[?2004l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2026l\033[?1l\033[>4m\033[<u\033>\033[?1049l\0337\033[r\0338\033[0m\033[?25h'
}

keep_screen() { # before the reset, which leaves the alternate screen
  "$fleet_tmux" capture-pane -peJ -S - -t "$TMUX_PANE" >"$fleet_dir/screen.new" 2>/dev/null &&
    mv -f "$fleet_dir/screen.new" "$fleet_dir/screen"
}

# ':' and not '': the program gets the default action back. HUP and TERM stay as they are: sh holds a trap back until its
# child ends, and only when sh has died does the kernel tell the program that the terminal is gone.
trap : INT QUIT

run_setup() {
  [ -n "$fleet_setup" ] && [ ! -e "$fleet_dir/ready" ] || return 0
  tell status starting step setup reason ''
  "$fleet_bin" run-setup "$fleet_id" || return $?
  true >"$fleet_dir/ready"
}

run_program() {
  # A new session says so already.
  [ "$fresh$fleet_setup$fleet_running" = yesstarting ] ||
    tell status "$fleet_running" step '' reason '' exit '' doing '' ask '' source wrapper
  # true, not ':': a failed redirection of a special builtin ends the shell.
  if [ -e "$fleet_dir/started" ]; then fleet_again; else
    true >"$fleet_dir/started"
    fleet_first
  fi
}

run() {
  what=setup
  run_setup || return $?
  what=$fleet_kind
  run_program
}

ending() { # 0, or "137 (SIGKILL)"
  if [ "$1" -gt 128 ] && name=$(kill -l $(($1 - 128)) 2>/dev/null); then echo "$1 (SIG${name#SIG})"; else echo "$1"; fi
}

# One key press is one byte and then silence. Anything longer is a paste: text meant for the agent, never for a menu.
read_key() {
  stty -icanon -echo -isig min 1 time 0 2>/dev/null || exit "$status"
  printf '\033[?2004h'
  key=$(dd bs=1 count=1 2>/dev/null; echo .)
  key=${key%.}
  stty min 0 time 2
  more=1 rest=0
  while [ "$more" -gt 0 ]; do
    more=$(dd bs=4096 count=1 2>/dev/null | wc -c)
    rest=$((rest + more))
  done
  printf '\033[?2004l'
  stty sane
  [ -n "$key" ] || exit "$status"
  [ "$rest" -eq 0 ]
}

fresh=yes
while :; do
  run
  status=$? fresh=
  keep_screen
  reset_terminal
  if [ "$what" = setup ]; then tell status exited step '' exit "$status" ask '' source wrapper reason "setup failed with $status"
  else tell status exited step '' exit "$status" ask '' source wrapper reason "$([ "$status" -eq 0 ] || ending "$status")"; fi
  # What waited for its end is done by another process; nothing of it shows here.
  (FLEET_HOME=${fleet_dir%/agents/*} "$fleet_bin" tick >/dev/null 2>&1 </dev/null &)
  printf '\n[fleet] %s: %s ended with %s\n' "$fleet_name" "$what" "$(ending "$status")"
  sure=
  while :; do
    printf '\r\033[K[fleet] r start again · s shell · q close  '
    if ! read_key; then
      printf '\n[fleet] the program is not running: pasted text was thrown away\n'
      sure=
      continue
    fi
    case $key in
    r) printf '\n'; break ;;
    s)
      if [ -z "$sure" ]; then
        sure=1
        printf '\n[fleet] a shell, not the agent: press s again\n'
        continue
      fi
      printf '\n'
      tell shell 1
      "${SHELL:-/bin/sh}"
      reset_terminal
      tell shell ''
      ;;
    q) printf '\n'; exit "$status" ;;
    esac
    sure=
  done
done
