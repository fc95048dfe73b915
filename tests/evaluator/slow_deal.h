/* slow_deal.h - what an agreement makes of the leads: what is open, what is owed, and how the
 * conditions stood when they were looked at last. slow_clauses.c is the step: it goes through the
 * clauses, until nothing changes. Of offers and their answers is slow_offers.c, of what is owed
 * slow_duties.c, of versions slow_govern.c, of contacts slow_contacts.c, of who has a lead
 * slow_people.c, of what people decide slow_powers.c, of messages and plays slow_beside.c.
 * slow_clock.c counts the time allowed, and slow_time.c says when to look again. */
#ifndef SLOW_DEAL_H
#define SLOW_DEAL_H

#include "slow_past.h"

enum { PERSONS_MAX = 8, CLAUSES_MAX = 48, OWED_MAX = 48, NOTES_MAX = 64 };

/* A time allowed, on somebody's clock. */
typedef struct slow_clock {
  const tr_terms *terms;            /* NULL: there is no deadline */
  const tr_calendar_decl *calendar; /* NULL: around the clock */
  int64_t allowed_ms;               /* or so many business days; -1: not known yet */
  int64_t started_ms;
  int64_t due_ms, next_ms; /* of the breach; of the next step; INT64_MAX: there is none */
  uint32_t steps_done;
  bool broken;
  bool sent_back, pause_holds;
  int64_t paused_since_ms;           /* INT64_MAX: it runs */
  int64_t paused_ms, paused_open_ms; /* by pauses that are over, in wall and in open time */
} slow_clock;

/* An offer; also one that has ended unanswered, to which an answer may still come. */
typedef struct slow_offer {
  const tr_agreement *agreement;
  const tr_clause *clause; /* NULL: there is none */
  slow_clock clock;
  int made;                 /* in which step */
  bool by_hand;             /* somebody decided it: no condition takes it back */
  int64_t due_ms, ended_ms; /* ENDED: as it stood at its end; when that was */
  int64_t until_ms;         /* ENDED: what comes from then on answers another one */
} slow_offer;

/* Something that is owed; or, of a clause that hands over, the way back of a lead that was rejected
 * for a while, which goes by itself. */
typedef struct slow_owed {
  const tr_agreement *agreement; /* that began it */
  const tr_clause *clause;
  slow_clock clock;
  int64_t back_ms; /* a way back: when it goes */
  slow_stamp from; /* what comes behind it counts */
  uint32_t done;   /* of so many times */
  int heard;       /* the step of the last: an event counts once */
} slow_owed;

enum { NOT_LOOKED_AT = -1 }; /* else a treaty_truth */

/* One lead. */
typedef struct slow_deal {
  bool is_open;
  int order;                     /* among those of its account */
  const tr_agreement *agreement; /* NULL: none governs … */
  int governed_from;             /* … since so many events */
  bool waits, is_bound;          /* … which has been said; it stays with the version */
  int64_t switched_ms;           /* in this stay a newer version took it over; INT64_MIN */
  uint32_t stage;
  int64_t since_ms;
  uint64_t entered, ever; /* stages, a bit each: in the present step; at any time */
  int stood[CLAUSES_MAX];
  slow_offer offer, ended;
  int rep, previous_rep;       /* SLOW_NONE: nobody */
  const tr_team_decl *open_to; /* the first of it who takes it */
  bool is_assigned, rep_moved; /* since duties, since conditions were looked at */
  bool unassigned_said;
  int members[PERSONS_MAX]; /* in the order in which they became it */
  int member_count;
  const tr_power *hold; /* by which it is held; NULL: it is not */
  int64_t held_until_ms;
  int held_back;                  /* in which step that was said last */
  bool stood_beside[CLAUSES_MAX]; /* messages, and … */
  uint64_t plays[CLAUSES_MAX];    /* … plays, a bit for each person, that hold */
  slow_owed owed[OWED_MAX];       /* in the order of their start */
  int owed_count;
} slow_deal;

