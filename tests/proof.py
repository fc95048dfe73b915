#!/usr/bin/env python3
"""proof.py - what the checker proves of conditions, against every case run through the engine.

Conditions are made up at random over a few fields. Each becomes a criterion; each combination of
the values around their constants, and of being unknown, becomes a lead. The engine says of each
criterion at each lead whether it is met. Where the checker says that a condition can never hold,
no lead may meet it, and the other way round: what no lead meets, the checker must say. The same
for criteria that can never be not met.

The tests by which the checker shows its findings on the golden treaties are put into these: they
must pass there.

  tests/proof.py [SEED]     repeats one run
"""
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SHOWN = ROOT / "tests" / "language" / "proof"
SEED = 20261127
CONDITIONS = 120
SECONDS_MAX = 240

# field: (type, values that stand for all cases; None is unknown)
FIELDS = {
  "n": ("number", [None, 0.5, 1, 1.5, 2, 3]),
  "w": ("whole number", [None, -1, 0, 1, 2, 3]),
  "k": ("one of (a, b, c)", [None, "a", "b", "c"]),
  "s": ("scale (low < mid < high)", [None, "low", "mid", "high"]),
  "t": ("text", [None, "x", "y", "xy", "xe", "ey", "else"]),
}
HEAD = """party desk
lead { %s }
event ask by buyer { %s }
event gone by desk
on ask { %s }
score points of lead, at most 50 {
  when lead.w >= 2  add 30
  when lead.k = a   add 40
  when lead.n < 1   add -10
}
define rank of lead as lead.s otherwise mid
define below of lead as lead.s lowered by 1
table grade of lead by lead.k, lead.w {
  a, >= 2    -> 1
  b, unknown -> 4
  _, 1       -> 2
  b, _       -> 3
  _, _       -> 5
}
criterion base met when lead.n >= 1 unmet when lead.w = 0
stages {
  new  owned by desk, opened by (ask)
  lost owned by desk, lost
}
agreement "A" version 1 between desk in force from 2026-01-01 {
  applies otherwise
  move new to lost on gone
}
"""


def atom(dice):
  compare = dice.choice(["=", "is not", "<", "<=", ">", ">="])
  equal = dice.choice(["=", "is not"])
  return dice.choice([
    f"lead.n {compare} {dice.choice([1, 2])}",
    f"lead.n between {dice.choice([1, 2])} and 2",
    f"lead.w {compare} {dice.choice([1, 2])}",
    f"(lead.w otherwise 1) {compare} 2",
    f"lead.k {equal} {dice.choice('abc')}",
    f"lead.k in (a, {dice.choice('bc')})",
    f"lead.s {compare} {dice.choice(['low', 'mid', 'high'])}",
    f"rank {compare} mid",
    f"below {compare} {dice.choice(['low', 'mid'])}",
    f"lead.t {equal} \"{dice.choice('xyX')}\"",
    "lead.t " + dice.choice(['starts with "x"', 'starts with "X"', 'contains "y"']),
    f"lead.{dice.choice('nwkst')} is {dice.choice(['known', 'unknown'])}",
    f"points {compare} {dice.choice([-10, 0, 20, 30, 40, 50, 60])}",
    f"grade {compare} {dice.choice([1, 2, 3, 4])}",
    f"grade is {dice.choice(['known', 'unknown'])}",
    dice.choice(["base", "base is open"]),
  ])


def condition(dice, depth):
  if depth == 0 or dice.random() < 0.15:
    return atom(dice)
  parts = [condition(dice, depth - 1) for _ in range(dice.choice([2, 2, 3]))]
  form = dice.randrange(8)
  if form < 4:
    return "(" + " and ".join(parts) + ")"
  if form < 5:
    return "(" + " or ".join(parts) + ")"
  if form < 6:
    return f"(not {parts[0]})"
  if form < 7:
    return f"none of ({', '.join(parts)})"
  return f"at least {len(parts) - 1} of ({', '.join(parts)})"


def treaty(conditions):
  fields = ", ".join(f"{name} {kind}" for name, (kind, _) in FIELDS.items())
  learn = " ".join(f"set lead.{name} to event.{name}" for name in FIELDS)
  head = HEAD % (fields, fields, learn)
  return head + "".join(f"criterion c{i} met when {text}\n" for i, text in enumerate(conditions))


