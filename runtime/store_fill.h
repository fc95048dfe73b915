/* store_fill.h - a run over history that leaves a store behind, for a service to go on from.
 *
 * Its records carry the clock of the run, the greatest event time so far; its decisions are marked
 * as history, which subscribers get only when they ask. Until it is finished the store says that it
 * is being filled, and no service takes it: half a history is none. Whose time passes from then on,
 * the first service says. */
#ifndef STORE_FILL_H
#define STORE_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/treaty_file.h"
#include "runtime/store_batch.h"

typedef struct store_fill store_fill;

/* Makes a store in `folder`, which must not hold one, with the treaty that was read. All
 * that comes is of one feed, whose name must outlive this. NULL: `why` says why. */
store_fill *store_fill_open(const char *folder, const char *feed, const treaty_file *file,
                            buffer *why);

/* An event that goes to the engine at `clock_ms`, whatever that answers; gives the record's
 * number. */
uint64_t store_fill_event(store_fill *fill, int64_t clock_ms, treaty_text line);

/* The clock goes on, as to the end that --until names. */
void store_fill_tick(store_fill *fill, int64_t clock_ms);

/* The refused line's feed is filled in here. */
void store_fill_refused(store_fill *fill, store_refused refused);
void store_fill_decision(store_fill *fill, const treaty_decision *decision);

/* How far the feed has come, for `treaty send` to go on from. */
void store_fill_place(store_fill *fill, treaty_text source, treaty_text id, feed_prefix prefix);

/* Writes what has gathered, if that is much. False: it failed, and the run is to end. */
TREATY_MUST_USE bool store_fill_step(store_fill *fill, buffer *why);

/* Writes the rest, with all leads as they stand now, and gives the store free for a service. */
TREATY_MUST_USE bool store_fill_finish(store_fill *fill, treaty_engine *engine, buffer *why);

void store_fill_free(store_fill *fill);

#endif
