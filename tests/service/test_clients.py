"""test_clients.py - `treaty send` and `treaty watch` from a shell."""
import gzip
import os
import socket

from harness import *


def write_feed(folder, name, events):
    path = os.path.join(folder, name)
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "wb") as file:
        for line in events:
            file.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
    return path


def nobody_there():
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % free.getsockname()[1]
    free.close()
    return address


def test_send_takes_plain_gzip_and_standard_input(folder):
    service = Service(folder)
    plain = write_feed(folder, "a.ndjson", [event(i) for i in range(10)])
    packed = write_feed(folder, "b.ndjson.gz", [event(i) for i in range(10, 20)])
    code, out, error = run("send", plain, packed, "-", "--to", service.address,
                           data=json.dumps(event(20)).encode())
    assert code == 0 and out == b"" and "21 lines acknowledged, 0 refused" in error, (code, error)


def test_send_tells_refused_lines_with_their_place(folder):
    service = Service(folder)
    first = write_feed(folder, "a.ndjson", [event(0), b"", b"no json", event(1)])
    second = write_feed(folder, "b.ndjson", [event(2), event(3, type="web.unheard_of")])
    code, _, error = run("send", first, second, "--to", service.address)
    assert code == 0, error
    assert first + ":3: refused not_json: " in error, error
    assert second + ":2: refused unknown_event: " in error, error
    assert "5 lines acknowledged, 2 refused" in error, error


def test_a_second_send_passes_over_what_is_there(folder):
    service = Service(folder)
    path = write_feed(folder, "a.ndjson", [event(i) for i in range(10)])
    assert run("send", path, "--to", service.address)[0] == 0
    path = write_feed(folder, "a.ndjson", [event(i) for i in range(15)])
    code, _, error = run("send", path, "--to", service.address)
    assert code == 0 and "5 lines acknowledged, 0 refused; 10 sent before" in error, error
    other = write_feed(folder, "b.ndjson", [event(i) for i in range(20, 23)])
    code, _, error = run("send", other, "--to", service.address)
    assert code == 0 and "3 lines acknowledged" in error and "before" not in error, error
    assert service.query("select sum(record_count) from segments")[0][0] >= 19


def test_a_changed_file_is_not_passed_over(folder):
    service = Service(folder)
    lines = [event(i) for i in range(10)]
    path = write_feed(folder, "a.ndjson", lines)
    assert run("send", path, "--to", service.address)[0] == 0
    write_feed(folder, "a.ndjson", lines[:4] + [event(50)] + lines[4:] + [event(51)])
    code, _, error = run("send", path, "--to", service.address)
    assert code == 2 and "at line 11, but other lines before it" in error, (code, error)
    assert service.query("select count(*) from leads where account = 'a50'") == [(0,)]
    code, _, error = run("send", path, "--to", service.address, "--from-start")
    assert code == 0 and "12 lines acknowledged, 0 refused\n" in error, (code, error)
    code, _, error = run("send", path, "--to", service.address)
    assert code == 0 and "0 lines acknowledged, 0 refused; 12 sent before" in error, (code, error)


def test_a_line_that_is_finished_later_is_not_passed_over(folder):
    service = Service(folder)
    whole = json.dumps(event(2)).encode()
    path = write_feed(folder, "a.ndjson", [event(1), whole[:40]])
    code, _, error = run("send", path, "--to", service.address)
    assert code == 0 and "2 lines acknowledged, 1 refused" in error, error
    write_feed(folder, "a.ndjson", [event(1), whole])
    code, _, error = run("send", path, "--to", service.address)
    assert code == 2 and "at line 1" in error, (code, error)


def test_sending_goes_on_behind_lines_without_a_name_or_too_long(folder):
    service = Service(folder, "--max-event-bytes", "300")
    lines = [event(0), b"no json", event(1, account="x" * 400), b"", b"no json"]
    path = write_feed(folder, "a.ndjson.gz", lines)
    code, _, error = run("send", path, "--to", service.address)
    assert code == 0 and "4 lines acknowledged, 3 refused" in error, error
    service.stop()
    service = Service(folder, "--max-event-bytes", "300")
    other = write_feed(folder, "b.ndjson", [event(2)])
    write_feed(folder, "a.ndjson.gz", lines + [event(3)])
    code, _, error = run("send", path, other, "--to", service.address)
    assert code == 0 and "2 lines acknowledged, 0 refused; 4 sent before" in error, error


