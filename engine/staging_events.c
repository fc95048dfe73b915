/* staging_events.c - the events behind what is counted, summed up or scored; see staging.h.
 *
 *     count of demo in last 30 days = 3          today
 *     count of demo in last  7 days = 1          |
 *     ---- x x ---- 7 days ------------------ x -|
 *
 * An event is of a signal where all conditions hold that stand on the way from the signal to the
 * event. Of a signal with several events it is the first for which they can. */
#include <string.h>

#include "engine/formula.h"
#include "engine/staging.h"

#define WHERES_MAX 16

static const tr_variable *variable_of(const tr_staging *staging, const tr_staged_fact *fact) {
  return &staging->proof->variables.items[fact->variable];
}

/* What is looked for: an event of which all of this is so. */
typedef struct sought {
  const char *name; /* of the signal or event that is asked for */
  const tr_expr *wheres[WHERES_MAX];
  uint32_t count;
  int64_t age_ms;
  uint32_t who;
} sought;

/* ---- What it carries ------------------------------------------------------------------------- */

/* What the search has chosen of the event itself. */
static void take_event(const tr_staging *staging, tr_staged_facts *facts) {
  const tr_proof *proof = staging->proof;
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    const tr_variable *variable = &proof->variables.items[i];
    if (variable->question != proof->questions || variable->cell == TR_OPEN) continue;
    tr_staged_fact fact = {
        .variable = i, .who = TR_NOBODY, .cell = variable->cells[variable->cell]};
    TR_PUSH(staging->arena, facts, fact);
  }
}

/* `roles has user`: the set that it alone is in. */
static const char *element_of(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  if (expr->kind != EXPR_HAS || fact->cell.unknown || fact->cell.low != 1) return NULL;
  return expr->right->kind == EXPR_TEXT
             ? tr_arena_print(staging->arena, "(\"%s\")", expr->right->text)
             : tr_arena_print(staging->arena, "(%s)", expr->right->name.text);
}

static const tr_expr *event_field(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_variable *variable = variable_of(staging, fact);
  if (variable->kind != VARIABLE_OTHER) return NULL;
  const tr_expr *field = variable->expr->kind == EXPR_HAS ? variable->expr->left : variable->expr;
  return field->kind == EXPR_NAME && field->ref_kind == REF_EVENT_FIELD ? field : NULL;
}

static const char *payload(const tr_staging *staging, const tr_event_decl *event,
                           const tr_staged_facts *facts) {
  const char *text = NULL;
  for (uint32_t i = 0; i < facts->count; i++) {
    const tr_staged_fact *fact = &facts->items[i];
    const tr_expr *field = event_field(staging, fact);
    if (!field || field->index >= event->fields.count) continue;
    const char *value = field == variable_of(staging, fact)->expr
                            ? tr_staging_value(staging, facts, fact)
                            : element_of(staging, fact);
    const char *name = event->fields.items[field->index].name.text;
    if (value)
      text = tr_arena_print(staging->arena, "%s%s%s %s", text ? text : "", text ? ", " : "", name,
                            value);
  }
  return text;
}

/* ---- Which event ----------------------------------------------------------------------------- */

/* The signal of which the case has none; NULL: it says nothing of that kind. */
static const tr_signal *left_out(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_variable *variable = variable_of(staging, fact);
  if (variable->kind != VARIABLE_COUNT || !fact->as_nothing) return NULL;
  const tr_symbol *symbol = tr_symbol_find(staging->proof->check->symbols, variable->expr->name);
  return symbol && symbol->kind == SYMBOL_SIGNAL ? symbol->decl : NULL;
}

