/* step.h - one event or one instant, one step: bind; learn; signals and scores; criteria; clauses
 * until nothing changes. observe.c does the first half, step.c the second; govern.c says which
 * agreement governs a lead, handover.c is about offers, decide.c writes down what was decided. */
#ifndef TR_STEP_H
#define TR_STEP_H

#include "engine/evaluate.h"

/* What beside the event happens to a lead in a step: a signal that came about (signal.c). */
typedef struct tr_happening {
  const tr_lead *lead;
  uint64_t *fired; /* signals, a bit each */
  bool spent;      /* a clause has acted on it */
} tr_happening;

/* What has come of a clause for a lead. */
typedef struct tr_begun {
  const tr_lead *lead;
  const tr_clause_def *clause;
} tr_begun;

/* A contact that a clause does not allow. */
typedef struct tr_over {
  const tr_lead *lead;
  const tr_person *person; /* NULL: nobody was named */
  const tr_clause_def *clause;
  const tr_event_def *event;
  int64_t time_ms;
  treaty_text actor; /* who of the party made it; bytes NULL: not said */
  uint32_t count;    /* how many there were in the span, with it */
} tr_over;

/* What counts for quotas: a lead has entered a stage; or, with lead NULL, an event has come. */
typedef struct tr_quota_hit {
  tr_lead *lead;
  uint32_t stage, agreement;
  uint32_t quota, share; /* of an event: for which, and for whom of it */
  int64_t amount;
} tr_quota_hit;

typedef struct tr_step_context {
  treaty_engine *engine;
  tr_account *account;
  tr_person *person;     /* the person that the event is about, or NULL */
  tr_lead *bound;        /* the lead that it is for; NULL: none, or time alone */
  tr_lead *closed;       /* the same, of one that is closed: nothing acts on it */
  uint32_t chosen_among; /* so many were open, and the event named none; 0: there was no choice */
  bool by_time;          /* nothing happened but that time passed */
  bool built_anew;       /* the account: every lead may have changed */
  bool looks_back;       /* the account is being built anew: leads stand as they did then */
  bool event_spent;      /* a clause has acted on the event */
  uint8_t looks;         /* how often conditions on stages were looked at */
  TR_LIST(tr_happening) happenings;
  uint32_t came_about;        /* signals that no event is */
  TR_LIST(tr_lead *) entered; /* leads that have entered a stage in the present pass */
  TR_LIST(tr_begun) begun;    /* duties and turns that this step has begun */
  TR_LIST(tr_over) over;      /* contacts, not told of yet */
  TR_LIST(tr_begun) accepted; /* leads that a party has taken, by which clause */
  TR_LIST(tr_quota_hit) hits; /* not counted yet */
  TR_LIST(tr_begun) outlived; /* those whose version governs no longer, and that are over now */
} tr_step_context;

/* ---- observe.c ------------------------------------------------------------------------------- */

/* The account of the event: named, or told by `bind`. false: refused. *account NULL: ignored. */
bool tr_bind_account(treaty_engine *engine, tr_account **account, treaty_refusal *refusal);

/* Takes the present event in: who it is about, what it teaches, what it counts for. */
void tr_observe(tr_step_context *context);

/* Lets the signals fire that stand on those that have. */
void tr_fire_behind(treaty_engine *engine, const tr_firing *firings, uint32_t count, tr_view view);
/* Counts the signals that have fired in the windows of one entity. */
void tr_count_windows(treaty_engine *engine, tr_entity entity, tr_view view);

/* ---- signal.c -------------------------------------------------------------------------------- */

/* Takes note of the present event, for silences; conditions that it made true begin. */
void tr_signals_observe(tr_step_context *context, tr_person *person, tr_lead *lead,
                        tr_member *member);
/* Lets everything come about that is due at `now_ms`, instant by instant; gives the next instant.
 * How things stand lies in cells; who clears those sets account->signals_ms to TR_NEVER. */
int64_t tr_signals_by_time(tr_step_context *context, int64_t now_ms);
/* Conditions on stages, after some lead has entered one; true: something came about. */
bool tr_signals_of_stages(tr_step_context *context);
/* The present event has opened a lead: what it is by then may begin. */
void tr_signals_of_opening(tr_step_context *context);
/* When time alone could let a signal come about for a lead; TR_NEVER: it does not. */
int64_t tr_signal_due(const treaty_engine *engine, tr_view view, uint32_t signal);
/* Whether a signal happens to a lead in this step and no clause has acted on it: where to write
 * down that one does. NULL: it does not. */
