#!/usr/bin/env python3
"""corpus.py - what the fuzzers begin with, gathered from what the project has anyway.

  corpus.py FOLDER      makes FOLDER/TARGET/ for each target, and FOLDER/words, a dictionary

Each function `gather_*` gives the inputs of one target. They are named by their place in the order,
so that the same project gives the same corpus.
"""
import base64
import gzip
import itertools
import re
import shutil
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests"))
import docs  # noqa: E402

OTHER_FILE = b"# ---- the other file ----\n"   # as in treaty.c
FEED_LINES = 40                                # of each feed
LINES_TOGETHER = 8                             # in one input
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/Nuuk", "Asia/Kathmandu", "Etc/GMT+5", "Pacific/Apia")
ZONE_FOLDER = Path("/usr/share/zoneinfo")
BASE64_LETTERS = 76                            # a line, as in seal.c
EVENT_RECORD, TICK_RECORD, PROGRAM_RECORD = 1, 2, 3


def paths(*patterns):
  return sorted(path for folder in ("tests", "rules") for pattern in patterns
                for path in (ROOT / folder).rglob(pattern))


def examples():
  """Each block of Treaty in the documents, in its setting."""
  for path in sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]):
    source = path.read_text(encoding="utf-8")
    settings = {found["name"]: found["text"] for found in docs.SETTING.finditer(source)}
    for block in docs.BLOCK.finditer(source):
      info = docs.INFO.fullmatch(block["info"].strip())
      if info:
        setting = settings.get(info["setting"])
        yield (docs.put_in_place(setting, block["text"]) if setting else block["text"]).encode()


def with_other_file(path):
  """The treaty, and behind it the first file that it names and has beside it."""
  text = path.read_bytes()
  for name in re.findall(rb'(?:use|from|holidays) "([^"\n]+)"', text):
    for end in ("", ".treaty"):
      other = path.parent / (name.decode("utf-8", "replace") + end)
      if other.is_file() and other != path:
        return text + OTHER_FILE + other.read_bytes()
  return text


def gather_treaty():
  yield from map(with_other_file, paths("*.treaty"))
  for path in paths("v1.treaty"):
    yield path.read_bytes() + OTHER_FILE + path.with_name("v2.treaty").read_bytes()
  yield from examples()


def gather_csv():
  for path in paths("*.csv"):
    yield path.read_bytes()
  yield b"name\ngmx.de\n\"a, \"\"b\"\"\"\n"
  yield (b"name,need,price,share,days,ready,since,checked,effort,Sold by,roles,tags,kind\n"
         b"press,high,80000.50,-0.25,12,true,2026-01-31,2026-02-01 08:30,90 minutes,M,"
         b"user buyer,new,big\n")


def gather_holidays():
  for path in paths("*.ics"):
    yield path.read_bytes()


def feeds():
  """The first lines of each feed."""
  for path in paths("*.ndjson", "*.ndjson.gz"):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
      yield list(itertools.islice(file, FEED_LINES))


def json_examples():
  """The lines of the documents that are JSON."""
  for path in sorted((ROOT / "docs").glob("*.md")):
    for line in path.read_bytes().splitlines():
      found = re.search(rb"\{\".*\}", line)
      if found:
        yield found.group()


def gather_event():
  for lines in feeds():
    for at in range(0, len(lines), LINES_TOGETHER):
      yield b"".join(lines[at:at + LINES_TOGETHER])
  yield from json_examples()


def gather_regex():
  for path in paths("*.treaty"):
    for pattern in re.findall(rb'matches "((?:[^"\\\n]|\\.)*)"', path.read_bytes()):
      plain = re.sub(rb'\\(["\\])', rb"\1", pattern)
      yield plain + b"\n" + "Head of Purchasing, Größe 123 /pricing/7".encode()
  yield b"(x+x+)+y\n" + b"x" * 2000
  yield b"(?i)^(a|aa|aaa)*$\n" + b"a" * 2000 + b"b"


