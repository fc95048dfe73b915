/* merging.c - see merging.h. */
#include "merging.h"

#include <assert.h>
#include <string.h>

void merging_begin(merging *merging, treaty_engine *const *engines, int parts) {
  assert(parts <= MERGING_PARTS_MAX);
  merging->parts = parts;
  for (int p = 0; p < parts; p++) {
    merging->decisions[p] = treaty_engine_decisions(engines[p], &merging->counts[p]);
    merging->used[p] = 0;
  }
}

static bool comes_before(const treaty_decision *a, const treaty_decision *b) {
  if (a->seq != b->seq) return a->seq < b->seq;
  if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms;
  size_t length = a->account.length < b->account.length ? a->account.length : b->account.length;
  int order = length > 0 ? memcmp(a->account.bytes, b->account.bytes, length) : 0;
  return order != 0 ? order < 0 : a->account.length < b->account.length;
}

const treaty_decision *merging_next(merging *merging) {
  int first = -1;
  for (int p = 0; p < merging->parts; p++) {
    if (merging->used[p] == merging->counts[p]) continue;
    if (first < 0 || comes_before(&merging->decisions[p][merging->used[p]],
                                  &merging->decisions[first][merging->used[first]]))
      first = p;
  }
  merging->latest = first;
  return first < 0 ? NULL : &merging->decisions[first][merging->used[first]++];
}
