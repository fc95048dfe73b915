/* state.h - what an engine knows of its accounts: facts, counted events, leads.
 *
 *   account -- facts, cells            facts:  what events taught, newest by (event time, seq)
 *     |-- persons -- facts, cells      cells:  counted events: windows, scores, limits (window.h,
 * score.h)
 *     '-- leads   -- facts, cells
 *           '-- members (a person's part in the lead) -- facts, cells
 *
 * Pieces come from the engine's pool. Only what is known takes room: facts and cells are short
 * sorted lists. */
#ifndef TR_STATE_H
#define TR_STATE_H

#include "engine/heap.h"
#include "engine/pool.h"
#include "engine/program.h"
#include "engine/repeats.h"
#include "grammar/civil.h"

/* What `forget` leaves: no value is that small. */
#define TR_FORGOTTEN INT64_MIN

/* One settled fact; of a set, one for each settled value (1 in it, 0 not). */
typedef struct tr_fact {
  int64_t value;
  int64_t time_ms;
  uint64_t seq_slot; /* seq << 16 | slot */
} tr_fact;

typedef struct tr_facts {
  tr_fact *items; /* by slot */
  uint32_t count, room;
} tr_facts;

/* What has been counted of one window, score or limit; items as its module says. */
typedef struct tr_cell {
  void *items;
  uint64_t seq;   /* of the latest event in it */
  uint32_t total; /* a window over all time: how many */
  uint32_t index; /* of the program's cells of this kind of entity */
  uint32_t room;
  uint16_t count;
  uint16_t item_bytes; /* of one of them */
} tr_cell;

/* An event that counts somewhere. Of those of one time, the one with the lower number is first. */
typedef struct tr_stamp {
  int64_t time_ms;
  uint64_t seq;
} tr_stamp;

static inline bool tr_stamp_before(tr_stamp a, tr_stamp b) {
  return a.time_ms < b.time_ms || (a.time_ms == b.time_ms && a.seq < b.seq);
}

/* What counts at one instant has an order, which the stamps of scores and windows hold in place of
 * a SEQ: an event, the stage that it leads to, what time brings, the stage that time leads to, and
 * the next event. */
static inline uint64_t tr_order_of_event(uint64_t seq) { return 2 * seq; }
static inline uint64_t tr_order_behind_event(uint64_t seq) { return 2 * seq + 1; }
static inline uint64_t tr_order_behind_time(uint64_t seq) { return 2 * seq + 2; }
/* The event that it is, or lies behind. */
static inline uint64_t tr_order_seq(uint64_t order) { return order / 2; }

typedef struct tr_cells {
  tr_cell *items; /* by index */
  uint32_t count, room;
} tr_cells;

typedef struct tr_entity_state {
  tr_facts facts;
  tr_cells cells;
} tr_entity_state;

/* An id as it was first named; it stays where it is. */
typedef struct tr_id {
  uint32_t length; /* bytes */
  char bytes[];    /* and a NUL */
} tr_id;

typedef struct tr_person {
  tr_entity_state state;
  const tr_id *id;
  uint32_t number; /* of the account's persons, from 0 */
  bool is_there;   /* some event that counts names the person */
} tr_person;

typedef struct tr_member {
  tr_entity_state state;
  tr_person *person;
  uint64_t plays : 63;   /* that held for the member when they were looked at, a bit each */
  uint64_t is_there : 1; /* some event that counts says so; 0: all of them were taken back */
} tr_member;

/* What few running deadlines need: see deadline.h. */
typedef struct tr_rarely {
  const struct tr_calendar *hours; /* of whoever had the lead then, where these count */
  int64_t allowed_ms;              /* of hours, as a tier says; -1: not known yet */
  uint32_t allowed_days;           /* of business days, as a tier says; 0: it gives hours */
  int64_t paused_since_ms;         /* TR_NEVER: it runs */
  int64_t paused_ms;               /* in all, of pauses that are over … */
  int64_t paused_open_ms;          /* … and of that what its clock would have counted */
} tr_rarely;

