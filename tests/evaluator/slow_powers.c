/* slow_powers.c - what people decide about a lead: as far as the agreement that governs it lets
 * their party, and refused otherwise. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

/* What the event says; NULL: nothing. Its texts end in themselves. */
static const char *said_by(const step *step, int field) {
  const treaty_value *value = &step->event->event->values[field];
  return value->present ? value->text.bytes : NULL;
}

static bool has_name(const tr_symbols *symbols, const char *name, tr_symbol_kind kind) {
  const tr_symbol *symbol = name ? tr_symbol_in(symbols, 0, name) : NULL;
  return symbol && symbol->kind == kind;
}

/* ---- Refused --------------------------------------------------------------------------------- */

/* An event that somebody decides something by. */
typedef struct asked {
  step *step;
  int lead;
  const char *party, *to, *reason;
} asked;

static treaty_decision *say(const asked *asked, treaty_decision_kind kind, const tr_power *power) {
  const tr_clause clause = {.span = power ? power->span : (tr_span){0}};
  treaty_decision *said = slow_say(asked->step, kind, asked->lead, &clause);
  if (has_name(asked->step->slow->symbols, asked->party, SYMBOL_PARTY)) said->party = asked->party;
  return said;
}

static void refuse(const asked *asked, const char *word, const tr_power *power) {
  treaty_decision *said = say(asked, TREATY_POWER_REFUSED, power);
  said->name = word;
  said->to = asked->to;
}

/* Of a stage that knows reasons, one of these. */
static bool is_reason_of(const asked *asked, const tr_power *power) {
  const tr_stage *stage = power->kind == POWER_MOVE || power->kind == POWER_PROMOTE
                              ? slow_stage_named(asked->step->slow, power->to.text)
                              : NULL;
  if (!asked->reason) return false;
  if (!stage || stage->reasons.count == 0) return true;
  for (uint32_t i = 0; i < stage->reasons.count; i++) {
    if (strcmp(stage->reasons.items[i].text, asked->reason) == 0) return true;
  }
  return false;
}

static bool lacks_reason(const asked *asked, const tr_power *power) {
  if (is_reason_of(asked, power)) return false;
  refuse(asked, "no_reason", power);
  return true;
}

/* ---- Allowed --------------------------------------------------------------------------------- */

static bool leads_from_here(const asked *asked, const tr_power *power) {
  const char *stage = slow_stage_of(asked->step, asked->lead)->name.text;
  for (uint32_t i = 0; i < power->from.count; i++) {
    if (strcmp(power->from.items[i].text, stage) == 0) return true;
  }
  return false;
}

static bool is_meant(const asked *asked, const tr_power *power, bool offers) {
  bool fits = offers ? power->kind == POWER_OFFER
                     : power->kind == POWER_MOVE || power->kind == POWER_PROMOTE;
  return fits && strcmp(power->party.text, asked->party) == 0 &&
         strcmp(power->to.text, asked->to) == 0 && leads_from_here(asked, power);
}

/* The first of those that are meant whose condition holds; NULL: there is none, which is said. */
static const tr_power *find_power(const asked *asked, bool offers) {
  const tr_agreement *agreement = deal_of(asked->step, asked->lead)->agreement;
  const tr_power *not_now = NULL;
  for (uint32_t i = 0; i < agreement->powers.count; i++) {
    const tr_power *power = agreement->powers.items[i];
    if (!is_meant(asked, power, offers)) continue;
    if (slow_holds(asked->step, asked->lead, power->when) == TREATY_TRUE) return power;
    not_now = power;
  }
  refuse(asked, not_now ? "not_now" : "no_power", not_now);
  return NULL;
}

static const tr_clause *find_clause(const asked *asked, tr_clause_kind kind) {
  const tr_clauses *clauses = &deal_of(asked->step, asked->lead)->agreement->clauses;
  const char *stage = slow_stage_of(asked->step, asked->lead)->name.text;
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause *clause = clauses->items[i];
    const char *to = kind == CLAUSE_HAND ? clause->taker.text : clause->to.text;
    if (clause->kind == kind && strcmp(to, asked->to) == 0 && slow_is_from(clause, stage))
      return clause;
  }
  return NULL;
}

