/* handover.c - offers of a lead to another party, from the offer to the answer.
 *
 *   offered --- 50% reminded --- 100% breached, escalated --- 200% returned
 *      |            |                  |
 *      '-- accepted or rejected: ends the offer; after the due instant it is late
 *
 * The giver stays owner until the other side accepts. Unanswered at 100 % is always recorded as
 * breached, before the steps at 100 %. What ends unanswered goes on in handover_ended.c. */
#include <assert.h>

#include "engine/step.h"

#define WHOLE INT64_C(1000000) /* 100 % in millionths */

/* ---- Time allowed ---------------------------------------------------------------------------- */

/* The instant at which so much of the time allowed has passed. Whole percentages of whole
 * milliseconds are exact; what is left of a millisecond is rounded up: a deadline is never early.
 */
static int64_t share_instant(const tr_clause_def *clause, int64_t offered_ms,
                             int64_t share_millionths) {
  if (clause->business_days) {
    return tr_calendar_add_business_days(clause->calendar, offered_ms,
                                         (uint32_t)(clause->within * (share_millionths / WHOLE)));
  }
  int64_t allowed_ms = (int64_t)(((__int128)clause->within * share_millionths + WHOLE - 1) / WHOLE);
  if (!clause->calendar) return offered_ms + allowed_ms;
  return tr_calendar_add_open_ms(clause->calendar, offered_ms, allowed_ms);
}

int64_t tr_offer_open_ms(const tr_clause_def *clause, int64_t from_ms, int64_t to_ms) {
  if (to_ms <= from_ms) return 0;
  return clause->calendar ? tr_calendar_open_between_ms(clause->calendar, from_ms, to_ms)
                          : to_ms - from_ms;
}

/* The next step, or the breach where that comes first. */
static void set_next(const tr_clause_def *clause, tr_offer *offer) {
  offer->next_ms = TR_NEVER;
  if (!clause->has_deadline) return;
  if (offer->next_step < clause->step_count) {
    offer->next_ms = share_instant(clause, offer->offered_ms,
                                   clause->steps[offer->next_step].percent_millionths);
  }
  if (!offer->breached && offer->due_ms < offer->next_ms) offer->next_ms = offer->due_ms;
}

/* ---- Decisions about it ---------------------------------------------------------------------- */

static treaty_decision *decide(tr_step_context *context, treaty_decision_kind kind,
                               const tr_lead *lead) {
  const treaty_program *program = context->engine->program;
  const tr_offer *offer = lead->offer;
  const tr_clause_def *clause = &program->agreements[lead->agreement].clauses[offer->clause];
  treaty_decision *decision = tr_decide(context, kind, lead, clause);
  decision->from = program->parties[clause->giver];
  decision->to = program->parties[clause->taker];
  decision->party = decision->to;
  decision->offered_ms = offer->offered_ms;
  decision->due_ms = offer->due_ms;
  return decision;
}

static void add_times(treaty_decision *decision, const tr_clause_def *clause, int64_t until_ms) {
  decision->wall_ms = until_ms > decision->offered_ms ? until_ms - decision->offered_ms : 0;
  decision->open_ms = tr_offer_open_ms(clause, decision->offered_ms, until_ms);
}

static void end_answered(treaty_engine *engine, tr_lead *lead) {
  tr_pool_free(&engine->pool, lead->offer, sizeof *lead->offer);
  lead->offer = NULL;
}

void tr_offer_withdraw(tr_step_context *context, tr_lead *lead) {
  if (!lead->offer) return;
  decide(context, TREATY_HANDOVER_ENDED, lead);
  tr_offer_lapse(context->engine, lead);
}

void tr_offer_make(tr_step_context *context, tr_lead *lead, uint32_t clause_index,
                   const tr_trace *trace) {
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause = &engine->program->agreements[lead->agreement].clauses[clause_index];
  assert(!lead->offer);
  if (clause->at_once && tr_refuses_entry(context, lead, clause->accepted_to, clause)) return;
  lead->offer = tr_pool_alloc(&engine->pool, sizeof *lead->offer);
  *lead->offer =
      (tr_offer){.clause = clause_index, .offered_ms = engine->clock_ms, .due_ms = TR_NEVER};
  if (clause->has_deadline) lead->offer->due_ms = share_instant(clause, engine->clock_ms, WHOLE);
  set_next(clause, lead->offer);
  treaty_decision *offered = decide(context, TREATY_HANDOVER_OFFERED, lead);
  tr_decide_because(offered, trace);
  lead->offer->seq = offered->seq;
  lead->offer->n = offered->n;
  if (!clause->at_once) return;
  treaty_decision *accepted = decide(context, TREATY_HANDOVER_ACCEPTED, lead);
  accepted->answered_ms = engine->clock_ms;
  accepted->at_once = true;
  end_answered(engine, lead);
  tr_enter_stage(context, lead, clause->accepted_to, clause, NULL);
}

