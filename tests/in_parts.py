#!/usr/bin/env python3
"""in_parts.py - what is decided does not depend on how many engines share the accounts, nor on when
they are told what time it is.

The treaties of tests/language/ and random agreements (agreements.py) get random events
(streams.py). `treaty run` decides them; so do one, two and four engines, which are told the time at
random places in between. All bytes must be the same.

  tests/in_parts.py [--cases N] [--seed N] [NAME...]    N: how many, 0 is all; NAME: part of a case

TREATY_BIN and TREATY_BUILD name the program and the folder of the tests' own.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
import agreements
import streams

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
BUILD = Path(os.environ.get("TREATY_BUILD", BINARY.parent)).resolve()
NOT_PLAYED = {"bogons", "limits", "proof"}   # they are about the checker
NEWER = {"agreement", "contact", "duty", "hand", "identity", "late", "people", "play", "power",
         "quota", "stuck", "tell"}
SEED, CASES, EVENTS, RANDOM_AGREEMENTS, SECONDS_MAX = 20261127, 28, 150, 40, 120


def call(*command):
  done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS_MAX)
  return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def treaties(names):
  """Those of the newer constructs first, and a random agreement in between; as numbers."""
  found = [path for path in sorted((ROOT / "tests" / "language").glob("*/*.treaty"))
           if path.parent.name not in NOT_PLAYED]
  found += list(range(RANDOM_AGREEMENTS))
  return [case for case in found if not names or any(name in name_of(case) for name in names)]


def chosen(cases, count, rng):
  if count == 0 or len(cases) <= count:
    return cases
  newer = [case for case in cases if isinstance(case, int) or case.parent.name in NEWER]
  return rng.sample(newer, min(count, len(newer)))


def name_of(case):
  return f"{case.parent.name}/{case.stem}" if isinstance(case, Path) else str(case)


def treaty_of(case, folder):
  if not isinstance(case, int):
    return case
  path = Path(folder) / f"agreement_{case}.treaty"
  path.write_text(agreements.Agreement(random.Random(case)).text())
  return path


def difference(found, expected):
  """The first line that is another."""
  for one, other in zip(found.splitlines() + [b"nothing"], expected.splitlines() + [b"nothing"]):
    if one != other:
      return f"  parts: {one.decode()}\n  run:   {other.decode()}"
  return "  the ends differ"


def try_case(case, seed, folder):
  """(complaint or None, decisions)"""
  treaty = treaty_of(case, folder)
  lines = streams.random_lines(treaty, f"{seed} {name_of(case)}", EVENTS)
  if lines is None:
    return None, 0
  feed = Path(folder) / (name_of(case).replace("/", "_") + ".ndjson")
  feed.write_text("\n".join(lines) + "\n")
  code, expected, error = call(BINARY, "run", treaty, feed, "--format", "json")
  if code == 1 and "error:" in error:   # the treaty is one that must not check
    return None, 0
  if code != 0:
    return f"run ends with exit {code}\n{error[-3000:]}", 0
  for parts in (1, 2, 4):
    code, found, error = call(BUILD / "tests" / "in_parts", treaty, feed, str(parts), str(seed))
    if code != 0:
      return f"{parts} parts end with exit {code}\n{error[-3000:]}", 0
    if found != expected:
      return f"{parts} parts decide something else:\n{difference(found, expected)}", 0
  return None, expected.count(b"\n")


def main():
  parser = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--cases", type=int, default=CASES)
  parser.add_argument("--seed", type=int, default=SEED)
  parser.add_argument("names", nargs="*")
  options = parser.parse_args()
  cases = chosen(treaties(options.names), options.cases, random.Random(options.seed))
  failed = decisions = 0
  with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
    for case, (why, count) in zip(cases, pool.map(
        lambda case: try_case(case, options.seed, folder), cases)):
      decisions += count
      if why:
        failed += 1
        name = name_of(case)
        print(f"FAILED {name}: {why}\n"
              f"  again: tests/in_parts.py --seed {options.seed} --cases 0 {name}")
  if decisions == 0:
    failed += 1
  print(f"{decisions} decisions are the same")
  print(f"{len(cases) - failed} passed, {failed} failed")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
