/* slow_clauses.c - what the agreement makes of what is known: at every event, and whenever time
 * could have changed something, all clauses of all leads of the account, until nothing changes. */
#include "slow_deal.h"

const char *slow_person_id(int person) {
  static const char *const ids[PERSONS_MAX] = {"p0", "p1", "p2", "p3"};
  return ids[person];
}

static slow_deal *deal_of(const step *step, int lead) { return &step->slow->deals[lead]; }

/* ---- What is asked --------------------------------------------------------------------------- */

/* Other leads are seen as they stood before the present pass. */
static asking asking_of(const step *step, int lead) {
  return (asking){.slow = step->slow,
                  .event = step->event,
                  .view = {.account = step->account, .person = SLOW_NONE, .lead = lead},
                  .now_ms = step->now_ms,
                  .at = {.time_ms = INT64_MAX},
                  .hides = true,
                  .self = lead,
                  .settled = step->settled};
}

slow_value slow_value_of(const step *step, int lead, const tr_expr *expr) {
  asking asking = asking_of(step, lead);
  return slow_ask(&asking, expr);
}

int slow_holds_of(const step *step, int lead, int person, const tr_expr *expr) {
  asking asking = asking_of(step, lead);
  if (!expr) return TREATY_TRUE;
  asking.view.person = person;
  slow_value value = slow_ask(&asking, expr);
  if (value.fuzzy) step->slow->in_doubt = true;
  return truth_of(value);
}

int slow_holds(const step *step, int lead, const tr_expr *expr) {
  return slow_holds_of(step, lead, SLOW_NONE, expr);
}

bool slow_fired(const step *step, const char *trigger) {
  const slow *slow = step->slow;
  uint32_t wanted = trigger_of(slow, trigger);
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind == FIRED && at->event == step->event->event && at->what == wanted) return true;
  }
  return false;
}

bool slow_happens(const step *step, int lead, const char *trigger) {
  return trigger && step->event && !step->spent && step->event->whose.lead == lead &&
         slow_fired(step, trigger);
}

static uint32_t stage_of(const slow *slow, const char *name) {
  return tr_symbol_in(slow->symbols, 0, name)->index;
}
static const tr_stage *stage_named(const slow *slow, uint32_t stage) {
  return &slow->tree->stages.items[0]->list.items[stage];
}
const tr_stage *slow_stage_named(const slow *slow, const char *name) {
  const tr_symbol *symbol = tr_symbol_in(slow->symbols, 0, name);
  return symbol && symbol->kind == SYMBOL_STAGE ? stage_named(slow, symbol->index) : NULL;
}

const tr_stage *slow_stage_of(const step *step, int lead) {
  return stage_named(step->slow, deal_of(step, lead)->stage);
}

/* ---- What is said ---------------------------------------------------------------------------- */

const char *slow_keep_text(slow *slow, const char *text) {
  for (int i = 0; i < slow->text_count; i++) {
    if (strcmp(slow->texts[i], text) == 0) return slow->texts[i];
  }
  assert(slow->text_count < TEXTS_MAX);
  return slow->texts[slow->text_count++] = strdup(text);
}

treaty_decision *slow_say(step *step, treaty_decision_kind kind, int lead,
                          const tr_clause *clause) {
  slow *slow = step->slow;
  if (slow->said_count == slow->said_room) {
    slow->said_room = slow->said_room ? slow->said_room * 2 : 16;
    slow->said = realloc(slow->said, sizeof *slow->said * (size_t)slow->said_room);
  }
  slow_decision *said = &slow->said[slow->said_count++];
  *said =
      (slow_decision){.lead = lead,
                      .span = clause ? clause->span : (tr_span){0},
                      .decision = {.kind = kind, .time_ms = step->now_ms, .due_ms = TREATY_NEVER}};
  const tr_agreement *agreement = deal_of(step, lead)->agreement;
  if (agreement) {
    said->decision.agreement = agreement->name.text;
    said->decision.version = (uint32_t)agreement->version;
  }
  return &said->decision;
}

/* ---- Stages ---------------------------------------------------------------------------------- */

bool slow_lets_in(step *step, int lead, const char *stage, const tr_clause *clause) {
  if (!(deal_of(step, lead)->entered >> stage_of(step->slow, stage) & 1)) return true;
  slow_say(step, TREATY_LEAD_ENTRY_REFUSED, lead, clause)->to = stage;
  return false;
}

