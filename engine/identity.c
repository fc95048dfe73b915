/* identity.c - the events of std/events: who is who, and what never was.
 *
 * Facts, counts and scores become those of the events as they are seen now: the account is built
 * anew (history.h). What has been decided stays; leads stay apart unless they are named.
 *
 *     identity.merged   kept <- persons, leads, events of gone; the name of gone leads to kept
 *     leads.joined      kept <- members, events of gone; of two clocks of one offer the earlier
 *     event.voided      one event less; a lead that has none of the buyer left is closed */
#include <string.h>

#include "engine/history.h"
#include "engine/people.h"
#include "engine/quota.h"

/* Both payload fields of these events, in their order. */
enum { KEPT, GONE, SOURCE = 0, ID };

static treaty_text said(const treaty_engine *engine, uint32_t field) {
  const treaty_value *value = &engine->event->values[field];
  return value->present ? value->text : (treaty_text){0};
}

void tr_identity_kept(const treaty_engine *engine, const char **id, size_t *length) {
  treaty_text kept = said(engine, KEPT);
  if (kept.length == 0) return;
  *id = kept.bytes;
  *length = kept.length;
}

static const char *printed(treaty_engine *engine, treaty_text text) {
  return tr_arena_copy(&engine->step, text.bytes, text.length);
}

/* There is nothing that it could be about. */
static void note_nothing(tr_step_context *context, const char *why) {
  treaty_decision *decision = tr_decide(context, TREATY_EVENT_UNBOUND, NULL, NULL);
  decision->name = context->engine->event->type->name;
  decision->reason = why;
}

/* ---- Two accounts ---------------------------------------------------------------------------- */

static void note_adopted(tr_step_context *context, const tr_lead *lead, const char *from,
                         const char *before) {
  treaty_decision *decision = tr_decide(context, TREATY_LEAD_ADOPTED, lead, NULL);
  decision->from = from;
  decision->to = printed(context->engine, tr_id_text(context->account->id));
  decision->name = before;
}

/* A lead keeps its id unless the account has one of this id already. */
static void adopt_leads(tr_step_context *context, tr_account *gone, const char *from) {
  treaty_engine *engine = context->engine;
  tr_lead *lead = gone->leads;
  while (lead) {
    tr_lead *next = lead->next;
    const char *before = printed(engine, tr_id_text(lead->id));
    tr_lead_adopt(engine, context->account, lead, from);
    note_adopted(context, lead, from, before);
    lead = next;
  }
}

static void merge_accounts(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  tr_account *kept = context->account;
  treaty_text kept_id = said(engine, KEPT), gone_id = said(engine, GONE);
  if (kept_id.length == 0 || gone_id.length == 0) {
    note_nothing(context, "it does not say which account is kept and which is gone");
    return;
  }
  tr_account *gone = tr_account_make(engine, gone_id.bytes, gone_id.length);
  engine->pool.nest = &kept->nest;
  if (gone == kept) {
    note_nothing(context, "both names are of one account");
    return;
  }
  const char *from = printed(engine, gone_id);
  treaty_decision *decision = tr_decide(context, TREATY_ACCOUNT_MERGED, NULL, NULL);
  decision->from = from;
  decision->to = printed(engine, tr_id_text(kept->id));
  tr_history_join(engine, kept, gone, kept->lead_count);
  tr_contacts_join(engine, kept, gone);
  adopt_leads(context, gone, from);
  tr_account_leave(engine, gone, kept);
  tr_rebuild(context);
}

/* ---- Two leads ------------------------------------------------------------------------------- */

static tr_lead *open_lead_of(const tr_account *account, treaty_text id) {
  tr_lead *lead = id.length ? tr_lead_meant(account, id.bytes, id.length) : NULL;
  return lead && !lead->closed ? lead : NULL;
}

