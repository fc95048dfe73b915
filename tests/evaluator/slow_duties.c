/* slow_duties.c - what the parties owe: begun, done, due, over; and the way back of leads that were
 * rejected for a while. */
#include "slow_deal.h"

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }
static slow_owed *owed_of(const step *step, int lead, int at) {
  return &deal_of(step, lead)->owed[at];
}

static bool goes_back(const slow_owed *owed) { return owed->clause->kind == CLAUSE_HAND; }

static void take_out(step *step, int lead, int at) {
  slow_deal *deal = deal_of(step, lead);
  deal->owed_count--;
  memmove(&deal->owed[at], &deal->owed[at + 1],
          sizeof *deal->owed * (size_t)(deal->owed_count - at));
}

static int add(step *step, int lead, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  assert(deal->owed_count < OWED_MAX);
  deal->owed[deal->owed_count] = (slow_owed){.agreement = deal->agreement, .clause = clause};
  return deal->owed_count++;
}

/* ---- What is said ---------------------------------------------------------------------------- */

/* The signal; or what is to be known, as it is written. */
static const char *name_of(slow *slow, const tr_clause *clause) {
  char name[256] = "";
  const tr_names *facts = &clause->duty->facts;
  if (clause->duty->owed.text) return slow_keep_text(slow, clause->duty->owed.text);
  for (uint32_t i = 0; i < facts->count; i++) {
    size_t length = strlen(name);
    snprintf(name + length, sizeof name - length, "%s%s", i > 0 ? ", " : "", facts->items[i].text);
  }
  return slow_keep_text(slow, name);
}

static treaty_decision *say(step *step, treaty_decision_kind kind, int lead, int at) {
  const slow_owed *owed = owed_of(step, lead, at);
  treaty_decision *said = slow_say(step, kind, lead, owed->clause);
  said->agreement = owed->agreement->name.text;
  said->version = (uint32_t)owed->agreement->version;
  said->party = owed->clause->duty->party.text;
  said->name = name_of(step->slow, owed->clause);
  said->offered_ms = owed->clock.started_ms;
  said->due_ms = slow_clock_due(&owed->clock);
  return said;
}

static treaty_decision *say_with_times(step *step, treaty_decision_kind kind, int lead, int at) {
  treaty_decision *said = say(step, kind, lead, at);
  slow_clock_tell(&owed_of(step, lead, at)->clock, step->now_ms, said);
  return said;
}

/* Broken first where it falls due at that instant. */
static void end(step *step, int lead, int at, const char *why) {
  slow_owed *owed = owed_of(step, lead, at);
  if (!goes_back(owed)) {
    if (slow_clock_is_missed(step, &owed->clock)) {
      owed->clock.broken = true;
      say_with_times(step, TREATY_DUTY_BROKEN, lead, at);
    }
    say_with_times(step, TREATY_DUTY_ENDED, lead, at)->reason = why;
  }
  take_out(step, lead, at);
}

/* ---- A clock --------------------------------------------------------------------------------- */

/* By its own time; what time brings is behind all events of the instant. */
static slow_stamp stamp_of(const step *step) {
  return step->event ? (slow_stamp){.time_ms = step->event->time_ms, .number = step->event->number}
                     : (slow_stamp){.time_ms = step->now_ms, .number = SLOW_BY_TIME};
}

static void start(step *step, int lead, int at) {
  slow_owed *owed = owed_of(step, lead, at);
  owed->from = stamp_of(step);
  owed->done = 0;
  owed->clock = slow_clock_start(step, lead, &owed->clause->terms);
  say(step, TREATY_DUTY_STARTED, lead, at);
}

static void look_at_clock(step *step, int lead, int at) {
  change change = slow_clock_look(step, lead, &owed_of(step, lead, at)->clock);
  if (change == NO_CHANGE) return;
  say_with_times(step, change == STOOD_STILL ? TREATY_CLOCK_PAUSED : TREATY_CLOCK_RESUMED, lead,
                 at);
}

