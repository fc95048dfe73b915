/* store_view.h - a look at a store beside whoever writes it: no lock is taken, nothing is changed,
 * and what is read is of one moment. */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "runtime/store.h"
#include "treaty.h"

typedef struct store_view store_view;

/* NULL: `why` says why, also when a run that filled it broke off. */
store_view *store_view_open(const char *folder, buffer *why);
void store_view_close(store_view *view);

/* Calls `visit` for each treaty that was taken up, in that order. */
TREATY_MUST_USE bool store_view_programs(store_view *view, store_visit_program visit, void *context,
                                         buffer *why);

/* The SEQ of the last decision; 0: there is none. */
uint64_t store_view_last_seq(const store_view *view);

/* Calls `visit` for the decisions of these kinds, in order; the facts that they rest on are left
 * out. */
typedef void (*store_view_visit)(void *context, const treaty_decision *decision);
TREATY_MUST_USE bool store_view_decisions(store_view *view, const treaty_decision_kind *kinds,
                                          size_t kind_count, store_view_visit visit, void *context,
                                          buffer *why);

/* Calls `visit` for the events that the log holds and the service did not refuse, in order; a line
 * that was sent again stands there as often as it came. */
typedef void (*store_view_event)(void *context, const treaty_event *event);
TREATY_MUST_USE bool store_view_events(store_view *view, const treaty_program *program,
                                       store_view_event visit, void *context, buffer *why);

#endif
