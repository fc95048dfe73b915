/* feed_places.c - see feed_places.h. Feeds are few, and found by going through them. */
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
  bool moved, flies, known; /* whether each of the three says something new, or at all */
};
typedef struct feed_place feed_place;

static treaty_text text_of(const buffer *kept) {
  return (treaty_text){kept->length ? kept->bytes : "", kept->length};
}

static void set(line_name *line, treaty_text source, treaty_text id) {
  buffer_clear(&line->source);
  buffer_clear(&line->id);
  buffer_put(&line->source, source.bytes, source.length);
  buffer_put(&line->id, id.bytes, id.length);
}

size_t feed_places_find(feed_places *places, treaty_text name) {
  for (size_t i = 0; i < places->count; i++) {
    const buffer *known = &places->places[i].name;
    if (known->length == name.length && memcmp(known->bytes, name.bytes, name.length) == 0)
      return i;
  }
  if (places->count == places->room) {
    places->room = places->room ? places->room * 2 : 8;
    places->places = room_grow(places->places, places->room, sizeof(feed_place));
  }
  feed_place *place = &places->places[places->count];
  memset(place, 0, sizeof *place);
  buffer_put(&place->name, name.bytes, name.length);
  return places->count++;
}

treaty_text feed_places_name(const feed_places *places, size_t feed) {
  assert(feed < places->count);
  return text_of(&places->places[feed].name);
}

void feed_places_reach(feed_places *places, size_t feed, treaty_text source, treaty_text id) {
  feed_place *place = &places->places[feed];
  assert(feed < places->count);
  if (!source.bytes || !id.bytes) return;
  set(&place->reached, source, id);
  place->moved = true;
}

void feed_places_gather(feed_places *places, store_batch *batch) {
  for (size_t i = 0; i < places->count; i++) {
    feed_place *place = &places->places[i];
    if (!place->moved) continue;
    treaty_text source = text_of(&place->reached.source), id = text_of(&place->reached.id);
    store_batch_feed(batch, text_of(&place->name), source, id);
    set(&place->flying, source, id);
    place->flies = true;
    place->moved = false;
  }
}

void feed_places_arrive(feed_places *places) {
  for (size_t i = 0; i < places->count; i++) {
    feed_place *place = &places->places[i];
    if (!place->flies) continue;
    set(&place->durable, text_of(&place->flying.source), text_of(&place->flying.id));
    place->known = true;
    place->flies = false;
  }
}

void feed_places_set(feed_places *places, treaty_text name, treaty_text source, treaty_text id) {
  size_t feed = feed_places_find(places, name); /* which may move the places */
  feed_place *place = &places->places[feed];
  set(&place->durable, source, id);
  place->known = true;
}

bool feed_places_durable(const feed_places *places, size_t feed, treaty_text *source,
                         treaty_text *id) {
  const feed_place *place = &places->places[feed];
  assert(feed < places->count);
  if (!place->known) return false;
  *source = text_of(&place->durable.source);
  *id = text_of(&place->durable.id);
  return true;
}

void feed_places_close(feed_places *places) {
  for (size_t i = 0; i < places->count; i++) {
    feed_place *place = &places->places[i];
    line_name *lines[] = {&place->reached, &place->flying, &place->durable};
    for (size_t j = 0; j < 3; j++) {
      buffer_free(&lines[j]->source);
      buffer_free(&lines[j]->id);
    }
    buffer_free(&place->name);
  }
  free(places->places);
  *places = (feed_places){0};
}
