#!/usr/bin/env python3
"""compare.py - what Treaty decides on the real feeds, account by account, and what it must decide.

loan_desk.py and marketplace.py beside this file work out what the treaties in rules/examples/ must
decide, in another way. Here `treaty run` decides the same feeds: each account's decisions are
compared with what was worked out for it, and the figures of `--summary` with the figures. Both the
whole feed and its first part, up to an instant at which much is open.

TREATY_BIN names the program.
"""
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
import loan_desk
import marketplace

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
EXAMPLES = ROOT / "rules" / "examples"
SECONDS_MAX = 300
DIFFERENCES_SHOWN = 10


class Tally:
  """Counts what was compared, and shows the first differences of each comparison."""

  def __init__(self):
    self.passed = self.failed = 0

  def compare(self, title, found, expected):
    """Both are dicts; each key of either is one comparison."""
    keys = sorted(found.keys() | expected.keys())
    different = [key for key in keys if found.get(key) != expected.get(key)]
    self.passed += len(keys) - len(different)
    self.failed += len(different)
    for key in different[:DIFFERENCES_SHOWN]:
      print(f"FAILED {title}, {key}:\n"
            f"  treaty:    {found.get(key)}\n  reference: {expected.get(key)}")
    if len(different) > DIFFERENCES_SHOWN:
      print(f"FAILED {title}: {len(different) - DIFFERENCES_SHOWN} more")
    if not expected:
      self.failed += 1
      print(f"FAILED {title}: there is nothing to compare")