def test_a_store_that_knew_only_last_lines_is_brought_up(folder):
    import sqlite3
    service = Service(folder)
    path = write_feed(folder, "a.ndjson", [event(i) for i in range(3)])
    assert run("send", path, "--to", service.address)[0] == 0
    service.stop()
    database = sqlite3.connect(os.path.join(service.store, "store.sqlite"))
    database.executescript("alter table feeds drop column lines;"
                           "alter table feeds drop column hash; drop table shadow;"
                           "alter table programs drop column taken_ms;"
                           "alter table programs drop column in_shadow;"
                           "update meta set value = '1' where key = 'format'")
    database.close()
    service = Service(folder)
    for taken, before in (3, ""), (0, "; 3 sent before"):
        code, _, error = run("send", path, "--to", service.address)
        wanted = "%d lines acknowledged, 0 refused%s\n" % (taken, before)
        assert code == 0 and wanted in error, (code, error)
    opened = "select count(*) from decisions where type = 'treaty.lead.opened'"
    eventually(lambda: service.query(opened) == [(3,)], "each lead was opened once")


def test_answers_come_while_standard_input_is_silent(folder):
    service = Service(folder)
    first = write_feed(folder, "a.ndjson", [b"no json"])
    told = os.path.join(folder, "told")
    with open(told, "wb") as file:
        sender = subprocess.Popen([TREATY, "send", first, "-", "--to", service.address],
                                  stdin=subprocess.PIPE, stderr=file, env=clean_environment())
    hears = lambda text: eventually(lambda: text in open(told).read(), "'%s' is told" % text)
    hears("a.ndjson:1: refused not_json")
    sender.stdin.write(b"neither\n" + json.dumps(event(1)).encode()[:20])
    sender.stdin.flush()
    hears("-:1: refused not_json")
    service.kill()
    service = Service(folder, port=service.port)
    sender.stdin.write(json.dumps(event(1)).encode()[20:] + b"\n")
    sender.stdin.flush()
    eventually(lambda: service.query("select id from feeds") == [("e1",)], "the event is there")
    sender.stdin.close()
    assert sender.wait(PATIENCE_S) == 0
    hears("3 lines acknowledged, 2 refused")


def test_lines_of_a_silent_input_outlive_the_service(folder):
    """What was on its way when the service died goes out again, though nothing more is read."""
    proxy = socket.socket()
    proxy.bind(("127.0.0.1", 0))
    proxy.listen()
    proxy.settimeout(PATIENCE_S)
    address = "127.0.0.1:%d" % proxy.getsockname()[1]
    sender = subprocess.Popen([TREATY, "send", "-", "--to", address], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=clean_environment())
    sender.stdin.write(json.dumps(event(1)).encode() + b"\n")
    sender.stdin.flush()
    hello = b'{"treaty":1,"ok":true,"resume_after":null,"prefix":{"lines":0,"hash":"0"}}\n'
    for answer in b"", b'{"acked":1}\n':  # the first one dies before it answers
        connection, _ = proxy.accept()
        connection.settimeout(PATIENCE_S)
        lines = connection.makefile("rb")
        assert json.loads(lines.readline())["role"] == "feed"
        connection.sendall(hello)
        assert json.loads(lines.readline())["id"] == "e1"
        connection.sendall(answer)
        if answer:
            sender.stdin.close()
            assert lines.readline() == b""
        lines.close()
        connection.close()
    assert sender.wait(PATIENCE_S) == 0
    assert b"1 line acknowledged, 0 refused" in sender.stderr.read()


