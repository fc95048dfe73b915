"""test_restart.py - one feed, one list of decisions: by `treaty run`, by a service, by one that
was killed."""
import gzip
import os
import signal
import threading

from harness import *

LOAN_DESK = os.path.join(EXAMPLES, "loan_desk.treaty")
LATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "late.treaty")
HAND = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "language", "hand")
LOANS = os.path.join(EXAMPLES, "feeds", "bpic2012_offers.ndjson.gz")


def loan_lines(count=None):
    with gzip.open(LOANS, "rb") as feed:
        return feed.read().splitlines()[:count]


def dry_run(treaty, *feeds, data=None):
    code, out, error = run("run", treaty, *feeds, "--format", "json", data=data)
    assert code == 0, error
    assert out.count(b"\n") > 0
    return out


def same(service, expected):
    out = all_decisions(service, expected.count(b"\n"))
    assert out == expected, "the decisions differ"
    kept = eventually(lambda: service.query("select count(*) from decisions")[0][0] ==
                      expected.count(b"\n"), "no decision more is stored")
    assert kept


def test_serve_decides_what_run_decides(folder):
    expected = dry_run(LOAN_DESK, LOANS)
    service = Service(folder, "--clock", "events", treaty=LOAN_DESK)
    code, _, error = run("send", LOANS, "--to", service.address, "--name", "loans")
    assert code == 0 and "29,229 lines acknowledged, 0 refused" in error, error
    same(service, expected)
    service.stop()
    service = Service(folder, "--clock", "events", treaty=None)
    same(service, expected)
    service.stop()


def test_the_same_for_lines_that_are_refused_repeated_and_late(folder):
    lines, at = [], 1762000000
    for i in range(400):
        at += random.randint(0, 3)
        late_s = random.choice([0, 0, 0, 5, 500])
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at - late_s))
        kind = random.choice(["web.asked", "web.seen", "crm.accepted"])
        account = "a%d" % random.randint(0, 60)
        line = json.dumps(event(i, type=kind, account=account, time_text=when))
        lines.append(line)
        if i % 7 == 0:
            lines.append(random.choice(lines))
        if i % 11 == 0:
            lines.append(line.replace('"account"', '"nobody"').replace('"e%d"' % i, '"n%d"' % i))
        if i % 13 == 0:
            lines.append(line.replace("2025-", "2999-").replace('"e%d"' % i, '"f%d"' % i))
        if i % 17 == 0:
            lines.append(line.replace('"a', '"b'))
        if i % 19 == 0:
            lines.append("no json")
    feed_path = os.path.join(folder, "feed.ndjson")
    with open(feed_path, "w") as file:
        file.write("\n".join(lines) + "\n")
    expected = dry_run(DESK, feed_path)
    service = Service(folder, "--clock", "events")
    code, _, error = run("send", feed_path, "--to", service.address)
    assert code == 0, error
    same(service, expected)
    service.kill()
    service = Service(folder, "--clock", "events")
    same(service, expected)
    refused = service.query("select code, count(*) from refused group by code")
    assert {code for code, _ in refused} >= {"no_account", "future_time", "not_json"}, refused
    run_refused = run("run", DESK, feed_path, "--quiet")[2]
    for code, count in refused:
        assert "%d %s" % (count, code) in run_refused, (code, count, run_refused)


def late_lines():
    """Events of six accounts over ten hours: late by up to three hours, and old ones repeated."""
    lines, at = [], 1775120400
    for i in range(600):
        at += random.randint(0, 120)
        late_s = random.choice([0, 0, 0, 30, 500, 4000, 10000])
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at - late_s))
        account = "a%d" % random.randint(0, 5)
        data = random.choice([{"page": "/pricing"}, {"page": "/"}, {"title": "chief"},
                              {"title": "user"}, {"rank": random.randint(0, 4)}, {}])
        kind = {"page": "web.seen", "title": "web.asked", "rank": "crm.told"}
        one = event(i, type=kind[next(iter(data))] if data else "crm.quiet", account=account,
                    time_text=when, data=data)
        one["person"] = "p%d" % random.randint(0, 2)
        lines.append(json.dumps(one))
        if i % 40 == 39:
            taken_back = {"source": "/test", "id": "e%d" % random.randint(0, i)}
            lines.append(json.dumps(event("v%d" % i, type="event.voided", account=account,
                                          time_text=when, data=taken_back)))
        if i in (200, 400):
            names = {"kept": "a1", "gone": "a2" if i == 200 else "a3"}
            lines.append(json.dumps(event("m%d" % i, type="identity.merged", account="a1",
                                          time_text=when, data=names)))
        if i % 5 == 0:
            again = random.choice(lines)
            lines.append(again)
            lines.append(again.replace(":00Z", ":01Z").replace('"p1"', '"p2"'))
    return lines


