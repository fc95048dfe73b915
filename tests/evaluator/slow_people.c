/* slow_people.c - who has a lead: whose turn it is, who is there, and who gets it instead. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

static const tr_team_decl *team_named(const slow *slow, const char *name) {
  for (uint32_t i = 0; i < slow->tree->teams.count; i++) {
    if (strcmp(slow->tree->teams.items[i]->name.text, name) == 0) return slow->tree->teams.items[i];
  }
  return NULL;
}

/* ---- The people ------------------------------------------------------------------------------ */

static slow_person *add_person(slow *slow, const char *id, const tr_team_decl *team) {
  assert(slow->people_count < REPS_MAX);
  slow_person *added = &slow->people[slow->people_count++];
  *added = (slow_person){.id = slow_keep_text(slow, id),
                         .team = team,
                         .share = MILLION,
                         .placed_ms = INT64_MIN,
                         .absence_ms = INT64_MIN};
  return added;
}

void slow_find_people(slow *slow) {
  for (uint32_t i = 0; i < slow->tree->reps.count; i++) {
    const tr_rep_decl *rep = slow->tree->reps.items[i];
    slow_person *person = add_person(slow, rep->id.text, team_named(slow, rep->team.text));
    if (rep->share_millionths >= 0) person->share = rep->share_millionths;
    person->hours = rep->hours.text;
  }
}

int slow_find_person(const slow *slow, const char *id) {
  for (int i = 0; i < slow->people_count; i++) {
    if (strcmp(slow->people[i].id, id) == 0) return i;
  }
  return SLOW_NONE;
}

static bool is_absent(const slow_person *person, int64_t now_ms) {
  return person->has_left || (person->absent_from_ms <= now_ms && now_ms < person->absent_until_ms);
}

/* So many leads somebody has now. */
static uint32_t count_open(const slow *slow, int person) {
  uint32_t count = 0;
  for (int i = 0; i < slow->lead_count; i++)
    count += slow->deals[i].is_open && slow->deals[i].rep == person;
  return count;
}

const char *slow_rep_hours(const slow *slow, int lead) {
  int rep = slow->deals[lead].rep;
  return rep == SLOW_NONE ? NULL : slow->people[rep].hours;
}

/* ---- Whose turn it is ------------------------------------------------------------------------ */

/* What is said of people who were declared; of those whom events have added, what is the same for
 * all. */
static bool fits(const step *step, int lead, const tr_whom *whom, int person) {
  const slow *slow = step->slow;
  uint32_t declared = slow->tree->reps.count;
  if (!whom->where) return true;
  const tr_tree *tree = slow->tree;
  uint32_t kind = (uint32_t)person < declared ? tree->reps.items[person]->kind : tree->rep_kinds;
  const tr_expr *where = whom->wheres[kind];
  return where && slow_holds(step, lead, where) == TREATY_TRUE;
}

static bool has_turn(const step *step, int lead, const tr_whom *whom, int person, int not_this) {
  const slow *slow = step->slow;
  const slow_person *one = &slow->people[person];
  const tr_team_decl *team = one->team;
  if (strcmp(team->name.text, whom->name.text) != 0 || one->has_left || person == not_this)
    return false;
  if (team->skip_absent && is_absent(one, step->now_ms)) return false;
  if (team->most_open && count_open(slow, person) >= team->most_open) return false;
  return fits(step, lead, whom, person);
}

/* Of equals whoever waits longer; of these who was declared first. */
static bool comes_before(const slow *slow, int one, int other) {
  const slow_person *a = &slow->people[one], *b = &slow->people[other];
  if (a->team->pick == PICK_SHARES) {
    int64_t left = (a->given + 1) * b->share, right = (b->given + 1) * a->share;
    if (left != right) return left < right;
  }
  if (a->team->pick == PICK_FEWEST_OPEN && count_open(slow, one) != count_open(slow, other))
    return count_open(slow, one) < count_open(slow, other);
  return a->turn < b->turn;
}

