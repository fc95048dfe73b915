/* store.h - a folder that remembers: the record log, and tables that people query.
 *
 *   FOLDER/store.sqlite   segments   the log: one row a group commit, packed, chained by SHA-256
 *                         programs   everything that each program was made from
 *                         feeds      how far each feed has come, to resume after
 *                         decisions, leads, refused   plain rows
 *                         meta       format, clock
 *   FOLDER/journal.mark   up to which record was acknowledged: a store that ends before it has lost
 *                         its tail, and says so
 *   FOLDER/lock           held while the store is open, so that no second service opens it
 *
 * One connection writes (WAL, synchronous FULL); it may be used by one thread at a time. Others
 * read through a store_reader or a store_view each. What fails is told in `why`, a sentence without
 * a full stop.
 *
 * A commit or a sync that failed must not be tried again: what the disk holds is not known then.
 * The process ends, and the next start finds out. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "runtime/segment.h"
#include "runtime/store_batch.h"

/* Of the tables and of the records in segments. A store of a greater one is left alone, one of a
 * smaller brought up to it before it is first written to. */
#define STORE_FORMAT 3

/* How long a connection waits for another: readers and a checkpoint may meet for a moment. */
#define STORE_BUSY_WAIT_MS 5000

typedef struct store store;

typedef enum store_mode {
  STORE_OPEN, /* it must be there */
  STORE_OPEN_OR_CREATE,
  STORE_CREATE, /* it must not be there */
} store_mode;

/* NULL: it could not be opened, and nothing in it was changed. */
store *store_open(const char *folder, store_mode mode, buffer *why);
/* What was left by a crash stays as it lies, unless something was written or a service began. */
void store_close(store *store);

/* The file with its tables; to be freed. */
char *store_path(const char *folder);
/* Whether that is a store that this version can read. Changes nothing. */
bool store_look(const char *folder, const char *path, buffer *why);

/* Whose time its records are stamped with. */
typedef enum store_clock {
  STORE_CLOCK_NONE,   /* no service has begun on it */
  STORE_CLOCK_EVENTS, /* the greatest time of an accepted event so far */
  STORE_CLOCK_WALL,
} store_clock;
store_clock store_clock_kind(const store *store);
TREATY_MUST_USE bool store_set_clock_kind(store *store, store_clock clock, buffer *why);

/* A store that a run is filling, or was when it broke off. */
bool store_filling(const store *store);
TREATY_MUST_USE bool store_set_filling(store *store, bool filling, buffer *why);

/* Records in the log; they are numbered from 1. */
uint64_t store_record_count(const store *store);

bool store_has_decisions(const store *store);

/* Writes the batch in one transaction and syncs it; true: it is durable. On any thread. */
TREATY_MUST_USE bool store_commit(store *store, const store_batch *batch, buffer *why);

/* A treaty that was taken up, with all it was made from. */
typedef struct store_program {
  treaty_text bundle; /* borrowed */
  int64_t taken_ms;   /* INT64_MIN: from the start */
  bool in_shadow;
} store_program;

/* Calls `visit` for each, in the order in which they were taken up. */
typedef void (*store_visit_program)(void *context, const store_program *program);
TREATY_MUST_USE bool store_programs(store *store, store_visit_program visit, void *context,
                                    buffer *why);
/* One row of the table, with all its columns. */
struct sqlite3_stmt;
store_program store_program_of(struct sqlite3_stmt *row);
/* Forgets treaties that had no force yet: their hashes, 64 letters each. */
TREATY_MUST_USE bool store_forget_programs(store *store, treaty_text hashes, buffer *why);

/* Goes through the whole log from its beginning, and finds damage. `visit` answers false to end it
 * there, having put its reason in `why`; `number` is the record's. Then this answers false too. */
typedef bool (*store_visit_record)(void *context, uint64_t number, const record *record,
                                   buffer *why);
TREATY_MUST_USE bool store_replay(store *store, store_visit_record visit, void *context,
                                  buffer *why);

/* The decision as it was stored, or false. */
bool store_find_decision(store *store, uint64_t seq, uint32_t n, buffer *json);

/* Calls `visit` for each feed; a store of a smaller format is brought up for it. */
typedef void (*store_visit_feed)(void *context, treaty_text name, treaty_text source,
                                 treaty_text id, feed_prefix prefix);
TREATY_MUST_USE bool store_feeds(store *store, store_visit_feed visit, void *context, buffer *why);

/* ---- Reading decisions beside the writer
 * ------------------------------------------------------ */

/* A place between decisions: behind the decision SEQ.N. */
typedef struct store_position {
  uint64_t seq;
  uint32_t n; /* UINT32_MAX: behind all that carry this SEQ */
} store_position;

/* < 0, 0, > 0 as a comes before b. */
int store_position_compare(store_position a, store_position b);

/* The place behind the last decision; {0, 0} when there is none. */
store_position store_last_decision(const store *store);
/* The same of the decisions in shadow. */
store_position store_last_shadow(store *store);

typedef struct store_reader store_reader;

store_reader *store_reader_open(const char *folder, buffer *why);
void store_reader_close(store_reader *reader);

/* Adds the decisions behind *position to `lines`, each with its line end, until there are no more
 * or `lines` holds bytes_max; moves *position behind the last of them. With `history` also those
 * that a run over history made. *end: there were no more. */
TREATY_MUST_USE bool store_reader_page(store_reader *reader, store_position *position, bool history,
                                       size_t bytes_max, buffer *lines, bool *end, buffer *why);

#endif
