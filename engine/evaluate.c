/* evaluate.c - the interpreter of opcodes.h; see evaluate.h. The loop is long, its cases are not.
 */
#include "engine/evaluate.h"

#include <assert.h>
#include <string.h>

#include "engine/limits.h"
#include "grammar/civil.h"

#define MILLION 1000000

/* Most code needs few registers; more come from the step's arena. */
#define REGISTERS_AT_HAND 8

const tr_entity_state *tr_view_state(tr_view view, tr_entity entity) {
  switch (entity) {
    case ENTITY_ACCOUNT: return view.account ? &view.account->state : NULL;
    case ENTITY_PERSON: return view.person ? &view.person->state : NULL;
    case ENTITY_LEAD: return view.lead ? &view.lead->state : NULL;
    case ENTITY_MEMBER: return view.member ? &view.member->state : NULL;
    case ENTITY_NONE: break;
  }
  return NULL;
}

static void hold_until(tr_eval *eval, int64_t instant_ms) {
  if (instant_ms > eval->now_ms && instant_ms < eval->until_ms) eval->until_ms = instant_ms;
}

/* ---- Facts ----------------------------------------------------------------------------------- */

/* The value of a settled slot while it is known. */
static bool still_known(tr_eval *eval, const tr_slot_field *field, const tr_entity_state *state,
                        const tr_fact *fact, uint32_t place) {
  if (fact->value == TR_FORGOTTEN) return false;
  if (field->until_slot == TR_NONE) return true;
  const tr_fact *until = tr_fact_find(&state->facts, field->until_slot + place);
  if (!until) return true;
  hold_until(eval, until->value);
  return eval->now_ms < until->value;
}

static tr_value set_value(tr_eval *eval, const tr_slot_field *field, const tr_entity_state *state) {
  uint32_t count = field->type->values.count;
  uint64_t all = tr_set_mask(count);
  bool has_start =
      field->has_start && state; /* of the member that nobody has named nothing is known */
  uint64_t yes = has_start ? (uint64_t)field->start : 0, no = has_start ? all & ~yes : 0;
  for (uint32_t i = 0; state && i < state->facts.count; i++) {
    const tr_fact *fact = &state->facts.items[i];
    uint32_t slot = (uint32_t)(fact->seq_slot & 0xFFFF);
    if (slot < field->slot || slot >= field->slot + count) continue;
    uint64_t bit = UINT64_C(1) << (slot - field->slot);
    bool known = still_known(eval, field, state, fact, slot - field->slot);
    yes = known && fact->value ? yes | bit : yes & ~bit;
    no = known && !fact->value ? no | bit : no & ~bit;
  }
  return (tr_value){.low = (int64_t)yes, .high = (int64_t)no, .known = KNOWN};
}

tr_value tr_field_value(tr_eval *eval, const tr_slot_field *field, const tr_entity_state *state) {
  if (field->type->kind == TYPE_SET) return set_value(eval, field, state);
  const tr_fact *fact = state ? tr_fact_find(&state->facts, field->slot) : NULL;
  if (fact) {
    return still_known(eval, field, state, fact, 0) ? tr_known_value(fact->value)
                                                    : (tr_value){.known = UNKNOWN};
  }
  if (field->has_start && state) return tr_known_value(field->start);
  return (tr_value){.known = UNKNOWN};
}

static tr_value load_fact(tr_eval *eval, tr_view view, tr_entity entity, uint32_t index) {
  const tr_slot_field *field = &eval->engine->program->entities[entity].fields[index];
  tr_value value = tr_field_value(eval, field, tr_view_state(view, entity));
  if (eval->trace) tr_trace_field(eval, field, view, entity, value);
  return value;
}

/* What a fact is called when it is that of the member whom nobody has named. */
static const char *name_of(tr_eval *eval, const char *name, tr_entity entity, tr_view view) {
  bool personal = entity == ENTITY_PERSON || entity == ENTITY_MEMBER;
  if (!personal || view.person) return name;
  return tr_arena_print(&eval->engine->step, "%s of a member not named yet", name);
}

