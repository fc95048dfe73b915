"""test_versions.py - versions of an agreement in one service: taken up while it has leads, turned
away where they would change what is agreed, in shadow until they are signed."""
from harness import *

SIGNED = ' signed by marketing "A. Roth" on 2020-01-01, sales "J. Kern" on 2020-01-01'


def version(folder, number, seconds=2, said="", signed=True):
    """desk.treaty as its version `number`, which answers within so many seconds."""
    text = open(DESK, encoding="utf-8").read()
    text = text.replace("version 1", "version %d" % number)
    text = text.replace("2020-01-01 {", "2020-01-01" + (SIGNED if signed else "") + " {")
    text = text.replace("within 2 seconds", "within %d seconds" % seconds) + said
    path = os.path.join(folder, "desk-%d.treaty" % number)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def governed(service):
    """(account, version, due) of each hand-over that was offered, in order."""
    return service.query("select account, version, json_extract(json, '$.data.due') from decisions "
                         "where type = 'treaty.handover.offered' order by seq, n")


def ask(service, feed, number):
    feed.send(event(number))
    feed.until_acked(1)
    eventually(lambda: len(governed(service)) >= number, "it is offered")


def decisions(service):
    return service.query("select seq, n, json from decisions order by seq, n")


def test_a_newer_version_is_taken_up(folder):
    service = Service(folder, treaty=version(folder, 1, 3000), signed=True)
    ask(service, Feed(service), 1)
    before = decisions(service)
    service.stop()

    service = Service(folder, treaty=version(folder, 2, 6000), signed=True)
    assert '"desk" version 2 is taken up' in service.log(), service.log()
    ask(service, Feed(service), 2)
    assert [row[1] for row in governed(service)] == [1, 2], governed(service)
    assert decisions(service)[:len(before)] == before, "what was decided stays"
    service.kill()

    service = Service(folder, treaty=None)  # both come from the store, with when they came
    assert "are not those that its log gives" not in service.log(), service.log()
    ask(service, Feed(service), 3)
    assert [row[1] for row in governed(service)] == [1, 2, 2]
    first, second = (row[2] for row in governed(service)[:2])
    assert first < second, "a running clock does not move"


def test_what_governs_is_not_changed(folder):
    service = Service(folder, treaty=version(folder, 1), signed=True)
    ask(service, Feed(service), 1)
    service.stop()
    changed = version(folder, 1, 9)
    code, _, error = run("serve", changed, "--store", service.store, "--feed", "127.0.0.1:0")
    assert code == 2 and "version 1 governs leads in this store" in error, error
    assert "give it the version 2" in error, error
    service = Service(folder, treaty=version(folder, 3), signed=True)
    service.stop()
    older = version(folder, 2)
    code, _, error = run("serve", older, "--store", service.store, "--feed", "127.0.0.1:0")
    assert code == 2 and "than the store, which has version 3" in error, error
    other = version(folder, 4, said='account { note text }\nevent web.asked2 by buyer\n')
    service = Service(folder, treaty=other, signed=True)
    service.stop()
    clash = version(folder, 5, said='account { note number }\n')
    code, _, error = run("serve", clash, "--store", service.store, "--feed", "127.0.0.1:0")
    assert code == 2 and "field 'note' is another than in the treaty beside it" in error, error
    Service(folder, treaty=None).stop()  # nothing of it was kept


def test_one_of_two_agreements_is_newer(folder):
    """In one file; the other says what it said."""
    def both(number, rate="50"):
        path = os.path.join(folder, "desks-%d.treaty" % number)
        with open(version(folder, number, 3000), encoding="utf-8") as file:
            text = file.read().replace("applies otherwise", "applies when account.big")
        other = text[text.index("\nagreement "):]
        other = other.replace('"desk" version %d' % number, '"rest" version 1')
        other = other.replace("when account.big", "otherwise").replace("50%", rate + "%")
        with open(path, "w", encoding="utf-8") as file:
            file.write("account { big flag starting at false }\n" + text + other)
        return path
    service = Service(folder, treaty=both(1), signed=True)
    ask(service, Feed(service), 1)
    service.stop()
    service = Service(folder, treaty=both(2), signed=True)
    ask(service, Feed(service), 2)
    assert [row[1] for row in governed(service)] == [1, 1], governed(service)
    service.stop()
    code, _, error = run("serve", both(3, rate="20"), "--store", service.store, "--feed",
                         "127.0.0.1:0")
    assert code == 2 and '"rest" version 1 governs leads in this store' in error, error