/* Only what is true counts: unknown does not begin it, and does not excuse. */
static bool is_owed(const step *step, int lead, const tr_duty_decl *duty) {
  bool while_holds = slow_holds(step, lead, duty->owed_while) == TREATY_TRUE;
  return while_holds && !(duty->unless && slow_holds(step, lead, duty->unless) == TREATY_TRUE);
}

/* From here on the version that governs now may begin its own. */
static bool outlives(step *step, int lead, const slow_owed *owed) {
  if (owed->clause->duty->start != START_WHILE || owed->agreement == deal_of(step, lead)->agreement)
    return false;
  assert(step->outlived_count < NOTES_MAX);
  step->outlived[step->outlived_count++] = (slow_note){.lead = lead, .clause = owed->clause};
  return true;
}

/* `every D` begins anew, as long as it is owed. */
static void renew(step *step, int lead, int at) {
  const slow_owed *owed = owed_of(step, lead, at);
  const tr_duty_decl *duty = owed->clause->duty;
  if (duty->start != START_WHILE || outlives(step, lead, owed) || !is_owed(step, lead, duty)) {
    take_out(step, lead, at);
    return;
  }
  start(step, lead, at);
  look_at_clock(step, lead, at);
}

/* ---- Done ------------------------------------------------------------------------------------ */

static bool is_done(step *step, int lead, slow_owed *owed) {
  const tr_duty_decl *duty = owed->clause->duty;
  if (!duty->owed.text) return slow_holds(step, lead, duty->known) == TREATY_TRUE;
  if (owed->done >= duty->times) return true; /* with what a joined lead had done */
  bool is_it = step->event && step->event->whose.lead == lead && slow_fired(step, duty->owed.text);
  if (!is_it || owed->heard == step->number || !is_earlier(owed->from, stamp_of(step)))
    return false;
  owed->heard = step->number;
  return ++owed->done == duty->times;
}

static void fulfil(step *step, int lead, int at) {
  const slow_owed *owed = owed_of(step, lead, at);
  int64_t done_ms = stamp_of(step).time_ms;
  bool late = done_ms > slow_clock_due(&owed->clock);
  treaty_decision *said = say(step, late ? TREATY_DUTY_LATE : TREATY_DUTY_KEPT, lead, at);
  said->answered_ms = done_ms;
  said->late = late;
  slow_clock_tell(&owed->clock, done_ms, said);
  renew(step, lead, at);
}

/* ---- Due ------------------------------------------------------------------------------------- */

/* Where the lead was given on, what ran for whoever had it is over. */
typedef enum outcome { STANDS, IS_OVER, GIVEN_ON, LED_AWAY } outcome;

static outcome take_step(step *step, int lead, int at, const tr_step *taken) {
  static const treaty_decision_kind kinds[] = {[STEP_REMIND] = TREATY_DUTY_REMINDED,
                                               [STEP_ESCALATE] = TREATY_DUTY_ESCALATED,
                                               [STEP_RETURN] = TREATY_DUTY_RETURNED,
                                               [STEP_TELL] = TREATY_DUTY_TOLD};
  const tr_clause *clause = owed_of(step, lead, at)->clause;
  bool returns = taken->kind == STEP_RETURN;
  const char *to =
      slow_stage_by_now(deal_of(step, lead), owed_of(step, lead, at)->agreement, taken->who.text);
  if (returns && !slow_lets_in(step, lead, to, clause)) return STANDS;
  treaty_decision *said = say(step, kinds[taken->kind], lead, at);
  said->percent_millionths = taken->percent_millionths;
  said->say = taken->say;
  if (!returns) {
    said->party = taken->who.text;
    return STANDS;
  }
  said->to = to;
  slow_clock_tell(&owed_of(step, lead, at)->clock, step->now_ms, said);
  take_out(step, lead, at);
  slow_go(step, lead, to, clause);
  return LED_AWAY;
}

