/* aggregate.c - see aggregate.h. */
#include "engine/aggregate.h"

#include <assert.h>

/* What an unknown member could add to a maximum or a minimum: far beyond any value, and safe to
 * compute with. */
#define FAR (INT64_MAX / 4)

tr_aggregate tr_aggregate_none(void) { return (tr_aggregate){.break_ms = TR_NEVER}; }

static tr_course still(__int128 value) { return (tr_course){.rest = value}; }

static __int128 value_of(const tr_eval *eval, const tr_course *course) {
  return tr_course_points(eval, course) + course->rest;
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- One ------------------------------------------------------------------------------------- */

/* A course stands still while it is cut off; until it reaches or leaves its bounds. */
static tr_course within_bounds(const tr_eval *eval, const tr_worth *worth, const tr_course *course,
                               int64_t *break_ms) {
  __int128 value = value_of(eval, course);
  if (worth->least > INT64_MIN)
    *break_ms = earlier(*break_ms, tr_course_until(eval, course, worth->least));
  if (worth->most < INT64_MAX)
    *break_ms = earlier(*break_ms, tr_course_until(eval, course, worth->most + 1));
  if (value < worth->least) return still(worth->least);
  return value > worth->most ? still(worth->most) : *course;
}

tr_aggregate tr_aggregate_of(const tr_eval *eval, tr_value value) {
  tr_aggregate one = tr_aggregate_none();
  if (value.known == UNKNOWN) {
    one.unknown = 1;
    return one;
  }
  one.known = 1;
  one.low = still(value.low);
  one.high = still(value.high);
  if (!value.worth) return one;
  one.break_ms = value.worth->break_ms;
  one.low = within_bounds(eval, value.worth, &value.worth->low, &one.break_ms);
  one.high = within_bounds(eval, value.worth, &value.worth->high, &one.break_ms);
  return one;
}

/* ---- Two ------------------------------------------------------------------------------------- */

static tr_course sum_of(const tr_course *a, const tr_course *b) {
  return (tr_course){.points = tr_decay_sum(a->points, b->points), .rest = a->rest + b->rest};
}

static tr_course difference(const tr_course *a, const tr_course *b) {
  return (tr_course){.points = tr_decay_sum(a->points, tr_decay_negated(b->points)),
                     .rest = a->rest - b->rest};
}

/* When the two could change places, looked at a millionth to either side of their crossing, for
 * each is rounded by itself. */
static int64_t overtaking(const tr_eval *eval, const tr_course *between) {
  int64_t first_ms = TR_NEVER;
  if (between->rest == 0) return TR_NEVER; /* both go towards 0, and never past each other */
  for (int64_t level = -1; level <= 2; level++)
    first_ms = earlier(first_ms, tr_course_until(eval, between, level));
  return first_ms;
}

static tr_course extreme_of(const tr_eval *eval, const tr_course *a, const tr_course *b,
                            bool larger, int64_t *break_ms) {
  tr_course between = difference(a, b);
  __int128 more = value_of(eval, a) - value_of(eval, b);
  if (between.rest == 0) more = between.points.total;
  *break_ms = earlier(*break_ms, overtaking(eval, &between));
  return (more > 0) == larger ? *a : *b;
}

tr_aggregate tr_aggregate_join(const tr_eval *eval, tr_opcode op, const tr_aggregate *a,
                               const tr_aggregate *b) {
  tr_aggregate both = a->known ? *a : *b;
  both.known = a->known + b->known;
  both.unknown = a->unknown + b->unknown;
  both.break_ms = earlier(a->break_ms, b->break_ms);
  if (a->known == 0 || b->known == 0) return both;
  if (op == TR_OP_SUM) {
    both.low = sum_of(&a->low, &b->low);
    both.high = sum_of(&a->high, &b->high);
  } else {
    assert(op == TR_OP_MAX || op == TR_OP_MIN);
    both.low = extreme_of(eval, &a->low, &b->low, op == TR_OP_MAX, &both.break_ms);
    both.high = extreme_of(eval, &a->high, &b->high, op == TR_OP_MAX, &both.break_ms);
  }
  return both;
}

/* ---- All ------------------------------------------------------------------------------------- */

static const tr_worth *worth_of(tr_eval *eval, const tr_aggregate *all) {
  if (all->low.points.total == 0 && all->high.points.total == 0 && all->break_ms == TR_NEVER)
    return NULL;
  tr_worth *worth = TR_NEW(&eval->engine->step, tr_worth);
  *worth = (tr_worth){.low = all->low,
                      .high = all->high,
                      .least = INT64_MIN,
                      .most = INT64_MAX,
                      .break_ms = all->break_ms};
  return worth;
}

tr_value tr_aggregate_value(tr_eval *eval, tr_opcode op, const tr_aggregate *all) {
  tr_aggregate reach = *all;
  if (op == TR_OP_SUM && all->unknown) return (tr_value){.known = UNKNOWN};
  if (op != TR_OP_SUM && all->known == 0) return (tr_value){.known = UNKNOWN};
  if (op == TR_OP_MAX && all->unknown) reach.high = still(FAR);
  if (op == TR_OP_MIN && all->unknown) reach.low = still(-FAR);
  __int128 low = value_of(eval, &reach.low), high = value_of(eval, &reach.high);
  if (low < INT64_MIN || high > INT64_MAX) return (tr_value){.known = UNKNOWN};
  return (tr_value){.low = (int64_t)low,
                    .high = (int64_t)high,
                    .known = low == high && !all->unknown ? KNOWN : RANGE,
                    .worth = worth_of(eval, &reach)};
}