def gather_zone():
  for name in ZONES:
    path = ZONE_FOLDER / name
    if path.is_file():
      yield path.read_bytes()
  # version 2, no transition, one type of local time; times by the rule alone
  head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
  types = struct.pack(">lbb", 3600, 0, 0) + b"CET\0"
  for rule in (b"CET-1CEST,M3.5.0,M10.5.0/3", b"CET-1", b"<+0330>-3:30<+0430>,J79/24,J263/24",
               b"XXX3YYY,0/0,J365/25"):
    yield head + types + head + types + b"\n" + rule + b"\n"


def gather_bundle():
  zone = next(gather_zone())
  for path in paths("*.treaty")[::9]:
    text = path.read_bytes()
    pieces = [(b"main", b"main.treaty", text)]
    if b'"Europe/Berlin"' in text:
      pieces.append((b"zone", b"Europe/Berlin", zone))
    yield bundle_head() + b"".join(b"%s %d %s\n%s\n" % (kind, len(piece), name, piece)
                                   for kind, name, piece in pieces)


def gather_sealed():
  zone = next(gather_zone())
  letters = base64.b64encode(zone).decode()
  begins = range(0, len(letters), BASE64_LETTERS)
  lines = "\n".join(letters[at:at + BASE64_LETTERS] for at in begins)
  for path in paths("*.treaty")[::9]:
    text = path.read_bytes()
    yield (b'\nagreement "A" version 1\n\nmain %d main.treaty\n%s\nzone %d Europe/Berlin\n%s\n'
           % (len(text), text, len(zone), lines.encode()))


def bundle_head():
  source = (ROOT / "runtime" / "host.c").read_text(encoding="utf-8")
  return re.search(r'bundle_head\[\] = "(.*)\\n"', source).group(1).encode() + b"\n"


def record(kind, clock_ms, feed, text):
  return struct.pack("<BqBI", kind, clock_ms, len(feed), len(text)) + feed + text


def gather_records():
  clock_ms = 1772442000000
  for lines in feeds():
    yield b"".join([record(PROGRAM_RECORD, clock_ms, b"", b"0" * 64),
                    *(record(EVENT_RECORD, clock_ms + i, b"web", line.rstrip(b"\n"))
                      for i, line in enumerate(lines[:LINES_TOGETHER])),
                    record(TICK_RECORD, clock_ms + 60000, b"", b"")])


def gather_protocol():
  yield from json_examples()
  for path in paths("*.expected"):
    yield from itertools.islice((line for line in path.read_bytes().splitlines()
                                 if line.startswith(b'{"')), LINES_TOGETHER)
  yield b'{"treaty":1,"role":"feed","name":"web","token":"t","from_start":true}'
  yield b'{"treaty":1,"role":"decisions","after":"17.2","history":true}'
  yield b'{"treaty":1,"ok":false,"reason":"busy","retry":true}'


def words():
  """What stands in the table of keywords, the marks of the grammar, and the ends of what may be."""
  table = (ROOT / "grammar" / "keywords.h").read_text(encoding="utf-8")
  yield from re.findall(r'\bW\(\w+, "(\w+)"', table)
  yield from ("{ ", " }", "->", ">=", "<=", "!=", "*", "..", "2026-03-02", "09:00", "50%", "EUR",
              "std/events", "std/buying_center", "account.", "event.", "lead.", "member.",
              "0001-01-01", "9999-12-31", "9200000000000", "0.000001", "100000 days", "1 ms",
              "BEGIN:VEVENT", "END:VEVENT", "DTSTART;VALUE=DATE:", "DTEND:", "DURATION:P1D",
              "RRULE:FREQ=YEARLY", ";BYMONTH=", ";BYDAY=-1", ";BYMONTHDAY=", ";BYSETPOS=",
              ";COUNT=", ";UNTIL=", ";INTERVAL=", "RDATE:", "EXDATE:", "20260301")


def main():
  folder = Path(sys.argv[1])
  for name, gather in list(globals().items()):
    if not name.startswith("gather_"):
      continue
    inputs = list(gather())
    target = folder / name.removeprefix("gather_")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    if not inputs:
      sys.exit(f"corpus: {name} gave nothing")
    for number, content in enumerate(inputs):
      (target / f"{number:04}").write_bytes(content)
    print(f"{target.name}: {len(inputs)} inputs")
  (folder / "words").write_text("".join(f'"{word}"\n' for word in words()), encoding="utf-8")


if __name__ == "__main__":
  main()