/* ---- Signals, definitions, criteria ---------------------------------------------------------- */

static tr_value load_count(tr_eval *eval, tr_view view, uint32_t index, int64_t span_ms) {
  const tr_window *window = &eval->engine->program->windows[index];
  const tr_entity_state *state = tr_view_state(view, window->entity);
  tr_value count = state ? tr_window_read(eval, &state->cells, window, span_ms) : tr_known_value(0);
  if (eval->trace) {
    char span[TR_DURATION_TEXT_BYTES] = "";
    int64_t time_ms;
    uint64_t seq = 0;
    if (state && count.low) tr_window_latest(&state->cells, window, &time_ms, &seq);
    if (span_ms >= 0) tr_format_duration(span_ms, span);
    const char *name = tr_arena_print(&eval->engine->step, "count of %s %s%s", window->signal_name,
                                      span_ms < 0 ? "ever" : "in last ", span);
    tr_trace_add(eval, name_of(eval, name, window->entity, view), view.person,
                 tr_arena_print(&eval->engine->step, "%lld", (long long)(count.low / MILLION)),
                 seq);
  }
  return count;
}

static const char *measure_text(tr_arena *arena, const tr_measure *measure, int64_t span_ms) {
  static const char *const words[] = {[MEASURE_SUM] = "sum of",
                                      [MEASURE_MAX] = "max of",
                                      [MEASURE_MIN] = "min of",
                                      [MEASURE_DAYS] = "count of days with",
                                      [MEASURE_ACTOR] = "actor of latest"};
  bool bare = !measure->field_name;
  char span[TR_DURATION_TEXT_BYTES] = "";
  if (span_ms >= 0) tr_format_duration(span_ms, span);
  return tr_arena_print(arena, "%s %s%s%s %s%s", words[measure->kind],
                        bare ? "" : measure->field_name, bare ? "" : " of ", measure->signal_name,
                        span_ms < 0 ? "ever" : "in last ", span);
}

static tr_value load_measure(tr_eval *eval, tr_view view, uint32_t index, int64_t span_ms) {
  static const tr_cells none;
  const tr_measure *measure = &eval->engine->program->measures[index];
  const tr_entity_state *state = tr_view_state(view, measure->entity);
  const tr_cells *cells = state ? &state->cells : &none;
  tr_value value = tr_measure_read(eval, cells, measure, span_ms);
  if (eval->trace) {
    const tr_cell *cell = tr_cell_find(cells, measure->cell);
    tr_trace_add(eval, measure_text(&eval->engine->step, measure, span_ms), view.person,
                 tr_show(eval->engine, &eval->engine->step, measure->type, value),
                 cell ? cell->seq : 0);
  }
  return value;
}

static tr_value load_since(tr_eval *eval, tr_view view, uint32_t index) {
  const tr_window *window = &eval->engine->program->windows[index];
  const tr_entity_state *state = tr_view_state(view, window->entity);
  int64_t time_ms;
  uint64_t seq;
  if (!state || !tr_window_latest(&state->cells, window, &time_ms, &seq))
    return (tr_value){.known = UNKNOWN};
  int64_t since_ms = eval->now_ms - time_ms;
  if (eval->trace) {
    char text[TR_DURATION_TEXT_BYTES];
    tr_format_duration(since_ms, text);
    tr_trace_add(eval, tr_arena_print(&eval->engine->step, "time since %s", window->signal_name),
                 view.person, tr_arena_print(&eval->engine->step, "%s", text), seq);
  }
  return (tr_value){.low = since_ms, .high = since_ms, .known = KNOWN, .grows = 1};
}

