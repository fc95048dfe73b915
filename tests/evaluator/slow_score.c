/* slow_score.c - scores, from all points that were ever added. */
#include <math.h>

#include "slow_past.h"

static bool comes_before(const entry *one, const entry *other) {
  return one->time_ms < other->time_ms ||
         (one->time_ms == other->time_ms && one->number < other->number);
}

/* What an event adds that resets the score counts; what one adds that leads to a stage does not. */
static bool is_gone(const tr_score *score, const entry *points, const entry *reset) {
  if (!reset) return false;
  if (score->points.items[reset->rule].kind == POINTS_ENTERING) return points < reset;
  return comes_before(points, reset);
}

/* What counts of an event's points. */
typedef struct counted {
  const entry *entry;
  int64_t clock_ms; /* its time by the score's clock */
  int64_t limited;  /* what limits leave of them */
  int64_t points;   /* … and the floor */
} counted;

static bool within_limit(const tr_points *rule, int64_t time_ms, int64_t now_ms) {
  if (rule->per_day) return time_ms / DAY_MS == now_ms / DAY_MS;
  return time_ms > now_ms - rule->at_most_in_ms;
}

/* What limits leave of an event, given those of the same rule before it. */
static int64_t limited(const tr_points *rule, const counted *before, int number, const entry *now) {
  int64_t left = rule->at_most ? rule->at_most->number : 0;
  for (int i = 0; i < number; i++) {
    if (before[i].entry->rule != now->rule || before[i].entry->kind == RESET) continue;
    int64_t time_ms = before[i].entry->time_ms;
    bool in_once = rule->once_in_ms == 0 || time_ms > now->time_ms - rule->once_in_ms;
    if (rule->once && before[i].limited != 0 && in_once) return 0;
    if (rule->at_most && within_limit(rule, time_ms, now->time_ms)) left -= before[i].limited;
  }
  if (!rule->at_most) return now->value.low;
  if (left < 0) left = 0;
  return now->value.low < left ? now->value.low : left;
}

/* A score's clock stands still while the score is frozen. */
static int64_t clock_at(const slow *slow, uint32_t score, slow_view view, int64_t time_ms) {
  int64_t still_ms = 0, since_ms = INT64_MAX;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind != FROZE || at->what != score || at->time_ms > time_ms) continue;
    if (!concerns(slow->tree->scores.items[score]->entity, at->whose, view)) continue;
    if (at->value.low) {
      since_ms = at->time_ms;
      continue;
    }
    still_ms += at->time_ms - since_ms;
    since_ms = INT64_MAX;
  }
  if (since_ms < time_ms) still_ms += time_ms - since_ms;
  return time_ms - still_ms;
}

static int64_t half_even(long double value) { return (int64_t)rintl(value); }

/* All that is left of what was counted, at an instant of the score's clock, in millionths. */
static int64_t worth(const tr_score *score, const counted *all, int number, int64_t now_ms) {
  long double total = 0;
  for (int i = 0; i < number; i++) {
    int64_t age_ms = now_ms - all[i].clock_ms;
    if (score->expires_ms > 0 && age_ms >= score->expires_ms) continue;
    long double halves = score->halves_ms ? (long double)age_ms / score->halves_ms : 0;
    total += (long double)all[i].points * exp2l(-halves);
  }
  return half_even(total);
}

static int64_t event_points(slow *slow, const tr_score *score, uint32_t index, const entry *reset,
                            slow_view view, int64_t now_ms) {
  counted *all = calloc((size_t)slow->entry_count + 1, sizeof *all);
  int number = 0;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    bool is_points = at->kind == POINTS && !is_gone(score, at, reset);
    if ((!is_points && at != reset) || at->what != index) continue;
    if (!concerns(score->entity, at->whose, view)) continue;
    counted one = {.entry = at,
                   .limited = at->value.low,
                   .clock_ms = clock_at(slow, index, view, at->time_ms)};
    if (is_points) one.limited = limited(&score->points.items[at->rule], all, number, at);
    one.points = one.limited;
    if (score->floors) {
      int64_t left = score->low->number - worth(score, all, number, one.clock_ms);
      if (one.points < left) one.points = left;
    }
    all[number++] = one;
  }
  int64_t total = worth(score, all, number, clock_at(slow, index, view, now_ms));
  free(all);
  return total;
}

slow_value slow_ask_score(const asking *asking, uint32_t index) {
  slow *slow = asking->slow;
  slow_view view = asking->view;
  const tr_score *score = slow->tree->scores.items[index];
  const entry *reset = NULL;
  int64_t low = 0, high = 0;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind == RESET && at->what == index && concerns(score->entity, at->whose, view))
      reset = at;
  }
  for (uint32_t r = 0; r < score->points.count; r++) {
    const tr_points *rule = &score->points.items[r];
    if (rule->kind != POINTS_WHEN) continue;
    int holds = truth_of(slow_ask(asking, rule->when));
    if (holds == TREATY_FALSE) continue;
    slow_value points = slow_ask(asking, rule->add);
    if (points.known == SLOW_UNKNOWN) return unknown;
    low += holds == TREATY_TRUE || points.low < 0 ? points.low : 0;
    high += holds == TREATY_TRUE || points.high > 0 ? points.high : 0;
  }
  int64_t points = event_points(slow, score, index, reset, view, asking->now_ms);
  low += points;
  high += points;
  if (score->low && low < score->low->number) low = score->low->number;
  if (score->low && high < score->low->number) high = score->low->number;
  if (score->high && low > score->high->number) low = score->high->number;
  if (score->high && high > score->high->number) high = score->high->number;
  return range(low, high, score->halves_ms > 0);
}
