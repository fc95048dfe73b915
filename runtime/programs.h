/* programs.h - the treaties that a store has taken up, one after the other.
 *
 * Each is kept whole, and a record in the log says when it was taken up: before that instant it has
 * no force. So a replay of the log under all of them decides what was decided when there were
 * fewer. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdint.h>

#include "runtime/store.h"
#include "runtime/store_view.h"
#include "runtime/treaty_file.h"

/* Adds the record of a treaty that is taken up, and what it was made from. */
void programs_put(store_batch *batch, const treaty_part *part);

/* Adds the treaties of the store to `file`, in the order in which they were taken up. */
TREATY_MUST_USE bool programs_read(store *store, treaty_file *file, buffer *why);
/* The same beside whoever writes it. */
TREATY_MUST_USE bool programs_view(store_view *view, treaty_file *file, buffer *why);

/* Whether the same treaty, to the byte, is among them. */
bool programs_has(const treaty_file *file, const treaty_part *part);
/* Whether nothing of what is offered is new to it. */
bool programs_has_all(const treaty_file *file, const treaty_file *offered);
/* Drops one, whose hash is added to `gone`. */
void programs_drop(treaty_file *file, size_t index, buffer *gone);

/* Takes up those of `offered` that the store does not have: they move to `file`, behind its own, as
 * taken up at clock_ms (INT64_MIN: from the start), and are counted in *count. False: one of them
 * would change what governs leads already, or would come behind a newer version; `why` says which.
 * A version that has no force yet by clock_ms gives way to another of its number: its hash is added
 * to `gone`, 64 letters each. */
TREATY_MUST_USE bool programs_take(treaty_file *file, treaty_file *offered, int64_t clock_ms,
                                   size_t *count, buffer *gone, buffer *why);

#endif