static slow_stamp stamp_of(const step *step) {
  bool by_time = !step->event;
  return (slow_stamp){.time_ms = step->now_ms,
                      .number = by_time ? SLOW_BY_TIME : step->event->number};
}

/* What comes of what was decided is counted anew; conditions that begin with it are not looked at
 * before the pass is over. */
static void count_anew(step *step, bool in_pass) {
  slow *slow = step->slow;
  slow->passing = (passing){.is_on = in_pass,
                            .after = {.time_ms = step->now_ms, .number = slow->event_count - 1},
                            .by_time = !step->event,
                            .look = step->look};
  slow_recount(slow, step->event ? step->now_ms - 1 : step->now_ms);
}

static void close(step *step, int lead, const tr_clause *clause, const char *reason) {
  slow_deal *deal = deal_of(step, lead);
  slow_end_offer(step, lead);
  slow_end_duties(step, lead, NULL);
  slow_end_hold(step, lead);
  treaty_decision *closed = slow_say(step, TREATY_LEAD_CLOSED, lead, clause);
  closed->to = slow_stage_of(step, lead)->name.text;
  closed->won = slow_stage_of(step, lead)->won;
  closed->reason = reason;
  deal->is_open = false;
  step->slow->lead_closed[lead] = stamp_of(step);
}

static void say_entry(step *step, int lead, const tr_stage *to, const tr_clause *clause,
                      const char *reason) {
  const tr_stage *from = slow_stage_of(step, lead);
  treaty_decision *said = slow_say(step, TREATY_LEAD_STAGE_CHANGED, lead, clause);
  said->reason = reason;
  said->from = from->name.text;
  said->to = to->name.text;
  said->party = to->owner.text;
  if (strcmp(from->owner.text, to->owner.text) == 0) return;
  said = slow_say(step, TREATY_LEAD_OWNER_CHANGED, lead, clause);
  said->from = from->owner.text;
  said->to = to->owner.text;
  slow_leave_owner(step, lead);
}

static void note_entry(step *step, int lead, uint32_t stage) {
  slow_deal *deal = deal_of(step, lead);
  slow_stamp after = {.time_ms = step->now_ms, .number = step->slow->event_count - 1};
  deal->stage = stage;
  deal->entered |= UINT64_C(1) << stage;
  deal->ever |= UINT64_C(1) << stage;
  slow_enter_stage(step->slow, lead, stage, after, !step->event, step->look);
}

/* A lead that was promoted stays with the version, until it comes again to where the newest one
 * promotes from. */
static void bind(step *step, int lead, const tr_clause *promotes, bool again) {
  slow_deal *deal = deal_of(step, lead);
  if (promotes) deal->is_bound = true;
  if (again && deal->is_bound &&
      slow_promotes_from(step, deal->agreement, slow_stage_of(step, lead)->name.text))
    deal->is_bound = false;
}

static void go(step *step, int lead, uint32_t stage, const tr_clause *clause,
               const tr_clause *promotes, const char *reason) {
  slow_deal *deal = deal_of(step, lead);
  const tr_stage *to = stage_named(step->slow, stage);
  bool again = deal->ever >> stage & 1;
  if (promotes) {
    asking asking = asking_of(step, lead);
    slow_keep(&asking, promotes);
  }
  slow_end_offer(step, lead);
  slow_end_duties(step, lead, to);
  say_entry(step, lead, to, clause, reason);
  note_entry(step, lead, stage);
  deal->since_ms = step->now_ms;
  deal->switched_ms = INT64_MIN;
  for (int i = 0; i < CLAUSES_MAX; i++) deal->stood[i] = NOT_LOOKED_AT;
  if (to->won || to->lost)
    close(step, lead, clause, reason);
  else
    bind(step, lead, promotes, again);
  count_anew(step, true);
}

void slow_go(step *step, int lead, const char *name, const tr_clause *clause) {
  go(step, lead, stage_of(step->slow, name), clause, clause->kind == CLAUSE_PROMOTE ? clause : NULL,
     clause->reason.text);
}

void slow_go_by_power(step *step, int lead, const tr_power *power, const tr_clause *promotes,
                      const char *reason) {
  const tr_clause clause = {.span = power->span};
  go(step, lead, stage_of(step->slow, power->to.text), &clause, promotes, reason);
}

