#!/usr/bin/env python3
"""marketplace.py - what the marketplace's treaty must decide, worked out a second time.

Every contact (marketing.contact_received) is offered to the sellers' desk at its time; crm.deal_won
accepts it. After 120 days of 24 hours without a deal the offer ends and the lead goes to nurture,
from where a deal still wins it, until it has been there for 365 days and is lost. Asked for: the
wins by the deal's segment, with the median time from contact to deal, and how many of the deals
came too late for the offer.

Nothing here comes from Treaty: each account is judged alone, from its two instants. The edges:
  - a deal that stands before its contact acts on no lead: it is listed, and the contact is then a
    lead like any other, without a deal
  - a deal at the very instant at which the 120 days end is in time, and prevents nurture; one at
    the very instant at which the 365 days after it end still wins
  - a deal after both ends acts on no lead, but is told as an answer to the offer, which had ended
  - events after --until are not seen; days that end at --until are over
  - of two events at the same instant the one that stands first in the feed is the earlier
A median is by nearest rank: the value at position ceil(N / 2) of the sorted list, counted from 1.
Days are those milliseconds in days of 24 hours, rounded to two places, half to even.

  marketplace.py FEED [--until TIME]
"""
import argparse
import gzip
import json
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal

DAY_MS = 24 * 3600 * 1000
NURTURE_AFTER_MS = 120 * DAY_MS
LOST_AFTER_MS = NURTURE_AFTER_MS + 365 * DAY_MS
NO_SEGMENT = "(unknown)"   # the deal does not say one
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def parse_ms(text):
  return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def read_feed(path):
  """The feed's events in order of time; those of one instant keep the feed's order."""
  opener = gzip.open if path.endswith(".gz") else open
  with opener(path, "rt", encoding="utf-8") as lines:
    events = [json.loads(line) for line in lines if line.strip()]
  for event in events:
    event["time_ms"] = parse_ms(event["time"])
  return sorted(events, key=lambda event: event["time_ms"])


def match_deals(events, until_ms):
  """Three things by account: when its contact came, its deal after that, its deal before that."""
  contacts, deals, early_deals = {}, {}, {}
  for event in events:
    account = event["account"]
    if event["time_ms"] > until_ms:
      break
    if event["type"] == "marketing.contact_received":
      assert account not in contacts, f"{account} makes contact twice"
      contacts[account] = event["time_ms"]
    elif event["type"] == "crm.deal_won":
      assert account not in deals and account not in early_deals, f"{account} is won twice"
      (deals if account in contacts else early_deals)[account] = event
  return contacts, deals, early_deals


def days(ms):
  return float((Decimal(ms) / DAY_MS).quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def by_segment(deals, contacts):
  elapsed_ms = defaultdict(list)
  for account, deal in deals.items():
    segment = deal["data"].get("segment") or NO_SEGMENT
    elapsed_ms[segment].append(deal["time_ms"] - contacts[account])
  result = {}
  for segment, values in sorted(elapsed_ms.items(), key=lambda item: (-len(item[1]), item[0])):
    median_ms = sorted(values)[(len(values) + 1) // 2 - 1]
    result[segment] = {"wins": len(values), "median_ms": median_ms, "median_days": days(median_ms)}
  return result


def judge(contact_ms, deal, until_ms):
  """The instants of one lead's way; None: it did not come to that."""
  deal_ms = deal["time_ms"] if deal else None
  elapsed_ms = (deal_ms if deal else until_ms + 1) - contact_ms   # what lies behind is over
  in_time, wins = deal and elapsed_ms <= NURTURE_AFTER_MS, deal and elapsed_ms <= LOST_AFTER_MS
  return {
    "accepted_ms": deal_ms if in_time else None,
    "nurture_ms": contact_ms + NURTURE_AFTER_MS if elapsed_ms > NURTURE_AFTER_MS else None,
    "too_late_ms": deal_ms if deal and not in_time else None,
    "won_back_ms": deal_ms if wins and not in_time else None,
    "lost_ms": contact_ms + LOST_AFTER_MS if elapsed_ms > LOST_AFTER_MS else None,
  }


def summary(events, until_ms):
  contacts, deals, early_deals = match_deals(events, until_ms)
  ways = {account: judge(contact_ms, deals.get(account), until_ms)
          for account, contact_ms in contacts.items()}
  came_to = lambda name: [account for account, way in ways.items() if way[name] is not None]
  wins = {account: deals[account] for account in came_to("accepted_ms") + came_to("won_back_ms")}
  return {
    "until_ms": until_ms,
    "contacts": len(contacts),
    "deals": len(deals) + len(early_deals),
    "accepted": len(came_to("accepted_ms")),
    "moved_to_nurture": len(came_to("nurture_ms")),
    "deals_too_late": len(came_to("too_late_ms")),
    "won_back": len(came_to("won_back_ms")),
    "wins": len(wins),
    "lost": len(came_to("lost_ms")),
    "offers_open": len(contacts) - len(came_to("accepted_ms")) - len(came_to("nurture_ms")),
    "deals_before_contact": [
      {"account": account, "deal": deal["time"], "deal_ms": deal["time_ms"],
       "contact_ms": contacts.get(account)}
      for account, deal in early_deals.items()],
    "wins_by_segment": by_segment(wins, contacts),
  }


def main():
  options = argparse.ArgumentParser(description="The marketplace, worked out without Treaty.")
  options.add_argument("feed", help="NDJSON, plain or .gz")
  options.add_argument("--until", help="the last instant, RFC 3339; else that of the last event")
  given = options.parse_args()
  events = read_feed(given.feed)
  until_ms = parse_ms(given.until) if given.until else events[-1]["time_ms"]
  print(json.dumps(summary(events, until_ms), indent=2))


if __name__ == "__main__":
  main()
