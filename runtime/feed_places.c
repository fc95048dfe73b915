/* feed_places.c - see feed_places.h. Each line looks its feed up among many, so they are sorted; a
 * commit goes only through those that it moves. */
#include "runtime/feed_places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"

typedef struct line_place {
  buffer source, id; /* empty: no line has named itself */
  feed_prefix prefix;
} line_place;

struct feed_place {
  buffer name;
  line_place reached, flying, durable;
  bool moved; /* whether it is on the list of those that moved */
  feed_place *next_moved, *next_flying;
};

static treaty_text text_of(const buffer *kept) {
  return (treaty_text){kept->length ? kept->bytes : "", kept->length};
}

static void set_name(line_place *line, treaty_text source, treaty_text id) {
  buffer_clear(&line->source);
  buffer_clear(&line->id);
  buffer_put(&line->source, source.bytes, source.length);
  buffer_put(&line->id, id.bytes, id.length);
}

static void copy(line_place *to, const line_place *from) {
  set_name(to, text_of(&from->source), text_of(&from->id));
  to->prefix = from->prefix;
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

void feed_places_reach(feed_places *places, treaty_text name, treaty_text source, treaty_text id,
                       feed_prefix prefix) {
  feed_place *place = find(places, name);
  if (source.bytes && id.bytes) set_name(&place->reached, source, id);
  place->reached.prefix = prefix;
  if (place->moved) return;
  place->moved = true;
  place->next_moved = places->moved;
  places->moved = place;
}

void feed_places_gather(feed_places *places, store_batch *batch) {
  assert(!places->flying);
  for (feed_place *place = places->moved; place; place = place->next_moved) {
    const line_place *reached = &place->reached;
    store_batch_feed(batch, text_of(&place->name), text_of(&reached->source), text_of(&reached->id),
                     reached->prefix);
    copy(&place->flying, reached);
    place->moved = false;
    place->next_flying = places->flying;
    places->flying = place;
  }
  places->moved = NULL;
}

void feed_places_arrive(feed_places *places) {
  for (feed_place *place = places->flying; place; place = place->next_flying)
    copy(&place->durable, &place->flying);
  places->flying = NULL;
}

/* ---- What the store and the clients are told ------------------------------------------------- */

void feed_places_set(feed_places *places, treaty_text name, treaty_text source, treaty_text id,
                     feed_prefix prefix) {
  feed_place *place = find(places, name);
  set_name(&place->durable, source, id);
  place->durable.prefix = prefix;
  copy(&place->reached, &place->durable);
}

feed_prefix feed_places_durable(const feed_places *places, treaty_text name, treaty_text *source,
                                treaty_text *id) {
  bool found;
  size_t at = find_at(places, name, &found);
  *source = *id = (treaty_text){0};
  if (!found) return (feed_prefix){0};
  const line_place *durable = &places->sorted[at]->durable;
  if (durable->id.length > 0) {
    *source = text_of(&durable->source);
    *id = text_of(&durable->id);
  }
  return durable->prefix;
}

void feed_places_close(feed_places *places) {
  for (size_t i = 0; i < places->count; i++) {
    feed_place *place = places->sorted[i];
    line_place *lines[] = {&place->reached, &place->flying, &place->durable};
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
