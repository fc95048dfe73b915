/* feeder.h - puts the records of the log into the engine, live and on a restart alike.
 *
 *   record ──> decode ──> engine ──> decisions ──> rows for the store, lines for subscribers
 *
 * What the engine says to a line (taken, a repeat, refused) is not in the log: the same records
 * give the same answers again, and so the same numbers SEQ. That holds as long as nothing else has
 * a say; so a feeder has no settings. */
#ifndef FEEDER_H
#define FEEDER_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/buffer.h"
#include "runtime/segment.h"
#include "runtime/store_batch.h"

typedef struct feeder feeder;

/* `folder` is that of the store whose records are fed: the engine's history is read from there, and
 * a record must be durable before it is fed. Program and folder must outlive the feeder. NULL: no
 * memory. */
feeder *feeder_new(const treaty_program *program, const char *folder);
void feeder_free(feeder *feeder);

treaty_engine *feeder_engine(feeder *feeder);

/* Decodes a line of any length, with SEGMENT_SPARE_BYTES readable behind it; as event_decode. */
TREATY_MUST_USE bool feeder_decode(feeder *feeder, treaty_text line, treaty_event *event,
                                   treaty_refusal *refusal);

typedef struct feeder_answer {
  treaty_status status; /* OK, REFUSED, REPEATED, NO_MEMORY or NO_HISTORY; OK: no event, too */
  treaty_refusal refusal;
  treaty_text source, id; /* of a refused event; borrowed until the next call */
} feeder_answer;

/* Feeds the record of that number. What it decides waits in the engine for feeder_decisions. */
feeder_answer feeder_record(feeder *feeder, uint64_t number, const record *record);

/* Why the record could not be fed: no memory, or no history. A sentence without a full stop. */
const char *feeder_error(feeder *feeder, treaty_status status);

/* Told each decision as it goes out, with its JSON; both borrowed. */
typedef void (*feeder_visit)(void *context, const treaty_decision *decision, treaty_text json);

/* Hands out what was decided since the last call, and remembers whose leads have changed. */
void feeder_decisions(feeder *feeder, feeder_visit visit, void *context);

/* Adds rows for the leads that changed since the last call. */
void feeder_changed_leads(feeder *feeder, store_batch *batch);

#endif
