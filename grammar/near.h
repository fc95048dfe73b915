/* near.h - the name that somebody probably meant, for "Did you mean '...'?". */
#ifndef TR_NEAR_H
#define TR_NEAR_H

#include <stdbool.h>
#include <stddef.h>

/* Longer names are not compared: nobody mistypes those by hand, and it bounds the work. */
#define TR_NEAR_NAME_BYTES_MAX 64

/* The candidate that is fewest slips away from `name`, the first of several alike; NULL when none
 * is near enough to be sure. A slip is a letter too many, too few or wrong, or two neighbours
 * exchanged; about one for each three letters is allowed, and none below three. The case of ASCII
 * letters does not count. */
const char *tr_near_name(const char *name, const char *const *candidates, size_t count);

/* Whether two names differ in the case of ASCII letters at most. */
bool tr_near_same(const char *a, const char *b);

#endif
