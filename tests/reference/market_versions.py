#!/usr/bin/env python3
"""market_versions.py - the marketplace's feed under two versions of its agreement, worked out a
second time.

The first gives the sellers' desk 160 hours of an office with a lunch break; who is not answered
then goes to nurture and is given up after 365 days. From 2018-03-01 on a second version gives 10
business days of a six-day week, and 180 days in nurture. So the edges are:
  - an offer that runs on 2018-03-01 keeps the hours that it was made with
  - who is in nurture then counts 180 days from entering it, or, where these are over by then, from
    2018-03-01
  - both calendars are walked on São Paulo's wall clock, whose summer time ends on 2018-02-18
  - a deal at the due instant is in time; one before its contact acts on nothing

Each lead's instants are compared with what is worked out for it from its own two alone, and so is
which leads would have gone another way if the first version had stayed, and how many went each way.

TREATY_BIN names the program.
"""
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
import marketplace
from compare import BINARY, EXAMPLES, SECONDS_MAX, Tally, instant, only, time_ms

FEED = EXAMPLES / "feeds" / "olist_funnel.ndjson.gz"
ZONE = ZoneInfo("America/Sao_Paulo")
UNTIL = "2018-12-31T00:00:00Z", "2018-03-20T12:00:00Z"
HOUR_MS, DAY_MS = 3600 * 1000, 24 * 3600 * 1000

OFFICE = {"days": range(5), "opens": [(time(8), time(12)), (time(13), time(17))],
          "closed": {date(2017, 12, 25), date(2018, 1, 1), date(2018, 2, 12), date(2018, 2, 13)}}
SHOP = {"days": range(6), "opens": [(time(9, 30), time(18))],
        "closed": {date(2018, 4, 21), date(2018, 5, 1), date(2018, 5, 31), date(2018, 9, 7)}}
NURTURE_MS = {1: 365 * DAY_MS, 2: 180 * DAY_MS}

CALENDARS = """
calendar office {
  mon to fri 08:00 to 12:00, 13:00 to 17:00
  closed on 2017-12-25, 2018-01-01, 2018-02-12, 2018-02-13
}
calendar shop {
  mon to sat 09:30 to 18:00
  closed on 2018-04-21, 2018-05-01, 2018-05-31, 2018-09-07
}
"""
AGREEMENT = """
agreement "sellers" version {version} between marketing and desk in force from {dates} {{
  applies otherwise
  hand contact from marketing to desk
    accepted by crm.deal_won to seller
    respond within {within} {{ at 100% return to nurture }}
  move nurture to seller  on crm.deal_won
  move nurture to dormant after {nurture}
}}
"""


def wall_ms(day, clock):
  return marketplace.parse_ms(datetime.combine(day, clock, ZONE).isoformat())


CHANGE_MS = wall_ms(date(2018, 3, 1), time())


def treaty_text(with_second):
  text = (EXAMPLES / "marketplace.treaty").read_text()
  text = text[:text.index('agreement "sellers"')] + CALENDARS
  dates = "2017-01-01 to 2018-02-28" if with_second else "2017-01-01"
  text += AGREEMENT.format(version=1, dates=dates, within="160 hours in office", nurture="365 days")
  if with_second:
    text += AGREEMENT.format(version=2, dates="2018-03-01", within="10 business days in shop",
                             nurture="180 days")
  return text


# ---- What Treaty decides -------------------------------------------------------------------------

def found_way(kinds):
  moved = lambda source, to: [decision for decision in kinds["lead.stage_changed"]
                              if (decision["data"]["from"], decision["data"]["to"]) == (source, to)]
  version_of = lambda decision: int(decision["source"].rsplit("@", 1)[1])
  return {
    "version": only(kinds["handover.offered"], version_of),
    "due_ms": only(kinds["handover.offered"], instant("due")),
    "accepted_ms": only(kinds["handover.accepted"], instant("answered")),
    "breached_ms": only(kinds["handover.breached"], time_ms),
    "nurture_ms": only(moved("contact", "nurture"), time_ms),
    "too_late_ms": only(kinds["handover.answer_noted"], instant("answered")),
    "won_back_ms": only(moved("nurture", "seller"), time_ms),
    "lost_ms": only(moved("nurture", "dormant"), time_ms),
  }


