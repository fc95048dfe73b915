#!/usr/bin/env python3
"""periods.py - quotas on random treaties and feeds, held against a second reckoning.

Versions of one agreement follow each other, with gaps or none; each owes something else in each
week, month or quarter. Events come late and are taken back, leads close and open again, people
join, leave and are absent. Every decision about a quota, in its order, with how much was reached,
must be the one that is worked out here from the lines alone.

  tests/periods.py [--rules N] [--seed N]

TREATY_BIN names the program. What fails prints the seed that repeats it.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
SECONDS_MAX = 60
RULES = 60
SEED = 20261128
EVENTS = 220
DAY_MS = 86400000
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")
TEAMS = {"east": "sales", "west": "sales", "web": "marketing"}
PEOPLE = {"jo": "east", "kim": "west", "lu": "web"}
NAMES = ("jo", "kim", "lu", "mia", "nobody")
# what is counted -> (how it is written, the field that is summed, its unit)
COUNTED = {
  "new": ("new", None), "done": ("done", None), "ask": ("ask", None), "call": ("call", None),
  "big": ("big", None), "n": ("n of call", "n"), "amount": ("amount of paid", "amount"),
}
STAGES = ("new", "done")

TREATY = """use "std/events"
zone "{zone}"
party marketing
party sales
event ask by buyer
event call by sales {{ n whole number }}
event paid by sales {{ amount money in EUR }}
event close by sales
signal big on call where n >= 3
stages {{
  new  owned by marketing, opened by (ask)
  done owned by sales, won
}}
team east of sales
team west of sales
team web of marketing
people {{ "jo" in east  "kim" in west  "lu" in web }}
{agreements}"""


def instant(ms):
  text = (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
  return text.replace("+00:00", "Z")


# ---- Treaties and feeds --------------------------------------------------------------------------

class Quota:
  def __init__(self, chance):
    self.counted = chance.choice(list(COUNTED))
    self.what, self.field = COUNTED[self.counted]
    self.party = chance.choice(("sales", "sales", "marketing"))
    self.per = chance.choice(("week", "month", "quarter"))
    self.each = self.counted not in STAGES and chance.random() < 0.5
    scale = {"week": 1, "month": 4, "quarter": 9}[self.per]
    self.owed = chance.randint(1, 3) * scale * (40 if self.field == "amount" else 1)
    self.steps = [chance.choice((10, 33.3, 50, 75, 100)) for _ in range(chance.randint(0, 3))]
    self.line = None

  def text(self):
    amount = f"{self.owed} EUR" if self.field == "amount" else self.owed
    head = f"{amount} of {self.what}" if self.field else f"{self.owed} {self.what}"
    steps = "".join(f" at {step}% remind {self.party}" for step in self.steps)
    return (f"{self.party} owes {head} per {self.per}{' each rep' if self.each else ''}"
            f"{' {' + steps + ' }' if steps else ''}")


class Version:
  def __init__(self, number, first_day, last_day, zone, chance):
    self.number, self.first, self.last = number, first_day, last_day
    self.from_ms = day_begin(first_day, zone)
    self.to_ms = day_begin(last_day + timedelta(days=1), zone) if last_day else None
    self.quotas = [Quota(chance) for _ in range(chance.randint(0, 4))]

  def in_force(self, at_ms):
    return self.from_ms <= at_ms and (self.to_ms is None or at_ms < self.to_ms)

  def text(self):
    to = f" to {self.last}" if self.last else ""
    return (f'agreement "a" version {self.number} between marketing and sales '
            f"in force from {self.first}{to} {{\n  applies otherwise\n  move new to done on close\n"
            + "".join(f"  {quota.text()}\n" for quota in self.quotas) + "}\n")


def day_begin(day, zone):
  """The first instant of a date; none of these zones leaves midnight out."""
  local = datetime(day.year, day.month, day.day, tzinfo=zone)
  return (local - EPOCH) // timedelta(milliseconds=1)


def make_versions(chance, zone):
  versions, day = [], date(2025, 1, 1) + timedelta(days=chance.randint(0, 60))
  for number in range(1, chance.randint(1, 3) + 1):
    is_open = chance.random() < 0.3
    last = None if is_open else day + timedelta(days=chance.randint(20, 90))
    versions.append(Version(number, day, last, zone, chance))
    after = (last or day + timedelta(days=chance.randint(20, 90))) + timedelta(days=1)
    day = after + timedelta(days=chance.choice((0, 0, 0, 12)))
  return versions


def make_feed(chance, start_ms):
  events, clock_ms, sent = [], start_ms, []
  for number in range(1, EVENTS + 1):
    clock_ms += 1 + chance.randint(0, 2 * DAY_MS)
    kind = chance.choices(("ask", "call", "paid", "close", "event.voided", "rep.joined",
                           "rep.left", "rep.absent"), (20, 40, 25, 8, 5, 2, 1, 2))[0]
    late = clock_ms > start_ms and not kind.startswith("rep.") and chance.random() < 0.25
    event = {"specversion": "1.0", "id": str(number), "source": "/x", "type": kind,
             "time": clock_ms - (chance.randint(0, 45 * DAY_MS) if late else 0)}
    if kind.startswith("rep."):
      event["data"] = {"rep": chance.choice(NAMES[:4])}
      if kind == "rep.joined":
        event["data"]["team"] = chance.choice((*TEAMS, "none"))
      if kind == "rep.absent":
        event["data"]["until"] = instant(clock_ms + chance.randint(0, 20 * DAY_MS))
        if chance.random() < 0.5:
          event["data"]["since"] = instant(clock_ms + chance.randint(-9 * DAY_MS, 9 * DAY_MS))
    elif kind == "event.voided":
      if not sent:
        continue
      about = chance.choice(sent)
      event["account"] = about["account"]
      event["data"] = {"source": "/x", "id": about["id"]}
    else:
      event["account"] = chance.choice("abcde")
      if chance.random() < 0.6:
        event["actor"] = chance.choice(NAMES)
      if kind == "call" and chance.random() < 0.9:
        event["data"] = {"n": chance.randint(0, 5)}
      if kind == "paid" and chance.random() < 0.9:
        event["data"] = {"amount": chance.randint(-500, 6000) / 100}
      if kind in ("call", "paid"):
        sent.append(event)
    events.append(event)
  return events


# ---- The second reckoning ------------------------------------------------------------------------

class Rep:
  def __init__(self, name, team, since_ms):
    self.name, self.party, self.since_ms, self.left = name, TEAMS[team], since_ms, False
    self.said = []   # [from, until, until when that was said]
    self.says = None


class Owed:
  """A quota of a version, in its periods."""

  def __init__(self, world, version, quota):
    self.world, self.version, self.quota = world, version, quota
    self.steps = sorted(range(len(quota.steps)), key=lambda index: quota.steps[index])
    self.periods = {}   # begin -> [until, {rep: reached}, {rep: kept | broken}, items]
    self.running = None
    self.begin(world.clock_ms)

  def bounds(self, at_ms):
    day = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(self.world.zone).date()
    if self.quota.per == "week":
      first = day - timedelta(days=day.weekday())
      after = first + timedelta(days=7)
    else:
      months = 1 if self.quota.per == "month" else 3
      first = date(day.year, (day.month - 1) // months * months + 1, 1)
      following = first.year * 12 + first.month - 1 + months
      after = date(following // 12, following % 12 + 1, 1)
    return day_begin(first, self.world.zone), day_begin(after, self.world.zone)

  def is_owed(self, from_ms, until_ms):
    versions = self.world.versions
    if [v for v in versions if v.in_force(from_ms)][-1:] != [self.version]:
      return False
    # in force throughout: it can only end where a version does
    ends = [v.to_ms for v in versions if v.to_ms and from_ms <= v.to_ms < until_ms]
    return all(any(v.in_force(at_ms) for v in versions) for at_ms in ends)

  def begin(self, at_ms):
    from_ms, until_ms = self.bounds(at_ms)
    self.from_ms, self.until_ms = from_ms, until_ms
    self.running = from_ms if self.is_owed(from_ms, until_ms) else None
    self.next_step = 0
    if self.running is None:
      return
    self.periods[from_ms] = [until_ms, {}, {}, []]
    while self.next_step < len(self.steps) and self.step_ms() < self.world.clock_ms:
      self.next_step += 1

  def step_ms(self):
    share = round(self.quota.steps[self.steps[self.next_step]] * 10)
    length_ms = self.until_ms - self.from_ms
    return self.until_ms - 1 if share == 1000 else self.from_ms - (-length_ms * share // 1000)

  def next_ms(self):
    waits = self.running is not None and self.next_step < len(self.steps)
    return self.step_ms() if waits else self.until_ms - 1

  def owners(self):
    if not self.quota.each:
      return [None]
    return [rep.name for rep in self.world.reps if rep.party == self.quota.party and not rep.left
            and rep.since_ms <= self.from_ms]

  def tell(self, kind, from_ms, owner, **more):
    reached = self.periods[from_ms][1].get(owner, 0)
    if self.quota.field == "amount":
      whole, cents = divmod(abs(reached), 100)
      text = f"{'-' if reached < 0 else ''}{whole}{f'.{cents:02}' if cents else ''} EUR"
    else:
      text = str(reached)
    self.world.told.append({"type": kind, "version": self.version.number, "rep": owner,
                            "name": self.quota.what, "started": from_ms, "reached": text,
                            "time": self.world.clock_ms, **more})

  def do_step(self):
    percent = self.quota.steps[self.steps[self.next_step]]
    for owner in self.owners():
      if self.periods[self.running][2].get(owner) != "kept":
        self.tell("reminded", self.running, owner, percent=percent)
    self.next_step += 1

  def pass_by(self):
    while self.next_ms() <= self.world.clock_ms:
      if self.running is not None and self.next_ms() < self.until_ms - 1:
        self.do_step()
        continue
      if self.running is not None:
        stands = self.periods[self.running][2]
        for owner in self.owners():
          if stands.get(owner) != "kept":
            stands[owner] = "broken"
            more = {"absent_ms": self.world.absent_ms(owner, self.from_ms, self.until_ms)} \
                if self.quota.each else {}
            self.tell("broken", self.running, owner, **{k: v for k, v in more.items() if v})
        while self.next_step < len(self.steps):
          self.do_step()
        if "broken" not in stands.values():
          del self.periods[self.running]
      self.begin(self.until_ms)

  def add(self, at_ms, amount, owner, seq=None):
    from_ms, _ = self.bounds(at_ms)
    if from_ms not in self.periods:
      return
    _, reached, stands, items = self.periods[from_ms]
    reached[owner] = reached.get(owner, 0) + amount
    if seq is not None:
      items.append((seq, owner, amount))
    owed = self.quota.owed * (100 if self.quota.field == "amount" else 1)
    if from_ms != self.running:
      if stands.get(owner) == "broken":
        self.tell("noted", from_ms, owner, enough=reached[owner] >= owed, happened=at_ms)
    elif stands.get(owner) != "kept" and reached[owner] >= owed and owner in self.owners():
      stands[owner] = "kept"
      self.tell("kept", from_ms, owner)

  def void(self, seq):
    for _, reached, _, items in self.periods.values():
      for item in [item for item in items if item[0] == seq]:
        reached[item[1]] -= item[2]
        items.remove(item)


class World:
  def __init__(self, versions, zone):
    self.versions, self.zone = versions, zone
    self.reps = [Rep(name, team, -10**15) for name, team in PEOPLE.items()]
    self.leads = {}      # account -> "waits" until an agreement governs it, else "counted"
    self.counts = {}     # id of an event that counts -> its number
    self.told, self.owed, self.clock_ms = [], None, None

  def rep(self, name):
    return next((rep for rep in self.reps if rep.name == name), None)

  def absent_ms(self, name, from_ms, until_ms):
    rep = self.rep(name)
    spans = [(begin, min(end, said_until)) for begin, end, said_until in rep.said]
    if rep.says:
      spans.append(rep.says)
    edges = sorted({from_ms, until_ms, *(edge for span in spans for edge in span)})
    return sum(right - left for left, right in zip(edges, edges[1:])
               if from_ms <= left and right <= until_ms
               and any(begin <= left and right <= end for begin, end in spans))

  def enter(self, stage):
    for owed in self.owed:
      if owed.quota.counted == stage and owed.running is not None:
        owed.add(self.clock_ms, 1, None)

  def governed(self):
    return any(version.in_force(self.clock_ms) for version in self.versions)

  def govern(self, account):
    if self.leads[account] == "waits" and self.governed():
      self.leads[account] = "counted"
      self.enter("new")

  def let_pass(self, clock_ms):
    """All instants before `clock_ms`: versions begin, then quotas have something to do."""
    while True:
      begins = [v.from_ms for v in self.versions if self.clock_ms < v.from_ms < clock_ms]
      next_ms = min(begins + [owed.next_ms() for owed in self.owed])
      if next_ms >= clock_ms:
        break
      self.clock_ms = max(self.clock_ms, next_ms)
      for account in sorted(self.leads) if next_ms in begins else ():
        self.govern(account)
      for owed in self.owed:
        owed.pass_by()
    self.clock_ms = clock_ms

  def take_people(self, event):
    data = event["data"]
    rep = self.rep(data["rep"])
    if event["type"] == "rep.joined":
      team = data["team"]
      if team not in TEAMS:
        return
      if not rep:
        rep = Rep(data["rep"], team, self.clock_ms)
        self.reps.append(rep)
      if rep.left or rep.party != TEAMS[team]:
        rep.since_ms = self.clock_ms
      rep.party, rep.left = TEAMS[team], False
    if not rep:
      return
    if event["type"] == "rep.left":
      rep.left = True
      return
    if rep.says:
      rep.said.append((*rep.says, self.clock_ms))
    rep.says = None
    if event["type"] == "rep.absent":
      since = data.get("since", instant(self.clock_ms))
      begin, end = (parse(text) for text in (since, data["until"]))
      rep.says = (begin, max(begin, end))

  def owner_of(self, owed, event):
    if not owed.quota.each:
      return None
    rep = self.rep(event.get("actor"))
    return rep.name if rep and rep.party == owed.quota.party else False

  def hear(self, event, seq):
    data = event.get("data", {})
    names = {event["type"], "big" if event["type"] == "call" and data.get("n", 0) >= 3 else None,
             {"call": "n", "paid": "amount"}.get(event["type"])}
    for owed in self.owed:
      field = owed.quota.field
      if owed.quota.counted not in names or owed.quota.counted in STAGES:
        continue
      if field and field not in data:
        continue
      owner = self.owner_of(owed, event)
      if owner is not False:
        amount = round(data[field] * 100) if field == "amount" else data[field] if field else 1
        owed.add(min(event["time"], self.clock_ms), amount, owner, seq)

  def take(self, event, seq):
    clock_ms = event["time"] if self.clock_ms is None else max(self.clock_ms, event["time"])
    if self.owed is None:
      self.clock_ms = clock_ms
      self.owed = [Owed(self, version, quota) for version in self.versions
                   for quota in version.quotas]
    if self.owed:
      self.let_pass(clock_ms)
    self.clock_ms = clock_ms
    if event["type"].startswith("rep."):
      self.take_people(event)
      return
    if event["type"] == "event.voided":
      seq = self.counts.pop(event["data"]["id"], None)
      for owed in self.owed:
        owed.void(seq)
      return
    self.counts[event["id"]] = seq
    account = event["account"]
    if event["type"] == "ask" and account not in self.leads:
      self.leads[account] = "waits"
    if account not in self.leads:
      return
    self.govern(account)
    if not self.governed():
      return
    self.hear(event, seq)
    if event["type"] == "close":
      del self.leads[account]
      self.enter("done")


def parse(text):
  return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def worked_out(versions, zone, events):
  world = World(versions, zone)
  for seq, event in enumerate(events, 1):
    world.take(event, seq)
  return world.told


# ---- Comparing -----------------------------------------------------------------------------------

def make(seed):
  """(the zone's name, versions, the treaty's text, events)"""
  chance = random.Random(seed)
  zone_name = chance.choice(ZONES)
  zone = ZoneInfo(zone_name)
  versions = make_versions(chance, zone)
  text = TREATY.format(zone=zone_name, agreements="".join(v.text() for v in versions))
  start_ms = day_begin(date(2025, 1, 1), zone) + chance.randint(0, 40 * DAY_MS)
  return zone_name, versions, text, make_feed(chance, start_ms)


def write(text, events, folder):
  """The paths of the treaty and of its feed."""
  treaty, feed = Path(folder) / "a.treaty", Path(folder) / "a.ndjson"
  treaty.write_text(text)
  feed.write_text("".join(json.dumps({**event, "time": instant(event["time"])}) + "\n"
                          for event in events))
  return treaty, feed


def decided(text, events, folder):
  treaty, feed = write(text, events, folder)
  done = subprocess.run([BINARY, "run", treaty, feed, "--format", "json"], text=True,
                        stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS_MAX)
  if done.returncode != 0 or "refused" in done.stderr:
    sys.exit(f"periods: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}\n{text}")
  told = []
  for row in map(json.loads, done.stdout.splitlines()):
    if not row["type"].startswith("treaty.quota."):
      continue
    data = row["data"]
    told.append({"type": row["type"].rsplit(".", 1)[1], "rep": data.get("rep"),
                 "version": int(row["source"].rsplit("@", 1)[1]), "name": data["name"],
                 "started": parse(data["started"]), "reached": data["reached"],
                 "time": parse(row["time"]),
                 **{key: data[key] for key in ("percent", "absent_ms", "enough") if key in data},
                 **({"happened": parse(data["happened"])} if "happened" in data else {})})
  return told


def one(seed, seen):
  zone_name, versions, text, events = make(seed)
  with tempfile.TemporaryDirectory() as folder:
    found = decided(text, events, folder)
  expected = worked_out(versions, ZoneInfo(zone_name), events)
  for row in found:
    seen[row["type"]] = seen.get(row["type"], 0) + 1
    seen["absent"] = seen.get("absent", 0) + ("absent_ms" in row)
    seen["rep"] = seen.get("rep", 0) + bool(row["rep"])
  if found == expected:
    return True
  place = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b),
               min(len(found), len(expected)))
  print(f"FAILED --seed {seed} --rules 1: of {len(found)} and {len(expected)}, number {place}\n"
        f"  treaty:  {found[place:place + 1]}\n  periods: {expected[place:place + 1]}")
  return False


def main():
  options = argparse.ArgumentParser(description="Quotas, worked out beside.")
  options.add_argument("--rules", type=int, default=RULES, help="so many treaties")
  options.add_argument("--seed", type=int, default=SEED, help="of the first")
  given = options.parse_args()
  seen = {}
  good = sum(one(given.seed + number, seen) for number in range(given.rules))
  print(f"{good} passed, {given.rules - good} failed; {dict(sorted(seen.items()))}")
  wanted = ("kept", "broken", "noted", "reminded", "absent", "rep")
  if given.rules >= RULES and any(not seen.get(name) for name in wanted):
    print(f"FAILED something of {wanted} never came")
    return 1
  return 0 if good == given.rules else 1


if __name__ == "__main__":
  sys.exit(main())