static tr_value load_kept(tr_eval *eval, tr_view view, uint32_t index) {
  const tr_kept_def *kept = &eval->engine->program->kept[index];
  tr_value value = tr_kept_now(index, view);
  if (eval->trace) {
    tr_trace_add(eval, kept->name, NULL,
                 tr_show(eval->engine, &eval->engine->step, kept->type, value), 0);
  }
  return value;
}

static void trace_score(tr_eval *eval, const tr_score_def *score, tr_view view, tr_value value) {
  static const tr_type number = {.kind = TYPE_NUMBER};
  const tr_entity_state *state = tr_view_state(view, score->entity);
  const tr_cell *cell = state ? tr_cell_find(&state->cells, score->cell) : NULL;
  const tr_person *person =
      score->entity == ENTITY_PERSON || score->entity == ENTITY_MEMBER ? view.person : NULL;
  uint32_t before = eval->trace->facts.count;
  tr_trace_add(eval, name_of(eval, score->name, score->entity, view), person,
               tr_show(eval->engine, &eval->engine->step, &number, value), cell ? cell->seq : 0);
  if (!eval->engine->options.keeps_points || eval->trace->facts.count == before) return;
  treaty_because *fact = &eval->trace->facts.items[before];
  fact->points = tr_score_points(eval, score, view, value, &fact->point_count);
}

static tr_value load_score(tr_eval *eval, tr_view view, uint32_t index) {
  view.outside = NULL; /* it asks from its own lead */
  const tr_score_def *score = &eval->engine->program->scores[index];
  tr_value value = tr_score_read(eval, score, view);
  if (eval->trace) trace_score(eval, score, view, value);
  return value;
}

treaty_truth tr_criterion_now(tr_eval *eval, const tr_criterion_def *criterion, tr_view view) {
  treaty_truth met = tr_evaluate_truth(eval, &criterion->met, view);
  if (!criterion->has_unmet) return met;
  treaty_truth unmet = tr_evaluate_truth(eval, &criterion->unmet, view);
  if (met == TREATY_TRUE) return unmet == TREATY_TRUE ? TREATY_UNKNOWN : TREATY_TRUE;
  return unmet == TREATY_TRUE ? TREATY_FALSE : TREATY_UNKNOWN;
}

/* A lead's own criteria stand as its step has found them; another's are looked at as they are. */
static tr_value load_criterion(tr_eval *eval, tr_view view, uint32_t index) {
  view.outside = NULL; /* it asks from its own lead */
  const tr_criterion_def *criterion = &eval->engine->program->criteria[index];
  int stand = view.lead ? view.lead->stands[criterion->stand] : STAND_UNKNOWN;
  treaty_truth truth = stand == STAND_TRUE    ? TREATY_TRUE
                       : stand == STAND_FALSE ? TREATY_FALSE
                                              : TREATY_UNKNOWN;
  bool afresh = view.before || eval->criteria_afresh;
  if (!afresh && view.lead && eval->engine->program->part_count > 1)
    afresh = tr_lead_part(eval->engine, view.lead)->criteria[criterion->stand] != index;
  if (afresh) truth = tr_criterion_now(eval, criterion, view);
  if (eval->trace) {
    tr_trace_add(eval, criterion->name, NULL,
                 truth == TREATY_TRUE    ? "met"
                 : truth == TREATY_FALSE ? "not met"
                                         : "open",
                 0);
    tr_evaluate(eval, &criterion->met, view);
    if (criterion->has_unmet) tr_evaluate(eval, &criterion->unmet, view);
  }
  return tr_truth_value(truth);
}

static tr_value load_define(tr_eval *eval, tr_view view, uint32_t index) {
  view.outside = NULL; /* it asks from its own lead */
  const tr_define_def *define = &eval->engine->program->defines[index];
  tr_value value = tr_evaluate(eval, &define->code, view);
  if (eval->trace) {
    tr_trace_add(eval, define->name, NULL,
                 tr_show(eval->engine, &eval->engine->step, define->type, value), 0);
  }
  return value;
}

