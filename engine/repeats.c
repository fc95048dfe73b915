/* repeats.c - see repeats.h. Open addressing; nothing is ever taken out of a table but with the
 * whole of it. */
#include "engine/repeats.h"

void tr_repeats_init(tr_repeats *repeats, tr_memory *memory, tr_hash_key key, int64_t horizon_ms) {
  *repeats =
      (tr_repeats){.memory = memory, .key = key, .horizon_ms = horizon_ms, .began_ms = INT64_MIN};
}

static bool is_free(const tr_repeat *slot) { return slot->id == 0; }

static tr_repeat repeat_of(tr_hash128 id, uint64_t content) {
  return (tr_repeat){.id = id.first ? id.first : 1,
                     .more_id = (uint32_t)id.second,
                     .content = (uint32_t)(content ^ content >> 32)};
}

/* The slot of the id, or the free one where it would go; NULL: there is no table. */
static tr_repeat *slot_of(const tr_repeat_table *table, tr_repeat wanted) {
  if (!table->room) return NULL;
  uint32_t at = (uint32_t)wanted.id & (table->room - 1);
  while (!is_free(&table->slots[at])) {
    tr_repeat *slot = &table->slots[at];
    if (slot->id == wanted.id && slot->more_id == wanted.more_id) return slot;
    at = (at + 1) & (table->room - 1);
  }
  return &table->slots[at];
}

void tr_repeats_expect(const tr_repeats *repeats, tr_hash128 id) {
  const tr_repeat_table *younger = &repeats->younger, *older = &repeats->older;
  uint32_t at = (uint32_t)id.first;
  if (younger->room) (void)*(volatile uint64_t *)&younger->slots[at & (younger->room - 1)].id;
  if (older->room) (void)*(volatile uint64_t *)&older->slots[at & (older->room - 1)].id;
}

tr_repeat_verdict tr_repeats_look(const tr_repeats *repeats, tr_hash128 id, uint64_t content) {
  const tr_repeat_table *const tables[] = {&repeats->younger, &repeats->older};
  tr_repeat wanted = repeat_of(id, content);
  for (int i = 0; i < 2; i++) {
    const tr_repeat *slot = slot_of(tables[i], wanted);
    if (!slot || is_free(slot)) continue;
    return slot->content == wanted.content ? REPEAT_SAME : REPEAT_OTHER_CONTENT;
  }
  return REPEAT_NEW;
}

static bool is_full(uint32_t count, uint32_t room) { return count >= room / 4 * 3; }

/* A new generation begins with room for as many as the one before had: growing to that again would
 * put every event into its place twice. */
static uint32_t first_room(const tr_repeats *repeats) {
  uint32_t room = 1024;
  while (is_full(repeats->older.count, room)) room *= 2;
  return room;
}

static void widen(tr_repeats *repeats, tr_repeat_table *table) {
  tr_repeat_table wider = {.room = table->room ? table->room * 2 : first_room(repeats),
                           .count = table->count};
  wider.slots = tr_memory_alloc(repeats->memory, sizeof *wider.slots * wider.room);
  for (uint32_t i = 0; i < table->room; i++) {
    if (!is_free(&table->slots[i])) *slot_of(&wider, table->slots[i]) = table->slots[i];
  }
  tr_memory_free(repeats->memory, table->slots);
  *table = wider;
}

static void change_generation(tr_repeats *repeats, int64_t clock_ms) {
  bool both_old =
      repeats->began_ms != INT64_MIN && clock_ms - repeats->began_ms >= 2 * repeats->horizon_ms;
  tr_memory_free(repeats->memory, repeats->older.slots);
  repeats->older = repeats->younger;
  repeats->younger = (tr_repeat_table){0};
  if (both_old) {
    tr_memory_free(repeats->memory, repeats->older.slots);
    repeats->older = (tr_repeat_table){0};
  }
  repeats->began_ms = clock_ms;
}

void tr_repeats_keep(tr_repeats *repeats, tr_hash128 id, uint64_t content, int64_t clock_ms) {
  if (repeats->began_ms == INT64_MIN || clock_ms - repeats->began_ms >= repeats->horizon_ms) {
    change_generation(repeats, clock_ms);
  }
  tr_repeat_table *table = &repeats->younger;
  if (is_full(table->count, table->room)) widen(repeats, table);
  tr_repeat kept = repeat_of(id, content);
  *slot_of(table, kept) = kept;
  table->count++;
}
