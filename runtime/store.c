/* store.c - the tables, and the statements on them.
 *
 * The order of a commit: segment and rows in one transaction, synced by SQLite; then the mark. So
 * the mark may lag behind the log but is never ahead of it, unless the log lost something. The mark
 * itself is not synced: it is a witness, not a record. */
#include "runtime/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "Trty": tells our file from another program's. */
#define APPLICATION_ID 0x54727479

#define MARK_BYTES      21 /* twenty digits and a line end */
#define HASH_TEXT_BYTES 17

/* As decisions, of treaties that decide without effect. */
#define SHADOW_TABLE                                                                             \
  "create table shadow ("                                                                        \
  "  seq integer not null, n integer not null, time text not null, type text not null,"          \
  "  account text, lead text, agreement text, version integer, clause text, json text not null," \
  "  primary key (seq, n)) strict;"

static const char schema[] =
    "create table meta (key text primary key, value text not null) strict, without rowid;"
    "create table segments ("
    "  number integer primary key, first_record integer not null, record_count integer not null,"
    "  bytes integer not null, records blob not null, hash blob not null) strict;"
    "create index segments_by_record on segments (first_record);"
    "create table programs ("
    "  hash text primary key, bundle blob not null, taken_ms integer,"
    "  in_shadow integer not null default 0) strict;"
    "create table feeds (name text primary key, source text not null, id text not null,"
    "  lines integer not null, hash text not null) strict, without rowid;"
    "create table decisions ("
    "  seq integer not null, n integer not null, time text not null, type text not null,"
    "  account text, lead text, agreement text, version integer, clause text, json text not null,"
    "  history integer not null, primary key (seq, n)) strict;" SHADOW_TABLE
    "create table leads ("
    "  account text not null, ordinal integer not null, lead text, stage text, owner text,"
    "  agreement text, version integer, opened text not null, stage_since text not null,"
    "  closed integer not null, won integer not null, primary key (account, ordinal)) strict;"
    "create table refused ("
    "  number integer primary key, received text not null, feed text, line_number integer not null,"
    "  source text, id text, code text not null, reason text not null, line blob,"
    "  record integer unique) strict;";

/* Every statement that is used more than once. The last one only reads, and is there from the
 * start; the others are prepared before the first write. */
#define STATEMENTS(X)                                                               \
  X(BEGIN, "begin immediate")                                                       \
  X(COMMIT, "commit")                                                               \
  X(PUT_META,                                                                       \
    "insert into meta values (?,?) on conflict (key) do update set value = "        \
    "excluded.value")                                                               \
  X(PUT_SEGMENT, "insert into segments values (?,?,?,?,?,?)")                       \
  X(PUT_PROGRAM, "insert or replace into programs values (?,?,?,?)")                \
  X(PUT_FEED,                                                                       \
    "insert into feeds values (?,?,?,?,?) on conflict (name) do update set "        \
    "source = excluded.source, id = excluded.id, lines = excluded.lines, "          \
    "hash = excluded.hash")                                                         \
  X(PUT_DECISION, "insert or ignore into decisions values (?,?,?,?,?,?,?,?,?,?,?)") \
  X(PUT_SHADOW, "insert or ignore into shadow values (?,?,?,?,?,?,?,?,?,?)")        \
  X(DROP_LEADS, "delete from leads where account = ?")                              \
  X(PUT_LEAD, "insert or replace into leads values (?,?,?,?,?,?,?,?,?,?,?)")        \
  X(PUT_REFUSED,                                                                    \
    "insert or ignore into refused "                                                \
    "(received, feed, line_number, source, id, code, reason, line, record) "        \
    "values (?,?,?,?,?,?,?,?,?)")                                                   \
  X(GET_DECISION, "select json from decisions where seq = ? and n = ?")

typedef enum statement {
#define STATEMENT_ENUM(name, sql) name,
  STATEMENTS(STATEMENT_ENUM)
#undef STATEMENT_ENUM
      STATEMENT_COUNT
} statement;

struct store {
  sqlite3 *database;
  sqlite3_stmt *statements[STATEMENT_COUNT];
  int lock_file, mark_file;
  store_clock clock;
  bool filling;
  bool touched; /* since it was opened */
  uint64_t segment_count, record_count;
  uint8_t last_hash[SEGMENT_HASH_BYTES]; /* of the last segment; zeros before the first */
  store_position last_decision;
  buffer packed; /* a segment while it is written */
};

