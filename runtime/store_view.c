/* store_view.c - see store_view.h. */
#include "runtime/store_view.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/decision_read.h"
#include "runtime/event_decode.h"
#include "runtime/segment.h"
#include "runtime/store.h"

struct store_view {
  sqlite3 *database;
  uint64_t last_seq;
};

static bool fail(const store_view *view, buffer *why) {
  buffer_print(why, "the store could not be read: %s", sqlite3_errmsg(view->database));
  return false;
}

/* The one number that a query gives; `otherwise` where it gives none. */
static bool read_number(store_view *view, const char *sql, int64_t otherwise, int64_t *number,
                        buffer *why) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(view->database, sql, -1, &statement, NULL) != SQLITE_OK)
    return fail(view, why);
  bool row = sqlite3_step(statement) == SQLITE_ROW;
  *number = row ? sqlite3_column_int64(statement, 0) : otherwise;
  return sqlite3_finalize(statement) == SQLITE_OK || fail(view, why);
}

/* All is read in one transaction. */
static bool begin(store_view *view, const char *folder, buffer *why) {
  int64_t filling, last_seq;
  sqlite3_busy_timeout(view->database, STORE_BUSY_WAIT_MS);
  if (sqlite3_exec(view->database, "begin", NULL, NULL, NULL) != SQLITE_OK) return fail(view, why);
  if (!read_number(view, "select value from meta where key = 'filling'", 0, &filling, why) ||
      !read_number(view, "select max(seq) from decisions", 0, &last_seq, why))
    return false;
  view->last_seq = (uint64_t)last_seq;
  if (filling == 0) return true;
  buffer_print(why, "a run is filling the store %s, or broke off: it holds half a history", folder);
  return false;
}

store_view *store_view_open(const char *folder, buffer *why) {
  char *path = store_path(folder);
  store_view *view = room_grow(NULL, 1, sizeof *view);
  *view = (store_view){0};
  bool open = store_look(folder, path, why) &&
              (sqlite3_open_v2(path, &view->database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                               NULL) == SQLITE_OK ||
               fail(view, why)) &&
              begin(view, folder, why);
  free(path);
  if (open) return view;
  store_view_close(view);
  return NULL;
}

void store_view_close(store_view *view) {
  if (!view) return;
  sqlite3_close(view->database);
  free(view);
}

uint64_t store_view_last_seq(const store_view *view) { return view->last_seq; }

bool store_view_programs(store_view *view, store_visit_program visit, void *context, buffer *why) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(view->database, "select * from programs order by rowid", -1, &statement,
                         NULL) != SQLITE_OK)
    return fail(view, why);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    store_program program = store_program_of(statement);
    visit(context, &program);
  }
  return sqlite3_finalize(statement) == SQLITE_OK || fail(view, why);
}

/* Types of decisions are plain words: they need no escapes. */
static void put_query(buffer *sql, const treaty_decision_kind *kinds, size_t kind_count) {
  buffer_print(sql, "select json from decisions where type in (");
  for (size_t i = 0; i < kind_count; i++)
    buffer_print(sql, "%s'%s'", i > 0 ? "," : "", treaty_decision_type(kinds[i]));
  buffer_print(sql, ") order by seq, n");
}

static bool visit_row(sqlite3_stmt *statement, store_view_visit visit, void *context, buffer *why) {
  decision_read read;
  treaty_text line = {.bytes = (const char *)sqlite3_column_text(statement, 0),
                      .length = (size_t)sqlite3_column_bytes(statement, 0)};
  bool readable = line.bytes && decision_read_line(&read, line);
  if (readable)
    visit(context, &read.decision);
  else
    buffer_print(why, "the table of decisions holds what is no decision: %.60s",
                 line.bytes ? line.bytes : "");
  if (line.bytes) decision_read_close(&read);
  return readable;
}

bool store_view_decisions(store_view *view, const treaty_decision_kind *kinds, size_t kind_count,
                          store_view_visit visit, void *context, buffer *why) {
  buffer sql = {0};
  sqlite3_stmt *statement = NULL;
  put_query(&sql, kinds, kind_count);
  bool fine =
      sqlite3_prepare_v2(view->database, buffer_text(&sql), -1, &statement, NULL) == SQLITE_OK ||
      fail(view, why);
  int result = SQLITE_DONE;
  while (fine && (result = sqlite3_step(statement)) == SQLITE_ROW)
    fine = visit_row(statement, visit, context, why);
  if (fine && result != SQLITE_DONE) fine = fail(view, why);
  sqlite3_finalize(statement);
  buffer_free(&sql);
  return fine;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* A look through the log. */
typedef struct looking {
  store_view *view;
  const treaty_program *program;
  event_decoder *decoder;
  sqlite3_stmt *segments, *refused;
  store_view_event visit;
  void *context;
} looking;

static bool prepare(looking *look, buffer *why) {
  sqlite3 *database = look->view->database;
  look->decoder = event_decoder_new(EVENT_DECODE_LINE_BYTES_LIMIT);
  if (look->decoder &&
      sqlite3_prepare_v2(database,
                         "select number, first_record, record_count, bytes, records from segments "
                         "order by number",
                         -1, &look->segments, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2(database, "select 1 from refused where record = ?", -1, &look->refused,
                         NULL) == SQLITE_OK)
    return true;
  return fail(look->view, why);
}

static bool was_refused(looking *look, uint64_t number) {
  sqlite3_bind_int64(look->refused, 1, (sqlite3_int64)number);
  bool found = sqlite3_step(look->refused) == SQLITE_ROW;
  sqlite3_reset(look->refused);
  return found;
}

static void visit_record(looking *look, uint64_t number, const record *record) {
  treaty_event event;
  treaty_refusal refusal;
  if (record->kind != RECORD_EVENT) return;
  if (event_decode(look->decoder, look->program, record->text.bytes, record->text.length, &event,
                   &refusal) &&
      !was_refused(look, number))
    look->visit(look->context, &event);
}

static bool visit_segment(looking *look, buffer *records, buffer *why) {
  sqlite3_stmt *row = look->segments;
  segment segment = {.number = (uint64_t)sqlite3_column_int64(row, 0),
                     .first_record = (uint64_t)sqlite3_column_int64(row, 1),
                     .record_count = (uint64_t)sqlite3_column_int64(row, 2),
                     .bytes = (uint64_t)sqlite3_column_int64(row, 3)};
  treaty_text packed = {sqlite3_column_blob(row, 4), (size_t)sqlite3_column_bytes(row, 4)};
  record record;
  size_t at = 0;
  if (!segment_unpack(&segment, packed, records)) {
    buffer_print(why, "segment %llu of the log is damaged", (unsigned long long)segment.number);
    return false;
  }
  for (uint64_t i = 0; segment_next(records->bytes, records->length, &at, &record); i++)
    visit_record(look, segment.first_record + i, &record);
  return true;
}

bool store_view_events(store_view *view, const treaty_program *program, store_view_event visit,
                       void *context, buffer *why) {
  looking look = {.view = view, .program = program, .visit = visit, .context = context};
  buffer records = {0};
  bool fine = prepare(&look, why);
  int result = SQLITE_DONE;
  while (fine && (result = sqlite3_step(look.segments)) == SQLITE_ROW)
    fine = visit_segment(&look, &records, why);
  if (fine && result != SQLITE_DONE) fine = fail(view, why);
  sqlite3_finalize(look.segments);
  sqlite3_finalize(look.refused);
  event_decoder_free(look.decoder);
  buffer_free(&records);
  return fine;
}
