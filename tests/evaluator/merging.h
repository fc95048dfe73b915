/* merging.h - what several engines decide at one event, put together as treaty.h says. */
#ifndef MERGING_H
#define MERGING_H

#include <stddef.h>

#include "treaty.h"

enum { MERGING_PARTS_MAX = 8 };

typedef struct merging {
  const treaty_decision *decisions[MERGING_PARTS_MAX];
  size_t counts[MERGING_PARTS_MAX], used[MERGING_PARTS_MAX]; /* of each engine's */
  int parts;
  int latest; /* whose was read last */
} merging;

/* The engines are not called until all of it is read. */
void merging_begin(merging *merging, treaty_engine *const *engines, int parts);

/* The next by SEQ, instant and account; its `n` is that of its engine. NULL: there is none. */
const treaty_decision *merging_next(merging *merging);

#endif
