/* slow_offers.c - offers of a lead to another party: made, answered, sent back, withdrawn, past. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

/* A decision about the lead's offer. */
static treaty_decision *say(step *step, treaty_decision_kind kind, int lead) {
  const slow_offer *offer = &deal_of(step, lead)->offer;
  treaty_decision *said = slow_say(step, kind, lead, offer->clause);
  said->from = offer->clause->giver.text;
  said->to = said->party = offer->clause->taker.text;
  said->offered_ms = offer->clock.started_ms;
  said->due_ms = slow_clock_due(&offer->clock);
  return said;
}

static void say_with_times(step *step, treaty_decision_kind kind, int lead) {
  const slow_offer *offer = &deal_of(step, lead)->offer;
  treaty_decision *said = say(step, kind, lead);
  slow_clock_tell(&offer->clock, step->now_ms, said);
}

/* It ends unanswered: an answer to it may still come. */
static void lapse(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  deal->ended = deal->offer;
  deal->ended.due_ms = slow_clock_due(&deal->offer.clock);
  deal->ended.ended_ms = step->now_ms;
  deal->ended.until_ms = INT64_MAX;
  slow_clock_stop(&deal->ended.clock, step->now_ms);
  deal->offer = (slow_offer){0};
}

void slow_end_offer(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  if (!deal->offer.clause) return;
  if (slow_clock_is_missed(step, &deal->offer.clock))
    say_with_times(step, TREATY_HANDOVER_BREACHED, lead);
  say(step, TREATY_HANDOVER_ENDED, lead);
  lapse(step, lead);
}

/* Duties may run from it. */
static void note_accepted(step *step, int lead, const tr_clause *clause) {
  assert(step->accepted_count < NOTES_MAX);
  step->accepted[step->accepted_count++] = (slow_note){.lead = lead, .clause = clause};
}

/* ---- Made ------------------------------------------------------------------------------------ */

static void look_at_clock(step *step, int lead, bool sent_back) {
  slow_clock *clock = &deal_of(step, lead)->offer.clock;
  change change = slow_clock_look(step, lead, clock);
  if (sent_back)
    say_with_times(step, TREATY_HANDOVER_SENT_BACK, lead);
  else if (change != NO_CHANGE)
    say_with_times(step, change == STOOD_STILL ? TREATY_CLOCK_PAUSED : TREATY_CLOCK_RESUMED, lead);
}

void slow_make_offer(step *step, int lead, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  if (clause->at_once && !slow_lets_in(step, lead, clause->accepted_to.text, clause)) return;
  const tr_terms *terms = clause->responds ? &clause->terms : NULL;
  deal->offer = (slow_offer){.agreement = deal->agreement,
                             .clause = clause,
                             .made = step->number,
                             .clock = slow_clock_start(step, lead, terms)};
  say(step, TREATY_HANDOVER_OFFERED, lead);
  if (!clause->at_once) {
    look_at_clock(step, lead, false);
    return;
  }
  treaty_decision *accepted = say(step, TREATY_HANDOVER_ACCEPTED, lead);
  accepted->answered_ms = step->now_ms;
  accepted->at_once = true;
  deal->offer = (slow_offer){0};
  note_accepted(step, lead, clause);
  slow_go(step, lead, clause->accepted_to.text, clause);
}

/* ---- Answered -------------------------------------------------------------------------------- */

static void answer(step *step, int lead, treaty_decision_kind kind) {
  slow_deal *deal = deal_of(step, lead);
  treaty_decision *said = say(step, kind, lead);
  said->answered_ms = step->event->time_ms;
  said->late = said->answered_ms > said->due_ms;
  slow_clock_tell(&deal->offer.clock, said->answered_ms, said);
  deal->offer = (slow_offer){0};
}

