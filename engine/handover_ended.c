/* handover_ended.c - answers to offers that have ended unanswered.
 *
 *   offered ------- due ------ ended (returned, or the lead left) ------ answered
 *      '-- answered -'                                                 told here
 *
 * What was decided stays decided. But who answered in time and was reported late has kept the
 * agreement, and who answered later has answered: both are on record. A lead keeps its last ended
 * offer for that, until an answer to it is noted or another one ends. */
#include <assert.h>

#include "engine/crowd.h"
#include "engine/deadline.h"

static const tr_clause_def *clause_of(const treaty_engine *engine, uint32_t agreement,
                                      uint32_t clause) {
  return &engine->program->agreements[agreement].clauses[clause];
}

void tr_offer_lapse(treaty_engine *engine, tr_lead *lead) {
  tr_offer *offer = lead->offer;
  assert(offer);
  const tr_terms_def *terms = &clause_of(engine, lead->agreement, offer->clause)->terms;
  int64_t due_ms = tr_deadline_due(&offer->clock);
  tr_deadline_stop(engine, terms, &offer->clock);
  if (lead->ended)
    tr_rarely_free(engine, lead->ended->rarely);
  else
    lead->ended = tr_pool_alloc(&engine->pool, sizeof *lead->ended);
  *lead->ended = (tr_ended_offer){.seq = offer->seq,
                                  .n = offer->n,
                                  .agreement = lead->agreement,
                                  .clause = offer->clause,
                                  .offered_ms = offer->clock.started_ms,
                                  .due_ms = due_ms,
                                  .rarely = offer->clock.rarely,
                                  .ended_ms = engine->clock_ms,
                                  .until_ms = TR_NEVER};
  tr_pool_free(&engine->pool, offer, sizeof *offer);
  lead->offer = NULL;
}

/* ---- Which offer ----------------------------------------------------------------------------- */

/* Nothing happens to a closed lead; the event is what it is. */
static bool hears(tr_step_context *context, const tr_lead *lead, uint32_t signal) {
  return lead->closed ? tr_fired(context->engine, signal)
                      : tr_happens(context, lead, signal) != NULL;
}

static bool is_answer(tr_step_context *context, const tr_lead *lead, const tr_clause_def *clause) {
  return hears(context, lead, clause->accepted_by) || hears(context, lead, clause->rejected_by);
}

static bool answers_ended(tr_step_context *context, const tr_lead *lead) {
  const tr_ended_offer *ended = lead->ended;
  return ended && context->engine->event_ms < ended->until_ms &&
         is_answer(context, lead, clause_of(context->engine, ended->agreement, ended->clause));
}

/* Whether the event goes to the offer that is open now. What comes from then on is no answer to the
 * one before. */
static bool answers_open(tr_step_context *context, const tr_lead *lead) {
  const tr_offer *offer = lead->offer;
  if (!offer ||
      !is_answer(context, lead, clause_of(context->engine, lead->agreement, offer->clause)))
    return false;
  int64_t offered_ms = offer->clock.started_ms;
  if (offered_ms < lead->ended->until_ms) lead->ended->until_ms = offered_ms;
  return true;
}

static tr_lead *later_ended(tr_step_context *context, tr_lead *best, tr_lead *lead) {
  if (!lead->closed || !answers_ended(context, lead)) return best;
  return best && best->ended->ended_ms > lead->ended->ended_ms ? best : lead;
}

/* An event that found no open lead: of the leads opened last, the one whose offer ended last. */
static tr_lead *find_closed(tr_step_context *context) {
  const tr_account *account = context->account;
  const tr_crowd *crowd = account->crowd;
  tr_lead *best = NULL;
  if (crowd) {
    for (uint32_t i = crowd->count - TR_FEW; i < crowd->count; i++)
      best = later_ended(context, best, crowd->leads[i].lead);
    return best;
  }
  for (tr_lead *lead = account->leads; lead; lead = lead->next)
    best = later_ended(context, best, lead);
  return best;
}

static tr_lead *lead_meant(tr_step_context *context) {
  const treaty_event *event = context->engine->event;
  const tr_event_def *def = &context->engine->program->events[event->type->index];
  if (context->bound) return context->bound;
  if (context->closed) return context->closed;
  bool names_one = event->lead.bytes || def->bind[ENTITY_LEAD].value.count > 0;
  return names_one || !def->for_lead ? NULL : find_closed(context);
}

/* ---- The note -------------------------------------------------------------------------------- */

static void note(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  const tr_ended_offer *ended = lead->ended;
  const tr_agreement_def *agreement = &program->agreements[ended->agreement];
  const tr_clause_def *clause = &agreement->clauses[ended->clause];
  treaty_decision *noted = tr_decide(context, TREATY_HANDOVER_ANSWER_NOTED, lead, clause);
  noted->agreement = agreement->name; /* the lead's own may be another by now */
  noted->version = agreement->version;
  noted->from = program->parties[clause->giver];
  noted->to = noted->party = program->parties[clause->taker];
  noted->accepts = hears(context, lead, clause->accepted_by);
  if (!noted->accepts)
    noted->reason = tr_reason_of(engine, clause->rejected_reason, clause->rejected_reason_field);
  noted->offer_seq = ended->seq;
  noted->offer_n = ended->n;
  noted->ended_ms = ended->ended_ms;
  noted->answered_ms = engine->event_ms;
  noted->late = engine->event_ms > ended->due_ms;
  tr_deadline clock = {
      .started_ms = ended->offered_ms, .due_ms = ended->due_ms, .rarely = ended->rarely};
  tr_deadline_tell(&clock, noted);
  tr_deadline_tell_times(&clause->terms, &clock, engine->event_ms, noted);
}

void tr_offer_note_answer(tr_step_context *context) {
  tr_lead *lead = lead_meant(context);
  if (!lead || !lead->ended || answers_open(context, lead) || !answers_ended(context, lead)) return;
  note(context, lead);
  tr_rarely_free(context->engine, lead->ended->rarely);
  tr_pool_free(&context->engine->pool, lead->ended, sizeof *lead->ended);
  lead->ended = NULL;
}
