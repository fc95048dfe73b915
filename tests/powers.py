#!/usr/bin/env python3
"""powers.py - what people decide, against a model of one treaty: random events and decisions, many
of them at the very instants at which a hold or a stage ends.

  powers.py [--seed N] [--feeds N]

The model keeps one lead an account and walks from instant to instant; it knows nothing of the
engine's timers, of what is touched, or of how conditions stood before. Its decisions must be those
of `treaty run`, account by account, in their order and at their millisecond.

TREATY_BIN names the program.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SECONDS_MAX = 120
EVENTS, ACCOUNTS = 400, 4
HOUR, DAY = 3600000, 86400000
START = 1767225600000   # 2026-01-01
STAY_MAX, HOLD_MAX = 30 * DAY, {"sales": 7 * DAY, "marketing": 60 * DAY}
REASONS = ("no_budget", "competitor")
TREATY = """use "std/events"
party marketing  party sales
account { size whole number }
lead { ready flag }
event ask by buyer { size whole number, ready flag }
event deal.won by sales
on ask { set account.size to event.size  set lead.ready to event.ready }
stages {
  new      owned by marketing, opened by (ask)
  good     owned by marketing
  working  owned by sales
  customer owned by sales, won
  lost     owned by sales, lost, reason one of (no_budget, competitor)
}
agreement "A" version 1 between marketing and sales in force from 2020-01-01 {
  applies otherwise
  promote new to good when account.size >= 100
  move good to working when lead.ready
  move working to customer on deal.won
  move new, good, working to lost after 30 days with reason no_budget
  sales may move working to lost with reason
  sales may move new, good to lost when account.size < 10 with reason
  marketing may override promote new to good with reason
  sales may hold a lead at most 7 days with reason
  marketing may hold a lead at most 60 days with reason
}
"""


# ---- The model -----------------------------------------------------------------------------------

class Lead:
  def __init__(self, now):
    self.stage, self.since, self.ready, self.hold = "new", now, None, None   # hold: (until, party)


class Account:
  def __init__(self):
    self.size, self.lead, self.decided = None, None, []

  def decide(self, now, *what):
    self.decided.append((now, *what))

  def enter(self, now, stage):
    self.decide(now, "stage_changed", self.lead.stage, stage)
    self.lead.stage, self.lead.since = stage, now
    if stage in ("customer", "lost"):
      if self.lead.hold:
        self.decide(now, "released", self.lead.hold[1])
      self.decide(now, "closed", stage)
      self.lead = None

  def next_stage(self, now, won, by_time):
    """Where a clause leads now; None: nowhere. An event at an instant comes before what is due."""
    lead = self.lead
    if lead.stage == "new" and self.size is not None and self.size >= 100:
      return "good"
    if lead.stage == "good" and lead.ready:
      return "working"
    if lead.stage == "working" and won:
      return "customer"
    due = lead.since + STAY_MAX
    return "lost" if due < now or (by_time and due == now) else None

  def follow_clauses(self, now, won=False, by_time=False):
    while self.lead and not self.lead.hold:
      stage = self.next_stage(now, won, by_time)
      if not stage:
        return
      self.enter(now, stage)
    if self.lead and won and self.lead.stage == "working":
      self.decide(now, "held_back")

  def next_instant(self):
    if not self.lead:
      return None
    return self.lead.hold[0] if self.lead.hold else self.lead.since + STAY_MAX

  def let_time_pass(self, until):
    """All that is due before `until`."""
    while (now := self.next_instant()) is not None and now < until:
      if self.lead.hold:
        self.decide(now, "released", self.lead.hold[1])
        self.lead.hold = None
      self.follow_clauses(now, by_time=True)

  def ask(self, now, data):
    self.size = data.get("size", self.size)
    if not self.lead:
      self.lead = Lead(now)
      self.decide(now, "opened")
    self.lead.ready = data.get("ready", self.lead.ready)

  def refusal_of_move(self, party, to, reason):
    """Why it may not be; None: it may."""
    stage = self.lead.stage
    if (party, to) == ("sales", "lost") and stage in ("new", "good"):
      if self.size is None or self.size >= 10:
        return "not_now"
    elif (party, to, stage) not in (("sales", "lost", "working"), ("marketing", "good", "new")):
      return "no_power"
    given = reason in REASONS if to == "lost" else reason
    return None if given else "no_reason"

  def move(self, now, data):
    refusal = self.refusal_of_move(data["party"], data["to"], data.get("reason"))
    if refusal:
      self.decide(now, "refused", refusal)
    else:
      self.decide(now, "moved", data["party"], data["to"])
      self.enter(now, data["to"])

  def hold(self, now, data):
    most = now + HOLD_MAX[data["party"]]
    until = data.get("until", most)
    refusal = ("held_already" if self.lead.hold else "no_reason" if not data.get("reason")
               else "past" if until <= now else "too_long" if until > most else None)
    if refusal:
      self.decide(now, "refused", refusal)
    else:
      self.lead.hold = until, data["party"]
      self.decide(now, "held", data["party"], until)

  def release(self, now, data):
    if not self.lead.hold:
      self.decide(now, "refused", "not_held")
    elif self.lead.hold[1] != data["party"]:
      self.decide(now, "refused", "no_power")
    else:
      self.lead.hold = None
      self.decide(now, "released", data["party"])

  def take(self, now, kind, data):
    if kind == "ask":
      self.ask(now, data)
    elif kind != "deal.won" and not self.lead:
      self.decide(now, "unbound")
    elif kind != "deal.won":
      decide = {"lead.moved": self.move, "lead.held": self.hold, "lead.released": self.release}
      decide[kind](now, data)
    self.follow_clauses(now, won=kind == "deal.won")


# ---- Random events -------------------------------------------------------------------------------

def random_event(dice, now):
  """(type, data)"""
  kind = dice.choice(7 * ["ask"] + 2 * ["deal.won"] + 4 * ["lead.moved", "lead.held"]
                     + 3 * ["lead.released"])
  data = {}
  if kind == "ask":
    if dice.random() < 0.6:
      data["size"] = dice.choice([5, 50, 500])
    if dice.random() < 0.6:
      data["ready"] = dice.random() < 0.6
  elif kind != "deal.won":
    data["party"] = dice.choice(["sales", "marketing"])
    if dice.random() < 0.8:
      data["reason"] = dice.choice([*REASONS, "fair"])
  if kind == "lead.moved":
    data["to"] = dice.choice(["lost", "lost", "good", "working"])
  if kind == "lead.held" and dice.random() < 0.5:
    data["until"] = now + dice.choice([-DAY, 0, 1, DAY, 5 * DAY, 10 * DAY, 70 * DAY,
                                       dice.randrange(8 * DAY)])
  return kind, data


def play(dice):
  """The accounts at the end, the events, and the last instant."""
  accounts = {f"a{number}": Account() for number in range(ACCOUNTS)}
  now, events = START, []
  for _ in range(EVENTS):
    now += dice.choice([0, 0, 1, HOUR, DAY, dice.randrange(3 * DAY)])
    name = dice.choice(list(accounts))
    instant = accounts[name].next_instant()
    if instant is not None and dice.random() < 0.2:
      now = max(now, instant + dice.choice([-1, 0, 0, 1]))
    kind, data = random_event(dice, now)
    for account in accounts.values():
      account.let_time_pass(now)
    accounts[name].take(now, kind, data)
    events.append((now, name, kind, data))
  for account in accounts.values():
    account.let_time_pass(now + 100 * DAY + 1)
  return accounts, events, now + 100 * DAY


# ---- What treaty decides -------------------------------------------------------------------------

def instant_text(ms):
  return (datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.")
          + f"{ms % 1000:03}Z")


def ms_of(text):
  instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
  return int(instant.replace(microsecond=0).timestamp()) * 1000 + instant.microsecond // 1000


def line_of(number, now, account, kind, data):
  data = {key: instant_text(value) if key == "until" else value for key, value in data.items()}
  return json.dumps({"specversion": "1.0", "source": "test", "id": str(number), "type": kind,
                     "time": instant_text(now), "account": account, "data": data}) + "\n"


SHOWN = {
  "lead.opened": ("opened",), "lead.stage_changed": ("stage_changed", "from", "to"),
  "lead.closed": ("closed", "to"), "lead.held_back": ("held_back",),
  "lead.held": ("held", "party", "until"), "lead.released": ("released", "party"),
  "lead.moved": ("moved", "party", "to"), "power.refused": ("refused", "name"),
  "event.unbound": ("unbound",),
}


def decisions(folder, events, until):
  """By account, as the model writes them; that a won deal found no lead is not of interest."""
  (folder / "a.treaty").write_text(TREATY, encoding="utf-8")
  feed = "".join(line_of(number, *event) for number, event in enumerate(events))
  done = subprocess.run([BINARY, "run", "a.treaty", "-", "--format", "json", "--until",
                         instant_text(until)], cwd=folder, input=feed, capture_output=True,
                        text=True, timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"powers: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  found = {}
  for line in done.stdout.splitlines():
    decision = json.loads(line)
    kind, data = decision["type"].removeprefix("treaty."), decision["data"]
    if kind not in SHOWN or data.get("name") == "deal.won":
      continue
    word, *keys = SHOWN[kind]
    values = [ms_of(data[key]) if key == "until" else data[key] for key in keys]
    found.setdefault(decision["account"], []).append((ms_of(decision["time"]), word, *values))
  return found


def difference(found, expected):
  for number in range(max(len(found), len(expected))):
    treaty = found[number] if number < len(found) else None
    model = expected[number] if number < len(expected) else None
    if treaty != model:
      return f"decision {number + 1} is {treaty}, and it should be {model}"
  return None


def main():
  parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
  parser.add_argument("--seed", type=int, default=1)
  parser.add_argument("--feeds", type=int, default=20)
  options = parser.parse_args()
  agreed = failed = 0
  with tempfile.TemporaryDirectory(prefix="treaty-powers-") as folder:
    for seed in range(options.seed, options.seed + options.feeds):
      accounts, events, until = play(random.Random(seed))
      found = decisions(Path(folder), events, until)
      for name, account in accounts.items():
        wrong = difference(found.get(name, []), account.decided)
        agreed += len(account.decided)
        if wrong:
          failed += 1
          print(f"FAILED seed {seed}, account {name}: {wrong}")
  print(f"{agreed} decisions of {options.feeds} feeds, {failed} accounts differ")
  return 1 if failed or not agreed else 0


if __name__ == "__main__":
  sys.exit(main())