/* Signals of the same event that must not come about by it. */
static void want_no_other(const tr_staging *staging, const tr_event_decl *event) {
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_signal *signal = left_out(staging, &staging->facts.items[i]);
    for (uint32_t k = 0; signal && k < signal->patterns.count; k++) {
      const tr_pattern *pattern = &signal->patterns.items[k];
      if (!pattern->where || strcmp(pattern->event.text, event->name.text) != 0) continue;
      tr_proof_want(staging->proof, tr_proof_formula(staging->proof, pattern->where),
                    CAN_BE_FALSE | CAN_BE_UNKNOWN);
    }
  }
}

/* How old it has to be for all that is said of events of its kind: there are none in a window, or
 * the latest was so long ago. */
static int64_t least_age(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_variable *variable = variable_of(staging, fact);
  if (fact->cell.unknown) return 0;
  if (variable->kind == VARIABLE_COUNT) return fact->as_nothing ? variable->expr->number : 0;
  bool since = variable->kind == VARIABLE_OTHER && variable->expr->kind == EXPR_TIME_SINCE;
  return since && !fact->as_nothing ? fact->cell.low : 0;
}

static int64_t age_of(const tr_staging *staging, const tr_event_decl *event, const sought *sought) {
  bool buyer = strcmp(event->by.text, "buyer") == 0;
  int64_t age_ms = sought->age_ms;
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    int64_t least = least_age(staging, &staging->facts.items[i]);
    if (least <= age_ms) continue;
    const char *name = variable_of(staging, &staging->facts.items[i])->expr->name.text;
    bool meant = strcmp(name, event->name.text) == 0 || strcmp(name, sought->name) == 0 ||
                 (buyer && strcmp(name, TR_BUYER_EVENTS) == 0);
    if (meant) age_ms = least;
  }
  return age_ms;
}

static bool search_event(tr_staging *staging, const tr_event_decl *event, const sought *sought,
                         bool apart) {
  tr_proof_begin(staging->proof);
  for (uint32_t i = 0; i < sought->count; i++)
    tr_proof_want(staging->proof, tr_proof_formula(staging->proof, sought->wheres[i]), CAN_BE_TRUE);
  if (apart) want_no_other(staging, event);
  return tr_staging_search(staging, sought->who);
}

static bool add_event(tr_staging *staging, const tr_event_decl *event, const sought *sought) {
  tr_staged_facts facts = {0};
  int64_t age_ms = age_of(staging, event, sought);
  if (staging->events.count >= TR_STAGED_EVENTS_MAX) return false;
  if (!search_event(staging, event, sought, true) && !search_event(staging, event, sought, false))
    return false;
  take_event(staging, &facts);
  tr_staging_take(staging, sought->who);
  tr_staged_event made = {.event = event,
                          .name = sought->name,
                          .given = payload(staging, event, &facts),
                          .age_ms = age_ms,
                          .who = sought->who};
  TR_PUSH(staging->arena, &staging->events, made);
  if (age_ms > staging->age_ms) staging->age_ms = age_ms;
  return true;
}

static bool add_signal(tr_staging *staging, const tr_signal *signal, const sought *sought);

static bool add_of(tr_staging *staging, tr_name name, const sought *sought) {
  const tr_symbol *symbol = tr_symbol_find(staging->proof->check->symbols, name);
  if (symbol && symbol->kind == SYMBOL_SIGNAL) return add_signal(staging, symbol->decl, sought);
  return symbol && symbol->kind == SYMBOL_EVENT && add_event(staging, symbol->decl, sought);
}

static bool add_any_buyer(tr_staging *staging, const sought *sought) {
  const tr_tree *tree = staging->proof->check->tree;
  for (uint32_t i = 0; i < tree->events.count; i++) {
    const tr_event_decl *event = tree->events.items[i];
    if (strcmp(event->by.text, "buyer") == 0) return add_event(staging, event, sought);
  }
  return false;
}

static bool add_pattern(tr_staging *staging, const tr_pattern *pattern, const sought *sought) {
  struct sought inner = *sought;
  if (inner.count == WHERES_MAX) return false;
  if (pattern->where) inner.wheres[inner.count++] = pattern->where;
  return pattern->any_buyer ? add_any_buyer(staging, &inner)
                            : add_of(staging, pattern->event, &inner);
}

