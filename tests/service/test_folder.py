"""test_folder.py - what a service refuses to start with: one sentence, exit code 2, and the store
as it was."""
import hashlib
import os
import resource
import signal
import socket
import sqlite3

from harness import *


def refused_to_serve(folder, *arguments, treaty=DESK, code=2, environment=None):
    names = ("store.sqlite", "store.sqlite-wal", "journal.mark")
    before = {name: open(os.path.join(folder, "store", name), "rb").read() for name in names
              if os.path.exists(os.path.join(folder, "store", name))}
    got, out, error = run("serve", *([treaty] if treaty else []), "--store",
                          os.path.join(folder, "store"), *arguments, environment=environment)
    assert got == code and out == b"", (got, out, error)
    after = {name: open(os.path.join(folder, "store", name), "rb").read() for name in before}
    assert before == after, "the store was changed"
    return error


FEED = ("--feed", "127.0.0.1:0")


def change(folder, sql):
    database = sqlite3.connect(os.path.join(folder, "store", "store.sqlite"))
    with database:
        database.execute(sql)
    database.execute("pragma wal_checkpoint(truncate)")
    database.close()


def filled(folder, count=20):
    """A store with a segment and more an event."""
    service = Service(folder)
    feed = Feed(service)
    for i in range(count):
        feed.send(event(i))
        feed.until_acked(i + 1)
    service.stop()


def test_from_outside_only_with_a_token(folder):
    error = refused_to_serve(folder, "--feed", "0.0.0.0:0")
    assert "can be reached from other machines" in error and "token" in error, error
    assert "can be reached" in refused_to_serve(folder, "--feed", "[::]:0")
    assert "can be reached" in refused_to_serve(folder, "--feed-plain", "0.0.0.0:0",
                                                environment={"TREATY_TOKEN": "secret"})
    assert not os.path.exists(os.path.join(folder, "store"))
    service = Service(folder, "--feed", "0.0.0.0:0", feed=False,
                      environment={"TREATY_TOKEN": "secret"})
    assert "listening on 0.0.0.0:" in service.log()


def test_options_that_will_not_do(folder):
    for arguments, part in [(("--feed", "nowhere"), "is no address"), ((), "--feed"),
                            (("--feed", "127.0.0.1:70000"), "is no address"),
                            ((*FEED, "--token-file", folder + "/none"), "could not read"),
                            ((*FEED, "--clock", "sun"), "clock"),
                            ((*FEED, "--max-event-bytes", "99999999"), "max-event-bytes")]:
        error = refused_to_serve(folder, *arguments)
        assert part in error, (arguments, error)
    empty, none = os.path.join(folder, "empty"), os.path.join(folder, "none.treaty")
    with open(empty, "w"):
        pass
    assert "is empty" in refused_to_serve(folder, *FEED, "--token-file", empty)
    assert "no such file" in refused_to_serve(folder, *FEED, treaty=none)
    assert "there is no store" in refused_to_serve(folder, *FEED, treaty=None)
    assert not os.path.exists(os.path.join(folder, "store"))


def test_a_treaty_that_does_not_check_is_never_loaded(folder):
    bad = os.path.join(folder, "bad.treaty")
    with open(DESK) as good, open(bad, "w") as file:
        file.write(good.read().replace("hand inquiry", "handd inquiry"))
    error = refused_to_serve(folder, *FEED, treaty=bad, code=1)
    assert "does not check" in error, error
    assert not os.path.exists(os.path.join(folder, "store"))
    filled(folder, 1)
    refused_to_serve(folder, *FEED, treaty=bad, code=1)


def test_the_treaty_that_came_last_is_in_force(folder):
    other = os.path.join(folder, "other.treaty")
    with open(DESK) as desk, open(other, "w") as file:
        file.write(desk.read() + "\n# another text\n")
    for treaty in (DESK, other, DESK):
        Service(folder, treaty=treaty).stop()
    service = Service(folder, treaty=DESK)
    feed = Feed(service)
    feed.send(event(1))
    feed.until_acked(1)
    service.stop()
    Service(folder, treaty=None).stop()
    Service(folder, treaty=DESK).stop()
    assert "treaty" in refused_to_serve(folder, *FEED, treaty=other)


def test_a_file_in_the_place_of_a_socket_stays(folder):
    path = os.path.join(folder, "notes.txt")
    with open(path, "w") as file:
        file.write("mine")
    error = run("serve", DESK, "--store", os.path.join(folder, "store"), "--feed-plain",
                "unix:" + path)[2]
    assert "could not listen" in error, error
    assert open(path).read() == "mine"
    assert not os.path.exists(os.path.join(folder, "store"))


def test_a_locked_store(folder):
    Service(folder)
    code, _, error = run("serve", DESK, "--store", os.path.join(folder, "store"), *FEED)
    assert code == 2 and "is in use by another process" in error, (code, error)


