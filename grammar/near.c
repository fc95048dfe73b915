/* near.c - Damerau-Levenshtein distance, the restricted kind: no place is edited twice. See
 * near.h.
 *
 * d(i, j) is the distance of the first i letters of one name and the first j of the other; three
 * rows of that table are enough, since an exchange of neighbours looks two rows back. */
#include "grammar/near.h"

#include <assert.h>
#include <string.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool tr_near_same(const char *a, const char *b) {
  while (*a && lower(*a) == lower(*b)) a++, b++;
  return *a == *b;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  size_t rows[3][TR_NEAR_NAME_BYTES_MAX + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  assert(a_length <= TR_NEAR_NAME_BYTES_MAX && b_length <= TR_NEAR_NAME_BYTES_MAX);
  for (size_t j = 0; j <= b_length; j++) above[j] = j;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      char from = lower(a[i - 1]), to = lower(b[j - 1]);
      row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + (from != to));
      if (i > 1 && j > 1 && from == lower(b[j - 2]) && lower(a[i - 2]) == to) {
        row[j] = smaller(row[j], before[j - 2] + 1);
      }
    }
    size_t *oldest = before;
    before = above, above = row, row = oldest;
  }
  return above[b_length];
}

static size_t slips_allowed(size_t length) { return length < 3 ? 0 : (length + 1) / 3; }

const char *tr_near_name(const char *name, const char *const *candidates, size_t count) {
  size_t length = strlen(name);
  if (length > TR_NEAR_NAME_BYTES_MAX) return NULL;
  size_t limit = slips_allowed(length) + 1; /* only what is below is near */
  const char *best = NULL;
  for (size_t i = 0; i < count && limit > 0; i++) {
    size_t other = strlen(candidates[i]);
    if (other > TR_NEAR_NAME_BYTES_MAX) continue;
    size_t apart = other > length ? other - length : length - other;
    if (apart >= limit) continue; /* the distance is at least that */
    size_t found = distance(name, length, candidates[i], other);
    if (found >= limit) continue;
    limit = found;
    best = candidates[i];
  }
  return best;
}
