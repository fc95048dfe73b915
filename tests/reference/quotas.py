#!/usr/bin/env python3
"""quotas.py - what the marketplace's sides would have owed in each week, month and quarter, worked
out a second time.

The real feed, with the seller of each deal as its actor, runs under a treaty with four quotas: of
leads at a stage, of deals by each person, of wins in a week, of revenue in a quarter. Then once
more in an order in which much comes days late. Every decision about a quota (kept, broken, noted;
of whom, of which period, how much was reached, when) is compared with what is counted here, from
the lines alone.

  - a contact opens a lead at the clock, which is the greatest time so far; without a deal it is
    lost 120 days of 24 hours later. A deal counts where the account's lead is open: also at the
    very instant of its end
  - an event counts in the period of its own time; a stage in that of the clock
  - a period is over when the clock has passed its last millisecond

TREATY_BIN names the program.
"""
import gzip
import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
from compare import BINARY, EXAMPLES, SECONDS_MAX, Tally
from marketplace import DAY_MS, EPOCH, parse_ms

FEED = EXAMPLES / "feeds" / "olist_funnel.ndjson.gz"
ZONE = ZoneInfo("America/Sao_Paulo")
OPEN_MS = 120 * DAY_MS
SEED = 20261127
LATE_SHARE, LATE_DAYS_MAX = 0.15, 25

# what it counts, of whom, how much, how often: each rep owes the second
QUOTAS = [
  ("contact", "marketing", 700, "month"),
  ("crm.deal_won", "desk", 3, "month"),
  ("seller", "desk", 25, "week"),
  ("monthly_revenue of crm.deal_won", "desk", 400000, "quarter"),
]
EACH_REP = 1

TREATY = """zone "America/Sao_Paulo"
party marketing
party desk
event marketing.contact_received by buyer
event crm.deal_won by desk { monthly_revenue number }
stages {
  contact owned by marketing, opened by (marketing.contact_received)
  seller  owned by desk, won
  lost    owned by marketing, lost
}
team sellers of desk
people { %s }
agreement "sellers" version 1 between marketing and desk in force from 2017-01-01 {
  applies otherwise
  move contact to seller on crm.deal_won
  move contact to lost after 120 days
  marketing owes 700 contact per month
  desk owes 3 crm.deal_won per month each rep
  desk owes 25 seller per week
  desk owes 400000 of monthly_revenue of crm.deal_won per quarter
}
"""


def read_feed():
  with gzip.open(FEED, "rt", encoding="utf-8") as lines:
    events = [json.loads(line) for line in lines if line.strip()]
  for event in events:
    if event["type"] == "crm.deal_won":
      event["actor"] = event["data"]["sales_rep"]
  return events


def come_late(events):
  """In the order in which they come: of some the line stands days behind its time."""
  chance = random.Random(SEED)
  def arrival(event):
    late = chance.random() < LATE_SHARE
    return parse_ms(event["time"]) + (chance.uniform(0, LATE_DAYS_MAX) * DAY_MS if late else 0)
  return [event for _, _, event in sorted((arrival(event), place, event)
                                          for place, event in enumerate(events))]