def test_a_repeat_is_not_taken_for_the_line_that_the_service_has(folder):
    """It ends behind the first line, which comes again behind lines that it does not have."""
    service = Service(folder)
    opened = "select account from decisions where type = 'treaty.lead.opened' order by account"
    sender = subprocess.Popen([TREATY, "send", "-", "--to", service.address],
                              stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=clean_environment())
    first, *others = [json.dumps(event(i)).encode() + b"\n" for i in range(3)]
    sender.stdin.write(first)
    sender.stdin.flush()
    eventually(lambda: service.query(opened) == [("a0",)], "the first is there")
    time.sleep(0.2)  # and acknowledged
    service.kill()
    sender.stdin.write(others[0] + first + others[1])
    sender.stdin.close()
    service = Service(folder, port=service.port)
    assert sender.wait(PATIENCE_S) == 0
    assert b"4 lines acknowledged, 0 refused" in sender.stderr.read()
    eventually(lambda: service.query(opened) == [("a0",), ("a1",), ("a2",)], "no line is lost")


def test_send_waits_for_its_name(folder):
    service = Service(folder)
    path = write_feed(folder, "a.ndjson", [event(1)])
    first = Feed(service, "send")
    code, _, error = run("send", path, "--to", service.address, "--retry-for", "1")
    assert code == 75 and "still turns the feed away: a feed of this name" in error, (code, error)
    sender = subprocess.Popen([TREATY, "send", path, "--to", service.address],
                              stderr=subprocess.PIPE, env=clean_environment())
    time.sleep(0.3)
    first.close()
    assert sender.wait(PATIENCE_S) == 0
    assert b"1 line acknowledged" in sender.stderr.read()


def test_clients_wait_when_there_are_too_many(folder):
    service = Service(folder, before_start=limit_files(66))
    assert "only 2 connections are taken" in service.log(), service.log()
    path = write_feed(folder, "a.ndjson", [event(1)])
    first, other = Feed(service, "web"), Feed(service, "crm")
    code, _, error = run("send", path, "--to", service.address, "--retry-for", "1")
    assert code == 75 and "still turns the feed away: there are too many" in error, (code, error)
    sender = subprocess.Popen([TREATY, "send", path, "--to", service.address],
                              stderr=subprocess.PIPE, env=clean_environment())
    watcher = subprocess.Popen([TREATY, "watch", "--from", service.address, "--after", "0",
                                "--count", "1"], stdout=subprocess.PIPE, env=clean_environment())
    time.sleep(0.5)
    assert sender.poll() is None and watcher.poll() is None
    first.close()
    other.close()
    assert sender.wait(PATIENCE_S) == 0, sender.stderr.read()
    assert b"a1" in watcher.communicate(timeout=PATIENCE_S)[0] and watcher.returncode == 0


def test_clients_say_when_nobody_is_there(folder):
    path, address = write_feed(folder, "a.ndjson", [event(1)]), nobody_there()
    began = time.monotonic()
    code, _, error = run("send", path, "--to", address, "--retry-for", "1")
    assert code == 75 and "is not reachable" in error, (code, error)
    assert 0.9 < time.monotonic() - began < 5
    code, _, error = run("watch", "--from", address, "--retry-for", "1")
    assert code == 75 and "is not reachable" in error, (code, error)


def test_clients_that_are_turned_away_say_why(folder):
    service = Service(folder, environment={"TREATY_TOKEN": "right"})
    path = write_feed(folder, "a.ndjson", [event(1)])
    code, _, error = run("send", path, "--to", service.address)
    assert code == 2 and "a token is needed" in error, (code, error)
    code, _, error = run("watch", "--from", service.address, environment={"TREATY_TOKEN": "wrong"})
    assert code == 2 and "the token is wrong" in error, (code, error)
    code, _, error = run("send", path, "--to", service.address,
                         environment={"TREATY_TOKEN": "right"})
    assert code == 0, error


