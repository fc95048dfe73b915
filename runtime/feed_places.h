/* feed_places.h - how far each feed has come, by its name: the source and id of its last line that
 * names itself. Three places a feed, as lines go through the service:
 *
 *   reached   by a line of the batch that gathers
 *   flying    by the batch that is being committed, with the row for the store
 *   durable   after the commit: what a client is told to resume after */
#ifndef FEED_PLACES_H
#define FEED_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "include/treaty.h"
#include "runtime/store_batch.h"

typedef struct feed_places {
  struct feed_place *places;
  size_t count, room;
} feed_places;

/* The number of the feed of that name, new or known. */
size_t feed_places_find(feed_places *places, treaty_text name);

/* The feed's name, until feed_places_find is called again. */
treaty_text feed_places_name(const feed_places *places, size_t feed);

/* A line was read; one that does not name itself moves nothing. */
void feed_places_reach(feed_places *places, size_t feed, treaty_text source, treaty_text id);

/* The batch leaves, with a row for each feed that moved; and has arrived. */
void feed_places_gather(feed_places *places, store_batch *batch);
void feed_places_arrive(feed_places *places);

/* What the store says, at the start. */
void feed_places_set(feed_places *places, treaty_text name, treaty_text source, treaty_text id);

/* False: the feed has no durable line yet. */
bool feed_places_durable(const feed_places *places, size_t feed, treaty_text *source,
                         treaty_text *id);

void feed_places_close(feed_places *places);

#endif
