/* store_batch.h - what one group commit will write: records of the log, and rows for people.
 *
 * A batch is filled on one thread and then written by store_commit on another; never both at once.
 * It copies all it is given. Emptied, it keeps its room for the next one.
 *
 * The records come first in meaning: they are what a restart needs. Rows only show what followed
 * from them, and are written together with the records that come after. */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/buffer.h"
#include "runtime/feed_prefix.h"
#include "runtime/segment.h"

/* A text inside a batch: its place there, since the bytes move while the batch grows. */
typedef struct store_piece {
  size_t at, length;
  bool present; /* false: NULL in the table */
} store_piece;

typedef struct store_decision_row {
  uint64_t seq;
  uint32_t n, version;
  bool shadow;  /* of a treaty that decides without effect: a table of its own */
  bool history; /* made by a run over history: subscribers get it only when they ask */
  store_piece time, type, account, lead, agreement, clause, json;
} store_decision_row;

typedef struct store_lead_row {
  uint32_t ordinal, version; /* ordinal 0: all rows of the account go */
  bool closed, won;
  store_piece account, id, stage, owner, agreement, opened, stage_since;
} store_lead_row;

typedef struct store_refused_row {
  uint64_t record;      /* the line's record; 0: refused before it became one */
  uint64_t line_number; /* on its connection or in its file */
  store_piece received, feed, source, id, code, reason, line;
} store_refused_row;

typedef struct store_feed_row {
  store_piece name, source, id; /* the last line of this feed that names itself; "": none did */
  feed_prefix prefix;
} store_feed_row;

typedef struct store_program_row {
  store_piece hash, bundle;
  int64_t taken_ms; /* INT64_MIN: from the start */
  bool in_shadow;
} store_program_row;

/* A growing array of rows. */
typedef struct store_rows {
  void *items;
  size_t count, room;
} store_rows;

typedef struct store_batch {
  buffer records;
  uint64_t record_count;
  buffer texts; /* what the pieces of all rows point into */
  store_rows decisions, leads, refused, feeds, programs;
} store_batch;

void store_batch_init(store_batch *batch);
void store_batch_close(store_batch *batch);
void store_batch_clear(store_batch *batch);

/* Whether a commit would write nothing. */
bool store_batch_empty(const store_batch *batch);

/* Bytes held. */
size_t store_batch_bytes(const store_batch *batch);

void store_batch_event(store_batch *batch, int64_t clock_ms, treaty_text feed, treaty_text line);
void store_batch_tick(store_batch *batch, int64_t clock_ms);

/* A treaty that is taken up at taken_ms (INT64_MIN: from the start), with everything it was made
 * from. */
void store_batch_program(store_batch *batch, int64_t taken_ms, bool in_shadow, const char *hash,
                         treaty_text bundle);

/* `json` is the decision as it goes out, without a line end. */
void store_batch_decision(store_batch *batch, const treaty_decision *decision, treaty_text json,
                          bool history);

/* The same of a treaty that decides without effect. */
void store_batch_shadow(store_batch *batch, const treaty_decision *decision, treaty_text json);

/* How a lead stands now; a later row of the same lead replaces an earlier one. */
void store_batch_lead(store_batch *batch, const treaty_lead *lead);

/* The account has no leads: it was merged with another. */
void store_batch_no_leads(store_batch *batch, treaty_text account);

/* A refused line, kept for repair. Texts that are not known have no bytes. */
typedef struct store_refused {
  uint64_t record, line_number;
  int64_t received_ms;
  treaty_text feed, source, id, line;
  const treaty_refusal *refusal;
} store_refused;
void store_batch_refused(store_batch *batch, const store_refused *refused);

/* Up to where a feed has come; a later row of the same feed replaces an earlier one. */
void store_batch_feed(store_batch *batch, treaty_text name, treaty_text source, treaty_text id,
                      feed_prefix prefix);

/* The bytes of a piece, until the batch is added to. */
treaty_text store_batch_text(const store_batch *batch, store_piece piece);

#endif
