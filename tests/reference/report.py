#!/usr/bin/env python3
"""report.py - what `treaty report` says, held against SQL over the table of decisions.

A feed fills a store; then each figure is worked out once more from the rows that the store keeps
for whoever queries it. Answers find their offers there, and deeds their duties, by the instants
that they name, not by the order in which they came; ranks are places in a sorted list; pauses are
added up from when they began to when they ended; contacts are counted in the feed. Both real feeds,
and one made up in which everything happens that can become of an offer or a duty, in which people
decide, and in which contacts are made that a clause does not allow; and the random quotas of
periods.py.

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

sys.dont_write_bytecode = True   # the import below leaves nothing beside the sources
sys.path.append(str(Path(__file__).resolve().parent.parent))
import periods

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = Path(os.environ.get("TREATY_BIN", ROOT / "build" / "dev" / "treaty")).resolve()
EXAMPLES = ROOT / "rules" / "examples"
MADE_UP = ROOT / "tests" / "language" / "report" / "duties.treaty"
SECONDS_MAX = 300
SEED = 20260201
ACCOUNTS = 1500
DIFFERENCES_SHOWN = 3
QUOTA_SEEDS = (0, 1, 3)
BYS = ("agreement,party,clause,what,month", "month,version", "party,rep,what")

# Each hand-over and duty with what became of it. What is told of one names the instant at which it
# began, so that is how they are joined.
BEGUN = """
create temp table told as
  select seq || '.' || n as id, seq, n, substr(type, 8) as type, account, lead, clause,
    agreement, version,
    json_extract(json, '$.data') as data from decisions
  where type like 'treaty.handover.%' or type like 'treaty.duty.%' or type like 'treaty.clock.%';
create temp table about as
  select type, account, lead, clause, coalesce(data ->> 'offered', data ->> 'started') as began,
    data ->> 'due' as due, coalesce(data ->> 'answered', data ->> 'done') as answered,
    data ->> 'reason' as reason, data ->> 'at_once' as at_once, data ->> 'paused_ms' as paused_ms,
    data ->> 'open_ms' as open_ms, data ->> 'wall_ms' as wall_ms, seq * 100000 + n as place,
    coalesce(data ->> 'by', 'time') as by
  from told where type <> 'handover.answer_noted';
create temp table notes as
  select data ->> 'offer' as id, data ->> 'answered' as answered, data ->> 'ended' as ended,
    data ->> 'due' as due, data ->> 'open_ms' as open_ms, data ->> 'wall_ms' as wall_ms
  from told where type = 'handover.answer_noted';
create index told_by on told (account, lead);
create index about_by on about (account, lead, clause, began);
create index notes_by on notes (id);
create temp table begun as
  select id, seq * 100000 + n as place, account, lead, clause, agreement, version,
    data ->> 'party' as party,
    case type when 'duty.started' then 'duty' else 'hand-over' end as kind,
    case type when 'duty.started' then data ->> 'name' else 'answer' end as what,
    coalesce(data ->> 'offered', data ->> 'started') as began
  from told where type in ('handover.offered', 'duty.started');
create index begun_by on begun (account, lead);
create temp table fates as
  select begun.id, substr(type, instr(type, '.') + 1) as fate, about.* from begun
    join about using (account, lead, clause, began)
  where type in ('handover.accepted', 'handover.rejected', 'handover.returned',
                 'handover.withdrawn', 'handover.ended',
                 'duty.kept', 'duty.late', 'duty.ended', 'duty.returned');
create temp table clocks as
  select begun.id, max(about.due is not null or about.type = 'clock.paused') as timed,
    max(about.type in ('handover.breached', 'duty.broken')) as breached,
    max(coalesce(paused_ms, 0)) as paused_ms
  from begun join about using (account, lead, clause, began) group by begun.id;
create index fates_by on fates (id);
create index clocks_by on clocks (id);
-- Who has a lead, from each change of that on; and who got one first after it was accepted.
create temp table had as
  select seq, n, account, lead, case type when 'treaty.lead.assigned' then json ->> '$.data.to' end
    as rep, json ->> '$.data.party' as party from decisions
  where type in ('treaty.lead.assigned', 'treaty.lead.unassigned', 'treaty.lead.open_to_team',
                 'treaty.lead.owner_changed');
create index had_by on had (account, lead, seq, n);
create temp table settled as
  select begun.id, min(told.seq * 100000 + told.n) as place from begun
    join told on told.account = begun.account and told.lead = begun.lead
      and told.clause = begun.clause and told.data ->> 'started' = begun.began
  where begun.kind = 'duty' and type in ('duty.kept', 'duty.late', 'duty.broken')
  group by begun.id;
