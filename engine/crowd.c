/* crowd.c - see crowd.h. */
#include "engine/crowd.h"

#include <assert.h>
#include <string.h>

/* ---- Places ---------------------------------------------------------------------------------- */

static bool opened_before(const void *owner, uint32_t first, uint32_t second) {
  (void)owner;
  return first < second;
}

static void until_moved(void *owner, uint32_t place, uint32_t position) {
  ((tr_crowd *)owner)->leads[place].until = position;
}

static void latest_moved(void *owner, uint32_t place, uint32_t position) {
  ((tr_crowd *)owner)->leads[place].latest = position;
}

static void look_moved(void *owner, uint32_t place, uint32_t position) {
  ((tr_crowd *)owner)->leads[place].look = position;
}

static uint32_t place_of(const tr_lead *lead) { return lead->ordinal - 1; }

static bool has_id(const void *owner, uint32_t place, const void *bytes, size_t length) {
  const tr_id *id = ((const tr_crowd *)owner)->leads[place].lead->id;
  return id->length == length && memcmp(id->bytes, bytes, length) == 0;
}

/* Puts a thing of a heap to another key, or in where it is not yet. */
static void put(tr_heap *heap, uint32_t position, int64_t key, uint32_t place) {
  if (position == TR_HEAP_NONE)
    tr_heap_add(heap, key, place);
  else if (heap->items[position].instant_ms != key)
    tr_heap_move(heap, position, key);
}

static void take_out(tr_heap *heap, uint32_t position) {
  if (position != TR_HEAP_NONE) tr_heap_remove(heap, position);
}

/* ---- Who is in it ---------------------------------------------------------------------------- */

static tr_crowd *new_crowd(treaty_engine *engine) {
  tr_memory *memory = &engine->memory;
  tr_crowd *crowd = tr_memory_alloc(memory, sizeof *crowd);
  tr_map_init(&crowd->ids, memory, engine->repeats.key, has_id, crowd);
  tr_heap_init(&crowd->until, memory, (tr_heap_owner){opened_before, until_moved, crowd});
  tr_heap_init(&crowd->latest, memory, (tr_heap_owner){opened_before, latest_moved, crowd});
  tr_heap_init(&crowd->looks, memory, (tr_heap_owner){opened_before, look_moved, crowd});
  return crowd;
}

static void widen(treaty_engine *engine, tr_crowd *crowd) {
  uint32_t room = crowd->room ? crowd->room * 2 : 2 * TR_FEW;
  crowd->leads = tr_memory_grow(&engine->memory, crowd->leads, sizeof *crowd->leads * crowd->room,
                                sizeof *crowd->leads * room);
  crowd->room = room;
}

static void add_lead(treaty_engine *engine, tr_crowd *crowd, tr_lead *lead) {
  uint32_t place = crowd->count++;
  assert(place == place_of(lead));
  if (place == crowd->room) widen(engine, crowd);
  crowd->leads[place] = (tr_crowd_lead){
      .lead = lead, .until = TR_HEAP_NONE, .latest = TR_HEAP_NONE, .look = TR_HEAP_NONE};
  tr_map_add(&crowd->ids, lead->id->bytes, lead->id->length, place);
  for (uint32_t i = 0; i < lead->member_count; i++)
    tr_crowd_join(engine, crowd, lead->members[i].person, lead);
  if (lead->closed) return;
  crowd->open = tr_pool_grow(&engine->pool, crowd->open, crowd->open_count, &crowd->open_room,
                             sizeof *crowd->open);
  crowd->open[crowd->open_count++] = place;
  tr_crowd_settle(crowd, lead);
  tr_crowd_heard(crowd, lead);
}

void tr_crowd_add(treaty_engine *engine, tr_account *account) {
  if (account->crowd) {
    add_lead(engine, account->crowd, account->last_lead);
    return;
  }
  account->crowd = new_crowd(engine);
  for (tr_lead *lead = account->leads; lead; lead = lead->next)
    add_lead(engine, account->crowd, lead);
}