static bool add_condition(tr_staging *staging, const tr_expr *condition, uint8_t wanted,
                          uint32_t who) {
  tr_proof_begin(staging->proof);
  tr_proof_want(staging->proof, tr_proof_formula(staging->proof, condition), wanted);
  if (!tr_staging_search(staging, who)) return false;
  tr_staging_take(staging, who);
  return true;
}

/* One of the lead or the account may be about any person. */
static uint32_t whose(tr_staging *staging, const tr_signal *signal, uint32_t who) {
  bool person = signal->entity == ENTITY_PERSON || signal->entity == ENTITY_MEMBER;
  return who == TR_NOBODY && person ? tr_staging_person(staging) : who;
}

/* What has to come before stands before it, at the same instant; a silence ends after its time, and
 * a condition that begins to be true is true at the end. */
static bool add_signal(tr_staging *staging, const tr_signal *signal, const sought *sought) {
  struct sought first = {.age_ms = sought->age_ms,
                         .who = whose(staging, signal, sought->who),
                         .name = signal->other.text};
  if (signal->kind == SIGNAL_BEGINS)
    return add_condition(staging, signal->when, CAN_BE_TRUE, first.who);
  if (signal->kind == SIGNAL_ABSENCE) first.age_ms += signal->span_ms;
  if (signal->other.text && !add_of(staging, signal->other, &first)) return false;
  if (signal->kind == SIGNAL_ABSENCE) return true;
  for (uint32_t i = 0; i < signal->patterns.count; i++) {
    if (add_pattern(staging, &signal->patterns.items[i], sought)) return true;
  }
  return false;
}

/* Buyers' events, which no treaty names in one word. */
static bool add_named(tr_staging *staging, const tr_name *name, const sought *sought) {
  return strcmp(name->text, TR_BUYER_EVENTS) == 0 ? add_any_buyer(staging, sought)
                                                  : add_of(staging, *name, sought);
}

/* So many of what the fact counts. */
static void add_many(tr_staging *staging, const tr_staged_fact *fact, const sought *sought,
                     int64_t count) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  for (; count > 0; count--) {
    if (add_named(staging, &expr->name, sought)) continue;
    tr_staging_beyond(staging, fact);
    return;
  }
}

/* ---- Counts ---------------------------------------------------------------------------------- */

static int64_t window_of(const tr_expr *expr) {
  return expr->number < 0 ? INT64_MAX : expr->number;
}

static int64_t counted(const tr_staged_fact *fact) {
  return fact->as_nothing || fact->cell.unknown ? 0 : fact->cell.low / 1000000;
}

/* The count of the same in the next smaller window; NULL: there is none. */
static const tr_staged_fact *next_smaller(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  const tr_staged_fact *found = NULL;
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_staged_fact *other = &staging->facts.items[i];
    const tr_variable *variable = variable_of(staging, other);
    if (variable->kind != VARIABLE_COUNT || other->who != fact->who ||
        variable->expr->entity != expr->entity ||
        strcmp(variable->expr->name.text, expr->name.text) != 0 ||
        window_of(variable->expr) >= window_of(expr))
      continue;
    if (!found || window_of(variable->expr) > window_of(variable_of(staging, found)->expr))
      found = other;
  }
  return found;
}

/* How many of the counted are still missing. */
static int64_t missing(const tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  int64_t count = counted(fact);
  for (uint32_t i = 0; i < staging->events.count; i++) {
    const tr_staged_event *event = &staging->events.items[i];
    bool whose = fact->who == TR_NOBODY || fact->who == event->who;
    bool same = strcmp(event->name, expr->name.text) == 0;
    count -= whose && same && event->age_ms < window_of(expr);
  }
  return count > 0 ? count : 0;
}