bool *tr_happens(tr_step_context *context, const tr_lead *lead, uint32_t signal);
/* Whether it does, spent or not: of what is owed nothing is used up. */
bool tr_happens_at_all(const tr_step_context *context, const tr_lead *lead, uint32_t signal);

/* The same once more for an event of the past, which went to `lead` (NULL: none): what it teaches
 * and counts for, and no more. */
void tr_observe_past(tr_step_context *context, tr_lead *lead);

/* ---- phase.c: phases of the buyer ------------------------------------------------------------ */

/* Takes the present event, which is the buyer's, as evidence. */
void tr_phases_observe(treaty_engine *engine, tr_lead *lead, tr_view view);
/* Writes down which phases the lead has entered since it was looked at last. */
void tr_phases_say(tr_step_context *context, tr_lead *lead);

/* ---- identity.c ------------------------------------------------------------------------------ */

/* Does what an event of std/events says. */
void tr_identity_step(tr_step_context *context);
/* The account that `identity.merged` keeps, where it says so: it is the event's account. */
void tr_identity_kept(const treaty_engine *engine, const char **id, size_t *length);

/* ---- power.c: what people decide about a lead ------------------------------------------------ */

/* Does what an event of std/events asks for, or refuses it, on record. */
void tr_power_step(tr_step_context *context);
/* Ends a hold that is over; true: it was. */
bool tr_hold_is_over(tr_step_context *context, tr_lead *lead);
/* Ends the lead's hold, if there is one, on record: the lead closes. */
void tr_hold_end(tr_step_context *context, tr_lead *lead);
/* A clause would have acted on the present event: the first of a step is noted. */
void tr_hold_back(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause);

/* ---- step.c ---------------------------------------------------------------------------------- */

/* Looks at the leads of the account that the step may have changed, and sets the account's timer.
 */
void tr_step_leads(tr_step_context *context);

/* Some lead of the account is to be looked at at the present instant, by time. */
void tr_step_wake(treaty_engine *engine, const tr_account *account);

/* Takes a lead to a stage on behalf of a clause (NULL: it opens); false: it was there in this step
 * already. */
bool tr_enter_stage(tr_step_context *context, tr_lead *lead, uint32_t stage,
                    const tr_clause_def *clause, const char *reason);

/* The stage of the agreement that began something, as the newer version that governs the lead now
 * calls it. */
uint32_t tr_stage_by_now(const treaty_engine *engine, const tr_lead *lead, uint32_t agreement,
                         uint32_t stage);

/* Withdraws the lead's offer, on record, and ends the lead, where it stands. */
void tr_close_lead(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                   const char *reason);

/* Whether the lead was at the stage in this step already, which is then said. Asked before what
 * would lead there is decided. */
bool tr_refuses_entry(tr_step_context *context, tr_lead *lead, uint32_t stage,
                      const tr_clause_def *clause);

/* When `move … after D` is due; what was past when a newer version took force counts from then. */
static inline int64_t tr_after_due(const tr_lead *lead, const tr_clause_def *clause) {
  int64_t due_ms = lead->stage_since_ms + clause->after_ms;
  int64_t switched_ms = tr_lead_switched_ms(lead);
  return due_ms <= switched_ms ? switched_ms + clause->after_ms : due_ms;
}

/* Whether the step has changed something of what a condition depends on. */
static inline bool tr_touches(const treaty_engine *engine, tr_bits inputs) {
  for (uint32_t i = 0; i < engine->program->input_words; i++) {
    if (engine->touched.words[i] & inputs.words[i]) return true;
  }
  return false;
}

/* Whether something that falls due at an instant is due in this step: an event at that instant
 * comes first. */
static inline bool tr_is_due(const tr_step_context *context, int64_t due_ms) {
  return context->by_time ? due_ms <= context->engine->clock_ms
                          : due_ms < context->engine->clock_ms;
}
static inline void tr_hold_until(tr_lead *lead, int64_t instant_ms) {
  if (instant_ms < lead->until_ms) lead->until_ms = instant_ms;
}

