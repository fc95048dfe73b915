/* slow_past.h - between the files of the second evaluator: slow.c answers what is asked,
 * slow_score.c what is asked of scores, slow_stays.c of stages, slow_kept.c of what promotions have
 * kept, slow_phases.c of phases, slow_text.c of texts; slow_past.c lets everything that came happen
 * again. What is decided: slow_deal.h. */
#ifndef SLOW_PAST_H
#define SLOW_PAST_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/program.h"
#include "slow.h"

#define PEOPLE_MAX   64 /* accounts, persons and leads of one history */
#define SPANS_MAX    16 /* windows in one condition */
#define REPS_MAX     16
#define TEXTS_MAX    64
#define CONTACTS_MAX 512
#define KEPT_MAX     16 /* values that promotions keep */
#define MILLION      INT64_C(1000000)
#define DAY_MS       INT64_C(86400000)

typedef struct past_event {
  const treaty_event *event;
  int64_t time_ms;
  int number;
  slow_view whose;
  bool voided;
} past_event;

/* To whom something happened; what comes about by itself may reach several leads. */
typedef struct reach {
  int account, person;
  uint64_t leads; /* a bit each */
} reach;

/* Something that happened to somebody: a fact taught, a signal, points, a reset, a score that
 * stands still from here or goes on, evidence of a phase. */
typedef struct entry {
  enum { TAUGHT, FIRED, POINTS, RESET, FROZE, EVIDENCE } kind;
  int64_t time_ms;
  int number; /* of the event */
  reach whose;
  tr_entity entity;          /* TAUGHT */
  uint32_t what, rule;       /* field; trigger; score and its rule; phase */
  slow_value value;          /* TAUGHT (unknown: forgotten); POINTS: low; RESET: to; FROZE: 0, 1 */
  uint64_t elements;         /* TAUGHT, of a set: which of its values are settled */
  int64_t until_ms;          /* TAUGHT: known so long */
  const treaty_event *event; /* FIRED; NULL: it came about by itself */
} entry;

/* What is looked for beside events: a silence, a condition that begins, a silence of the buyer that
 * costs points, a condition as long as which a score stands still. */
typedef struct watch {
  tr_entity entity;
  const tr_signal *signal; /* NULL: it is a loss or a frost */
  uint32_t trigger;        /* of the signal */
  uint32_t score, rule;    /* of the loss; of the frost the score */
  uint32_t other;          /* what stays away */
  int64_t span_ms;         /* … so long */
  const tr_expr *when;     /* what begins, or freezes; NULL: it is a silence */
  int64_t spans_ms[SPANS_MAX];
  int span_count;    /* after which it may change by itself: of the windows in it */
  bool counts_dates; /* … and with each day */
} watch;

/* How a watch stands for one of its entities. */
typedef struct standing {
  const watch *watch;
  slow_view of;
  int64_t said_ms; /* a silence: when one was said last */
  bool holds;      /* a condition: it is true */
} standing;

/* A lead's entry of a stage, as it was decided: right behind this event. */
typedef struct stay {
  int lead;
  uint32_t stage;
  slow_stamp after;
  int64_t since_ms; /* from when its time counts: where leads were joined, of the earlier one */
  bool opens, by_time;
  int look;     /* how often conditions had been looked at since the event */
  bool resets;  /* in the present recount it has reset what it resets … */
  bool is_past; /* … and has happened */
} stay;

/* What a lead's promotions have kept by then. */
typedef struct keeping {
  int stay; /* that it has led to */
  slow_value values[KEPT_MAX];
} keeping;

/* How far the present step is: what leads have entered in this pass has begun nothing yet. */
typedef struct passing {
  bool is_on;
  slow_stamp after;
  bool by_time;
  int look;
} passing;

/* A contact that a clause does not allow. */
typedef struct slow_contact {
  int event;
  const tr_clause *clause;
  slow_view view;
  uint32_t before; /* how many there had been in the span */
} slow_contact;

/* One of those who have leads. */
typedef struct slow_person {
  const char *id;
  const tr_team_decl *team;
  const char *hours; /* a calendar; NULL: around the clock */
  int64_t share;     /* 100 % = 1,000,000 */
  int64_t given;     /* leads, by the turn of the team */
  int turn;          /* the number of the last that was given; 0: none was */
  int64_t absent_from_ms, absent_until_ms;
  bool has_left;
  int64_t placed_ms, absence_ms; /* when what is said of each was so; INT64_MIN: nothing was */
} slow_person;

struct slow {
  const tr_tree *tree;
  const tr_symbols *symbols;
  past_event *events;
  int event_count, event_room;
  int account_is[PEOPLE_MAX], lead_is[PEOPLE_MAX]; /* who they have become */
  int lead_account[PEOPLE_MAX];
  slow_stamp lead_opened[PEOPLE_MAX], lead_closed[PEOPLE_MAX];
  int lead_count, person_count;
  stay *stays; /* in the order of being decided */
  int stay_count, stay_room;
  keeping *keepings; /* likewise */
  int keeping_count;
  watch *watches; /* in the order of what they depend on */
  int watch_count;
  standing *standings;
  int standing_count, standing_room;
  entry *entries; /* in order of time */
  int entry_count, entry_room;
  passing passing;
  struct slow_deal *deals; /* of each lead */
  int step_count;
  int joined;     /* the lead that has just become part of another; SLOW_NONE */
  bool took_back; /* an event has just been voided */
  slow_contact over[CONTACTS_MAX], told[CONTACTS_MAX]; /* by this recount; ever */
  int over_count, told_count;
  slow_person people[REPS_MAX];
  int people_count, turns;
  slow_decision *said; /* since they were asked for last */
  int said_count, said_room;
  char *texts[TEXTS_MAX]; /* that are said */
  int text_count;
  bool in_doubt;                   /* a decision hangs on the last digit of a score that halves */
  int64_t spans_ms[SPANS_MAX * 4]; /* all that the treaty names */
  int span_count;
};

