/* people.c - whom a lead is given to; see people.h. */
#include "engine/people.h"

#include <string.h>

/* ---- Who has a lead -------------------------------------------------------------------------- */

tr_value tr_people_rep(const treaty_engine *engine, const tr_lead *lead) {
  if (!lead || lead->rep >= engine->rep_count) return (tr_value){.known = UNKNOWN};
  return tr_known_value(engine->reps[lead->rep].text);
}

const tr_calendar *tr_people_hours(const treaty_engine *engine, const tr_lead *lead) {
  return lead->rep < engine->rep_count ? engine->reps[lead->rep].hours : NULL;
}

/* ---- Whose turn it is ------------------------------------------------------------------------ */

typedef struct choice {
  tr_step_context *context;
  tr_lead *lead;
  uint32_t not_this; /* who has it now, and is to have it only where nobody else is */
  int64_t again_ms;  /* when somebody of the team is back */
} choice;

static bool holds(choice *choice, const tr_code *where) {
  treaty_engine *engine = choice->context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  return tr_evaluate_truth(&eval, where, tr_lead_view(choice->context, choice->lead)) ==
         TREATY_TRUE;
}

/* What events have added is known by what is the same for all alone. */
static bool fits(choice *choice, const tr_whom_def *whom, uint32_t rep) {
  if (!whom->wheres) return true;
  const tr_code *where = &whom->wheres[choice->context->engine->reps[rep].kind];
  return where->count > 0 && holds(choice, where);
}

/* What is asked of whoever is ready. */
typedef struct wanted {
  choice *choice;
  const tr_whom_def *whom;
} wanted;

static bool is_wanted(void *context, uint32_t rep) {
  const wanted *wanted = context;
  return fits(wanted->choice, wanted->whom, rep);
}

static uint32_t next_of_team(choice *choice, const tr_whom_def *whom) {
  wanted wanted = {.choice = choice, .whom = whom};
  tr_asked_team asked = {.team = whom->team,
                         .not_this = choice->not_this,
                         .fits = whom->wheres ? is_wanted : NULL,
                         .context = &wanted};
  return tr_queue_next(choice->context->engine, &asked, &choice->again_ms);
}

/* ---- Whom a line names ----------------------------------------------------------------------- */

/* As they were before the step, as all that is asked of other leads. */
static bool is_meant(const choice *choice, const tr_whom_def *whom, const tr_lead *lead) {
  treaty_engine *engine = choice->context->engine;
  if (lead == choice->lead || lead->rep == TR_NO_REP || tr_lead_joined_into(lead)) return false;
  if (whom->with == TR_NONE) return true;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  tr_view own = tr_lead_view(choice->context, choice->lead);
  tr_view view = {.account = own.account, .lead = lead, .before = true, .outside = &own};
  return tr_evaluate_truth(&eval, &engine->program->codes[whom->with], view) == TREATY_TRUE;
}

static uint32_t of_other_lead(const choice *choice, const tr_whom_def *whom, bool latest) {
  uint32_t found = TR_NO_REP;
  for (const tr_lead *lead = choice->context->account->leads; lead; lead = lead->next) {
    if (!is_meant(choice, whom, lead)) continue;
    found = lead->rep;
    if (!latest) break;
  }
  return found;
}

static uint32_t find_by_text(const treaty_engine *engine, int64_t text) {
  treaty_text bytes = tr_text_bytes((treaty_engine *)engine, text);
  return tr_people_find(engine, bytes);
}

/* Whom a field, or the latest event of the account, names. */
static uint32_t named_in(const choice *choice, const tr_code *code) {
  treaty_engine *engine = choice->context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  tr_value rep = tr_evaluate(&eval, code, tr_lead_view(choice->context, choice->lead));
  return rep.known == KNOWN ? find_by_text(engine, rep.low) : TR_NONE;
}

/* Somebody who is named is passed over when absent, gone, or of another party. */
static bool is_there(const choice *choice, uint32_t index) {
  const treaty_engine *engine = choice->context->engine;
  if (index >= engine->rep_count || index == choice->not_this) return false;
  return tr_people_party(engine, index) == engine->program->stages[choice->lead->stage].owner &&
         tr_people_are_there(engine, index);
}