def test_what_is_late_is_put_where_it_belongs_by_all(folder):
    """The history is read again from a plain file, from what was kept of a packed one and of
    standard input, and from the store: each time the decisions are the same."""
    lines = late_lines()
    feed_path = os.path.join(folder, "feed.ndjson")
    text = ("\n".join(lines) + "\n").encode()
    with open(feed_path, "wb") as file:
        file.write(text)
    with gzip.open(feed_path + ".gz", "wb") as file:
        file.write(text)
    expected = dry_run(LATE, feed_path)
    assert expected.count(b"\n") > 100, expected
    assert dry_run(LATE, feed_path + ".gz") == expected
    assert dry_run(LATE, "-", data=text) == expected
    with open(feed_path, "rb") as file:  # standard input can be a file, too
        done = subprocess.run([TREATY, "run", LATE, "-", "--format", "json"], stdin=file,
                              capture_output=True, timeout=60, env=clean_environment())
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    once = run("run", LATE, feed_path, "--quiet", "--summary")[1].decode()
    assert "repeated" in once, once
    service = Service(folder, "--clock", "events", treaty=LATE)
    code, _, error = run("send", feed_path, "--to", service.address)
    assert code == 0, error
    same(service, expected)
    service.kill()
    service = Service(folder, "--clock", "events", treaty=None)
    same(service, expected)
    assert "warning" not in service.log(), service.log()
    accounts = {account for account, in service.query("select distinct account from leads")}
    assert "a1" in accounts and not accounts & {"a2", "a3"}, accounts


def test_an_answer_after_the_return_is_on_record(folder):
    path = os.path.join(HAND, "answer_after_return.ndjson")
    treaty = os.path.join(HAND, "answer_after_return.treaty")
    expected, text = dry_run(treaty, path), run("run", treaty, path, "--format", "text")[1]
    assert expected.count(b"treaty.handover.answer_noted") == 5, expected
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    half = next(i for i, line in enumerate(lines) if b'"id":"12"' in line)
    service = Service(folder, "--clock", "events", treaty=treaty)
    feed = Feed(service, "crm")
    feed.send(*lines[:half])
    feed.until_acked(half)
    service.kill()  # the offers have ended, their answers are still to come
    service = Service(folder, "--clock", "events", treaty=None)
    feed = Feed(service, "crm")
    feed.send(*lines[half:])
    feed.until_acked(len(lines) - half)
    same(service, expected)
    code, out, error = run("watch", "--from", service.address, "--after", "0", "--format", "text",
                           "--count", str(expected.count(b"\n")))
    assert code == 0 and out == text, (out, error)


def test_a_refused_line_moves_no_clock(folder):
    """The one with the greatest time is refused by the engine; two deadlines lie before it."""
    feed_path = os.path.join(folder, "feed.ndjson")
    times = [(1, "a1", "09:00:00.000"), (2, "a2", "09:00:00.500"), (1, "b1", "09:30:00.000"),
             (3, "a3", "09:00:01.500"), (4, "a4", "09:00:02.100")]
    with open(feed_path, "w") as file:
        for number, account, when in times:
            line = event(number, account=account, time_text="2026-11-02T%sZ" % when)
            file.write(json.dumps(line) + "\n")
    expected = dry_run(DESK, feed_path)
    assert b"breached" in expected and b"2026-11-02T09:30" not in expected, expected
    service = Service(folder, "--clock", "events")
    code, _, error = run("send", feed_path, "--to", service.address)
    assert code == 0 and "feed.ndjson:3: refused id_reused" in error, error
    same(service, expected)
    service.kill()
    service = Service(folder, "--clock", "events", treaty=None)
    same(service, expected)
    assert "warning" not in service.log(), service.log()


def test_what_happens_now_is_taken_by_the_events_clock(folder):
    service = Service(folder, "--clock", "events")
    time.sleep(1.1)
    feed = Feed(service)
    feed.send(event(1, time_text=now_text()), event(2, time_text=now_text(200)),
              event(3, time_text=now_text(400)))
    refused = [reply for reply in feed.until_acked(3) if "refused" in reply]
    assert [(reply["refused"], reply["code"]) for reply in refused] == [(3, "future_time")], refused
    assert "is more than 5 minutes later than now, " in refused[0]["reason"], refused


