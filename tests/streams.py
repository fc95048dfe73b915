"""streams.py - random events for any treaty, made from its text: of the types that it declares,
with the values that it speaks of, at distances that it counts in.

Some events come late, some twice, some cannot be taken. Standard events name what there is: stages
and parties, people and teams, events and leads that came before.
"""
import json
import random
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

STD = Path(__file__).resolve().parent.parent / "rules"
MINUTES = {"second": 1 / 60, "minute": 1, "hour": 60, "day": 1440, "week": 10080}
ACCOUNTS, PEOPLE, LEADS = ["a0", "a1", "a2", "ä3"], ["p0", "p1", "p2"], ["1", "2", "L"]
LATEST = datetime(2026, 11, 20, tzinfo=timezone.utc)   # what lies ahead of now is refused


def without_comments(text):
  return re.sub(r'("(?:[^"\\\n]|\\.)*")|#[^\n]*', lambda match: match[1] or " ", text)


def text_of(path, seen=None):
  """The file with all that it uses, without comments; types of the standard rules as std.NAME."""
  seen = set() if seen is None else seen
  if path.resolve() in seen or not path.exists():
    return ""
  seen.add(path.resolve())
  text = without_comments(path.read_text(encoding="utf-8", errors="replace"))
  if STD / "std" in path.resolve().parents:
    text = re.sub(r"\btype (\w+)", r"type std.\1", text)
  for name in re.findall(r'\buse\s+"([^"]*)"', text):
    used = STD / name if name.startswith("std/") else path.parent / name
    text += "\n" + text_of(used if used.suffix else used.with_suffix(".treaty"), seen)
  return text


def split_fields(block):
  """The parts between the commas that stand in no parentheses."""
  parts, depth = [""], 0
  for char in block:
    depth += (char == "(") - (char == ")")
    if char == "," and depth == 0:
      parts.append("")
    else:
      parts[-1] += char
  return [part.strip() for part in parts if part.strip()]


def words_in(text):
  return re.findall(r"[\w]+", text)


class Vocabulary:
  def __init__(self, path):
    text = text_of(path)
    self.types = {name: spec for name, spec in re.findall(
      r"\btype\s+([\w.]+)\s+as\s+((?:one of|scale|set of)\s*\([^)]*\)|[\w ]+)", text)}
    self.events = {}
    pattern = (r'\bevent\s+(?:"([^"]+)"\s+as\s+)?([\w.]+)\s+by\s+\w+'
               r'(?:\s*,\s*contact)?\s*(?:\{([^}]*)\})?')
    for wire, name, block in re.findall(pattern, text):
      fields = [re.match(r'(?:"([^"]+)"\s+as\s+)?(\w+)\s+(.*)', field, re.S)
                for field in split_fields(block)]
      self.events[wire or name] = [(f[1] or f[2], " ".join(f[3].split())) for f in fields if f]
    self.texts = [t for t in dict.fromkeys(re.findall(r'"([^"\\\n]{1,40})"', text))] or ["x"]
    number = r"(?<![\w.\"-])(\d{1,6}(?:\.\d+)?)(?![\w.\"-])"
    self.numbers = [float(n) for n in re.findall(number, text)]
    span = r"\b(\d+(?:\.\d+)?)\s+(?:business\s+)?(second|minute|hour|day|week)s?\b"
    spans = re.findall(span, text)
    self.minutes = sorted({float(n) * MINUTES[unit] for n, unit in spans}) or [600]
    block = re.search(r"\bstages\s*\{([^}]*)\}", text)
    self.stages = re.findall(r"(\w+)\s+owned\s+by", block[1]) if block else ["new"]
    self.has_powers = "lead.held" in self.events and re.search(r"\w may (move|hold|over)", text)
    self.parties = re.findall(r"\bparty\s+(\w+)", text) or ["x"]
    self.teams = re.findall(r"\bteam\s+(\w+)\s+of\b", text) or ["x"]
    self.reps = re.findall(r'"([^"]+)"\s+in\s+(?!last)', text) or ["jo"]
    self.reasons = [w for r in re.findall(r"\breason\s+one\s+of\s*\(([^)]*)\)", text)
                    for w in words_in(r)] or ["because"]
    dates = sorted(re.findall(r"\bin force from\s+(\d{4}-\d\d-\d\d)", text))
    dates = [d for d in dates if "2000" < d < "2026-11" and d[8:] < "29"] or ["2026-01-01"]
    self.changes = [datetime.fromisoformat(d).replace(tzinfo=timezone.utc) for d in dates]