def run(name, feed, *options):
  done = subprocess.run(
    [BINARY, "run", EXAMPLES / f"{name}.treaty", feed, "--format", "json", *options],
    stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"compare: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  return done.stdout


def decisions_by_account(name, feed, *options):
  """{account: {type: [decision]}}; decisions about no lead aside."""
  result = defaultdict(lambda: defaultdict(list))
  for line in run(name, feed, *options).splitlines():
    decision = json.loads(line)
    decision["time_ms"] = loan_desk.parse_ms(decision["time"])
    result[decision["account"]][decision["type"].removeprefix("treaty.")].append(decision)
  return result


def summary_of(name, feed, *options):
  return json.loads(run(name, feed, "--summary", *options))


def only(decisions, read):
  """What `read` finds in the one decision there is; None without one, a list if there are more."""
  found = [read(decision) for decision in decisions]
  return found[0] if len(found) == 1 else found or None


def instant(member):
  return lambda decision: loan_desk.parse_ms(decision["data"][member])


def time_ms(decision):
  return decision["time_ms"]


# ---- The loan desk -------------------------------------------------------------------------------

def desk_found(kinds):
  accepted, breached = kinds["handover.accepted"], kinds["handover.breached"]
  late = only(accepted, lambda decision: decision["data"]["late"])
  return {
    "offered_ms": only(kinds["handover.offered"], time_ms),
    "due_ms": only(kinds["handover.offered"], instant("due")),
    "reminded_ms": only(kinds["handover.reminded"], time_ms),
    "breached_ms": only(breached, time_ms),
    "answered_ms": only(accepted, instant("answered")),
    "open_ms": only(accepted, lambda decision: decision["data"]["open_ms"]),
    "wall_ms": only(accepted, lambda decision: decision["data"]["wall_ms"]),
    "verdict": {True: "accepted_late", False: "accepted_in_time"}.get(late) if accepted else
               "breached" if breached else "open",
  }


def desk_expected(offer, until_ms):
  come = lambda due_ms: due_ms if loan_desk.has_come(offer, due_ms, until_ms) else None
  return {
    "offered_ms": offer["offered_ms"],
    "due_ms": offer["due_ms"],
    "reminded_ms": come(offer["remind_due_ms"]),
    "breached_ms": come(offer["due_ms"]),
    **{name: offer[name] for name in ("answered_ms", "open_ms", "wall_ms", "verdict")},
  }


def desk_figures(summary):
  """What `--summary` says of the one party that answers, under the reference's names."""
  desks = summary["handovers"]
  assert len(desks) == 1, f"{len(desks)} parties are offered leads"
  ranks = {f"{rank}_{clock}": desks[0].get(f"accepted_{clock}", {}).get(rank)
           for clock in ("open_ms", "wall_ms") for rank in ("median", "p90")}
  return {**ranks, "offered": desks[0]["offered"], "still_open": desks[0]["open"],
          **{name: desks[0][name] for name in ("accepted_in_time", "accepted_late", "breached")}}


def compare_desk(tally, feed, until):
  events = loan_desk.read_feed(str(feed))
  until_ms = loan_desk.parse_ms(until)
  offers = [loan_desk.judge(account, *instants, until_ms) for account, instants in
            loan_desk.requests_and_answers(events, until_ms).items()]
  found = decisions_by_account("loan_desk", feed, "--until", until)
  tally.compare(f"loan desk until {until}",
                {account: desk_found(kinds) for account, kinds in found.items()
                 if kinds["handover.offered"]},
                {offer["account"]: desk_expected(offer, until_ms) for offer in offers})
  figures = desk_figures(summary_of("loan_desk", feed, "--until", until))
  expected = loan_desk.summary(offers, until_ms)
  tally.compare(f"loan desk's summary until {until}", figures,
                {name: expected[name] for name in figures})


# ---- The marketplace -----------------------------------------------------------------------------

def market_found(kinds):
  moved = lambda source, to: [decision for decision in kinds["lead.stage_changed"]
                              if (decision["data"]["from"], decision["data"]["to"]) == (source, to)]
  return {
    "offered_ms": only(kinds["handover.offered"], time_ms),
    "accepted_ms": only(kinds["handover.accepted"], instant("answered")),
    "nurture_ms": only(moved("contact", "nurture"), time_ms),
    "ended_ms": only(kinds["handover.ended"], time_ms),
    "too_late_ms": only(kinds["handover.answer_noted"], instant("answered")),
    "too_late_for_ms": only(kinds["handover.answer_noted"], instant("ended")),
    "won_back_ms": only(moved("nurture", "seller"), time_ms),
    "lost_ms": only(moved("nurture", "dormant"), time_ms),
  }


def market_expected(contact_ms, deal, until_ms):
  way = marketplace.judge(contact_ms, deal, until_ms)
  return {
    "offered_ms": contact_ms,
    "ended_ms": way["nurture_ms"],
    "too_late_for_ms": way["nurture_ms"] if way["too_late_ms"] else None,
    **way,
  }


def market_figures(summary):
  """{segment: (wins, median in ms)}, and what is counted of all leads and offers."""
  desk = summary["handovers"][0]
  figures = {"leads": summary["leads"], "won": summary["won"], "lost": summary["lost"],
             "offered": desk["offered"], "accepted": desk["accepted_in_time"],
             "ended": desk["ended"], "open": desk["open"],
             "too late": desk["too_late_after_end"], "in time, told late": desk["told_after_end"],
             "before the offer": desk["dated_before_offer"]}
  for share in summary["by"]["values"]:
    if share["won"] > 0:
      segment = share["value"].strip('"')
      segment = marketplace.NO_SEGMENT if segment in ("", "unknown") else segment
      figures[segment] = share["won"], share["win_ms"]["median"]
  return figures


def compare_market(tally, feed, until):
  events = marketplace.read_feed(str(feed))
  until_ms = marketplace.parse_ms(until)
  contacts, deals, _ = marketplace.match_deals(events, until_ms)
  found = decisions_by_account("marketplace", feed, "--until", until)
  tally.compare(f"marketplace until {until}",
                {account: market_found(kinds) for account, kinds in found.items()
                 if kinds["handover.offered"]},
                {account: market_expected(contact_ms, deals.get(account), until_ms)
                 for account, contact_ms in contacts.items()})
  expected = marketplace.summary(events, until_ms)
  tally.compare(f"marketplace's summary until {until}",
                market_figures(summary_of("marketplace", feed, "--until", until,
                                          "--by", "lead.segment")),
                {"leads": expected["contacts"], "won": expected["wins"], "lost": expected["lost"],
                 "offered": expected["contacts"], "accepted": expected["accepted"],
                 "ended": expected["moved_to_nurture"], "open": expected["offers_open"],
                 "too late": expected["deals_too_late"], "in time, told late": 0,
                 "before the offer": 0,
                 **{segment: (share["wins"], share["median_ms"])
                    for segment, share in expected["wins_by_segment"].items()}})


def main():
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"compare: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  tally = Tally()
  bank, olist = (EXAMPLES / "feeds" / name for name in
                 ("bpic2012_offers.ndjson.gz", "olist_funnel.ndjson.gz"))
  for until in ("2012-03-14T14:50:59.000Z", "2011-12-26T12:00:00.000Z"):
    compare_desk(tally, bank, until)
  for until in ("2018-11-14T18:04:19.000Z", "2018-05-02T12:00:00.000Z"):
    compare_market(tally, olist, until)
  print(f"{tally.passed} passed, {tally.failed} failed")
  sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
  main()