/* ---- Answers --------------------------------------------------------------------------------- */

static void answer(tr_step_context *context, tr_lead *lead, treaty_decision_kind kind,
                   const char *reason) {
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause =
      &engine->program->agreements[lead->agreement].clauses[lead->offer->clause];
  treaty_decision *decision = decide(context, kind, lead);
  decision->answered_ms = engine->event_ms;
  decision->late = engine->event_ms > lead->offer->due_ms;
  decision->reason = reason;
  tr_reason_keep(engine, lead, reason);
  add_times(decision, clause, engine->event_ms);
  end_answered(engine, lead);
}

static bool take_answer(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  bool *spent = tr_happens(context, lead, clause->accepted_by);
  if (spent) {
    *spent = true;
    if (tr_refuses_entry(context, lead, clause->accepted_to, clause)) return false;
    answer(context, lead, TREATY_HANDOVER_ACCEPTED, NULL);
    return tr_enter_stage(context, lead, clause->accepted_to, clause, NULL);
  }
  spent = tr_happens(context, lead, clause->rejected_by);
  if (!spent) return false;
  *spent = true;
  if (tr_refuses_entry(context, lead, clause->rejected_to, clause)) return false;
  const char *reason = tr_reason_of(engine, clause->rejected_reason, clause->rejected_reason_field);
  answer(context, lead, TREATY_HANDOVER_REJECTED, reason);
  return tr_enter_stage(context, lead, clause->rejected_to, clause, reason);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static bool do_step(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                    const tr_step_def *step) {
  static const treaty_decision_kind kinds[] = {[STEP_REMIND] = TREATY_HANDOVER_REMINDED,
                                               [STEP_ESCALATE] = TREATY_HANDOVER_ESCALATED,
                                               [STEP_RETURN] = TREATY_HANDOVER_RETURNED,
                                               [STEP_TELL] = TREATY_HANDOVER_TOLD};
  if (step->kind == STEP_RETURN && tr_refuses_entry(context, lead, step->stage, clause))
    return false;
  treaty_decision *decision = decide(context, kinds[step->kind], lead);
  decision->percent_millionths = step->percent_millionths;
  decision->address = step->address;
  decision->say = step->say;
  if (step->kind != STEP_RETURN) {
    decision->party = step->who;
    return false;
  }
  decision->reason = step->reason;
  decision->to = context->engine->program->stages[step->stage].name;
  add_times(decision, clause, context->engine->clock_ms);
  tr_offer_lapse(context->engine, lead);
  return tr_enter_stage(context, lead, step->stage, clause, step->reason);
}

static void breach(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  treaty_decision *decision = decide(context, TREATY_HANDOVER_BREACHED, lead);
  add_times(decision, clause, context->engine->clock_ms);
  lead->offer->breached = true;
}

static bool do_due(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  while (lead->offer && tr_is_due(context, lead->offer->next_ms)) {
    tr_offer *offer = lead->offer;
    bool before_breach = offer->next_step < clause->step_count &&
                         clause->steps[offer->next_step].percent_millionths < WHOLE;
    if (!offer->breached && !before_breach) {
      breach(context, lead, clause);
      set_next(clause, offer);
      continue;
    }
    const tr_step_def *step = &clause->steps[offer->next_step++];
    set_next(clause, offer);
    if (do_step(context, lead, clause, step)) return true;
  }
  return false;
}

bool tr_offer_step(tr_step_context *context, tr_lead *lead) {
  const tr_clause_def *clause =
      &context->engine->program->agreements[lead->agreement].clauses[lead->offer->clause];
  uint16_t stage = lead->stage;
  int64_t since_ms = lead->stage_since_ms;
  bool left = take_answer(context, lead, clause) || (lead->offer && do_due(context, lead, clause));
  if (lead->offer) tr_hold_until(lead, lead->offer->next_ms);
  return left || lead->stage != stage || lead->stage_since_ms != since_ms;
}
