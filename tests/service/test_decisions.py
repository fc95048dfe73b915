"""test_decisions.py - decisions on their way out: from any place in the past and then live, to
quick readers and slow ones, and those that time alone makes."""
import os
import resource
import socket
import threading

from harness import *

KINDS = ["treaty.lead.opened", "treaty.handover.offered"]


def opened(service, count, first=0):
    """Events of the present that open `count` leads, two decisions and more each."""
    feed = Feed(service)
    feed.send(*[event(first + i, time_text=now_text()) for i in range(count)])
    feed.until_acked(count)
    return feed


def ids_of(lines):
    return [tuple(int(part) for part in json.loads(line)["id"].split(".")) for line in lines]


def test_time_alone_decides_at_its_instant(folder):
    service = Service(folder)
    watcher = Decisions(service)
    began = time.time()
    asked = now_text()
    feed = Feed(service)
    feed.send(event(1, time_text=asked))
    seen = {}
    while "treaty.handover.breached" not in seen:
        line = json.loads(watcher.line())
        seen[line["type"]] = (line, time.time() - began)
    reminded, after = seen["treaty.handover.reminded"]
    assert 0.9 < after < 1.9, after
    breached, after = seen["treaty.handover.breached"]
    assert 1.9 < after < 3.5, after
    assert "causationid" not in breached and breached["time"] == breached["data"]["due"], breached
    assert asked <= breached["data"]["offered"] <= now_text(), breached  # when it was taken in
    assert breached["id"].startswith("1."), breached
    rows = "select json from decisions where type like '%breached'"
    stored = eventually(lambda: service.query(rows), "it is stored")
    service.kill()
    service = Service(folder)
    assert service.query(rows) == stored
    assert json.loads(stored[0][0])["time"] == breached["time"]


def test_a_deadline_that_passed_while_it_was_down_is_told(folder):
    service = Service(folder)
    opened(service, 1)
    service.kill()
    time.sleep(2.2)
    service = Service(folder)
    watcher = Decisions(service, after=0)
    while True:
        line = json.loads(watcher.line())
        if line["type"] == "treaty.handover.breached":
            break
    assert line["time"] <= now_text(-0.1), line


def test_after_begins_where_it_says(folder):
    service = Service(folder)
    opened(service, 20)
    every = all_decisions(service, 40).splitlines()
    assert ids_of(every) == sorted(set(ids_of(every)))
    watcher = Decisions(service, after=10)
    newest = watcher.greeting.pop("newest")
    assert watcher.greeting == {"treaty": 1, "ok": True, "after": 10}, watcher.greeting
    assert ids_of([watcher.line()])[0] > (10, 1 << 40) and watcher.line()
    for place in random.sample(ids_of(every)[:-1], 5):
        watcher = Decisions(service, after="%d.%d" % place)
        wanted = [line for line in every if ids_of([line])[0] > place]
        got = [watcher.line() for _ in wanted]
        assert got == wanted, place
    service.stop()
    service = Service(folder)
    watcher = Decisions(service, after="3.1")
    assert watcher.line() == [line for line in every if ids_of([line])[0] > (3, 1)][0]


def test_without_after_only_what_comes(folder):
    service = Service(folder)
    opened(service, 3)
    watcher = Decisions(service)
    opened(service, 1, first=3)
    line = json.loads(watcher.line())
    while line["type"] != "treaty.lead.opened":
        line = json.loads(watcher.line())  # earlier leads may be reminded meanwhile
    assert line["account"] == "a3", line


def test_past_and_present_join_without_a_gap(folder):
    service = Service(folder, "--clock", "events")
    feed = Feed(service)

    def keep_sending():
        for turn in range(60):
            feed.send(*[event("%d-%d" % (turn, i)) for i in range(100)])
            time.sleep(0.01)

    sender = threading.Thread(target=keep_sending, daemon=True)
    sender.start()
    watchers = []
    for _ in range(6):
        time.sleep(0.05)
        watchers.append(Decisions(service, after=0))
    sender.join()
    feed.until_acked(6000)
    expected = all_decisions(service, service_total(service))
    for watcher in watchers:
        got = b"".join(watcher.line() + b"\n" for _ in range(expected.count(b"\n")))
        assert got == expected


def service_total(service):
    """The number of decisions, when no more are on their way into the table."""
    last = [None]

    def settled():
        count = service.query("select count(*) from decisions")[0][0]
        before, last[0] = last[0], count
        time.sleep(0.1)
        return count > 0 and count == before and count

    return eventually(settled, "the decisions are stored")


def test_a_slow_subscriber_loses_nothing_and_delays_nobody(folder):
    service = Service(folder, "--clock", "events")
    slow = Decisions(service, after=0, receive_buffer=4096)
    quick = Decisions(service, after=0)
    feed = Feed(service)
    count = 20000
    lines = [event(i) for i in range(count)]
    sender = threading.Thread(target=lambda: feed.send(*lines), daemon=True)
    sender.start()
    first = []
    while len(first) < 2 * count:  # the slow one has not read a line meanwhile
        first.append(quick.line())
    feed.until_acked(count)
    memory_kb = int([line for line in open("/proc/%d/status" % service.process.pid)
                     if line.startswith("VmRSS")][0].split()[1])
    for line in first:
        assert slow.line() == line
    service.stop()
    assert memory_kb < 1000000, memory_kb