static outcome take_due(step *step, int lead, int at) {
  slow_clock *clock = &owed_of(step, lead, at)->clock;
  const tr_step *taken;
  for (due due; (due = slow_clock_take(step, clock, &taken)) != NOTHING_DUE;) {
    if (due == BREACH_DUE)
      say_with_times(step, TREATY_DUTY_BROKEN, lead, at);
    else if (taken->kind == STEP_REASSIGN || taken->kind == STEP_OPEN) {
      slow_turn_by_step(step, lead, taken, owed_of(step, lead, at)->clause);
      return GIVEN_ON;
    } else if (take_step(step, lead, at, taken) == LED_AWAY)
      return LED_AWAY;
  }
  if (!clock->broken || owed_of(step, lead, at)->clause->duty->start != START_WHILE) return STANDS;
  renew(step, lead, at);
  return IS_OVER;
}

static outcome take_way_back(step *step, int lead, int at) {
  slow_owed *owed = owed_of(step, lead, at);
  const tr_clause *clause = owed->clause;
  const char *to = slow_stage_by_now(deal_of(step, lead), owed->agreement, clause->recycle_to.text);
  if (!slow_is_due(step, owed->back_ms) || deal_of(step, lead)->hold) return STANDS;
  take_out(step, lead, at);
  if (!slow_lets_in(step, lead, to, clause)) return IS_OVER;
  slow_go(step, lead, to, clause);
  return LED_AWAY;
}

static outcome look_at(step *step, int lead, int at) {
  slow_owed *owed = owed_of(step, lead, at);
  if (goes_back(owed)) return take_way_back(step, lead, at);
  if (is_done(step, lead, owed)) {
    fulfil(step, lead, at);
    return IS_OVER;
  }
  outcome outcome = take_due(step, lead, at);
  if (outcome != STANDS) return outcome;
  if (!is_owed(step, lead, owed->clause->duty)) {
    (void)outlives(step, lead, owed);
    end(step, lead, at, "no longer owed");
    return IS_OVER;
  }
  look_at_clock(step, lead, at);
  return STANDS;
}

/* What is over makes room: the next one stands in its place, unless it has begun anew there. */
bool slow_look_at_owed(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  for (int at = 0; at < deal->owed_count;) {
    int count = deal->owed_count;
    outcome outcome = look_at(step, lead, at);
    if (outcome == LED_AWAY) return true;
    if (outcome == GIVEN_ON)
      at = 0;
    else if (deal->owed_count == count)
      at++;
  }
  return false;
}

/* ---- Begun ----------------------------------------------------------------------------------- */

/* The party has taken the lead, or another has taken it from the party. */
static bool was_accepted(const step *step, int lead, const char *party) {
  for (int i = 0; i < step->accepted_count; i++) {
    const slow_note *one = &step->accepted[i];
    if (one->lead == lead && (strcmp(one->clause->taker.text, party) == 0 ||
                              strcmp(one->clause->giver.text, party) == 0))
      return true;
  }
  return false;
}

static bool starts_now(step *step, int lead, const tr_clause *clause) {
  const tr_duty_decl *duty = clause->duty;
  if (!duty->from.text) /* acceptance */
    return was_accepted(step, lead, duty->party.text) && !slow_did_before(step, lead, clause);
  return step->event && step->event->whose.lead == lead && slow_fired(step, duty->from.text) &&
         !slow_did_before(step, lead, clause);
}

/* The same is owed under two versions. */
static bool is_same(slow *slow, const tr_clause *one, const tr_clause *other) {
  return one->duty->start == other->duty->start &&
         strcmp(one->duty->party.text, other->duty->party.text) == 0 &&
         name_of(slow, one) == name_of(slow, other);
}

/* What is owed `every D` has one clock; one of another version goes on until it is over … */
static bool runs(const step *step, int lead, const tr_clause *clause) {
  slow_deal *deal = deal_of(step, lead);
  for (int at = 0; at < deal->owed_count; at++) {
    const slow_owed *owed = &deal->owed[at];
    if (goes_back(owed)) continue;
    if (clause->duty->start == START_WHILE && owed->clause == clause) return true;
    if (slow_is_other_version(owed->agreement, deal->agreement) &&
        is_same(step->slow, owed->clause, clause))
      return true;
  }
  return false;
}

