/* facts.c - short sorted lists of facts and cells; see state.h. */
#include <assert.h>
#include <string.h>

#include "engine/state.h"

static uint32_t slot_of(const tr_fact *fact) { return (uint32_t)(fact->seq_slot & 0xFFFF); }

static uint32_t fact_place(const tr_facts *facts, uint32_t slot) {
  uint32_t place = 0;
  while (place < facts->count && slot_of(&facts->items[place]) < slot) place++;
  return place;
}

const tr_fact *tr_fact_find(const tr_facts *facts, uint32_t slot) {
  uint32_t place = fact_place(facts, slot);
  return place < facts->count && slot_of(&facts->items[place]) == slot ? &facts->items[place]
                                                                       : NULL;
}

/* The fact of a slot that has one, or a fresh one for it. */
static tr_fact *fact_make(treaty_engine *engine, tr_facts *facts, uint32_t slot, bool *fresh) {
  uint32_t place = fact_place(facts, slot);
  engine->polls.now++;
  *fresh = place == facts->count || slot_of(&facts->items[place]) != slot;
  if (!*fresh) return &facts->items[place];
  facts->items =
      tr_pool_grow(&engine->pool, facts->items, facts->count, &facts->room, sizeof *facts->items);
  memmove(facts->items + place + 1, facts->items + place,
          sizeof *facts->items * (facts->count - place));
  facts->count++;
  return &facts->items[place];
}

static bool is_later(const tr_fact *fact, int64_t time_ms, uint64_t seq) {
  tr_stamp learned = {.time_ms = fact->time_ms, .seq = fact->seq_slot >> 16};
  return tr_stamp_before((tr_stamp){.time_ms = time_ms, .seq = seq}, learned);
}

bool tr_fact_set(treaty_engine *engine, tr_facts *facts, uint32_t slot, int64_t value,
                 int64_t time_ms, uint64_t seq) {
  bool fresh;
  tr_fact *fact = fact_make(engine, facts, slot, &fresh);
  if (!fresh && is_later(fact, time_ms, seq)) return false;
  bool changed = fresh || fact->value != value;
  *fact = (tr_fact){.value = value, .time_ms = time_ms, .seq_slot = seq << 16 | slot};
  return changed;
}

bool tr_fact_set_first(treaty_engine *engine, tr_facts *facts, uint32_t slot, int64_t value,
                       int64_t time_ms, uint64_t seq) {
  bool fresh;
  tr_fact *fact = fact_make(engine, facts, slot, &fresh);
  if (!fresh && !is_later(fact, time_ms, seq)) return false;
  bool changed = fresh || fact->value != value;
  *fact = (tr_fact){.value = value, .time_ms = time_ms, .seq_slot = seq << 16 | slot};
  return changed;
}

bool tr_fact_settle(treaty_engine *engine, tr_facts *facts, const tr_slot_field *field,
                    uint32_t place, int64_t value, const tr_settling *settling) {
  bool changed =
      tr_fact_set(engine, facts, field->slot + place, value, settling->time_ms, settling->seq);
  if (field->until_slot == TR_NONE) return changed;
  int64_t until_ms = settling->for_ms ? settling->time_ms + settling->for_ms : TR_NEVER;
  changed |= tr_fact_set(engine, facts, field->until_slot + place, until_ms, settling->time_ms,
                         settling->seq);
  return changed;
}

static uint32_t cell_place(const tr_cells *cells, uint32_t index) {
  uint32_t place = 0;
  while (place < cells->count && cells->items[place].index < index) place++;
  return place;
}

tr_cell *tr_cell_find(const tr_cells *cells, uint32_t index) {
  uint32_t place = cell_place(cells, index);
  return place < cells->count && cells->items[place].index == index ? &cells->items[place] : NULL;
}

tr_cell *tr_cell_make(treaty_engine *engine, tr_cells *cells, uint32_t index) {
  uint32_t place = cell_place(cells, index);
  engine->polls.now++;
  if (place < cells->count && cells->items[place].index == index) return &cells->items[place];
  cells->items =
      tr_pool_grow(&engine->pool, cells->items, cells->count, &cells->room, sizeof *cells->items);
  memmove(cells->items + place + 1, cells->items + place,
          sizeof *cells->items * (cells->count - place));
  cells->items[place] = (tr_cell){.index = index};
  cells->count++;
  return &cells->items[place];
}

void tr_cell_widen(treaty_engine *engine, tr_cell *cell, size_t size) {
  cell->items = tr_pool_grow(&engine->pool, cell->items, cell->count, &cell->room, size);
  cell->item_bytes = (uint16_t)size;
}

void tr_cell_let_go(tr_cell *cell, size_t size, int64_t until_ms) {
  char *items = cell->items;
  uint32_t gone = 0;
  while (gone < cell->count && *(int64_t *)(items + size * gone) <= until_ms) gone++;
  if (gone == 0) return;
  cell->count -= (uint16_t)gone;
  memmove(items, items + size * gone, size * cell->count);
}