def test_a_subscriber_that_goes_away_is_forgotten(folder):
    service = Service(folder, "--clock", "events")
    feed = Feed(service)
    feed.send(*[event(i) for i in range(3000)])
    feed.until_acked(3000)
    for _ in range(30):
        Decisions(service, after=0).close()  # in the middle of a page
    watcher = Decisions(service, after=0)
    feed.send(event("last"))
    for _ in range(2 * 3001):
        line = watcher.line()
    service.stop()


def old_decisions(folder, count=4000):
    """A service that has to read its decisions from the table."""
    service = Service(folder, "--clock", "events")
    feed = Feed(service)
    feed.send(*[event(i) for i in range(count)])
    feed.until_acked(count)
    total = service_total(service)
    service.stop()
    return total


def test_many_slow_subscribers_need_few_files(folder):
    total = old_decisions(folder)
    service = Service(folder, before_start=limit_files(128))
    assert "only 64 connections are taken at once" in service.log(), service.log()
    clients = [Decisions(service, after=0, receive_buffer=4096) for _ in range(90)]
    slow = [client for client in clients if client.greeting["ok"]]
    assert len(slow) == 64, len(slow)
    turned_away = {"treaty": 1, "ok": False, "reason": "there are too many connections",
                   "retry": True}
    assert clients[-1].greeting == turned_away, clients[-1].greeting
    files = "/proc/%d/fd" % service.process.pid
    eventually(lambda: len(os.listdir(files)) < 64 + 30, "those turned away are gone")
    expected = b"".join(slow[0].line() + b"\n" for _ in range(total))
    for client in random.sample(slow[1:], 3):
        assert b"".join(client.line() + b"\n" for _ in range(total)) == expected
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 10
    assert "turned away" not in service.log(), service.log()


def test_a_table_that_cannot_be_read_is_told_once(folder):
    total = old_decisions(folder, 200)
    service = Service(folder)
    path = os.path.join(service.store, "store.sqlite")
    os.rename(path, path + ".away")
    for _ in range(5):
        watcher = Decisions(service, after=0)
        assert watcher.greeting["ok"] and watcher.line() is None
    assert service.log().count("a subscriber is turned away: ") == 1, service.log()
    os.rename(path + ".away", path)
    watcher = Decisions(service, after=0)
    assert [watcher.line() is not None for _ in range(total)] == [True] * total
    service.stop()


def test_without_a_file_to_spare_it_rests_and_still_hears_signals(folder):
    service = Service(folder, environment={"ASAN_OPTIONS": "detect_leaks=0"})  # it opens files
    pid, limits = service.process.pid, resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    waiting = [socket.create_connection(("127.0.0.1", service.port))]
    eventually(lambda: "no connection is taken on 127.0.0.1:%d: too many open files" %
               service.port in service.log(), "it says so")
    before_s = processor_s(pid)
    time.sleep(2.5)
    assert processor_s(pid) - before_s < 1, "it runs in a circle"
    assert service.log().count("no connection is taken") == 1, service.log()
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)

    def is_back():
        try:
            return Feed(service).greeting
        except OSError:
            return None

    assert eventually(is_back, "it listens again")["ok"]
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    waiting.append(socket.create_connection(("127.0.0.1", service.port)))
    time.sleep(0.2)
    service.stop()


def processor_s(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_what_subscribers_say_has_no_meaning(folder):
    service = Service(folder)
    watcher = Decisions(service)
    watcher.send(event(1), b"x" * 1000000, b"no json")
    watcher.half_close()
    opened(service, 1, first=7)
    assert json.loads(watcher.line())["account"] == "a7"
    assert service.query("select count(*) from refused") == [(0,)]


def test_leads_and_decisions_are_rows_for_people(folder):
    service = Service(folder)
    feed = opened(service, 2)
    feed.send(event("y", type="crm.accepted", account="a1", time_text=now_text()))
    feed.until_acked(3)
    rows = eventually(lambda: [row for row in service.query(
        "select account, stage, owner, agreement, version, closed from leads order by account")
        if row[1] == "SAL"], "the lead moves")
    assert rows == [("a1", "SAL", "sales", "desk", 1, 0)], rows
    row = service.query("select seq, n, time, type, account, agreement, version, clause "
                        "from decisions where type = 'treaty.handover.accepted'")[0]
    assert row[0] == 3 and row[3:7] == ("treaty.handover.accepted", "a1", "desk", 1), row
    assert row[2].endswith("Z") and row[7].startswith("desk.treaty:"), row


if __name__ == "__main__":
    run_tests(globals())
