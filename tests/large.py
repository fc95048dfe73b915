#!/usr/bin/env python3
"""large.py - a large treaty is checked, with all its proofs, in the time and memory it may take.

1,000 signals, 100 tables of 100 rows, 100 scores of conditions, 200 clauses over 20 stages. In a
release build the check takes less than 2 seconds and 512 MiB; with sanitizers ten times that: the
test is there to find what grows faster than the treaty. The same of a treaty that is wrong in very
many places; and one of 20,000 events, each of which teaches something, takes a tenth of the memory.

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
WRONG = 20000
EVENTS = 20000
SHOWN = 4000   # of what was said, in bytes
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
    stage = i % (STAGES - 1)
    to = stage + 1 + i * 3 % (STAGES - 1 - stage)   # never back: circles would be errors
    yield (f"  promote g{stage} to g{to} when t{i % TABLES} = {i % ROWS}"
           f" and p{i % SCORES} >= {20 + i % 30} and count of s{i} in last {i % 30 + 1} days >= 1"
           f" and lead.n{i % 50} < {i}")
  yield "  move %s to lost after 30 days\n}" % ", ".join(f"g{i}" for i in range(STAGES))


def treaty():
  return "\n".join([*head(), *tables(), *scores(), *clauses()]) + "\n"


def events():
  yield "party desk\nlead { n number }"
  for i in range(EVENTS):
    yield f"event e{i} by buyer {{ n number }}\non e{i} {{ set lead.n to event.n }}"
  yield "stages { g0 owned by desk, opened by (e0)  lost owned by desk, lost }"
  yield 'agreement "A" version 1 between desk in force from 2026-01-01 {'
  yield "  applies otherwise  move g0 to lost after 30 days\n}"


def wrong():
  """Names that nothing has, beside as many that are near, and texts that cannot be read."""
  yield "party desk\nevent ask by buyer\nlead { n number }"
  for i in range(WRONG):
    yield f"signal s{i} on ask\ndefine d{i} of lead as lead.n > 1"
    yield f"signal t{i} on asc{i}\ndefine e{i} of lead as des{i} > 1"
    yield "? ? lost lost" if i % 10 == 0 else ""


def check(folder, text, code, mebibytes_max=MEBIBYTES_MAX):
  """Checks the treaty, which ends with the code; whether it took no longer than it may."""
  (Path(folder) / "large.treaty").write_text(text, encoding="utf-8")
  before = resource.getrusage(resource.RUSAGE_CHILDREN)
  done = subprocess.run([BINARY, "check", "large.treaty"], cwd=folder, text=True,
                        stdin=subprocess.DEVNULL, capture_output=True)
  used = resource.getrusage(resource.RUSAGE_CHILDREN)
  seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
  mebibytes = used.ru_maxrss / 1024
  print(f"{seconds:.2f} seconds of computing, {mebibytes:.0f} MiB at most")
  if done.returncode != code:
    print((done.stdout + done.stderr)[-SHOWN:])
  return done.returncode == code and seconds < SECONDS_MAX and mebibytes < mebibytes_max


def main():
  if sys.argv[1:] == ["--print"]:
    print(treaty(), end="")
    return 0
  with tempfile.TemporaryDirectory(prefix="treaty-large-") as folder:
    fine = [check(folder, "\n".join(events()) + "\n", 0, MEBIBYTES_MAX / 10),
            check(folder, treaty(), 0), check(folder, "\n".join(wrong()) + "\n", 1)]
  return 0 if all(fine) else 1


if __name__ == "__main__":
  sys.exit(main())