/* A time allowed that is running: see deadline.h. */
typedef struct tr_deadline {
  int64_t started_ms;
  int64_t due_ms;     /* TR_NEVER: no deadline */
  int64_t next_ms;    /* when the next step or the breach falls due, or the pause must end */
  tr_rarely *rarely;  /* NULL: it never paused, and its terms say all */
  uint32_t next_step; /* of the terms' steps; the breach is at 100 % of them */
  bool broken;        /* it has passed */
  bool pause_holds;   /* the condition that pauses it */
  bool sent_back;     /* paused until the giver answers */
} tr_deadline;

/* An open offer of a lead to another party. */
typedef struct tr_offer {
  uint32_t clause;
  uint32_t n;
  uint64_t seq;  /* with n: the id of the decision that made it */
  uint64_t made; /* in which step: what it came of is no answer to it */
  bool by_hand;  /* somebody decided it: no condition takes it back */
  tr_deadline clock;
} tr_offer;

/* Something owed that is running; or, of a clause that hands over, the way back of a lead that was
 * rejected for a while. */
typedef struct tr_duty {
  struct tr_duty *next; /* of the lead, in order of their start */
  uint32_t agreement, clause;
  tr_stamp from;  /* what came behind it counts */
  uint64_t heard; /* the step in which it was done last: an event counts once */
  uint32_t done;  /* of so many times */
  uint32_t n;
  uint64_t *doings; /* of each, the SEQ of the event that did it; 0: time did. Only of what is owed
                       several times */
  uint32_t doings_room;
  uint64_t seq; /* with n: the id of the decision that began it */
  tr_deadline clock;
} tr_duty;

/* An offer that has ended unanswered, kept for the answer that may still come. */
typedef struct tr_ended_offer {
  uint64_t seq;
  uint32_t n;
  uint32_t agreement, clause;
  int64_t offered_ms, due_ms, ended_ms;
  tr_rarely *rarely; /* of its clock, as it stood then */
  int64_t until_ms;  /* from then on an answer is to a later offer, which has been answered */
} tr_ended_offer;

/* Somebody holds the lead: until then no clause moves or offers it (power.c). */
typedef struct tr_hold {
  uint32_t agreement, power; /* that allows it */
  int64_t since_ms, until_ms;
  uint64_t held_back; /* the latest step in which an event was of no use, for it is held */
} tr_hold;

/* How a clause or criterion stood when it was looked at last. */
enum { STAND_FALSE, STAND_TRUE, STAND_UNKNOWN, STAND_NEW };

/* A lead's time in one stage. */
typedef struct tr_stay {
  int64_t entered_ms;
  uint64_t seq : 40;    /* of the event that had come last by then */
  uint64_t reason : 24; /* the latest that was given by then, + 1; 0: none */
  uint32_t times;       /* the how-many-th in this stage */
  uint16_t stage;
  bool by_time; /* no event has led there */
  uint8_t look; /* of its step: how often conditions on stages had been looked at by then */
} tr_stay;

/* What other leads see of a lead: how it stood before the step. */
typedef struct tr_standing {
  int64_t since_ms;
  uint32_t stays;
  uint32_t reason;
  uint16_t stage;
} tr_standing;

/* A value that a promotion has kept: known, a range, or unknown. */
typedef struct tr_kept {
  int64_t low, high;
  uint8_t known;
} tr_kept;

/* What a promotion has kept, with what those before it have and it has not. */
typedef struct tr_keeping {
  struct tr_keeping *older;
  const struct tr_keeping *before; /* of the newest: what others see, and who looks back; or NULL */
  tr_stay at;                      /* when, as of the stage that it led to */
  tr_kept values[];                /* the program's */
} tr_keeping;

/* There are fewer people and teams. */
#define TR_NO_REP UINT16_MAX

typedef struct tr_rep tr_rep; /* people.h */

/* Leads that somebody has, or that nobody can have (held.c). */
typedef struct tr_held_lead {
  struct tr_lead *lead;
  struct tr_account *account; /* when it came; it may be merged into another since */
} tr_held_lead;

typedef struct tr_held {
  tr_held_lead *items;
  uint32_t count, room;
} tr_held;