/* ---- Moved, offered -------------------------------------------------------------------------- */

static void ask_move(asked *asked) {
  step *step = asked->step;
  asked->to = said_by(step, 1);
  asked->reason = said_by(step, 2);
  if (!asked->to || !slow_stage_named(step->slow, asked->to)) {
    refuse(asked, "unknown_stage", NULL);
    return;
  }
  const tr_power *power = find_power(asked, false);
  if (!power || lacks_reason(asked, power)) return;
  const tr_clause *promotes =
      power->kind == POWER_PROMOTE ? find_clause(asked, CLAUSE_PROMOTE) : NULL;
  treaty_decision *said = say(asked, TREATY_LEAD_MOVED, power);
  said->from = slow_stage_of(step, asked->lead)->name.text;
  said->to = asked->to;
  said->reason = asked->reason;
  slow_go_by_power(step, asked->lead, power, promotes, asked->reason);
}

static void ask_offer(asked *asked) {
  step *step = asked->step;
  slow_deal *deal = deal_of(step, asked->lead);
  asked->to = said_by(step, 1);
  asked->reason = said_by(step, 2);
  if (!has_name(step->slow->symbols, asked->to, SYMBOL_PARTY)) {
    refuse(asked, "unknown_party", NULL);
    return;
  }
  const tr_power *power = find_power(asked, true);
  if (!power || lacks_reason(asked, power)) return;
  if (deal->offer.clause) {
    refuse(asked, "offered_already", NULL);
    return;
  }
  treaty_decision *said = say(asked, TREATY_LEAD_OFFERED, power);
  said->from = slow_stage_of(step, asked->lead)->owner.text;
  said->to = asked->to;
  said->reason = asked->reason;
  slow_make_offer(step, asked->lead, find_clause(asked, CLAUSE_HAND));
  deal->offer.by_hand = true;
}

/* ---- Passed on ------------------------------------------------------------------------------- */

static const tr_power *find_pass(const asked *asked) {
  const tr_agreement *agreement = deal_of(asked->step, asked->lead)->agreement;
  const tr_power *not_now = NULL;
  for (uint32_t i = 0; i < agreement->powers.count; i++) {
    const tr_power *power = agreement->powers.items[i];
    if (power->kind != POWER_PASS || strcmp(power->party.text, asked->party) != 0) continue;
    if (slow_holds(asked->step, asked->lead, power->when) == TREATY_TRUE) return power;
    not_now = power;
  }
  refuse(asked, not_now ? "not_now" : "no_power", not_now);
  return NULL;
}

/* Why the lead cannot be passed on to that one; NULL: it can. */
static const char *why_not(const asked *asked, int person) {
  const slow *slow = asked->step->slow;
  const char *owner = slow_stage_of(asked->step, asked->lead)->owner.text;
  if (strcmp(owner, asked->party) != 0) return "not_its_lead";
  if (person == SLOW_NONE) return "unknown_person";
  if (strcmp(slow->people[person].team->party.text, owner) != 0) return "other_party";
  if (!slow_is_there(asked->step, person)) return "not_there";
  return person == deal_of(asked->step, asked->lead)->rep ? "has_it_already" : NULL;
}

static void ask_pass(asked *asked) {
  step *step = asked->step;
  const slow *slow = step->slow;
  int had = deal_of(step, asked->lead)->rep;
  asked->to = said_by(step, 0);
  asked->reason = said_by(step, 1);
  int person = asked->to ? slow_find_person(slow, asked->to) : SLOW_NONE;
  const tr_power *power = find_pass(asked);
  if (!power || (power->needs_reason && lacks_reason(asked, power))) return;
  const char *why = why_not(asked, person);
  if (why) {
    refuse(asked, why, power);
    return;
  }
  treaty_decision *said = say(asked, TREATY_LEAD_PASSED, power);
  said->from = had == SLOW_NONE ? NULL : slow->people[had].id;
  said->to = slow->people[person].id;
  said->name = slow_keep_text(step->slow, step->event->event->actor.bytes);
  said->reason = asked->reason;
  slow_pass_on(step, asked->lead, person, power);
}

