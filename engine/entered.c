/* entered.c - see entered.h. */
#include "engine/entered.h"

#include <stdlib.h>

#include "engine/history.h"
#include "engine/score.h"

/* ---- Which there are ------------------------------------------------------------------------- */

static bool same_place(tr_stamp a, tr_stamp b) { return a.time_ms == b.time_ms && a.seq == b.seq; }

bool tr_entered_before(const tr_entered *entered, tr_stamp event) {
  return tr_stamp_before(entered->at, event) ||
         (entered->by == ENTERED_BEFORE_EVENT && same_place(entered->at, event));
}

static int in_order(const void *a, const void *b) {
  const tr_entered *one = a, *other = b;
  if (!same_place(one->at, other->at)) return tr_stamp_before(one->at, other->at) ? -1 : 1;
  if (one->by != other->by) return one->by < other->by ? -1 : 1;
  if (one->stay->look != other->stay->look) return one->stay->look < other->stay->look ? -1 : 1;
  if (one->lead != other->lead) return one->lead->ordinal < other->lead->ordinal ? -1 : 1;
  return (one->stay > other->stay) - (one->stay < other->stay);
}

/* Of one lead, from the latest back. */
static void add_entries(treaty_engine *engine, tr_lead *lead, tr_stamp event, tr_entries *entries) {
  uint32_t count;
  const tr_stay *stays = tr_lead_stays(lead, &count);
  tr_stamp opening;
  bool opens = count > 0 && tr_history_place(engine, stays[0].seq, &opening);
  for (uint32_t i = count; i-- > 0;) {
    tr_entered entered = {.at = {.time_ms = stays[i].entered_ms, .seq = stays[i].seq},
                          .by = stays[i].by_time ? ENTERED_BY_TIME : ENTERED_BY_EVENT,
                          .lead = lead,
                          .stay = &stays[i],
                          .opens = opens && i == 0};
    if (tr_stamp_before(entered.at, event)) break;
    TR_PUSH(&engine->step, entries, entered);
  }
  tr_entered before = {.at = opening, .lead = lead, .stay = stays, .opens = true};
  if (opens && tr_stamp_before(event, opening)) TR_PUSH(&engine->step, entries, before);
}

tr_entries tr_entries_behind(treaty_engine *engine, const tr_account *account, tr_stamp event) {
  tr_entries entries = {0};
  for (tr_lead *lead = account->leads; lead; lead = lead->next)
    add_entries(engine, lead, event, &entries);
  if (entries.count) qsort(entries.items, entries.count, sizeof *entries.items, in_order);
  return entries;
}

/* ---- Entering -------------------------------------------------------------------------------- */

/* What the event that led there has added is gone; what the opening event adds is not. */
static void reset(tr_step_context *context, const tr_entered *entered) {
  uint64_t seq = entered->at.seq;
  bool before = entered->by == ENTERED_BEFORE_EVENT;
  tr_stamp at = {.time_ms = entered->at.time_ms,
                 .seq = before                           ? tr_order_of_event(seq)
                        : entered->by == ENTERED_BY_TIME ? tr_order_behind_time(seq)
                                                         : tr_order_behind_event(seq)};
  if (before || !entered->opens)
    tr_scores_enter(context->engine, context->account, entered->lead, entered->stay->stage, at);
}

static bool came_at_once(const tr_entered *one, const tr_entered *other) {
  return same_place(one->at, other->at) && one->by == other->by &&
         one->stay->look == other->stay->look;
}

uint32_t tr_enter_again(tr_step_context *context, const tr_entered *first, uint32_t count) {
  treaty_engine *engine = context->engine;
  uint32_t done = 0;
  engine->clock_ms = first->at.time_ms;
  engine->seq = first->at.seq;
  do {
    if (engine->program->resets_on_entering) reset(context, &first[done]);
    done++;
  } while (done < count && came_at_once(first, &first[done]));
  if (first->by == ENTERED_BEFORE_EVENT || !engine->program->watches_leads) return done;
  if (engine->program->observes_stages) tr_stays_with(context->account, first[done - 1].stay);
  context->by_time = first->by == ENTERED_BY_TIME;
  if (first->stay == first->lead->stays)
    tr_signals_of_opening(context);
  else
    tr_signals_of_stages(context);
  context->by_time = false;
  return done;
}