static uint32_t named_by(choice *choice, const tr_whom_def *whom) {
  const treaty_engine *engine = choice->context->engine;
  switch (whom->kind) {
    case WHOM_PREVIOUS: return choice->lead->previous_rep;
    case WHOM_ACCOUNT_REP: return named_in(choice, &engine->program->account_rep);
    case WHOM_LATEST: return of_other_lead(choice, whom, true);
    case WHOM_EARLIEST: return of_other_lead(choice, whom, false);
    case WHOM_ACTOR: return named_in(choice, &whom->actor);
    case WHOM_REP: {
      uint32_t rep = tr_people_find(engine, (treaty_text){whom->rep, strlen(whom->rep)});
      return rep != TR_NONE && fits(choice, whom, rep) ? rep : TR_NONE;
    }
    case WHOM_TEAM: break;
  }
  return TR_NONE;
}

/* *by_team: it was the turn of a team. */
static uint32_t choose(choice *choice, const tr_whom_def *whoms, uint32_t count, bool *by_team) {
  for (uint32_t i = 0; i < count; i++) {
    const tr_whom_def *whom = &whoms[i];
    *by_team = whom->kind == WHOM_TEAM;
    uint32_t rep = *by_team ? next_of_team(choice, whom) : named_by(choice, whom);
    if (*by_team ? rep != TR_NONE : is_there(choice, rep)) return rep;
  }
  return TR_NONE;
}

/* ---- Giving ---------------------------------------------------------------------------------- */

static void give(tr_step_context *context, tr_lead *lead, uint32_t rep, bool by_team,
                 const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  const treaty_program *program = engine->program;
  treaty_decision *given = tr_decide(context, TREATY_LEAD_ASSIGNED, lead, clause);
  const tr_team_def *team = &program->teams[engine->reps[rep].team];
  given->from = tr_people_id(engine, lead->rep).bytes;
  given->to = engine->reps[rep].id.bytes;
  given->party = program->parties[team->party];
  given->name = team->name;
  tr_held_remove(engine, lead);
  if (lead->rep != TR_NO_REP) lead->previous_rep = lead->rep;
  engine->reps[rep].turn = ++engine->turns;
  if (by_team) engine->reps[rep].given++;
  lead->rep = (uint16_t)rep;
  tr_held_add(engine, context->account, lead);
  lead->open_to = TR_NO_REP;
  lead->assigned = true;
  lead->unassigned_said = false;
  lead->rep_moved = true;
  tr_duties_reassigned(context, lead);
}

void tr_people_pass(tr_step_context *context, tr_lead *lead, uint32_t rep,
                    const tr_clause_def *clause) {
  give(context, lead, rep, false, clause);
}

/* Nobody can have it now: said once, and looked at again when somebody is back. */
static void give_to_nobody(tr_step_context *context, tr_lead *lead, const choice *choice,
                           const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  if (choice->again_ms > engine->clock_ms) tr_hold_until(lead, choice->again_ms);
  if (lead->unassigned_said) return;
  lead->unassigned_said = true;
  tr_held_add(engine, context->account, lead);
  treaty_decision *nobody = tr_decide(context, TREATY_LEAD_UNASSIGNED, lead, clause);
  nobody->party = engine->program->parties[engine->program->stages[lead->stage].owner];
}

static const tr_clause_def *assigning(const treaty_engine *engine, const tr_lead *lead) {
  const tr_agreement_def *agreement = &engine->program->agreements[lead->agreement];
  const tr_stage_clauses *clauses = &agreement->by_stage[lead->stage];
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause_def *clause = &agreement->clauses[clauses->clauses[i]];
    if (clause->act == ACT_ASSIGN) return clause;
  }
  return NULL;
}

static void let_go(tr_step_context *context, tr_lead *lead) {
  if (lead->rep == TR_NO_REP) return;
  tr_held_remove(context->engine, lead);
  lead->previous_rep = lead->rep;
  lead->rep = TR_NO_REP;
  lead->rep_moved = true;
}

/* Whoever has left, or works for another party now, has it no longer. */
static bool has_gone(const treaty_engine *engine, const tr_lead *lead) {
  if (lead->rep == TR_NO_REP) return false;
  const treaty_program *program = engine->program;
  const tr_rep *rep = &engine->reps[lead->rep];
  return rep->left || program->teams[rep->team].party != program->stages[lead->stage].owner;
}

static void assign(tr_step_context *context, tr_lead *lead) {
  const tr_clause_def *clause = assigning(context->engine, lead);
  if (clause && has_gone(context->engine, lead)) {
    let_go(context, lead);
    tr_duties_reassigned(context, lead);
  }
  if (!clause || lead->rep != TR_NO_REP || lead->open_to != TR_NO_REP) return;
  choice choice = {.context = context, .lead = lead, .not_this = TR_NONE, .again_ms = TR_NEVER};
  bool by_team;
  uint32_t rep = choose(&choice, clause->whoms, clause->whom_count, &by_team);
  if (rep == TR_NONE)
    give_to_nobody(context, lead, &choice, clause);
  else
    give(context, lead, rep, by_team, clause);
}