class Stream:
  def __init__(self, vocabulary, rng):
    self.words, self.rng, self.rows = vocabulary, rng, []
    first, last = vocabulary.changes[0], vocabulary.changes[-1]
    start = last - timedelta(days=rng.randint(1, 20)) if last > first else first + timedelta(days=4)
    self.at = min(start, LATEST - timedelta(days=200)).replace(hour=8)
    self.step = rng.choice([1, 4, 16])   # how many events there are in one of its durations

  def near_number(self):
    number = self.rng.choice(self.words.numbers or [1.0])
    return number + self.rng.choice([0, 0, 0, 1, -1, 10])

  def money(self, currency):
    return f"{int(self.near_number()) * self.rng.choice([1, 1, 100])} {currency}"

  def value(self, name, spec):
    rng = self.rng
    if spec in self.words.types:
      spec = self.words.types[spec]
    of = re.match(r"(one of|scale|set of|list of|money in)\s*\(?([^)]*)\)?$", spec)
    if of and of[1] == "money in":
      return self.money(of[2].strip())
    if of and of[1] == "list of":
      return rng.sample(self.words.texts, min(2, len(self.words.texts)))
    if of:
      inner = self.words.types.get(of[2].strip(), of[2])
      values = [w for w in words_in(inner.split("(")[-1]) if w] or ["a"]
      return rng.choice(values) if of[1] != "set of" else rng.sample(values, min(2, len(values)))
    if spec == "whole number":
      return int(self.near_number())
    if spec == "number":
      return self.near_number()
    if spec == "flag":
      return rng.random() < 0.6
    if spec == "date":
      return (self.at + timedelta(days=rng.randint(-10, 90))).date().isoformat()
    if spec == "time":
      return self.stamp(self.at + timedelta(minutes=rng.choice(self.words.minutes)))
    if spec == "duration":
      return f"{int(rng.choice(self.words.minutes)) + 1} minutes"
    if spec == "rep":
      return rng.choice(self.words.reps)
    if spec == "stage":
      return rng.choice(self.words.stages)
    return rng.choice(self.words.texts) if spec == "text" else None

  def standard_value(self, type, name):
    """Of a field of std/events: something that there is."""
    rng = self.rng
    if type == "event.voided":
      return rng.choice(self.rows)["id"] if self.rows and name == "id" else "/x"
    return rng.choice({
      "party": self.words.parties, "to": self.words.stages, "reason": self.words.reasons,
      "rep": self.words.reps, "team": self.words.teams,
      "since": [None, self.stamp(self.at - timedelta(hours=3)), self.stamp(self.at + timedelta(1))],
      "until": [None] + [self.stamp(self.at + timedelta(minutes=m)) for m in self.words.minutes],
    }.get(name, ACCOUNTS[:3] if type == "identity.merged" else LEADS))

  @staticmethod
  def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"

  def is_standard(self, type):
    return type.split(".")[0] in ("identity", "leads", "event", "lead", "rep")

  def pass_time(self):
    rng = self.rng
    if rng.random() < 0.2:
      return   # at the same instant
    minutes = rng.choice(self.words.minutes)
    part = rng.choice([1, 0.5, 0.25, 1 / 3]) / self.step
    tick = rng.choice([0, 0, 0, 1, -1])
    later = self.at + timedelta(minutes=min(minutes, 43200) * part, milliseconds=tick)
    self.at = min(later, LATEST)

  def row(self, number):
    rng, late = self.rng, self.rng.random() < 0.07
    common = [t for t in self.words.events if t not in ("identity.merged", "event.voided")]
    type = rng.choice(common if rng.random() < 0.95 and common else list(self.words.events))
    if self.words.has_powers and rng.random() < 0.3:
      type = rng.choice(["lead.moved", "lead.held", "lead.released"])
    at = self.at - timedelta(minutes=rng.choice([1, 90, 3000, 30000])) if late else self.at
    row = {"specversion": "1.0", "id": f"e{number}", "source": "/x", "type": type,
           "time": self.stamp(at), "data": {}}
    if not type.startswith("rep."):
      row["account"] = rng.choice(ACCOUNTS)
      if rng.random() < 0.7:
        row["person"] = rng.choice(PEOPLE)
      if rng.random() < 0.15:
        row["lead"] = rng.choice(LEADS)
    if rng.random() < 0.2:
      row["actor"] = rng.choice(self.words.reps)
    for name, spec in self.words.events[type]:
      standard = self.is_standard(type)
      if rng.random() < (0.97 if standard else 0.85):
        row["data"][name] = self.standard_value(type, name) if standard else self.value(name, spec)
    return row

  def lines(self, count):
    out = []
    for number in range(count):
      self.pass_time()
      self.rows.append(self.row(number))
      out.append(json.dumps(self.rows[-1]))
      if self.rng.random() < 0.04:
        out.append(self.rng.choice(out))   # again
      if self.rng.random() < 0.02:
        out.append(self.rng.choice(["no json", out[-1].replace('"e', '"f').replace("20", "99"),
                                    out[-1].replace('"/x"', '"/y"').replace('"type"', '"typ"')]))
    return out


def random_lines(path, seed, count):
  """None: the treaty declares no event."""
  vocabulary = Vocabulary(Path(path))
  if not vocabulary.events:
    return None
  return Stream(vocabulary, random.Random(seed)).lines(count)
