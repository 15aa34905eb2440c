# Sourced by the ctl scripts of jobs, which then call
#   job_ctl NAME STOP_SIGNAL STOP_SECONDS start|stop COMMAND...
# COMMAND runs as vcap. Its process id is in /var/vcap/sys/run/NAME/NAME.pid, its output in /var/vcap/sys/log/NAME.

job_ctl() {
  local name=$1 signal=$2 seconds=$3 action=$4
  shift 4
  local run_dir=/var/vcap/sys/run/$name log_dir=/var/vcap/sys/log/$name
  local pidfile=$run_dir/$name.pid
  case $action in
    start)
      # /var/vcap/sys/run is in memory: after a reboot pre-start does not run, but this does.
      mkdir -p "$run_dir" "$log_dir"
      chown vcap:vcap "$run_dir" "$log_dir"
      # Stays in the foreground: this very process becomes the job's.
      echo $$ >"$pidfile"
      exec >>"$log_dir/$name.stdout.log" 2>>"$log_dir/$name.stderr.log"
      exec chpst -u vcap:vcap "$@"
      ;;
    stop)
      job_stop "$pidfile" "$signal" "$seconds"
      rm -f "$pidfile"
      ;;
    *)
      echo "usage: ctl start|stop" >&2
      exit 1
      ;;
  esac
}

# Asks a process to end, waits for it, and makes it end when it has not.
job_stop() {
  local pidfile=$1 signal=$2 seconds=$3 pid
  pid=$(cat "$pidfile" 2>/dev/null || true)
  [ -n "$pid" ] && kill "-$signal" "$pid" 2>/dev/null || return 0
  for _ in $(seq $((seconds * 10))); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}
