#!/usr/bin/env python3
"""run.py - the fuzzers, each for some time, as many at once as there are processors.

  run.py [TARGET...] [--seconds N] [--seed N]

The program comes from TREATY_BUILD, the build by the preset `fuzz`. It begins with the corpus and
with what it has found in earlier runs that goes a new way (build/fuzz/fuzz/ways/TARGET). An input
that breaks a target is stored in build/fuzz/fuzz/finds, and told with the line that shows it.
"""
import argparse
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TREATY_BUILD", ROOT / "build" / "fuzz")).resolve()
PROGRAM = BUILD / "tests" / "fuzz"
WORK = BUILD / "fuzz"
SECONDS_A_TARGET = 30
SECONDS_AN_INPUT = 60      # a busy machine and two sanitizers
MEGABYTES_MAX = 2048
BYTES_MAX = 1 << 15
LINES_SHOWN = 40           # of a find


def fuzz(target, seconds, seed):
  """(target, whether nothing was found, what the program said)"""
  ways, finds = WORK / "ways" / target, WORK / "finds"
  ways.mkdir(parents=True, exist_ok=True)
  finds.mkdir(exist_ok=True)
  words = [f"-dict={WORK / 'corpus' / 'words'}"] if target in ("treaty", "bundle") else []
  done = subprocess.run(
    [PROGRAM, target, *words, f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}",
     f"-seed={seed}", f"-rss_limit_mb={MEGABYTES_MAX}", f"-max_len={BYTES_MAX}",
     "-print_final_stats=1", f"-artifact_prefix={finds / target}-", ways,
     WORK / "corpus" / target],
    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
  return target, done.returncode == 0, done.stdout.decode("utf-8", "replace")


def number_of(said, name):
  return next((int(line.split()[-1]) for line in said.splitlines()
               if line.startswith(f"stat::{name}:")), 0)


def tell(target, fine, said):
  if fine:
    print(f"{target}: {number_of(said, 'number_of_executed_units'):,} inputs, "
          f"{number_of(said, 'new_units_added'):,} of them new ways", flush=True)
    return
  lines = [line for line in said.splitlines() if not line.startswith("#")]
  print(f"{target}: FOUND\n" + "\n".join(lines[-LINES_SHOWN:]))
  find = next((line.split()[-1] for line in lines if "Test unit written to" in line), "FILE")
  print(f"{PROGRAM.relative_to(ROOT)} {target} {find} shows it", flush=True)


def main():
  targets = subprocess.run([PROGRAM], check=True, text=True, capture_output=True).stdout.split()
  options = argparse.ArgumentParser(prog="./dev fuzz", description="The fuzzers.")
  options.add_argument("targets", nargs="*", metavar="TARGET",
                       help=f"one of {', '.join(targets)}; all of them if none is named")
  options.add_argument("--seconds", type=int, default=SECONDS_A_TARGET, help="for each target")
  options.add_argument("--seed", type=int, default=random.randrange(1, 1 << 31))
  chosen = options.parse_args()
  for name in set(chosen.targets) - set(targets):
    options.error(f"there is no target '{name}'")
  subprocess.run([sys.executable, ROOT / "tests" / "fuzz" / "corpus.py", WORK / "corpus"],
                 check=True, stdout=subprocess.DEVNULL)
  print(f"./dev fuzz --seed {chosen.seed} --seconds {chosen.seconds} begins the same way",
        flush=True)
  found = 0
  with ThreadPoolExecutor(os.cpu_count()) as pool:
    for outcome in pool.map(lambda target: fuzz(target, chosen.seconds, chosen.seed),
                            chosen.targets or targets):
      tell(*outcome)
      found += not outcome[1]
  sys.exit(1 if found else 0)


if __name__ == "__main__":
  main()