static int next_of_team(const step *step, int lead, const tr_whom *whom, int not_this) {
  int best = SLOW_NONE;
  for (int i = 0; i < step->slow->people_count; i++) {
    if (!has_turn(step, lead, whom, i, not_this)) continue;
    if (best == SLOW_NONE || comes_before(step->slow, i, best)) best = i;
  }
  return best;
}

/* ---- Who is named ---------------------------------------------------------------------------- */

/* By the order of opening, not by who had it last. */
static int of_other_lead(const step *step, int lead, bool latest) {
  const slow *slow = step->slow;
  int found = SLOW_NONE;
  for (int i = 0; i < slow->lead_count; i++) {
    const slow_deal *deal = &slow->deals[i];
    bool mine = slow_account_of(slow, slow->lead_account[i]) == step->account;
    if (!mine || i == lead || deal->rep == SLOW_NONE || slow->lead_is[i] != i) continue;
    if (found == SLOW_NONE || (deal->order > slow->deals[found].order) == latest) found = i;
  }
  return found == SLOW_NONE ? SLOW_NONE : slow->deals[found].rep;
}

static int named_by(const step *step, int lead, const tr_whom *whom) {
  int person;
  switch (whom->kind) {
    case WHOM_PREVIOUS: return deal_of(step, lead)->previous_rep;
    case WHOM_LATEST: return of_other_lead(step, lead, true);
    case WHOM_EARLIEST: return of_other_lead(step, lead, false);
    case WHOM_REP:
      person = slow_find_person(step->slow, whom->name.text);
      return person != SLOW_NONE && fits(step, lead, whom, person) ? person : SLOW_NONE;
    default: abort(); /* the random rules do not have it */
  }
}

/* Passed over when absent, gone, or of another party. */
static bool can_have(const step *step, int lead, int person, int not_this) {
  const slow *slow = step->slow;
  if (person == SLOW_NONE || person == not_this) return false;
  const char *owner = slow_stage_of(step, lead)->owner.text;
  return strcmp(slow->people[person].team->party.text, owner) == 0 &&
         !is_absent(&slow->people[person], step->now_ms);
}

static int choose(const step *step, int lead, const tr_whoms *whoms, int not_this, bool *by_team) {
  for (uint32_t i = 0; i < whoms->count; i++) {
    const tr_whom *whom = &whoms->items[i];
    *by_team = whom->kind == WHOM_TEAM;
    int person = *by_team ? next_of_team(step, lead, whom, not_this) : named_by(step, lead, whom);
    if (*by_team ? person != SLOW_NONE : can_have(step, lead, person, not_this)) return person;
  }
  return SLOW_NONE;
}

/* ---- Giving ---------------------------------------------------------------------------------- */

static void give(step *step, int lead, int person, bool by_team, const tr_clause *clause) {
  slow *slow = step->slow;
  slow_deal *deal = deal_of(step, lead);
  slow_person *to = &slow->people[person];
  treaty_decision *said = slow_say(step, TREATY_LEAD_ASSIGNED, lead, clause);
  said->from = deal->rep == SLOW_NONE ? NULL : slow->people[deal->rep].id;
  said->to = to->id;
  said->party = to->team->party.text;
  said->name = to->team->name.text;
  if (deal->rep != SLOW_NONE) deal->previous_rep = deal->rep;
  to->turn = ++slow->turns;
  to->given += by_team;
  deal->rep = person;
  deal->open_to = NULL;
  deal->is_assigned = deal->rep_moved = true;
  deal->unassigned_said = false;
  slow_end_assigned(step, lead);
}

void slow_pass_on(step *step, int lead, int person, const tr_power *power) {
  const tr_clause clause = {.span = power->span};
  give(step, lead, person, false, &clause);
}

bool slow_is_there(const step *step, int person) {
  return !is_absent(&step->slow->people[person], step->now_ms);
}

static void let_go(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  if (deal->rep == SLOW_NONE) return;
  deal->previous_rep = deal->rep;
  deal->rep = SLOW_NONE;
  deal->rep_moved = true;
}