/* ---- Small steps on SQLite ------------------------------------------------------------------- */

static bool fail(store *store, const char *doing, buffer *why) {
  buffer_print(why, "the store could not be %s: %s", doing, sqlite3_errmsg(store->database));
  return false;
}

static bool execute(store *store, const char *sql, const char *doing, buffer *why) {
  return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
         fail(store, doing, why);
}

/* Runs a prepared statement that gives no rows, and makes it ready for the next time. */
static bool run(store *store, statement name) {
  int result = sqlite3_step(store->statements[name]);
  int reset = sqlite3_reset(store->statements[name]);
  return result == SQLITE_DONE && reset == SQLITE_OK;
}

/* Binding copies nothing: all texts outlive the step. A failed binding leaves NULL, which the
 * table's `not null` or the reader of the row would find; it fails only beyond a gigabyte. */
static void bind_text(sqlite3_stmt *statement, int at, treaty_text text) {
  if (text.bytes)
    sqlite3_bind_text64(statement, at, text.bytes, text.length, SQLITE_STATIC, SQLITE_UTF8);
  else
    sqlite3_bind_null(statement, at);
}

static void bind_blob(sqlite3_stmt *statement, int at, treaty_text bytes) {
  if (bytes.bytes)
    sqlite3_bind_blob64(statement, at, bytes.bytes, bytes.length, SQLITE_STATIC);
  else
    sqlite3_bind_null(statement, at);
}