def test_what_is_not_signed_decides_in_shadow(folder):
    service = Service(folder, treaty=version(folder, 1, 3000), signed=True)
    ask(service, Feed(service), 1)
    service.stop()

    service = Service(folder, treaty=version(folder, 2, 5, signed=False), signed=True)
    assert '"desk" version 2 decides in shadow' in service.log(), service.log()
    ask(service, Feed(service), 2)
    assert [row[1] for row in governed(service)] == [1, 1], governed(service)

    def beside():
        return service.query("select account, version, type from shadow "
                             "where type = 'treaty.handover.offered'")
    eventually(lambda: len(beside()) > 0, "the shadow decides")
    assert beside()[0][1] == 2, beside()
    service.kill()

    service = Service(folder, treaty=None)
    rows = service.query("select count(*) from shadow")[0][0]
    service.stop()
    service = Service(folder, treaty=version(folder, 2, 5), signed=True)  # signed now
    assert '"desk" version 2 is taken up' in service.log(), service.log()
    ask(service, Feed(service), 3)
    assert governed(service)[-1][1] == 2, governed(service)
    assert service.query("select count(*) from shadow")[0][0] == rows, "the shadow is over"


def test_what_lay_in_shadow_beside_what_was_not_signed_gets_its_force(folder):
    """A file is in shadow as a whole; the next one says the same of "rest", and all have signed."""
    def both(number, signed):
        path = os.path.join(folder, "desks-%d.treaty" % number)
        with open(version(folder, number, 3000), encoding="utf-8") as file:
            text = file.read().replace("applies otherwise", "applies when account.big")
        rest = text[text.index("\nagreement "):].replace("when account.big", "otherwise")
        rest = rest.replace('"desk" version %d' % number, '"rest" version 1')
        with open(path, "w", encoding="utf-8") as file:
            file.write("account { big flag starting at false }\n"
                       + (text if signed else text.replace(SIGNED, "")) + rest)
        return path
    service = Service(folder, treaty=both(1, signed=False), signed=True)
    feed = Feed(service)
    feed.send(event(1))
    feed.until_acked(1)
    eventually(lambda: service.query("select count(*) from shadow") != [(0,)], "the shadow decides")
    assert governed(service) == []
    service.stop()
    service = Service(folder, treaty=both(2, signed=True), signed=True)
    feed = Feed(service)
    feed.send(event(2))
    feed.until_acked(1)
    eventually(lambda: "a2" in [row[0] for row in governed(service)], "it is offered")
    assert governed(service)[-1][:2] == ("a2", 1), governed(service)


def test_what_is_not_signed_is_put_in_force(folder):
    service = Service(folder, treaty=version(folder, 1, 3000), signed=True)
    ask(service, Feed(service), 1)
    service.stop()
    draft = version(folder, 2, 6000, signed=False)
    service = Service(folder, treaty=draft, signed=True)
    ask(service, Feed(service), 2)
    service.stop()
    service = Service(folder, treaty=draft)
    assert '"desk" version 2 is taken up' in service.log(), service.log()
    ask(service, Feed(service), 3)
    service.kill()
    service = Service(folder, treaty=None)
    assert "are not those that its log gives" not in service.log(), service.log()
    ask(service, Feed(service), 4)
    assert [row[1] for row in governed(service)] == [1, 1, 2, 2], governed(service)


def test_alone_and_not_signed_it_has_no_force(folder):
    service = Service(folder, treaty=version(folder, 1, signed=False), signed=True)
    feed = Feed(service)
    feed.send(event(1))
    feed.until_acked(1)
    eventually(lambda: service.query("select count(*) from shadow where type = "
                                     "'treaty.handover.offered'") == [(1,)], "the shadow decides")
    assert governed(service) == []


def test_a_version_in_shadow_has_no_effect(folder):
    later = version(folder, 2, 5)
    text = open(later, encoding="utf-8").read()
    text = text.replace("in force from 2020-01-01", "in shadow from 2020-01-01")
    with open(later, "w", encoding="utf-8") as file:
        file.write(text)
    both = os.path.join(folder, "both")
    os.mkdir(both)
    shutil.copy(later, os.path.join(both, "b.treaty"))
    shutil.copy(version(folder, 1, 3000), os.path.join(both, "a.treaty"))
    service = Service(folder, treaty=both, signed=True)
    ask(service, Feed(service), 1)
    assert [row[1] for row in governed(service)] == [1]
    eventually(lambda: service.query("select version from shadow where type = "
                                     "'treaty.handover.breached'") == [(2,)], "it goes by time")
    service.stop()
    Service(folder, treaty=both, signed=True).stop()  # nothing is new


