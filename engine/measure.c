/* measure.c - `sum | max | min of FIELD of SIGNAL in last D | ever`, `count of days with SIGNAL`,
 * `actor of latest SIGNAL`.
 *
 * Each keeps, in order of time, only what can still matter, wherever a late event has to go:
 *
 *   sum    every value of the span            max   9 --- 7 -- 7 -- 2      a value that a later one
 *   days   of each calendar day the latest          a 5 before the 7 is    reaches is let go of
 *   actor  the latest                               never the largest
 *
 * Over all time a sum is one number, and so is an extreme. An event without the field does not
 * count. What leaves the span changes the value at that millisecond, and not before. */
#include <assert.h>
#include <string.h>

#include "engine/evaluate.h"
#include "grammar/civil.h"

typedef struct measured {
  int64_t time_ms;
  int64_t value;
} measured;

#define ONE INT64_C(1000000) /* a day, as a number */

/* ---- Counting -------------------------------------------------------------------------------- */

/* Room for one more at `place`; where 65,535 are kept the oldest half goes. */
static void *open_place(treaty_engine *engine, tr_cell *cell, size_t size, uint32_t *place) {
  if (cell->count == UINT16_MAX) {
    uint32_t gone = UINT16_MAX / 2;
    cell->count -= (uint16_t)gone;
    memmove(cell->items, (char *)cell->items + size * gone, size * cell->count);
    *place = *place > gone ? *place - gone : 0;
  }
  tr_cell_widen(engine, cell, size);
  char *at = (char *)cell->items + size * *place;
  memmove(at + size, at, size * (cell->count - *place));
  cell->count++;
  return at;
}

static bool reaches(tr_measure_kind kind, int64_t value, int64_t other) {
  return kind == MEASURE_MAX ? value >= other : value <= other;
}

/* Of a maximum the kept values fall from the oldest to the newest. */
static void count_extreme(treaty_engine *engine, tr_cell *cell, tr_measure_kind kind,
                          measured event) {
  measured *items = cell->items;
  uint32_t place = cell->count, first;
  while (place > 0 && items[place - 1].time_ms > event.time_ms) place--;
  if (place < cell->count && reaches(kind, items[place].value, event.value)) return;
  for (first = place; first > 0 && reaches(kind, event.value, items[first - 1].value);) first--;
  if (first < place) memmove(items + first, items + place, sizeof *items * (cell->count - place));
  cell->count -= (uint16_t)(place - first);
  *(measured *)open_place(engine, cell, sizeof event, &first) = event;
}

static void count_sum(treaty_engine *engine, tr_cell *cell, measured event) {
  const measured *items = cell->items;
  uint32_t place = cell->count;
  while (place > 0 && items[place - 1].time_ms > event.time_ms) place--;
  *(measured *)open_place(engine, cell, sizeof event, &place) = event;
}

/* All time: the sum in 128 bits, or the extreme. */
static void count_ever(treaty_engine *engine, tr_cell *cell, tr_measure_kind kind, int64_t value) {
  bool first = cell->count == 0;
  if (!cell->room) tr_cell_widen(engine, cell, sizeof(__int128));
  cell->count = 1;
  if (kind == MEASURE_SUM)
    *(__int128 *)cell->items = (first ? 0 : *(__int128 *)cell->items) + value;
  else if (first || !reaches(kind, *(int64_t *)cell->items, value))
    *(int64_t *)cell->items = value;
}

static int64_t day_of(const treaty_engine *engine, int64_t time_ms) {
  return tr_civil_days_of_ms(tr_zone_to_local(engine->program->zone, time_ms));
}

#define TWO_DAYS_MS (INT64_C(2) * 86400000)

/* Where the clocks go back over midnight the days are not in the order of time: by time it is. */
static void count_day(treaty_engine *engine, tr_cell *cell, tr_stamp event) {
  tr_stamp *items = cell->items;
  int64_t day = day_of(engine, event.time_ms);
  uint32_t place = cell->count;
  for (uint32_t i = cell->count; i > 0 && items[i - 1].time_ms > event.time_ms - TWO_DAYS_MS; i--) {
    if (day_of(engine, items[i - 1].time_ms) != day) continue;
    if (items[i - 1].time_ms >= event.time_ms) return;
    memmove(items + i - 1, items + i, sizeof *items * (cell->count - i));
    place = --cell->count;
    break;
  }
  while (place > 0 && items[place - 1].time_ms > event.time_ms) place--;
  *(tr_stamp *)open_place(engine, cell, sizeof event, &place) = event;
}

/* Whoever did the latest; who did is not always said. */
static void count_actor(treaty_engine *engine, tr_cells *cells, const tr_measure *measure) {
  treaty_text actor = engine->event ? engine->event->actor : (treaty_text){0};
  if (!actor.bytes) return;
  tr_cell *cell = tr_cell_make(engine, cells, measure->cell);
  if (!cell->room) tr_cell_widen(engine, cell, sizeof(measured));
  measured *latest = cell->items;
  if (cell->count > 0 && latest->time_ms > engine->event_ms) return;
  cell->count = 1;
  cell->seq = engine->seq;
  latest->time_ms = engine->event_ms;
  latest->value = tr_texts_add(&engine->texts, actor.bytes, actor.length);
  tr_touch(engine, measure->input);
}