static bool take_answer(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  const tr_clause *clause = deal->offer.clause;
  bool accepts = slow_happens(step, lead, clause->accepted_by.text),
       rejects = !accepts && slow_happens(step, lead, clause->rejected_by.text);
  if (!accepts && !rejects) return false;
  const char *to = accepts ? clause->accepted_to.text : clause->rejected_to.text;
  step->spent = true;
  if (!slow_lets_in(step, lead, to, clause)) return false;
  answer(step, lead, accepts ? TREATY_HANDOVER_ACCEPTED : TREATY_HANDOVER_REJECTED);
  if (accepts) note_accepted(step, lead, clause);
  slow_go(step, lead, to, clause);
  if (rejects && clause->recycle_to.text) slow_begin_way_back(step, lead, clause);
  return true;
}

/* The taker asks back, and the clock stands still until that is answered; true: it has now. */
static bool is_sent_back(step *step, int lead) {
  slow_offer *offer = &deal_of(step, lead)->offer;
  bool asked = offer->clock.sent_back;
  const char *awaited = asked ? offer->clause->sent_until.text : offer->clause->sent_back_by.text;
  if (!slow_happens(step, lead, awaited)) return false;
  step->spent = true;
  offer->clock.sent_back = !asked;
  return !asked;
}

/* ---- Withdrawn, or past ---------------------------------------------------------------------- */

bool slow_is_withdrawn(const step *step, int lead, const tr_clause *clause) {
  return clause->withdrawn && slow_holds(step, lead, clause->withdrawn) == TREATY_TRUE;
}

static void withdraw_if(step *step, int lead) {
  const slow_offer *offer = &deal_of(step, lead)->offer;
  if (offer->by_hand || !slow_is_withdrawn(step, lead, offer->clause)) return;
  say_with_times(step, TREATY_HANDOVER_WITHDRAWN, lead);
  lapse(step, lead);
}

/* The lead is offered to another party, on the terms of the clause that names it. */
static bool offer_on(step *step, int lead, const char *party) {
  const tr_clauses *clauses = &deal_of(step, lead)->agreement->clauses;
  const tr_clause *other = NULL;
  for (uint32_t i = 0; i < clauses->count && !other; i++) {
    const tr_clause *clause = clauses->items[i];
    if (clause->kind == CLAUSE_HAND && strcmp(clause->taker.text, party) == 0) other = clause;
  }
  int stays = step->slow->stay_count;
  say(step, TREATY_HANDOVER_ENDED, lead)->name = party;
  lapse(step, lead);
  slow_make_offer(step, lead, other);
  return step->slow->stay_count > stays;
}

/* true: the lead has left its stage. */
static bool take_step(step *step, int lead, const tr_step *taken) {
  static const treaty_decision_kind kinds[] = {[STEP_REMIND] = TREATY_HANDOVER_REMINDED,
                                               [STEP_ESCALATE] = TREATY_HANDOVER_ESCALATED,
                                               [STEP_RETURN] = TREATY_HANDOVER_RETURNED,
                                               [STEP_TELL] = TREATY_HANDOVER_TOLD};
  const tr_clause *clause = deal_of(step, lead)->offer.clause;
  bool returns = taken->kind == STEP_RETURN;
  if (returns && !slow_lets_in(step, lead, taken->who.text, clause)) return false;
  if (taken->kind == STEP_OFFER) return offer_on(step, lead, taken->who.text);
  treaty_decision *said = say(step, kinds[taken->kind], lead);
  said->percent_millionths = taken->percent_millionths;
  said->say = taken->say;
  if (!returns) {
    said->party = taken->who.text;
    return false;
  }
  said->to = taken->who.text;
  slow_clock_tell(&deal_of(step, lead)->offer.clock, step->now_ms, said);
  lapse(step, lead);
  slow_go(step, lead, taken->who.text, clause);
  return true;
}

static bool take_due(step *step, int lead) {
  slow_offer *offer = &deal_of(step, lead)->offer;
  const tr_clause *clause = offer->clause;
  const tr_step *taken;
  while (offer->clause == clause) {
    switch (slow_clock_take(step, &offer->clock, &taken)) {
      case NOTHING_DUE: return false;
      case BREACH_DUE: say_with_times(step, TREATY_HANDOVER_BREACHED, lead); break;
      case STEP_DUE:
        if (take_step(step, lead, taken)) return true;
    }
  }
  return false;
}