static inline tr_view tr_lead_view(const tr_step_context *context, const tr_lead *lead) {
  return (tr_view){.account = context->account, .lead = lead};
}

/* ---- keep.c ---------------------------------------------------------------------------------- */

/* What a promotion is to keep, as it is before the lead moves; NULL: nothing. */
const tr_value *tr_keep_take(tr_step_context *context, const tr_lead *lead,
                             const tr_clause_def *clause);
/* … once it has moved. */
void tr_keep_store(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                   const tr_value *values);
/* The step is over: from now on other leads see what it kept. */
void tr_keep_settle(treaty_engine *engine, tr_lead *lead);

/* ---- govern.c -------------------------------------------------------------------------------- */

/* Whether it is in force, and no newer version of its name is. */
bool tr_may_govern(const treaty_engine *engine, uint32_t agreement);
/* Or later, from its day on. */
bool tr_may_yet_govern(const treaty_engine *engine, uint32_t agreement);

/* Finds the agreement of a lead that is not bound to one; true: it has changed. */
bool tr_govern(tr_step_context *context, tr_lead *lead, bool look_again);

/* Whether the newest version in force promotes from the stage: entering it frees a bound lead. */
bool tr_govern_frees(const treaty_engine *engine, const tr_lead *lead, uint32_t stage);

/* ---- handover.c ------------------------------------------------------------------------------ */

void tr_offer_make(tr_step_context *context, tr_lead *lead, uint32_t clause, const tr_trace *trace);
/* Answers and steps that are due, and whether it is withdrawn (`all`: also where nothing touched
 * the condition); true: the lead has left its stage. */
bool tr_offer_step(tr_step_context *context, tr_lead *lead, bool all);
/* Ends the lead's offer, if there is one, because the lead leaves the stage. */
void tr_offer_withdraw(tr_step_context *context, tr_lead *lead);
/* Whether the clause's `withdrawn when` holds. */
bool tr_offer_is_withdrawn(tr_step_context *context, tr_lead *lead, const tr_clause_def *clause,
                           tr_trace *trace);

/* ---- duty.c: what the parties owe ------------------------------------------------------------ */

/* First in the step of a lead: what is done of what is owed, what falls due, what is owed no more.
 * true: the lead has left its stage. */
bool tr_duties_step(tr_step_context *context, tr_lead *lead, bool all);
/* Last: what is owed from now on. `silent`: a newer version has just taken force, and nothing that
 * held already begins. */
void tr_duties_begin(tr_step_context *context, tr_lead *lead, bool all, bool silent);
/* The lead leaves its stage for another (TR_NONE: it closes where it stands): ends what ends with
 * that, on record. */
void tr_duties_leave(tr_step_context *context, tr_lead *lead, uint32_t to);
/* A lead was rejected for a while: from there it goes on by itself. */
void tr_duties_recycle(tr_step_context *context, tr_lead *lead, uint32_t clause);
/* Somebody else has it: what ran from the assignment before is over. */
void tr_duties_reassigned(tr_step_context *context, tr_lead *lead);
/* Two leads are one: of what both are owed, the earlier clock runs on. */
void tr_duties_join(treaty_engine *engine, tr_lead *kept, tr_lead *gone);
/* An event has never been: what it had done of something owed several times is not done. */
void tr_duties_void(tr_lead *lead, uint64_t seq);

/* ---- quota.c: how much is owed in each period; see quota.h ----------------------------------- */

/* The lead has entered its stage, or an agreement has come to govern it there. */
void tr_quotas_enter(tr_step_context *context, tr_lead *lead);
/* What the event or signal adds, before a clause moves the lead. */
void tr_quotas_hear(tr_step_context *context, tr_lead *lead);
/* Adds up what has counted, behind all else that the step has decided. */
void tr_quotas_settle(tr_step_context *context);

/* ---- contact.c: how much contact is allowed -------------------------------------------------- */

/* Judges the present event, which counts nowhere yet, and fires `contact.over_limit` where it is a
 * contact too many. */
void tr_contact_judge(tr_step_context *context, const tr_event_def *event, tr_view view);
/* Writes down those that were found and not told of before. */
void tr_contacts_say(tr_step_context *context);
/* Two accounts are one. */
void tr_contacts_join(treaty_engine *engine, tr_account *kept, tr_account *gone);