/* The party of whoever passes it on. */
static const char *party_of_actor(const step *step) {
  const treaty_event *event = step->event->event;
  int actor = event->actor.bytes ? slow_find_person(step->slow, event->actor.bytes) : SLOW_NONE;
  if (actor == SLOW_NONE || step->slow->people[actor].has_left) return NULL;
  return step->slow->people[actor].team->party.text;
}

/* ---- Held ------------------------------------------------------------------------------------ */

static void ask_hold(asked *asked) {
  step *step = asked->step;
  slow_deal *deal = deal_of(step, asked->lead);
  const treaty_value *until = &step->event->event->values[1];
  asked->reason = said_by(step, 2);
  if (deal->hold) {
    refuse(asked, "held_already", NULL);
    return;
  }
  const tr_power *power = NULL;
  for (uint32_t i = 0; i < deal->agreement->powers.count && !power; i++) {
    const tr_power *one = deal->agreement->powers.items[i];
    if (one->kind == POWER_HOLD && strcmp(one->party.text, asked->party) == 0) power = one;
  }
  if (!power) {
    refuse(asked, "no_power", NULL);
    return;
  }
  int64_t most_ms = step->now_ms + power->at_most_ms,
          until_ms = until->present ? until->integer : most_ms;
  if (lacks_reason(asked, power)) return;
  if (until_ms <= step->now_ms || until_ms > most_ms) {
    refuse(asked, until_ms > most_ms ? "too_long" : "past", power);
    return;
  }
  deal->hold = power;
  deal->held_until_ms = until_ms;
  treaty_decision *said = say(asked, TREATY_LEAD_HELD, power);
  said->reason = asked->reason;
  said->due_ms = until_ms;
}

static treaty_decision *release(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  const asked asked = {.step = step, .lead = lead, .party = deal->hold->party.text};
  treaty_decision *said = say(&asked, TREATY_LEAD_RELEASED, deal->hold);
  said->due_ms = deal->held_until_ms;
  deal->hold = NULL;
  return said;
}

static void ask_release(asked *asked) {
  const tr_power *hold = deal_of(asked->step, asked->lead)->hold;
  asked->reason = said_by(asked->step, 1);
  if (!hold)
    refuse(asked, "not_held", NULL);
  else if (strcmp(hold->party.text, asked->party) != 0)
    refuse(asked, "no_power", hold);
  else
    release(asked->step, asked->lead)->reason = asked->reason;
}

void slow_look_at_hold(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  if (deal->hold && slow_is_due(step, deal->held_until_ms)) release(step, lead);
}

void slow_end_hold(step *step, int lead) {
  if (deal_of(step, lead)->hold) release(step, lead);
}

void slow_hold_back(step *step, int lead, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  if (deal->held_back == step->number) return;
  deal->held_back = step->number;
  treaty_decision *said = slow_say(step, TREATY_LEAD_HELD_BACK, lead, clause);
  said->to = clause->to.text;
  said->party = deal->hold->party.text;
  said->due_ms = deal->held_until_ms;
}

/* ---- The event ------------------------------------------------------------------------------- */

bool slow_decide_by_people(step *step) {
  static const char *const types[] = {"lead.moved", "lead.held", "lead.released", "lead.offered",
                                      "lead.passed"};
  static void (*const asks[])(struct asked *) = {ask_move, ask_hold, ask_release, ask_offer,
                                                 ask_pass};
  const char *type = step->event->event->type->name;
  size_t kind = 0;
  while (kind < 5 && strcmp(types[kind], type) != 0) kind++;
  if (kind == 5) return false;
  asked asked = {.step = step, .lead = step->event->whose.lead, .party = said_by(step, 0)};
  bool passes = asks[kind] == ask_pass;
  if (passes) asked.party = party_of_actor(step);
  if (asked.lead == SLOW_NONE || !deal_of(step, asked.lead)->is_open) return true;
  if (!has_name(step->slow->symbols, asked.party, SYMBOL_PARTY))
    refuse(&asked, passes ? "unknown_person" : "unknown_party", NULL);
  else if (!deal_of(step, asked.lead)->agreement)
    refuse(&asked, "ungoverned", NULL);
  else
    asks[kind](&asked);
  return true;
}
