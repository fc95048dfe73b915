/* handover.c - offers of a lead to another party, from the offer to the answer.
 *
 *   offered --- 50% reminded --- 100% breached, escalated --- 200% returned
 *      |            |                  |
 *      '-- accepted or rejected: ends the offer; after the due instant it is late
 *
 * The giver stays owner until the other side accepts. Unanswered at 100 % is always recorded as
 * breached, before the steps at 100 %. What ends unanswered goes on in handover_ended.c. */
#include <assert.h>

#include "engine/deadline.h"

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
  tr_deadline_tell(&offer->clock, decision);
  return decision;
}

/* Duties may run from it. */
static void note_accepted(tr_step_context *context, const tr_lead *lead,
                          const tr_clause_def *clause) {
  tr_begun accepted = {.lead = lead, .clause = clause};
  TR_PUSH(&context->engine->step, &context->accepted, accepted);
}

static void end_answered(treaty_engine *engine, tr_lead *lead) {
  tr_rarely_free(engine, lead->offer->clock.rarely);
  tr_pool_free(&engine->pool, lead->offer, sizeof *lead->offer);
  lead->offer = NULL;
}

static void breach(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  treaty_decision *decision = decide(context, TREATY_HANDOVER_BREACHED, lead);
  tr_deadline_tell_times(&clause->terms, &lead->offer->clock, context->engine->clock_ms, decision);
}

/* One that falls due at that instant is breached all the same. */
void tr_offer_withdraw(tr_step_context *context, tr_lead *lead) {
  if (!lead->offer) return;
  const treaty_engine *engine = context->engine;
  const tr_clause_def *clause =
      &engine->program->agreements[lead->agreement].clauses[lead->offer->clause];
  if (tr_deadline_is_missed(context, &lead->offer->clock)) breach(context, lead, clause);
  decide(context, TREATY_HANDOVER_ENDED, lead);
  tr_offer_lapse(context->engine, lead);
}

/* ---- The clock ------------------------------------------------------------------------------- */

static void look_at_clock(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                          bool all, bool sent_back) {
  tr_deadline *clock = &lead->offer->clock;
  tr_trace trace = {0};
  tr_pause pause = tr_deadline_look(context, lead, &clause->terms, clock, all, &trace);
  if (pause == PAUSE_SAME && !sent_back) return;
  treaty_decision_kind kind = sent_back               ? TREATY_HANDOVER_SENT_BACK
                              : pause == PAUSE_BEGINS ? TREATY_CLOCK_PAUSED
                                                      : TREATY_CLOCK_RESUMED;
  treaty_decision *decision = decide(context, kind, lead);
  tr_deadline_tell_times(&clause->terms, clock, context->engine->clock_ms, decision);
  tr_decide_because(decision, &trace);
  if (kind != TREATY_CLOCK_RESUMED) tr_decide_by(context->engine, decision);
}

/* ---- The offer ------------------------------------------------------------------------------- */

void tr_offer_make(tr_step_context *context, tr_lead *lead, uint32_t clause_index,
                   const tr_trace *trace) {
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause = &engine->program->agreements[lead->agreement].clauses[clause_index];
  assert(!lead->offer);
  if (clause->at_once && tr_refuses_entry(context, lead, clause->accepted_to, clause)) return;
  lead->offer = tr_pool_alloc(&engine->pool, sizeof *lead->offer);
  *lead->offer = (tr_offer){.clause = clause_index, .made = engine->step_number};
  tr_deadline_start(context, lead, &clause->terms, &lead->offer->clock);
  treaty_decision *offered = decide(context, TREATY_HANDOVER_OFFERED, lead);
  tr_decide_because(offered, trace);
  lead->offer->seq = offered->seq;
  lead->offer->n = offered->n;
  if (!clause->at_once) {
    look_at_clock(context, lead, clause, true, false); /* it may stand still from the start */
    return;
  }
  treaty_decision *accepted = decide(context, TREATY_HANDOVER_ACCEPTED, lead);
  accepted->answered_ms = engine->clock_ms;
  accepted->at_once = true;
  end_answered(engine, lead);
  note_accepted(context, lead, clause);
  tr_enter_stage(context, lead, clause->accepted_to, clause, NULL);
}

/* Ends the lead's offer and makes this one in its place. */
static void offer_instead(tr_step_context *context, tr_lead *lead, uint32_t clause_index) {
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause = &engine->program->agreements[lead->agreement].clauses[clause_index];
  if (lead->offer) {
    decide(context, TREATY_HANDOVER_ENDED, lead)->name = engine->program->parties[clause->taker];
    tr_offer_lapse(engine, lead);
  }
  tr_offer_make(context, lead, clause_index, NULL);
}

/* ---- Answers --------------------------------------------------------------------------------- */

static void answer(tr_step_context *context, tr_lead *lead, treaty_decision_kind kind,
                   const char *reason) {
  treaty_engine *engine = context->engine;
  const tr_clause_def *clause =
      &engine->program->agreements[lead->agreement].clauses[lead->offer->clause];
  treaty_decision *decision = decide(context, kind, lead);
  decision->answered_ms = engine->event_ms;
  decision->late = tr_deadline_is_late(&lead->offer->clock, engine->event_ms);
  decision->reason = reason;
  tr_reason_keep(engine, lead, reason);
  tr_deadline_tell_times(&clause->terms, &lead->offer->clock, engine->event_ms, decision);
  end_answered(engine, lead);
}