static const tr_clause *assigning(const step *step, int lead) {
  const tr_clauses *clauses = &deal_of(step, lead)->agreement->clauses;
  const char *stage = slow_stage_of(step, lead)->name.text;
  for (uint32_t i = 0; i < clauses->count; i++) {
    if (clauses->items[i]->kind == CLAUSE_ASSIGN && slow_is_from(clauses->items[i], stage))
      return clauses->items[i];
  }
  return NULL;
}

/* Whoever has left, or works for another party now, has it no longer. */
static bool has_gone(const step *step, int lead) {
  int rep = deal_of(step, lead)->rep;
  if (rep == SLOW_NONE) return false;
  const slow_person *person = &step->slow->people[rep];
  return person->has_left ||
         strcmp(person->team->party.text, slow_stage_of(step, lead)->owner.text) != 0;
}

static void assign(step *step, int lead, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  bool by_team;
  if (has_gone(step, lead)) {
    let_go(step, lead);
    slow_end_assigned(step, lead);
  }
  if (deal->rep != SLOW_NONE || deal->open_to) return;
  int person = choose(step, lead, &clause->whoms, SLOW_NONE, &by_team);
  if (person != SLOW_NONE) {
    give(step, lead, person, by_team, clause);
  } else if (!deal->unassigned_said) {
    deal->unassigned_said = true;
    slow_say(step, TREATY_LEAD_UNASSIGNED, lead, clause)->party =
        slow_stage_of(step, lead)->owner.text;
  }
}

bool slow_settle_people(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  const tr_clause *clause = assigning(step, lead);
  if (clause) assign(step, lead, clause);
  bool moved = deal->rep_moved;
  deal->rep_moved = false;
  return moved;
}

/* ---- Another turn ---------------------------------------------------------------------------- */

static void open_to(step *step, int lead, const char *name, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  const tr_team_decl *team = team_named(step->slow, name);
  treaty_decision *said = slow_say(step, TREATY_LEAD_OPEN_TO_TEAM, lead, clause);
  said->from = deal->rep == SLOW_NONE ? NULL : step->slow->people[deal->rep].id;
  said->to = name;
  said->party = team->party.text;
  let_go(step, lead);
  deal->is_assigned = false;
  deal->open_to = team;
  slow_end_assigned(step, lead);
}

/* Never to whoever has it, unless there is nobody else: then it stays. */
static void reassign(step *step, int lead, const tr_whoms *whoms, const tr_clause *clause) {
  bool by_team;
  int person = choose(step, lead, whoms, deal_of(step, lead)->rep, &by_team);
  if (person != SLOW_NONE) give(step, lead, person, by_team, clause);
}

void slow_turn(step *step, int lead, const tr_clause *clause) {
  if (slow_did_before(step, lead, clause)) return;
  if (clause->kind == CLAUSE_OPEN)
    open_to(step, lead, clause->whoms.items[0].name.text, clause);
  else
    reassign(step, lead, &clause->whoms, clause);
}

void slow_turn_by_step(step *step, int lead, const tr_step *taken, const tr_clause *clause) {
  tr_whom whom = {.kind = WHOM_TEAM, .name = taken->who};
  tr_whoms whoms = {.items = &whom, .count = 1};
  if (taken->kind == STEP_OPEN)
    open_to(step, lead, taken->who.text, clause);
  else
    reassign(step, lead, &whoms, clause);
}

/* From the beginning of an absence that is long enough until its end; for good who has left. */
bool slow_rep_is_absent(const step *step, int lead, int64_t more_than_ms) {
  int rep = deal_of(step, lead)->rep;
  if (rep == SLOW_NONE) return false;
  const slow_person *person = &step->slow->people[rep];
  bool is_long = person->absent_until_ms == INT64_MAX ||
                 person->absent_until_ms - person->absent_from_ms > more_than_ms;
  return person->has_left || (is_long && is_absent(person, step->now_ms));
}

