/* override.c - `P may override hand MQL to sales`: somebody decides that a lead is offered to
 * another party on the terms of the clause that hands it over, though its condition does not hold.
 *
 * Such an offer is held against `withdrawn when` until its end: that mostly asks the opposite of
 * the condition that was overridden. An offer that is open was promised to somebody, and stays. */
#include "engine/power.h"

/* The payload fields of the event, in their order. */
enum { PARTY, TO, REASON };

static bool fits(const tr_asked *asked, const tr_power_def *power) {
  return power->kind == POWER_OFFER && power->taker == asked->taker &&
         tr_power_leads_from(power, asked->lead->stage);
}

static void refuse_offer(const tr_asked *asked) {
  const treaty_program *program = asked->context->engine->program;
  const char *party = program->parties[asked->party],
             *from = program->stages[asked->lead->stage].name;
  const char *what = TR_ASKED_PRINT(asked, "no clause of \"%s\" lets %s offer a lead at %s to %s",
                                    asked->agreement->name, party, from, asked->to);
  const char *would =
      TR_ASKED_PRINT(asked, "%s may override hand %s to %s with reason", party, from, asked->to);
  const tr_power_def *nearest = tr_power_of_any(asked, POWER_OFFER);
  tr_power_refuse(asked, "no_power", tr_power_with_nearest(asked, what, nearest, would), NULL);
}

static bool is_offered(const tr_asked *asked) {
  const tr_offer *offer = asked->lead->offer;
  if (!offer) return false;
  const treaty_program *program = asked->context->engine->program;
  const char *taker = program->parties[asked->agreement->clauses[offer->clause].taker];
  tr_power_refuse(asked, "offered_already",
                  TR_ASKED_PRINT(asked, "it is offered to %s, who has not answered", taker), NULL);
  return true;
}

/* The checker has seen to it that there is one. */
static uint32_t hand_of(const tr_asked *asked) {
  const tr_stage_clauses *clauses = &asked->agreement->by_stage[asked->lead->stage];
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause_def *clause = &asked->agreement->clauses[clauses->clauses[i]];
    if (clause->act == ACT_OFFER && clause->taker == asked->taker) return clauses->clauses[i];
  }
  return TR_NONE;
}

static void offer(const tr_asked *asked, const tr_allowed *allowed) {
  tr_step_context *context = asked->context;
  const treaty_program *program = context->engine->program;
  treaty_decision *decision =
      tr_decide(context, TREATY_LEAD_OFFERED, asked->lead, &allowed->power->act);
  decision->from = program->parties[program->stages[asked->lead->stage].owner];
  decision->to = program->parties[asked->taker];
  decision->party = program->parties[asked->party];
  decision->reason = asked->reason;
  tr_decide_actor(context->engine, decision);
  tr_decide_because(decision, allowed->trace);
  tr_offer_make(context, asked->lead, hand_of(asked), NULL);
  if (asked->lead->offer) asked->lead->offer->by_hand = true;
}

void tr_override_ask(tr_asked *asked) {
  treaty_engine *engine = asked->context->engine;
  asked->to = tr_power_said(engine, TO);
  asked->reason = tr_power_said(engine, REASON);
  asked->taker = asked->to ? tr_power_party(engine->program, asked->to) : TR_NONE;
  if (asked->taker == TR_NONE) {
    tr_power_refuse(asked, "unknown_party", "it names no party that is to be offered the lead",
                    NULL);
    return;
  }
  tr_allowed allowed;
  if (!tr_power_allows(asked, fits, &allowed))
    refuse_offer(asked);
  else if (allowed.power && !tr_power_lacks_reason(asked, NULL, allowed.power) &&
           !is_offered(asked))
    offer(asked, &allowed);
}
