/* slow_kept.c - what promotions have kept: it is asked when one is decided, before the lead is
 * where it leads to, and stays what it was then. */
#include "slow_past.h"

/* The latest that is seen; NULL: nothing was kept yet. */
static const keeping *find_keeping(const asking *asking) {
  const slow *slow = asking->slow;
  const keeping *found = NULL;
  for (int i = 0; i < slow->keeping_count; i++) {
    const stay *stay = &slow->stays[slow->keepings[i].stay];
    if (stay->lead == asking->view.lead && is_seen(asking, stay)) found = &slow->keepings[i];
  }
  return found;
}

static void add_keeping(slow *slow, keeping made) {
  slow->keepings =
      realloc(slow->keepings, sizeof *slow->keepings * (size_t)(slow->keeping_count + 1));
  slow->keepings[slow->keeping_count++] = made;
}

void slow_keep(const asking *asking, const tr_clause *clause) {
  slow *slow = asking->slow;
  if (!clause->kept_as.text) return;
  const keeping *before = find_keeping(asking);
  keeping now = {.stay = slow->stay_count}; /* it comes next */
  if (before) memcpy(now.values, before->values, sizeof now.values);
  uint32_t name = tr_symbol_in(slow->symbols, 0, clause->kept_as.text)->index;
  for (uint32_t i = 0; i < slow->symbols->kept_values.count; i++) {
    if (slow->symbols->kept_values.items[i].kept == name) now.values[i] = unknown;
  }
  for (uint32_t i = 0; i < clause->keeps.count; i++)
    now.values[clause->keeps.items[i].index] = slow_ask(asking, clause->keeps.items[i].value);
  add_keeping(slow, now);
}

slow_value slow_ask_kept(const asking *asking, uint32_t index) {
  if (asking->view.lead == SLOW_NONE) return unknown;
  const keeping *kept = find_keeping(asking);
  return kept ? kept->values[index] : unknown;
}

slow_value slow_kept(slow *slow, uint32_t index, slow_view view) {
  asking asking = {.slow = slow, .view = view, .at = {.time_ms = INT64_MAX}};
  return slow_ask_kept(&asking, index);
}