def feed():
  values = [[(name, value) for value in kind[1]] for name, kind in FIELDS.items()]
  for number, case in enumerate(itertools.product(*values)):
    data = {name: value for name, value in case if value is not None}
    yield json.dumps({"specversion": "1.0", "id": str(number), "source": "/proof", "type": "ask",
                      "time": "2026-03-02T09:00:00Z", "account": f"a{number}", "data": data})


def run(*arguments, cwd):
  return subprocess.run([BINARY, *arguments], cwd=cwd, text=True, timeout=SECONDS_MAX,
                        stdin=subprocess.DEVNULL, capture_output=True)


def checked(folder):
  """Of each criterion what the checker says: sets of numbers never met, never not met."""
  done = run("check", "proof.treaty", "--format", "json", cwd=folder)
  if done.returncode != 0:
    raise SystemExit(f"the treaty does not check:\n{done.stdout}{done.stderr}")
  first = treaty([]).count("\n") + 1
  found = {"never_holds": set(), "always_met": set(), "not_proved": set()}
  for finding in json.loads(done.stdout)["findings"]:
    if finding.get("code") in found and finding["line"] >= first:
      found[finding["code"]].add(finding["line"] - first)
  return found


def decided(folder):
  """Of each criterion the standings that some lead has."""
  done = run("run", "proof.treaty", "feed.ndjson", "--format", "json", cwd=folder)
  if done.returncode != 0:
    raise SystemExit(f"the feed does not run:\n{done.stderr}")
  met, not_met = set(), set()
  for line in done.stdout.splitlines():
    decision = json.loads(line)
    data = decision.get("data", {})
    name = re.fullmatch(r"c(\d+)", data.get("name", ""))
    if name and data.get("to") == "met":
      met.add(int(name.group(1)))
    if name and data.get("to") == "not met":
      not_met.add(int(name.group(1)))
  return met, not_met


def differences(conditions, said, met, not_met):
  for number, text in enumerate(conditions):
    if number in said["not_proved"]:
      continue
    if (number in said["never_holds"]) == (number in met):
      yield f"{'never' if number in said['never_holds'] else 'sometimes'} by the proof: {text}"
    if number in met and (number in said["always_met"]) == (number in not_met):
      often = "never" if number in said["always_met"] else "sometimes"
      yield f"not met {often} by the proof: {text}"


def shown_tests(path):
  """The tests that the checker shows on a treaty: none where it has errors, so that none run."""
  done = run("check", path.name, "--format", "json", cwd=path.parent)
  if done.returncode != 0:
    return
  for finding in json.loads(done.stdout)["findings"]:
    _, mark, test = finding.get("help", "").partition("shows such a lead:\n")
    if mark:
      yield test


def pasted(path, folder):
  """(how many tests are shown on a treaty, what is said if they do not pass in it)"""
  tests = list(shown_tests(path))
  text = path.read_text(encoding="utf-8").partition("\ntest ")[0]
  named = [test.replace('"', f'"{number} ', 1) for number, test in enumerate(tests)]
  (folder / path.name).write_text(text + "\n" + "\n".join(named) + "\n", encoding="utf-8")
  done = run("test", path.name, cwd=folder) if tests else None
  failed = f"{path.name}:\n{done.stdout}" if done and done.returncode != 0 else None
  return len(tests), failed


def main():
  seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
  dice = random.Random(seed)
  conditions = [condition(dice, dice.choice([1, 2, 2, 3])) for _ in range(CONDITIONS)]
  with tempfile.TemporaryDirectory(prefix="treaty-proof-") as folder:
    (Path(folder) / "proof.treaty").write_text(treaty(conditions), encoding="utf-8")
    (Path(folder) / "feed.ndjson").write_text("\n".join(feed()) + "\n", encoding="utf-8")
    said = checked(folder)
    met, not_met = decided(folder)
    pastes = [pasted(path, Path(folder)) for path in sorted(SHOWN.glob("*.treaty"))]
  wrong = list(differences(conditions, said, met, not_met))
  wrong += [failed for _, failed in pastes if failed]
  for text in wrong:
    print(text)
  print(f"seed {seed}: {CONDITIONS} conditions, {len(said['never_holds'])} never hold, "
        f"{len(said['always_met'])} are always met, {len(said['not_proved'])} not proved, "
        f"{sum(count for count, _ in pastes)} shown tests, {len(wrong)} wrong")
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main())