/* ---- Logic ----------------------------------------------------------------------------------- */

static tr_value and3(tr_value a, tr_value b) {
  treaty_truth x = tr_truth_of(a), y = tr_truth_of(b);
  if (x == TREATY_FALSE || y == TREATY_FALSE) return tr_truth_value(TREATY_FALSE);
  return tr_truth_value(x == TREATY_TRUE && y == TREATY_TRUE ? TREATY_TRUE : TREATY_UNKNOWN);
}

static tr_value not3(tr_value a) {
  treaty_truth x = tr_truth_of(a);
  return tr_truth_value(x == TREATY_UNKNOWN ? x : x == TREATY_TRUE ? TREATY_FALSE : TREATY_TRUE);
}

static tr_value or3(tr_value a, tr_value b) { return not3(and3(not3(a), not3(b))); }

static tr_value at_least(const tr_value *truths, uint32_t count, uint32_t wanted) {
  uint32_t yes = 0, possible = 0;
  for (uint32_t i = 0; i < count; i++) {
    treaty_truth truth = tr_truth_of(truths[i]);
    yes += truth == TREATY_TRUE;
    possible += truth != TREATY_FALSE;
  }
  return tr_truth_value(yes >= wanted       ? TREATY_TRUE
                        : possible < wanted ? TREATY_FALSE
                                            : TREATY_UNKNOWN);
}

/* ---- Comparison ------------------------------------------------------------------------------ */

void tr_eval_watch(tr_eval *eval, tr_value moving, int64_t level) {
  if (moving.worth) hold_until(eval, tr_worth_until(eval, moving.worth, level));
  if (moving.tally) hold_until(eval, tr_tally_until(moving.tally, level));
  if (moving.grows > 0 && moving.low < level) hold_until(eval, eval->now_ms + (level - moving.low));
  if (moving.grows < 0 && moving.low >= level)
    hold_until(eval, eval->now_ms + (moving.low - level) + 1);
}

static bool moves(tr_value value) { return value.worth || value.tally || value.grows; }

void tr_eval_settle(tr_eval *eval, tr_value value) {
  if (value.tally) hold_until(eval, tr_tally_change(value.tally));
}

/* a < b: the left crosses b, the right crosses the next above a. (The checker lets scores that
 * halve stand beside constants only; of two ages the difference stays.) */
static tr_value compare_lt(tr_eval *eval, tr_value a, tr_value b) {
  if (moves(a) && moves(b)) {
    tr_eval_settle(eval, a);
    tr_eval_settle(eval, b);
    if (a.grows > b.grows && a.low < b.low) hold_until(eval, eval->now_ms + (b.low - a.low) / 2);
    if (a.grows < b.grows && a.low >= b.low)
      hold_until(eval, eval->now_ms + (a.low - b.low) / 2 + 1);
  } else if (moves(a) && b.known != UNKNOWN) {
    tr_eval_watch(eval, a, b.low);
    if (b.known == RANGE) tr_eval_watch(eval, a, b.high);
  } else if (moves(b) && a.known != UNKNOWN) {
    tr_eval_watch(eval, b, a.low + 1);
    if (a.known == RANGE) tr_eval_watch(eval, b, a.high + 1);
  }
  if (a.known == UNKNOWN || b.known == UNKNOWN) return tr_truth_value(TREATY_UNKNOWN);
  if (a.high < b.low) return tr_truth_value(TREATY_TRUE);
  return tr_truth_value(a.low >= b.high ? TREATY_FALSE : TREATY_UNKNOWN);
}

static tr_value compare_le(tr_eval *eval, tr_value a, tr_value b) {
  return not3(compare_lt(eval, b, a));
}

static tr_value compare_eq(tr_eval *eval, tr_value a, tr_value b) {
  compare_lt(eval, a, b);
  compare_lt(eval, b, a);
  if (a.known == UNKNOWN || b.known == UNKNOWN) return tr_truth_value(TREATY_UNKNOWN);
  if (a.high < b.low || b.high < a.low) return tr_truth_value(TREATY_FALSE);
  return tr_truth_value(a.known == KNOWN && b.known == KNOWN ? TREATY_TRUE : TREATY_UNKNOWN);
}

