#!/usr/bin/env python3
"""report.py - what `treaty report` says, held against SQL over the table of decisions.

A feed fills a store; then each figure is worked out once more from the rows that the store keeps
for whoever queries it. Answers find their offers there by the instants that they name, not by the
order in which they came, and ranks are places in a sorted list. Both real feeds, and one made up in
which everything happens that can become of an offer: rejected, returned, told late, dated before.

TREATY_BIN names the program.
"""
import csv
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
EXAMPLES = ROOT / "rules" / "examples"
MADE_UP = ROOT / "tests" / "language" / "report" / "text.treaty"
SECONDS_MAX = 300
SEED = 20260201
ACCOUNTS = 1500
DIFFERENCES_SHOWN = 3
PARTS = ("agreement", "version", "party", "clause", "month")
BYS = ("agreement,party,clause,month", "month,version", "party")

# Each offer with what became of it: rows `offers(id, PARTS…, due, fate, late, …)`.
OFFERS = """
create temp table told as
  select seq || '.' || n as id, type, account, lead, clause,
    agreement, version, json_extract(json, '$.data') as data from decisions
  where type like 'treaty.handover.%';
create temp table made as
  select id, account, lead, clause, agreement, version, data ->> 'party' as party,
    data ->> 'offered' as offered, data ->> 'due' as due
  from told where type = 'treaty.handover.offered';
create temp table ends as
  select account, lead, clause, data ->> 'offered' as offered, substr(type, 17) as fate,
    data ->> 'late' as late, data ->> 'at_once' as at_once, data ->> 'reason' as reason,
    data ->> 'answered' as answered, data ->> 'open_ms' as open_ms, data ->> 'wall_ms' as wall_ms
  from told where type in ('treaty.handover.accepted', 'treaty.handover.rejected',
                           'treaty.handover.returned', 'treaty.handover.ended');
create temp table breaches as
  select distinct account, lead, clause, data ->> 'offered' as offered
  from told where type = 'treaty.handover.breached';
create temp table notes as
  select data ->> 'offer' as offer, data ->> 'answered' as answered, data ->> 'ended' as ended,
    data ->> 'due' as due, data ->> 'open_ms' as open_ms, data ->> 'wall_ms' as wall_ms
  from told where type = 'treaty.handover.answer_noted';
create index ends_by on ends (account, lead, clause, offered);
create index breaches_by on breaches (account, lead, clause, offered);
create index notes_by on notes (offer);
create temp table offers as
  select made.id, made.agreement, made.version, made.party, made.clause,
    month(made.offered) as month, made.offered, made.due, ends.fate, ends.reason,
    coalesce(ends.at_once, 0) as at_once,
    breaches.offered is not null as breached,
    case when ends.fate in ('accepted', 'rejected') then ends.answered else notes.answered end
      as answered,
    notes.ended,
    case when ends.fate in ('accepted', 'rejected') then ends.open_ms else notes.open_ms end
      as open_ms,
    case when ends.fate in ('accepted', 'rejected') then ends.wall_ms else notes.wall_ms end
      as wall_ms
  from made left join ends using (account, lead, clause, offered)
    left join breaches using (account, lead, clause, offered)
    left join notes on notes.offer = made.id;
"""

# `stands`: what the party that was asked has done, by the answer's own time.
STANDS = """
create temp table judged as select *, case
    when due is null then null
    when answered is not null and (ended is null or answered <= ended or breached) then
      case when answered <= due then 'kept' else 'late' end
    when breached then 'broken'
    when fate is null then 'running'
    else 'lapsed' end as stands,
  answered is not null and not at_once and answered >= offered
    and (ended is null or answered <= ended or breached) as ranked,
  answered is not null and answered >= offered and not at_once and (
    (ended is null and breached and answered <= due)
    or (answered <= ended and (due is null or answered <= due))) as told_late
  from offers
"""

COUNTS = {
  "offered": "1",
  "accepted": "fate is 'accepted'",
  "accepted_at_once": "at_once",
  "rejected": "fate is 'rejected'",
  "returned": "fate is 'returned'",
  "ended": "fate is 'ended'",
  "open": "fate is null",
  "owed": "due is not null",
  "kept": "stands is 'kept'",
  "late": "stands is 'late'",
  "broken": "stands is 'broken'",
  "lapsed": "stands is 'lapsed'",
  "running": "stands is 'running'",
  "breached": "breached",
  "told_late": "told_late",
  "dated_before_offer": "answered < offered",
  "answers": "ranked",
}