class Killer(threading.Thread):
    """Sends lines under a name from where the service says on, and kills it when some are acked."""

    def __init__(self, service, lines, kill_at):
        super().__init__(daemon=True)
        self.service, self.lines, self.kill_at = service, lines, kill_at

    def send(self, feed, lines):
        try:
            for at in range(0, len(lines), 500):
                feed.send(*lines[at:at + 500])
        except OSError:
            pass

    def session(self):
        """False: the service was killed in the middle."""
        feed = Feed(self.service, "loans")
        resume = feed.greeting["resume_after"]
        at = 0
        if resume:
            ids = [json.loads(line)["id"] for line in self.lines]
            at = ids.index(resume["id"]) + 1
        end = len(self.lines) if self.kill_at is None else min(self.kill_at + 1500, len(self.lines))
        sender = threading.Thread(target=self.send, args=(feed, self.lines[at:end]), daemon=True)
        sender.start()
        acked = 0
        try:
            while self.kill_at is not None or acked < len(self.lines) - at:
                if self.kill_at is not None and at + acked >= self.kill_at:
                    self.service.kill()
                    return False
                reply = feed.reply()
                if reply is None:
                    return False
                acked = reply.get("acked", acked)
        except OSError:
            return False
        return True


def test_killed_at_random_places_it_decides_the_same(folder):
    lines = loan_lines(9000)
    expected = dry_run(LOAN_DESK, "-", data=b"\n".join(lines) + b"\n")
    for kill_at in sorted(random.sample(range(0, 8000), 4)):
        service = Service(folder, "--clock", "events", treaty=LOAN_DESK)
        assert not Killer(service, lines, kill_at).session(), "it was not killed"
    service = Service(folder, "--clock", "events", treaty=None)
    assert Killer(service, lines, None).session()
    same(service, expected)
    service.stop()
    assert "warning" not in service.log(), service.log()