/* What few leads have. */
typedef struct tr_aside {
  struct tr_lead *joined_into; /* it is another one now; NULL: it is itself */
  int64_t switched_ms;         /* a newer version took it over in its stage; INT64_MIN: none did */
  uint64_t governed_from;      /* events from this SEQ on are judged by its agreement, for limits */
  struct tr_quota_entry
      *counted;  /* for which quotas its entries of stages have counted (quota.h) */
  uint64_t told; /* conditions of messages that held when they were looked at, a bit each */
} tr_aside;

typedef struct tr_lead {
  tr_entity_state state;
  struct tr_lead *next; /* of the account, in order of opening */
  tr_member *members;   /* in the order in which they came */
  uint32_t member_count, member_room;
  struct tr_members *many; /* of members; NULL while they are few */
  const tr_id *id;
  uint32_t ordinal;   /* of the account's leads, from 1 */
  uint32_t agreement; /* that governs, or TR_NONE */
  uint16_t stage;
  uint16_t phase_said;   /* the latest that was said to be entered */
  uint16_t rep;          /* of the engine's people, who has it … */
  uint16_t previous_rep; /* … and who had it before; TR_NO_REP: nobody */
  uint16_t open_to;      /* the team whose first taker gets it; TR_NO_REP: none */
  bool bound;            /* to its agreement, by a promotion */
  bool closed;
  bool entry_waits;     /* to count for quotas, until an agreement governs it */
  bool waiting_said;    /* that no agreement governs it */
  bool fresh;           /* has entered its stage and was not looked at yet */
  bool kept_moved;      /* in this step */
  bool assigned;        /* in this step, to somebody; duties that run from it have not begun */
  bool rep_moved;       /* conditions that ask who has it were not looked at since */
  bool unassigned_said; /* that nobody could have it */
  uint32_t held_at;     /* its place among those of who has it, or that nobody can have, from 1 */
  uint32_t reason;      /* latest that was given, of the program's; TR_NONE: none */
  uint8_t *stands;      /* criteria, then the clauses of the stage */
  int64_t opened_ms, stage_since_ms, last_event_ms;
  uint64_t opened_seq;    /* of the event that opened it */
  tr_stamp closed_at;     /* seq UINT64_MAX: by time */
  struct tr_aside *aside; /* what few leads have; NULL: nothing of it */
  int64_t until_ms;       /* until when everything that was evaluated holds */
  tr_offer *offer;
  tr_hold *hold;         /* NULL: nobody holds it */
  tr_ended_offer *ended; /* the last one, until an answer to it is noted; NULL: none */
  tr_duty *duties;       /* in order of their start */
  tr_standing before;
  tr_keeping *kept; /* the newest; NULL: none yet */
  tr_stay *stays;   /* in order of time; none unless the program keeps them */
  uint32_t stay_count, stay_room;
  uint64_t entered;  /* step number of the latest entry of a stage */
  uint64_t *entries; /* stages entered in that step, then those entered ever, a bit each */
} tr_lead;

/* Beside each clause of the lead's stage since when it waits for what nobody knows (stuck.c), where
 * the program asks about that; else there is no room for it. */
static inline int64_t *tr_lead_waits(const treaty_program *program, const tr_lead *lead) {
  return (int64_t *)(lead->entries + 2 * ((program->stage_count + 63) / 64));
}

static inline tr_lead *tr_lead_joined_into(const tr_lead *lead) {
  return lead->aside ? lead->aside->joined_into : NULL;
}
static inline int64_t tr_lead_switched_ms(const tr_lead *lead) {
  return lead->aside ? lead->aside->switched_ms : INT64_MIN;
}

/* Persons are told apart by 128 bits of hash: their ids need not be looked at. */
typedef struct tr_person_ref {
  tr_hash128 hash;
  tr_person *person;
} tr_person_ref;

/* Which contacts were told to be too many. They are told once, however often their past is looked
 * at anew. */
typedef struct tr_breach {
  uint64_t seq;
  const tr_clause_def *clause;
} tr_breach;

typedef struct tr_breaches {
  tr_breach *items; /* by seq */
  uint32_t count, room;
} tr_breaches;