create temp table reps as
  select begun.id, case kind
    when 'duty' then (
      select case when had.party = begun.party then rep end from had
      where had.account = begun.account and had.lead = begun.lead
        and had.seq * 100000 + had.n < coalesce(settled.place, begun.place)
      order by had.seq desc, had.n desc limit 1)
    else (
      select case when had.party = begun.party then rep end from had
      where had.account = begun.account and had.lead = begun.lead and had.rep is not null
        and had.seq * 100000 + had.n > (
          select told.seq * 100000 + told.n from told where type = 'handover.accepted'
            and told.account = begun.account and told.lead = begun.lead
            and told.clause = begun.clause and told.data ->> 'offered' = begun.began)
        and had.seq * 100000 + had.n < coalesce((
          select min(later.place) from begun later where later.kind = 'hand-over'
            and later.account = begun.account and later.lead = begun.lead
            and later.place > begun.place), 1e18)
      order by had.seq, had.n limit 1) end as rep
  from begun left join settled using (id);
create temp table items as
  select begun.*, coalesce(reps.rep, '') as rep, month(begun.began) as month, fates.fate,
    fates.reason,
    coalesce(fates.at_once, 0) as at_once, clocks.timed or begun.kind = 'duty' as is_owed,
    clocks.breached, clocks.paused_ms, notes.ended,
    coalesce(fates.answered, notes.answered) as answered,
    case when fates.answered is null then notes.due else fates.due end as due,
    case when fates.answered is null then notes.open_ms else fates.open_ms end as open_ms,
    case when fates.answered is null then notes.wall_ms else fates.wall_ms end as wall_ms
  from begun join clocks using (id) join reps using (id) left join fates using (id)
    left join notes using (id);
"""

# A pause is over at the next that is told of its clock, and has taken what was added by then.
PAUSES = """
create temp table pauses as select * from (
  select begun.id, about.type, about.by, lead(coalesce(paused_ms, 0), 1, coalesce(paused_ms, 0))
      over (partition by begun.id order by about.place) - coalesce(paused_ms, 0) as ms
    from begun join about using (account, lead, clause, began)
    where about.paused_ms is not null or about.type in ('clock.paused', 'handover.sent_back'))
  where ms > 0;
"""

# `stands`: what the party has done, by its own time; without a due instant the clock stood still.
STANDS = """
create temp table judged as select *,
  answered is not null and (ended is null or answered <= ended or breached) as counts,
  answered is not null and answered >= began and (due is null or answered <= due) as timely,
  at_once or (kind = 'duty' and answered = began) as was_at_once
  from items
"""
JUDGED = """
create temp table figures as select *, null as holds, null as held_ms, case
    when not is_owed then null
    when counts then case when due is null or answered <= due then 'kept' else 'late' end
    when breached then 'broken'
    when fate is null then 'running'
    else 'lapsed' end as stands,
  counts and not was_at_once and answered >= began as ranked,
  timely and not at_once and ((ended is null and breached) or answered <= ended) as told_late
  from judged
"""

# What people decide about leads is what it is; a hold is over when it is told that it is.
POWERS = """
create temp table held as
  select seq, n, account, lead, json ->> '$.data.actor' as actor, time, (
      select min(over.time) from decisions over where over.type = 'treaty.lead.released'
        and over.account = holds.account and over.lead = holds.lead
        and over.seq * 100000 + over.n > holds.seq * 100000 + holds.n) as until
    from decisions holds where type = 'treaty.lead.held';
create temp table held_back as
  select back.seq, back.n, (select held.actor from held where held.account = back.account
      and held.lead = back.lead and held.seq * 100000 + held.n < back.seq * 100000 + back.n
      order by held.seq desc, held.n desc limit 1) as actor
    from decisions back where type = 'treaty.lead.held_back';
insert into figures (id, kind, agreement, version, party, rep, clause, what, began, month,
    holds, held_ms)
  select seq || '.' || n, 'power', coalesce(agreement, ''), coalesce(version, 0),
    coalesce(json ->> '$.data.party', ''),
    coalesce(json ->> '$.data.actor', held_back.actor, ''), coalesce(clause, ''),
    case type when 'treaty.lead.moved' then 'moved' when 'treaty.lead.held' then 'held'
      when 'treaty.lead.held_back' then 'held back' when 'treaty.lead.released' then 'released'
      else 'refused: ' || (json ->> '$.data.name') end, decisions.time, month(decisions.time),
    held.seq is not null,
    round((julianday(held.until) - julianday(held.time)) * 86400000)
  from decisions left join held using (seq, n) left join held_back using (seq, n)
  where type in ('treaty.lead.moved', 'treaty.lead.held', 'treaty.lead.held_back',
                 'treaty.lead.released', 'treaty.power.refused');
