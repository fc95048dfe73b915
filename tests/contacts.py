#!/usr/bin/env python3
"""contacts.py - limits of contacts against a plain count, on random feeds.

Each run makes a treaty with random limits and a feed of contacts, some of which come late, and asks
`treaty run` which of them were too many, and `treaty ask --contact` from when on the next one is
allowed. The same is counted here, event by event. Prints the seed of what does not agree.

  tests/contacts.py [--seed N] [--runs N]
"""
import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
DAY_MS = 86_400_000
START = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
PARTIES = ("marketing", "sales")
PEOPLE = ("anna", "bert", None)
UNITS = {"hours": 3_600_000, "days": DAY_MS}
STAGES = ("new", "old", None)
OLD_MS = 500_001_000   # when the lead goes from new to old; no event falls on it

HEAD = """late events up to 7 days
party marketing
party sales
event web.asked by buyer
event marketing.wrote by marketing, contact
event sales.called by sales, contact
event sales.noted by sales
on sales.noted { forget person.title }
person { title text }
stages { new owned by sales, opened by (web.asked)  old owned by sales  lost owned by sales, lost }
agreement "calm" version 1 between marketing and sales in force from 2026-01-01 {
  applies otherwise
  move new to old after 500001 seconds
  move old to lost after 1000 days
"""


def text_of(ms):
  instant = START + datetime.timedelta(milliseconds=ms)
  return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03}Z"


def random_limits(dice):
  """(party, with each person, most, number, unit, stage in which it stands)"""
  return [(dice.choice(PARTIES), dice.random() < 0.6, dice.randint(1, 4), dice.randint(1, 60),
           dice.choice(list(UNITS)), dice.choice(STAGES)) for _ in range(dice.randint(1, 4))]


def treaty_of(limits):
  lines = [f"  limit contact by {party} with {'each person' if each else 'the account'} "
           f"to {most} in {number} {unit}{f' while stage = {stage}' if stage else ''}"
           for party, each, most, number, unit, stage in limits]
  return HEAD + "\n".join(lines) + "\n}\n", HEAD.count("\n") + 1


def random_events(dice):
  """Those of the feed in order of their coming: (id, type, ms, person). Half the feeds have late
  ones; some fall on one instant."""
  late = dice.random() < 0.5
  events, now = [("0", "web.asked", 0, "anna")], 0
  for number in range(1, dice.randint(2, 60)):
    now += dice.choice((0, 1, 3_600_000, 7_200_000, DAY_MS, dice.randint(1, 3 * DAY_MS)))
    behind = dice.randint(0, 6 * DAY_MS) if late and dice.random() < 0.3 else 0
    kind = dice.choice(("marketing.wrote", "sales.called", "sales.called", "sales.noted"))
    events.append((str(number), kind, max(0, now - behind), dice.choice(PEOPLE)))
  return events


def line_of(event):
  number, kind, ms, person = event
  line = {"specversion": "1.0", "id": number, "source": "/x", "type": kind, "time": text_of(ms),
          "account": "acme"}
  return json.dumps({**line, "person": person} if person else line)


def is_counted(event, limit, person):
  party, each, *_ = limit
  return event[1].split(".")[0] == party and event[1] != "sales.noted" and (
    not each or (person is not None and event[3] == person))


def stands(limit, at):
  return limit[5] in (None, "new" if at < OLD_MS else "old")


def span_of(limit):
  return limit[3] * UNITS[limit[4]]


def too_many(events, limits, first_line):
  """(id of the contact's instant and person, line of the clause) of all, in order of time."""
  order = {event[0]: (event[2], int(event[0])) for event in events}
  told = []
  for event in events:
    for place, limit in enumerate(limits):
      if not is_counted(event, limit, event[3]) or not stands(limit, event[2]):
        continue
      before = [other for other in events if is_counted(other, limit, event[3])
                and order[other[0]] <= order[event[0]]
                and other[2] > event[2] - span_of(limit)]
      if len(before) > limit[2]:
        told.append((text_of(event[2]), event[3], first_line + place))
  return sorted(told, key=str)


def not_before(events, limits, party, person, now):
  """The first instant at which no limit is in the way; None: now."""
  at = now
  while True:
    later = at
    for limit in limits:
      if limit[0] != party or (limit[1] and person is None) or not stands(limit, now):
        continue
      made = sorted(event[2] for event in events
                    if is_counted(event, limit, person) and event[2] > at - span_of(limit))
      if len(made) >= limit[2]:
        later = max(later, made[len(made) - limit[2]] + span_of(limit))
    if later == at:
      return None if at == now else at
    at = later


def run(*arguments):
  done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False)
  if done.returncode != 0:
    raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stderr}")
  return done.stdout


def decided(treaty, feed):
  told = []
  for line in run("run", treaty, feed, "--format", "json").splitlines():
    decision = json.loads(line)
    if decision["type"] == "treaty.contact.over_limit":
      data = decision["data"]
      told.append((data["contacted"], data.get("person"), int(data["clause"].split(":")[-1])))
  return sorted(told, key=str)


def asked(treaty, feed):
  answer = json.loads(run("ask", treaty, feed, "--account", "acme", "--contact",
                          "--format", "json"))
  return {(one["party"], one.get("person")): one.get("from")
          for one in answer["leads"][0]["contacts"]}


def check(seed, folder):
  dice = random.Random(seed)
  limits, events = random_limits(dice), random_events(dice)
  text, first_line = treaty_of(limits)
  treaty, feed = Path(folder, "random.treaty"), Path(folder, "random.ndjson")
  treaty.write_text(text, encoding="utf-8")
  feed.write_text("".join(line_of(event) + "\n" for event in events), encoding="utf-8")
  expected, found = too_many(events, limits, first_line), decided(treaty, feed)
  if expected != found:
    return f"seed {seed}: {expected} are too many, and {found} were told\n{text}"
  now = max(event[2] for event in events)
  for (party, person), instant in asked(treaty, feed).items():
    wanted = not_before(events, limits, party, person, now)
    if (wanted and text_of(wanted)) != instant:
      return (f"seed {seed}: {party} may contact {person} from {wanted} on, "
              f"not from {instant}\n{text}")
  return None


def main():
  options = argparse.ArgumentParser()
  options.add_argument("--seed", type=int)
  options.add_argument("--runs", type=int, default=40)
  given = options.parse_args()
  first = random.randrange(1_000_000) if given.seed is None else given.seed
  told = 0
  with tempfile.TemporaryDirectory(prefix="treaty-contacts-") as folder:
    for seed in range(first, first + (given.runs if given.seed is None else 1)):
      wrong = check(seed, folder)
      if wrong:
        sys.exit(wrong)
      told += 1
  print(f"{told} feeds agree, from seed {first} on")


if __name__ == "__main__":
  main()
