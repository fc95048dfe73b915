/* invariants.c - see invariants.h. */
#include "invariants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decided.h"

enum { LEADS_MAX = 64, CLOCKS_MAX = 512, ID_BYTES = 80 };

/* A lead, as decisions have told of it. */
typedef struct told {
  char id[ID_BYTES]; /* "a0/L1" */
  const char *stage, *owner;
  bool is_governed, says_ungoverned;
} told;

/* A running clock: of an offer or a duty, by the decision that began it. */
typedef struct running {
  uint64_t seq;
  uint32_t n;
  int64_t started_ms, due_ms;
} running;

typedef struct clocks {
  running items[CLOCKS_MAX];
  int count;
} clocks;

struct invariants {
  treaty_engine *engine;
  told leads[LEADS_MAX];
  int lead_count;
  uint64_t seq; /* of the last decision */
  uint32_t n;
  int64_t time_ms;
  clocks before, after;
  bool may_move; /* in this step clocks stood still, went on, or were those of joined leads */
  uint64_t hash;
};

invariants *invariants_new(treaty_engine *engine) {
  invariants *made = calloc(1, sizeof *made);
  made->engine = engine;
  made->time_ms = INT64_MIN;
  return made;
}

void invariants_free(invariants *invariants) { free(invariants); }
uint64_t invariants_hash(const invariants *invariants) { return invariants->hash; }

/* ---- What decisions tell --------------------------------------------------------------------- */

static told *told_of(invariants *all, treaty_text account, treaty_text lead) {
  char id[ID_BYTES];
  snprintf(id, sizeof id, "%.*s/%.*s", (int)account.length, account.bytes, (int)lead.length,
           lead.bytes);
  for (int i = 0; i < all->lead_count; i++) {
    if (strcmp(all->leads[i].id, id) == 0) return &all->leads[i];
  }
  if (all->lead_count == LEADS_MAX) abort();
  told *made = &all->leads[all->lead_count++];
  snprintf(made->id, sizeof made->id, "%s", id);
  return made;
}

static treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = strlen(text)};
}

static void take_note(invariants *all, const treaty_decision *decision) {
  if (decision->kind == TREATY_CLOCK_PAUSED || decision->kind == TREATY_CLOCK_RESUMED ||
      decision->kind == TREATY_HANDOVER_SENT_BACK || decision->kind == TREATY_LEAD_JOINED)
    all->may_move = true;
  if (!decision->lead.bytes) return;
  told *lead = told_of(all, decision->account, decision->lead);
  switch (decision->kind) {
    case TREATY_LEAD_OPENED:
      lead->owner = decision->party;
      lead->stage = decision->to;
      return;
    case TREATY_LEAD_STAGE_CHANGED: lead->stage = decision->to; return;
    case TREATY_LEAD_OWNER_CHANGED: lead->owner = decision->to; return;
    case TREATY_LEAD_UNGOVERNED: lead->says_ungoverned = true; return;
    case TREATY_LEAD_GOVERNED: lead->says_ungoverned = false; return;
    case TREATY_LEAD_ADOPTED: {
      told *before = told_of(all, text_of(decision->from), text_of(decision->name));
      lead->stage = before->stage;
      lead->owner = before->owner;
      lead->says_ungoverned = before->says_ungoverned;
      return;
    }
    default: return;
  }
}

/* ---- Of each decision ------------------------------------------------------------------------ */

/* Numbers go up, and time does not go back. */
static bool is_in_order(invariants *all, const treaty_decision *decision) {
  bool later = decision->seq > all->seq || (decision->seq == all->seq && decision->n > all->n);
  bool fine = later && decision->time_ms >= all->time_ms;
  all->seq = decision->seq;
  all->n = decision->n;
  all->time_ms = decision->time_ms;
  return fine;
}

/* All that is decided about a lead is some clause's, but for what is said about it from outside: by
 * whom it is governed, that it is another one's, that it never was, that somebody took it. */
static bool is_by_a_clause(invariants *all, const treaty_decision *decision) {
  (void)all;
  if (!decided_by_clauses(decision) || decision->line > 0) return true;
  switch (decision->kind) {
    case TREATY_LEAD_UNGOVERNED:
    case TREATY_POWER_REFUSED: return true;
    case TREATY_LEAD_ASSIGNED: return decision->cause_id.bytes != NULL; /* taken */
    case TREATY_LEAD_CLOSED:
      return strcmp(decision->reason, "voided") == 0 || strcmp(decision->reason, "joined") == 0;
    /* what it ends with it */
    default: return false;
  }
}

/* It goes from where it stood, and from whoever had it. */
static bool goes_from_where_it_is(invariants *all, const treaty_decision *decision) {
  if (decision->kind == TREATY_LEAD_STAGE_CHANGED)
    return strcmp(told_of(all, decision->account, decision->lead)->stage, decision->from) == 0;
  if (decision->kind == TREATY_LEAD_OWNER_CHANGED)
    return strcmp(told_of(all, decision->account, decision->lead)->owner, decision->from) == 0;
  return true;
}