insert into figures (id, kind, agreement, version, party, rep, clause, what, began, month)
  select seq || '.' || n, 'limit', agreement, version, json ->> '$.data.party',
    coalesce(json ->> '$.data.actor', ''), clause, json ->> '$.data.name',
    json ->> '$.data.contacted', month(json ->> '$.data.contacted') from decisions
  where type = 'treaty.contact.over_limit';
"""
# Each period that was decided; what was told late may have reached what was owed.
QUOTAS = """
create temp table quotas as
  select seq || '.' || n as id, type, agreement, version, clause, time, json -> '$.data' as data,
    coalesce(json ->> '$.data.rep', '') as rep, json ->> '$.data.started' as began
    from decisions where type like 'treaty.quota.%';
insert into figures (id, kind, agreement, version, party, rep, clause, what, began, month, is_owed,
    stands, breached, told_late)
  select id, 'quota', agreement, version, data ->> 'party', rep, clause, data ->> 'name', began,
    month(began), true, case when type like '%.kept' or reached_late then 'kept' else 'broken' end,
    type like '%.broken', type like '%.broken' and reached_late
  from (select *, exists (select 1 from quotas late where late.type like '%.noted'
          and late.data ->> 'enough' and late.clause = one.clause and late.rep = one.rep
          and late.began = one.began) as reached_late
        from quotas one where type like '%.kept' or type like '%.broken');
"""
CONTACT = """
insert into figures (id, kind, agreement, version, party, rep, clause, what, began, month)
  values (:id, 'contact', '', 0, :party, :rep, '', :type, :time, month(:time))