def test_a_store_of_a_newer_format(folder):
    filled(folder)
    change(folder, "update meta set value = '99' where key = 'format'")
    error = refused_to_serve(folder, *FEED)
    assert "is of format 99" in error, error


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_port_in_use(folder):
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    address = "127.0.0.1:%d" % taken.getsockname()[1]
    def refused():
        error = refused_to_serve(folder, "--feed", address)
        assert "could not listen on %s: address already in use" % address in error, error
        assert error.count("\n") == 1, error

    refused()
    assert not os.path.exists(os.path.join(folder, "store")), "a store was made for it"
    Service(folder, "--clock", "events").stop()
    refused()
    service = Service(folder)
    assert "event clock" in service.log(), service.log()
    service.kill()
    refused()


def test_the_port_is_kept_while_the_start_is_at_work(folder):
    """The treaty comes through a pipe, so the start waits for as long as it has to."""
    pipe, address = os.path.join(folder, "desk.treaty"), "127.0.0.1:%d" % free_port()
    os.mkfifo(pipe)
    service = subprocess.Popen([TREATY, "serve", pipe, "--unsigned",
                                "--store", os.path.join(folder, "first"),
                                "--feed", address], stderr=subprocess.PIPE, text=True,
                               env=clean_environment())
    try:
        with open(pipe, "w") as writing:  # opens when the service reads the other end
            error = refused_to_serve(folder, "--feed", address)
            assert "could not listen on %s: address already in use" % address in error, error
            assert not os.path.exists(os.path.join(folder, "store"))
            early = socket.create_connection(("127.0.0.1", int(address.split(":")[1])), PATIENCE_S)
            early.sendall(b'{"treaty":1,"role":"feed","name":"web"}\n')
            writing.write(open(DESK).read())
        assert b'"ok":true' in early.recv(4096), "who came early is answered"
        service.send_signal(signal.SIGTERM)
        early.close()
        assert service.wait(PATIENCE_S) == 0, service.stderr.read()
    finally:
        service.kill()
        service.stderr.close()


def test_told_to_stop_before_it_is_ready(folder):
    pipe = os.path.join(folder, "desk.treaty")
    os.mkfifo(pipe)
    for number in (signal.SIGTERM, signal.SIGINT):
        service = subprocess.Popen([TREATY, "serve", pipe, "--unsigned",
                                "--store", os.path.join(folder, "store"),
                                    "--feed", "127.0.0.1:%d" % free_port()],
                                   env=clean_environment())
        try:
            with open(pipe, "w"):  # opens when the service reads the other end
                service.send_signal(number)
                assert service.wait(PATIENCE_S) == 0
        finally:
            service.kill()


def test_one_address_for_two(folder):
    path = "unix:" + os.path.join(folder, "feed.socket")
    for address in (path, "127.0.0.1:%d" % free_port()):
        error = refused_to_serve(folder, "--feed", address, "--feed-plain", address)
        assert "cannot listen on one address" in error, error
    assert not os.path.exists(os.path.join(folder, "store"))
    Service(folder, "--feed-plain", "127.0.0.1:0").stop()


def test_a_damaged_log(folder):
    filled(folder)
    change(folder, "update segments set records = zeroblob(length(records)) where number = 5")
    error = refused_to_serve(folder, *FEED)
    assert "damaged at segment 5" in error, error