/* Whether a party may contact somebody (view.person; NULL: the account as such) as things stand. Of
 * a lead that is closed, or that no agreement governs, nothing is limited. */
typedef struct tr_permit {
  bool allowed;
  int64_t from_ms; /* else from when on, if nothing happens until then; TR_NEVER: never */
  const tr_clause_def *clause; /* that does not allow it; NULL: it is allowed */
  uint32_t count;              /* how many there are in the clause's span */
} tr_permit;

tr_permit tr_contact_permit(treaty_engine *engine, tr_view view, uint32_t party, int64_t now_ms);

/* Whether the clause has acted on an event for this lead in this step; from now on it has. */
bool tr_begun_before(tr_step_context *context, const tr_lead *lead, const tr_clause_def *clause);

/* ---- tell.c: messages ------------------------------------------------------------------------ */

/* Another agreement governs; `silent`: only a newer version, and what holds already is not said. */
void tr_tells_begin(tr_step_context *context, tr_lead *lead, bool silent);
/* Those that an event or signal brings, before a clause moves the lead. */
void tr_tell_events(tr_step_context *context, tr_lead *lead);
/* Those that a condition brings, after all that the step has led to. */
void tr_tell_conditions(tr_step_context *context, tr_lead *lead, bool all);

/* ---- play.c: what to bring to whom ----------------------------------------------------------- */

/* Another agreement governs; `silent`: only a newer version, and what holds already is not said. */
void tr_plays_begin(tr_step_context *context, tr_lead *lead, bool silent);
/* Those that begin to hold for a member, after all that the step has led to. */
void tr_plays_step(tr_step_context *context, tr_lead *lead, bool all);

/* ---- stuck.c: clauses that wait for what nobody knows ---------------------------------------- */

/* Another stage, or another agreement: whatever waited, waits no longer. */
void tr_stuck_forget(const treaty_program *program, tr_lead *lead);
/* Last, where the agreement asks: which clauses wait, and what is due to be said of them. */
void tr_stuck_step(tr_step_context *context, tr_lead *lead);

/* ---- handover_ended.c ------------------------------------------------------------------------ */

/* Ends the lead's offer unanswered, and keeps what an answer to it would be held against. */
void tr_offer_lapse(treaty_engine *engine, tr_lead *lead);
/* Notes the present event where it answers an offer that has ended, before any clause acts. */
void tr_offer_note_answer(tr_step_context *context);

/* ---- people.c: see people.h ------------------------------------------------------------------ */

/* Gives a lead to somebody where the agreement says so; true: who has it has changed, so that
 * conditions are to be looked at again. */
bool tr_people_settle(tr_step_context *context, tr_lead *lead);
/* The lead goes to another party, or closes. */
void tr_people_leave_owner(tr_step_context *context, tr_lead *lead);
void tr_people_close(treaty_engine *engine, tr_lead *lead);
/* The hours of whoever has it; NULL: around the clock. */
const tr_calendar *tr_people_hours(const treaty_engine *engine, const tr_lead *lead);

/* ---- decide.c -------------------------------------------------------------------------------- */

/* A new decision, to be filled in at once; the next one may move it. */
treaty_decision *tr_decide(tr_step_context *context, treaty_decision_kind kind, const tr_lead *lead,
                           const tr_clause_def *clause);
void tr_decide_because(treaty_decision *decision, const tr_trace *trace);

/* Who did it, as the present event says: the person; and whose event it is. */
void tr_decide_actor(const treaty_engine *engine, treaty_decision *decision);
void tr_decide_by(const treaty_engine *engine, treaty_decision *decision);

/* The reason that a clause names, or takes from the event. */
const char *tr_reason_of(treaty_engine *engine, const char *fixed, uint32_t field);

/* ---- explain.c ------------------------------------------------------------------------------- */

/* A field, score, definition or criterion as people write it; NULL: there is none of that name. */
const char *tr_value_named(treaty_engine *engine, tr_view view, const char *name);
/* The same as a number, where it is one of its type; else unknown. */
tr_value tr_number_named(treaty_engine *engine, tr_view view, const char *name);
/* ": account.industry is unknown, …" into `arena`. */
const char *tr_criterion_why(treaty_engine *engine, tr_arena *arena, uint32_t index, tr_view view);

#endif
