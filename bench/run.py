#!/usr/bin/env python3
"""run.py - the ten rules decided by Treaty and by peer.cc, the same job written by hand.

First both decide the feed once, and each decision is compared by instant, account and kind: a
difference ends the run, for then the times say nothing. Then they take turns, and the medians are
printed. Of each process count the whole life and the peak memory as the system tells it: that peak
is never below that of the process that starts it, so what takes memory here is done in a child.

  run.py [--events N] [--runs N] [--floor RATIO]     the programs stand in build/release/
"""
import argparse
import collections
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
WORK = ROOT / "build" / "bench"
TREATY = [BUILD / "treaty", "run", ROOT / "bench" / "ten_rules.treaty"]
TREATY_OPTIONS = ["--format", "json", "--as-if-in-force"]
PEER = [BUILD / "bench_peer"]
STATE_LINE = re.compile(r"([\d,.]+) bytes a lead")

# How peer.cc names a kind of decision, by Treaty's. The ten rules promote to MQL alone.
KINDS = {
  "treaty.lead.opened": "opened",
  "treaty.handover.offered": "offered",
  "treaty.handover.accepted": "accepted",
  "treaty.handover.rejected": "rejected",
  "treaty.handover.reminded": "reminded",
  "treaty.handover.breached": "breached",
  "treaty.handover.returned": "returned",
}


def make_feed(event_count):
  WORK.mkdir(parents=True, exist_ok=True)
  path = WORK / f"feed_{event_count}.ndjson"
  if not path.exists():
    unfinished = path.with_suffix(".new")
    with open(unfinished, "wb") as file:
      subprocess.run([BUILD / "bench_generate", "--events", str(event_count)],
                     stdout=file, check=True)
    unfinished.rename(path)
  return path


def measure(command, output=subprocess.DEVNULL):
  """(seconds, peak KiB, what it said on stderr)"""
  with open(WORK / "stderr.txt", "w+", encoding="utf-8") as error:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=error)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    error.seek(0)
    said = error.read()
  if process.returncode != 0:
    sys.exit(f"bench: {command[0]} ends with exit {process.returncode}\n{said}")
  return seconds, used.ru_maxrss, said


def decisions_of_treaty(path):
  with open(path, encoding="utf-8") as lines:
    for line in lines:
      decision = json.loads(line)
      kind = KINDS.get(decision["type"])
      if kind:
        yield decision["time"], decision["account"], kind
      elif decision["type"] == "treaty.lead.stage_changed" and decision["data"]["to"] == "MQL":
        yield decision["time"], decision["account"], "promoted"


def decisions_of_peer(path):
  with open(path, encoding="utf-8") as lines:
    for line in lines:
      instant, account, kind = line.split()[:3]
      yield instant, account, kind


def agree(feed):
  """Prints both sides' decisions by kind; whether each one has its twin."""
  ours, theirs = WORK / "treaty.out", WORK / "peer.out"
  with open(ours, "wb") as output:
    measure([*TREATY, feed, *TREATY_OPTIONS], output)
  with open(theirs, "wb") as output:
    measure([*PEER, feed], output)
  found = collections.Counter(decisions_of_treaty(ours))
  expected = collections.Counter(decisions_of_peer(theirs))
  by_kind = [collections.Counter(), collections.Counter()]
  for side, decisions in zip(by_kind, (found, expected)):
    for (_, _, kind), count in decisions.items():
      side[kind] += count
  print(f"{'decision':<12}{'treaty':>10}{'by hand':>10}")
  for kind in [*KINDS.values(), "promoted"]:
    print(f"{kind:<12}{by_kind[0][kind]:>10,}{by_kind[1][kind]:>10,}")
  for decision in sorted(found - expected)[:5]:
    print("only treaty decides", *decision)
  for decision in sorted(expected - found)[:5]:
    print("only the hand-written program decides", *decision)
  return found == expected and sum(found.values()) > 0


def main():
  options = argparse.ArgumentParser(description="Treaty beside a program written by hand.")
  options.add_argument("--events", type=int, default=1000000)
  options.add_argument("--runs", type=int, default=5, help="of each; the median counts")
  options.add_argument("--floor", type=float, default=0,
                       help="fail when Treaty makes less than this part of the other's events/s")
  given = options.parse_args()
  feed = make_feed(given.events)
  comparing = multiprocessing.Process(target=lambda: sys.exit(0 if agree(feed) else 1))
  comparing.start()
  comparing.join()
  if comparing.exitcode != 0:
    sys.exit("bench: the two decide differently")

  said = ""
  runs = {"treaty": [], "by hand": []}
  for _ in range(given.runs):
    *figures, said = measure([*TREATY, feed, *TREATY_OPTIONS, "--stats"])
    runs["treaty"].append(figures)
    runs["by hand"].append(measure([*PEER, feed])[:2])
  print(f"\n{given.events:,} events, {feed.stat().st_size / 2**20:.0f} MiB; "
        f"median of {given.runs} runs, in turns")
  print(f"{'':<12}{'events/s':>12}{'peak memory':>14}")
  speeds = {}
  for name, figures in runs.items():
    speeds[name] = given.events / statistics.median(seconds for seconds, _ in figures)
    memory_mib = statistics.median(peak_kib for _, peak_kib in figures) / 1024
    print(f"{name:<12}{speeds[name]:>12,.0f}{memory_mib:>10.1f} MiB")
  ratio = speeds["treaty"] / speeds["by hand"]
  print(f"Treaty makes {ratio:.2f} of the hand-written program's events a second.")
  state = STATE_LINE.search(said)
  if not state:
    sys.exit(f"bench: 'treaty run --stats' does not say the bytes a lead:\n{said}")
  print(f"State: {state.group(1)} bytes a lead.")
  if ratio < given.floor:
    sys.exit(f"bench: less than {given.floor}")


if __name__ == "__main__":
  main()