def decided(text, until, folder):
  """{account: its way}, of the accounts that were offered."""
  treaty = Path(folder) / "market.treaty"
  treaty.write_text(text)
  done = subprocess.run([BINARY, "run", treaty, FEED, "--format", "json", "--until", until],
                        stdin=subprocess.DEVNULL, capture_output=True, text=True,
                        timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"market_versions: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  accounts = defaultdict(lambda: defaultdict(list))
  for decision in map(json.loads, done.stdout.splitlines()):
    decision["time_ms"] = marketplace.parse_ms(decision["time"])
    accounts[decision["account"]][decision["type"].removeprefix("treaty.")].append(decision)
  return {account: found_way(kinds) for account, kinds in accounts.items()
          if kinds["handover.offered"]}


# ---- What it must decide -------------------------------------------------------------------------

def open_spans(calendar, from_ms):
  """The openings from from_ms on, the first of them cut off there, as (day, from_ms, to_ms)."""
  day = datetime.fromtimestamp(from_ms / 1000, ZONE).date()
  while True:
    if day.weekday() in calendar["days"] and day not in calendar["closed"]:
      for opens, closes in calendar["opens"]:
        if wall_ms(day, closes) > from_ms:
          yield day, max(wall_ms(day, opens), from_ms), wall_ms(day, closes)
    day += timedelta(days=1)


def hours_later(calendar, from_ms, hours):
  left_ms = hours * HOUR_MS
  for _, begin_ms, end_ms in open_spans(calendar, from_ms):
    if end_ms - begin_ms >= left_ms:
      return begin_ms + left_ms
    left_ms -= end_ms - begin_ms


def business_days_later(calendar, from_ms, days):
  """So many open days behind the one on which the time starts, at the same time of the day."""
  spans = open_spans(calendar, from_ms)
  day, begin_ms, _ = next(spans)
  clock = datetime.fromtimestamp(begin_ms / 1000, ZONE).time()
  while days > 0:
    later, _, _ = next(spans)
    days -= later != day
    day = later
  return next(open_spans(calendar, wall_ms(day, clock)))[1]


def due_of(version, offered_ms):
  if version == 1:
    return hours_later(OFFICE, offered_ms, 160)
  return business_days_later(SHOP, offered_ms, 10)


def given_up_at(nurture_ms, with_second):
  """When nurture ends, entered then, by the version that is in force while it lasts."""
  first_ms, second_ms = nurture_ms + NURTURE_MS[1], nurture_ms + NURTURE_MS[2]
  if not with_second or first_ms < CHANGE_MS:
    return first_ms
  return second_ms if second_ms > CHANGE_MS else CHANGE_MS + NURTURE_MS[2]


def expected_way(contact_ms, deal, until_ms, with_second):
  version = 2 if with_second and contact_ms >= CHANGE_MS else 1
  due_ms = due_of(version, contact_ms)
  deal_ms = deal["time_ms"] if deal else None
  seen = lambda ms: ms if ms is not None and ms <= until_ms else None
  if deal and deal_ms <= due_ms:
    way = {"accepted_ms": deal_ms}
  else:
    lost_ms = given_up_at(due_ms, with_second)
    wins = deal and deal_ms <= lost_ms
    way = {"breached_ms": seen(due_ms), "nurture_ms": seen(due_ms), "too_late_ms": deal_ms,
           "won_back_ms": deal_ms if wins else None, "lost_ms": None if wins else seen(lost_ms)}
  names = "accepted_ms", "breached_ms", "nurture_ms", "too_late_ms", "won_back_ms", "lost_ms"
  return {"version": version, "due_ms": due_ms, **{name: way.get(name) for name in names}}


def expected(until_ms, with_second):
  contacts, deals, _ = marketplace.match_deals(marketplace.read_feed(str(FEED)), until_ms)
  return {account: expected_way(contact_ms, deals.get(account), until_ms, with_second)
          for account, contact_ms in contacts.items()}


# ---- Which leads change --------------------------------------------------------------------------

def end_of(way):
  """In a word, how it went."""
  words = [("accepted_ms", "accepted"), ("won_back_ms", "won back"), ("lost_ms", "given up"),
           ("nurture_ms", "in nurture")]
  return next((word for name, word in words if way[name] is not None), "open")


def changed(one, other):
  return {account: (end_of(one[account]), end_of(other[account])) for account in one
          if end_of(one[account]) != end_of(other[account])}


def compare(tally, until, folder):
  until_ms = marketplace.parse_ms(until)
  found = {second: decided(treaty_text(second), until, folder) for second in (False, True)}
  worked_out = {second: expected(until_ms, second) for second in (False, True)}
  for second, title in (False, "one version"), (True, "two versions"):
    tally.compare(f"{title} until {until}", found[second], worked_out[second])
    tally.compare(f"how it went under {title} until {until}",
                  Counter(map(end_of, found[second].values())),
                  Counter(map(end_of, worked_out[second].values())))
  changes = changed(found[False], found[True])
  tally.compare(f"which leads change until {until}", changes,
                changed(worked_out[False], worked_out[True]))
  ran_on = sum(way["version"] == 1 and way["due_ms"] > CHANGE_MS for way in found[True].values())
  tally.compare(f"offers that ran on over the change until {until}", {"some": ran_on > 0},
                {"some": True})
  print(f"until {until}: {len(changes)} of {len(found[True])} leads change, {ran_on} offers ran on")
  for (before, after), count in sorted(Counter(changes.values()).items()):
    print(f"  {count} are {after}, not {before}")


def main():
  tally = Tally()
  with tempfile.TemporaryDirectory() as folder:
    for until in UNTIL:
      compare(tally, until, folder)
  print(f"{tally.passed} passed, {tally.failed} failed")
  return 1 if tally.failed else 0


if __name__ == "__main__":
  sys.exit(main())