class Tally:
  def __init__(self):
    self.passed = self.failed = 0

  def compare(self, title, found, expected):
    """Both are dicts; each key of either is one comparison."""
    keys = sorted(found.keys() | expected.keys(), key=str)
    different = [key for key in keys if found.get(key) != expected.get(key)]
    self.passed += len(keys) - len(different)
    self.failed += len(different)
    for key in different[:DIFFERENCES_SHOWN]:
      print(f"FAILED {title}, {key}:\n  report: {found.get(key)}\n  SQL:    {expected.get(key)}")
    if not expected:
      self.failed += 1
      print(f"FAILED {title}: there is nothing to compare")


def treaty(*arguments):
  done = subprocess.run([BINARY, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                        timeout=SECONDS_MAX)
  if done.returncode != 0:
    sys.exit(f"report: treaty {arguments[0]} ends with exit {done.returncode}\n"
             f"{done.stderr.decode('utf-8', 'replace')[-2000:]}")
  return done.stdout.decode("utf-8")


# ---- By SQL --------------------------------------------------------------------------------------

def open_store(folder, zone):
  store = sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True)
  store.create_function("month", 1, lambda text: datetime.fromisoformat(
    text.replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).strftime("%Y-%m"), deterministic=True)
  store.row_factory = sqlite3.Row
  store.executescript(OFFERS)
  store.execute(STANDS)
  made = store.execute("select count(*), count(distinct id) from offers").fetchone()
  assert made[0] == made[1], "an answer found more than one offer"
  return store


def rank(store, column, parts, where):
  """{parts: (median, p90)} of a column, each the value at its place in the sorted list."""
  by = ", ".join(parts)
  return {tuple(row[part] for part in parts): (row["median"], row["p90"]) for row in store.execute(
    f"""select {by}, min(case when place * 100 >= count * 50 then {column} end) as median,
               min(case when place * 100 >= count * 90 then {column} end) as p90
        from (select {by}, {column}, row_number() over (partition by {by} order by {column}) place,
                     count(*) over (partition by {by}) count
              from judged where ranked and {where}) group by {by}""")}


def by_sql(store, parts, where):
  """{parts: {column: figure}}"""
  by = ", ".join(parts)
  sums = ", ".join(f"coalesce(sum({of}), 0) as {name}" for name, of in COUNTS.items())
  rows = {tuple(row[part] for part in parts): {name: row[name] for name in COUNTS}
          for row in store.execute(f"select {by}, {sums} from judged where {where} group by {by}")}
  for row in rows.values():
    row["reasons"] = {}
  for row in store.execute(f"""select {by}, reason, count(*) as count from judged
                               where {where} and fate = 'rejected' and reason is not null
                               group by {by}, reason"""):
    rows[tuple(row[part] for part in parts)]["reasons"][row["reason"]] = row["count"]
  for clock in ("open_ms", "wall_ms"):
    ranks = rank(store, clock, parts, where)
    for key, row in rows.items():
      row[clock] = ranks.get(key)
  return rows


# ---- By the program ------------------------------------------------------------------------------

def by_json(text, parts):
  report = json.loads(text)
  assert report["by"] == list(parts)
  rows = {}
  for row in report["rows"]:
    key = tuple(row[part] for part in parts)
    assert key not in rows, f"{key} stands twice"
    rows[key] = {
      **{name: row[name] for name in COUNTS},
      "reasons": {pair["reason"]: pair["count"] for pair in row["rejected_by_reason"]
                  if "reason" in pair},
      **{clock: (row[clock]["median"], row[clock]["p90"]) if clock in row else None
         for clock in ("open_ms", "wall_ms")}}
  return rows


def by_csv(text, parts):
  rows = {}
  for row in csv.DictReader(io.StringIO(text, newline="")):
    key = tuple(int(row[part]) if part == "version" else row[part] for part in parts)
    ranks = {clock: tuple(int(row[f"{clock}_{rank}"] or -1) for rank in ("median", "p90"))
             for clock in ("open_ms", "wall_ms")}
    rows[key] = {
      **{name: int(row[name]) for name in COUNTS},
      "reasons": {name.removeprefix("rejected:"): int(count) for name, count in row.items()
                  if name.startswith("rejected:") and count != "0"},
      **{clock: None if pair == (-1, -1) else pair for clock, pair in ranks.items()}}
  return rows