void slow_go_by_name(step *step, int lead, const tr_becomes *becomes) {
  const tr_clause clause = {.span = becomes->span};
  uint32_t stage = stage_of(step->slow, becomes->to.text);
  const tr_stage *from = slow_stage_of(step, lead), *to = stage_named(step->slow, stage);
  if (!slow_lets_in(step, lead, becomes->to.text, &clause)) return;
  if (strcmp(from->owner.text, to->owner.text) != 0) slow_end_duties(step, lead, to);
  say_entry(step, lead, to, &clause, NULL);
  note_entry(step, lead, stage);
  count_anew(step, true);
}

/* ---- Clauses --------------------------------------------------------------------------------- */

bool slow_is_from(const tr_clause *clause, const char *stage) {
  for (uint32_t i = 0; i < clause->from.count; i++) {
    if (strcmp(clause->from.items[i].text, stage) == 0) return true;
  }
  return false;
}

/* true: the lead has entered a stage. */
static bool act(step *step, int lead, const tr_clause *clause) {
  int stays = step->slow->stay_count;
  if (clause->kind == CLAUSE_REASSIGN || clause->kind == CLAUSE_OPEN)
    slow_turn(step, lead, clause);
  else if (clause->kind == CLAUSE_HAND)
    slow_make_offer(step, lead, clause);
  else if (slow_lets_in(step, lead, clause->to.text, clause))
    slow_go(step, lead, clause->to.text, clause);
  return step->slow->stay_count > stays;
}

/* On the rise: when it has become true, or is when the lead enters. Of several offers a later one
 * is made only when all earlier ones would not be. */
static bool look_at_when(step *step, int lead, const tr_clause *clause, int *stood,
                         bool *is_blocked, bool silent) {
  bool hands = clause->kind == CLAUSE_HAND, was_true = *stood == TREATY_TRUE;
  int holds = slow_holds(step, lead, clause->when);
  if (hands && slow_is_withdrawn(step, lead, clause)) holds = TREATY_FALSE;
  if (hands && *is_blocked) {
    *stood = TREATY_FALSE;
    return false;
  }
  if (hands && holds != TREATY_FALSE) *is_blocked = true;
  *stood = holds;
  if (was_true || holds != TREATY_TRUE || silent) return false;
  if (hands && deal_of(step, lead)->offer.clause) return false;
  if (deal_of(step, lead)->hold) {
    *stood = TREATY_FALSE; /* it rises when the hold ends */
    return false;
  }
  return act(step, lead, clause);
}

static bool look_at_on(step *step, int lead, const tr_clause *clause) {
  if (!slow_happens(step, lead, clause->on.event.text)) return false;
  if (slow_holds(step, lead, clause->on.where) != TREATY_TRUE) return false;
  if (deal_of(step, lead)->hold) {
    slow_hold_back(step, lead, clause);
    return false;
  }
  step->spent = true;
  return act(step, lead, clause);
}

/* What was past when a newer version took force counts from then. */
static bool look_at_after(step *step, int lead, const tr_clause *clause, int *stood) {
  const slow_deal *deal = deal_of(step, lead);
  int64_t due_ms = deal->since_ms + clause->after_ms;
  if (due_ms <= deal->switched_ms) due_ms = deal->switched_ms + clause->after_ms;
  if (*stood == TREATY_TRUE || deal->hold || !slow_is_due(step, due_ms)) return false;
  *stood = TREATY_TRUE;
  return act(step, lead, clause);
}

static void look_at_absence(step *step, int lead, const tr_clause *clause, int *stood,
                            bool silent) {
  bool was_absent = *stood == TREATY_TRUE,
       is_absent = slow_rep_is_absent(step, lead, clause->after_ms);
  *stood = is_absent ? TREATY_TRUE : TREATY_FALSE;
  if (is_absent && !was_absent && !silent) slow_turn(step, lead, clause);
}