bool tr_people_settle(tr_step_context *context, tr_lead *lead) {
  if (context->engine->program->agreements[lead->agreement].assigns) assign(context, lead);
  bool moved = lead->rep_moved;
  lead->rep_moved = false;
  return moved;
}

/* ---- Another turn ---------------------------------------------------------------------------- */

static void open_to(tr_step_context *context, tr_lead *lead, uint32_t team,
                    const tr_clause_def *clause) {
  treaty_engine *engine = context->engine;
  treaty_decision *open = tr_decide(context, TREATY_LEAD_OPEN_TO_TEAM, lead, clause);
  open->from = tr_people_id(engine, lead->rep).bytes;
  open->to = engine->program->teams[team].name;
  open->party = engine->program->parties[engine->program->teams[team].party];
  let_go(context, lead);
  lead->assigned = false;
  lead->open_to = (uint16_t)team;
  tr_duties_reassigned(context, lead);
}

/* Not to whoever has it, unless there is nobody else. */
static void reassign(tr_step_context *context, tr_lead *lead, const tr_whom_def *whoms,
                     uint32_t count, const tr_clause_def *clause) {
  uint32_t now = lead->rep == TR_NO_REP ? TR_NONE : lead->rep;
  choice choice = {.context = context, .lead = lead, .not_this = now, .again_ms = TR_NEVER};
  bool by_team;
  uint32_t rep = choose(&choice, whoms, count, &by_team);
  if (rep != TR_NONE) give(context, lead, rep, by_team, clause);
}

void tr_people_turn(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause) {
  if (tr_begun_before(context, lead, clause)) return; /* two could go on by turns for ever */
  if (clause->act == ACT_OPEN_TO)
    open_to(context, lead, clause->whoms[0].team, clause);
  else
    reassign(context, lead, clause->whoms, clause->whom_count, clause);
}

void tr_people_step(tr_step_context *context, tr_lead *lead, const tr_step_def *step,
                    const tr_clause_def *clause) {
  tr_whom_def whom = {.kind = WHOM_TEAM, .team = step->team};
  if (step->kind == STEP_OPEN)
    open_to(context, lead, step->team, clause);
  else
    reassign(context, lead, &whom, 1, clause);
}

bool tr_people_is_absent(tr_step_context *context, tr_lead *lead, int64_t more_than_ms) {
  const treaty_engine *engine = context->engine;
  if (lead->rep == TR_NO_REP) return false;
  const tr_rep *rep = &engine->reps[lead->rep];
  if (rep->left) return true;
  bool long_enough =
      rep->absent_until_ms == TR_NEVER || rep->absent_until_ms - rep->absent_from_ms > more_than_ms;
  if (!long_enough || engine->clock_ms >= rep->absent_until_ms) return false;
  bool already = engine->clock_ms >= rep->absent_from_ms;
  tr_hold_until(lead, already ? rep->absent_until_ms : rep->absent_from_ms);
  return already;
}

/* ---- Who takes it ---------------------------------------------------------------------------- */

static const char *take(tr_step_context *context, tr_lead *lead) {
  treaty_engine *engine = context->engine;
  if (!lead || lead->open_to == TR_NO_REP) return "no lead of the account is open to a team";
  uint32_t rep =
      engine->event->actor.bytes ? tr_people_find(engine, engine->event->actor) : TR_NONE;
  if (rep == TR_NONE || engine->reps[rep].team != lead->open_to || engine->reps[rep].left)
    return "its actor is not of the team that the lead is open to";
  give(context, lead, rep, false, NULL);
  return NULL;
}

void tr_people_take(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  treaty_text id = engine->event->lead;
  tr_lead *lead = id.bytes ? tr_lead_meant(context->account, id.bytes, id.length)
                           : tr_lead_latest(context->account);
  const char *why = take(context, lead && !lead->closed ? lead : NULL);
  if (why) tr_people_note_nothing(engine, context->account, why);
}

void tr_people_leave_owner(tr_step_context *context, tr_lead *lead) {
  let_go(context, lead);
  tr_held_remove(context->engine, lead);
  lead->open_to = TR_NO_REP;
  lead->unassigned_said = false;
}

void tr_people_close(treaty_engine *engine, tr_lead *lead) {
  tr_held_remove(engine, lead);
  lead->open_to = TR_NO_REP;
}