/* A clock that runs goes on: that of the earlier offer, and of the longer stay. */
static void keep_earlier_clock(treaty_engine *engine, tr_lead *kept, tr_lead *gone) {
  kept->until_ms = INT64_MIN; /* everything is looked at again */
  if (gone->opened_ms < kept->opened_ms) {
    kept->opened_ms = gone->opened_ms;
    kept->opened_seq = gone->opened_seq;
  }
  if (gone->agreement != kept->agreement || gone->stage != kept->stage) return;
  if (gone->stage_since_ms < kept->stage_since_ms) kept->stage_since_ms = gone->stage_since_ms;
  if (kept->offer && gone->offer && kept->offer->clause == gone->offer->clause &&
      gone->offer->clock.started_ms < kept->offer->clock.started_ms) {
    tr_offer later = *kept->offer;
    *kept->offer = *gone->offer;
    *gone->offer = later;
  }
  tr_duties_join(engine, kept, gone);
}

static void join_leads(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  tr_account *account = context->account;
  tr_lead *kept = open_lead_of(account, said(engine, KEPT)),
          *gone = open_lead_of(account, said(engine, GONE));
  if (!kept || !gone || kept == gone) {
    note_nothing(context, "it does not name two open leads of the account");
    return;
  }
  tr_decide(context, TREATY_LEAD_JOINED, kept, NULL)->from = printed(engine, tr_id_text(gone->id));
  for (uint32_t i = 0; i < gone->member_count; i++)
    tr_member_make(engine, account, kept, gone->members[i].person);
  keep_earlier_clock(engine, kept, gone);
  tr_history_move(engine, account, gone->ordinal, kept->ordinal);
  tr_close_lead(context, gone, NULL, "joined");
  tr_lead_aside(engine, gone)->joined_into = kept;
  tr_lead_heard(account, kept, gone->last_event_ms);
  tr_rebuild(context);
}

/* ---- An event that never was ----------------------------------------------------------------- */

static void close_empty_leads(tr_step_context *context) {
  for (tr_lead *lead = context->account->leads; lead; lead = lead->next) {
    if (!lead->closed &&
        !tr_history_has_buyer_event(context->engine, context->account, lead->ordinal))
      tr_close_lead(context, lead, NULL, "voided");
  }
}

static void void_event(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  treaty_text source = said(engine, SOURCE), id = said(engine, ID);
  const treaty_event *event = NULL;
  uint64_t seq =
      source.bytes && id.bytes ? tr_history_find(engine, context->account, source, id, &event) : 0;
  if (!seq || seq == engine->seq) {
    note_nothing(context, "the account has no event of this source and id");
    return;
  }
  const char *type = event->type->name;
  if (engine->program->events[event->type->index].control != CONTROL_NONE) {
    note_nothing(context, "what is said about events and identities is not taken back");
    return;
  }
  if (!tr_history_void(engine, context->account, seq)) {
    note_nothing(context, "the event has been taken back before");
    return;
  }
  treaty_decision *decision = tr_decide(context, TREATY_EVENT_VOIDED, NULL, NULL);
  decision->name = type;
  decision->about_source = source;
  decision->about_id = id;
  for (tr_lead *lead = context->account->leads; lead; lead = lead->next) tr_duties_void(lead, seq);
  tr_quotas_void(engine, seq);
  tr_rebuild(context);
  close_empty_leads(context);
}

void tr_identity_step(tr_step_context *context) {
  switch (context->engine->program->events[context->engine->event->type->index].control) {
    case CONTROL_NONE: break;
    case CONTROL_MERGED: merge_accounts(context); break;
    case CONTROL_JOINED: join_leads(context); break;
    case CONTROL_VOIDED: void_event(context); break;
    case CONTROL_MOVED:
    case CONTROL_HELD:
    case CONTROL_RELEASED:
    case CONTROL_OFFERED:
    case CONTROL_PASSED: tr_power_step(context); break;
    case CONTROL_TAKEN: tr_people_take(context); break;
    case CONTROL_REP_JOINED:
    case CONTROL_REP_ABSENT:
    case CONTROL_REP_LEFT: break; /* of no account */
  }
}