/* Silent: it is only learned how they stand. */
static bool look_at_clauses(step *step, int lead, bool silent) {
  slow_deal *deal = deal_of(step, lead);
  const tr_clauses *clauses = &deal->agreement->clauses;
  const char *stage = slow_stage_of(step, lead)->name.text;
  bool is_blocked = false;
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause *clause = clauses->items[i];
    int *stood = &deal->stood[i];
    if (!slow_is_from(clause, stage)) continue;
    if (deal->offer.clause == clause && slow_look_at_offer(step, lead)) return true;
    if (clause->trigger == TRIGGER_WHEN &&
        look_at_when(step, lead, clause, stood, &is_blocked, silent))
      return true;
    if (clause->trigger == TRIGGER_ABSENT) look_at_absence(step, lead, clause, stood, silent);
    if (clause->trigger == TRIGGER_ON && look_at_on(step, lead, clause)) return true;
    if (clause->trigger == TRIGGER_AFTER && look_at_after(step, lead, clause, stood)) return true;
  }
  return false;
}

bool slow_did_before(step *step, int lead, const tr_clause *clause) {
  for (int i = 0; i < step->begun_count; i++) {
    if (step->begun[i].lead == lead && step->begun[i].clause == clause) return true;
  }
  assert(step->begun_count < NOTES_MAX);
  step->begun[step->begun_count++] = (slow_note){.lead = lead, .clause = clause};
  return false;
}

/* ---- A step ---------------------------------------------------------------------------------- */

/* What holds already when a newer version takes a lead over makes nothing happen, unless it catches
 * up. */
static bool take_over(step *step, int lead, const tr_agreement *before) {
  slow_deal *deal = deal_of(step, lead);
  bool newer = slow_is_other_version(before, deal->agreement);
  bool silent = newer && !deal->agreement->catching_up;
  if (newer) slow_rename(step, lead);
  if (silent) deal->switched_ms = step->now_ms;
  if (deal->agreement) slow_begin_beside(step, lead, silent);
  return silent;
}

static bool look_at_lead(step *step, int lead) {
  slow_deal *deal = deal_of(step, lead);
  bool entered = false, quiet = false;
  if (!deal->is_open) return false;
  slow_look_at_hold(step, lead);
  while (deal->is_open) {
    const tr_agreement *before = deal->agreement;
    bool led_away = slow_look_at_owed(step, lead), silent = false;
    if (!led_away) {
      if (slow_govern(step, lead)) silent = take_over(step, lead, before);
      if (!deal->agreement) break;
      slow_tell_events(step, lead);
      led_away = look_at_clauses(step, lead, silent);
    }
    quiet = !led_away && (quiet || silent);
    entered |= led_away;
    if (!led_away && !slow_settle_people(step, lead)) break;
  }
  if (deal->is_open && deal->agreement) slow_begin_duties(step, lead, quiet);
  deal->is_assigned = false;
  if (deal->agreement) slow_look_beside(step, lead);
  return entered;
}

/* The account's next lead behind that order; SLOW_NONE: there is none. */
static int next_lead(const step *step, int order) {
  int found = SLOW_NONE;
  for (int i = 0; i < step->slow->lead_count; i++) {
    const slow_deal *deal = deal_of(step, i);
    if (slow_account_of(step->slow, step->slow->lead_account[i]) != step->account) continue;
    if (deal->order <= order) continue;
    if (found == SLOW_NONE || deal->order < deal_of(step, found)->order) found = i;
  }
  return found;
}

/* Each lead once, in the order of opening; other leads are seen as they stood before. */
static bool pass(step *step) {
  bool entered = false;
  step->settled = step->slow->stay_count;
  for (int lead = next_lead(step, SLOW_NONE); lead != SLOW_NONE;
       lead = next_lead(step, deal_of(step, lead)->order))
    entered |= look_at_lead(step, lead);
  return entered;
}

/* Of one that was just opened the first stage is taken. */
static void begin(step *step) {
  for (int i = 0; i < step->slow->lead_count; i++) {
    slow_deal *deal = deal_of(step, i);
    bool opens = step->event && step->slow->lead_opened[i].number == step->event->number;
    deal->entered = opens ? 1 : 0;
  }
  step->look = 1; /* it has been looked once behind an opening */
}

static bool has_buyers_event(const slow *slow, int lead) {
  for (int i = 0; i < slow->event_count; i++) {
    const past_event *at = &slow->events[i];
    const tr_event_decl *type = slow->tree->events.items[at->event->type->index];
    bool by_buyer = strcmp(type->by.text, "buyer") == 0;
    if (by_buyer && !at->voided && slow_lead_of(slow, at->whose.lead) == lead) return true;
  }
  return false;
}

