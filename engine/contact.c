/* contact.c - how much contact is allowed: a contact is judged when it is observed, by the clauses
 * of the agreement that governs its lead; and whether one may be made now, or from when on.
 *
 *     limit … to 2 in 7 days
 *     x1      x2    x3: too many                   x2 + 7 days: x3 alone is in the span
 *   --|-------|-----|------------------------------|--->   and one more is allowed
 *
 * A contact that comes late lets the account be built anew, and those that it makes too many are
 * told of then. Each is told once; what was told stays told. */
#include <string.h>

#include "engine/limits.h"
#include "engine/step.h"

/* ---- What was told --------------------------------------------------------------------------- */

/* Where those of an event begin, or would stand. */
static uint32_t place_of(const tr_breaches *told, uint64_t seq) {
  uint32_t low = 0, high = told->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (told->items[middle].seq < seq)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* clause NULL: by any. */
static bool was_told(const tr_account *account, uint64_t seq, const tr_clause_def *clause) {
  const tr_breaches *told = account->breaches;
  for (uint32_t i = told ? place_of(told, seq) : 0; told && i < told->count; i++) {
    if (told->items[i].seq != seq) break;
    if (!clause || told->items[i].clause == clause) return true;
  }
  return false;
}

static void keep(treaty_engine *engine, tr_account *account, tr_breach breach) {
  if (!account->breaches) {
    account->breaches = tr_pool_alloc(&engine->pool, sizeof *account->breaches);
    *account->breaches = (tr_breaches){0};
  }
  tr_breaches *told = account->breaches;
  told->items = tr_pool_grow(&engine->pool, told->items, told->count, &told->room, sizeof breach);
  uint32_t place = place_of(told, breach.seq);
  memmove(told->items + place + 1, told->items + place, sizeof breach * (told->count - place));
  told->items[place] = breach;
  told->count++;
}

void tr_contacts_join(treaty_engine *engine, tr_account *kept, tr_account *gone) {
  for (uint32_t i = 0; gone->breaches && i < gone->breaches->count; i++)
    keep(engine, kept, gone->breaches->items[i]);
}

/* ---- A contact ------------------------------------------------------------------------------- */

static bool is_limited(const tr_limit_def *limit, uint32_t party) {
  return party != TR_NONE && (limit->party == TR_NONE || limit->party == party);
}

static treaty_truth holds(tr_eval *eval, const tr_limit_def *limit, tr_view view) {
  return limit->when.count ? tr_evaluate_truth(eval, &limit->when, view) : TREATY_TRUE;
}

/* Acts only on what is true; where nobody was named there is nobody of whom it is one too many. */
static bool is_over(tr_eval *eval, const tr_limit_def *limit, tr_view view, uint32_t *count) {
  const tr_entity_state *state =
      limit->with == ENTITY_NONE ? NULL : tr_view_state(view, limit->with);
  tr_stamp at = {.time_ms = eval->engine->event_ms, .seq = tr_order_now(eval->engine)};
  *count = 0;
  if (limit->with != ENTITY_NONE) {
    if (!state) return false;
    const tr_window *window = &eval->engine->program->windows[limit->window];
    *count = tr_window_before(&state->cells, window, at, limit->span_ms) + 1;
    if (*count <= limit->most) return false;
  }
  return holds(eval, limit, view) == TREATY_TRUE;
}

/* What it fires counts as the contact itself does. */
static void fire_over(treaty_engine *engine, tr_view view) {
  const treaty_program *program = engine->program;
  engine->fired[program->over_limit / 64] |= UINT64_C(1) << program->over_limit % 64;
  tr_fire_behind(engine, program->over_firings, program->over_firing_count, view);
}

/* The contact itself may have closed it. */
static bool is_open(const treaty_engine *engine, const tr_lead *lead) {
  tr_stamp at = {.time_ms = engine->event_ms, .seq = engine->seq};
  return !lead->closed || !tr_stamp_before(lead->closed_at, at);
}

/* An event of the past lives until the next one is looked at. */
static treaty_text kept_actor(treaty_engine *engine) {
  treaty_text actor = engine->event->actor;
  if (actor.bytes) actor.bytes = tr_arena_copy(&engine->step, actor.bytes, actor.length);
  return actor;
}

static void find_over(tr_step_context *context, const tr_clause_def *clause, tr_view view,
                      tr_over over) {
  treaty_engine *engine = context->engine;
  over.clause = clause;
  over.lead = view.lead;
  over.person = view.person;
  over.time_ms = engine->event_ms;
  over.actor = kept_actor(engine);
  if (was_told(context->account, engine->seq, clause)) return;
  keep(engine, context->account, (tr_breach){.seq = engine->seq, .clause = clause});
  TR_PUSH(&engine->step, &context->over, over);
}

void tr_contact_judge(tr_step_context *context, const tr_event_def *event, tr_view view) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  if (!is_open(engine, view.lead)) return;
  bool any = false;
  if (view.lead->aside && engine->seq < view.lead->aside->governed_from) {
    any = was_told(context->account, engine->seq, NULL); /* by the version that governed then */
  } else if (view.lead->agreement != TR_NONE) {
    const tr_agreement_def *agreement = &program->agreements[view.lead->agreement];
    tr_eval eval = {.engine = engine, .now_ms = engine->event_ms, .until_ms = TR_NEVER};
    for (uint32_t i = 0; i < agreement->limits.count; i++) {
      const tr_clause_def *clause = &agreement->clauses[agreement->limits.clauses[i]];
      tr_over over = {.event = event};
      if (!is_limited(clause->limit, event->party) ||
          !is_over(&eval, clause->limit, view, &over.count))
        continue;
      any = true;
      find_over(context, clause, view, over);
    }
  }
  if (any) fire_over(engine, view);
}

