/* score_life.c - what becomes of a score's points: when they count, how long they last, and how far
 * they may fall.
 *
 *     frozen          ######          the score's clock stands still while it is frozen (save where
 *     world   --1--2--3--4--5--6-->   its decay goes on), so halving and expiry wait:
 *     clock   --1--2-------3--4--->   s(t) = t - all that it stood still
 *
 * Points that expire are kept event by event, in order of time, as long as they last. `never below`
 * is applied at each event, in their order: what an event takes off is cut at the floor. */
#include "engine/score.h"

#include <string.h>

/* How long a score has stood still. */
typedef struct frost {
  int64_t total_ms; /* without the present time */
  int64_t since_ms;
  bool frozen;
} frost;

static const frost *find_frost(const tr_score_def *score, const tr_cells *cells) {
  const tr_cell *cell =
      score->frost_cell == TR_NONE ? NULL : tr_cell_find(cells, score->frost_cell);
  return cell && cell->count ? cell->items : NULL;
}

/* ---- Which events count ---------------------------------------------------------------------- */

bool tr_score_counts(treaty_engine *engine, const tr_score_def *score, tr_view view) {
  tr_eval eval = {
      .engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER, .criteria_afresh = true};
  if (tr_evaluate_truth(&eval, &score->counts_while, view) != TREATY_TRUE) return false;
  return score->frozen_while.count == 0 ||
         tr_evaluate_truth(&eval, &score->frozen_while, view) != TREATY_TRUE;
}

/* ---- The clock ------------------------------------------------------------------------------- */

int64_t tr_score_clock(const tr_score_def *score, const tr_cells *cells, int64_t time_ms) {
  const frost *stood = find_frost(score, cells);
  if (!stood) return time_ms;
  bool still = stood->frozen && stood->since_ms < time_ms;
  return (still ? stood->since_ms : time_ms) - stood->total_ms;
}

void tr_score_freeze(treaty_engine *engine, const tr_score_def *score, tr_cells *cells,
                     int64_t at_ms, bool frozen) {
  tr_cell *cell = tr_cell_make(engine, cells, score->frost_cell);
  if (!cell->items) tr_cell_widen(engine, cell, sizeof(frost));
  frost *stands = cell->items;
  if (!cell->count) *stands = (frost){0};
  cell->count = 1;
  if (!frozen && at_ms > stands->since_ms) stands->total_ms += at_ms - stands->since_ms;
  stands->since_ms = at_ms;
  stands->frozen = frozen;
  tr_touch(engine, score->input);
}

/* ---- Event by event -------------------------------------------------------------------------- */

static bool is_behind(const tr_entry *entry, tr_stamp at, uint32_t rule) {
  if (entry->at.time_ms != at.time_ms) return entry->at.time_ms > at.time_ms;
  return entry->at.seq != at.seq ? entry->at.seq > at.seq : entry->rule > rule;
}

/* The first that still lasts at an instant of the score's clock. */
static uint32_t first_lasting(const tr_score_def *score, const tr_cell *cell, int64_t clock_ms) {
  const tr_entry *items = cell->items;
  uint32_t first = 0;
  while (score->expires_ms && first < cell->count &&
         items[first].clock_ms <= clock_ms - score->expires_ms)
    first++;
  return first;
}

/* Room for one more: what has expired is let go of; of very many the older half becomes one, of
 * those that expire with its last. */
static void make_room(treaty_engine *engine, const tr_score_def *score, tr_cell *cell,
                      int64_t clock_ms) {
  tr_entry *items = cell->items;
  uint32_t gone = first_lasting(score, cell, clock_ms - engine->program->late_ms);
  if (cell->count - gone == UINT16_MAX) {
    uint32_t half = gone + UINT16_MAX / 2;
    for (uint32_t i = gone; i < half; i++) items[half].points += items[i].points;
    items[half].rule = TR_NONE;
    gone = half;
  }
  if (gone > 0) {
    cell->count -= (uint16_t)gone;
    memmove(items, items + gone, sizeof *items * cell->count);
  }
  tr_cell_widen(engine, cell, sizeof(tr_entry));
}

/* And not of what time brought, or of a stage. */
static bool is_of_event(const tr_point_rule *rule, tr_stamp at) {
  return rule->entering == TR_NONE && at.seq == tr_order_of_event(at.seq / 2);
}

