/* feed_places.c - see feed_places.h. Each line looks its feed up among many, so they are sorted; a
 * commit goes only through those that it moves. */
#include "runtime/feed_places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"

typedef struct line_name {
  buffer source, id;
} line_name;

struct feed_place {
  buffer name;
  line_name reached, flying, durable;
  bool moved, known; /* whether it is on the list of those that moved; whether durable is set */
  feed_place *next_moved, *next_flying;
};

static treaty_text text_of(const buffer *kept) {
  return (treaty_text){kept->length ? kept->bytes : "", kept->length};
}

static void set(line_name *line, treaty_text source, treaty_text id) {
  buffer_clear(&line->source);
  buffer_clear(&line->id);
  buffer_put(&line->source, source.bytes, source.length);
  buffer_put(&line->id, id.bytes, id.length);
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* Shorter names first: any order will do. */
static int compare_names(treaty_text a, treaty_text b) {
  if (a.length != b.length) return a.length < b.length ? -1 : 1;
  return memcmp(a.bytes, b.bytes, a.length);
}

/* Where the name stands, or would. */
static size_t find_at(const feed_places *places, treaty_text name, bool *found) {
  size_t low = 0, high = places->count;
  *found = false;
  while (low < high && !*found) {
    size_t middle = low + (high - low) / 2;
    int order = compare_names(name, text_of(&places->sorted[middle]->name));
    if (order == 0) {
      low = middle;
      *found = true;
    } else if (order > 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* The feed of that name, new or known. */
static feed_place *find(feed_places *places, treaty_text name) {
  bool found;
  size_t at = find_at(places, name, &found);
  if (found) return places->sorted[at];
  if (places->count == places->room) {
    places->room = places->room ? places->room * 2 : 8;
    places->sorted = room_grow(places->sorted, places->room, sizeof(feed_place *));
  }
  feed_place *place = room_grow(NULL, 1, sizeof *place);
  memset(place, 0, sizeof *place);
  buffer_put(&place->name, name.bytes, name.length);
  memmove(&places->sorted[at + 1], &places->sorted[at],
          (places->count - at) * sizeof(feed_place *));
  places->sorted[at] = place;
  places->count++;
  return place;
}

/* ---- On the way of a line -------------------------------------------------------------------- */

void feed_places_reach(feed_places *places, treaty_text name, treaty_text source, treaty_text id) {
  if (!source.bytes || !id.bytes) return;
  feed_place *place = find(places, name);
  set(&place->reached, source, id);
  if (place->moved) return;
  place->moved = true;
  place->next_moved = places->moved;
  places->moved = place;
}

void feed_places_gather(feed_places *places, store_batch *batch) {
  assert(!places->flying);
  for (feed_place *place = places->moved; place; place = place->next_moved) {
    treaty_text source = text_of(&place->reached.source), id = text_of(&place->reached.id);
    store_batch_feed(batch, text_of(&place->name), source, id);
    set(&place->flying, source, id);
    place->moved = false;
    place->next_flying = places->flying;
    places->flying = place;
  }
  places->moved = NULL;
}

void feed_places_arrive(feed_places *places) {
  for (feed_place *place = places->flying; place; place = place->next_flying) {
    set(&place->durable, text_of(&place->flying.source), text_of(&place->flying.id));
    place->known = true;
  }
  places->flying = NULL;
}

/* ---- What the store and the clients are told ------------------------------------------------- */

void feed_places_set(feed_places *places, treaty_text name, treaty_text source, treaty_text id) {
  feed_place *place = find(places, name);
  set(&place->durable, source, id);
  place->known = true;
}

bool feed_places_durable(const feed_places *places, treaty_text name, treaty_text *source,
                         treaty_text *id) {
  bool found;
  size_t at = find_at(places, name, &found);
  if (!found || !places->sorted[at]->known) return false;
  *source = text_of(&places->sorted[at]->durable.source);
  *id = text_of(&places->sorted[at]->durable.id);
  return true;
}

void feed_places_close(feed_places *places) {
  for (size_t i = 0; i < places->count; i++) {
    feed_place *place = places->sorted[i];
    line_name *lines[] = {&place->reached, &place->flying, &place->durable};
    for (size_t j = 0; j < 3; j++) {
      buffer_free(&lines[j]->source);
      buffer_free(&lines[j]->id);
    }
    buffer_free(&place->name);
    free(place);
  }
  free(places->sorted);
  *places = (feed_places){0};
}