typedef struct tr_account {
  tr_entity_state state;
  const tr_id *id;
  tr_hash128 hash; /* of the id */
  uint32_t index;  /* in engine->accounts: in the order of their first event */
  uint32_t lead_count;
  tr_person_ref *persons; /* by number */
  uint32_t person_count, person_room;
  tr_map *person_places; /* by hash; NULL while they are few */
  tr_lead *leads, *last_lead;
  struct tr_crowd *crowd;         /* of the leads; NULL while they are few */
  struct tr_changes *changes;     /* of persons, for censuses; NULL: there is none */
  struct tr_account *merged_into; /* it is another one now; NULL: it is itself */
  uint64_t latest_seq : 63;       /* of its events: the head of its history */
  uint64_t is_there : 1;          /* some event that counts is of it */
  int64_t observed_ms;            /* the latest instant that something counted at */
  int64_t signals_ms;    /* when a signal that no event is could come about (signal.c); TR_NEVER */
  tr_breaches *breaches; /* NULL: there were none */
  tr_nest nest;          /* where its pieces are made */
} tr_account;

/* Up to so many leads and persons of an account and members of a lead are found by looking at each;
 * more have tables (accounts.c, crowd.c, census.c). */
#define TR_FEW 16

/* A text that stands only for this step: of an event, or computed. */
typedef struct tr_loose_text {
  const char *bytes;
  size_t length;
  uint32_t folded;    /* its fold's number in engine->texts; TR_TEXTS_NONE: not there */
  uint32_t looked_at; /* how many texts were there when it was looked for; 0: it never was */
} tr_loose_text;

/* Text values from here on are loose. */
#define TR_LOOSE (INT64_C(1) << 32)

/* Accounts by hash: open addressing, nothing is ever taken out. */
typedef struct tr_account_slot {
  uint64_t hash;       /* the first half */
  tr_account *account; /* NULL: free */
} tr_account_slot;

/* Snapshots of accounts that were built anew; see snapshot.h. */
typedef struct tr_snapshots {
  struct tr_account_past **of; /* by the account's index; NULL: it has none */
  uint32_t room;
  uint32_t every; /* how many events lie between two at least; a power of two */
  struct tr_account_past *newest, *oldest; /* by when they were built anew last */
  size_t bytes, bytes_max;
} tr_snapshots;

struct treaty_engine {
  tr_memory memory;
  const treaty_program *program;
  treaty_engine_options options;
  tr_pool pool;
  tr_texts texts; /* of values; stands on the program's */
  tr_account **accounts;
  uint32_t *heap_positions; /* of each account in `timers`, or TR_HEAP_NONE */
  uint32_t account_count, account_room;
  tr_account_slot *account_slots;
  uint32_t account_slot_room; /* 0 or a power of two */
  uint64_t person_count, lead_count, open_lead_count;
  tr_heap timers; /* of accounts */
  tr_rep *reps;   /* the people, in the order in which they came */
  uint32_t rep_count, rep_room;
  tr_map rep_places;        /* by id */
  struct tr_queues *queues; /* of each team (queue.h) */
  struct tr_alike *alikes;  /* of each kind of people in each */
  uint32_t alike_count, alike_room;
  tr_map alike_places;                /* by team and kind */
  tr_held unassigned;                 /* leads that nobody can have */
  uint64_t turns;                     /* that were taken */
  struct tr_quota *quotas;            /* the program's (quota.h) */
  int64_t quotas_next_ms;             /* when time brings something about one; TR_NEVER */
  bool quotas_begun;                  /* their periods run, since the log has begun */
  tr_repeats repeats, people_repeats; /* of the horizon; of what is said of people, of all time */
  struct {
    struct tr_link **items; /* blocks, by SEQ: see history.c */
    uint32_t count, room;
  } links;
  tr_snapshots snapshots;
  struct {
    struct tr_poll *items; /* see poll.h */
    uint64_t now;          /* another one whenever something is learned or counted */
    uint64_t asked;        /* leads that were, ever */
    bool open, never;      /* never: for tests */
  } polls;
  uint64_t recounted; /* events that were observed once more, ever */
  int64_t clock_ms;
  uint64_t seq;
  uint32_t next_n;
  /* the step */
  tr_arena step; /* decisions, answers and scratch: reset when the next step begins */
  uint64_t step_number;
  const treaty_event *event; /* NULL: time alone */
  int64_t event_ms;          /* its time as counted: not behind the clock */
  tr_hash128 event_identity; /* of its source and id */
  bool by_time;              /* what counts now was brought about by time alone */
  bool behind_entry;         /* … or by an entry of a stage, and what that resets is reset */
  const tr_person *observed; /* who is being taught and counted for; NULL: nobody */
  TR_LIST(tr_loose_text) loose;
  uint32_t *event_loose; /* of each payload field + 1 */
  tr_bits touched;       /* inputs that the step has changed */
  uint64_t *fired;       /* signals, a bit each */
  TR_LIST(treaty_decision) decisions;
};

