/* held.c - which leads each of the people has, and which nobody can have: those alone are looked at
 * when somebody comes or goes.
 *
 *     jo    -> lead 7, lead 3            a lead knows where it stands in its list; the last of the
 *     mia   -> lead 12                   list takes the place of one that is taken out
 *     none  -> lead 5, lead 9 */
#include "engine/crowd.h"
#include "engine/people.h"

static tr_held *list_of(treaty_engine *engine, const tr_lead *lead) {
  return lead->rep != TR_NO_REP ? &engine->reps[lead->rep].held : &engine->unassigned;
}

static void settle(treaty_engine *engine, const tr_lead *lead) {
  if (lead->rep != TR_NO_REP) tr_queues_settle(engine, lead->rep);
}

void tr_held_add(treaty_engine *engine, tr_account *account, tr_lead *lead) {
  tr_held *list = list_of(engine, lead);
  if (list->count == list->room) {
    uint32_t room = list->room ? 2 * list->room : 4;
    list->items = tr_memory_grow(&engine->memory, list->items, list->room * sizeof *list->items,
                                 room * sizeof *list->items);
    list->room = room;
  }
  list->items[list->count++] = (tr_held_lead){.lead = lead, .account = account};
  lead->held_at = list->count;
  settle(engine, lead);
}

void tr_held_remove(treaty_engine *engine, tr_lead *lead) {
  if (lead->held_at == 0) return;
  tr_held *list = list_of(engine, lead);
  tr_held_lead last = list->items[--list->count];
  list->items[lead->held_at - 1] = last;
  last.lead->held_at = lead->held_at;
  lead->held_at = 0;
  settle(engine, lead);
}

/* At this instant. */
static void look_at(treaty_engine *engine, const tr_held *list) {
  for (uint32_t i = 0; i < list->count; i++) {
    tr_lead *lead = list->items[i].lead;
    tr_account *account = list->items[i].account;
    while (account->merged_into) account = account->merged_into;
    lead->until_ms = engine->clock_ms;
    if (account->crowd) tr_crowd_settle(account->crowd, lead);
    tr_step_wake(engine, account);
  }
}

void tr_held_look(treaty_engine *engine, uint32_t rep) {
  look_at(engine, &engine->reps[rep].held);
  look_at(engine, &engine->unassigned);
}
