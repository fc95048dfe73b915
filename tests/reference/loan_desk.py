#!/usr/bin/env python3
"""loan_desk.py - what the loan desk's treaty must decide, worked out a second time.

A request (web.loan_requested) is an offer to the desk; the account's first crm.offer_created after
it is the answer. The desk has 16 office hours: Monday to Friday 09:00 to 17:00 on Amsterdam's wall
clock, closed on 2011-12-26 and 2012-01-02; a reminder at half of them, a breach at all of them. A
breach ends nothing: the offer stays open, and an answer after it counts as accepted late.

Nothing here comes from Treaty, and the way is another one: no events are played and no timers run.
Each account is judged alone, by laying its few instants beside each other. The edges:
  - an answer stamped at the due instant is in time; one at the reminder's instant prevents it
  - an offer made outside office hours starts at the next opening
  - N open hours are over at the earliest instant that has N open hours behind it: a closing time,
    and not the next opening, when they end with the day
  - events after --until are not seen; what is due at --until has come, what is due after it has not
  - of two events at the same instant the one that stands first in the feed is the earlier
Percentiles are by nearest rank: the value at position ceil(N * P / 100) of the sorted list, counted
from 1, so each is a time that really occurred. They are taken over all answered offers.

  loan_desk.py FEED [--until TIME]           the summary, one JSON object
  loan_desk.py FEED [--until TIME] --list    instead of it one JSON object a line for each account
"""
import argparse
import gzip
import json
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
OPENS, CLOSES = time(9), time(17)
CLOSED_ON = {date(2011, 12, 26), date(2012, 1, 2)}
RESPOND_WITHIN_MS = 16 * 3600 * 1000
REMIND_AFTER_MS = RESPOND_WITHIN_MS // 2
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_ms(moment):
  return (moment - EPOCH) // timedelta(milliseconds=1)


def parse_ms(text):
  return to_ms(datetime.fromisoformat(text.replace("Z", "+00:00")))


def open_periods(start_ms):
  """The desk's open periods as (from_ms, till_ms), from the local day of start_ms on."""
  day = (EPOCH + timedelta(milliseconds=start_ms)).astimezone(ZONE).date()
  while True:
    if day.weekday() < 5 and day not in CLOSED_ON:
      yield (to_ms(datetime.combine(day, OPENS, ZONE)), to_ms(datetime.combine(day, CLOSES, ZONE)))
    day += timedelta(days=1)


def open_time_later(start_ms, amount_ms):
  """The earliest instant by which amount_ms of open time have passed since start_ms."""
  left_ms = amount_ms
  for from_ms, till_ms in open_periods(start_ms):
    begin_ms = max(from_ms, start_ms)
    usable_ms = max(0, till_ms - begin_ms)
    if usable_ms >= left_ms:
      return begin_ms + left_ms
    left_ms -= usable_ms


def open_time_between(start_ms, end_ms):
  total_ms = 0
  for from_ms, till_ms in open_periods(start_ms):
    if from_ms >= end_ms:
      return total_ms
    total_ms += max(0, min(till_ms, end_ms) - max(from_ms, start_ms))


def read_feed(path):
  """The feed's events in order of time; those of one instant keep the feed's order."""
  opener = gzip.open if path.endswith(".gz") else open
  with opener(path, "rt", encoding="utf-8") as lines:
    events = [json.loads(line) for line in lines if line.strip()]
  for event in events:
    event["time_ms"] = parse_ms(event["time"])
  return sorted(events, key=lambda event: event["time_ms"])


def requests_and_answers(events, until_ms):
  """{account: [offered_ms, answered_ms or None]}, in order of the requests."""
  offers = {}
  for event in events:
    account, kind = event["account"], event["type"]
    if event["time_ms"] > until_ms:
      break
    if kind == "web.loan_requested":
      assert account not in offers, f"{account} asks twice"
      offers[account] = [event["time_ms"], None]
    elif kind == "crm.offer_created" and account in offers and offers[account][1] is None:
      offers[account][1] = event["time_ms"]
  return offers


def verdict_on(answered_ms, due_ms, until_ms):
  if answered_ms is not None:
    return "accepted_in_time" if answered_ms <= due_ms else "accepted_late"
  return "breached" if due_ms <= until_ms else "open"


def judge(account, offered_ms, answered_ms, until_ms):
  remind_due_ms = open_time_later(offered_ms, REMIND_AFTER_MS)
  due_ms = open_time_later(offered_ms, RESPOND_WITHIN_MS)
  answered = answered_ms is not None
  return {
    "account": account,
    "offered_ms": offered_ms,
    "remind_due_ms": remind_due_ms,
    "due_ms": due_ms,
    "answered_ms": answered_ms,
    "open_ms": open_time_between(offered_ms, answered_ms) if answered else None,
    "wall_ms": answered_ms - offered_ms if answered else None,
    "verdict": verdict_on(answered_ms, due_ms, until_ms),
  }


def has_come(offer, due_ms, until_ms):
  """Whether a step at due_ms was taken: it had come, and no answer stood at or before it."""
  return due_ms <= until_ms and (offer["answered_ms"] is None or offer["answered_ms"] > due_ms)


def nearest_rank(values, percent):
  ordered = sorted(values)
  return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else None


def summary(offers, until_ms):
  answered = [offer for offer in offers if offer["answered_ms"] is not None]
  count = lambda verdict: sum(offer["verdict"] == verdict for offer in offers)
  result = {
    "until_ms": until_ms,
    "offered": len(offers),
    "accepted_in_time": count("accepted_in_time"),
    "accepted_late": count("accepted_late"),
    "reminded": sum(has_come(offer, offer["remind_due_ms"], until_ms) for offer in offers),
    "breached": sum(has_come(offer, offer["due_ms"], until_ms) for offer in offers),
    "still_open": len(offers) - len(answered),
    "still_open_breached": count("breached"),
  }
  for clock in ("open_ms", "wall_ms"):
    times_ms = [offer[clock] for offer in answered]
    result["median_" + clock] = nearest_rank(times_ms, 50)
    result["p90_" + clock] = nearest_rank(times_ms, 90)
  assert result["breached"] == result["accepted_late"] + result["still_open_breached"]
  return result


def main():
  options = argparse.ArgumentParser(description="The loan desk, worked out without Treaty.")
  options.add_argument("feed", help="NDJSON, plain or .gz")
  options.add_argument("--until", help="the last instant, RFC 3339; else that of the last event")
  options.add_argument("--list", action="store_true", help="a line an account, no summary")
  given = options.parse_args()
  events = read_feed(given.feed)
  until_ms = parse_ms(given.until) if given.until else events[-1]["time_ms"]
  found = requests_and_answers(events, until_ms)
  offers = [judge(account, offered_ms, answered_ms, until_ms)
            for account, (offered_ms, answered_ms) in found.items()]
  if given.list:
    for offer in offers:
      print(json.dumps(offer))
  else:
    print(json.dumps(summary(offers, until_ms), indent=2))


if __name__ == "__main__":
  main()
