/* people.c - see people.h. */
#include "engine/people.h"

#include <string.h>

#include "engine/crowd.h"
#include "engine/limits.h"
#include "engine/quota.h"

/* ---- Who there is ---------------------------------------------------------------------------- */

static void grow(treaty_engine *engine) {
  uint32_t room = engine->rep_room ? 2 * engine->rep_room : 16;
  engine->reps = tr_memory_grow(&engine->memory, engine->reps, engine->rep_room * sizeof(tr_rep),
                                room * sizeof(tr_rep));
  engine->rep_room = room;
}

static tr_rep *add_rep(treaty_engine *engine, treaty_text id, uint32_t team) {
  tr_rep rep = {.team = team, .share_millionths = 1000000, .since_ms = engine->clock_ms};
  rep.text = tr_texts_add(&engine->texts, id.bytes, id.length);
  char *kept = tr_pool_alloc(&engine->pool, id.length + 1);
  memcpy(kept, id.bytes, id.length);
  kept[id.length] = '\0';
  rep.id = (treaty_text){.bytes = kept, .length = id.length};
  if (engine->rep_count == engine->rep_room) grow(engine);
  engine->reps[engine->rep_count] = rep;
  return &engine->reps[engine->rep_count++];
}

void tr_people_init(treaty_engine *engine) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->rep_count; i++) {
    const tr_rep_def *def = &program->reps[i];
    tr_rep *rep = add_rep(engine, (treaty_text){def->id, strlen(def->id)}, def->team);
    rep->hours = def->hours;
    rep->share_millionths = def->share_millionths;
  }
}

uint32_t tr_people_find(const treaty_engine *engine, treaty_text id) {
  uint32_t i = 0;
  while (i < engine->rep_count && (engine->reps[i].id.length != id.length ||
                                   memcmp(engine->reps[i].id.bytes, id.bytes, id.length) != 0))
    i++;
  return i < engine->rep_count ? i : TR_NONE;
}

static uint32_t find_by_text(const treaty_engine *engine, int64_t text) {
  treaty_text bytes = tr_text_bytes((treaty_engine *)engine, text);
  return tr_people_find(engine, bytes);
}

treaty_text tr_people_id(const treaty_engine *engine, uint32_t rep) {
  return rep < engine->rep_count ? engine->reps[rep].id : (treaty_text){0};
}

tr_value tr_people_rep(const treaty_engine *engine, const tr_lead *lead) {
  if (!lead || lead->rep >= engine->rep_count) return (tr_value){.known = UNKNOWN};
  return tr_known_value(engine->reps[lead->rep].text);
}

const tr_calendar *tr_people_hours(const treaty_engine *engine, const tr_lead *lead) {
  return lead->rep < engine->rep_count ? engine->reps[lead->rep].hours : NULL;
}

static bool is_absent_at(const tr_rep *rep, int64_t at_ms) {
  return rep->left || (rep->absent_from_ms <= at_ms && at_ms < rep->absent_until_ms);
}

uint32_t tr_people_party(const treaty_engine *engine, uint32_t rep) {
  return engine->program->teams[engine->reps[rep].team].party;
}

bool tr_people_are_there(const treaty_engine *engine, uint32_t rep) {
  return !is_absent_at(&engine->reps[rep], engine->clock_ms);
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
  const treaty_program *program = choice->context->engine->program;
  if (!whom->wheres) return true;
  const tr_code *where = &whom->wheres[rep < program->rep_count ? rep : program->rep_count];
  return where->count > 0 && holds(choice, where);
}

static bool can_have(choice *choice, const tr_whom_def *whom, uint32_t index) {
  const treaty_engine *engine = choice->context->engine;
  const tr_rep *rep = &engine->reps[index];
  const tr_team_def *team = &engine->program->teams[whom->team];
  if (rep->team != whom->team || rep->left || index == choice->not_this) return false;
  if (team->skip_absent && is_absent_at(rep, engine->clock_ms)) {
    if (rep->absent_until_ms < choice->again_ms) choice->again_ms = rep->absent_until_ms;
    return false;
  }
  if (team->most_open && rep->open >= team->most_open) return false;
  return fits(choice, whom, index);
}

/* Whether the first comes before the second, as the team picks; of equals whoever waits longer. */
static bool comes_before(const tr_team_def *team, const tr_rep *a, const tr_rep *b) {
  if (team->pick == PICK_SHARES) {
    __int128 left = (__int128)(a->given + 1) * b->share_millionths,
             right = (__int128)(b->given + 1) * a->share_millionths;
    if (left != right) return left < right;
  }
  if (team->pick == PICK_FEWEST_OPEN && a->open != b->open) return a->open < b->open;
  return a->turn < b->turn;
}