void tr_measure_count(treaty_engine *engine, tr_cells *cells, const tr_measure *measure) {
  bool days = measure->kind == MEASURE_DAYS, ever = measure->keep_ms < 0;
  if (measure->kind == MEASURE_ACTOR) {
    count_actor(engine, cells, measure);
    return;
  }
  tr_value value = days ? tr_known_value(0) : tr_event_value(engine, measure->field);
  if (value.known != KNOWN) return;
  int64_t time_ms = engine->event_ms;
  tr_cell *cell = tr_cell_make(engine, cells, measure->cell);
  tr_touch(engine, measure->input);
  if (engine->seq > cell->seq) cell->seq = engine->seq;
  if (!ever)
    tr_cell_let_go(cell, days ? sizeof(tr_stamp) : sizeof(measured), time_ms - measure->keep_ms);
  if (days)
    count_day(engine, cell, (tr_stamp){.time_ms = time_ms, .seq = engine->seq});
  else if (ever)
    count_ever(engine, cell, measure->kind, value.low);
  else if (measure->kind == MEASURE_SUM)
    count_sum(engine, cell, (measured){.time_ms = time_ms, .value = value.low});
  else
    count_extreme(engine, cell, measure->kind, (measured){.time_ms = time_ms, .value = value.low});
}

/* ---- Reading --------------------------------------------------------------------------------- */

static tr_value fitting(__int128 sum) {
  if (sum < INT64_MIN || sum > INT64_MAX) return (tr_value){.known = UNKNOWN};
  return tr_known_value((int64_t)sum);
}

static tr_value read_ever(const tr_cell *cell, tr_measure_kind kind) {
  if (kind == MEASURE_SUM) return fitting(*(const __int128 *)cell->items);
  return tr_known_value(*(const int64_t *)cell->items);
}

static void hold_while(tr_eval *eval, int64_t time_ms, int64_t span_ms) {
  if (time_ms + span_ms < eval->until_ms) eval->until_ms = time_ms + span_ms;
}

/* The sum changes when the oldest that is something leaves. */
static tr_value read_sum(tr_eval *eval, const tr_cell *cell, int64_t span_ms) {
  const measured *items = cell->items, *oldest = NULL;
  __int128 sum = 0;
  for (uint32_t i = cell->count; i > 0 && items[i - 1].time_ms > eval->now_ms - span_ms; i--) {
    sum += items[i - 1].value;
    if (items[i - 1].value != 0) oldest = &items[i - 1];
  }
  if (oldest) hold_while(eval, oldest->time_ms, span_ms);
  return fitting(sum);
}

static tr_value read_actor(tr_eval *eval, const tr_cell *cell, int64_t span_ms) {
  const measured *latest = cell->items;
  if (span_ms >= 0 && latest->time_ms <= eval->now_ms - span_ms)
    return (tr_value){.known = UNKNOWN};
  if (span_ms >= 0) hold_while(eval, latest->time_ms, span_ms);
  return tr_known_value(latest->value);
}

static uint32_t first_within(tr_eval *eval, const tr_cell *cell, size_t size, int64_t span_ms) {
  const char *items = cell->items;
  uint32_t low = 0, high = cell->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (*(const int64_t *)(items + size * middle) > eval->now_ms - span_ms)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static tr_value read_extreme(tr_eval *eval, const tr_cell *cell, int64_t span_ms) {
  const measured *items = cell->items;
  uint32_t first = first_within(eval, cell, sizeof *items, span_ms);
  if (first == cell->count) return (tr_value){.known = UNKNOWN};
  hold_while(eval, items[first].time_ms, span_ms);
  return tr_known_value(items[first].value);
}

static tr_value read_days(tr_eval *eval, const tr_cell *cell, int64_t span_ms) {
  uint32_t first = span_ms < 0 ? 0 : first_within(eval, cell, sizeof(tr_stamp), span_ms);
  tr_value count = tr_known_value((int64_t)(cell->count - first) * ONE);
  if (span_ms < 0 || first == cell->count) return count;
  tr_tally *tally = TR_NEW(&eval->engine->step, tr_tally);
  *tally = (tr_tally){.cell = cell, .first = first, .span_ms = span_ms};
  count.tally = tally;
  return count;
}

tr_value tr_measure_read(tr_eval *eval, const tr_cells *cells, const tr_measure *measure,
                         int64_t span_ms) {
  const tr_cell *cell = tr_cell_find(cells, measure->cell);
  if (!cell || cell->count == 0) {
    bool counts = measure->kind == MEASURE_SUM || measure->kind == MEASURE_DAYS;
    return !counts ? (tr_value){.known = UNKNOWN} : tr_known_value(0);
  }
  if (measure->kind == MEASURE_ACTOR) return read_actor(eval, cell, span_ms);
  if (measure->kind == MEASURE_DAYS) return read_days(eval, cell, span_ms);
  if (span_ms < 0) return read_ever(cell, measure->kind);
  return measure->kind == MEASURE_SUM ? read_sum(eval, cell, span_ms)
                                      : read_extreme(eval, cell, span_ms);
}