/* Nothing is broken before it is due, nor kept behind that. */
static bool is_held_against_its_due(invariants *all, const treaty_decision *decision) {
  (void)all;
  switch (decision->kind) {
    case TREATY_HANDOVER_BREACHED:
    case TREATY_DUTY_BROKEN: return decision->time_ms >= decision->due_ms;
    case TREATY_DUTY_KEPT: return decision->answered_ms <= decision->due_ms;
    case TREATY_DUTY_LATE: return decision->answered_ms > decision->due_ms;
    case TREATY_HANDOVER_ACCEPTED:
    case TREATY_HANDOVER_REJECTED:
      return decision->late == (decision->answered_ms > decision->due_ms);
    default: return true;
  }
}

/* ---- Of each lead ---------------------------------------------------------------------------- */

/* Exactly one owner: the one of its stage, and the one that decisions have told of. */
static bool has_one_owner(invariants *all, const tr_account *account, const tr_lead *lead) {
  const treaty_program *program = all->engine->program;
  const told *told = told_of(all, tr_id_text(account->id), tr_id_text(lead->id));
  const tr_stage_def *stage = &program->stages[lead->stage];
  return told->stage && strcmp(told->stage, stage->name) == 0 &&
         strcmp(told->owner, program->parties[stage->owner]) == 0;
}

/* A version governs it, or it is on record that none does. */
static bool is_governed_or_said_not_to_be(invariants *all, const tr_account *account,
                                          const tr_lead *lead) {
  const told *told = told_of(all, tr_id_text(account->id), tr_id_text(lead->id));
  return lead->closed || (lead->agreement == TR_NONE) == told->says_ungoverned;
}

/* What is closed has no open ends. */
static bool ends_with_its_end(invariants *all, const tr_account *account, const tr_lead *lead) {
  (void)all;
  (void)account;
  return !lead->closed || (!lead->offer && !lead->duties && !lead->hold);
}

/* ---- Of each clock --------------------------------------------------------------------------- */

static void add_clock(clocks *clocks, uint64_t seq, uint32_t n, const tr_deadline *clock) {
  if (clocks->count == CLOCKS_MAX) abort();
  clocks->items[clocks->count++] =
      (running){.seq = seq, .n = n, .started_ms = clock->started_ms, .due_ms = clock->due_ms};
}

static void gather_clocks(invariants *all, const tr_lead *lead) {
  if (lead->offer) add_clock(&all->after, lead->offer->seq, lead->offer->n, &lead->offer->clock);
  for (const tr_duty *duty = lead->duties; duty; duty = duty->next) {
    if (duty->seq > 0) add_clock(&all->after, duty->seq, duty->n, &duty->clock);
  }
}

/* No clock moves, whatever version has taken force, unless it stood still or went on. A time
 * allowed that was not known may become so. */
static bool clocks_stay(const invariants *all) {
  for (int i = 0; i < all->after.count; i++) {
    const running *now = &all->after.items[i];
    for (int k = 0; k < all->before.count; k++) {
      const running *was = &all->before.items[k];
      if (was->seq != now->seq || was->n != now->n || all->may_move) continue;
      bool same_due = was->due_ms == now->due_ms || was->due_ms == TREATY_NEVER;
      if (was->started_ms != now->started_ms || !same_due) return false;
    }
  }
  return true;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static const struct {
  const char *name;
  bool (*holds)(invariants *all, const treaty_decision *decision);
} of_decisions[] = {
    {"decisions are in order", is_in_order},
    {"no decision is without a clause", is_by_a_clause},
    {"a lead goes from where it is", goes_from_where_it_is},
    {"what is due is broken behind that, and not before", is_held_against_its_due},
};

static const struct {
  const char *name;
  bool (*holds)(invariants *all, const tr_account *account, const tr_lead *lead);
} of_leads[] = {
    {"a lead has exactly one owner", has_one_owner},
    {"a lead is governed, or it is on record that it is not", is_governed_or_said_not_to_be},
    {"a closed lead has no open ends", ends_with_its_end},
};

static const char *check_decisions(invariants *all) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(all->engine, &count);
  char line[DECIDED_BYTES], lead[ID_BYTES];
  for (size_t i = 0; i < count; i++) {
    const treaty_decision *decision = &decisions[i];
    for (size_t k = 0; k < sizeof of_decisions / sizeof *of_decisions; k++) {
      if (!of_decisions[k].holds(all, decision)) return of_decisions[k].name;
    }
    take_note(all, decision);
    snprintf(lead, sizeof lead, "%.*s/%.*s", (int)decision->account.length,
             decision->account.bytes ? decision->account.bytes : "", (int)decision->lead.length,
             decision->lead.bytes ? decision->lead.bytes : "");
    decided_print(decision, lead, decision->line, line);
    for (const char *at = line; *at; at++)
      all->hash = (all->hash ^ (unsigned char)*at) * UINT64_C(1099511628211); /* FNV-1a */
  }
  return NULL;
}

static const char *check_leads(invariants *all) {
  for (uint32_t i = 0; i < all->engine->account_count; i++) {
    const tr_account *account = all->engine->accounts[i];
    for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
      for (size_t k = 0; k < sizeof of_leads / sizeof *of_leads; k++) {
        if (!of_leads[k].holds(all, account, lead)) return of_leads[k].name;
      }
      gather_clocks(all, lead);
    }
  }
  return NULL;
}

const char *invariants_check(invariants *all) {
  all->may_move = false;
  all->after.count = 0;
  const char *wrong = check_decisions(all);
  if (!wrong) wrong = check_leads(all);
  if (!wrong && !clocks_stay(all)) wrong = "no clock moves but by a pause";
  all->before = all->after;
  return wrong;
}
