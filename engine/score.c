/* score.c - scores: what events added, by octaves (decay.h), and what conditions add while they
 * hold.
 *
 * A score's cell holds its octaves in rising order; without a half-life all points stand in octave
 * 0. Only what came after the latest reset (by time, then seq) counts. A rule with a limit (`once
 * in D`, `at most N in D`), or of a score that can be reset, keeps the events that it has looked
 * at in a cell of its own, in order of time, so that one that comes late is put in its place and
 * those behind it are counted anew:
 *
 *     base     25       25     25          once in 7 days
 *     counted  25 ----- 0 ---- 0 ----->    a new one in front takes the 25 over */
#include "engine/score.h"

#include <string.h>

#include "engine/census.h"
#include "engine/limits.h"

typedef struct counted_event {
  tr_stamp at;
  int64_t base, counted; /* points, millionths */
} counted_event;

/* ---- Adding ---------------------------------------------------------------------------------- */

static tr_octave *octave_at(treaty_engine *engine, tr_cell *cell, int32_t octave) {
  tr_cell_widen(engine, cell, sizeof(tr_octave));
  uint32_t count = cell->count;
  tr_octave *found = tr_octave_put(cell->items, &count, octave);
  cell->count = (uint16_t)count;
  return found;
}

/* What lies so far behind that nothing of it is left; the newest is kept. */
#define OCTAVES_KEPT 66

static void forget_octaves(tr_cell *cell) {
  tr_octave *items = cell->items;
  uint32_t gone = 0;
  while (gone + 1 < cell->count &&
         items[gone].octave < items[cell->count - 1].octave - OCTAVES_KEPT)
    gone++;
  if (!gone) return;
  cell->count -= (uint16_t)gone;
  memmove(items, items + gone, sizeof *items * cell->count);
}

/* The event that came last by then. */
static void note_seq(const treaty_engine *engine, tr_cell *cell, tr_stamp at) {
  uint64_t seq = at.seq / 2 < engine->seq ? at.seq / 2 : engine->seq;
  if (seq > cell->seq) cell->seq = seq;
}

