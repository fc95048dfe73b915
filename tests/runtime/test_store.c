/* test_store.c - the record log: in and out of bytes, sealed, chained, and what the store says of a
 * log that was tampered with, cut off, or written by a newer version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "runtime/segment.h"
#include "runtime/store.h"

#define TEXT(string) ((treaty_text){(string), sizeof(string) - 1})

/* ---- Helpers --------------------------------------------------------------------------------- */

static char folder[64];

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/treaty_store_XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static const char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int remove_folder(void **state) {
  (void)state;
  static const char *const names[] = {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm",
                                      "journal.mark", "lock"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(in_folder(names[i]));
  return rmdir(folder);
}

static store *open_store(store_mode mode) {
  buffer why = {0};
  store *store = store_open(folder, mode, &why);
  if (!store) fail_msg("%s", buffer_text(&why));
  buffer_free(&why);
  return store;
}

static void expect_no_store(store_mode mode, const char *part_of_reason) {
  buffer why = {0};
  assert_null(store_open(folder, mode, &why));
  if (!strstr(buffer_text(&why), part_of_reason)) fail_msg("'%s'", buffer_text(&why));
  buffer_free(&why);
}

static void commit(store *store, store_batch *batch) {
  buffer why = {0};
  if (!store_commit(store, batch, &why)) fail_msg("%s", buffer_text(&why));
  store_batch_clear(batch);
  buffer_free(&why);
}

/* A store with three segments of two events each. */
static void fill_store(void) {
  store *store = open_store(STORE_OPEN_OR_CREATE);
  store_batch batch;
  store_batch_init(&batch);
  for (int i = 0; i < 6; i++) {
    char line[32];
    int length = snprintf(line, sizeof line, "line %d", i);
    store_batch_event(&batch, 1000 + i, TEXT("web"), (treaty_text){line, (size_t)length});
    if (i % 2 == 1) commit(store, &batch);
  }
  store_batch_close(&batch);
  store_close(store);
}

static void change(const char *sql) {
  sqlite3 *database;
  assert_int_equal(sqlite3_open(in_folder("store.sqlite"), &database), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(database);
}

static bool append_line(void *context, uint64_t number, const record *record, buffer *why) {
  (void)why;
  buffer_print(context, "%d:%lld:%.*s:%.*s ", (int)number, (long long)record->clock_ms,
               (int)record->feed.length, record->feed.bytes, (int)record->text.length,
               record->text.bytes);
  return true;
}

/* The log as text, or what is wrong with it. */
static void read_log(buffer *log) {
  buffer why = {0};
  store *store = open_store(STORE_OPEN);
  buffer_clear(log);
  if (!store_replay(store, append_line, log, &why)) {
    buffer_clear(log);
    buffer_print(log, "%s", buffer_text(&why));
  }
  store_close(store);
  buffer_free(&why);
}

/* ---- Segments -------------------------------------------------------------------------------- */

static void records_come_back(void **state) {
  (void)state;
  buffer bytes = {0}, packed = {0}, again = {0};
  record records[] = {{RECORD_EVENT, -62135596800000, TEXT("web"), TEXT("{\"a\":1}")},
                      {RECORD_TICK, INT64_MAX - 1, {NULL, 0}, {NULL, 0}},
                      {RECORD_EVENT, 5, {NULL, 0}, TEXT("")},
                      {RECORD_PROGRAM, 0, {NULL, 0}, TEXT("00ff")}};
  for (size_t i = 0; i < 4; i++) segment_put(&bytes, &records[i]);
  uint8_t before[SEGMENT_HASH_BYTES] = {7};
  segment sealed = {.number = 3, .first_record = 9, .record_count = 4};
  segment_seal(&sealed, before, &bytes, &packed);
  treaty_text stored = {packed.bytes, packed.length};
  assert_true(segment_intact(&sealed, before, stored));
  assert_true(segment_unpack(&sealed, stored, &again));

  size_t at = 0;
  record record;
  for (size_t i = 0; i < 4; i++) {
    assert_true(segment_next(again.bytes, again.length, &at, &record));
    assert_int_equal(record.kind, records[i].kind);
    assert_true(record.clock_ms == records[i].clock_ms);
    assert_int_equal(record.text.length, records[i].text.length);
    assert_memory_equal(record.text.bytes, records[i].text.length ? records[i].text.bytes : "",
                        record.text.length);
    assert_int_equal(record.feed.length, records[i].feed.length);
  }
  assert_false(segment_next(again.bytes, again.length, &at, &record));
  assert_int_equal(at, again.length);
  buffer_free(&bytes);
  buffer_free(&packed);
  buffer_free(&again);
}

/* Each bit of what is sealed, flipped alone, is noticed. */
static void every_flipped_bit_is_noticed(void **state) {
  (void)state;
  buffer bytes = {0}, packed = {0};
  segment_put(&bytes, &(record){RECORD_EVENT, 1, TEXT("web"), TEXT("some line")});
  uint8_t before[SEGMENT_HASH_BYTES] = {0};
  segment sealed = {.number = 1, .first_record = 1, .record_count = 1};
  segment_seal(&sealed, before, &bytes, &packed);
  treaty_text stored = {packed.bytes, packed.length};
  for (size_t bit = 0; bit < packed.length * 8; bit++) {
    packed.bytes[bit / 8] ^= (char)(1 << (bit % 8));
    assert_false(segment_intact(&sealed, before, stored));
    packed.bytes[bit / 8] ^= (char)(1 << (bit % 8));
  }
  for (size_t bit = 0; bit < sizeof before * 8; bit++) {
    before[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    assert_false(segment_intact(&sealed, before, stored));
    before[bit / 8] ^= (uint8_t)(1 << (bit % 8));
  }
  segment other = sealed;
  other.record_count = 2;
  assert_false(segment_intact(&other, before, stored));
  assert_true(segment_intact(&sealed, before, stored));
  buffer_free(&bytes);
  buffer_free(&packed);
}

/* Bytes that are no records end the reading, wherever they are cut, without reading beyond. */
static void cut_off_records_are_no_records(void **state) {
  (void)state;
  buffer bytes = {0};
  segment_put(&bytes, &(record){RECORD_EVENT, 1, TEXT("web"), TEXT("some line")});
  for (size_t length = 0; length < bytes.length; length++) {
    char *cut = malloc(length + 1); /* so that a sanitizer sees the end */
    memcpy(cut, bytes.bytes, length);
    size_t at = 0;
    record record;
    assert_false(segment_next(cut, length, &at, &record));
    assert_int_equal(at, 0);
    free(cut);
  }
  bytes.bytes[0] = 9; /* a kind that is not there */
  size_t at = 0;
  record record;
  assert_false(segment_next(bytes.bytes, bytes.length, &at, &record));
  buffer_free(&bytes);
}

/* ---- The store ------------------------------------------------------------------------------- */

static void the_log_comes_back_in_order(void **state) {
  (void)state;
  buffer log = {0};
  fill_store();
  read_log(&log);
  assert_string_equal(buffer_text(&log),
                      "1:1000:web:line 0 2:1001:web:line 1 3:1002:web:line 2 4:1003:web:line 3 "
                      "5:1004:web:line 4 6:1005:web:line 5 ");
  buffer_free(&log);
}

static void damage_is_told_with_its_segment(void **state) {
  (void)state;
  static const struct {
    const char *change, *told;
  } cases[] = {
      {"update segments set records = zeroblob(length(records)) where number = 2", "segment 2"},
      {"delete from segments where number = 1", "segment 1"},
      {"update segments set first_record = 4 where number = 2", "segment 2"},
      {"update segments set hash = zeroblob(32) where number = 3", "segment 3"},
      {"update segments set number = number + 10 where number = 3", "segment 3"},
  };
  buffer log = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fill_store();
    change(cases[i].change);
    read_log(&log);
    if (!strstr(buffer_text(&log), cases[i].told)) fail_msg("%s: %s", cases[i].change, log.bytes);
    assert_int_equal(remove_folder(NULL), 0);
    assert_int_equal(mkdir(folder, 0777), 0);
  }
  buffer_free(&log);
}

static void a_lost_tail_is_told(void **state) {
  (void)state;
  fill_store();
  change("delete from segments where number = 3");
  expect_no_store(STORE_OPEN, "6 records were acknowledged, and it ends at 4");
  assert_int_equal(unlink(in_folder("journal.mark")), 0);
  store *store = open_store(STORE_OPEN);
  assert_int_equal(store_record_count(store), 4);
  store_close(store);
}

static void a_second_opening_is_kept_out(void **state) {
  (void)state;
  store *store = open_store(STORE_OPEN_OR_CREATE);
  expect_no_store(STORE_OPEN_OR_CREATE, "in use by another process");
  store_close(store);
  store_close(open_store(STORE_OPEN));
  expect_no_store(STORE_CREATE, "already");
}

static void a_newer_format_is_left_alone(void **state) {
  (void)state;
  expect_no_store(STORE_OPEN, "there is no store");
  fill_store();
  change("update meta set value = '9' where key = 'format'");
  struct stat before, after;
  assert_int_equal(stat(in_folder("store.sqlite"), &before), 0);
  expect_no_store(STORE_OPEN_OR_CREATE, "is of format 9");
  assert_int_equal(stat(in_folder("store.sqlite"), &after), 0);
  assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  assert_int_equal(before.st_size, after.st_size);
}

static void another_programs_file_is_left_alone(void **state) {
  (void)state;
  change("create table notes (text)");
  expect_no_store(STORE_OPEN_OR_CREATE, "is no store of Treaty");
}

static void decisions_are_read_in_pages(void **state) {
  (void)state;
  store *store = open_store(STORE_OPEN_OR_CREATE);
  store_batch batch;
  store_batch_init(&batch);
  for (uint32_t i = 0; i < 10; i++) {
    treaty_decision decision = {
        .kind = TREATY_LEAD_OPENED, .seq = 1 + i / 3, .n = 1 + i % 3, .account = TEXT("acme")};
    char json[16];
    int length = snprintf(json, sizeof json, "%u.%u", 1 + i / 3, 1 + i % 3);
    store_batch_decision(&batch, &decision, (treaty_text){json, (size_t)length}, i < 2);
  }
  commit(store, &batch);
  store_batch_close(&batch);
  assert_int_equal(store_last_decision(store).seq, 4);

  buffer why = {0}, lines = {0};
  store_reader *reader = store_reader_open(folder, &why);
  assert_non_null(reader);
  store_position position = {0, 0};
  bool end;
  assert_true(store_reader_page(reader, &position, true, 9, &lines, &end, &why));
  assert_string_equal(buffer_text(&lines), "1.1\n1.2\n1.3\n");
  assert_false(end);
  buffer_clear(&lines);
  position = (store_position){0, 0};
  assert_true(store_reader_page(reader, &position, false, 9, &lines, &end, &why));
  assert_string_equal(buffer_text(&lines), "1.3\n2.1\n2.2\n");
  buffer_clear(&lines);
  position = (store_position){3, UINT32_MAX};
  assert_true(store_reader_page(reader, &position, false, 9, &lines, &end, &why));
  assert_string_equal(buffer_text(&lines), "4.1\n");
  assert_true(end);
  store_reader_close(reader);
  store_close(store);
  buffer_free(&lines);
  buffer_free(&why);
}

/* A commit that the disk refuses is told, and nothing of it is there afterwards. */
static void a_refused_write_fails_the_commit(void **state) {
  (void)state;
  fill_store();
  store *store = open_store(STORE_OPEN);
  store_batch batch;
  buffer why = {0}, log = {0};
  store_batch_init(&batch);
  char noise[20000];
  uint64_t random = 1;
  for (size_t i = 0; i < sizeof noise; i++) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    noise[i] = (char)(random >> 56);
  }
  store_batch_event(&batch, 2000, TEXT("web"), (treaty_text){noise, sizeof noise});
  struct rlimit before, small = {4096, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  bool written = store_commit(store, &batch, &why);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_false(written);
  assert_non_null(strstr(buffer_text(&why), "could not be written"));
  store_batch_close(&batch);
  store_close(store);
  read_log(&log);
  assert_non_null(strstr(buffer_text(&log), "6:1005:web:line 5 "));
  assert_null(strstr(buffer_text(&log), "7:"));
  buffer_free(&why);
  buffer_free(&log);
}

int main(void) {
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_come_back),
      cmocka_unit_test(every_flipped_bit_is_noticed),
      cmocka_unit_test(cut_off_records_are_no_records),
      IN_FOLDER(the_log_comes_back_in_order),
      IN_FOLDER(damage_is_told_with_its_segment),
      IN_FOLDER(a_lost_tail_is_told),
      IN_FOLDER(a_second_opening_is_kept_out),
      IN_FOLDER(a_newer_format_is_left_alone),
      IN_FOLDER(another_programs_file_is_left_alone),
      IN_FOLDER(decisions_are_read_in_pages),
      IN_FOLDER(a_refused_write_fails_the_commit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
