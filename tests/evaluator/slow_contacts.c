/* slow_contacts.c - how much contact is allowed. A contact is judged whenever it happens again, by
 * the agreement that governs its lead; what was told of it stays told. */
#include "slow_deal.h"

static const tr_event_decl *declared(const slow *slow, const past_event *event) {
  return slow->tree->events.items[event->event->type->index];
}

/* ---- The count ------------------------------------------------------------------------------- */

static bool is_limited(const tr_limit_decl *limit, const char *party) {
  return !limit->party.text || strcmp(limit->party.text, party) == 0;
}

/* Those with the same person, or all of the account, in the span before an instant. */
static uint32_t count_contacts(const asking *asking, const tr_limit_decl *limit) {
  const slow *slow = asking->slow;
  bool personal = limit->with == ENTITY_PERSON;
  uint32_t count = 0;
  for (int i = 0; i < slow->event_count; i++) {
    const past_event *one = &slow->events[i];
    const tr_event_decl *event = declared(slow, one);
    slow_stamp at = {.time_ms = one->time_ms, .number = one->number};
    if (one->voided || !event->contact || !is_limited(limit, event->by.text)) continue;
    if (slow_account_of(slow, one->whose.account) != asking->view.account) continue;
    if (personal && one->whose.person != asking->view.person) continue;
    count += is_earlier(at, asking->at) && one->time_ms > asking->now_ms - limit->span_ms;
  }
  return count;
}

/* Whether one more would be too much; nobody in particular has no limit. */
static bool forbids(const asking *asking, const tr_limit_decl *limit, uint32_t *before) {
  *before = 0;
  if (limit->with == ENTITY_PERSON && !limit->never && asking->view.person == SLOW_NONE)
    return false;
  if (!limit->never) {
    *before = count_contacts(asking, limit);
    if (*before < limit->most / MILLION) return false;
  }
  slow_value holds = limit->when ? slow_ask(asking, limit->when) : known(1);
  if (holds.fuzzy) asking->slow->in_doubt = true;
  return truth_of(holds) == TREATY_TRUE;
}

/* ---- A contact ------------------------------------------------------------------------------- */

static bool was_told(const slow *slow, int event, const tr_clause *clause) {
  for (int i = 0; i < slow->told_count; i++) {
    const slow_contact *one = &slow->told[i];
    if (one->event == event && (!clause || one->clause == clause)) return true;
  }
  return false;
}

static bool is_open_at(const slow *slow, int lead, slow_stamp at) {
  return !is_earlier(slow->lead_closed[lead], at);
}

bool slow_judge_contact(const asking *asking) {
  slow *slow = asking->slow;
  const tr_event_decl *event = declared(slow, asking->event);
  int lead = asking->view.lead, number = asking->event->number;
  if (!event->contact || lead == SLOW_NONE || !is_open_at(slow, lead, asking->at)) return false;
  const slow_deal *deal = &slow->deals[lead];
  if (number < deal->governed_from) return was_told(slow, number, NULL);
  if (!deal->agreement) return false;
  bool any = false;
  for (uint32_t i = 0; i < deal->agreement->clauses.count; i++) {
    const tr_clause *clause = deal->agreement->clauses.items[i];
    uint32_t before;
    if (clause->kind != CLAUSE_LIMIT || !is_limited(clause->limit, event->by.text)) continue;
    if (!forbids(asking, clause->limit, &before)) continue;
    any = true;
    assert(slow->over_count < CONTACTS_MAX);
    slow->over[slow->over_count++] =
        (slow_contact){.event = number, .clause = clause, .view = asking->view, .before = before};
  }
  return any;
}

/* ---- On record ------------------------------------------------------------------------------- */

static void say(step *step, const slow_contact *over) {
  slow *slow = step->slow;
  const past_event *event = &slow->events[over->event];
  const tr_limit_decl *limit = over->clause->limit;
  treaty_decision *said = slow_say(step, TREATY_CONTACT_OVER_LIMIT, over->view.lead, over->clause);
  if (over->view.person != SLOW_NONE)
    said->person = (treaty_text){.bytes = slow_person_id(over->view.person), .length = 2};
  said->party = declared(slow, event)->by.text;
  said->name = declared(slow, event)->name.text;
  said->contacted_ms = event->time_ms;
  if (limit->never) return;
  said->count = over->before + 1;
  said->most = (uint32_t)(limit->most / MILLION);
  said->span_ms = limit->span_ms;
}

void slow_say_contacts(step *step) {
  slow *slow = step->slow;
  for (int i = 0; i < slow->over_count; i++) {
    const slow_contact *over = &slow->over[i];
    if (over->view.account != step->account || was_told(slow, over->event, over->clause)) continue;
    say(step, over);
    assert(slow->told_count < CONTACTS_MAX);
    slow->told[slow->told_count++] = *over;
  }
}

/* ---- May there be one? ----------------------------------------------------------------------- */

/* Those that were made at the instant itself are behind it. */
bool slow_may_contact(slow *slow, slow_view view, const char *party, int64_t now_ms) {
  const slow_deal *deal = &slow->deals[view.lead];
  asking asking = {.slow = slow, .view = view, .now_ms = now_ms, .at = {.time_ms = INT64_MAX}};
  if (!deal->is_open || !deal->agreement) return true;
  for (uint32_t i = 0; i < deal->agreement->clauses.count; i++) {
    const tr_clause *clause = deal->agreement->clauses.items[i];
    uint32_t before;
    if (clause->kind != CLAUSE_LIMIT || !is_limited(clause->limit, party)) continue;
    if (forbids(&asking, clause->limit, &before)) return false;
  }
  return true;
}