/* … and from then on it is this one's. */
static bool takes_over(const step *step, int lead, const tr_clause *clause) {
  for (int i = 0; i < step->outlived_count; i++) {
    const slow_note *one = &step->outlived[i];
    if (one->lead == lead && is_same(step->slow, one->clause, clause)) return true;
  }
  return false;
}

static bool begins(step *step, int lead, const tr_clause *clause, int *stood, bool quiet) {
  const tr_duty_decl *duty = clause->duty;
  bool is_new = *stood == NOT_LOOKED_AT, stood_before = *stood == TREATY_TRUE,
       owed = is_owed(step, lead, duty);
  *stood = owed ? TREATY_TRUE : TREATY_FALSE;
  switch (duty->start) {
    case START_WHILE: {
      bool rises = !stood_before || takes_over(step, lead, clause);
      return owed && rises && !quiet && !runs(step, lead, clause);
    }
    case START_ENTERING:
      return is_new && owed && !quiet && !runs(step, lead, clause) &&
             strcmp(slow_stage_of(step, lead)->name.text, duty->from.text) == 0;
    case START_ASSIGNMENT: return deal_of(step, lead)->is_assigned && owed;
    default: return starts_now(step, lead, clause) && owed;
  }
}

void slow_begin_duties(step *step, int lead, bool quiet) {
  slow_deal *deal = deal_of(step, lead);
  const tr_clauses *clauses = &deal->agreement->clauses;
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause *clause = clauses->items[i];
    if (clause->kind != CLAUSE_OWES) continue;
    if (!begins(step, lead, clause, &deal->stood[i], quiet)) continue;
    int at = add(step, lead, clause);
    start(step, lead, at);
    owed_of(step, lead, at)->heard = step->number;
    (void)look_at(step, lead, at); /* what is known already is kept at once */
  }
}

void slow_end_assigned(step *step, int lead) {
  for (int at = 0; at < deal_of(step, lead)->owed_count;) {
    const slow_owed *owed = owed_of(step, lead, at);
    if (!goes_back(owed) && owed->clause->duty->start == START_ASSIGNMENT)
      end(step, lead, at, "somebody else has the lead");
    else
      at++;
  }
}

void slow_begin_way_back(step *step, int lead, const tr_clause *clause) {
  int at = add(step, lead, clause);
  owed_of(step, lead, at)->back_ms = step->now_ms + clause->recycle_ms;
}

/* ---- Over ------------------------------------------------------------------------------------ */

static const char *why_it_ends(const slow_owed *owed, const tr_stage *from, const tr_stage *to) {
  if (!to) return "the lead is closed";
  if (goes_back(owed) || owed->clause->duty->start == START_ENTERING)
    return "the lead left the stage";
  return strcmp(from->owner.text, to->owner.text) != 0 ? "the lead changed its owner" : NULL;
}

void slow_end_duties(step *step, int lead, const tr_stage *to) {
  const tr_stage *from = slow_stage_of(step, lead);
  for (int at = 0; at < deal_of(step, lead)->owed_count;) {
    const char *why = why_it_ends(owed_of(step, lead, at), from, to);
    if (why)
      end(step, lead, at, why);
    else
      at++;
  }
}

/* Both have done what either has; of two clocks the earlier runs on. */
void slow_join_duties(slow_deal *kept, slow_deal *gone) {
  for (int i = 0; i < kept->owed_count; i++) {
    for (int k = 0; k < gone->owed_count; k++) {
      slow_owed *one = &kept->owed[i], *other = &gone->owed[k];
      if (one->clause != other->clause || goes_back(one) != goes_back(other)) continue;
      one->done += other->done;
      if (other->clock.started_ms >= one->clock.started_ms) continue;
      slow_owed later = *one;
      one->from = other->from;
      one->clock = other->clock;
      other->from = later.from;
      other->clock = later.clock;
    }
  }
}
