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
    assert code == 0 and "5 lines acknowledged, 0 refused; 10 were there already" in error, error
    other = write_feed(folder, "b.ndjson", [event(i) for i in range(20, 23)])
    code, _, error = run("send", other, "--to", service.address)
    assert code == 0 and "3 lines acknowledged" in error and "already" not in error, error
    assert service.query("select sum(record_count) from segments")[0][0] >= 19


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
    service = Service(folder)
    code, _, error = run("send", os.path.join(folder, "none.ndjson"), "--to", service.address)
    assert code == 2 and "none.ndjson" in error, (code, error)


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
    code, expected, error = run("run", DESK, path, "--format", "text")
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


if __name__ == "__main__":
    run_tests(globals())
