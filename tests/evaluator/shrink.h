/* shrink.h - of a treaty that shows something, as little as shows it still. */
#ifndef SHRINK_H
#define SHRINK_H

#include <stdbool.h>

/* Whether a treaty shows it; one that does not load shows nothing. */
typedef bool shrink_shows(const char *text, void *context);

/* Leaves out lines, blocks and parts of conditions as long as what is left shows it. A block begins
 * with a line that ends in `{` and goes to the next line that is `}`. Gives text to be freed. */
char *shrink_treaty(const char *text, shrink_shows *shows, void *context);

#endif
