/* history.h - which events an account has had, and what is known of it built anew from them.
 *
 * Facts and what follows from them are a function of the account's counted events, ordered by
 * (time, SEQ). Most of them can be put in their place whenever they come. Where that is not so
 * (compile_order.c tells which), and where an event is taken out or two accounts become one, the
 * account is built anew: its facts and cells are put back to a snapshot before that place
 * (snapshot.h) or emptied, and the events behind observed once more, in order, as the host gives
 * them again. What has been decided stays: stages, offers, and to which
 * lead an event went.
 *
 *     links, by SEQ    1: time place -    2: time place 1   3: …   4: time place 2
 *     account -> latest link 4 -> 2 -> 1 */
#ifndef TR_HISTORY_H
#define TR_HISTORY_H

#include "engine/step.h"

/* Bits of the place that the host gives; above them stands a part of the id's hash. */
#define TR_PLACE_BITS 46
#define TR_PLACE_MAX  ((UINT64_C(1) << TR_PLACE_BITS) - 1)

/* Notes an event that is taken now: engine->seq, engine->event. Without a host that gives events
 * again nothing is kept. */
void tr_history_add(treaty_engine *engine, tr_account *account, const tr_lead *lead);

/* Makes `to` the lead of all events of the account that went to `from`; ordinals, 0: none. */
void tr_history_move(treaty_engine *engine, tr_account *account, uint32_t from, uint32_t to);

/* The account's event of that source and id, the newest; its SEQ, or 0. *again is borrowed until
 * the host is asked again. */
uint64_t tr_history_find(treaty_engine *engine, const tr_account *account, treaty_text source,
                         treaty_text id, const treaty_event **again);

/* Takes an event of the account out: as if it had never been. false: it was taken out before. */
bool tr_history_void(treaty_engine *engine, const tr_account *account, uint64_t seq);

/* Where an event lies that counts; false: there is none of that SEQ. */
bool tr_history_place(const treaty_engine *engine, uint64_t seq, tr_stamp *place);

/* Whether a buyer's event that counts went to the lead. */
bool tr_history_has_buyer_event(const treaty_engine *engine, const tr_account *account,
                                uint32_t lead);

/* Puts the events of `gone` into the chain of `account`; its leads have got new ordinals, each
 * `more` higher. */
void tr_history_join(treaty_engine *engine, tr_account *account, tr_account *gone, uint32_t more);

/* Whether the present event, which the account's clock has passed, cannot be put in its place. */
bool tr_history_out_of_order(const treaty_engine *engine, const tr_account *account);

/* Builds the account anew. engine->fired is what the present event fires in its place. */
void tr_rebuild(tr_step_context *context);

#endif