def test_options_that_will_not_do(folder):
    assert run("send", "x.ndjson")[0] == 2
    assert run("send", "x.ndjson", "--to", "there")[0] == 2
    assert run("watch")[0] == 2
    assert run("watch", "--from", "127.0.0.1:1", "--after", "yesterday")[0] == 2
    here, none = write_feed(folder, "a.ndjson", [event(1)]), os.path.join(folder, "none.ndjson")
    for address in (Service(folder).address, "unix:" + os.path.join(folder, "nobody.socket")):
        code, _, error = run("send", here, none, "--to", address)
        assert code == 2 and error.endswith("none.ndjson could not be opened: "
                                            "No such file or directory\n"), (code, error)
        assert error.count("\n") == 1, error


def test_the_rate_is_kept(folder):
    service = Service(folder)
    path = write_feed(folder, "a.ndjson", [event(i) for i in range(100)])
    began = time.monotonic()
    assert run("send", path, "--to", service.address, "--rate", "100")[0] == 0
    assert 0.9 < time.monotonic() - began < 3


def test_watch_prints_for_people_what_run_prints(folder):
    service = Service(folder, "--clock", "events")
    path = write_feed(folder, "a.ndjson", [
        event(1), event(2, type="crm.accepted", account="a1", time_text="2026-11-02T09:00:01Z"),
        event(3, time_text="2026-11-02T09:30:00Z"), event(4, time_text="2026-11-02T10:00:00Z")])
    utc = os.path.join(folder, "desk.treaty")  # a watcher does not know the treaty, nor its zone
    with open(DESK) as desk, open(utc, "w") as file:
        file.write(desk.read().replace('zone "Europe/Berlin"', 'zone "UTC"'))
    code, expected, error = run("run", utc, path, "--format", "text")
    assert code == 0, error
    assert run("send", path, "--to", service.address)[0] == 0
    code, out, error = run("watch", "--from", service.address, "--after", "0", "--format", "text",
                           "--count", str(expected.count(b"\n")))
    assert code == 0 and out == expected, (out, expected)


def test_watch_ends_when_nobody_reads(folder):
    service = Service(folder, "--clock", "events")
    path = write_feed(folder, "a.ndjson", [event(i) for i in range(3000)])
    assert run("send", path, "--to", service.address)[0] == 0
    watcher = subprocess.Popen([TREATY, "watch", "--from", service.address, "--after", "0"],
                               stdout=subprocess.PIPE, env=clean_environment())
    watcher.stdout.readline()
    watcher.stdout.close()
    assert watcher.wait(PATIENCE_S) == 0


def test_watch_ends_when_its_reader_goes_while_nothing_comes(folder):
    service = Service(folder, "--clock", "events")
    path = write_feed(folder, "a.ndjson", [event(1)])
    assert run("send", path, "--to", service.address)[0] == 0
    watcher = subprocess.Popen([TREATY, "watch", "--from", service.address, "--after", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=clean_environment())
    assert b"treaty.lead.opened" in watcher.stdout.readline()
    watcher.stdout.close()
    assert watcher.wait(PATIENCE_S) == 0 and watcher.stderr.read() == b""


def test_watch_says_that_a_place_has_not_been_reached(folder):
    service = Service(folder, "--clock", "events")
    path = write_feed(folder, "a.ndjson", [event(1), event(2)])
    assert run("send", path, "--to", service.address)[0] == 0
    all_decisions(service, 2)
    assert Decisions(service, 0).greeting["newest"].split(".")[0] == "2"
    for after in "3", "2.99", "17.1":
        code, out, error = run("watch", "--from", service.address, "--after", after)
        assert code == 2 and out == b"", (after, code, error)
        assert "the newest decision of the service" in error and " is 2." in error, error
    watcher = subprocess.Popen([TREATY, "watch", "--from", service.address, "--after", "2",
                                "--count", "1"], stdout=subprocess.PIPE, env=clean_environment())
    path = write_feed(folder, "more.ndjson", [event(3)])
    assert run("send", path, "--to", service.address, "--name", "more")[0] == 0
    assert json.loads(watcher.stdout.readline())["id"] == "3.1"
    assert watcher.wait(PATIENCE_S) == 0



if __name__ == "__main__":
    run_tests(globals())