def rename(path, treaty):
    os.replace(path, treaty)
    return treaty


def test_a_newer_version_is_taken_up_at_a_signal(folder):
    treaty = rename(version(folder, 1, 3000), os.path.join(folder, "desk.treaty"))
    service = Service(folder, treaty=treaty, signed=True)
    feed = Feed(service)
    ask(service, feed, 1)

    with open(treaty, "a", encoding="utf-8") as file:
        file.write("what is this\n")
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: "everything stays as it was" in service.log(), "it says so")
    rename(version(folder, 1, 3000), treaty)
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: "nothing is new in" in service.log(), "it says so")

    rename(version(folder, 2, 6000), treaty)
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: '"desk" version 2 is taken up' in service.log(), "it says so")
    feed.send(event(2))  # on the same connection
    feed.until_acked(2)
    eventually(lambda: len(governed(service)) == 2, "it is offered")
    assert [row[1] for row in governed(service)] == [1, 2], governed(service)
    before = decisions(service)
    service.kill()
    service = Service(folder, treaty=None)
    assert decisions(service)[:len(before)] == before
    assert "are not those that its log gives" not in service.log(), service.log()


def test_versions_come_while_events_do(folder):
    """Each version lasts for some events; what was decided is what a restart decides again."""
    treaty = rename(version(folder, 1, 3000), os.path.join(folder, "desk.treaty"))
    service = Service(folder, treaty=treaty, signed=True)
    feed = Feed(service)
    for number in range(2, 6):
        for i in range(40):
            feed.send(event(number * 100 + i))
        rename(version(folder, number, 3000 + number), treaty)
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: '"desk" version %d is taken up' % number in service.log(), "it says so")
    feed.until_acked(160)
    eventually(lambda: len(governed(service)) == 160, "all are offered")
    versions = [row[1] for row in governed(service)]
    assert versions == sorted(versions), versions
    before = decisions(service)
    service.kill()
    service = Service(folder, treaty=None)
    assert decisions(service)[:len(before)] == before
    assert "are not those that its log gives" not in service.log(), service.log()


OFFICE = """
zone "Europe/Berlin"
party marketing
party sales
event web.asked by buyer
event crm.accepted by sales
calendar office { mon to fri 09:00 to 17:00 holidays "closed.ics" }
stages { inquiry owned by marketing, opened by (web.asked) SAL owned by sales }
agreement "desk" version %d between marketing and sales in force from %s {
  applies otherwise
  hand inquiry from marketing to sales
    accepted by crm.accepted to SAL
    respond within 4 hours in office
}
"""
CLOSED = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
SUMMARY:closed
DTSTART;VALUE=DATE:%s
RRULE:FREQ=YEARLY
END:VEVENT
END:VCALENDAR
"""


def test_sealed_versions_keep_their_holidays(folder):
    """In the same words, but the file that they name was another when each was sealed."""
    both = os.path.join(folder, "both")
    os.mkdir(both)
    for number, since, closed in (1, "2026-01-01", "20260203"), (2, "2026-04-01", "20260407"):
        treaty = os.path.join(folder, "desk.treaty")
        said = {"desk.treaty": OFFICE % (number, since), "closed.ics": CLOSED % closed}
        for name, text in said.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        sealed = os.path.join(both, "desk-%d.sealed" % number)
        code, _, error = run("seal", treaty, "--out", sealed)
        assert code == 0, error
    times = ("2026-02-02T15:00:00Z", "2026-04-06T14:00:00Z")
    lines = [json.dumps(event(i, time_text=time)).encode() for i, time in enumerate(times)]
    code, out, error = run("run", both, "-", "--format", "json", data=b"\n".join(lines) + b"\n")
    assert code == 0, error
    due = [json.loads(line)["data"].get("due") for line in out.splitlines()
           if b"treaty.handover.offered" in line]
    assert due == ["2026-02-04T11:00:00.000Z", "2026-04-08T10:00:00.000Z"], due


if __name__ == "__main__":
    run_tests(globals())