/* Of one of the score's rules, by its number. */
static void add_points(treaty_engine *engine, const tr_score_def *score, tr_cells *cells,
                       uint32_t rule, int64_t points, tr_stamp at) {
  tr_cell *cell = tr_cell_make(engine, cells, score->cell);
  note_seq(engine, cell, at);
  points = tr_score_floored(engine, score, cells, points, at.time_ms);
  if (points == 0) return;
  tr_touch(engine, score->input);
  if (tr_score_keeps_entries(engine, score)) tr_entry_add(engine, score, cells, rule, points, at);
  if (score->expires_ms) return;
  cell = tr_cell_make(engine, cells, score->cell); /* making another may have moved it */
  if (!score->halves_ms) {
    tr_octave_add(octave_at(engine, cell, 0), points);
    return;
  }
  int64_t clock_ms = tr_score_clock(score, cells, at.time_ms);
  int32_t octave = tr_decay_octave(clock_ms, score->halves_ms);
  __int128 mantissa = tr_decay_mantissa(engine->program->decay, points, clock_ms, score->halves_ms);
  tr_octave_add(octave_at(engine, cell, octave), mantissa);
  forget_octaves(cell);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static bool counted_within(const counted_event *items, uint32_t place, int64_t span_ms) {
  for (uint32_t i = place; i-- > 0;) {
    if (span_ms && items[i].at.time_ms <= items[place].at.time_ms - span_ms) return false;
    if (items[i].counted != 0) return true;
  }
  return false;
}

/* Behind which instant a limit adds up what counted with an event of this time. */
static int64_t limit_from(const tr_point_rule *rule, int64_t time_ms) {
  if (!rule->day_zone) return time_ms - rule->at_most_in_ms;
  int64_t day = tr_civil_days_of_ms(tr_zone_to_local(rule->day_zone, time_ms));
  return tr_zone_day_start(rule->day_zone, day) - 1;
}

static int64_t sum_behind(const counted_event *items, uint32_t place, int64_t from_ms) {
  int64_t sum = 0;
  for (uint32_t i = place; i-- > 0 && items[i].at.time_ms > from_ms;) sum += items[i].counted;
  return sum;
}

/* The latest reset of a score; time_ms INT64_MIN: there was none. */
static tr_stamp latest_reset(const tr_score_def *score, const tr_cells *cells) {
  const tr_cell *cell =
      score->reset_cell == TR_NONE ? NULL : tr_cell_find(cells, score->reset_cell);
  return cell && cell->count ? *(const tr_stamp *)cell->items : (tr_stamp){.time_ms = INT64_MIN};
}

/* What the event at `place` counts, given those before it. */
static int64_t points_at(const tr_point_rule *rule, const counted_event *items, uint32_t place,
                         tr_stamp reset) {
  int64_t points = items[place].base;
  if (tr_stamp_before(items[place].at, reset)) return 0;
  if (rule->once && counted_within(items, place, rule->once_in_ms)) return 0;
  if (!rule->limited) return points;
  int64_t left =
      rule->at_most - sum_behind(items, place, limit_from(rule, items[place].at.time_ms));
  if (left < 0) left = 0;
  return points > left ? left : points;
}

/* Past the horizon and the rule's own span nothing changes any more. `once` for ever keeps the
 * event that counted; of 65,535 at one time the older half is let go of, counted as it is. */
static void forget_counted(treaty_engine *engine, const tr_point_rule *rule, tr_cell *cell) {
  counted_event *items = cell->items;
  int64_t span_ms = rule->once_in_ms > rule->at_most_in_ms ? rule->once_in_ms : rule->at_most_in_ms;
  int64_t before_ms = engine->event_ms - span_ms - engine->program->late_ms;
  uint32_t gone = cell->count == UINT16_MAX ? UINT16_MAX / 2 : 0;
  while (gone < cell->count && items[gone].at.time_ms < before_ms) gone++;
  bool for_ever = rule->once && rule->once_in_ms == 0;
  for (uint32_t i = 0; for_ever && i < gone; i++) {
    if (items[i].counted == 0) continue;
    items[--gone] = items[i];
    break;
  }
  if (gone == 0) return;
  memmove(items, items + gone, sizeof *items * (cell->count - gone));
  cell->count -= (uint16_t)gone;
}

static void add_limited(treaty_engine *engine, const tr_score_def *score, uint32_t index,
                        tr_cells *cells, int64_t points, tr_stamp at) {
  const tr_point_rule *rule = &score->rules[index];
  tr_cell *cell = tr_cell_make(engine, cells, rule->cell);
  if (cell->count > 0) forget_counted(engine, rule, cell);
  tr_cell_widen(engine, cell, sizeof(counted_event));
  counted_event *items = cell->items;
  uint32_t place = cell->count;
  while (place > 0 && items[place - 1].at.time_ms > at.time_ms) place--;
  memmove(items + place + 1, items + place, sizeof *items * (cell->count - place));
  items[place] = (counted_event){.at = at, .base = points};
  uint32_t count = ++cell->count;
  tr_stamp reset = latest_reset(score, cells);
  for (; place < count; place++) { /* making the score's cell may move this one, its items stay */
    int64_t now_counts = points_at(rule, items, place, reset),
            change = now_counts - items[place].counted;
    items[place].counted = now_counts;
    add_points(engine, score, cells, index, change, items[place].at);
  }
}

/* ---- Resets ---------------------------------------------------------------------------------- */

static void empty(const tr_cells *cells, uint32_t index) {
  tr_cell *cell = tr_cell_find(cells, index);
  if (cell) cell->count = 0;
}

/* What a rule has counted before a reset is nothing; what came after it, when it is a late one,
 * counts anew. */
static void count_anew(treaty_engine *engine, const tr_score_def *score, uint32_t index,
                       tr_cells *cells, tr_stamp reset) {
  const tr_point_rule *rule = &score->rules[index];
  const tr_cell *kept = rule->cell == TR_NONE ? NULL : tr_cell_find(cells, rule->cell);
  counted_event *items = kept ? kept->items : NULL;
  uint32_t count = kept ? kept->count : 0;
  for (uint32_t i = 0; i < count; i++) items[i].counted = 0;
  for (uint32_t i = 0; i < count; i++) {
    items[i].counted = points_at(rule, items, i, reset);
    add_points(engine, score, cells, index, items[i].counted, items[i].at);
  }
}

static void reset_score(treaty_engine *engine, const tr_score_def *score, uint32_t index,
                        tr_cells *cells, tr_stamp at) {
  if (latest_reset(score, cells).time_ms > at.time_ms) return;
  tr_cell *mark = tr_cell_make(engine, cells, score->reset_cell);
  if (!mark->room) tr_cell_widen(engine, mark, sizeof(tr_stamp));
  mark->count = 1;
  *(tr_stamp *)mark->items = at;
  note_seq(engine, tr_cell_make(engine, cells, score->cell), at);
  tr_touch(engine, score->input);
  empty(cells, score->cell);
  empty(cells, score->entries_cell);
  add_points(engine, score, cells, index, score->rules[index].reset_to, at);
  for (uint32_t r = 0; r < score->rule_count; r++) count_anew(engine, score, r, cells, at);
}

/* true: some score is reset. */
static bool reset_entering(treaty_engine *engine, tr_entity entity, tr_cells *cells, uint32_t stage,
                           tr_stamp at) {
  bool any = false;
  for (uint32_t s = 0; s < engine->program->score_count; s++) {
    const tr_score_def *score = &engine->program->scores[s];
    for (uint32_t r = 0; score->entity == entity && r < score->rule_count; r++) {
      if (score->rules[r].entering != stage) continue;
      reset_score(engine, score, r, cells, at);
      any = true;
    }
  }
  return any;
}

void tr_scores_enter(treaty_engine *engine, tr_account *account, tr_lead *lead, uint32_t stage,
                     tr_stamp at) {
  reset_entering(engine, ENTITY_ACCOUNT, &account->state.cells, stage, at);
  reset_entering(engine, ENTITY_LEAD, &lead->state.cells, stage, at);
  for (uint32_t i = 0; i < lead->member_count; i++) {
    if (!lead->members[i].is_there) continue;
    tr_person *person = lead->members[i].person;
    bool member = reset_entering(engine, ENTITY_MEMBER, &lead->members[i].state.cells, stage, at);
    if (reset_entering(engine, ENTITY_PERSON, &person->state.cells, stage, at) || member)
      tr_census_person(engine, account, person);
  }
}

bool tr_scores_entered_since(const treaty_engine *engine, const tr_lead *lead) {
  tr_stamp at = {.time_ms = engine->event_ms, .seq = engine->seq};
  uint32_t count;
  const tr_stay *stays = tr_lead_stays(lead, &count);
  if (!engine->program->resets_people || count == 0) return false;
  const tr_stay *last = &stays[count - 1];
  return last->seq != engine->seq && !tr_stay_before(last, at);
}

/* ---- A step ---------------------------------------------------------------------------------- */

static void score_rule(treaty_engine *engine, const tr_score_def *score, uint32_t index,
                       tr_cells *cells, tr_view view) {
  const tr_point_rule *rule = &score->rules[index];
  tr_stamp at = {.time_ms = engine->event_ms, .seq = tr_order_now(engine)};
  if (!tr_fired(engine, rule->signal)) return;
  if (rule->reset) {
    reset_score(engine, score, index, cells, at);
    return;
  }
  if (!tr_score_counts(engine, score, view)) return;
  tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
  tr_value points = tr_evaluate(&eval, &rule->add, view);
  int64_t most = INT64_C(1000000) * TR_POINTS_MAX;
  if (points.known != KNOWN) return;
  if (points.low > most) points.low = most;
  if (points.low < -most) points.low = -most;
  if (rule->cell != TR_NONE) {
    add_limited(engine, score, index, cells, points.low, at);
  } else {
    add_points(engine, score, cells, index, points.low, at);
  }
}

void tr_score_events(treaty_engine *engine, tr_entity entity, tr_cells *cells, tr_view view) {
  const treaty_program *program = engine->program;
  for (uint32_t s = 0; s < program->score_count; s++) {
    const tr_score_def *score = &program->scores[s];
    if (score->entity != entity) continue;
    for (uint32_t r = 0; r < score->rule_count; r++) score_rule(engine, score, r, cells, view);
  }
}

/* ---- Reading --------------------------------------------------------------------------------- */

bool tr_condition_points(tr_eval *eval, const tr_point_rule *rule, tr_view view, int64_t *low,
                         int64_t *high) {
  treaty_truth truth = tr_evaluate_truth(eval, &rule->when, view);
  *low = *high = 0;
  if (truth == TREATY_FALSE) return true;
  tr_value points = tr_evaluate(eval, &rule->add, view);
  if (points.known == UNKNOWN) return false;
  *low = truth == TREATY_TRUE || points.low < 0 ? points.low : 0;
  *high = truth == TREATY_TRUE || points.high > 0 ? points.high : 0;
  return true;
}

/* What all conditions add. false: it cannot be told. */
static bool condition_points(tr_eval *eval, const tr_score_def *score, tr_view view, int64_t *low,
                             int64_t *high) {
  for (uint32_t r = 0; r < score->rule_count; r++) {
    int64_t least, most;
    if (!score->rules[r].when.count) continue;
    if (!tr_condition_points(eval, &score->rules[r], view, &least, &most)) return false;
    *low += least;
    *high += most;
  }
  return true;
}

static int64_t clamp(const tr_score_def *score, int64_t value) {
  if (score->has_low && value < score->low) return score->low;
  if (score->has_high && value > score->high) return score->high;
  return value;
}

static const tr_worth *worth_of(tr_eval *eval, const tr_score_def *score, tr_decaying points,
                                int64_t low, int64_t high) {
  tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
  *worth = (tr_worth){.low = {.points = points, .rest = low},
                      .high = {.points = points, .rest = high},
                      .least = score->has_low ? score->low : INT64_MIN,
                      .most = score->has_high ? score->high : INT64_MAX,
                      .break_ms = TR_NEVER};
  return worth;
}

tr_value tr_score_read(tr_eval *eval, const tr_score_def *score, tr_view view) {
  static const tr_cells none;
  const tr_entity_state *state = tr_view_state(view, score->entity);
  const tr_cells *cells = state ? &state->cells : &none;
  int64_t low = 0, high = 0;
  if (score->has_conditions && !condition_points(eval, score, view, &low, &high))
    return (tr_value){.known = UNKNOWN};
  tr_total total = tr_score_total(eval->engine, score, cells, eval->now_ms);
  if (total.until_ms < eval->until_ms) eval->until_ms = total.until_ms;
  int64_t points;
  const tr_worth *worth = NULL;
  if (tr_total_moves(eval->engine, score, cells, &total)) {
    worth = worth_of(eval, score, total.moving, low, high);
    points = tr_course_points(eval, &worth->low);
  } else {
    points = tr_total_value(eval->engine, score, cells, &total, eval->now_ms);
  }
  tr_value value = {
      .low = clamp(score, points + low), .high = clamp(score, points + high), .worth = worth};
  value.known = value.low == value.high ? KNOWN : RANGE;
  return value;
}