def test_send_goes_on_when_the_service_comes_back(folder):
    lines = loan_lines(6000)
    feed_path = os.path.join(folder, "loans.ndjson")
    with open(feed_path, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
    expected = dry_run(LOAN_DESK, feed_path)
    service = Service(folder, "--clock", "events", treaty=LOAN_DESK)
    sender = subprocess.Popen([TREATY, "send", feed_path, "--to", service.address, "--rate",
                               "4000"], stderr=subprocess.PIPE, env=clean_environment())
    watcher = subprocess.Popen([TREATY, "watch", "--from", service.address, "--after", "0",
                                "--count", str(expected.count(b"\n")), "--format", "json"],
                               stdout=subprocess.PIPE, env=clean_environment())
    time.sleep(0.3 + random.random() / 2)
    service.kill()
    time.sleep(random.random() / 2)
    service = Service(folder, "--clock", "events", treaty=LOAN_DESK, port=service.port)
    error = sender.communicate(timeout=PATIENCE_S)[1].decode()
    assert sender.returncode == 0 and "6,000 lines acknowledged" in error, error
    out = watcher.communicate(timeout=PATIENCE_S)[0]
    assert watcher.returncode == 0 and out == expected, "the decisions differ"


def test_sigterm_finishes_what_is_under_way(folder):
    service = Service(folder)
    feed, watcher = Feed(service), Decisions(service, after=0)
    feed.send(*[event(i, time_text=now_text()) for i in range(2000)])
    acked = feed.until_acked(1)[-1]["acked"]
    service.process.send_signal(signal.SIGTERM)
    while True:
        reply = feed.reply()
        if reply is None:
            break
        acked = reply.get("acked", acked)
    opened = 0
    while True:
        line = watcher.line()
        if line is None:
            break
        opened += b'"treaty.lead.opened"' in line
    assert service.wait() == 0, service.log()
    assert "stopped" in service.log()
    assert opened == acked, (opened, acked)
    stored = service.query("select count(*) from decisions where type = 'treaty.lead.opened'")[0][0]
    assert stored == acked, (stored, acked)


def test_the_treaty_comes_from_the_store(folder):
    treaty = os.path.join(folder, "desk.treaty")
    shutil.copy(DESK, treaty)
    service = Service(folder, treaty=treaty)
    feed = Feed(service)
    feed.send(event(1))
    feed.until_acked(1)
    service.stop()
    with open(treaty, "a") as file:
        file.write("# changed\n")
    code, _, error = run("serve", treaty, "--store", service.store, "--feed", "127.0.0.1:0")
    assert code == 2 and "give what has changed the next number" in error, (code, error)
    os.remove(treaty)
    service = Service(folder, treaty=None)
    feed = Feed(service)
    feed.send(event(2))
    feed.until_acked(1)
    eventually(lambda: service.query(
        "select count(*) from decisions where type = 'treaty.lead.opened'") == [(2,)], "it decides")


def test_a_treaty_may_change_before_it_has_decided(folder):
    treaty = os.path.join(folder, "desk.treaty")
    shutil.copy(DESK, treaty)
    Service(folder, treaty=treaty).stop()
    with open(treaty, "a") as file:
        file.write("# changed\n")
    service = Service(folder, treaty=treaty)
    service.stop()
    assert service.query("select count(*) from programs") == [(1,)]
    Service(folder, treaty=None).stop()


def test_a_run_fills_a_store_that_serve_goes_on_from(folder):
    lines = loan_lines(9000)
    past, rest = (os.path.join(folder, name) for name in ("past.ndjson", "rest.ndjson"))
    for path, part in (past, lines[:6000] + [b"no json"]), (rest, lines[6000:]):
        with open(path, "wb") as file:
            file.write(b"\n".join(part) + b"\n")
    expected = dry_run(LOAN_DESK, "-", data=b"\n".join(lines) + b"\n")
    store = os.path.join(folder, "store")
    code, history, error = run("run", LOAN_DESK, past, "--store", store, "--format", "json")
    assert code == 0 and expected.startswith(history), error
    code, _, error = run("run", LOAN_DESK, past, "--store", store)
    assert code == 2 and "already" in error, (code, error)

    service = Service(folder, "--clock", "events", treaty=None)
    assert "warning" not in service.log(), service.log()
    assert run("send", rest, "--to", service.address)[0] == 0
    count = expected.count(b"\n")
    assert all_decisions(service, count, history=True) == expected
    later = expected[len(history):]  # without being asked for, history is not sent
    assert all_decisions(service, later.count(b"\n")) == later
    assert service.query("select count(*) from leads")[0][0] > 0
    refused = service.query("select code, line_number, feed from refused")
    assert refused == [("not_json", 6001, "send")], refused


def test_send_goes_on_behind_what_a_run_has_read(folder):
    """The same export, grown since: each line is decided once, by the run or by the service."""
    lines = loan_lines(3000)
    web, crm, more = (os.path.join(folder, name) for name in ("web.ndjson", "crm.ndjson", "more"))

    def write(path, part):
        with open(path, "wb") as file:
            file.write(b"\n".join(part) + b"\n")

    write(web, lines[0:2000:2] + [b"no json", b""])
    write(crm, lines[1:2000:2])
    write(more, lines[2000:])
    expected = dry_run(LOAN_DESK, web, crm, more)
    store = os.path.join(folder, "store")
    code, history, error = run("run", LOAN_DESK, web, crm, "--store", store, "--name", "export",
                               "--format", "json")
    assert code == 0 and expected.startswith(history), error
    write(crm, lines[1:2000:2] + lines[2000:])
    service = Service(folder, "--clock", "events", treaty=None)
    code, _, error = run("send", web, crm, "--to", service.address, "--name", "export")
    assert code == 0, error
    assert "1,000 lines acknowledged, 0 refused; 2,001 sent before" in error, error
    assert all_decisions(service, expected.count(b"\n"), history=True) == expected
    write(web, lines[2:2000:2])
    code, _, error = run("send", web, crm, "--to", service.address, "--name", "export")
    assert code == 2 and "other lines before it" in error, (code, error)


def test_what_lay_behind_until_is_sent(folder):
    path, store = os.path.join(folder, "past.ndjson"), os.path.join(folder, "store")
    times = ["2025-11-02T09:00:00Z", "2025-11-04T09:00:00Z", "2025-11-02T10:00:00Z"]
    with open(path, "w") as file:
        for number, time_text in enumerate(times):
            file.write(json.dumps(event(number, time_text=time_text)) + "\n")
    code, _, error = run("run", DESK, path, "--store", store, "--quiet", "--sort",
                         "--until", "2025-11-03T09:00:00Z")
    assert code == 0 and "future_time" in error, error
    service = Service(folder)
    code, _, error = run("send", path, "--to", service.address)
    assert code == 0 and "2 lines acknowledged, 0 refused; 1 sent before" in error, error
    opened = "select account from decisions where type = 'treaty.lead.opened' order by account"
    eventually(lambda: service.query(opened) == [("a0",), ("a1",), ("a2",)], "each is opened once")


def test_a_filled_store_goes_on_by_the_wall_clock(folder):
    path = os.path.join(folder, "past.ndjson")
    with open(path, "w") as file:
        file.write(json.dumps(event(1, time_text="2025-11-02T09:00:00Z")) + "\n")
    store = os.path.join(folder, "store")
    code, history, error = run("run", DESK, path, "--store", store, "--format", "json", "--until",
                               "2025-11-02T09:00:01Z")
    assert code == 0 and b"handover.reminded" in history and b"breached" not in history, error
    service = Service(folder)
    watcher = Decisions(service, after=0)
    breached = json.loads(watcher.line())
    assert breached["type"] == "treaty.handover.breached", breached
    assert breached["time"] == "2025-11-02T09:00:02.000Z", breached
    service.stop()
    code, _, error = run("serve", "--store", store, "--feed", "127.0.0.1:0", "--clock", "events")
    assert code == 2 and "wall clock" in error, error


def test_a_store_that_is_ahead_of_the_clock_is_told(folder):
    path = os.path.join(folder, "past.ndjson")
    with open(path, "w") as file:
        file.write(json.dumps(event(1, time_text="2025-11-02T09:00:00Z")) + "\n")
    code, _, error = run("run", DESK, path, "--store", os.path.join(folder, "store"), "--quiet",
                         "--until", "2999-01-01T00:00:00Z")
    assert code == 0, error
    service = Service(folder, "--clock", "events")
    assert "this machine's clock" not in service.log(), service.log()
    service.stop()
    service = Service(folder, "--clock", "wall")
    warning = service.log().split("treaty: warning: ", 1)[1].split("\n")[0]
    assert re.fullmatch("this machine's clock is [0-9,]+ days(?: .*)? behind the store's, "
                        "2999-01-01 00:00:00Z: until then no deadline passes, and what comes in "
                        "counts as of that instant", warning), warning


def test_a_clock_that_is_set_back_is_told_once(folder):
    clock = ShiftedClock(folder)
    service = Service(folder, environment=clock.environment)
    feed, watcher = Feed(service), Decisions(service)
    feed.send(event(1, time_text=now_text()))
    feed.until_acked(1)
    opened = json.loads(watcher.line())["time"]
    clock.set(-200)  # as far as clocks may differ, nothing is said
    time.sleep(1.3)
    assert "warning: this" not in service.log(), service.log()
    clock.set(-3700)
    eventually(lambda: "warning: this machine's clock is 1 hour " in service.log(), "it is told")
    feed.send(event(2, time_text=now_text(-3700)))
    feed.until_acked(2)
    line = json.loads(watcher.line())
    while line["account"] != "a2":
        line = json.loads(watcher.line())
    assert opened <= line["time"] <= now_text(), line  # it went on, and not back
    time.sleep(2.5)
    assert service.log().count("warning: this") == 1, service.log()
    breached = "select count(*) from decisions where type like '%breached'"
    assert service.query(breached) == [(0,)]
    clock.set(0)
    eventually(lambda: service.query(breached) == [(2,)], "the deadlines pass")
    service.stop()
    service = Service(folder, environment=clock.environment)
    assert "warning: this" not in service.log(), service.log()
    service.stop()
    clock.set(-7500)
    service = Service(folder, environment=clock.environment)
    assert "warning: this machine's clock is 2 hours " in service.log(), service.log()


def test_half_a_history_is_none(folder):
    store = os.path.join(folder, "store")
    none = os.path.join(folder, "none.ndjson")
    code, _, error = run("run", LOAN_DESK, LOANS, none, "--store", store)
    assert code == 2, error
    bad = os.path.join(folder, "bad.ndjson.gz")
    with open(LOANS, "rb") as feed, open(bad, "wb") as file:
        file.write(feed.read()[:100000])
    shutil.rmtree(store)
    code, _, error = run("run", LOAN_DESK, bad, "--store", store)
    assert code == 2, error
    code, _, error = run("serve", "--store", store, "--feed", "127.0.0.1:0")
    assert code == 2 and "broke off" in error, (code, error)
    code, _, error = run("run", LOAN_DESK, LOANS, "--as-if-in-force", "--store", store)
    assert code == 2 and "exclude" in error, error


if __name__ == "__main__":
    run_tests(globals())
