#!/usr/bin/env python3
"""beside.py - what two versions side by side decide, held against what one of them decides alone.

The treaties of tests/language/, the examples and random agreements (agreements.py) are version 1
and get random events (streams.py); version 2 takes force in the middle of them. For each:

  before   until version 2 takes force, the folder decides what version 1 decides alone
  bound    with version 2 otherwise in numbers, clauses and names, so it is after that for each lead
           that version 1 has to its end
  one      where version 2 says the same, a folder of two files decides what one file with both
           agreements decides
  shadow   version 2 in shadow changes nothing

  tests/beside.py [--cases N] [--seed N] [NAME...]    N: how many, 0 is all; NAME: part of a case
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
import agreements
import streams

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
NOT_PLAYED = {"bogons", "limits", "proof", "beside", "bind"}
SEED, CASES, EVENTS, RANDOM_AGREEMENTS, SECONDS_MAX = 20261127, 40, 120, 40, 120
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|[{}]')


# ---- Texts ---------------------------------------------------------------------------------------

def blocks(text, word):
  """(from, to) of each `word … { … }` that stands at the start of a line."""
  for found in re.finditer(rf"^{word}\b", text, re.M):
    depth = 0
    for token in TOKEN.finditer(text, found.start()):
      depth += (token[0] == "{") - (token[0] == "}")
      if depth == 0 and token[0] == "}":
        yield found.start(), token.end()
        break


def without_tests(text):
  """The lines stay where they are."""
  for word in ("test", "setup"):
    for start, end in reversed(list(blocks(text, word))):
      text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
  return text


def with_paths(text, folder):
  """What it uses stands where it stood."""
  text = re.sub(r'\buse "(?!std/|/)', f'use "{folder}/', text)
  return re.sub(r'\b(from|holidays) "(?!/)(?=[^"\n]*\.(?:csv|ics)")', rf'\1 "{folder}/', text)


def newer(text, day):
  """The same as versions that take force on the day."""
  text = re.sub(r'(^agreement\s+"[^"]*"\s+version\s+)(\d+)',
                lambda m: m[1] + str(int(m[2]) + 10), text, flags=re.M)
  text = re.sub(r"\bin shadow from \d{4}-\d\d-\d\d", "", text)
  return re.sub(r"\bin force from \d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?", f"in force from {day}",
                text)


def in_shadow(text, day):
  return re.sub(r"\bin force from \S+", f"in shadow from {day}", text)


CHANGES = (   # what is around a number, and by how much it may be another
  (r"(\s(?:add|at least|>=|>|<|<=)\s+)(\d+)(?=[\s,})]|$)", (1, 5, 20)),
  (r"(\swithin\s+)(\d+)(?= (?:minutes|hours|business days|days))", (1,)),
  (r"(\safter\s+)(\d+)(?= (?:hours|days))", (1, 3)),
  (r"(\severy\s+)(\d+)(?= (?:hours|days|business days))", (1,)),
  (r"(\sin\s+)(\d+)(?= (?:hours|days))", (1,)),
  (r"(\bat )(\d+)(?=%)", (5,)),
)


def changed(text, dice):
  """Some of its numbers are others; and there are a field, an event and a stage more."""
  for pattern, steps in CHANGES:
    text = re.sub(pattern, lambda m: m[1] + str(int(m[2]) + dice.choice((0,) + steps)), text)
  if dice.random() < 0.5:
    text = re.sub(r"\b(\d\d):00 to ", r"\1:30 to ", text)
  if dice.random() < 0.5:
    text += "\naccount { added_later number }\nevent added.later by buyer { much number }\n" \
            "on added.later { set account.added_later to event.much }\n"
  if dice.random() < 0.3:
    text = re.sub(r"(\bone of \([a-z_0-9, ]+)\)", r"\1, added_value)", text)
  if dice.random() < 0.3:
    text = re.sub(r"^ *(?:hand|promote|move)\b", r"# moved on\n\g<0>", text, count=1, flags=re.M)
  if dice.random() < 0.3:   # a list has one word more
    text = re.sub(r'^list (\w+) (?=")', r'list \1 "added", ', text, flags=re.M)
  named = re.findall(r"^(?:criterion|score|define|signal|list|calendar) (\w+)", text, re.M)
  if named and dice.random() < 0.4:   # something has another name
    name = dice.choice(named)
    text = re.sub(rf"(?<![.\w\"]){name}(?![.\w\"])", name + "_b", text)
  return text


# ---- Runs ----------------------------------------------------------------------------------------

def decide(path, feed):
  """(exit code, its decisions, errors)"""
  done = subprocess.run([BINARY, "run", path, feed, "--format", "json"], stdin=subprocess.DEVNULL,
                        capture_output=True, timeout=SECONDS_MAX)
  error = done.stderr.decode("utf-8", "replace")
  return done.returncode, done.stdout.decode().splitlines(), error


class Case:
  """One treaty as version 1, its events, and the day on which version 2 takes force."""

  def __init__(self, case, seed, folder):
    self.name = name_of(case)
    self.dice = random.Random(f"{seed} {self.name}")
    self.folder = Path(folder) / self.name.replace("/", "_")
    self.folder.mkdir()
    if isinstance(case, Path):
      self.text = with_paths(without_tests(case.read_text()), case.parent)
    else:
      self.text = agreements.Agreement(random.Random(case)).text()
    self.alone = self.write("alone", v1=self.text) / "v1.treaty"
    lines = streams.random_lines(self.alone, f"{seed} {self.name}", EVENTS)
    self.feed = self.folder / "feed.ndjson"
    self.feed.write_text("\n".join(lines or []) + "\n")
    self.can_be_played = bool(lines) and bool(list(blocks(self.text, "agreement")))
    if self.can_be_played:
      self.find_day(lines)

  def find_day(self, lines):
    found = (re.search(r'"time": "(\d{4}[^"]*)"', line) for line in lines)
    times = sorted(time[1] for time in found if time)
    middle = times[self.dice.randrange(len(times) // 4, 3 * len(times) // 4)]
    self.day = (datetime.fromisoformat(middle[:10]) + timedelta(days=1)).date().isoformat()
    zone = re.search(r'^zone "([^"]*)"', self.text, re.M)
    start = datetime.fromisoformat(self.day).replace(tzinfo=ZoneInfo(zone[1] if zone else "UTC"))
    self.force = start.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

  def write(self, name, **files):
    path = self.folder / name
    path.mkdir()
    for file, text in files.items():
      (path / f"{file}.treaty").write_text(text)
    return path

  def before(self, rows):
    for count, row in enumerate(rows):
      if re.search(r'"time":"([^"]*)"', row)[1] >= self.force:
        return rows[:count]
    return rows


# ---- What must hold ------------------------------------------------------------------------------

class Wrong(Exception):
  pass


def must_be_same(found, expected, what):
  for one, other in zip(found + ["nothing"], expected + ["nothing"]):
    if one != other:
      raise Wrong(f"{what}:\n  found:    {one}\n  expected: {other}")
  if len(found) != len(expected):
    raise Wrong(f"{what}: {len(found)} decisions, and not {len(expected)}")


def play(path, feed, what):
  code, rows, error = decide(path, feed)
  if code != 0:
    raise Wrong(f"{what}: exit {code}\n{error[:1500]}")
  return rows


def by_lead(rows):
  """Of each lead what is decided, but for the numbers; facts that come from an event keep its."""
  leads = {}
  for row in rows:
    row = json.loads(row)
    if row.get("lead"):
      key = row["account"], row["lead"]
      del row["id"]
      leads.setdefault(key, []).append(row)
  return leads


def is_of_old(rows):
  """Whether version 1 has the lead throughout."""
  versions = {int(m[1]) for row in rows for m in [re.search(r"@(\d+)$", row["source"])] if m}
  return bool(versions) and max(versions) < 10


def check_before(case, alone, path, what):
  rows = play(path, case.feed, what)
  must_be_same(case.before(rows), case.before(alone), what)
  return rows


TAUGHT = re.compile(r"^(?:team|people)\b", re.M)   # leads of which others take their turn


def is_promoted(rows, force):
  return any(row["type"] == "treaty.lead.qualified" and row["time"] < force for row in rows)


def check_bound(case, alone, found):
  if TAUGHT.search(case.text):
    return
  expected = by_lead(alone)
  for lead, rows in by_lead(found).items():
    if is_of_old(rows) and is_promoted(rows, case.force):
      must_be_same([json.dumps(row) for row in rows],
                   [json.dumps(row) for row in expected.get(lead, [])], f"bound lead {lead}")


def together(text, newer_text):
  """(one text with the agreements of both, its line for each line of the newer one)"""
  lines, text = {}, text.rstrip("\n") + "\n"
  for start, end in blocks(newer_text, "agreement"):
    first, place = newer_text.count("\n", 0, start) + 1, text.count("\n") + 1
    part = newer_text[start:end] + "\n"
    for offset in range(part.count("\n")):
      lines[first + offset] = place + offset
    text += part
  return text, lines


def in_one(row, lines):
  row = re.sub(r"\bv2\.treaty:(\d+)", lambda m: f"one.treaty:{lines.get(int(m[1]), m[1])}", row)
  return row.replace("v1.treaty:", "one.treaty:")


def check_one(case, alone):
  second = newer(case.text, case.day)
  text, lines = together(case.text, second)
  one = case.write("one", one=text) / "one.treaty"
  code, expected, error = decide(one, case.feed)
  if code != 0:
    return   # one file does not check with both
  found = check_before(case, alone, case.write("same", v1=case.text, v2=second), "the same twice")
  must_be_same([in_one(row, lines) for row in found], expected, "in two files and in one")


def try_case(case, seed, folder):
  """(complaint or None, decisions, versions tried)"""
  case = Case(case, seed, folder)
  if not case.can_be_played:
    return None, 0, 0
  code, alone, error = decide(case.alone, case.feed)
  if code == 1 and "error:" in error:   # the treaty is one that must not check
    return None, 0, 0
  tried = 1
  try:
    if code != 0:
      raise Wrong(f"alone: exit {code}\n{error[-1500:]}")
    check_one(case, alone)
    second = changed(newer(case.text, case.day), case.dice)
    checks = decide(case.write("second", v2=second) / "v2.treaty", case.feed)[0] == 0
    both = case.write("both", v1=case.text, v2=second)
    if checks and "than in the treaty beside it" not in decide(both, case.feed)[2]:
      tried += 1
      found = check_before(case, alone, both, "changed")
      check_bound(case, alone, found)
      shadow = in_shadow(second, case.day)
      path = case.write("shadow", v1=case.text, v2=shadow)
      must_be_same(play(path, case.feed, "shadow"), alone, "in shadow")
  except Wrong as wrong:
    return str(wrong), 0, tried
  return None, len(alone), tried


# ---- Cases ---------------------------------------------------------------------------------------

def name_of(case):
  return f"{case.parent.name}/{case.stem}" if isinstance(case, Path) else str(case)


def treaties(names):
  found = [path for path in sorted((ROOT / "tests" / "language").glob("*/*.treaty"))
           if path.parent.name not in NOT_PLAYED]
  found += sorted((ROOT / "rules" / "examples").glob("*.treaty")) + list(range(RANDOM_AGREEMENTS))
  return [case for case in found if not names or any(name in name_of(case) for name in names)]


def main():
  parser = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--cases", type=int, default=CASES)
  parser.add_argument("--seed", type=int, default=SEED)
  parser.add_argument("names", nargs="*")
  options = parser.parse_args()
  cases = treaties(options.names)
  if 0 < options.cases < len(cases):
    cases = random.Random(options.seed).sample(cases, options.cases)
  failed = decisions = tried = 0
  with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
    for case, (why, count, versions) in zip(cases, pool.map(
        lambda case: try_case(case, options.seed, folder), cases)):
      decisions, tried = decisions + count, tried + versions
      if why:
        failed += 1
        print(f"FAILED {name_of(case)}: {why}\n"
              f"  again: tests/beside.py --seed {options.seed} --cases 0 {name_of(case)}")
  if decisions == 0:
    failed += 1
  print(f"{decisions} decisions of version 1 stand, beside {tried} others")
  print(f"{len(cases) - failed} passed, {failed} failed")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