def test_a_flipped_byte_in_the_file(folder):
    filled(folder)
    path = os.path.join(folder, "store", "store.sqlite")
    database = sqlite3.connect(path)
    records = database.execute("select records from segments where number = 9").fetchone()[0]
    database.close()
    data = bytearray(open(path, "rb").read())
    at = data.find(records)
    assert at > 0
    data[at + len(records) // 2] ^= 4
    open(path, "wb").write(data)
    assert "damaged at segment 9" in refused_to_serve(folder, *FEED)


def test_a_lost_tail(folder):
    filled(folder)
    change(folder, "delete from segments where number > 15")
    assert "has lost its tail" in refused_to_serve(folder, *FEED)


def test_an_older_store_is_brought_up_only_when_it_is_taken(folder):
    filled(folder)
    change(folder, "alter table feeds drop column lines")
    change(folder, "alter table feeds drop column hash")
    change(folder, "drop table shadow")
    change(folder, "alter table programs drop column taken_ms")
    change(folder, "alter table programs drop column in_shadow")
    change(folder, "update meta set value = '1' where key = 'format'")
    def stays():
        path = os.path.join(folder, "store", "store.sqlite")
        query = "select value from meta where key = 'format'"
        assert sqlite3.connect(path).execute(query).fetchall() == [("1",)]

    other = os.path.join(folder, "other.treaty")
    with open(DESK) as desk, open(other, "w") as file:
        file.write(desk.read() + "\n# another text\n")
    assert "is not the treaty that the store has" in refused_to_serve(folder, *FEED, treaty=other)
    stays()
    change(folder, "delete from segments where number > 15")
    assert "has lost its tail" in refused_to_serve(folder, *FEED)
    stays()


def test_a_store_that_was_emptied_is_left_alone(folder):
    filled(folder, 3)
    path = os.path.join(folder, "store", "store.sqlite")
    with open(path, "wb"):
        pass
    assert "4 records were acknowledged, and it ends at 0" in refused_to_serve(folder, *FEED)
    os.remove(path)
    assert "has lost its tail" in refused_to_serve(folder, *FEED)
    assert not os.path.exists(path), "tables were made in its place"


def test_a_mark_that_is_none_is_told(folder):
    filled(folder, 3)
    path = os.path.join(folder, "store", "journal.mark")
    good = open(path, "rb").read()
    for junk in (b"junk", b"4\n", good[:-1] + b"x", good + b"\n", b" " * 21):
        with open(path, "wb") as file:
            file.write(junk)
        assert "does not hold the number of a record" in refused_to_serve(folder, *FEED), junk
    for of_a_power_cut in (b"", b"\0" * 21):
        with open(path, "wb") as file:
            file.write(of_a_power_cut)
        Service(folder).stop()


def test_decisions_that_the_log_does_not_give(folder):
    filled(folder)
    last = sqlite3.connect(os.path.join(folder, "store", "store.sqlite")).execute(
        "select max(seq) from decisions").fetchone()[0]
    assert last == 20
    change(folder, "update decisions set json = replace(json, 'sales', 'sellers') where seq = 7")
    service = Service(folder)  # what was published stays, and it is told
    assert "warning: " in service.log() and "the first is 7." in service.log(), service.log()
    service.stop()
    change(folder, "update decisions set seq = 21 where seq = 20 and n = 1")
    assert "has decisions up to 21.1" in refused_to_serve(folder, *FEED)


def test_rows_that_are_missing_are_written_again(folder):
    """As when a crash came between the commit of events and that of their decisions."""
    filled(folder)
    database = sqlite3.connect(os.path.join(folder, "store", "store.sqlite"))
    before = database.execute("select * from decisions order by seq, n").fetchall()
    leads = database.execute("select * from leads order by account").fetchall()
    database.close()
    change(folder, "delete from decisions where seq > 15")
    change(folder, "delete from leads where account in ('a16', 'a17', 'a18', 'a19')")
    service = Service(folder)
    after = service.query("select * from decisions order by seq, n")
    assert set(before) <= set(after), "not all are back"  # time may have brought more since
    assert service.query("select * from leads order by account") == leads


def test_no_way_back_to_the_event_clock(folder):
    Service(folder, "--clock", "events").stop()
    for arguments, clock in [((), "event"), (("--clock", "wall"), "wall"), ((), "wall")]:
        service = Service(folder, *arguments)
        assert clock + " clock\n" in service.log(), service.log()
        service.kill()  # what it leaves in the -wal file is not touched either
        assert service.query("select value from meta where key = 'clock'") == [
            ({"event": "events", "wall": "wall"}[clock],)]
    service = Service(folder)
    feed = Feed(service)
    feed.send(event(1))
    feed.until_acked(1)
    service.kill()
    error = refused_to_serve(folder, *FEED, "--clock", "events", treaty=None)
    assert "has gone by the wall clock" in error and error.count("\n") == 1, error


def small_files():
    """For before_start: files may not grow beyond a size, so a write fails as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400000, 400000))


def test_a_store_that_could_not_be_filled(folder):
    store, feed = os.path.join(folder, "store"), os.path.join(folder, "a.ndjson")
    with open(feed, "w") as file:
        for i in range(200):
            file.write(json.dumps(event(i, data={"note": "%x" % random.getrandbits(40000)})) + "\n")
    done = subprocess.run([TREATY, "run", DESK, feed, "--store", store, "--quiet"],
                          capture_output=True, text=True, preexec_fn=small_files,
                          env=clean_environment())
    assert done.returncode == 2 and done.stdout == "", done
    said = [line for line in done.stderr.split("\n") if line.startswith("treaty: ")]
    assert len(said) == 1 and "the store could not be written: " in said[0], done.stderr
    assert "broke off" in refused_to_serve(folder, *FEED, treaty=None)


def test_a_full_disk_ends_it_without_an_acknowledgement(folder):
    service = Service(folder, before_start=small_files)
    feed = Feed(service)
    acked = 0
    try:
        for i in range(1000):
            noise = "%x" % random.getrandbits(40000)
            feed.send(event(i, data={"note": noise}))
            reply = feed.reply()
            if reply is None:
                break
            acked = reply["acked"]
    except OSError:
        pass
    assert service.wait() == 2, service.log()
    assert "the store could not be written" in service.log() and "the service ends" in service.log()
    assert 0 < acked < 1000
    service = Service(folder)
    stored = service.query("select sum(record_count) from segments")[0][0] - 1
    assert stored >= acked, (stored, acked)
    last = Feed(service).greeting["resume_after"]["id"]
    assert int(last[1:]) >= acked - 1, (last, acked)


if __name__ == "__main__":
    run_tests(globals())