static void bind_number(sqlite3_stmt *statement, int at, uint64_t number) {
  sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

static treaty_text column_text(sqlite3_stmt *statement, int at) {
  const void *bytes = sqlite3_column_blob(statement, at);
  return (treaty_text){bytes, (size_t)sqlite3_column_bytes(statement, at)};
}

/* The one number that a query gives; -1 where it gives none. */
static int64_t query_number(sqlite3 *database, const char *sql) {
  sqlite3_stmt *statement = NULL;
  int64_t number = -1;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
    number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static char *path_in(const char *folder, const char *name) {
  buffer path = {0};
  buffer_print(&path, "%s/%s", folder, name);
  buffer_text(&path);
  return path.bytes;
}

char *store_path(const char *folder) { return path_in(folder, "store.sqlite"); }

static bool take_lock(store *store, const char *folder, buffer *why) {
  char *path = path_in(folder, "lock");
  store->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  bool locked = store->lock_file >= 0 && flock(store->lock_file, LOCK_EX | LOCK_NB) == 0;
  if (!locked && errno == EWOULDBLOCK)
    buffer_print(why, "the store %s is in use by another process", folder);
  else if (!locked)
    buffer_print(why, "%s could not be locked: %s", path, strerror(errno));
  free(path);
  return locked;
}

/* Looks, and changes nothing: a store of a newer format may not even be a WAL database. */
static bool look_at_format(const char *path, bool *empty, buffer *why) {
  sqlite3 *database = NULL;
  bool fine = false;
  int result = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  int64_t tables = query_number(database, "select count(*) from sqlite_schema");
  int64_t format = query_number(database, "select value from meta where key = 'format'");
  *empty = tables == 0;
  if (result != SQLITE_OK || tables < 0)
    buffer_print(why, "%s could not be read: %s", path, sqlite3_errmsg(database));
  else if (!*empty &&
           (query_number(database, "pragma application_id") != APPLICATION_ID || format < 1))
    buffer_print(why, "%s is no store of Treaty", path);
  else if (format > STORE_FORMAT)
    buffer_print(why, "%s is of format %lld, and this version of Treaty knows formats up to %d",
                 path, (long long)format, STORE_FORMAT);
  else
    fine = true;
  sqlite3_close(database);
  return fine;
}

bool store_look(const char *folder, const char *path, buffer *why) {
  bool empty = access(path, F_OK) != 0;
  if (!empty && !look_at_format(path, &empty, why)) return false;
  if (empty) buffer_print(why, "there is no store in %s", folder);
  return !empty;
}

static bool create_tables(store *store, buffer *why) {
  char sql[160];
  snprintf(sql, sizeof sql,
           "pragma application_id = %d; insert into meta values ('format', '%d'); commit",
           APPLICATION_ID, STORE_FORMAT);
  return execute(store, "begin immediate", "created", why) &&
         execute(store, schema, "created", why) && execute(store, sql, "created", why);
}

/* Format 1 knew of a feed its last line only. */
static bool upgrade_feeds(store *store, buffer *why) {
  return execute(store,
                 "begin immediate;"
                 "alter table feeds add column lines integer not null default 0;"
                 "alter table feeds add column hash text not null default '';"
                 "create index if not exists segments_by_record on segments (first_record);"
                 "update meta set value = '2' where key = 'format'; commit",
                 "brought up to date", why);
}

/* Format 2 had one treaty, from the start and with force. */
static bool upgrade_shadow(store *store, buffer *why) {
  return execute(
      store,
      "begin immediate;"
      "alter table programs add column taken_ms integer;"
      "alter table programs add column in_shadow integer not null default 0;" SHADOW_TABLE
      "update meta set value = '3' where key = 'format'; commit",
      "brought up to date", why);
}

static bool upgrade_tables(store *store, buffer *why) {
  int64_t format = query_number(store->database, "select value from meta where key = 'format'");
  return (format > 1 || upgrade_feeds(store, why)) && (format > 2 || upgrade_shadow(store, why));
}

static bool prepare(store *store, statement from, statement to, buffer *why) {
  static const char *const texts[] = {
#define STATEMENT_TEXT(name, sql) sql,
      STATEMENTS(STATEMENT_TEXT)
#undef STATEMENT_TEXT
  };
  for (statement name = from; name < to; name++)
    if (sqlite3_prepare_v3(store->database, texts[name], -1, SQLITE_PREPARE_PERSISTENT,
                           &store->statements[name], NULL) != SQLITE_OK)
      return fail(store, "read", why);
  return true;
}

/* Before the first write, and not before: a store that is turned away stays as it was. */
static bool touch(store *store, buffer *why) {
  if (store->touched) return true;
  store->touched = true;
  return upgrade_tables(store, why) && prepare(store, BEGIN, GET_DECISION, why);
}

static void read_meta(store *store) {
  sqlite3 *database = store->database;
  int64_t wall = query_number(database, "select value = 'wall' from meta where key = 'clock'");
  store->clock = wall < 0 ? STORE_CLOCK_NONE : wall ? STORE_CLOCK_WALL : STORE_CLOCK_EVENTS;
  store->filling = query_number(database, "select value from meta where key = 'filling'") == 1;
}

/* Where the log and the decisions end. */
static bool read_ends(store *store, buffer *why) {
  static const char *const queries[] = {
      "select number, first_record + record_count - 1, hash from segments order by number desc "
      "limit 1",
      "select seq, n from decisions order by seq desc, n desc limit 1"};
  for (int i = 0; i < 2; i++) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->database, queries[i], -1, &statement, NULL) != SQLITE_OK)
      return fail(store, "read", why);
    bool row = sqlite3_step(statement) == SQLITE_ROW;
    if (row && i == 0) {
      store->segment_count = (uint64_t)sqlite3_column_int64(statement, 0);
      store->record_count = (uint64_t)sqlite3_column_int64(statement, 1);
      treaty_text hash = column_text(statement, 2);
      if (hash.length == SEGMENT_HASH_BYTES) memcpy(store->last_hash, hash.bytes, hash.length);
    } else if (row) {
      store->last_decision.seq = (uint64_t)sqlite3_column_int64(statement, 0);
      store->last_decision.n = (uint32_t)sqlite3_column_int64(statement, 1);
    }
    if (sqlite3_finalize(statement) != SQLITE_OK) return fail(store, "read", why);
  }
  return true;
}

/* Exactly what write_mark writes. */
static bool parse_mark(const char *text, size_t length, uint64_t *acknowledged) {
  bool digits = strspn(text, "0123456789") == MARK_BYTES - 1;
  *acknowledged = strtoull(text, NULL, 10);
  return length == MARK_BYTES && digits && text[MARK_BYTES - 1] == '\n';
}

/* Up to which record was acknowledged; 0: no mark is there, or one that a power cut left empty or
 * of zeros before it was first on the disk. */