def balances(tally, title, rows):
  """What is said of the columns holds in each row."""
  tally.compare(f"{title}: offered", {key: row["offered"] for key, row in rows.items()},
                {key: sum(row[name] for name in ("accepted", "rejected", "returned", "ended",
                                                 "open")) for key, row in rows.items()})
  tally.compare(f"{title}: owed", {key: row["owed"] for key, row in rows.items()},
                {key: sum(row[name] for name in ("kept", "late", "broken", "lapsed", "running"))
                 for key, row in rows.items()})


def compare(tally, name, treaty_path, feed, zone, period):
  with tempfile.TemporaryDirectory(prefix="treaty-report-") as folder:
    treaty("run", treaty_path, feed, "--store", folder, "--quiet")
    store = open_store(folder, zone)
    first, last = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) for day in period)
    begin, end = (instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                  for instant in (first, last + timedelta(days=1)))   # of midnight in the zone
    wants = [*((by, (), "true") for by in BYS),
             (BYS[0], ("--from", period[0], "--to", period[1]),
              f"offered >= '{begin}' and offered < '{end}'")]
    for by, bounds, where in wants:
      parts, title = by.split(","), f"{name} by {by} {' '.join(bounds)}".rstrip()
      expected = by_sql(store, parts, where)
      said = treaty("report", "--store", folder, "--by", by, "--format", "json", *bounds)
      found = by_json(said, parts)
      tally.compare(title, found, expected)
      balances(tally, title, found)
      tally.compare(f"{title}, CSV", by_csv(treaty(
        "report", "--store", folder, "--by", by, "--format", "csv", *bounds), parts), expected)
      if by == BYS[0]:
        tally.compare(f"{title}, of the feed", {"": treaty(
          "report", treaty_path, feed, "--format", "json", "--quiet", *bounds)}, {"": said})
    store.close()


# ---- A feed in which everything happens ----------------------------------------------------------

def make_up(path):
  """Requests over half a year; answers in time, late, never, told late, or dated before."""
  chance = random.Random(SEED)
  start = datetime(2026, 1, 20, tzinfo=timezone.utc)
  lines = []
  def add(told, kind, at, account, **data):
    event = {"specversion": "1.0", "id": str(len(lines)), "source": "/made-up", "type": kind,
             "time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z", "account": account}
    lines.append((told, json.dumps({**event, "data": data} if data else event)))
  for number in range(ACCOUNTS):
    account = f"a{number}"
    asked = start + timedelta(minutes=chance.randrange(180 * 24 * 60),
                              milliseconds=chance.randrange(1000))
    add(asked, "ask", asked, account, size=chance.choice(("big", "big", "big", "small")))
    answered = asked + timedelta(minutes=chance.choice((-90, 0, 15, 240, 600, 601, 900, 1200, 2000,
                                                        3000, chance.randrange(3000))))
    told = max(asked, answered) + timedelta(minutes=chance.choice((0, 0, 0, 500, 1500, 4000)))
    if chance.random() < 0.1:
      stopped = asked + timedelta(minutes=chance.randrange(1500))
      add(stopped, "stop", stopped, account)
    if chance.random() < 0.4:
      add(told, "nope", answered, account, why=chance.choice(("no_budget", "not_now")))
    elif chance.random() < 0.9:
      add(told, "taken", answered, account)
  Path(path).write_text("".join(line + "\n" for _, line in sorted(lines)), encoding="utf-8")


def main():
  if not os.access(BINARY, os.X_OK):
    sys.exit(f"report: {BINARY} is not there: ./dev build makes it, TREATY_BIN names another")
  tally = Tally()
  compare(tally, "loan desk", EXAMPLES / "loan_desk.treaty",
          EXAMPLES / "feeds" / "bpic2012_offers.ndjson.gz", "Europe/Amsterdam",
          period=("2011-10-15", "2012-01-31"))
  compare(tally, "marketplace", EXAMPLES / "marketplace.treaty",
          EXAMPLES / "feeds" / "olist_funnel.ndjson.gz", "America/Sao_Paulo",
          period=("2017-10-15", "2018-02-17"))
  with tempfile.TemporaryDirectory(prefix="treaty-report-") as folder:
    make_up(f"{folder}/made_up.ndjson")
    compare(tally, f"made up, seed {SEED}", MADE_UP, f"{folder}/made_up.ndjson", "Europe/Berlin",
            period=("2026-03-29", "2026-03-29"))
  print(f"{tally.passed} passed, {tally.failed} failed")
  sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
  main()
