#!/usr/bin/env python3
"""large.py - a large treaty is checked, with all its proofs, in the time and memory it may take.

1,000 signals, 100 tables of 100 rows, 100 scores of conditions, 200 clauses over 20 stages. In a
release build the check takes less than 2 seconds and 512 MiB; with sanitizers ten times that: the
test is there to find what grows faster than the treaty.

  tests/large.py [--print]     prints the treaty, to look at or to time
"""
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SIGNALS, TABLES, ROWS, SCORES, STAGES, CLAUSES = 1000, 100, 100, 100, 20, 200
SECONDS_MAX = 20
MEBIBYTES_MAX = 5120


def head():
  yield "party marketing\nparty sales"
  fields = ", ".join(f"n{i} whole number, k{i} one of (a, b, c)" for i in range(50))
  yield "account { %s }" % fields
  yield "lead { %s }" % fields.replace("whole number", "number")
  yield "event ask by buyer { form text, pages whole number, path text }"
  yield "event yes by sales"
  for i in range(SIGNALS):
    yield (f'signal s{i} on ask where form = "f{i % 97}" and pages >= {i}'
           f' and path starts with "/{i}"')


def tables():
  for i in range(TABLES):
    yield f"table t{i} of lead by lead.k{i % 50}, lead.n{i % 50}, account.n{(i * 7) % 50} {{"
    rows = [f"  {'abc'[r % 3]}, {r // 3} to {r // 3 + 0.5}, >= {r} -> {r}" for r in range(ROWS - 1)]
    yield "\n".join(rows) + f"\n  _, _, _ -> {ROWS}\n}}"


def scores():
  for i in range(SCORES):
    yield f"score p{i} of account, at most 90 {{"
    for k in range(5):
      yield f"  when n{(i + k) % 50} >= {k * 10} and k{(i * k) % 50} = a  add {10 + k}"
    yield "}"


def clauses():
  yield "stages {\n  g0 owned by marketing, opened by (ask)"
  for i in range(1, STAGES):
    yield f"  g{i} owned by marketing"
  yield "  lost owned by marketing, lost\n}"
  yield 'agreement "A" version 1 between marketing and sales in force from 2026-01-01 {'
  yield "  applies when account.k0 = a"
  for i in range(CLAUSES):
    stage, other = i % STAGES, (i * 3 + 1) % STAGES
    to = other if other != stage else (other + 1) % STAGES
    yield (f"  promote g{stage} to g{to} when t{i % TABLES} = {i % ROWS}"
           f" and p{i % SCORES} >= {20 + i % 30} and count of s{i} in last {i % 30 + 1} days >= 1"
           f" and lead.n{i % 50} < {i}")
  yield "  move %s to lost after 30 days\n}" % ", ".join(f"g{i}" for i in range(STAGES))


def treaty():
  return "\n".join([*head(), *tables(), *scores(), *clauses()]) + "\n"


def main():
  if sys.argv[1:] == ["--print"]:
    print(treaty(), end="")
    return 0
  with tempfile.TemporaryDirectory(prefix="treaty-large-") as folder:
    (Path(folder) / "large.treaty").write_text(treaty(), encoding="utf-8")
    done = subprocess.run([BINARY, "check", "large.treaty"], cwd=folder, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)
  used = resource.getrusage(resource.RUSAGE_CHILDREN)
  seconds, mebibytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
  print(f"{seconds:.2f} seconds of computing, {mebibytes:.0f} MiB")
  if done.returncode != 0:
    print(done.stdout + done.stderr)
    return 1
  return 0 if seconds < SECONDS_MAX and mebibytes < MEBIBYTES_MAX else 1


if __name__ == "__main__":
  sys.exit(main())