static bool read_mark(const char *folder, uint64_t *acknowledged, buffer *why) {
  char *path = path_in(folder, "journal.mark"), text[MARK_BYTES + 2] = {0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : errno == ENOENT ? 0 : -1;
  bool fine = false;
  *acknowledged = 0;
  if (length < 0)
    buffer_print(why, "%s could not be read: %s", path, strerror(errno));
  else if (text[0] != '\0' && !parse_mark(text, (size_t)length, acknowledged))
    buffer_print(why,
                 "%s does not hold the number of a record: whether the store has lost its tail "
                 "cannot be told; remove it to go on without knowing",
                 path);
  else
    fine = true;
  if (file >= 0) close(file);
  free(path);
  return fine;
}

/* Compares the mark with the end of the log. */
static bool has_tail(const char *folder, uint64_t acknowledged, uint64_t record_count,
                     buffer *why) {
  if (acknowledged <= record_count) return true;
  buffer_print(
      why,
      "the store %s has lost its tail: %llu records were acknowledged, and it ends at %llu; "
      "bring its file back, or remove journal.mark to go on without them",
      folder, (unsigned long long)acknowledged, (unsigned long long)record_count);
  return false;
}

static bool open_mark(store *store, const char *folder, buffer *why) {
  char *path = path_in(folder, "journal.mark");
  store->mark_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (store->mark_file < 0) buffer_print(why, "%s could not be opened: %s", path, strerror(errno));
  free(path);
  return store->mark_file >= 0;
}

static bool open_database(store *store, const char *path, bool empty, buffer *why) {
  if (sqlite3_open_v2(path, &store->database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)) {
    buffer_print(why, "%s could not be opened: %s", path, sqlite3_errmsg(store->database));
    return false;
  }
  sqlite3_busy_timeout(store->database, STORE_BUSY_WAIT_MS);
  return execute(store, "pragma journal_mode = wal; pragma synchronous = full", "opened", why) &&
         (!empty || create_tables(store, why)) &&
         prepare(store, GET_DECISION, STATEMENT_COUNT, why);
}

/* Whether the folder holds what the mode asks for; makes the folder where it may. */
static bool look_at_folder(const char *folder, const char *path, store_mode mode, bool *there,
                           buffer *why) {
  *there = access(path, F_OK) == 0;
  if (*there && mode == STORE_CREATE) {
    buffer_print(why, "there is a store in %s already", folder);
    return false;
  }
  if (!*there && mode == STORE_OPEN) {
    buffer_print(why, "there is no store in %s", folder);
    return false;
  }
  if (!*there && mkdir(folder, 0777) != 0 && errno != EEXIST) {
    buffer_print(why, "the folder %s could not be made: %s", folder, strerror(errno));
    return false;
  }
  return true;
}

store *store_open(const char *folder, store_mode mode, buffer *why) {
  store *store = calloc(1, sizeof *store);
  char *path = store_path(folder);
  bool there, empty = true, open = false;
  uint64_t acknowledged = 0;
  if (!store) {
    buffer_print(why, "there is not enough memory");
    goto out;
  }
  store->lock_file = store->mark_file = -1;
  if (!look_at_folder(folder, path, mode, &there, why)) goto out;
  if (!take_lock(store, folder, why)) goto out;
  if (there && !look_at_format(path, &empty, why)) goto out;
  if (!read_mark(folder, &acknowledged, why)) goto out;
  if (empty && !has_tail(folder, acknowledged, 0, why)) goto out; /* before tables are made */
  if (!open_database(store, path, empty, why)) goto out;
  read_meta(store);
  open = read_ends(store, why) && has_tail(folder, acknowledged, store->record_count, why) &&
         open_mark(store, folder, why);
out:
  free(path);
  if (open) return store;
  store_close(store);
  return NULL;
}

void store_close(store *store) {
  if (!store) return;
  for (int i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(store->statements[i]);
  if (!store->touched && store->database)
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close(store->database);
  if (store->mark_file >= 0) close(store->mark_file);
  if (store->lock_file >= 0) close(store->lock_file); /* which unlocks it */
  buffer_free(&store->packed);
  free(store);
}

/* ---- What is known of it --------------------------------------------------------------------- */

store_clock store_clock_kind(const store *store) { return store->clock; }
bool store_filling(const store *store) { return store->filling; }
uint64_t store_record_count(const store *store) { return store->record_count; }
store_position store_last_shadow(store *store) {
  sqlite3_stmt *statement = NULL;
  store_position last = {0};
  if (sqlite3_prepare_v2(store->database,
                         "select seq, n from shadow order by seq desc, n desc limit 1", -1,
                         &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    last = (store_position){(uint64_t)sqlite3_column_int64(statement, 0),
                            (uint32_t)sqlite3_column_int64(statement, 1)};
  sqlite3_finalize(statement); /* a store of format 2 has none */
  return last;
}

store_position store_last_decision(const store *store) { return store->last_decision; }

bool store_has_decisions(const store *store) {
  return store->last_decision.seq > 0 || store->last_decision.n > 0;
}

static bool put_meta(store *store, const char *key, const char *value, buffer *why) {
  if (!touch(store, why)) return false;
  sqlite3_stmt *statement = store->statements[PUT_META];
  bind_text(statement, 1, (treaty_text){key, strlen(key)});
  bind_text(statement, 2, (treaty_text){value, strlen(value)});
  return run(store, PUT_META) || fail(store, "written", why);
}

bool store_set_clock_kind(store *store, store_clock clock, buffer *why) {
  assert(clock != STORE_CLOCK_NONE);
  assert(store->clock != STORE_CLOCK_WALL || clock == STORE_CLOCK_WALL);
  if (!touch(store, why)) return false;
  if (store->clock == clock) return true;
  store->clock = clock;
  return put_meta(store, "clock", clock == STORE_CLOCK_WALL ? "wall" : "events", why);
}

bool store_set_filling(store *store, bool filling, buffer *why) {
  store->filling = filling;
  return put_meta(store, "filling", filling ? "1" : "0", why);
}

int store_position_compare(store_position a, store_position b) {
  if (a.seq != b.seq) return a.seq < b.seq ? -1 : 1;
  return a.n < b.n ? -1 : a.n > b.n;
}

/* ---- Committing ------------------------------------------------------------------------------ */

static bool put_segment(store *store, const store_batch *batch, segment *segment) {
  segment->number = store->segment_count + 1;
  segment->first_record = store->record_count + 1;
  segment->record_count = batch->record_count;
  segment_seal(segment, store->last_hash, &batch->records, &store->packed);
  sqlite3_stmt *statement = store->statements[PUT_SEGMENT];
  bind_number(statement, 1, segment->number);
  bind_number(statement, 2, segment->first_record);
  bind_number(statement, 3, segment->record_count);
  bind_number(statement, 4, segment->bytes);
  bind_blob(statement, 5, (treaty_text){store->packed.bytes, store->packed.length});
  bind_blob(statement, 6, (treaty_text){(const char *)segment->hash, SEGMENT_HASH_BYTES});
  return run(store, PUT_SEGMENT);
}

static bool put_programs(store *store, const store_batch *batch) {
  const store_program_row *rows = batch->programs.items;
  sqlite3_stmt *statement = store->statements[PUT_PROGRAM];
  for (size_t i = 0; i < batch->programs.count; i++) {
    bind_text(statement, 1, store_batch_text(batch, rows[i].hash));
    bind_blob(statement, 2, store_batch_text(batch, rows[i].bundle));
    if (rows[i].taken_ms == INT64_MIN)
      sqlite3_bind_null(statement, 3);
    else
      sqlite3_bind_int64(statement, 3, rows[i].taken_ms);
    bind_number(statement, 4, rows[i].in_shadow);
    if (!run(store, PUT_PROGRAM)) return false;
  }
  return true;
}

static bool put_feeds(store *store, const store_batch *batch) {
  const store_feed_row *rows = batch->feeds.items;
  sqlite3_stmt *statement = store->statements[PUT_FEED];
  for (size_t i = 0; i < batch->feeds.count; i++) {
    bind_text(statement, 1, store_batch_text(batch, rows[i].name));
    bind_text(statement, 2, store_batch_text(batch, rows[i].source));
    bind_text(statement, 3, store_batch_text(batch, rows[i].id));
    bind_number(statement, 4, rows[i].prefix.lines);
    char hash[HASH_TEXT_BYTES];
    snprintf(hash, sizeof hash, "%016" PRIx64, rows[i].prefix.hash);
    bind_text(statement, 5, (treaty_text){hash, strlen(hash)});
    if (!run(store, PUT_FEED)) return false;
  }
  return true;
}

static bool put_decisions(store *store, const store_batch *batch) {
  const store_decision_row *rows = batch->decisions.items;
  for (size_t i = 0; i < batch->decisions.count; i++) {
    const store_decision_row *row = &rows[i];
    statement name = row->shadow ? PUT_SHADOW : PUT_DECISION;
    sqlite3_stmt *statement = store->statements[name];
    bind_number(statement, 1, row->seq);
    bind_number(statement, 2, row->n);
    bind_text(statement, 3, store_batch_text(batch, row->time));
    bind_text(statement, 4, store_batch_text(batch, row->type));
    bind_text(statement, 5, store_batch_text(batch, row->account));
    bind_text(statement, 6, store_batch_text(batch, row->lead));
    bind_text(statement, 7, store_batch_text(batch, row->agreement));
    if (row->agreement.present)
      bind_number(statement, 8, row->version);
    else
      sqlite3_bind_null(statement, 8);
    bind_text(statement, 9, store_batch_text(batch, row->clause));
    bind_text(statement, 10, store_batch_text(batch, row->json));
    if (!row->shadow) bind_number(statement, 11, row->history);
    if (!run(store, name)) return false;
  }
  return true;
}

static bool put_leads(store *store, const store_batch *batch) {
  const store_lead_row *rows = batch->leads.items;
  sqlite3_stmt *statement = store->statements[PUT_LEAD];
  for (size_t i = 0; i < batch->leads.count; i++) {
    const store_lead_row *row = &rows[i];
    if (row->ordinal == 0) {
      bind_text(store->statements[DROP_LEADS], 1, store_batch_text(batch, row->account));
      if (!run(store, DROP_LEADS)) return false;
      continue;
    }
    bind_text(statement, 1, store_batch_text(batch, row->account));
    bind_number(statement, 2, row->ordinal);
    bind_text(statement, 3, store_batch_text(batch, row->id));
    bind_text(statement, 4, store_batch_text(batch, row->stage));
    bind_text(statement, 5, store_batch_text(batch, row->owner));
    bind_text(statement, 6, store_batch_text(batch, row->agreement));
    if (row->agreement.present)
      bind_number(statement, 7, row->version);
    else
      sqlite3_bind_null(statement, 7);
    bind_text(statement, 8, store_batch_text(batch, row->opened));
    bind_text(statement, 9, store_batch_text(batch, row->stage_since));
    bind_number(statement, 10, row->closed);
    bind_number(statement, 11, row->won);
    if (!run(store, PUT_LEAD)) return false;
  }
  return true;
}

static bool put_refused(store *store, const store_batch *batch) {
  const store_refused_row *rows = batch->refused.items;
  sqlite3_stmt *statement = store->statements[PUT_REFUSED];
  for (size_t i = 0; i < batch->refused.count; i++) {
    const store_refused_row *row = &rows[i];
    bind_text(statement, 1, store_batch_text(batch, row->received));
    bind_text(statement, 2, store_batch_text(batch, row->feed));
    bind_number(statement, 3, row->line_number);
    bind_text(statement, 4, store_batch_text(batch, row->source));
    bind_text(statement, 5, store_batch_text(batch, row->id));
    bind_text(statement, 6, store_batch_text(batch, row->code));
    bind_text(statement, 7, store_batch_text(batch, row->reason));
    bind_blob(statement, 8, store_batch_text(batch, row->line));
    if (row->record)
      bind_number(statement, 9, row->record);
    else
      sqlite3_bind_null(statement, 9);
    if (!run(store, PUT_REFUSED)) return false;
  }
  return true;
}

static bool write_mark(store *store, uint64_t record_count, buffer *why) {
  char text[MARK_BYTES + 1];
  snprintf(text, sizeof text, "%020llu\n", (unsigned long long)record_count);
  if (pwrite(store->mark_file, text, MARK_BYTES, 0) == MARK_BYTES) return true;
  buffer_print(why, "journal.mark could not be written: %s", strerror(errno));
  return false;
}

/* They come in order, but a restart may fill gaps. */
static void note_last(store *store, const store_batch *batch) {
  const store_decision_row *rows = batch->decisions.items;
  size_t i = batch->decisions.count;
  while (i > 0 && rows[i - 1].shadow) i--;
  if (i == 0) return;
  store_position last = {rows[i - 1].seq, rows[i - 1].n};
  if (store_position_compare(last, store->last_decision) > 0) store->last_decision = last;
}

bool store_commit(store *store, const store_batch *batch, buffer *why) {
  segment segment = {0};
  if (!touch(store, why)) return false;
  bool done = run(store, BEGIN) && put_programs(store, batch) &&
              (batch->record_count == 0 || put_segment(store, batch, &segment)) &&
              put_feeds(store, batch) && put_decisions(store, batch) && put_leads(store, batch) &&
              put_refused(store, batch) && run(store, COMMIT);
  if (!done) return fail(store, "written", why);

  note_last(store, batch);
  if (batch->record_count == 0) return true;
  store->segment_count = segment.number;
  store->record_count += batch->record_count;
  memcpy(store->last_hash, segment.hash, SEGMENT_HASH_BYTES);
  return write_mark(store, store->record_count, why);
}

/* ---- Reading back ---------------------------------------------------------------------------- */

static void hash_hex(treaty_text bytes, char hex[65]) {
  uint8_t hash[32];
  if (!EVP_Digest(bytes.bytes, bytes.length, hash, NULL, EVP_sha256(), NULL)) abort();
  for (size_t i = 0; i < sizeof hash; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

store_program store_program_of(sqlite3_stmt *row) {
  store_program program = {.bundle = column_text(row, 1), .taken_ms = INT64_MIN};
  if (sqlite3_column_count(row) < 4) return program; /* format 2: from the start, with force */
  if (sqlite3_column_type(row, 2) != SQLITE_NULL) program.taken_ms = sqlite3_column_int64(row, 2);
  program.in_shadow = sqlite3_column_int(row, 3) != 0;
  return program;
}

static bool visit_program(sqlite3_stmt *statement, store_visit_program visit, void *context,
                          buffer *why) {
  char actual[65];
  treaty_text name = column_text(statement, 0);
  store_program program = store_program_of(statement);
  hash_hex(program.bundle, actual);
  bool whole = name.length == 64 && memcmp(name.bytes, actual, 64) == 0;
  if (whole)
    visit(context, &program);
  else
    buffer_print(why, "the treaty in the store is damaged");
  return whole;
}

bool store_programs(store *store, store_visit_program visit, void *context, buffer *why) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store->database, "select * from programs order by rowid", -1, &statement,
                         NULL) != SQLITE_OK)
    return fail(store, "read", why);
  bool whole = true;
  while (whole && sqlite3_step(statement) == SQLITE_ROW)
    whole = visit_program(statement, visit, context, why);
  return (sqlite3_finalize(statement) == SQLITE_OK || fail(store, "read", why)) && whole;
}

bool store_forget_programs(store *store, treaty_text hashes, buffer *why) {
  sqlite3_stmt *statement = NULL;
  if (hashes.length == 0) return true;
  if (!touch(store, why)) return false;
  if (sqlite3_prepare_v2(store->database, "delete from programs where instr(?, hash) > 0", -1,
                         &statement, NULL) != SQLITE_OK)
    return fail(store, "write", why);
  bind_text(statement, 1, hashes);
  sqlite3_step(statement);
  return sqlite3_finalize(statement) == SQLITE_OK || fail(store, "write", why);
}

/* The segment of a row, checked against the one before it, and its records. */
static bool read_segment(sqlite3_stmt *statement, const segment *before, segment *segment,
                         buffer *records, buffer *why) {
  treaty_text packed = column_text(statement, 4), hash = column_text(statement, 5);
  segment->number = (uint64_t)sqlite3_column_int64(statement, 0);
  segment->first_record = (uint64_t)sqlite3_column_int64(statement, 1);
  segment->record_count = (uint64_t)sqlite3_column_int64(statement, 2);
  segment->bytes = (uint64_t)sqlite3_column_int64(statement, 3);
  bool intact = segment->number == before->number + 1 &&
                segment->first_record == before->first_record + before->record_count &&
                hash.length == SEGMENT_HASH_BYTES;
  if (intact) memcpy(segment->hash, hash.bytes, hash.length);
  intact = intact && segment_intact(segment, before->hash, packed) &&
           segment_unpack(segment, packed, records);
  if (!intact)
    buffer_print(why, "the log of the store is damaged at segment %llu",
                 (unsigned long long)before->number + 1);
  return intact;
}

static bool visit_records(const segment *segment, const buffer *records, store_visit_record visit,
                          void *context, buffer *why) {
  size_t at = 0;
  uint64_t number = segment->first_record;
  record record;
  for (; segment_next(records->bytes, records->length, &at, &record); number++)
    if (!visit(context, number, &record, why)) return false;
  if (at == records->length && number == segment->first_record + segment->record_count) return true;
  buffer_print(why, "segment %llu of the store holds what is no record",
               (unsigned long long)segment->number);
  return false;
}

bool store_replay(store *store, store_visit_record visit, void *context, buffer *why) {
  segment before = {.first_record = 1}, segment = before;
  sqlite3_stmt *statement = NULL;
  buffer records = {0};
  bool fine = sqlite3_prepare_v2(store->database,
                                 "select number, first_record, record_count, bytes, records, hash "
                                 "from segments order by number",
                                 -1, &statement, NULL) == SQLITE_OK;
  if (!fine) fail(store, "read", why);
  int result = SQLITE_DONE;
  while (fine && (result = sqlite3_step(statement)) == SQLITE_ROW) {
    fine = read_segment(statement, &before, &segment, &records, why) &&
           visit_records(&segment, &records, visit, context, why);
    before = segment;
  }
  if (fine && result != SQLITE_DONE) fine = fail(store, "read", why);
  sqlite3_finalize(statement);
  buffer_free(&records);
  return fine;
}

bool store_find_decision(store *store, uint64_t seq, uint32_t n, buffer *json) {
  sqlite3_stmt *statement = store->statements[GET_DECISION];
  bind_number(statement, 1, seq);
  bind_number(statement, 2, n);
  bool found = sqlite3_step(statement) == SQLITE_ROW;
  buffer_clear(json);
  if (found) {
    treaty_text text = column_text(statement, 0);
    buffer_put(json, text.bytes, text.length);
  }
  sqlite3_reset(statement);
  return found;
}

bool store_feeds(store *store, store_visit_feed visit, void *context, buffer *why) {
  sqlite3_stmt *statement = NULL;
  if (!touch(store, why)) return false;
  if (sqlite3_prepare_v2(store->database, "select name, source, id, lines, hash from feeds", -1,
                         &statement, NULL) != SQLITE_OK)
    return fail(store, "read", why);
  while (sqlite3_step(statement) == SQLITE_ROW)
    visit(context, column_text(statement, 0), column_text(statement, 1), column_text(statement, 2),
          (feed_prefix){(uint64_t)sqlite3_column_int64(statement, 3),
                        strtoull((const char *)sqlite3_column_text(statement, 4), NULL, 16)});
  return sqlite3_finalize(statement) == SQLITE_OK || fail(store, "read", why);
}

/* ---- Readers --------------------------------------------------------------------------------- */

struct store_reader {
  sqlite3 *database;
  sqlite3_stmt *page;
};

store_reader *store_reader_open(const char *folder, buffer *why) {
  store_reader *reader = calloc(1, sizeof *reader);
  char *path = store_path(folder);
  if (reader &&
      sqlite3_open_v2(path, &reader->database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) ==
          SQLITE_OK &&
      sqlite3_busy_timeout(reader->database, STORE_BUSY_WAIT_MS) == SQLITE_OK &&
      sqlite3_prepare_v2(reader->database,
                         "select seq, n, json from decisions where (seq, n) > (?, ?) "
                         "and history <= ? order by seq, n",
                         -1, &reader->page, NULL) == SQLITE_OK) {
    free(path);
    return reader;
  }
  buffer_print(why, "%s could not be read: %s", path,
               reader ? sqlite3_errmsg(reader->database) : "not enough memory");
  free(path);
  store_reader_close(reader);
  return NULL;
}

void store_reader_close(store_reader *reader) {
  if (!reader) return;
  sqlite3_finalize(reader->page);
  sqlite3_close(reader->database);
  free(reader);
}

bool store_reader_page(store_reader *reader, store_position *position, bool history,
                       size_t bytes_max, buffer *lines, bool *end, buffer *why) {
  sqlite3_stmt *page = reader->page;
  int result = SQLITE_ROW;
  bind_number(page, 1, position->seq);
  bind_number(page, 2, position->n);
  bind_number(page, 3, history);
  while (lines->length < bytes_max && (result = sqlite3_step(page)) == SQLITE_ROW) {
    treaty_text json = column_text(page, 2);
    buffer_put(lines, json.bytes, json.length);
    buffer_put(lines, "\n", 1);
    *position = (store_position){(uint64_t)sqlite3_column_int64(page, 0),
                                 (uint32_t)sqlite3_column_int64(page, 1)};
  }
  *end = result == SQLITE_DONE;
  if (result != SQLITE_DONE && result != SQLITE_ROW)
    buffer_print(why, "the decisions could not be read: %s", sqlite3_errmsg(reader->database));
  sqlite3_reset(page);
  return result == SQLITE_DONE || result == SQLITE_ROW;
}
