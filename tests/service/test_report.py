"""test_report.py - `treaty report --store` beside a service, and on what is no whole store."""
import json
import os
import sqlite3

from harness import DESK, Feed, Service, event, eventually, run, run_tests


def report(store, *options):
    code, out, error = run("report", "--store", store, "--format", "json", *options)
    assert code == 0, error
    return json.loads(out)["in_all"][0]


def refused(store, *options):
    code, out, error = run("report", "--store", store, *options)
    assert code == 2 and out == b"", (code, out)
    return error


def test_beside_a_running_service(folder):
    service = Service(folder, "--clock", "events")
    feed = Feed(service)
    feed.send(event(1, account="acme", time_text="2026-11-02T09:00:00Z"),
              event(2, "crm.accepted", "acme", "2026-11-02T09:00:01Z"),
              event(3, account="brax", time_text="2026-11-02T09:00:01Z"))
    feed.until_acked(3)
    eventually(lambda: report(service.store)["offered"] == 2, "both offers are in the table")
    found = report(service.store)
    assert (found["kept"], found["running"], found["wall_ms"]["median"]) == (1, 1, 1000), found
    feed.send(event(4, account="cool", time_text="2026-11-02T10:00:00Z"))
    feed.until_acked(4)
    eventually(lambda: report(service.store)["broken"] == 1, "what was running is broken")
    assert report(service.store, "--account", "brax")["offered"] == 1
    service.stop()
    assert report(service.store)["offered"] == 3


def test_an_account_without_hand_overs(folder):
    service = Service(folder)
    service.stop()
    code, _, error = run("report", "--store", service.store, "--account", "acme")
    assert code == 1 and "nothing of the account 'acme'" in error, error


def test_no_store_is_there(folder):
    assert "there is no store in" in refused(os.path.join(folder, "nowhere"))
    os.mkdir(os.path.join(folder, "other"))
    with open(os.path.join(folder, "other", "store.sqlite"), "wb") as file:
        file.write(b"something else, and long enough to be looked into" * 100)
    assert "could not be read: file is not a database" in refused(os.path.join(folder, "other"))


def test_half_a_history_is_none(folder):
    service = Service(folder)
    service.stop()
    store = sqlite3.connect(os.path.join(service.store, "store.sqlite"))
    store.execute("insert into meta values ('filling', '1')")
    store.commit()
    store.close()
    assert "holds half a history" in refused(service.store)


def test_what_does_not_go_together(folder):
    assert "wants no '%s'" % DESK in refused(folder, DESK)
    assert "are for a feed" in refused(folder, "--until", "2026-12-31")
    code, _, error = run("report", DESK)
    assert code == 2 and "a treaty and a feed, or --store FOLDER" in error, error


if __name__ == "__main__":
    run_tests(globals())
