#!/usr/bin/env python3
"""versions.py - the loan desk's feed under two versions of its agreement, worked out a second time.

From 2012-01-01 on a second version is in force: half the time to answer, in a shorter day. An offer
made under the first keeps its due instant, however long it runs on. Each account's version, due
instant and verdict are compared with what loan_desk.py's way gives for it, and so are the accounts
whose verdict is another one than if the first version had stayed.

TREATY_BIN names the program.
"""
import json
import subprocess
import sys
import tempfile
from datetime import datetime, time
from pathlib import Path

sys.dont_write_bytecode = True   # the imports below leave nothing beside the sources
import loan_desk
from compare import BINARY, EXAMPLES, SECONDS_MAX, Tally

FEED = EXAMPLES / "feeds" / "bpic2012_offers.ndjson.gz"
CHANGE_MS = loan_desk.to_ms(datetime(2012, 1, 1, tzinfo=loan_desk.ZONE))
HOURS = {1: (time(9), time(17), 16), 2: (time(9), time(15), 8)}   # opens, closes, hours to answer


def treaties(with_second):
  """Each version as a treaty of its own; their calendars have one name, and other hours."""
  first = (EXAMPLES / "loan_desk.treaty").read_text()
  first = first[:first.index('test "')]
  if not with_second:
    return [first]
  second = first.replace("version 1", "version 2").replace("from 2011-09-01", "from 2012-01-01")
  second = second.replace("16 hours in office", "8 hours in office").replace("17:00", "15:00")
  return [first, second]


def decided(texts, folder):
  """{account: (version, due, verdict)}"""
  treaty = Path(folder) / f"{len(texts)}"
  treaty.mkdir()
  for number, text in enumerate(texts, 1):
    (treaty / f"desk-{number}.treaty").write_text(text)
  done = subprocess.run([BINARY, "run", treaty, FEED, "--format", "json"],
                        stdin=subprocess.DEVNULL, capture_output=True, text=True,
                        timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"versions: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  found = {}
  for row in map(json.loads, done.stdout.splitlines()):
    kind, data = row["type"], row["data"]
    if kind == "treaty.handover.offered":
      version = int(row["source"].rsplit("@", 1)[1])
      found[row["account"]] = version, loan_desk.parse_ms(data["due"]), "open"
    elif kind in ("treaty.handover.accepted", "treaty.handover.breached"):
      version = found[row["account"]][0]
      verdict = "breached" if kind.endswith("breached") else \
                "accepted_late" if data["late"] else "accepted_in_time"
      found[row["account"]] = version, loan_desk.parse_ms(data["due"]), verdict
  return found


def due_of(version, offered_ms):
  """loan_desk.py's walk, in the hours of a version."""
  loan_desk.OPENS, loan_desk.CLOSES, hours = HOURS[version]
  return loan_desk.open_time_later(offered_ms, hours * 3600 * 1000)


def expected(with_second):
  events = loan_desk.read_feed(str(FEED))
  until_ms = events[-1]["time_ms"]
  offers = loan_desk.requests_and_answers(events, until_ms)
  worked_out = {}
  for account, (offered_ms, answered_ms) in offers.items():
    version = 2 if with_second and offered_ms >= CHANGE_MS else 1
    due_ms = due_of(version, offered_ms)
    worked_out[account] = version, due_ms, loan_desk.verdict_on(answered_ms, due_ms, until_ms)
  return worked_out


def changed(one, other):
  return {account: (one[account][2], other[account][2]) for account in one
          if one[account][2] != other[account][2]}


def main():
  tally = Tally()
  with tempfile.TemporaryDirectory() as folder:
    found = {second: decided(treaties(second), folder) for second in (False, True)}
  worked_out = {second: expected(second) for second in (False, True)}
  tally.compare("one version", found[False], worked_out[False])
  tally.compare("two versions", found[True], worked_out[True])
  tally.compare("whose verdict is another", changed(found[False], found[True]),
                changed(worked_out[False], worked_out[True]))
  over = sum(version == 1 and due_ms > CHANGE_MS for version, due_ms, _ in found[True].values())
  tally.compare("clocks that ran on over the change", {"some": over > 0}, {"some": True})
  print(f"{len(changed(found[False], found[True]))} leads change, {over} clocks ran on")
  print(f"{tally.passed} passed, {tally.failed} failed")
  return 1 if tally.failed else 0


if __name__ == "__main__":
  sys.exit(main())
