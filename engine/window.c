/* window.c - `count of SIGNAL in last D`: the instants of the events that can still matter, in
 * order of time.
 *
 *     now - D                        now
 *   ----|--x1----------x2-------x3-----|--->   counts 3 until x1 + D, when the oldest leaves
 *
 * An event that comes late goes where its time belongs. What lies a horizon behind the widest span
 * is let go of. A window over all time keeps how many there were and the latest. */
#include <assert.h>
#include <string.h>

#include "engine/evaluate.h"

static void count_ever(treaty_engine *engine, tr_cell *cell, tr_stamp at) {
  if (cell->count == 0) {
    if (!cell->room) tr_cell_widen(engine, cell, sizeof(tr_stamp));
    cell->count = 1;
  } else if (((tr_stamp *)cell->items)->time_ms > at.time_ms) {
    return;
  }
  *(tr_stamp *)cell->items = at;
}

void tr_window_count(treaty_engine *engine, tr_cells *cells, const tr_window *window) {
  tr_stamp at = {.time_ms = engine->event_ms, .seq = tr_order_now(engine)};
  tr_cell *cell = tr_cell_make(engine, cells, window->cell);
  tr_touch(engine, window->input);
  if (window->keep_ms < 0) {
    cell->total++;
    count_ever(engine, cell, at);
    return;
  }
  int64_t before_ms = at.time_ms - window->keep_ms - engine->program->late_ms;
  tr_cell_let_go(cell, sizeof(tr_stamp), before_ms);
  if (at.time_ms <= before_ms) return;
  if (cell->count == UINT16_MAX) /* 65,535 in one span are enough */
    tr_cell_let_go(cell, sizeof(tr_stamp), ((tr_stamp *)cell->items)->time_ms);
  tr_cell_widen(engine, cell, sizeof(tr_stamp));
  tr_stamp *items = cell->items;
  uint32_t place = cell->count;
  while (place > 0 && items[place - 1].time_ms > at.time_ms) place--;
  memmove(items + place + 1, items + place, sizeof *items * (cell->count - place));
  items[place] = at;
  cell->count++;
}

/* The first that is later than that instant; they lie in order of time. */
static uint32_t first_behind(const tr_stamp *items, uint32_t count, int64_t time_ms) {
  uint32_t low = 0, high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (items[middle].time_ms > time_ms)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

#define ONE INT64_C(1000000) /* an event, as a number */

tr_value tr_window_read(tr_eval *eval, const tr_cells *cells, const tr_window *window,
                        int64_t span_ms) {
  const tr_cell *cell = tr_cell_find(cells, window->cell);
  if (!cell) return tr_known_value(0);
  if (window->keep_ms < 0) return tr_known_value(cell->total * ONE);
  const tr_stamp *items = cell->items;
  uint32_t first = first_behind(items, cell->count, eval->now_ms - span_ms);
  tr_value count = tr_known_value((int64_t)(cell->count - first) * ONE);
  if (first == cell->count) return count;
  tr_tally *tally = TR_NEW(&eval->engine->step, tr_tally);
  *tally = (tr_tally){.cell = cell, .first = first, .span_ms = span_ms};
  count.tally = tally;
  return count;
}

int64_t tr_tally_until(const tr_tally *tally, int64_t level) {
  int64_t count = tally->cell->count - tally->first, least = level / ONE + (level % ONE > 0);
  if (least < 1 || count < least) return TR_NEVER;
  const tr_stamp *items = tally->cell->items;
  return items[tally->first + (count - least)].time_ms + tally->span_ms;
}

int64_t tr_tally_change(const tr_tally *tally) {
  return ((const tr_stamp *)tally->cell->items)[tally->first].time_ms + tally->span_ms;
}

uint32_t tr_window_before(const tr_cells *cells, const tr_window *window, tr_stamp event,
                          int64_t span_ms) {
  const tr_cell *cell = tr_cell_find(cells, window->cell);
  if (!cell) return 0;
  const tr_stamp *items = cell->items;
  uint32_t first = first_behind(items, cell->count, event.time_ms - span_ms);
  uint32_t count = first_behind(items, cell->count, event.time_ms - 1) - first;
  for (uint32_t i = first + count; i < cell->count && items[i].time_ms == event.time_ms; i++)
    count += tr_stamp_before(items[i], event);
  return count;
}

bool tr_window_follows(const tr_cells *cells, const tr_window *window, tr_stamp event,
                       int64_t within_ms) {
  const tr_cell *cell = tr_cell_find(cells, window->cell);
  const tr_stamp *items = cell ? cell->items : NULL;
  for (uint32_t i = cell ? cell->count : 0; i-- > 0;) {
    if (items[i].time_ms <= event.time_ms - within_ms) return false;
    if (tr_stamp_before(items[i], event)) return true;
  }
  return false;
}

bool tr_window_latest(const tr_cells *cells, const tr_window *window, int64_t *time_ms,
                      uint64_t *seq) {
  const tr_cell *cell = tr_cell_find(cells, window->cell);
  if (!cell || cell->count == 0) return false;
  const tr_stamp *items = cell->items;
  const tr_stamp *latest = &items[cell->count - 1];
  *time_ms = latest->time_ms;
  *seq = tr_order_seq(latest->seq);
  return true;
}
