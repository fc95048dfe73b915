/* store_log.c - see store_log.h. Each segment is checked by its hash when it is unpacked. */
#include "runtime/store_log.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/store.h"

#define SEGMENTS_KEPT 8

/* Where in a segment each record begins. */
typedef struct open_segment {
  segment segment; /* record_count 0: none */
  buffer records;
  size_t *starts;
  uint64_t used; /* when it was asked last, by count of calls */
} open_segment;

struct store_log {
  sqlite3 *database;
  sqlite3_stmt *find;
  open_segment kept[SEGMENTS_KEPT];
  uint64_t calls;
};

store_log *store_log_open(const char *folder, buffer *why) {
  store_log *log = calloc(1, sizeof *log);
  buffer path = {0};
  buffer_print(&path, "%s/store.sqlite", folder);
  bool open = log &&
              sqlite3_open_v2(buffer_text(&path), &log->database,
                              SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
              sqlite3_busy_timeout(log->database, STORE_BUSY_WAIT_MS) == SQLITE_OK &&
              sqlite3_prepare_v2(log->database,
                                 "select s.number, s.first_record, s.record_count, s.bytes, "
                                 "s.records, s.hash, b.hash from segments s "
                                 "left join segments b on b.number = s.number - 1 "
                                 "where s.first_record <= ? order by s.first_record desc limit 1",
                                 -1, &log->find, NULL) == SQLITE_OK;
  if (!open) {
    buffer_print(why, "%s could not be read: %s", buffer_text(&path),
                 log ? sqlite3_errmsg(log->database) : "not enough memory");
    store_log_close(log);
    log = NULL;
  }
  buffer_free(&path);
  return log;
}

void store_log_close(store_log *log) {
  if (!log) return;
  for (size_t i = 0; i < SEGMENTS_KEPT; i++) {
    buffer_free(&log->kept[i].records);
    free(log->kept[i].starts);
  }
  sqlite3_finalize(log->find);
  sqlite3_close(log->database);
  free(log);
}

static bool holds(const segment *segment, uint64_t number) {
  return number >= segment->first_record && number < segment->first_record + segment->record_count;
}

static treaty_text column(sqlite3_stmt *statement, int index) {
  const char *bytes = sqlite3_column_blob(statement, index);
  return (treaty_text){bytes, (size_t)sqlite3_column_bytes(statement, index)};
}

/* Finds where each record begins. */
static bool index_records(open_segment *open) {
  size_t at = 0, count = 0;
  record record;
  open->starts = room_grow(open->starts, (size_t)open->segment.record_count, sizeof *open->starts);
  while (count < open->segment.record_count) {
    open->starts[count++] = at;
    if (!segment_next(open->records.bytes, open->records.length, &at, &record)) return false;
  }
  return true;
}

/* Reads the row that `find` stands at. */
static bool unpack(sqlite3_stmt *row, open_segment *open) {
  static const uint8_t none[SEGMENT_HASH_BYTES] = {0};
  treaty_text packed = column(row, 4), hash = column(row, 5), before = column(row, 6);
  segment *segment = &open->segment;
  *segment = (struct segment){.number = (uint64_t)sqlite3_column_int64(row, 0),
                              .first_record = (uint64_t)sqlite3_column_int64(row, 1),
                              .record_count = (uint64_t)sqlite3_column_int64(row, 2),
                              .bytes = (uint64_t)sqlite3_column_int64(row, 3)};
  bool fine = hash.length == SEGMENT_HASH_BYTES;
  if (fine) memcpy(segment->hash, hash.bytes, hash.length);
  fine = fine &&
         segment_intact(segment,
                        before.length == SEGMENT_HASH_BYTES ? (const uint8_t *)before.bytes : none,
                        packed) &&
         segment_unpack(segment, packed, &open->records) && index_records(open);
  if (!fine) segment->record_count = 0;
  return fine;
}

/* The one that was asked for longest ago makes room. */
static open_segment *oldest(store_log *log) {
  open_segment *found = &log->kept[0];
  for (size_t i = 1; i < SEGMENTS_KEPT; i++) {
    if (log->kept[i].used < found->used) found = &log->kept[i];
  }
  return found;
}

static open_segment *segment_with(store_log *log, uint64_t number) {
  for (size_t i = 0; i < SEGMENTS_KEPT; i++) {
    if (holds(&log->kept[i].segment, number)) return &log->kept[i];
  }
  open_segment *open = oldest(log);
  sqlite3_bind_int64(log->find, 1, (sqlite3_int64)number);
  bool fine = sqlite3_step(log->find) == SQLITE_ROW && unpack(log->find, open);
  sqlite3_reset(log->find);
  return fine && holds(&open->segment, number) ? open : NULL;
}

bool store_log_record(store_log *log, uint64_t number, record *record) {
  open_segment *open = segment_with(log, number);
  if (!open) return false;
  open->used = ++log->calls;
  size_t at = open->starts[number - open->segment.first_record];
  return segment_next(open->records.bytes, open->records.length, &at, record);
}