/* ---- facts.c --------------------------------------------------------------------------------- */

const tr_fact *tr_fact_find(const tr_facts *facts, uint32_t slot);

/* Settles a slot unless a later event (by time, then seq) already has; false: nothing changed. */
bool tr_fact_set(treaty_engine *engine, tr_facts *facts, uint32_t slot, int64_t value,
                 int64_t time_ms, uint64_t seq);

/* The same unless an earlier event already has. */
bool tr_fact_set_first(treaty_engine *engine, tr_facts *facts, uint32_t slot, int64_t value,
                       int64_t time_ms, uint64_t seq);

/* By which event a fact is settled, and for how long; 0: until a newer one settles it. */
typedef struct tr_settling {
  int64_t time_ms, for_ms;
  uint64_t seq;
} tr_settling;

/* Settles a field, or the value `place` of a set, with how long it is known. */
bool tr_fact_settle(treaty_engine *engine, tr_facts *facts, const tr_slot_field *field,
                    uint32_t place, int64_t value, const tr_settling *settling);

tr_cell *tr_cell_find(const tr_cells *cells, uint32_t index);
tr_cell *tr_cell_make(treaty_engine *engine, tr_cells *cells, uint32_t index);
/* Gives it room for one item more; those of a cell are all of one size. */
void tr_cell_widen(treaty_engine *engine, tr_cell *cell, size_t size);
/* Of items that begin with their time, in its order: those at `until_ms` and before it go. */
void tr_cell_let_go(tr_cell *cell, size_t size, int64_t until_ms);

/* ---- event_source.c -------------------------------------------------------------------------- */

bool tr_event_source_may_send(const treaty_program *program, const treaty_event *event);
/* A source that may assert such an event, for tests. */
treaty_text tr_event_source_of(const treaty_program *program, uint32_t event);

/* ---- expect.c -------------------------------------------------------------------------------- */

/* Of source and id, and of the account that it names; those computed ahead, if they are there. */
tr_hash128 tr_event_identity(tr_hash_key key, const treaty_event *event);
tr_hash128 tr_event_account(tr_hash_key key, const treaty_event *event);

/* ---- accounts.c ------------------------------------------------------------------------------ */

/* Of an entity of so few cells these lie right behind it. */
#define TR_CELLS_AT_HAND 4

/* Where an account's pieces lie together with those of its lead and people; most of what an event
 * needs has room in it. Against pieces that lie anywhere a run takes 4 % less time, for 9 % more
 * memory. */
#define TR_NEST_BYTES 720

tr_account *tr_account_find(const treaty_engine *engine, const char *id, size_t length);
tr_account *tr_account_make(treaty_engine *engine, const char *id, size_t length);
/* The one that the event names. */
tr_account *tr_account_of_event(treaty_engine *engine, const treaty_event *event);
tr_person *tr_person_find(const treaty_engine *engine, const tr_account *account, const char *id,
                          size_t length);
tr_person *tr_person_make(treaty_engine *engine, tr_account *account, const char *id,
                          size_t length);
tr_lead *tr_lead_find(const tr_account *account, const char *id, size_t length);
/* The same, or the one that it has become. */
tr_lead *tr_lead_meant(const tr_account *account, const char *id, size_t length);
/* The open lead with the latest event, of several the one opened first; NULL: none is open. */
tr_lead *tr_lead_latest(const tr_account *account);
/* How many are open. */
uint32_t tr_leads_open(const tr_account *account);
/* An event of that time is about the lead. */
void tr_lead_heard(const tr_account *account, tr_lead *lead, int64_t time_ms);
tr_lead *tr_lead_make(treaty_engine *engine, tr_account *account, const char *id, size_t length,
                      int64_t opened_ms);
