"""agreements.py - agreements at random, as texts: hand-overs with deadlines, with steps, pauses,
questions and withdrawals; duties of every kind; teams. What comes of agreements is held against a
second evaluator in tests/evaluator/; these are for tests that ask other things of them.
"""
WORDS = ["remind", "escalate", "tell"]
OWNED_BY = {"call": "sa", "visit": "sa", "note": "mk"}


class Terms:
  """A time allowed, and its steps as (share in millionths or None, days or None, word)."""

  def __init__(self, rng, every=False):
    self.days = rng.choice([1, 2, 3]) if rng.random() < 0.3 else None
    self.calendar = rng.choice(["office", "split"] + ([] if self.days else [None]))
    self.hours = rng.choice([1, 2, 3.5, 8, 30]) if not self.days else None
    self.pauses = rng.choice(["lead.away", "lead.fit < 20"]) if rng.random() < 0.4 else None
    self.steps = []
    for _ in range(rng.randrange(3)):
      if self.days:
        days = rng.randint(1, self.days if every else self.days + 2)
        self.steps.append((days * 1000000 / self.days, days, rng.choice(WORDS)))
      else:
        percent = rng.choice([25, 50, 100] if every else [25, 50, 75, 100, 130, 200])
        self.steps.append((percent * 10000, None, rng.choice(WORDS)))

  def text(self):
    if self.days:
      return f"{self.days} business days in {self.calendar}"
    amount = f"{int(self.hours * 60)} minutes"
    return amount + (f" in {self.calendar}" if self.calendar else " around the clock")

  def block(self, party, last=""):
    words = {"remind": f"remind {party}", "escalate": "escalate to boss",
             "tell": f'tell {party} "now"'}
    rows = [f"at {days} business days" if days else f"at {share // 10000}%"
            for share, days, _ in self.steps]
    rows = [f"{row} {words[step[2]]}" for row, step in zip(rows, self.steps)]
    rows += [last] if last else []
    if self.pauses:
      rows.append(f"pauses while {self.pauses}")
    return " { " + " ".join(rows) + " }" if rows else ""


# ---- An agreement --------------------------------------------------------------------------------

class Agreement:
  def __init__(self, rng):
    self.lines = [
      'zone "UTC"', 'use "std/events"', "party mk", "party sa", "party pa",
      'contact boss of sa "boss@example.com"',
      "lead { away flag, cold flag, fit number }",
      "event ask by buyer { fit number }",
      "event said by others { away flag, cold flag, fit number }",
      "event ok by sa", "event nope by sa", "event query by sa", "event reply by mk",
      "event call by sa", "event visit by sa", "event note by mk", "event won by sa",
      "event yes by pa",
      "on ask { set lead.fit to event.fit }",
      "on said { set lead.away to event.away set lead.cold to event.cold set lead.fit to event.fit"
      " }",
      "stages {",
      "  new owned by mk, opened by (ask)", "  good owned by mk", "  took owned by sa",
      "  deep owned by sa", "  park owned by mk", "  far owned by pa", "  done owned by sa, won",
      "  lost owned by mk, lost", "}",
      "calendar office { mon to fri 09:00 to 17:00 }",
      "calendar split { mon to thu 08:30 to 12:00, 13:00 to 16:30  fri 09:00 to 13:00 }",
      f"team north of sa {{ pick by {rng.choice(['turns', 'shares', 'fewest open'])}"
      + (", at most 2 open leads each" if rng.random() < 0.4 else "")
      + (", skip absent" if rng.random() < 0.5 else "") + " }",
      "team abroad of pa",
      'people { "jo" in north, share 60% "mia" in north, share 40%',
      '  "kai" in north "pat" in abroad }',
      'agreement "A" version 1 between mk, sa and pa in force from 2020-01-01 {',
      "  applies otherwise"]
    self.hand(rng)
    for _ in range(rng.randint(1, 4)):
      self.duty(rng)
    self.assigns = rng.random() < 0.6
    if self.assigns:
      self.add("  assign took, deep to previous rep else north")
      self.add("  assign far to abroad")
      if rng.random() < 0.5:
        self.add("  reassign took, deep to north on note")
    for line in ("promote new to good when lead.fit >= 30", "move took to deep on visit",
                 "move took, deep to done on won", "move new, good, park to lost after 40 days",
                 "move took, deep, far to lost after 50 days"):
      self.add("  " + line)
    self.lines.append("}")

  def add(self, line):
    self.lines.append(line)

  def hand(self, rng):
    parts = ["  hand good from mk to sa accepted by ok to took"]
    recycled = rng.random() < 0.4
    parts.append("rejected by nope to park" + (" for 5 days, then new" if recycled else ""))
    if rng.random() < 0.5:
      parts.append("sent back by query, clock stopped until reply")
    if rng.random() < 0.5:
      parts.append("withdrawn when lead.cold")
    terms = Terms(rng) if rng.random() < 0.8 else None
    on = terms and rng.random() < 0.3
    if terms:
      last = "at 300% return to park" if rng.random() < 0.4 else ""
      last = "at 300% offer to pa" if on and not terms.days else last
      parts.append(f"respond within {terms.text()}{terms.block('sa', last)}")
    self.add(" ".join(parts))
    terms = Terms(rng)
    self.add("  hand good from mk to pa when lead.fit > 90 accepted by yes to far"
             f" respond within {terms.text()}{terms.block('pa')}")

  def duty(self, rng):
    every = rng.random() < 0.25
    terms = Terms(rng, every)
    owed = rng.choice(list(OWNED_BY))
    party, times = OWNED_BY[owed], 1 if every or rng.random() < 0.7 else 2
    text = f"  {party} owes {owed}" + (f" {times} times" if times > 1 else "")
    if every:
      stage = rng.choice(["good", "took", "deep"])
      start, condition = ("while", stage), f" while stage = {stage}"
      text += f" every {terms.text()}{condition}"
    else:
      start = rng.choice([("entering", "took"), ("entering", "good"), ("acceptance", None),
                          ("signal", "ask"), ("signal", "reply"), ("signal", "ok")])
      after = {"entering": f"entering {start[1]}", "acceptance": "acceptance",
               "signal": start[1]}[start[0]]
      condition = rng.choice(["", "", " unless lead.cold", " while lead.fit >= 10"])
      text += f" within {terms.text()} after {after}{condition}"
    self.add(text + terms.block(party))

  def text(self):
    return "\n".join(self.lines) + "\n"