/* ---- On record ------------------------------------------------------------------------------- */

static void say(tr_step_context *context, const tr_over *over) {
  const treaty_program *program = context->engine->program;
  treaty_decision *decision =
      tr_decide(context, TREATY_CONTACT_OVER_LIMIT, over->lead, over->clause);
  tr_trace trace = {0};
  tr_eval eval = {
      .engine = context->engine, .now_ms = over->time_ms, .until_ms = TR_NEVER, .trace = &trace};
  tr_view view = {.account = context->account, .lead = over->lead, .person = over->person};
  if (over->person) view.member = tr_member_find(over->lead, over->person);
  if (over->person) decision->person = tr_id_text(over->person->id);
  decision->party = program->parties[over->event->party];
  decision->name = over->event->name;
  decision->actor = over->actor;
  decision->count = over->count;
  decision->most = over->clause->limit->most;
  decision->span_ms = over->clause->limit->span_ms;
  decision->contacted_ms = over->time_ms;
  holds(&eval, over->clause->limit, view);
  tr_decide_because(decision, &trace);
}

void tr_contacts_say(tr_step_context *context) {
  for (uint32_t i = 0; i < context->over.count; i++) say(context, &context->over.items[i]);
}

/* ---- May one be made? ------------------------------------------------------------------------ */

/* How one clause stands at an instant: whether it allows a contact, else when it may at the
 * earliest. */
static bool allows(treaty_engine *engine, const tr_limit_def *limit, tr_view view, int64_t now_ms,
                   int64_t *until_ms, uint32_t *count) {
  tr_eval eval = {
      .engine = engine, .now_ms = now_ms, .until_ms = TR_NEVER, .criteria_afresh = true};
  bool binds = holds(&eval, limit, view) == TREATY_TRUE;
  *until_ms = eval.until_ms;
  *count = 0;
  if (!binds || limit->with == ENTITY_NONE) return !binds;
  const tr_entity_state *state = tr_view_state(view, limit->with);
  if (!state) return true;
  const tr_window *window = &engine->program->windows[limit->window];
  tr_value made = tr_window_read(&eval, &state->cells, window, limit->span_ms);
  *count = (uint32_t)(made.low / 1000000);
  if (*count < limit->most) return true;
  int64_t left_ms = tr_tally_until(made.tally, (int64_t)limit->most * 1000000);
  if (left_ms < *until_ms) *until_ms = left_ms;
  return false;
}

/* At one instant: the clause that keeps it longest from being allowed. */
static tr_permit permit_at(treaty_engine *engine, tr_view view, uint32_t party, int64_t now_ms) {
  const tr_agreement_def *agreement = &engine->program->agreements[view.lead->agreement];
  tr_permit permit = {.allowed = true, .from_ms = now_ms};
  for (uint32_t i = 0; i < agreement->limits.count; i++) {
    const tr_clause_def *clause = &agreement->clauses[agreement->limits.clauses[i]];
    int64_t until_ms;
    uint32_t count;
    if (!is_limited(clause->limit, party)) continue;
    if (allows(engine, clause->limit, view, now_ms, &until_ms, &count)) continue;
    if (!permit.allowed && until_ms <= permit.from_ms) continue;
    permit = (tr_permit){.from_ms = until_ms, .clause = clause, .count = count};
  }
  return permit;
}

/* From instant to instant at which time could change it; what is told is how it stands now. */
tr_permit tr_contact_permit(treaty_engine *engine, tr_view view, uint32_t party, int64_t now_ms) {
  if (!view.lead || view.lead->closed || view.lead->agreement == TR_NONE)
    return (tr_permit){.allowed = true, .from_ms = now_ms};
  tr_permit first = permit_at(engine, view, party, now_ms), later = first;
  for (uint32_t i = 0; !later.allowed && later.from_ms != TR_NEVER && i < TR_CONTACTS_MAX; i++) {
    first.from_ms = later.from_ms;
    later = permit_at(engine, view, party, later.from_ms);
  }
  if (later.from_ms == TR_NEVER) first.from_ms = TR_NEVER;
  return first;
}
