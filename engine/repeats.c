/* repeats.c - see repeats.h. Open addressing; nothing is ever taken out of a table but with the whole of it. */
#include "engine/repeats.h"

void tr_repeats_init(tr_repeats *repeats, tr_memory *memory, tr_hash_key key, int64_t horizon_ms) {
  *repeats = (tr_repeats){.memory = memory, .key = key, .horizon_ms = horizon_ms, .began_ms = INT64_MIN};
}

static bool is_free(const tr_repeat *slot) { return slot->id.first == 0 && slot->id.second == 0; }

/* The slot of the id, or the free one where it would go; NULL: there is no table. */
static tr_repeat *slot_of(const tr_repeat_table *table, tr_hash128 id) {
  if (!table->room) return NULL;
  uint32_t at = (uint32_t)id.first & (table->room - 1);
  while (!is_free(&table->slots[at])) {
    tr_repeat *slot = &table->slots[at];
    if (slot->id.first == id.first && slot->id.second == id.second) return slot;
    at = (at + 1) & (table->room - 1);
  }
  return &table->slots[at];
}

void tr_repeats_expect(const tr_repeats *repeats, tr_hash128 id) {
  const tr_repeat_table *younger = &repeats->younger, *older = &repeats->older;
  if (younger->room) (void)*(volatile uint64_t *)&younger->slots[(uint32_t)id.first & (younger->room - 1)].content;
  if (older->room) (void)*(volatile uint64_t *)&older->slots[(uint32_t)id.first & (older->room - 1)].content;
}

tr_repeat_verdict tr_repeats_look(const tr_repeats *repeats, tr_hash128 id, uint64_t content) {
  const tr_repeat_table *const tables[] = {&repeats->younger, &repeats->older};
  for (int i = 0; i < 2; i++) {
    const tr_repeat *slot = slot_of(tables[i], id);
    if (slot && !is_free(slot)) return slot->content == content ? REPEAT_SAME : REPEAT_OTHER_CONTENT;
  }
  return REPEAT_NEW;
}

static void widen(tr_repeats *repeats, tr_repeat_table *table) {
  tr_repeat_table wider = {.room = table->room ? table->room * 2 : 1024, .count = table->count};
  wider.slots = tr_memory_alloc(repeats->memory, sizeof *wider.slots * wider.room);
  for (uint32_t i = 0; i < table->room; i++) {
    if (!is_free(&table->slots[i])) *slot_of(&wider, table->slots[i].id) = table->slots[i];
  }
  tr_memory_free(repeats->memory, table->slots);
  *table = wider;
}

static void change_generation(tr_repeats *repeats, int64_t clock_ms) {
  bool both_old = repeats->began_ms != INT64_MIN && clock_ms - repeats->began_ms >= 2 * repeats->horizon_ms;
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
  if (table->count >= table->room / 4 * 3) widen(repeats, table);
  if (id.first == 0 && id.second == 0) id.first = 1;
  *slot_of(table, id) = (tr_repeat){.id = id, .content = content};
  table->count++;
}
