/* event_cache.h - events of the past that were decoded lately, by where the host finds them again:
 * one that comes late has those behind it observed once more, and the next late one mostly the
 * same.
 *
 *   place * odd number, highest bits ->  | event | - | event | event | - | …    EVENT_CACHE_EVENTS
 *
 * A new one takes the room of whatever stands in its slot. So it takes EVENT_CACHE_EVENTS *
 * EVENT_CACHE_EVENT_BYTES at most, 32 MiB, and of an account with more events than slots there are
 * some by chance.
 *
 * Ownership: events are copied; one that was found or kept lives until the next is kept. */
#ifndef EVENT_CACHE_H
#define EVENT_CACHE_H

#include "include/treaty.h"

#define EVENT_CACHE_BITS        14
#define EVENT_CACHE_EVENTS      (1 << EVENT_CACHE_BITS)
#define EVENT_CACHE_EVENT_BYTES 2048 /* one that takes more, all its texts included, is not kept */

typedef struct event_cache event_cache;

/* Takes no room before the first event is kept. NULL: no memory. */
event_cache *event_cache_new(void);
void event_cache_free(event_cache *cache);

/* The event of that place; NULL: it is not there. */
const treaty_event *event_cache_find(const event_cache *cache, uint64_t place);

/* Keeps a copy, and gives it; or the event itself where it is too large. */
const treaty_event *event_cache_keep(event_cache *cache, uint64_t place, const treaty_event *event);

#endif
