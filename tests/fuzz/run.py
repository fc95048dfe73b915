#!/usr/bin/env python3
"""run.py - the fuzzers, as many at once as there are processors.

  run.py [TARGET...]                           so many inputs of each as targets.h says
  run.py [TARGET...] --seconds N [--seed N]    each for some time

The first is part of what continuous integration does: with one seed and from the corpus alone it
comes to the same inputs each time, so that whoever is told of a find has caused it. The second
goes on from what earlier runs found that goes a new way (build/fuzz/fuzz/ways/TARGET), with a seed
of its own. An input that breaks a target is stored in build/fuzz/fuzz/finds, and told with the line
that shows it. The program comes from TREATY_BUILD, the build by the preset `fuzz`.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TREATY_BUILD", ROOT / "build" / "fuzz")).resolve()
PROGRAM = BUILD / "tests" / "fuzz"
WORK = BUILD / "fuzz"
SEED = 1
SECONDS_AN_INPUT = 60      # a busy machine and two sanitizers
MEGABYTES_MAX = 2048
BYTES_MAX = 1 << 15
LINES_SHOWN = 40           # of a find
# What is freed is held back for a while, to see who uses it still: of millions of inputs that
# became gigabytes, which were taken for a leak.
SANITIZER = "quarantine_size_mb=16:allocator_release_to_os_interval_ms=1000"


def how_long(target, runs, chosen):
  """The options of libFuzzer, and the folder of new ways, which it also begins with: some time and
  a seed, or so many inputs that are always the same. It must not look into the folder again then:
  it would by the clock."""
  ways = WORK / ("ways" if chosen.seconds else "short") / target
  if not chosen.seconds:
    shutil.rmtree(ways, ignore_errors=True)
  ways.mkdir(parents=True, exist_ok=True)
  if chosen.seconds:
    return [f"-max_total_time={chosen.seconds}", f"-seed={chosen.seed}", ways]
  return [f"-runs={runs}", f"-seed={SEED}", "-reload=0", ways]


def fuzz(target, options):
  """(target, whether nothing was found, what the program said)"""
  finds = WORK / "finds"
  finds.mkdir(exist_ok=True)
  words = [f"-dict={WORK / 'corpus' / 'words'}"] if target in ("treaty", "bundle") else []
  done = subprocess.run(
    [PROGRAM, target, *words, f"-timeout={SECONDS_AN_INPUT}", f"-rss_limit_mb={MEGABYTES_MAX}",
     f"-max_len={BYTES_MAX}", "-print_final_stats=1", f"-artifact_prefix={finds / target}-",
     *options, WORK / "corpus" / target],
    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    env={**os.environ, "ASAN_OPTIONS": SANITIZER})
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


def arguments(targets):
  options = argparse.ArgumentParser(prog="./dev fuzz", description="The fuzzers.")
  options.add_argument("targets", nargs="*", metavar="TARGET",
                       help=f"one of {', '.join(targets)}; all of them if none is named")
  options.add_argument("--seconds", type=int, help="for each target, with inputs that are new")
  options.add_argument("--seed", type=int, help="of these; by dice if none is given")
  chosen = options.parse_args()
  for name in set(chosen.targets) - set(targets):
    options.error(f"there is no target '{name}'")
  if chosen.seed and not chosen.seconds:
    options.error("without --seconds the seed is always the same")
  if chosen.seconds and not chosen.seed:
    chosen.seed = random.randrange(1, 1 << 31)
  chosen.targets = chosen.targets or list(targets)
  return chosen


def main():
  listed = subprocess.run([PROGRAM], check=True, text=True, capture_output=True).stdout
  targets = dict(line.split() for line in listed.splitlines())
  chosen = arguments(targets)
  subprocess.run([sys.executable, ROOT / "tests" / "fuzz" / "corpus.py", WORK / "corpus"],
                 check=True, stdout=subprocess.DEVNULL)
  if chosen.seconds:
    print(f"./dev fuzz --seed {chosen.seed} --seconds {chosen.seconds} begins the same way",
          flush=True)
  found = []

  def run(target):
    return fuzz(target, how_long(target, targets[target], chosen))

  with ThreadPoolExecutor(os.cpu_count()) as pool:
    for target, fine, said in pool.map(run, chosen.targets):
      tell(target, fine, said)
      found += [] if fine else [target]
  if found and not chosen.seconds:
    print(f"./dev fuzz {' '.join(found)} finds the same again")
  sys.exit(1 if found else 0)


if __name__ == "__main__":
  main()
