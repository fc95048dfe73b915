#!/usr/bin/env python3
"""permits.py - what `treaty ask --contact` says, held against contacts that are made then.

Random limits of contacts with random conditions, random events. Of each party and person: where a
contact is allowed, one that is made now is not told of as over a limit. Where it is not before an
instant, one a millisecond earlier is, and one at the instant is not. Where it is never, one that is
made some day later is.

  tests/permits.py [--treaties N] [--seed N]     --seed repeats one

TREATY_BIN names the program.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SEED, TREATIES, SECONDS_MAX = 20261127, 12, 60
HEAD = """zone "Europe/Berlin"
party mk  party sa
account { size whole number }
lead { go flag }
member { none flag, hot flag }
event ask by buyer { size whole number, go flag }
event call by sa, contact
event mail by mk, contact
event note by others { none flag, hot flag, size whole number, go flag }
on ask { set account.size to event.size set lead.go to event.go }
on note {
  set member.none to event.none  set member.hot to event.hot for 5 days
  set account.size to event.size  set lead.go to event.go for 3 days
}
score annoyance of person { halves every 10 days  on contact.over_limit add 10  on call add 2 }
stages {
  new owned by mk, opened by (ask)  good owned by sa  lost owned by mk, lost
}
agreement "A" version 1 between mk and sa in force from 2026-01-01 {
  applies otherwise
  move new to good when lead.go
  move new, good to lost after 200 days
"""
OF_ACCOUNT = ["lead.go", "account.size > 10", "stage = new", "stage = good", "age of lead < 6 days",
              "count of call in last 2 days >= 2", "no ask in last 4 days",
              "time in stage > 3 days", "max of annoyance of members > 12"]
OF_PERSON = OF_ACCOUNT + ["member.none", "member.hot", "not member.hot", "annoyance > 5",
                          "annoyance < 3"]
CONTACTS = {"sa": "call", "mk": "mail"}


def clause(rng):
  party, days = rng.choice(list(CONTACTS)), rng.choice([1, 2, 7])
  kind = rng.choice(["person", "person", "account", "never", "never"])
  if kind == "never":
    return f"  never contact{rng.choice(['', f' by {party}'])} when {rng.choice(OF_PERSON)}"
  whom = "each person" if kind == "person" else "the account"
  condition = rng.choice(OF_PERSON if kind == "person" else OF_ACCOUNT)
  text = f"  limit contact by {party} with {whom} to {rng.randint(1, 4)} in {days} days"
  return text + rng.choice(["", f" while {condition}"])


def stamp(at):
  return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def event(id, type, at, person, data):
  return {"specversion": "1.0", "id": str(id), "source": "/x", "type": type, "time": stamp(at),
          "account": "a", "person": person, "data": data}


def events_of(rng):
  at, rows = datetime(2026, 2, 2, 9, tzinfo=timezone.utc), []
  for number in range(rng.randint(5, 30)):
    at += timedelta(minutes=rng.choice([1, 60, 300, 1440]))
    type = rng.choice(["call", "call", "call", "mail", "note", "ask"]) if number else "ask"
    values = {"size": rng.choice([5, 20]), "go": rng.random() < 0.5}
    if type == "note":
      values.update(none=rng.random() < 0.6, hot=rng.random() < 0.5)
    taught = type in ("ask", "note")
    data = {name: value for name, value in values.items() if taught and rng.random() < 0.7}
    rows.append(event(number, type, at, rng.choice(["p0", "p1"]), data))
  return rows, at


class Case:
  def __init__(self, seed, folder):
    self.rng = random.Random(seed)
    self.treaty, self.feed = folder / "t.treaty", folder / "t.ndjson"
    clauses = [clause(self.rng) for _ in range(self.rng.randint(1, 4))]
    self.treaty.write_text(HEAD + "\n".join(clauses) + "\n}\n")
    self.rows, self.now = events_of(self.rng)

  def call(self, command, rows, *options):
    self.feed.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = subprocess.run([BINARY, command, self.treaty, self.feed, "--format", "json", *options],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=SECONDS_MAX)
    if done.returncode != 0:
      raise AssertionError(f"{command} ends with exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout

  def is_over(self, at, party, person):
    """Whether a contact at that time is over a limit."""
    out = self.call("run", self.rows + [event("made", CONTACTS[party], at, person, {})])
    return any(row["type"] == "treaty.contact.over_limit" and row["causationid"] == "made"
               for row in map(json.loads, out.splitlines()))

  def permits(self):
    for party in CONTACTS:
      for person in ("p0", "p1"):
        out = self.call("ask", self.rows, "--account", "a", "--contact", "--party", party,
                        "--person", person)
        for lead in json.loads(out)["leads"]:
          yield from lead["contacts"]

  def wrong(self, permit):
    """What is wrong with what was said, or None."""
    word, whose = permit["contact"], (permit["party"], permit["person"])
    if word == "allowed":
      return "one made now is over a limit" if self.is_over(self.now, *whose) else None
    if word == "never":
      later = self.now + timedelta(days=self.rng.choice([1, 10, 40]))
      return None if self.is_over(later, *whose) else f"one made at {stamp(later)} is not over"
    from_time = datetime.fromisoformat(permit["from"].replace("Z", "+00:00"))
    if not self.is_over(from_time - timedelta(milliseconds=1), *whose):
      return "one made a millisecond earlier is not over"
    return "one made then is over a limit" if self.is_over(from_time, *whose) else None


def main():
  parser = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--treaties", type=int, default=TREATIES)
  parser.add_argument("--seed", type=int)
  options = parser.parse_args()
  seeds = [options.seed] if options.seed is not None else range(SEED, SEED + options.treaties)
  failed, words = 0, Counter()
  with tempfile.TemporaryDirectory() as folder:
    for seed in seeds:
      case = Case(seed, Path(folder))
      for permit in case.permits():
        words[permit["contact"]] += 1
        why = case.wrong(permit)
        if why:
          failed += 1
          print(f"FAILED seed {seed}: {json.dumps(permit)}: {why}\n"
                f"  again: tests/permits.py --seed {seed}")
  if options.seed is None and len(words) < 3:
    failed += 1
    print(f"FAILED: not all is said of some contact: {dict(words)}")
  print(", ".join(f"{count} {word}" for word, count in sorted(words.items())))
  print(f"{sum(words.values()) - failed} passed, {failed} failed")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