void tr_staging_count(tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  const tr_staged_fact *smaller = next_smaller(staging, fact);
  sought sought = {.name = expr->name.text, .who = fact->who};
  if (smaller) sought.age_ms = window_of(variable_of(staging, smaller)->expr);
  add_many(staging, fact, &sought,
           missing(staging, fact) - (smaller ? missing(staging, smaller) : 0));
}

void tr_staging_days(tr_staging *staging, const tr_staged_fact *fact) {
  const char *name = variable_of(staging, fact)->expr->name.text;
  for (int64_t day = 0; day < counted(fact) && !staging->beyond; day++) {
    sought sought = {.name = name, .who = fact->who, .age_ms = day * INT64_C(86400000)};
    add_many(staging, fact, &sought, 1);
  }
}

static bool is_there(const tr_staging *staging, const sought *sought) {
  for (uint32_t i = 0; i < staging->events.count; i++) {
    const tr_staged_event *event = &staging->events.items[i];
    if (event->who == sought->who && event->age_ms == sought->age_ms &&
        strcmp(event->name, sought->name) == 0)
      return true;
  }
  return false;
}

void tr_staging_since(tr_staging *staging, const tr_staged_fact *fact) {
  sought sought = {.name = variable_of(staging, fact)->expr->name.text,
                   .who = fact->who,
                   .age_ms = fact->as_nothing ? 0 : fact->cell.low};
  if (fact->cell.unknown || is_there(staging, &sought)) return;
  if (sought.age_ms < 0)
    tr_staging_beyond(staging, fact);
  else
    add_many(staging, fact, &sought, 1);
}

/* ---- Sums and extremes ----------------------------------------------------------------------- */

/* The field of the event has the value that the sum of one is to have. */
static const tr_expr *field_equals(const tr_staging *staging, const tr_expr *measure,
                                   int64_t value) {
  tr_expr *parts = TR_NEW_ARRAY(staging->arena, tr_expr, 3);
  parts[0] = (tr_expr){.kind = EXPR_NAME,
                       .ref_kind = REF_EVENT_FIELD,
                       .index = measure->index,
                       .name = measure->member,
                       .type = measure->type};
  parts[1] = (tr_expr){.kind = EXPR_NUMBER, .number = value, .type = measure->type};
  parts[2] = (tr_expr){.kind = EXPR_COMPARE,
                       .compare = COMPARE_EQ,
                       .left = &parts[0],
                       .right = &parts[1],
                       .type = &tr_type_truth};
  return &parts[2];
}

void tr_staging_measure(tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  if (fact->cell.unknown || (expr->kind == EXPR_SUM_IN && fact->as_nothing)) return;
  sought sought = {.name = expr->name.text, .who = fact->who, .count = 1};
  sought.wheres[0] = field_equals(staging, expr, fact->cell.low);
  add_many(staging, fact, &sought, 1);
}

/* ---- Points ---------------------------------------------------------------------------------- */

/* 0: not a number, or none that is added. */
static int64_t points_of(const tr_points *points) {
  bool adds = points->kind == POINTS_ON || points->kind == POINTS_WHEN;
  const tr_expr *add = adds ? points->add : NULL;
  bool negative = add && add->kind == EXPR_NEGATE;
  if (negative) add = add->left;
  if (!add || add->kind != EXPR_NUMBER) return 0;
  return negative ? -add->number : add->number;
}

/* How often it may add all its points at one time. */
static int64_t times_of(const tr_points *points) {
  if (points->kind == POINTS_WHEN || points->once || points->once_in_ms > 0) return 1;
  bool limited = points->at_most && points->at_most->kind == EXPR_NUMBER && points_of(points) > 0;
  return limited ? points->at_most->number / points_of(points) : TR_STAGED_EVENTS_MAX;
}

