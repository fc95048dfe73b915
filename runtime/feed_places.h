/* feed_places.h - how far each feed has come, by its name: the source and id of its last line that
 * names itself, and the prefix that all its lines make. Three places a feed, as lines go through
 * the service:
 *
 *   reached   by a line of the batch that gathers
 *   flying    by the batch that is being committed, with the row for the store
 *   durable   after the commit: what a client is told to resume after
 *
 * A name is kept from its first line on, for ever, as it is in the store; one that has sent nothing
 * is not known. */
#ifndef FEED_PLACES_H
#define FEED_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "include/treaty.h"
#include "runtime/feed_prefix.h"
#include "runtime/store_batch.h"

typedef struct feed_place feed_place;

typedef struct feed_places {
  feed_place **sorted; /* by name */
  size_t count, room;
  feed_place *moved, *flying; /* lists of those that the next batch, or the one under way, moves */
} feed_places;

/* A line was read, the last of `prefix`. Source and id stay if it does not name itself. */
void feed_places_reach(feed_places *places, treaty_text name, treaty_text source, treaty_text id,
                       feed_prefix prefix);

/* The batch leaves, with a row for each feed that moved; and has arrived. */
void feed_places_gather(feed_places *places, store_batch *batch);
void feed_places_arrive(feed_places *places);

/* What the store says, at the start. */
void feed_places_set(feed_places *places, treaty_text name, treaty_text source, treaty_text id,
                     feed_prefix prefix);

/* What is durable of the feed; source and id without bytes while no such line names itself. */
feed_prefix feed_places_durable(const feed_places *places, treaty_text name, treaty_text *source,
                                treaty_text *id);

void feed_places_close(feed_places *places);

#endif