/* Takes over a lead of another account, `from`, behind its own; its people become the account's. */
void tr_lead_adopt(treaty_engine *engine, tr_account *account, tr_lead *lead, const char *from);
/* From now on all that is said of `gone` is said of `kept`; it has no leads any more. */
void tr_account_leave(treaty_engine *engine, tr_account *gone, tr_account *kept);
/* Room for what few leads have. */
tr_aside *tr_lead_aside(treaty_engine *engine, tr_lead *lead);
tr_member *tr_member_find(const tr_lead *lead, const tr_person *person);
tr_member *tr_member_make(treaty_engine *engine, tr_account *account, tr_lead *lead,
                          tr_person *person);
static inline treaty_text tr_id_text(const tr_id *id) {
  return (treaty_text){.bytes = id->bytes, .length = id->length};
}

/* ---- people.c -------------------------------------------------------------------------------- */

/* The id of somebody; bytes NULL: nobody. */
treaty_text tr_people_id(const treaty_engine *engine, uint32_t rep);

/* ---- stays.c --------------------------------------------------------------------------------- */

/* The lead has entered its stage. */
void tr_stay_begin(treaty_engine *engine, tr_lead *lead, bool by_time, uint8_t look);
/* A move, a return or a rejection gave this reason (NULL: none; the one before stays). */
void tr_reason_keep(const treaty_engine *engine, tr_lead *lead, const char *reason);

/* Whether it had begun when something came; of what comes by time (seq UINT64_MAX), entries of
 * stages are the last. */
bool tr_stay_before(const tr_stay *stay, tr_stamp at);

/* Where it has been, in order of time; of the oldest of very many only the latest of each stage. */
const tr_stay *tr_lead_stays(const tr_lead *lead, uint32_t *count);

/* The stage as it stood when the event of this time and number came; TR_NONE: it was not open yet.
 * What that event itself moved does not count, what was decided by time at its instant neither. */
uint32_t tr_lead_stage_at(const tr_lead *lead, int64_t time_ms, uint64_t seq);
/* Sets how each lead of the account stood then (lead->before); the program must keep stays. A lead
 * that was not open yet stands at its first stage. */
void tr_stays_at(tr_account *account, int64_t time_ms, uint64_t seq);
/* Sets it to how each stood when one of them had entered a stage, and those that came at once. */
void tr_stays_with(tr_account *account, const tr_stay *last);
/* Sets it to how each stands now. */
void tr_stays_now(tr_account *account);

/* ---- What a step has changed ----------------------------------------------------------------- */

static inline void tr_touch(treaty_engine *engine, uint32_t input) {
  engine->touched.words[input / 64] |= UINT64_C(1) << input % 64;
}
/* Words of engine->fired: signals, then event types. */
static inline size_t tr_fired_words(const treaty_program *program) {
  return program->trigger_count / 64 + 1;
}
/* The present event's, or that of what time brings. */
static inline uint64_t tr_order_now(const treaty_engine *engine) {
  if (engine->behind_entry)
    return engine->by_time ? tr_order_behind_time(engine->seq) : tr_order_behind_event(engine->seq);
  return engine->by_time ? tr_order_behind_event(engine->seq) : tr_order_of_event(engine->seq);
}
/* Whether what counts in this time counts of something at `time_ms`. */
static inline bool tr_counts_at(const treaty_engine *engine, tr_reach reach, int64_t time_ms) {
  if (reach.from_ms == 0 && reach.until_ms == 0) return true;
  if (engine->options.as_if_in_force) return reach.until_ms == INT64_MAX; /* the newest does */
  return reach.from_ms <= time_ms && time_ms < reach.until_ms;
}

/* The treaty in whose words a lead is judged; lead NULL or governed by none: the newest. */
const tr_part_def *tr_lead_part(const treaty_engine *engine, const tr_lead *lead);

static inline bool tr_fired(const treaty_engine *engine, uint32_t signal) {
  return signal != TR_NONE && (engine->fired[signal / 64] >> signal % 64 & 1);
}

#endif
