#!/usr/bin/env python3
"""business_time.py - open time through the language: what `respond within … in CALENDAR` makes of a
start and a duration, by `treaty run`.

  business_time.py [--seed N] [--calendars N]

1. The vectors of tests/data/business_time_vectors.json, which two further programs computed: for
   each a calendar and a hand-over; the deadline of one that adds, the open time of one that
   measures.
2. Random calendars, with shifts over midnight, closures and an iCalendar file, mostly around a
   change of the clocks: against a walk minute by minute over Python's wall clock.

TREATY_BIN names the program.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from bisect import bisect_left
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
VECTORS = ROOT / "tests" / "data" / "business_time_vectors.json"
SECONDS_MAX = 120
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
         "America/St_Johns", "Africa/Casablanca", "Europe/Dublin", "Asia/Kolkata", "Africa/Cairo",
         "Asia/Gaza", "America/Havana", "UTC")
QUESTIONS, WINDOW_DAYS, HOURS_MAX = 25, 40, 60
DAY_MINUTES, WEEK_MINUTES = 1440, 7 * 1440
EPOCH = date(1970, 1, 1)


# ---- Asking treaty -------------------------------------------------------------------------------

class Question:
  """A start, and either the open seconds of which the end is asked, or the end."""

  def __init__(self, name, calendar, start, seconds, end):
    self.name, self.calendar = name, calendar
    self.start, self.seconds, self.end = start, seconds, end


def treaty_of(calendars, questions):
  lines = ['zone "UTC"', "party marketing", "party sales", "lead { n whole number }",
           "event ask by buyer { n whole number }", "event yes by sales",
           "on ask { set lead.n to event.n }",
           "stages { new owned by marketing, opened by (ask)  sold owned by sales, won }"]
  for number, text in enumerate(calendars):
    lines.append(f"calendar c{number} {{\n{text}\n}}")
  lines.append('agreement "A" version 1 between marketing and sales in force from 1990-01-01 {')
  lines.append("  applies otherwise")
  for number, question in enumerate(questions):
    lines.append(f"  hand new from marketing to sales when lead.n = {number}"
                 " accepted by yes to sold"
                 f" respond within {question.seconds} seconds in c{question.calendar}")
  return "\n".join([*lines, "}", ""])


def instant(when):
  return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def feed_of(questions):
  """Each account asks at the start, and is answered at the end."""
  events = []
  for number, question in enumerate(questions):
    events.append((question.start, {"type": "ask", "data": {"n": number}, "account": f"a{number}"}))
    events.append((question.end, {"type": "yes", "account": f"a{number}"}))
  events.sort(key=lambda event: event[0])
  return "".join(json.dumps({"specversion": "1.0", "source": "test", "id": str(number),
                             "time": instant(when), **event}) + "\n"
                 for number, (when, event) in enumerate(events))


def answers(folder, calendars, questions):
  """(deadline, open milliseconds until the answer) of each question."""
  (folder / "a.treaty").write_text(treaty_of(calendars, questions), encoding="utf-8")
  until = instant(max(question.end for question in questions) + timedelta(days=1))
  done = subprocess.run([BINARY, "run", "a.treaty", "-", "--format", "json", "--until", until],
                        cwd=folder, input=feed_of(questions), capture_output=True, text=True,
                        timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"business_time: treaty run ends with exit {done.returncode}\n{done.stderr[-2000:]}")
  due, open_ms = {}, {}
  for line in done.stdout.splitlines():
    decision = json.loads(line)
    number = int(decision.get("account", "a-1")[1:])
    if decision["type"] == "treaty.handover.offered":
      due[number] = datetime.fromisoformat(decision["data"]["due"].replace("Z", "+00:00"))
    elif decision["type"] == "treaty.handover.accepted":
      open_ms[number] = decision["data"]["open_ms"]
  return [(due.get(number), open_ms.get(number)) for number in range(len(questions))]


class Tally:
  def __init__(self):
    self.passed = self.failed = 0

  def compare(self, what, found, expected):
    if found == expected:
      self.passed += 1
    else:
      self.failed += 1
      print(f"FAILED {what}: {found}, and it should be {expected}")


# ---- Vectors -------------------------------------------------------------------------------------

def calendar_text(week, zone):
  lines = [f'  zone "{zone}"']
  for weekday in WEEKDAYS:
    hours = ", ".join(f"{start} to {end}" for start, end in week.get(weekday, []))
    if hours:
      lines.append(f"  {weekday} {hours}")
  return "\n".join(lines)


def question_of(number, vector):
  start = datetime.fromisoformat(vector["start"])
  adds = vector["op"] == "add"
  return Question(vector["id"], number, start,
                  vector["amount_seconds"] if adds else vector["expected_seconds"],
                  datetime.fromisoformat(vector["expected_end" if adds else "end"]))


def run_vectors(folder, tally):
  vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
  calendars = [calendar_text(vector["calendar"]["week"], vector["calendar"]["timezone"])
               for vector in vectors]
  questions = [question_of(number, vector) for number, vector in enumerate(vectors)]
  for vector, question, (due, open_ms) in zip(vectors, questions,
                                              answers(folder, calendars, questions)):
    if vector["op"] == "add":
      tally.compare(f"{question.name}, deadline", due, question.end)
    tally.compare(f"{question.name}, open time", open_ms, question.seconds * 1000)


# ---- Random calendars ----------------------------------------------------------------------------

def random_hours(dice):
  """Intervals of the week in minutes from Monday, none over another; those of a day in one list."""
  taken, week = [False] * WEEK_MINUTES, {weekday: [] for weekday in WEEKDAYS}
  for _ in range(dice.randint(2, 14)):
    first, length = dice.randrange(WEEK_MINUTES), dice.randint(1, DAY_MINUTES)
    if dice.random() < 0.5:
      first, length = first // 60 * 60, -(-length // 60) * 60
    minutes = [(first + k) % WEEK_MINUTES for k in range(length)]
    if any(taken[minute] for minute in minutes):
      continue
    for minute in minutes:
      taken[minute] = True
    week[WEEKDAYS[first // DAY_MINUTES]].append((first % DAY_MINUTES, first % DAY_MINUTES + length))
  return week


def clock_text(minute):
  return f"{minute // 60:02}:{minute % 60:02}"


def written(week):
  def end_text(end):
    return clock_text(end if end <= DAY_MINUTES else end - DAY_MINUTES)
  return {weekday: [(clock_text(start), end_text(end)) for start, end in hours]
          for weekday, hours in week.items()}


class Calendar:
  """A random one, and for each minute of a window whether it is open."""

  def __init__(self, dice):
    self.zone = dice.choice(ZONES)
    self.week = random_hours(dice)
    self.first = self.first_day(dice)
    days = [self.first + timedelta(days=dice.randrange(WINDOW_DAYS)) for _ in range(6)]
    self.closed, self.holidays = days[:dice.randint(0, 3)], days[3:]
    self.walk()

  def first_day(self, dice):
    """Mostly some days before a change of the clocks, if there is one within the year."""
    day, zone = date(dice.randint(1995, 2025), 1, 1), ZoneInfo(self.zone)
    day += timedelta(dice.randrange(365))
    if dice.random() < 0.25:
      return day

    def offset(of):
      return datetime(of.year, of.month, of.day, tzinfo=zone).utcoffset()

    for later in range(366):
      if offset(day + timedelta(later)) != offset(day + timedelta(later + 1)):
        return day + timedelta(later - dice.randint(3, 10))
    return day

  def walk(self):
    zone = ZoneInfo(self.zone)
    self.start = datetime(self.first.year, self.first.month, self.first.day, tzinfo=timezone.utc)
    shown, latest = [], 0   # what the wall has shown at the latest, in minutes since 1970
    for minute in range(WINDOW_DAYS * DAY_MINUTES):
      wall = (self.start + timedelta(minutes=minute)).astimezone(zone)
      now = (wall.date() - EPOCH).days * DAY_MINUTES + wall.hour * 60 + wall.minute
      latest = max(latest, now)
      shown.append(latest)
    self.open = [False] * len(shown)
    for number in range(-2, WINDOW_DAYS + 2):
      day = self.first + timedelta(number)
      if day in self.closed or day in self.holidays:
        continue
      midnight = (day - EPOCH).days * DAY_MINUTES
      for start, end in self.week[WEEKDAYS[day.weekday()]]:
        first, last = bisect_left(shown, midnight + start), bisect_left(shown, midnight + end)
        self.open[first:last] = [True] * (last - first)

  def text(self, file):
    closed = "".join(f"\n  closed on {day}" for day in self.closed)
    return f'{calendar_text(written(self.week), self.zone)}{closed}\n  holidays "{file}"'

  def file(self):
    events = "".join(f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nEND:VEVENT\r\n"
                     for day in self.holidays)
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"

  def end_of(self, start_second, seconds):
    """The second of the window by which that much open time has passed; None: not within it."""
    for minute in range(start_second // 60, len(self.open)):
      here = minute * 60 + 60 - max(start_second, minute * 60)
      if not self.open[minute]:
        continue
      if seconds <= here:
        return max(start_second, minute * 60) + seconds
      seconds -= here
    return None


def random_questions(dice, calendar):
  """Those of which the window shows the end."""
  questions = []
  for number in range(4 * QUESTIONS):
    start = dice.randrange(DAY_MINUTES * 60, 14 * DAY_MINUTES * 60)
    seconds = dice.randint(1, HOURS_MAX * 3600)
    end = calendar.end_of(start, seconds)
    if end is not None:
      questions.append(Question(f"question {number}", 0, calendar.start + timedelta(seconds=start),
                                seconds, calendar.start + timedelta(seconds=end)))
  return questions[:QUESTIONS]


def run_random(folder, tally, seed, count):
  for number in range(count):
    dice = random.Random(f"{seed}.{number}")
    calendar = Calendar(dice)
    questions = random_questions(dice, calendar)
    if not questions:
      continue
    (folder / "a.ics").write_text(calendar.file(), encoding="utf-8", newline="")
    for question, (due, open_ms) in zip(questions,
                                        answers(folder, [calendar.text("a.ics")], questions)):
      what = f"seed {seed}, calendar {number} in {calendar.zone}, {question.name}"
      tally.compare(f"{what}, deadline", due, question.end)
      tally.compare(f"{what}, open time", open_ms, question.seconds * 1000)


def main():
  parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
  parser.add_argument("--seed", type=int, default=1)
  parser.add_argument("--calendars", type=int, default=20)
  options = parser.parse_args()
  tally = Tally()
  with tempfile.TemporaryDirectory(prefix="treaty-business-time-") as folder:
    run_vectors(Path(folder), tally)
    vectors = tally.passed
    run_random(Path(folder), tally, options.seed, options.calendars)
  print(f"{vectors} of the vectors, {tally.passed - vectors} of random calendars agree, "
        f"{tally.failed} do not")
  return 1 if tally.failed or not vectors or tally.passed == vectors else 0


if __name__ == "__main__":
  sys.exit(main())