/* A clause that has done something for a lead. */
typedef struct slow_note {
  int lead;
  const tr_clause *clause;
} slow_note;

/* All that one event or one instant sets off in one account. */
typedef struct step {
  slow *slow;
  int number;
  int account;
  const past_event *event; /* NULL: time alone */
  int64_t now_ms;
  bool spent;  /* a clause has acted on the event */
  int look;    /* how often conditions on stages have been looked at */
  int settled; /* so many of the stays are seen by other leads */
  slow_note accepted[NOTES_MAX], begun[NOTES_MAX]; /* hand-overs; duties … */
  slow_note outlived[NOTES_MAX]; /* … whose version governs no longer, and that are over */
  int accepted_count, begun_count, outlived_count;
} step;

/* ---- slow_clauses.c -------------------------------------------------------------------------- */

/* A value as it is known now, seen from a lead; a truth. */
slow_value slow_value_of(const step *step, int lead, const tr_expr *expr);
int slow_holds(const step *step, int lead, const tr_expr *expr);
/* … and from one of its members. */
int slow_holds_of(const step *step, int lead, int person, const tr_expr *expr);
/* NULL: there is none of that name. */
const tr_stage *slow_stage_named(const slow *slow, const char *name);
const char *slow_person_id(int person);
/* Whether the trigger happens to the lead by the event, and no clause has acted on it yet. */
bool slow_happens(const step *step, int lead, const char *trigger);
/* Whether it has come with the event. */
bool slow_fired(const step *step, const char *trigger);
/* false: it was there in this step already, and that is said. */
bool slow_lets_in(step *step, int lead, const char *stage, const tr_clause *clause);
const tr_stage *slow_stage_of(const step *step, int lead);
bool slow_is_from(const tr_clause *clause, const char *stage);
void slow_go(step *step, int lead, const char *stage, const tr_clause *clause);
/* `promotes`: the clause that is overridden; NULL: it is none. */
void slow_go_by_power(step *step, int lead, const tr_power *power, const tr_clause *promotes,
                      const char *reason);
/* The stage has another name from now on: it is the same stay there. */
void slow_go_by_name(step *step, int lead, const tr_becomes *becomes);
/* A new decision about a lead. */
treaty_decision *slow_say(step *step, treaty_decision_kind kind, int lead, const tr_clause *clause);
/* One of it: decisions are told later. */
const char *slow_keep_text(slow *slow, const char *text);
/* Whether the clause has done something by this event before; from now on it has. */
bool slow_did_before(step *step, int lead, const tr_clause *clause);
/* What falls due at an instant is due in the step: an event of that instant comes first. */
static inline bool slow_is_due(const step *step, int64_t due_ms) {
  return step->event ? due_ms < step->now_ms : due_ms <= step->now_ms;
}

/* ---- slow_govern.c --------------------------------------------------------------------------- */

/* true: another agreement, or another version, has come to govern the lead. */
bool slow_govern(step *step, int lead);
bool slow_is_other_version(const tr_agreement *one, const tr_agreement *other);
/* A stage of that version, as the one that governs now calls it. */
const char *slow_stage_by_now(const slow_deal *deal, const tr_agreement *of, const char *stage);
/* The version that has just taken the lead over may call its stage otherwise. */
void slow_rename(step *step, int lead);
/* Whether the newest version of it promotes from there. */
bool slow_promotes_from(const step *step, const tr_agreement *of, const char *stage);

/* ---- slow_offers.c --------------------------------------------------------------------------- */

void slow_make_offer(step *step, int lead, const tr_clause *clause);
bool slow_is_withdrawn(const step *step, int lead, const tr_clause *clause);
/* true: the lead has left its stage. */
bool slow_look_at_offer(step *step, int lead);
/* The lead leaves its stage. */
void slow_end_offer(step *step, int lead);
/* Whether the event answers an offer that has ended. */
void slow_note_answer(step *step);
/* When time alone brings something to it. */
int64_t slow_offer_next(const slow_offer *offer);

