#!/usr/bin/env bash
# Tries the Slurm way for real, with Slurm's own daemons on this machine: trains a small model, predicts drawn scenes whole and as an
# array of four tasks, of which one is killed half-way and requeued, merges the parts and compares every byte with the whole.
# Debian with apt, as root, for the installation; its daemons have their own folder and port and end with this script.
# Usage: eng/slurm-on-one-machine.sh [SCENES]   (default 150 of each split)
set -euo pipefail
cd "$(dirname "$0")/.."
scenes="${1:-150}"
[ -f lib/Wsss.Cli/bin/Release/net10.0/Wsss.Cli.dll ] || { echo "not built yet; run eng/setup.sh first" >&2; exit 2; }
# Without what libraries say; errors are shown.
wsss() { ./wsss --quiet "$@" > /dev/null 2> "$work/errors" || { cat "$work/errors" >&2; exit 1; }; }
say() { printf '%s  %s\n' "$(date +%T)" "$*"; }

if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null; then
  say "installing Debian's slurm-wlm"
  # Services of the packages are not to start by themselves.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends slurm-wlm >/dev/null
  [ -z "$(trap -p EXIT)" ] || rm -f "$policy"
fi

work=$(mktemp -d)
daemons=()
finish() {
  for daemon in "${daemons[@]}"; do kill "$daemon" 2>/dev/null || true; done
  for daemon in "${daemons[@]}"; do wait "$daemon" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

# A cluster of this machine: no accounts, no control groups, a key of its own.
node=$(hostname -s)
mkdir -p "$work/slurm/state" "$work/slurm/spool"
head -c 1024 /dev/urandom > "$work/slurm/slurm.key"
chmod 600 "$work/slurm/slurm.key"
echo "CgroupPlugin=disabled" > "$work/slurm/cgroup.conf"
cat > "$work/slurm/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/slurm
AuthInfo=cred_expire=15
CredType=cred/slurm
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/ctld.pid
SlurmdPidFile=$work/slurm/d.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=2
SchedulerParameters=sched_interval=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$work/slurm/slurm.conf"
slurmctld -D -f "$SLURM_CONF" > "$work/slurmctld.log" 2>&1 & daemons+=($!)
slurmd -D -f "$SLURM_CONF" -N "$node" > "$work/slurmd.log" 2>&1 & daemons+=($!)
for _ in $(seq 60); do [ "$(sinfo -h -o %T 2>/dev/null)" != idle ] || break; sleep 1; done
if [ "$(sinfo -h -o %T 2>/dev/null)" != idle ]; then
  echo "Slurm did not come up:" >&2
  tail -5 "$work/slurmctld.log" "$work/slurmd.log" >&2
  exit 1
fi
say "$(sinfo --version) is up on $node with $(nproc) CPUs"

say "drawing $scenes scenes, training a small model"
wsss data draw --scale quick --count "$scenes" --out "$work/scenes"
wsss run --scale smoke --no-report --no-ceiling --threads 1 --store "$work/store" --report "$work/report" --out "$work/model"
options=(predict "$work/scenes/JPEGImages" --model "$work/model" --device cpu --threads 1 --format overlay,coco,csv,sheet)
say "the whole in one process"
wsss "${options[@]}" --out "$work/whole/masks"

# The same folder below another one, as lists name photographs relative to their own.
job=$(sbatch --parsable --array=1-4 --output="$work/task-%a.log" eng/slurm-array.sbatch "${options[@]}" --out "$work/parts/masks")
say "array job $job of four tasks"
index="$work/parts/masks.part-2-of-4/index.jsonl"
lines() { cat "$index" 2>/dev/null | wc -l; }
for _ in $(seq 1200); do [ "$(lines)" -le 10 ] || break; sleep 0.1; done
done_before=$(($(lines) - 1))
scontrol requeue "${job}_2"
say "task 2 killed and requeued after $done_before masks"
while [ -n "$(squeue -h -j "$job" 2>/dev/null)" ]; do sleep 1; done
for task in 1 2 3 4; do say "task $task: $(grep 'masks made' "$work/task-$task.log" || tail -1 "$work/task-$task.log")"; done
grep -q 'masks made, [1-9][0-9]* kept' "$work/task-2.log" || { echo "FAIL: task 2 did not go on where it was" >&2; exit 1; }

wsss merge "$work"/parts/masks.part-*-of-4 --out "$work/parts/masks"
diff -r "$work/whole/masks" "$work/parts/masks"
say "PASS: $(find "$work/whole/masks" -type f | wc -l) files, the same bytes as of one process"