void tr_crowd_join(treaty_engine *engine, tr_crowd *crowd, const tr_person *person,
                   const tr_lead *lead) {
  if (person->number >= crowd->part_room) {
    uint32_t room = 2 * (person->number + 1);
    crowd->parts =
        tr_memory_grow(&engine->memory, crowd->parts, sizeof *crowd->parts * crowd->part_room,
                       sizeof *crowd->parts * room);
    crowd->part_room = room;
  }
  tr_crowd_parts *parts = &crowd->parts[person->number];
  parts->leads =
      tr_pool_grow(&engine->pool, parts->leads, parts->count, &parts->room, sizeof *parts->leads);
  parts->leads[parts->count++] = place_of(lead);
}

void tr_crowd_heard(tr_crowd *crowd, const tr_lead *lead) {
  const tr_crowd_lead *at = &crowd->leads[place_of(lead)];
  if (!lead->closed) put(&crowd->latest, at->latest, ~lead->last_event_ms, place_of(lead));
}

/* ---- Finding --------------------------------------------------------------------------------- */

tr_lead *tr_crowd_find(const tr_crowd *crowd, const char *id, size_t length) {
  uint32_t place = tr_map_find(&crowd->ids, id, length);
  return place == TR_MAP_NONE ? NULL : crowd->leads[place].lead;
}

tr_lead *tr_crowd_latest(const tr_crowd *crowd) {
  const tr_heap_item *first = tr_heap_first(&crowd->latest);
  return first ? crowd->leads[first->index].lead : NULL;
}

int64_t tr_crowd_until(const tr_crowd *crowd) {
  const tr_heap_item *first = tr_heap_first(&crowd->until);
  return first ? first->instant_ms : TR_NEVER;
}

/* ---- One pass -------------------------------------------------------------------------------- */

static void look_at(tr_crowd *crowd, uint32_t place) {
  if (crowd->leads[place].look == TR_HEAP_NONE) tr_heap_add(&crowd->looks, 0, place);
}

void tr_crowd_look(tr_crowd *crowd, const tr_lead *lead) { look_at(crowd, place_of(lead)); }

/* Those that are due leave the heap, and come back when they are settled. */
void tr_crowd_look_due(tr_crowd *crowd, int64_t clock_ms) {
  while (tr_crowd_until(crowd) <= clock_ms) {
    uint32_t place = tr_heap_first(&crowd->until)->index;
    tr_heap_remove(&crowd->until, 0);
    look_at(crowd, place);
  }
}

/* Drops those that are closed from the list: none opens again. Returns how many are left. */
static uint32_t look_at_open(tr_crowd *crowd, uint32_t *places, uint32_t count) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t place = places[i];
    if (crowd->leads[place].lead->closed) continue;
    places[kept++] = place;
    look_at(crowd, place);
  }
  return kept;
}

void tr_crowd_look_person(tr_crowd *crowd, const tr_person *person) {
  if (person->number >= crowd->part_room) return;
  tr_crowd_parts *parts = &crowd->parts[person->number];
  parts->count = look_at_open(crowd, parts->leads, parts->count);
}

void tr_crowd_look_all(tr_crowd *crowd) {
  crowd->open_count = look_at_open(crowd, crowd->open, crowd->open_count);
}

tr_lead *tr_crowd_next(tr_crowd *crowd) {
  for (const tr_heap_item *first; (first = tr_heap_first(&crowd->looks));) {
    tr_lead *lead = crowd->leads[first->index].lead;
    tr_heap_remove(&crowd->looks, 0);
    if (!lead->closed) return lead;
  }
  return NULL;
}

void tr_crowd_settle(tr_crowd *crowd, const tr_lead *lead) {
  const tr_crowd_lead *at = &crowd->leads[place_of(lead)];
  if (lead->closed) {
    take_out(&crowd->until, at->until);
    take_out(&crowd->latest, at->latest);
  } else {
    put(&crowd->until, at->until, lead->until_ms, place_of(lead));
  }
}