"""

COUNTS = {
  "offered": "kind = 'hand-over'",
  "accepted": "fate is 'accepted'",
  "rejected": "fate is 'rejected'",
  "returned": "kind = 'hand-over' and fate is 'returned'",
  "withdrawn": "fate is 'withdrawn'",
  "ended": "kind = 'hand-over' and fate is 'ended'",
  "open": "kind = 'hand-over' and fate is null",
  "owed": "is_owed",
  "kept": "stands is 'kept'",
  "late": "stands is 'late'",
  "broken": "stands is 'broken'",
  "lapsed": "stands is 'lapsed'",
  "running": "stands is 'running'",
  "breached": "breached",
  "told_late": "told_late",
  "at_once": "was_at_once",
  "dated_before": "answered < began",
  "paused": "paused_ms > 0",
  "paused_ms": "paused_ms",
  "timed": "ranked",
  "decided": "kind = 'power'",
  "holds": "holds",
  "holding": "holds and held_ms is null",
  "held_ms": "held_ms",
  "contacts": "kind = 'contact'",
  "over_limit": "kind = 'limit'",
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

def contacts_in(feed, contacts):
  """Of each event type that is a contact by a party: what was made, and not taken back later."""
  events = [json.loads(line) for line in Path(feed).read_text().splitlines()] if contacts else []
  voided = {event["data"]["id"] for event in events if event["type"] == "event.voided"}
  for event in events:
    if event["type"] in contacts and event["id"] not in voided:
      yield {"id": f"contact {event['id']}", "party": contacts[event["type"]],
             "rep": event.get("actor", ""), "type": event["type"], "time": event["time"]}


def open_store(folder, zone, made):
  store = sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True)
  store.create_function("month", 1, lambda text: datetime.fromisoformat(
    text.replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).strftime("%Y-%m"), deterministic=True)
  store.row_factory = sqlite3.Row
  store.executescript(BEGUN)
  store.execute(STANDS)
  store.execute(JUDGED)
  store.executescript(PAUSES)
  store.executescript(POWERS)
  store.executescript(QUOTAS)
  store.executemany(CONTACT, made)
  made = store.execute("select count(*), count(distinct id) from figures").fetchone()
  assert made[0] == made[1], "two things that were offered or owed began as one"
  return store


def rank(store, column, parts, where):
  """{parts: (median, p90)} of a column, each the value at its place in the sorted list."""
  by = ", ".join(parts)
  return {tuple(row[part] for part in parts): (row["median"], row["p90"]) for row in store.execute(
    f"""select {by}, min(case when place * 100 >= count * 50 then {column} end) as median,
               min(case when place * 100 >= count * 90 then {column} end) as p90
        from (select {by}, {column}, row_number() over (partition by {by} order by {column}) place,
                     count(*) over (partition by {by}) count
              from figures where ranked and {where}) group by {by}""")}


def by_sql(store, parts, where):
  """{parts: {column: figure}}"""
  by = ", ".join(parts)
  sums = ", ".join(f"coalesce(sum({of}), 0) as {name}" for name, of in COUNTS.items())
  rows = {tuple(row[part] for part in parts): {name: row[name] for name in COUNTS}
          for row in store.execute(f"select {by}, {sums} from figures where {where} group by {by}")}
  for row in rows.values():
    row["reasons"], row["paused_by"] = {}, {}
  for row in store.execute(f"""select {by}, reason, count(*) as count from figures
                               where {where} and fate = 'rejected' and reason is not null
                               group by {by}, reason"""):
    rows[tuple(row[part] for part in parts)]["reasons"][row["reason"]] = row["count"]
  for row in store.execute(f"""select {by}, pauses.by as whose, sum(ms) as ms, count(*) as count
                               from figures join pauses using (id) where {where}
                               group by {by}, whose"""):
    pauser = rows[tuple(row[part] for part in parts)]["paused_by"]
    pauser[row["whose"]] = (row["ms"], row["count"])
  for clock in ("open_ms", "wall_ms"):
    ranks = rank(store, clock, parts, where)
    for key, row in rows.items():
      row[clock] = ranks.get(key)
  return rows


# ---- By the program ------------------------------------------------------------------------------

def by_json(text, parts):
  report = json.loads(text)
  assert ["kind", *report["by"]] == parts
  rows = {}
  for row in report["rows"]:
    key = tuple(row[part] for part in parts)
    assert key not in rows, f"{key} stands twice"
    rows[key] = {
      **{name: row[name] for name in COUNTS},
      "reasons": {pair["reason"]: pair["count"] for pair in row["rejected_by_reason"]
                  if "reason" in pair},
      "paused_by": {span["by"]: (span["paused_ms"], span["pauses"]) for span in row["paused_by"]},
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
      "paused_by": {name.removeprefix("paused_ms:"): int(ms) for name, ms in row.items()
                    if name.startswith("paused_ms:") and ms != "0"},
      **{clock: None if pair == (-1, -1) else pair for clock, pair in ranks.items()}}
  return rows


def balances(tally, title, rows):
  """What is said of the columns holds in each row."""
  tally.compare(f"{title}: offered", {key: row["offered"] for key, row in rows.items()},
                {key: sum(row[name] for name in ("accepted", "rejected", "returned",
                                                 "withdrawn", "ended", "open"))
                 for key, row in rows.items()})
  tally.compare(f"{title}: owed", {key: row["owed"] for key, row in rows.items()},
                {key: sum(row[name] for name in ("kept", "late", "broken", "lapsed", "running"))
                 for key, row in rows.items()})


def as_in_csv(rows):
  """Pauses stand there without their number."""
  return {key: {**row, "paused_by": {by: ms for by, (ms, _) in row["paused_by"].items()}}
          for key, row in rows.items()}


def compare(tally, name, treaty_path, feed, zone, period, contacts={}):
  with tempfile.TemporaryDirectory(prefix="treaty-report-") as folder:
    treaty("run", treaty_path, feed, "--store", folder, "--quiet")
    store = open_store(folder, zone, contacts_in(feed, contacts))
    first, last = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) for day in period)
    begin, end = (instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                  for instant in (first, last + timedelta(days=1)))   # of midnight in the zone
    wants = [*((by, (), "true") for by in BYS),
             (BYS[0], ("--from", period[0], "--to", period[1]),
              f"began >= '{begin}' and began < '{end}'")]
    for by, bounds, where in wants:
      parts, title = ["kind", *by.split(",")], f"{name} by {by} {' '.join(bounds)}".rstrip()
      expected = by_sql(store, parts, where)
      said = treaty("report", "--store", folder, "--by", by, "--format", "json", *bounds)
      found = by_json(said, parts)
      tally.compare(title, found, expected)
      balances(tally, title, found)
      tally.compare(f"{title}, CSV", by_csv(treaty(
        "report", "--store", folder, "--by", by, "--format", "csv", *bounds), parts),
                    as_in_csv(expected))
      if by == BYS[0]:
        tally.compare(f"{title}, of the feed", {"": treaty(
          "report", treaty_path, feed, "--format", "json", "--quiet", *bounds)}, {"": said})
    store.close()


# ---- A feed in which everything happens ----------------------------------------------------------

class Feed:
  def __init__(self):
    self.lines = []

  def add(self, told, kind, at, account, actor=None, **data):
    """Gives its id."""
    event = {"specversion": "1.0", "id": str(len(self.lines)), "source": "/made-up", "type": kind,
             "time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z", "account": account}
    said = {**({"actor": actor} if actor else {}), **({"data": data} if data else {})}
    self.lines.append((told, json.dumps({**event, **said})))
    return event["id"]


def random_minutes(chance, most):
  return timedelta(minutes=chance.randrange(most), milliseconds=chance.randrange(1000))


def make_answers(feed, chance, account, asked):
  """In time, late, never, told late, or dated before the offer; beside it what ends an offer, and
  who has the lead."""
  minutes = lambda most: random_minutes(chance, most)
  answered = asked + timedelta(minutes=chance.choice((-90, 0, 15, 240, 600, 601, 900, 1200, 2000,
                                                      3000, chance.randrange(3000))))
  told = max(asked, answered) + timedelta(minutes=chance.choice((0, 0, 0, 500, 1500, 4000)))
  for kind, share in (("stop", 0.1), ("cools", 0.1), ("query", 0.2), ("swap", 0.3)):
    at = asked + minutes(8000 if kind == "swap" else 1500)
    if chance.random() < share:
      feed.add(at, kind, at, account)
      if kind == "query" and chance.random() < 0.8:
        at += minutes(1000)
        feed.add(at, "reply", at, account)
  if chance.random() < 0.3:
    feed.add(told, "nope", answered, account, why=chance.choice(("no_budget", "not_now")))
  elif chance.random() < 0.9:
    feed.add(told, "taken", answered, account)


def make_deeds(feed, chance, account, asked):
  """What was owed is done in time, late, never, or told late; clocks stand still for a while."""
  minutes = lambda most: random_minutes(chance, most)
  if chance.random() < 0.4:
    at = asked + minutes(3000)
    feed.add(at, "sized", at, account, size=chance.choice(("big", "small")))
  for _ in range(chance.randrange(5)):
    at = asked + minutes(20000)
    told = at + timedelta(minutes=chance.choice((0, 0, 0, 300, 2000)))
    call = feed.add(told, "call", at, account, actor=chance.choice(("jo", "mia", None)))
    if chance.random() < 0.05:
      told += minutes(3000)
      feed.add(told, "event.voided", told, account, source="/made-up", id=call)
  if chance.random() < 0.3:
    at = asked + minutes(4000)
    feed.add(at, "holds", at, account, away=True)
    if chance.random() < 0.8:
      at += minutes(3000)
      feed.add(at, "holds", at, account, away=False)


def make_powers(feed, chance, account, asked):
  """Leads are moved and held, where somebody may and where nobody may."""
  for _ in range(chance.choice((0, 0, 1, 3))):
    at = asked + random_minutes(chance, 8000)
    kind = chance.choice(("lead.moved", "lead.held", "lead.released"))
    said = {"party": chance.choice(("sales", "sales", "marketing", "shop"))}
    if kind == "lead.moved":
      said["to"] = chance.choice(("nurture", "nurture", "nurture", "work", "nowhere"))
    if chance.random() < 0.9:
      said["reason"] = chance.choice(("not_now", "not_now", "because"))
    feed.add(at, kind, at, account, actor=chance.choice(("jo", "mia", None)), **said)


def make_up(path):
  """Requests over half a year."""
  chance = random.Random(SEED)
  start = datetime(2025, 12, 20, tzinfo=timezone.utc)
  feed = Feed()
  for number in range(ACCOUNTS):
    account = f"a{number}"
    asked = start + timedelta(minutes=chance.randrange(180 * 24 * 60),
                              milliseconds=chance.randrange(1000))
    size = chance.choice(("big", "big", "big", "big", "small", None))
    feed.add(asked, "ask", asked, account, **({"size": size} if size else {}))
    make_answers(feed, chance, account, asked)
    make_deeds(feed, chance, account, asked)
    make_powers(feed, chance, account, asked)
  Path(path).write_text("".join(line + "\n" for _, line in sorted(feed.lines)), encoding="utf-8")


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
            period=("2026-03-29", "2026-03-29"), contacts={"call": "sales"})
  for seed in QUOTA_SEEDS:
    with tempfile.TemporaryDirectory(prefix="treaty-report-") as folder:
      zone, _, text, events = periods.make(seed)
      compare(tally, f"periods, seed {seed}", *periods.write(text, events, folder), zone,
              period=("2025-02-15", "2025-05-31"))
  print(f"{tally.passed} passed, {tally.failed} failed")
  sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
  main()