/* ---- slow_duties.c --------------------------------------------------------------------------- */

/* What is done, due, or owed no longer; true: the lead has left its stage. */
bool slow_look_at_owed(step *step, int lead);
/* What is owed from now on; quiet: nothing that held when a newer version took force. */
void slow_begin_duties(step *step, int lead, bool quiet);
/* The lead goes to that stage; NULL: it closes where it stands. */
void slow_end_duties(step *step, int lead, const tr_stage *to);
/* What ran from the assignment before is over. */
void slow_end_assigned(step *step, int lead);
void slow_begin_way_back(step *step, int lead, const tr_clause *clause);
void slow_join_duties(slow_deal *kept, slow_deal *gone);

/* ---- slow_contacts.c ------------------------------------------------------------------------- */

/* Those that were found and not told of before. */
void slow_say_contacts(step *step);

/* ---- slow_people.c --------------------------------------------------------------------------- */

/* Gives the lead to somebody where the agreement says so; true: who has it has changed. */
bool slow_settle_people(step *step, int lead);
/* A clause, or a step of what is owed, gives it to somebody else. */
void slow_turn(step *step, int lead, const tr_clause *clause);
void slow_turn_by_step(step *step, int lead, const tr_step *taken, const tr_clause *clause);
bool slow_rep_is_absent(const step *step, int lead, int64_t more_than_ms);
void slow_leave_owner(step *step, int lead);
/* Somebody takes a lead that is open to a team, by the event; true: it is of that kind. */
bool slow_take(step *step);
/* Somebody of the people; SLOW_NONE: nobody. */
int slow_find_person(const slow *slow, const char *id);
bool slow_is_there(const step *step, int person);
void slow_pass_on(step *step, int lead, int person, const tr_power *power);
/* The calendar of whoever has the lead. */
const char *slow_rep_hours(const slow *slow, int lead);
void slow_take_absences(const slow *slow, int64_t after_ms, int64_t *first_ms);

/* ---- slow_powers.c --------------------------------------------------------------------------- */

/* What people decide by the event; true: it is of that kind. */
bool slow_decide_by_people(step *step);
/* Whether a hold is over, which is said. */
void slow_look_at_hold(step *step, int lead);
void slow_end_hold(step *step, int lead);
/* A clause would have acted on the event. */
void slow_hold_back(step *step, int lead, const tr_clause *clause);

/* ---- slow_beside.c --------------------------------------------------------------------------- */

/* Another agreement governs; silent: what holds already is not said. */
void slow_begin_beside(step *step, int lead, bool silent);
/* Messages that the event brings; then those that a condition does, and plays. */
void slow_tell_events(step *step, int lead);
void slow_look_beside(step *step, int lead);

/* ---- slow_time.c ----------------------------------------------------------------------------- */

/* When an offer or what is owed falls due next in the account; past instants are due now. */
int64_t slow_next_due(const slow *slow, int account);

/* ---- slow_clock.c ---------------------------------------------------------------------------- */

slow_clock slow_clock_start(const step *step, int lead, const tr_terms *terms);
typedef enum due { NOTHING_DUE, STEP_DUE, BREACH_DUE } due;
/* What falls due now; of several the first. */
due slow_clock_take(const step *step, slow_clock *clock, const tr_step **taken);
bool slow_clock_is_missed(const step *step, const slow_clock *clock);
typedef enum change { NO_CHANGE, STOOD_STILL, WENT_ON } change;
/* Whether it is to stand still or to go on. */
change slow_clock_look(const step *step, int lead, slow_clock *clock);
/* It is over: a pause that it was in is, too. */
void slow_clock_stop(slow_clock *clock, int64_t now_ms);
int64_t slow_clock_due(const slow_clock *clock);
int64_t slow_clock_next(const slow_clock *clock);
/* Open, wall and paused time from the start until an instant. */
void slow_clock_tell(const slow_clock *clock, int64_t until_ms, treaty_decision *decision);

#endif
