/* missing.c - how much is missing for a condition to hold: of parts of which all are needed what is
 * missing of each, of others what is missing of those of which least is. And what a fact would do
 * for it. */
#include <string.h>

#include "treaty.h"

#define NONE_LEFT SIZE_MAX

/* A fact that is taken as known, in the way that helps; NULL: none. */
typedef const treaty_because given;

static bool is_given(const treaty_because *fact, given *given) {
  return fact->open && strcmp(fact->name, given->name) == 0 &&
         fact->person.length == given->person.length &&
         (fact->person.length == 0 ||
          memcmp(fact->person.bytes, given->person.bytes, fact->person.length) == 0);
}

/* Whether the fact stands in the condition or one of its parts. */
static bool asks_for(const treaty_condition *condition, given *given) {
  if (!given) return false;
  for (size_t i = 0; i < condition->fact_count; i++)
    if (is_given(&condition->facts[i], given)) return true;
  for (size_t i = 0; i < condition->part_count; i++)
    if (asks_for(&condition->parts[i], given)) return true;
  return false;
}

/* Of the parts that do not hold, the `wanted` of which least is missing: each turn takes the next
 * larger, as often as it occurs. */
static size_t missing_of_some(const treaty_condition *condition, size_t wanted, given *given) {
  size_t sum = 0, last = 0, taken_of_last = 0;
  for (; wanted > 0; wanted--) {
    size_t next = NONE_LEFT, seen = 0;
    for (size_t i = 0; i < condition->part_count; i++) {
      if (condition->parts[i].truth == TREATY_TRUE) continue;
      size_t one = treaty_condition_missing(&condition->parts[i], given);
      if (one < last || (one == last && seen++ < taken_of_last)) continue;
      if (one < next) next = one;
    }
    if (next == NONE_LEFT) break;
    taken_of_last = next == last ? taken_of_last + 1 : 1;
    last = next;
    sum += next;
  }
  return sum;
}

static size_t missing_of_all(const treaty_condition *condition, given *given) {
  size_t sum = 0;
  for (size_t i = 0; i < condition->part_count; i++)
    sum += treaty_condition_missing(&condition->parts[i], given);
  return sum;
}

/* Of those of which none may hold. */
static size_t missing_of_none(const treaty_condition *condition, given *given) {
  size_t count = 0;
  for (size_t i = 0; i < condition->part_count; i++) {
    const treaty_condition *part = &condition->parts[i];
    count += part->truth != TREATY_FALSE && !asks_for(part, given);
  }
  return count;
}

size_t treaty_condition_missing(const treaty_condition *condition, const treaty_because *given) {
  if (condition->truth == TREATY_TRUE) return 0;
  if (condition->part_count == 0) return asks_for(condition, given) ? 0 : 1;
  size_t held = 0, parts = condition->part_count, needed = condition->needed;
  for (size_t i = 0; i < parts; i++) held += condition->parts[i].truth == TREATY_TRUE;
  size_t sum = needed == 0       ? missing_of_none(condition, given)
               : needed == parts ? missing_of_all(condition, given)
               : needed > held   ? missing_of_some(condition, needed - held, given)
                                 : 0;
  /* A criterion of which both sides hold is open, though nothing is missing of one. */
  return sum > 0 || asks_for(condition, given) ? sum : 1;
}

/* ---- What a fact would do -------------------------------------------------------------------- */

/* The part that goes on towards the fact: of those that ask for it the first that would hold, else
 * the first. */
static const treaty_condition *part_towards(const treaty_condition *condition, given *fact) {
  const treaty_condition *first = NULL;
  for (size_t i = 0; i < condition->part_count; i++) {
    const treaty_condition *part = &condition->parts[i];
    if (part->truth == TREATY_TRUE || !asks_for(part, fact)) continue;
    if (treaty_condition_missing(part, fact) == 0) return part;
    if (!first) first = part;
  }
  return first;
}

bool treaty_condition_is_several(const treaty_condition *condition) {
  return condition->needed > 1 && condition->needed < condition->part_count;
}

/* Goes down to the fact: the uppermost condition that would hold by it, or of these the uppermost
 * that wants several of its parts; and the uppermost criterion on the way. */
static void follow(treaty_use *use, const treaty_condition *condition, given *fact) {
  for (; condition; condition = part_towards(condition, fact)) {
    bool holds = treaty_condition_missing(condition, fact) == 0;
    bool better = !use->completes || (treaty_condition_is_several(condition) &&
                                      !treaty_condition_is_several(use->completes));
    if (holds && better) use->completes = condition;
    if (!use->criterion && condition->criterion) use->criterion = condition;
    use->asked_in = condition;
  }
}

bool treaty_condition_use(const treaty_condition *condition, const treaty_because *fact,
                          treaty_use *use) {
  *use = (treaty_use){.left = treaty_condition_missing(condition, fact)};
  if (use->left >= treaty_condition_missing(condition, NULL)) return false;
  follow(use, condition, fact);
  return true;
}