/* Two sets differ as soon as one holds what the other does not; they are the same when all is
 * settled. */
static tr_value same_set(tr_value a, tr_value b, uint32_t count) {
  if ((a.low & b.high) || (a.high & b.low)) return tr_truth_value(TREATY_FALSE);
  uint64_t all = tr_set_mask(count);
  bool settled = ((uint64_t)(a.low | a.high) & (uint64_t)(b.low | b.high) & all) == all;
  return tr_truth_value(settled ? TREATY_TRUE : TREATY_UNKNOWN);
}

static tr_value has_value(tr_value set, tr_value value) {
  uint64_t bit = UINT64_C(1) << value.low;
  if ((uint64_t)set.low & bit) return tr_truth_value(TREATY_TRUE);
  return tr_truth_value((uint64_t)set.high & bit ? TREATY_FALSE : TREATY_UNKNOWN);
}

static bool among(const tr_list_def *list, int64_t value) {
  uint32_t low = 0, high = list->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (list->values[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low < list->count && list->values[low] == value;
}

static tr_value in_list(tr_eval *eval, tr_value value, const tr_list_def *list) {
  if (value.known != KNOWN) return tr_truth_value(TREATY_UNKNOWN);
  int64_t wanted = list->name ? tr_text_folded(eval->engine, value.low) : value.low;
  return tr_truth_value(among(list, wanted) ? TREATY_TRUE : TREATY_FALSE);
}

/* ---- Arithmetic ------------------------------------------------------------------------------ */

static tr_value ranged(__int128 low, __int128 high, tr_known known) {
  if (low < INT64_MIN || high > INT64_MAX) return (tr_value){.known = UNKNOWN};
  return (tr_value){
      .low = (int64_t)low, .high = (int64_t)high, .known = low == high ? KNOWN : known};
}

/* Division that rounds half to even: the one rounding rule of the language. */
static __int128 divided(__int128 value, __int128 by) {
  bool negative = (value < 0) != (by < 0);
  unsigned __int128 a = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
  unsigned __int128 b = by < 0 ? -(unsigned __int128)by : (unsigned __int128)by;
  unsigned __int128 whole = a / b, rest = a % b;
  if (rest > b - rest || (rest == b - rest && (whole & 1))) whole++;
  return negative ? -(__int128)whole : (__int128)whole;
}

static tr_value add(tr_value a, tr_value b) {
  if (a.known == UNKNOWN || b.known == UNKNOWN) return (tr_value){.known = UNKNOWN};
  tr_value sum = ranged((__int128)a.low + b.low, (__int128)a.high + b.high, RANGE);
  if (sum.known == KNOWN) sum.grows = (int8_t)(a.grows + b.grows);
  return sum;
}

static tr_value negate(tr_value a) {
  if (a.known == UNKNOWN) return a;
  tr_value negative = ranged(-(__int128)a.high, -(__int128)a.low, RANGE);
  negative.grows = (int8_t)-a.grows;
  return negative;
}

static tr_value multiply(tr_value a, tr_value b) {
  if (a.known == UNKNOWN || b.known == UNKNOWN) return (tr_value){.known = UNKNOWN};
  __int128 ends[4] = {(__int128)a.low * b.low, (__int128)a.low * b.high, (__int128)a.high * b.low,
                      (__int128)a.high * b.high};
  __int128 low = ends[0], high = ends[0];
  for (int i = 1; i < 4; i++) {
    if (ends[i] < low) low = ends[i];
    if (ends[i] > high) high = ends[i];
  }
  return ranged(divided(low, MILLION), divided(high, MILLION), RANGE);
}

static tr_value divide(tr_value a, tr_value b) {
  if (a.known == UNKNOWN || b.known != KNOWN || b.low == 0) return (tr_value){.known = UNKNOWN};
  __int128 low = divided((__int128)a.low * MILLION, b.low),
           high = divided((__int128)a.high * MILLION, b.low);
  return low <= high ? ranged(low, high, RANGE) : ranged(high, low, RANGE);
}

static tr_value extreme(tr_value a, tr_value b, bool larger) {
  if (a.known == UNKNOWN || b.known == UNKNOWN) return (tr_value){.known = UNKNOWN};
  bool low = (a.low < b.low) == larger, high = (a.high < b.high) == larger;
  return ranged(low ? b.low : a.low, high ? b.high : a.high, RANGE);
}

static tr_value arithmetic(tr_eval *eval, tr_opcode op, tr_value a, tr_value b) {
  tr_eval_settle(eval, a);
  tr_eval_settle(eval, b);
  switch (op) {
    case TR_OP_ADD: return add(a, b);
    case TR_OP_SUB: return add(a, negate(b));
    case TR_OP_MUL: return multiply(a, b);
    case TR_OP_DIV: return divide(a, b);
    default: return extreme(a, b, op == TR_OP_LARGER);
  }
}

/* Steps are whole; what is at the first step already stays there, however many are asked for. */
static tr_value lowered(tr_eval *eval, tr_value a, tr_value steps) {
  tr_eval_settle(eval, steps);
  if (a.known != KNOWN) return (tr_value){.known = UNKNOWN};
  if (a.low == 0) return a;
  if (steps.known != KNOWN) return (tr_value){.known = UNKNOWN};
  int64_t down = steps.low < 0 ? 0 : steps.low / MILLION;
  return tr_known_value(a.low > down ? a.low - down : 0);
}

/* ---- Dates ----------------------------------------------------------------------------------- */

static int64_t today(tr_eval *eval) {
  const tr_zone *zone = eval->engine->program->zone;
  int64_t days = tr_civil_days_of_ms(tr_zone_to_local(zone, eval->now_ms));
  hold_until(eval, tr_zone_day_start(zone, days + 1));
  return days;
}

static tr_value days_until(tr_eval *eval, tr_value date) {
  if (date.known != KNOWN) return (tr_value){.known = UNKNOWN};
  return tr_known_value((date.low - today(eval)) * MILLION);
}

static tr_value date_of(tr_eval *eval, tr_value instant) {
  if (instant.known != KNOWN) return instant;
  return tr_known_value(
      tr_civil_days_of_ms(tr_zone_to_local(eval->engine->program->zone, instant.low)));
}

/* ---- The loop -------------------------------------------------------------------------------- */

static tr_value scaled(tr_value value, int64_t by) {
  if (value.known == UNKNOWN) return value;
  return ranged(divided(value.low, by), divided(value.high, by), RANGE);
}

static tr_value known(tr_value value) {
  return tr_truth_value(value.known == KNOWN ? TREATY_TRUE : TREATY_FALSE);
}

static tr_value known_set(tr_value set, uint32_t count) {
  uint64_t all = tr_set_mask(count);
  return tr_truth_value((((uint64_t)set.low | (uint64_t)set.high) & all) == all ? TREATY_TRUE
                                                                                : TREATY_FALSE);
}

static tr_value stage_of(tr_eval *eval, tr_view view) {
  if (!view.lead) return (tr_value){.known = UNKNOWN};
  uint32_t stage = view.before ? view.lead->before.stage : view.lead->stage;
  if (eval->trace) tr_trace_add(eval, "stage", NULL, eval->engine->program->stages[stage].name, 0);
  return tr_known_value(stage);
}

static tr_value won_of(tr_eval *eval, tr_view view) {
  if (!view.lead) return (tr_value){.known = UNKNOWN};
  uint32_t stage = view.before ? view.lead->before.stage : view.lead->stage;
  bool won = eval->engine->program->stages[stage].won;
  if (eval->trace) tr_trace_add(eval, "won", NULL, won ? "true" : "false", 0);
  return tr_truth_value(won ? TREATY_TRUE : TREATY_FALSE);
}

static tr_value owner_of(tr_eval *eval, tr_view view) {
  if (!view.lead) return (tr_value){.known = UNKNOWN};
  uint32_t stage = view.before ? view.lead->before.stage : view.lead->stage;
  return tr_known_value(eval->engine->program->stages[stage].owner);
}

static tr_value age_of(tr_eval *eval, tr_view view) {
  if (!view.lead) return (tr_value){.known = UNKNOWN};
  int64_t age_ms = eval->now_ms - view.lead->opened_ms;
  return (tr_value){.low = age_ms, .high = age_ms, .known = KNOWN, .grows = 1};
}

static tr_value step(tr_eval *eval, const tr_instruction *i, tr_value *r, tr_view view) {
  treaty_engine *engine = eval->engine;
  const treaty_program *program = engine->program;
  switch ((tr_opcode)i->op) {
    case TR_OP_CONST: {
      int64_t number = program->constants[i->b];
      return tr_known_value(number);
    }
    case TR_OP_UNKNOWN: return (tr_value){.known = UNKNOWN};
    case TR_OP_FACT: return load_fact(eval, view, (tr_entity)i->b, i->c);
    case TR_OP_EVENT: return tr_event_value(engine, i->b);
    case TR_OP_EVENT_TIME: return tr_known_value(engine->event->time_ms);
    case TR_OP_STAGE: return stage_of(eval, view);
    case TR_OP_OWNER: return owner_of(eval, view);
    case TR_OP_REP: return tr_people_rep(engine, view.lead);
    case TR_OP_OPENED_AT:
      return view.lead ? tr_known_value(view.lead->opened_ms) : (tr_value){.known = UNKNOWN};
    case TR_OP_WON: return won_of(eval, view);
    case TR_OP_PHASE: return tr_phase_value(eval, view);
    case TR_OP_AGE: return age_of(eval, view);
    case TR_OP_TIMES_ENTERED:
    case TR_OP_DATE_ENTERED:
    case TR_OP_TIME_IN_STAGE:
    case TR_OP_PREVIOUS_REASON: return tr_stay_value(eval, (tr_opcode)i->op, i->b, view);
    case TR_OP_KEPT: return load_kept(eval, view, i->b);
    case TR_OP_SCORE: return load_score(eval, view, i->b);
    case TR_OP_COUNT: return load_count(eval, view, i->b, program->constants[i->c]);
    case TR_OP_MEASURE: return load_measure(eval, view, i->b, program->constants[i->c]);
    case TR_OP_SINCE: return load_since(eval, view, i->b);
    case TR_OP_DEFINE: return load_define(eval, view, i->b);
    case TR_OP_CRITERION: return load_criterion(eval, view, i->b);
    case TR_OP_LOOKUP: return tr_catalogue_read(eval, &r[i->a], i->b, i->c);
    case TR_OP_TABLE: return tr_table_read(eval, &program->tables[i->b], view);
    case TR_OP_ANY:
    case TR_OP_EVERY:
    case TR_OP_COUNT_WITH:
    case TR_OP_SUM:
    case TR_OP_MAX:
    case TR_OP_MIN:
      return tr_group_value(eval, (tr_opcode)i->op, (tr_group)i->b, &program->codes[i->c], view);
    case TR_OP_OUTSIDE: return tr_evaluate(eval, &program->codes[i->b], *view.outside);
    case TR_OP_NOT: return not3(r[i->b]);
    case TR_OP_AND: return and3(r[i->b], r[i->c]);
    case TR_OP_OR: return or3(r[i->b], r[i->c]);
    case TR_OP_AT_LEAST: return at_least(&r[i->a], i->b, i->c);
    case TR_OP_EQ: return compare_eq(eval, r[i->b], r[i->c]);
    case TR_OP_LT: return compare_lt(eval, r[i->b], r[i->c]);
    case TR_OP_LE: return compare_le(eval, r[i->b], r[i->c]);
    case TR_OP_SAME_TEXT:
    case TR_OP_SAME_BYTES:
    case TR_OP_STARTS_WITH:
    case TR_OP_ENDS_WITH:
    case TR_OP_CONTAINS: return tr_text_compare(eval, (tr_opcode)i->op, r[i->b], r[i->c]);
    case TR_OP_SAME_SET: return same_set(r[i->a], r[i->b], i->c);
    case TR_OP_IN: return in_list(eval, r[i->b], &program->value_lists[i->c]);
    case TR_OP_IN_LIST: return in_list(eval, r[i->b], &program->lists[i->c]);
    case TR_OP_HAS: return has_value(r[i->b], r[i->c]);
    case TR_OP_HAS_TEXT: return tr_text_has(eval, r[i->b], r[i->c]);
    case TR_OP_WORDS: return tr_text_has_words(eval, r[i->b], i->c);
    case TR_OP_MATCHES: return tr_text_matches(eval, r[i->b], program->matches[i->c]->match);
    case TR_OP_DOMAIN: return tr_text_domain(eval, r[i->b]);
    case TR_OP_KNOWN: return known(r[i->b]);
    case TR_OP_KNOWN_SET: return known_set(r[i->b], i->c);
    case TR_OP_ADD:
    case TR_OP_SUB:
    case TR_OP_MUL:
    case TR_OP_DIV:
    case TR_OP_LARGER:
    case TR_OP_SMALLER: return arithmetic(eval, (tr_opcode)i->op, r[i->b], r[i->c]);
    case TR_OP_SCALE: return scaled(r[i->a], program->constants[i->b]);
    case TR_OP_NEGATE: tr_eval_settle(eval, r[i->b]); return negate(r[i->b]);
    case TR_OP_LOWERED: return lowered(eval, r[i->b], r[i->c]);
    case TR_OP_DAYS_UNTIL: return days_until(eval, r[i->b]);
    case TR_OP_DATE_OF: return date_of(eval, r[i->b]);
    case TR_OP_SKIP_FALSE:
    case TR_OP_SKIP_TRUE:
    case TR_OP_SKIP_KNOWN:
    case TR_OPCODE_COUNT: break;
  }
  assert(!"an instruction that is none");
  return (tr_value){.known = UNKNOWN};
}

static bool skips(const tr_instruction *i, const tr_value *r) {
  switch (i->op) {
    case TR_OP_SKIP_FALSE: return tr_truth_of(r[i->a]) == TREATY_FALSE;
    case TR_OP_SKIP_TRUE: return tr_truth_of(r[i->a]) == TREATY_TRUE;
    default: return r[i->a].known == KNOWN;
  }
}

tr_value tr_evaluate(tr_eval *eval, const tr_code *code, tr_view view) {
  tr_value at_hand[REGISTERS_AT_HAND], *r = at_hand;
  assert(code->count > 0);
  if (code->registers > REGISTERS_AT_HAND)
    r = TR_NEW_ARRAY(&eval->engine->step, tr_value, code->registers);
  for (uint32_t at = 0; at < code->count; at++) {
    const tr_instruction *i = &code->items[at];
    if (i->op == TR_OP_SKIP_FALSE || i->op == TR_OP_SKIP_TRUE || i->op == TR_OP_SKIP_KNOWN) {
      if (skips(i, r)) at += i->b;
    } else {
      r[i->a] = step(eval, i, r, view);
    }
  }
  return r[0];
}

treaty_truth tr_evaluate_truth(tr_eval *eval, const tr_code *code, tr_view view) {
  if (code->count == 0) return TREATY_TRUE;
  return tr_truth_of(tr_evaluate(eval, code, view));
}