bool slow_look_at_offer(step *step, int lead) {
  slow_offer *offer = &deal_of(step, lead)->offer;
  const tr_clause *clause = offer->clause;
  bool is_new = offer->made == step->number; /* what it was made by is no answer to it */
  if (!is_new && take_answer(step, lead)) return true;
  if (offer->clause && take_due(step, lead)) return true;
  if (offer->clause != clause) return false;
  withdraw_if(step, lead);
  bool sent_back = offer->clause && !is_new && is_sent_back(step, lead);
  if (offer->clause) look_at_clock(step, lead, sent_back);
  return false;
}

int64_t slow_offer_next(const slow_offer *offer) {
  return offer->clause ? slow_clock_next(&offer->clock) : INT64_MAX;
}

/* ---- Answers to what has ended --------------------------------------------------------------- */

/* Closed leads hear it, too. */
static bool hears(const step *step, int lead, const char *trigger) {
  return trigger && slow_fired(step, trigger) &&
         (step->event->whose.lead == lead || step->event->whose.lead == SLOW_NONE);
}
static bool is_answer(const step *step, int lead, const tr_clause *clause) {
  return hears(step, lead, clause->accepted_by.text) || hears(step, lead, clause->rejected_by.text);
}
static bool answers_ended(const step *step, int lead) {
  const slow_offer *ended = &deal_of(step, lead)->ended;
  return ended->clause && step->event->time_ms < ended->until_ms &&
         is_answer(step, lead, ended->clause);
}

/* The one that the event went to. One that names none and found none open is held against all that
 * are closed, and answers what ended last. */
static int lead_meant(const step *step) {
  int best = step->event->whose.lead;
  if (best != SLOW_NONE || step->event->event->lead.bytes) return best;
  for (int i = 0; i < step->slow->lead_count; i++) {
    const slow_deal *deal = deal_of(step, i);
    bool mine = slow_account_of(step->slow, step->slow->lead_account[i]) == step->account;
    if (!mine || deal->is_open || !answers_ended(step, i)) continue;
    if (best == SLOW_NONE || deal->ended.ended_ms > deal_of(step, best)->ended.ended_ms ||
        (deal->ended.ended_ms == deal_of(step, best)->ended.ended_ms &&
         deal->order > deal_of(step, best)->order))
      best = i;
  }
  return best;
}

/* It is the open one's where that waits for it. */
static bool answers_open(const step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  if (!deal->offer.clause || !is_answer(step, lead, deal->offer.clause)) return false;
  if (deal->offer.clock.started_ms < deal->ended.until_ms)
    deal->ended.until_ms = deal->offer.clock.started_ms;
  return true;
}

void slow_note_answer(step *step) {
  int lead = step->event ? lead_meant(step) : SLOW_NONE;
  if (lead == SLOW_NONE) return;
  slow_offer *ended = &deal_of(step, lead)->ended;
  if (!ended->clause || answers_open(step, lead) || !answers_ended(step, lead)) return;
  treaty_decision *said = slow_say(step, TREATY_HANDOVER_ANSWER_NOTED, lead, ended->clause);
  said->agreement = ended->agreement->name.text;
  said->version = (uint32_t)ended->agreement->version;
  said->from = ended->clause->giver.text;
  said->to = said->party = ended->clause->taker.text;
  said->accepts = hears(step, lead, ended->clause->accepted_by.text);
  said->ended_ms = ended->ended_ms;
  said->answered_ms = step->event->time_ms;
  said->late = said->answered_ms > ended->due_ms;
  said->offered_ms = ended->clock.started_ms;
  said->due_ms = ended->due_ms;
  slow_clock_tell(&ended->clock, said->answered_ms, said);
  *ended = (slow_offer){0};
}