def period_of(at_ms, per):
  """(first millisecond, first behind the last) of the week, month or quarter."""
  day = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZONE).replace(
    hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
  if per == "week":
    first = day - timedelta(days=day.weekday())
    after = first + timedelta(days=7)
  else:
    months = 1 if per == "month" else 3
    first = day.replace(day=1, month=day.month - (day.month - 1) % months)
    following = first.year * 12 + first.month - 1 + months
    after = datetime(following // 12, following % 12 + 1, 1)
  return tuple(begin_ms(date) for date in (first, after))


def begin_ms(date):
  """In Brazil clocks went forward on Sundays at midnight, which begin no period."""
  return (date.replace(tzinfo=ZONE) - EPOCH) // timedelta(milliseconds=1)


class Quota:
  """One of QUOTAS, told of the clock and of what counts; `told` is what is to be decided."""

  def __init__(self, index, reps, clock_ms):
    self.name, self.party, self.owed, self.per = QUOTAS[index]
    self.owners = reps if index == EACH_REP else [None]
    self.told, self.over = [], {}
    self.begin(clock_ms)

  def begin(self, at_ms):
    self.period = period_of(at_ms, self.per)
    self.reached = {owner: Decimal(0) for owner in self.owners}

  def tell(self, kind, owner, period, time_ms, reached):
    self.told.append((kind, self.name, owner or "", period[0], time_ms, str(reached.normalize())
                      if reached != reached.to_integral() else str(int(reached))))

  def pass_to(self, clock_ms):
    while self.period[1] - 1 < clock_ms:
      for owner in self.owners:
        if self.reached[owner] >= self.owed:
          continue
        self.over[self.period, owner] = self.reached[owner]
        self.tell("broken", owner, self.period, self.period[1] - 1, self.reached[owner])
      self.begin(self.period[1])

  def count(self, at_ms, clock_ms, amount, owner=None):
    owner = owner if self.owners != [None] else None
    if owner not in self.owners:
      return
    period = period_of(at_ms, self.per)
    if period == self.period:
      before = self.reached[owner]
      self.reached[owner] += amount
      if before < self.owed <= self.reached[owner]:
        self.tell("kept", owner, period, clock_ms, self.reached[owner])
    elif (period, owner) in self.over:
      self.over[period, owner] += amount
      self.tell("noted", owner, period, clock_ms, self.over[period, owner])


def worked_out(events, reps):
  clock_ms = parse_ms(events[0]["time"])
  quotas = [Quota(index, reps, clock_ms) for index in range(len(QUOTAS))]
  opened = {}
  for event in events:
    at_ms, account = parse_ms(event["time"]), event["account"]
    clock_ms = max(clock_ms, at_ms)
    for quota in quotas:
      quota.pass_to(clock_ms)
    is_open = account in opened and clock_ms - opened[account] <= OPEN_MS
    if event["type"] == "marketing.contact_received":
      if not is_open:
        opened[account] = clock_ms
        quotas[0].count(clock_ms, clock_ms, 1)
      continue
    if not is_open:
      continue
    del opened[account]
    quotas[1].count(at_ms, clock_ms, 1, event["actor"])
    quotas[3].count(at_ms, clock_ms, Decimal(str(event["data"]["monthly_revenue"])))
    quotas[2].count(clock_ms, clock_ms, 1)
  return [told for quota in quotas for told in quota.told]


def decided(events, reps, folder):
  treaty, feed = Path(folder) / "market.treaty", Path(folder) / "feed.ndjson"
  treaty.write_text(TREATY % " ".join(f'"{rep}" in sellers' for rep in reps))
  feed.write_text("".join(json.dumps(event) + "\n" for event in events))
  done = subprocess.run([BINARY, "run", treaty, feed, "--format", "json"],
                        stdin=subprocess.DEVNULL, capture_output=True, text=True,
                        timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"quotas: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  rows = [row for row in map(json.loads, done.stdout.splitlines())
          if row["type"].startswith("treaty.quota.")]
  assert all("account" not in row and "lead" not in row for row in rows)
  return [(row["type"].rsplit(".", 1)[1], row["data"]["name"], row["data"].get("rep", ""),
           parse_ms(row["data"]["started"]), parse_ms(row["time"]), row["data"]["reached"])
          for row in rows]


def by_kind(told):
  return {kind: sum(row[0] == kind for row in told) for kind in ("kept", "broken", "noted")}


def main():
  tally = Tally()
  events = read_feed()
  reps = sorted({event["actor"] for event in events if "actor" in event})
  for name, feed in (("in order", events), ("days late", come_late(events))):
    with tempfile.TemporaryDirectory() as folder:
      found = decided(feed, reps, folder)
    expected = worked_out(feed, reps)
    for what, party, _, _ in QUOTAS:
      ours = [row for row in found if row[1] == what]
      theirs = [row for row in expected if row[1] == what]
      tally.compare(f"{name}: {what}", dict(enumerate(sorted(ours))),
                    dict(enumerate(sorted(theirs))))
    print(f"{name}: {by_kind(found)}")
    late = name == "days late"
    tally.compare(f"{name}: something of each kind",
                  {kind: count > 0 for kind, count in by_kind(found).items()},
                  {"kept": True, "broken": True, "noted": late})
  print(f"{tally.passed} passed, {tally.failed} failed")
  return 1 if tally.failed else 0


if __name__ == "__main__":
  sys.exit(main())
