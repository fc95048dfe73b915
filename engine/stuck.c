/* stuck.c - `ask about unknowns after 14 days`: a clause whose condition nobody can tell for so
 * long says what would have to be found out.
 *
 *     can be told --unknown--> waits since T --all the while, to T + 14 days--> said, once a stay
 *          ^------known------------'
 *
 * Where an agreement asks, a lead keeps the instant T beside how each clause of its stage stands.
 * Nothing is decided about the lead by it. */
#include "engine/explain.h"
#include "engine/limits.h"

#define NOT_WAITING TR_NEVER
#define SAID        INT64_MIN

void tr_stuck_forget(const treaty_program *program, tr_lead *lead) {
  int64_t *since_ms = program->asks ? tr_lead_waits(program, lead) : NULL;
  for (uint32_t i = 0; since_ms && i < program->clauses_per_stage_max; i++)
    since_ms[i] = NOT_WAITING;
}

/* ---- What would have to be found out --------------------------------------------------------- */

typedef struct asked {
  treaty_because fact;
  size_t left; /* would still be missing if it were known and helped */
} asked;

typedef struct asking {
  treaty_engine *engine;
  const treaty_condition *condition; /* the clause's */
  asked items[TR_QUESTIONS_MAX];     /* what leaves least first, then as it was found */
  uint32_t count;
} asking;

static bool is_asked(const asking *all, const treaty_because *fact) {
  for (uint32_t i = 0; i < all->count; i++) {
    const treaty_because *other = &all->items[i].fact;
    if (strcmp(other->name, fact->name) == 0 && tr_bytes_same(other->person, fact->person))
      return true;
  }
  return false;
}

static void add(asking *all, const treaty_because *fact) {
  treaty_use use;
  if (all->count == TR_QUESTIONS_MAX || is_asked(all, fact)) return;
  if (!treaty_condition_use(all->condition, fact, &use)) return;
  uint32_t at = all->count++;
  for (; at > 0 && all->items[at - 1].left > use.left; at--) all->items[at] = all->items[at - 1];
  all->items[at] = (asked){.fact = *fact, .left = use.left};
  if (use.criterion) all->items[at].fact.question = use.criterion->question;
}

static void collect(asking *all, const treaty_condition *condition) {
  for (size_t i = 0; i < condition->fact_count; i++)
    if (condition->facts[i].open) add(all, &condition->facts[i]);
  for (size_t i = 0; i < condition->part_count; i++) collect(all, &condition->parts[i]);
}

static const treaty_because *questions_of(treaty_engine *engine, const treaty_condition *condition,
                                          size_t *count) {
  asking all = {.engine = engine, .condition = condition};
  collect(&all, condition);
  treaty_because *facts = TR_NEW_ARRAY(&engine->step, treaty_because, all.count + 1);
  for (uint32_t i = 0; i < all.count; i++) facts[i] = all.items[i].fact;
  *count = all.count;
  return facts;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* It is for the owner of the stage to find out. */
static void say(tr_step_context *context, const tr_lead *lead, uint32_t clause, int64_t since_ms) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  const tr_stage_def *stage = &program->stages[lead->stage];
  const tr_agreement_def *agreement = &program->agreements[lead->agreement];
  treaty_outlook outlook = tr_show_clause(engine, tr_lead_view(context, lead), agreement, clause);
  treaty_decision *decision =
      tr_decide(context, TREATY_CLAUSE_STUCK, lead, &agreement->clauses[clause]);
  decision->from = stage->name;
  decision->to = outlook.to;
  decision->party = program->parties[stage->owner];
  decision->offered_ms = since_ms;
  decision->because = questions_of(engine, &outlook.condition, &decision->because_count);
}

/* An offer that is open waits for its answer, and for nothing that could be found out. */
static bool is_stuck(const tr_lead *lead, const tr_clause_def *clause, uint8_t stand) {
  bool leads_on = clause->act == ACT_MOVE || clause->act == ACT_OFFER;
  if (!leads_on || clause->trigger != TRIGGER_WHEN || stand != STAND_UNKNOWN) return false;
  return clause->act != ACT_OFFER || !lead->offer;
}

void tr_stuck_step(tr_step_context *context, tr_lead *lead) {
  const treaty_program *program = context->engine->program;
  const tr_agreement_def *agreement = &program->agreements[lead->agreement];
  const tr_stage_clauses *clauses = &agreement->by_stage[lead->stage];
  int64_t *since_ms = tr_lead_waits(program, lead);
  for (uint32_t i = 0; i < clauses->count; i++) {
    uint8_t stand = lead->stands[program->stand_count + i];
    if (since_ms[i] == SAID) continue;
    if (!is_stuck(lead, &agreement->clauses[clauses->clauses[i]], stand)) {
      since_ms[i] = NOT_WAITING;
      continue;
    }
    if (since_ms[i] == NOT_WAITING) since_ms[i] = context->engine->clock_ms;
    int64_t due_ms = since_ms[i] + agreement->ask_after_ms;
    if (!tr_is_due(context, due_ms)) {
      tr_hold_until(lead, due_ms);
      continue;
    }
    say(context, lead, clauses->clauses[i], since_ms[i]);
    since_ms[i] = SAID;
  }
}