/* The row that goes best with what is left: the most points of those that fit, else the fewest. */
static uint32_t best_row(const tr_score *score, const int64_t *times, int64_t left) {
  uint32_t best = UINT32_MAX;
  for (uint32_t i = 0; i < score->points.count; i++) {
    int64_t points = points_of(&score->points.items[i]);
    if (left < 0) points = -points;
    int64_t size = left < 0 ? -left : left;
    if (times[i] <= 0 || points <= 0) continue;
    int64_t chosen = best == UINT32_MAX ? 0 : points_of(&score->points.items[best]);
    if (chosen < 0) chosen = -chosen;
    bool better = chosen > size ? points < chosen : points <= size && points > chosen;
    if (best == UINT32_MAX || better) best = i;
  }
  return best;
}

/* An event that is there for something else, and can be caused by that person as well. */
static bool reuse(tr_staging *staging, const char *name, uint32_t who, bool *used) {
  for (uint32_t i = 0; i < staging->events.count; i++) {
    tr_staged_event *event = &staging->events.items[i];
    bool fits = who == TR_NOBODY || event->who == TR_NOBODY || event->who == who;
    if (used[i] || !fits || strcmp(event->name, name) != 0) continue;
    if (who != TR_NOBODY) event->who = who;
    return used[i] = true;
  }
  return false;
}

static bool add_points(tr_staging *staging, const tr_points *points, uint32_t who, bool *used) {
  const sought sought = {.name = points->on.text, .who = who};
  if (points->kind == POINTS_WHEN) return add_condition(staging, points->when, CAN_BE_TRUE, who);
  if (reuse(staging, points->on.text, who, used)) return true;
  uint32_t before = staging->events.count;
  if (!add_of(staging, points->on, &sought)) return false;
  if (staging->events.count > before) used[staging->events.count - 1] = true; /* no silence */
  return true;
}

/* While it is unknown whether points are added, the score is a range. */
static void settle_others(tr_staging *staging, const tr_score *score, const int64_t *times,
                          uint32_t who) {
  for (uint32_t i = 0; i < score->points.count; i++) {
    const tr_points *points = &score->points.items[i];
    if (points->kind == POINTS_WHEN && times[i] > 0)
      add_condition(staging, points->when, CAN_BE_FALSE, who);
  }
}

void tr_staging_score(tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  const tr_score *score = staging->proof->check->tree->scores.items[expr->index];
  int64_t left = fact->as_nothing ? 0 : fact->cell.low;
  int64_t *times = TR_NEW_ARRAY(staging->arena, int64_t, score->points.count + 1);
  bool up = left > 0, used[TR_STAGED_EVENTS_MAX] = {false};
  for (uint32_t i = 0; i < score->points.count; i++) times[i] = times_of(&score->points.items[i]);
  while (left != 0 && (left > 0) == up) {
    uint32_t row = best_row(score, times, left);
    const tr_points *points = row == UINT32_MAX ? NULL : &score->points.items[row];
    if (!points || !add_points(staging, points, fact->who, used)) {
      tr_staging_beyond(staging, fact);
      return;
    }
    times[row]--;
    left -= points_of(points);
  }
  settle_others(staging, score, times, fact->who);
}

/* ---- Phases ---------------------------------------------------------------------------------- */

/* What enters a phase: its event, or its condition and any event of the buyer. */
static bool add_phase(tr_staging *staging, const tr_phase *phase, const sought *sought) {
  for (uint32_t i = 0; i < phase->on.count; i++) {
    if (add_of(staging, phase->on.items[i], sought)) return true;
  }
  return phase->when && add_condition(staging, phase->when, CAN_BE_TRUE, sought->who) &&
         add_any_buyer(staging, sought);
}

void tr_staging_phase(tr_staging *staging, const tr_staged_fact *fact) {
  const sought sought = {.name = "", .who = fact->who};
  const tr_phases *phases = staging->proof->check->symbols->phases;
  if (fact->cell.unknown || fact->cell.low == 0) return;
  if (!add_phase(staging, &phases->list.items[fact->cell.low], &sought))
    tr_staging_beyond(staging, fact);
}
