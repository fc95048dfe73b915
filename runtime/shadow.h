/* shadow.h - a second engine, in which treaties have force that have none: those that say `in
 * shadow from`, and those that not all have signed.
 *
 *   record ──> feeder of what has force ──> decisions, subscribers
 *        '───> feeder of the shadow ──────> rows of the table `shadow`, of those treaties only
 *
 * Both are fed the same log, so the shadow decides what would have been decided, and has no effect.
 * Of several versions of one agreement in shadow the newest decides. */
#ifndef SHADOW_H
#define SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/feeder.h"
#include "runtime/store.h"
#include "runtime/treaty_file.h"

typedef struct shadow shadow;

/* *made is NULL when nothing is in shadow. False: it could not be done, and `why` says why. `file`
 * must outlive it. Decisions up to `stored` are in the table already. */
TREATY_MUST_USE bool shadow_new(const treaty_file *file, const char *folder, store_position stored,
                                shadow **made, buffer *why);
void shadow_free(shadow *shadow);

/* Feeds a record, as feeder_record; its decisions become rows. A shadow that is NULL takes
 * nothing. */
treaty_status shadow_record(shadow *shadow, uint64_t number, const record *record,
                            store_batch *batch);
const char *shadow_error(shadow *shadow, treaty_status status);

/* When time alone could bring a decision; TREATY_NEVER. */
int64_t shadow_next_ms(const shadow *shadow);

#endif