/* What the event says about others ends leads where they stand. */
static void close_beside(step *step) {
  slow *slow = step->slow;
  if (slow->joined != SLOW_NONE) close(step, slow->joined, NULL, "joined");
  for (int i = 0; i < slow->lead_count && slow->took_back; i++) {
    bool mine = slow_account_of(slow, slow->lead_account[i]) == step->account;
    if (mine && deal_of(step, i)->is_open && !has_buyers_event(slow, i))
      close(step, i, NULL, "voided");
  }
  slow->joined = SLOW_NONE;
  slow->took_back = false;
}

/* Leads that entered a stage may have let conditions begin, and these again lead somewhere. */
static void decide(step *step) {
  for (bool entered = true; entered;) {
    entered = false;
    while (pass(step)) entered = true;
    if (entered) count_anew(step, false);
    step->look++;
  }
}

static void add_member(slow_deal *deal, int person) {
  for (int i = 0; i < deal->member_count; i++) {
    if (deal->members[i] == person) return;
  }
  assert(deal->member_count < PERSONS_MAX);
  deal->members[deal->member_count++] = person;
}

static void note_member(step *step) {
  slow_view whose = step->event->whose;
  if (whose.lead != SLOW_NONE && whose.person != SLOW_NONE)
    add_member(deal_of(step, whose.lead), whose.person);
}

void slow_step(slow *slow, int account, int event, int64_t now_ms) {
  step step = {.slow = slow,
               .number = ++slow->step_count,
               .account = account,
               .event = &slow->events[event],
               .now_ms = now_ms};
  begin(&step);
  note_member(&step);
  close_beside(&step);
  count_anew(&step, false);
  if (!slow_take(&step) && !slow_decide_by_people(&step)) slow_note_answer(&step);
  slow_say_contacts(&step);
  decide(&step);
}

static void pass_account(slow *slow, int account, int64_t now_ms) {
  step step = {.slow = slow, .number = ++slow->step_count, .account = account, .now_ms = now_ms};
  begin(&step);
  decide(&step);
}

/* What has become due by a step, as where a pause is over, is due at the same instant. */
void slow_pass(slow *slow, int64_t now_ms) {
  slow->passing.is_on = false;
  slow_recount(slow, now_ms);
  for (int account = 0; account < PEOPLE_MAX; account++) {
    if (!slow_has_events(slow, account)) continue;
    do pass_account(slow, account, now_ms);
    while (slow_next_due(slow, account) <= now_ms);
  }
}

/* ---- Between steps --------------------------------------------------------------------------- */

const slow_decision *slow_decisions(slow *slow, int *count) {
  *count = slow->said_count;
  slow->said_count = 0;
  return slow->said;
}

bool slow_is_in_doubt(const slow *slow) { return slow->in_doubt; }
bool slow_is_open(const slow *slow, int lead) { return slow->deals[lead].is_open; }

void slow_put_last(slow *slow, int lead) {
  int last = SLOW_NONE;
  for (int i = 0; i < slow->lead_count; i++) {
    if (i != lead && slow->deals[i].order > last) last = slow->deals[i].order;
  }
  slow->deals[lead].order = last + 1;
}

void slow_begin_deal(slow *slow, int lead) {
  slow_deal *deal = &slow->deals[lead];
  *deal = (slow_deal){.is_open = true,
                      .rep = SLOW_NONE,
                      .previous_rep = SLOW_NONE,
                      .ever = 1,
                      .since_ms = slow->stays[slow->stay_count - 1].since_ms,
                      .switched_ms = INT64_MIN};
  for (int i = 0; i < CLAUSES_MAX; i++) deal->stood[i] = NOT_LOOKED_AT;
  slow_put_last(slow, lead);
}

/* Of two clocks the earlier runs on. */
void slow_join_deals(slow *slow, int kept, int gone) {
  slow_deal *one = &slow->deals[kept], *other = &slow->deals[gone];
  slow->joined = gone;
  for (int i = 0; i < other->member_count; i++) add_member(one, other->members[i]);
  if (one->stage != other->stage || one->agreement != other->agreement) return;
  if (other->since_ms < one->since_ms) one->since_ms = other->since_ms;
  slow_join_duties(one, other);
  bool same = one->offer.clause && one->offer.clause == other->offer.clause;
  if (!same || other->offer.clock.started_ms >= one->offer.clock.started_ms) return;
  slow_offer later = one->offer;
  one->offer = other->offer;
  other->offer = later;
}
