/* feed_prefix.h - what has gone over a feed since it began, in two numbers: how many lines, and a
 * hash of them all in their order. By it service and client tell whether the beginning of a file is
 * what was sent before; blank lines do not count. */
#ifndef FEED_PREFIX_H
#define FEED_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"

typedef struct feed_prefix {
  uint64_t lines, hash; /* both 0 at the beginning */
} feed_prefix;

/* Adds a line, without its end. Without bytes it is one that no service holds, being too long: only
 * its length counts. */
void feed_prefix_add(feed_prefix *prefix, treaty_text line);

bool feed_prefix_same(feed_prefix a, feed_prefix b);

#endif