void tr_entry_add(treaty_engine *engine, const tr_score_def *score, tr_cells *cells, uint32_t rule,
                  int64_t points, tr_stamp at) {
  int64_t clock_ms = tr_score_clock(score, cells, at.time_ms);
  tr_cell *cell = tr_cell_make(engine, cells, score->entries_cell);
  make_room(engine, score, cell, tr_score_clock(score, cells, engine->event_ms));
  tr_entry *items = cell->items;
  uint32_t place = cell->count;
  while (place > 0 && is_behind(&items[place - 1], at, rule)) place--;
  tr_entry *before = place > 0 ? &items[place - 1] : NULL;
  if (before && before->at.time_ms == at.time_ms && before->at.seq == at.seq &&
      before->rule == rule) {
    before->points += points; /* a limit counts it anew */
    return;
  }
  memmove(items + place + 1, items + place, sizeof *items * (cell->count - place));
  items[place] = (tr_entry){.at = at,
                            .clock_ms = clock_ms,
                            .points = points,
                            .rule = rule,
                            .of_event = is_of_event(&score->rules[rule], at)};
  cell->count++;
}

const tr_entry *tr_entries_lasting(const tr_score_def *score, const tr_cells *cells, int64_t now_ms,
                                   uint32_t *count) {
  const tr_cell *cell = tr_cell_find(cells, score->entries_cell);
  uint32_t first = cell ? first_lasting(score, cell, tr_score_clock(score, cells, now_ms)) : 0;
  *count = cell ? cell->count - first : 0;
  return *count ? (const tr_entry *)cell->items + first : NULL;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static int64_t saturated(__int128 sum) {
  if (sum > INT64_MAX / 4) return INT64_MAX / 4;
  return sum < INT64_MIN / 4 ? INT64_MIN / 4 : (int64_t)sum;
}

static tr_decaying decaying_of(treaty_engine *engine, const tr_score_def *score,
                               const tr_entry *items, uint32_t count) {
  tr_octave *octaves = TR_NEW_ARRAY(&engine->step, tr_octave, count + 1);
  uint32_t octave_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    int32_t octave = tr_decay_octave(items[i].clock_ms, score->halves_ms);
    tr_octave_add(tr_octave_put(octaves, &octave_count, octave),
                  tr_decay_mantissa(engine->program->decay, items[i].points, items[i].clock_ms,
                                    score->halves_ms));
  }
  return tr_decay_total(octaves, octave_count, score->halves_ms);
}

static tr_total lasting(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                        int64_t now_ms) {
  tr_total total = {.moving.halves_ms = score->halves_ms, .until_ms = TR_NEVER};
  uint32_t count;
  const tr_entry *items = tr_entries_lasting(score, cells, now_ms, &count);
  const frost *stood = find_frost(score, cells);
  if (count == 0) return total;
  if (!stood || !stood->frozen)
    total.until_ms =
        now_ms + (items[0].clock_ms + score->expires_ms - tr_score_clock(score, cells, now_ms));
  if (score->halves_ms) {
    total.moving = decaying_of(engine, score, items, count);
    return total;
  }
  __int128 sum = 0;
  for (uint32_t i = 0; i < count; i++) sum += items[i].points;
  total.sum = saturated(sum);
  return total;
}

tr_total tr_score_total(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                        int64_t now_ms) {
  if (score->expires_ms) return lasting(engine, score, cells, now_ms);
  tr_total total = {.moving.halves_ms = score->halves_ms, .until_ms = TR_NEVER};
  const tr_cell *cell = tr_cell_find(cells, score->cell);
  if (!cell || !cell->count) return total;
  if (score->halves_ms)
    total.moving = tr_decay_total(cell->items, cell->count, score->halves_ms);
  else
    total.sum = saturated(tr_octave_sum(cell->items));
  return total;
}

int64_t tr_total_value(const treaty_engine *engine, const tr_score_def *score,
                       const tr_cells *cells, const tr_total *total, int64_t now_ms) {
  if (!score->halves_ms) return total->sum;
  return tr_decay_value(engine->program->decay, total->moving,
                        tr_score_clock(score, cells, now_ms));
}

bool tr_total_moves(const treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                    tr_total *total) {
  const frost *stood = find_frost(score, cells);
  if (!score->halves_ms || total->moving.total == 0 || (stood && stood->frozen)) return false;
  if (stood)
    total->moving = tr_decay_delayed(engine->program->decay, total->moving, stood->total_ms);
  return true;
}

int64_t tr_score_now(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                     int64_t now_ms) {
  tr_total total = tr_score_total(engine, score, cells, now_ms);
  if (tr_total_moves(engine, score, cells, &total))
    return tr_decay_value(engine->program->decay, total.moving, now_ms);
  return tr_total_value(engine, score, cells, &total, now_ms);
}

int64_t tr_score_floored(treaty_engine *engine, const tr_score_def *score, const tr_cells *cells,
                         int64_t points, int64_t time_ms) {
  if (!score->floors) return points;
  int64_t left = score->low - tr_score_now(engine, score, cells, time_ms);
  return points > left ? points : left;
}
