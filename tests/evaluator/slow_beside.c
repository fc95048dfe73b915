/* slow_beside.c - what is said beside: messages, and plays for members. It moves no lead, uses no
 * event up and looks at no stage. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

/* ---- Messages -------------------------------------------------------------------------------- */

static void tell(step *step, int lead, const tr_clause *clause) {
  treaty_decision *said = slow_say(step, TREATY_LEAD_TOLD, lead, clause);
  said->party = clause->who.text;
  said->say = clause->say;
}

void slow_tell_events(step *step, int lead) {
  const tr_clauses *clauses = &deal_of(step, lead)->agreement->clauses;
  if (!step->event || step->event->whose.lead != lead) return;
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause *clause = clauses->items[i];
    if (clause->kind != CLAUSE_TELL || clause->trigger != TRIGGER_ON) continue;
    if (slow_fired(step, clause->on.event.text) &&
        slow_holds(step, lead, clause->on.where) == TREATY_TRUE &&
        !slow_did_before(step, lead, clause))
      tell(step, lead, clause);
  }
}

/* ---- Plays ----------------------------------------------------------------------------------- */

static void suggest(step *step, int lead, int person, const tr_clause *clause) {
  treaty_decision *said = slow_say(step, TREATY_PLAY_SUGGESTED, lead, clause);
  said->person = (treaty_text){.bytes = slow_person_id(person), .length = 2};
  said->name = clause->play->name.text;
  said->say = clause->play->say;
}

static bool is_for(const step *step, int lead, int person, const tr_play_decl *play) {
  return slow_holds_of(step, lead, person, play->with) == TREATY_TRUE &&
         slow_holds_of(step, lead, person, play->holds_while) == TREATY_TRUE;
}

static void look_at_play(step *step, int lead, uint32_t index, bool silent) {
  const tr_clause *clause = deal_of(step, lead)->agreement->clauses.items[index];
  slow_deal *deal = deal_of(step, lead);
  uint64_t *plays = &deal->plays[index];
  for (int i = 0; i < deal->member_count; i++) {
    int person = deal->members[i];
    bool was = *plays >> person & 1;
    bool is = slow_is_member(step->slow, lead, person) && is_for(step, lead, person, clause->play);
    *plays = is ? *plays | UINT64_C(1) << person : *plays & ~(UINT64_C(1) << person);
    if (is && !was && !silent) suggest(step, lead, person, clause);
  }
}

/* ---- When a condition begins to hold --------------------------------------------------------- */

static void look(step *step, int lead, bool silent) {
  slow_deal *deal = deal_of(step, lead);
  for (uint32_t i = 0; i < deal->agreement->clauses.count; i++) {
    const tr_clause *clause = deal->agreement->clauses.items[i];
    if (clause->kind != CLAUSE_TELL || clause->trigger != TRIGGER_WHEN) continue;
    bool stood = deal->stood_beside[i];
    deal->stood_beside[i] = slow_holds(step, lead, clause->when) == TREATY_TRUE;
    if (deal->stood_beside[i] && !stood && !silent) tell(step, lead, clause);
  }
  for (uint32_t i = 0; i < deal->agreement->clauses.count && deal->is_open; i++) {
    if (deal->agreement->clauses.items[i]->kind == CLAUSE_PLAY) look_at_play(step, lead, i, silent);
  }
}

void slow_begin_beside(step *step, int lead, bool silent) {
  slow_deal *deal = deal_of(step, lead);
  memset(deal->stood_beside, 0, sizeof deal->stood_beside);
  memset(deal->plays, 0, sizeof deal->plays);
  if (silent) look(step, lead, true);
}

void slow_look_beside(step *step, int lead) { look(step, lead, false); }