static uint32_t next_of_team(choice *choice, const tr_whom_def *whom) {
  const treaty_engine *engine = choice->context->engine;
  const tr_team_def *team = &engine->program->teams[whom->team];
  uint32_t best = TR_NONE;
  for (uint32_t i = 0; i < engine->rep_count; i++) {
    if (!can_have(choice, whom, i)) continue;
    if (best == TR_NONE || comes_before(team, &engine->reps[i], &engine->reps[best])) best = i;
  }
  return best;
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
  if (lead->rep != TR_NO_REP) {
    engine->reps[lead->rep].open--;
    lead->previous_rep = lead->rep;
  }
  engine->reps[rep].open++;
  engine->reps[rep].turn = ++engine->turns;
  if (by_team) engine->reps[rep].given++;
  lead->rep = (uint16_t)rep;
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
  context->engine->reps[lead->rep].open--;
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
  choice choice = {.context = context, .lead = lead, .not_this = lead->rep, .again_ms = TR_NEVER};
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

/* ---- Events ---------------------------------------------------------------------------------- */

/* The fields of rep.joined {rep, team}, rep.absent {rep, since, until}, rep.left {rep}. */
enum { REP, TEAM, SINCE = 1, UNTIL };

static const treaty_value *said(const treaty_engine *engine, uint32_t field) {
  return &engine->event->values[field];
}

static void note_nothing(treaty_engine *engine, const tr_account *account, const char *why) {
  treaty_decision nothing = {.kind = TREATY_EVENT_UNBOUND,
                             .seq = engine->seq,
                             .n = engine->next_n++,
                             .time_ms = engine->clock_ms,
                             .due_ms = TREATY_NEVER,
                             .name = engine->event->type->name,
                             .reason = why,
                             .cause_source = engine->event->source,
                             .cause_id = engine->event->id};
  if (account) nothing.account = tr_id_text(account->id);
  TR_PUSH(&engine->step, &engine->decisions, nothing);
}

/* Every open lead that the person has, and those without one, are looked at, at this instant. */
static void look_at_leads(treaty_engine *engine, uint32_t rep) {
  for (uint32_t i = 0; i < engine->account_count; i++) {
    tr_account *account = engine->accounts[i];
    bool any = false;
    for (tr_lead *lead = account->leads; lead; lead = lead->next) {
      if (lead->closed || (lead->rep != rep && !lead->unassigned_said)) continue;
      lead->until_ms = engine->clock_ms;
      if (account->crowd) tr_crowd_settle(account->crowd, lead);
      any = true;
    }
    if (any) tr_step_wake(engine, account);
  }
}

static uint32_t team_named(const treaty_engine *engine, treaty_text name) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->team_count; i++) {
    if (strlen(program->teams[i].name) == name.length &&
        memcmp(program->teams[i].name, name.bytes, name.length) == 0)
      return i;
  }
  return TR_NONE;
}

/* Who comes new to a team that shares begins where the others are, not at the beginning. */
static uint64_t given_like_others(const treaty_engine *engine, uint32_t rep) {
  const tr_rep *joined = &engine->reps[rep];
  uint64_t least = UINT64_MAX;
  for (uint32_t i = 0; i < engine->rep_count; i++) {
    const tr_rep *other = &engine->reps[i];
    if (i == rep || other->team != joined->team || other->left) continue;
    uint64_t like =
        (uint64_t)((unsigned __int128)other->given * (uint64_t)joined->share_millionths /
                   (uint64_t)other->share_millionths);
    if (like < least) least = like;
  }
  return least == UINT64_MAX ? 0 : least;
}

/* Somebody who had left, or was absent, is there again. */
static void join(treaty_engine *engine) {
  treaty_text id = said(engine, REP)->text;
  uint32_t rep = tr_people_find(engine, id), team = team_named(engine, said(engine, TEAM)->text);
  if (team == TR_NONE) {
    note_nothing(engine, NULL, "there is no team of that name");
    return;
  }
  if (rep == TR_NONE && engine->rep_count >= TR_REPS_MAX) {
    note_nothing(engine, NULL, "there are as many people as can be");
    return;
  }
  if (rep == TR_NONE) rep = (uint32_t)(add_rep(engine, id, team) - engine->reps);
  tr_rep *joined = &engine->reps[rep];
  bool is_new = joined->team != team || joined->left || joined->given == 0;
  const tr_team_def *teams = engine->program->teams;
  if (joined->left || teams[joined->team].party != teams[team].party)
    joined->since_ms = engine->clock_ms;
  tr_quotas_keep_absence(engine, rep);
  joined->team = team;
  joined->left = false;
  if (is_new) joined->given = given_like_others(engine, rep);
  joined->absent_from_ms = joined->absent_until_ms = 0;
  look_at_leads(engine, rep);
}

static void be_absent(treaty_engine *engine, uint32_t rep) {
  const treaty_value *since = said(engine, SINCE), *until = said(engine, UNTIL);
  tr_rep *absent = &engine->reps[rep];
  tr_quotas_keep_absence(engine, rep);
  absent->absent_from_ms = since->present ? since->integer : engine->event_ms;
  absent->absent_until_ms = until->present ? until->integer : TR_NEVER;
  if (absent->absent_until_ms < absent->absent_from_ms)
    absent->absent_until_ms = absent->absent_from_ms;
}

void tr_people_event(treaty_engine *engine) {
  tr_control control = engine->program->events[engine->event->type->index].control;
  if (!said(engine, REP)->present) {
    note_nothing(engine, NULL, "it does not say who");
    return;
  }
  if (control == CONTROL_REP_JOINED) {
    join(engine);
    return;
  }
  uint32_t rep = tr_people_find(engine, said(engine, REP)->text);
  if (rep == TR_NONE) {
    note_nothing(engine, NULL, "there is nobody of that id");
    return;
  }
  if (control == CONTROL_REP_LEFT)
    engine->reps[rep].left = true;
  else
    be_absent(engine, rep);
  look_at_leads(engine, rep);
}

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
  if (why) note_nothing(engine, context->account, why);
}

void tr_people_leave_owner(tr_step_context *context, tr_lead *lead) {
  let_go(context, lead);
  lead->open_to = TR_NO_REP;
  lead->unassigned_said = false;
}

void tr_people_close(treaty_engine *engine, tr_lead *lead) {
  if (lead->rep != TR_NO_REP) engine->reps[lead->rep].open--;
  lead->open_to = TR_NO_REP;
}
