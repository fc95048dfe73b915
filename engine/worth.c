/* worth.c - how scores that halve move, and until when they stay on one side of a level. */
#include "engine/evaluate.h"

int64_t tr_course_points(const tr_eval *eval, const tr_course *course) {
  if (course->points.total == 0) return 0;
  return tr_decay_value(eval->engine->program->decay, course->points, eval->now_ms);
}

/* Looks again after an hour at most where an estimate says that long: near the crossing it is
 * exact. */
#define ESTIMATE_MS INT64_C(3600000)

/* 2^-x >= 1 - x ln 2, so a worth v is above `level` for H (1 - level / v) / ln 2 at least; 1 / ln
 * 2 > 1.44. */
static int64_t points_until(const tr_eval *eval, const tr_course *course, int64_t level) {
  const tr_decay_tables *decay = eval->engine->program->decay;
  int64_t value = tr_decay_value(decay, course->points, eval->now_ms);
  if (value > level && level > 0) {
    __int128 wait = (__int128)course->points.halves_ms * (value - level) / value * 144 / 100;
    if (wait > ESTIMATE_MS) return eval->now_ms + (int64_t)wait;
  }
  if (value < level && level > 0 && course->points.total >= 0) return TR_NEVER;
  return tr_decay_crossing(decay, course->points, level, eval->now_ms);
}

int64_t tr_course_until(const tr_eval *eval, const tr_course *course, int64_t level) {
  __int128 points = level - course->rest;
  if (course->points.total == 0) return TR_NEVER;
  if (points > INT64_MAX || points < INT64_MIN) return TR_NEVER; /* more than points can be */
  return points_until(eval, course, (int64_t)points);
}

static bool is_same(const tr_course *a, const tr_course *b) {
  return a->rest == b->rest && a->points.total == b->points.total &&
         a->points.octave == b->points.octave;
}

int64_t tr_worth_until(const tr_eval *eval, const tr_worth *worth, int64_t level) {
  int64_t until_ms = tr_course_until(eval, &worth->low, level);
  if (!is_same(&worth->low, &worth->high)) {
    int64_t high_ms = tr_course_until(eval, &worth->high, level);
    if (high_ms < until_ms) until_ms = high_ms;
  }
  return until_ms < worth->break_ms ? until_ms : worth->break_ms;
}