static bool take_answer(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  bool *spent = tr_happens(context, lead, clause->accepted_by);
  if (spent) {
    *spent = true;
    if (tr_refuses_entry(context, lead, clause->accepted_to, clause)) return false;
    answer(context, lead, TREATY_HANDOVER_ACCEPTED, NULL);
    note_accepted(context, lead, clause);
    return tr_enter_stage(context, lead, clause->accepted_to, clause, NULL);
  }
  spent = tr_happens(context, lead, clause->rejected_by);
  if (!spent) return false;
  *spent = true;
  if (tr_refuses_entry(context, lead, clause->rejected_to, clause)) return false;
  const char *reason = tr_reason_of(engine, clause->rejected_reason, clause->rejected_reason_field);
  uint32_t hand = lead->offer->clause;
  answer(context, lead, TREATY_HANDOVER_REJECTED, reason);
  bool entered = tr_enter_stage(context, lead, clause->rejected_to, clause, reason);
  if (entered && clause->recycle_to != TR_NONE) tr_duties_recycle(context, lead, hand);
  return entered;
}

/* The taker sends it back with a question, until the giver has answered that. */
static bool take_question(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  tr_deadline *clock = &lead->offer->clock;
  bool *spent = clock->sent_back ? tr_happens(context, lead, clause->sent_until)
                                 : tr_happens(context, lead, clause->sent_back_by);
  if (!spent) return false;
  *spent = true;
  clock->sent_back = !clock->sent_back;
  return clock->sent_back;
}

/* ---- Withdrawal ------------------------------------------------------------------------------ */

bool tr_offer_is_withdrawn(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                           tr_trace *trace) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = trace};
  if (!clause->withdrawn.count) return false;
  treaty_truth withdrawn =
      tr_evaluate_truth(&eval, &clause->withdrawn, tr_lead_view(context, lead));
  tr_hold_until(lead, eval.until_ms);
  return withdrawn == TREATY_TRUE;
}

static void withdraw_if(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                        bool all) {
  tr_trace trace = {0};
  if (lead->offer->by_hand) return;
  if (!all && !tr_touches(context->engine, clause->withdrawn_inputs)) return;
  if (!tr_offer_is_withdrawn(context, lead, clause, &trace)) return;
  treaty_decision *withdrawn = decide(context, TREATY_HANDOVER_WITHDRAWN, lead);
  tr_deadline_tell_times(&clause->terms, &lead->offer->clock, context->engine->clock_ms, withdrawn);
  tr_decide_because(withdrawn, &trace);
  tr_offer_lapse(context->engine, lead);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

/* What would be taken back at once is not offered: the present offer stays open. */
static bool cannot_offer(tr_step_context *context, tr_lead *lead, const tr_step_def *step) {
  const treaty_program *program = context->engine->program;
  const tr_clause_def *clause = &program->agreements[lead->agreement].clauses[step->hand];
  tr_trace trace = {0};
  if (!tr_offer_is_withdrawn(context, lead, clause, &trace))
    return clause->at_once && tr_refuses_entry(context, lead, clause->accepted_to, clause);
  treaty_decision *decision = tr_decide(context, TREATY_HANDOVER_NOT_OFFERED, lead, clause);
  decision->from = program->parties[clause->giver];
  decision->to = decision->party = program->parties[clause->taker];
  decision->percent_millionths = step->percent_millionths;
  tr_decide_because(decision, &trace);
  return true;
}

static bool offer_on(tr_step_context *context, tr_lead *lead, uint32_t hand) {
  uint16_t stage = lead->stage;
  int64_t since_ms = lead->stage_since_ms;
  offer_instead(context, lead, hand);
  return lead->stage != stage || lead->stage_since_ms != since_ms;
}

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
  tr_deadline_tell_times(&clause->terms, &lead->offer->clock, context->engine->clock_ms, decision);
  tr_offer_lapse(context->engine, lead);
  return tr_enter_stage(context, lead, step->stage, clause, step->reason);
}

/* Steps may end the offer, or put another in its place. */
static bool do_due(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  const tr_step_def *step;
  while (lead->offer) {
    switch (tr_deadline_take(context, &clause->terms, &lead->offer->clock, &step)) {
      case DUE_NOTHING: return false;
      case DUE_BREACH: breach(context, lead, clause); break;
      case DUE_STEP:
        if (step->kind != STEP_OFFER) {
          if (do_step(context, lead, clause, step)) return true;
        } else if (!cannot_offer(context, lead, step)) {
          return offer_on(context, lead, step->hand);
        }
        break;
    }
  }
  return false;
}

bool tr_offer_step(tr_step_context *context, tr_lead *lead, bool all) {
  uint32_t index = lead->offer->clause;
  const tr_clause_def *clause =
      &context->engine->program->agreements[lead->agreement].clauses[index];
  uint16_t stage = lead->stage;
  int64_t since_ms = lead->stage_since_ms;
  bool is_new = lead->offer->made == context->engine->step_number;
  bool left = (!is_new && take_answer(context, lead, clause)) ||
              (lead->offer && do_due(context, lead, clause));
  if (lead->offer && lead->offer->clause == index) {
    withdraw_if(context, lead, clause, all);
    bool sent_back = lead->offer && !is_new && take_question(context, lead, clause);
    if (lead->offer) look_at_clock(context, lead, clause, all, sent_back);
  }
  if (lead->offer) tr_hold_until(lead, lead->offer->clock.next_ms);
  return left || lead->stage != stage || lead->stage_since_ms != since_ms;
}