/* What is being evaluated: on behalf of an event, or NULL. */
typedef struct asking {
  slow *slow;
  const past_event *event;
  slow_view view;
  int64_t now_ms;
  slow_stamp at; /* as of which; also that of what is added */
  bool hides;    /* of all leads but `self` only the first stays are seen, those settled */
  int self, settled;
} asking;

static inline slow_value known(int64_t number) {
  return (slow_value){.known = SLOW_KNOWN, .low = number, .high = number};
}
static inline slow_value range(int64_t low, int64_t high, bool fuzzy) {
  return (slow_value){
      .known = low == high ? SLOW_KNOWN : SLOW_RANGE, .low = low, .high = high, .fuzzy = fuzzy};
}
static const slow_value unknown = {.known = SLOW_UNKNOWN};
static inline bool is_earlier(slow_stamp a, slow_stamp b) {
  return a.time_ms < b.time_ms || (a.time_ms == b.time_ms && a.number < b.number);
}

static inline uint64_t bit_of(int lead) { return lead == SLOW_NONE ? 0 : UINT64_C(1) << lead; }
static inline reach reach_of(slow_view view) {
  return (reach){.account = view.account, .person = view.person, .leads = bit_of(view.lead)};
}

static inline int truth_of(slow_value value) {
  return value.known != SLOW_KNOWN ? TREATY_UNKNOWN : value.low ? TREATY_TRUE : TREATY_FALSE;
}
/* Whether what happened to one is, for this kind of entity, something of the viewer's. */
static inline bool concerns(tr_entity entity, reach whose, slow_view view) {
  bool person = whose.person != SLOW_NONE && whose.person == view.person,
       lead = whose.leads & bit_of(view.lead);
  if (whose.account != view.account) return false;
  switch (entity) {
    case ENTITY_ACCOUNT: return true;
    case ENTITY_PERSON: return person;
    case ENTITY_LEAD: return lead;
    default: return lead && person;
  }
}

/* Behind signals and events: whatever the buyer does. */
static inline uint32_t activity(const slow *slow) {
  return slow->tree->signals.count + slow->tree->events.count;
}

static inline uint32_t trigger_of(const slow *slow, const char *name) {
  if (strcmp(name, TR_BUYER_EVENTS) == 0) return activity(slow);
  const tr_symbol *symbol = tr_symbol_in(slow->symbols, 0, name);
  return symbol->kind == SYMBOL_SIGNAL ? symbol->index : slow->tree->signals.count + symbol->index;
}

/* ---- slow_stays.c ---------------------------------------------------------------------------- */

/* Whether it was decided by then. What time brings to a stage comes behind all else that time
 * brings at its instant. */
static inline bool is_before(const stay *stay, slow_stamp at) {
  if (stay->by_time && at.number == SLOW_BY_TIME) return stay->after.time_ms < at.time_ms;
  return is_earlier(stay->after, at);
}
/* Whether who asks sees it: in a recount what has happened in it by then, else all. */
static inline bool is_seen(const asking *asking, const stay *stay) {
  bool is_new = asking->hides && stay - asking->slow->stays >= asking->settled;
  if (is_new && stay->lead != asking->self) return false;
  return asking->at.time_ms == INT64_MAX || stay->is_past;
}
void slow_enter_stage(slow *slow, int lead, uint32_t stage, slow_stamp after, bool by_time,
                      int look);
int slow_stages_entered(const slow *slow, int lead);
void slow_join_stays(slow *slow, int kept, int gone);
slow_value slow_ask_stay(const asking *asking, const tr_expr *expr);

/* ---- slow_deal.h, for slow.c ----------------------------------------------------------------- */

/* Whether some clause does not allow the contact in hand. */
bool slow_judge_contact(const asking *asking);
void slow_find_people(slow *slow);
void slow_begin_deal(slow *slow, int lead);
void slow_join_deals(slow *slow, int kept, int gone);
/* The lead is the last one of its account. */
void slow_put_last(slow *slow, int lead);

/* ---- The others ------------------------------------------------------------------------------ */

slow_value slow_ask(const asking *asking, const tr_expr *expr);
slow_value slow_ask_phase(const asking *asking);
slow_value slow_ask_kept(const asking *asking, uint32_t index);
slow_value slow_ask_text(const asking *asking, const tr_expr *expr);
slow_value slow_ask_score(const asking *asking, uint32_t index);
slow_value slow_ask_define(const asking *asking, uint32_t index);
bool slow_has_events(const slow *slow, int account);
void slow_keep(const asking *asking, const tr_clause *clause);
void slow_find_watches(slow *slow);
void slow_find_spans(slow *slow);
void slow_find_evidence(const asking *asking, const bool *fired);
entry *slow_add_entry(slow *slow, slow_stamp at, reach whose);

#endif