/* The lead goes to another party. */
void slow_leave_owner(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  let_go(step, lead);
  deal->open_to = NULL;
  deal->unassigned_said = false;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static const char *text_of(const past_event *event, int field) {
  const treaty_value *value = &event->event->values[field];
  return value->present ? value->text.bytes : NULL;
}

/* Who comes new to a team that shares begins where the others are. */
static int64_t given_like_others(const slow *slow, const slow_person *joined) {
  int64_t least = INT64_MAX;
  for (int i = 0; i < slow->people_count; i++) {
    const slow_person *other = &slow->people[i];
    if (other == joined || other->team != joined->team || other->has_left) continue;
    int64_t like = other->given * joined->share / other->share;
    if (like < least) least = like;
  }
  return least == INT64_MAX ? 0 : least;
}

/* What was so later stands, in whatever order it is told. */
static bool is_newest(int64_t *said_ms, int64_t now_ms) {
  if (now_ms < *said_ms) return false;
  *said_ms = now_ms;
  return true;
}

static void come_to(slow *slow, slow_person *person, const tr_team_decl *team) {
  bool is_new = person->team != team || person->has_left || person->given == 0;
  person->team = team;
  person->has_left = false;
  if (is_new) person->given = given_like_others(slow, person);
}

static void join(slow *slow, const char *id, const char *team_name, int64_t event_ms) {
  const tr_team_decl *team = team_name ? team_named(slow, team_name) : NULL;
  if (!team) return;
  int found = slow_find_person(slow, id);
  slow_person *person = found == SLOW_NONE ? add_person(slow, id, team) : &slow->people[found];
  if (is_newest(&person->placed_ms, event_ms)) come_to(slow, person, team);
  if (is_newest(&person->absence_ms, event_ms))
    person->absent_from_ms = person->absent_until_ms = 0;
}

void slow_people_event(slow *slow, int number) {
  const past_event *event = &slow->events[number];
  const char *type = event->event->type->name, *id = text_of(event, 0);
  if (!id) return;
  if (strcmp(type, "rep.joined") == 0) {
    join(slow, id, text_of(event, 1), event->time_ms);
    return;
  }
  int found = slow_find_person(slow, id);
  if (found == SLOW_NONE) return;
  slow_person *person = &slow->people[found];
  const treaty_value *since = &event->event->values[1], *until = &event->event->values[2];
  if (strcmp(type, "rep.left") == 0) {
    if (is_newest(&person->placed_ms, event->time_ms)) person->has_left = true;
    return;
  }
  if (!is_newest(&person->absence_ms, event->time_ms)) return;
  person->absent_from_ms = since->present ? since->integer : event->time_ms;
  person->absent_until_ms = until->present ? until->integer : INT64_MAX;
  if (person->absent_until_ms < person->absent_from_ms)
    person->absent_until_ms = person->absent_from_ms;
}

/* The first of the team who takes it gets a lead that is open to it; true: it is such an event. */
bool slow_take(step *step) {
  const treaty_event *event = step->event->event;
  int lead = step->event->whose.lead;
  if (strcmp(event->type->name, "lead.taken") != 0) return false;
  int person = event->actor.bytes ? slow_find_person(step->slow, event->actor.bytes) : SLOW_NONE;
  if (lead == SLOW_NONE || person == SLOW_NONE) return true;
  const slow_deal *deal = deal_of(step, lead);
  const slow_person *taker = &step->slow->people[person];
  if (deal->is_open && deal->open_to && taker->team == deal->open_to && !taker->has_left)
    give(step, lead, person, false, NULL);
  return true;
}

void slow_take_absences(const slow *slow, int64_t after_ms, int64_t *first_ms) {
  for (int i = 0; i < slow->people_count; i++) {
    int64_t ends[] = {slow->people[i].absent_from_ms, slow->people[i].absent_until_ms};
    for (int k = 0; k < 2; k++) {
      if (ends[k] > after_ms && ends[k] < *first_ms) *first_ms = ends[k];
    }
  }
}
