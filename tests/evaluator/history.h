/* history.h - what happens, at random: events that come late, twice, and from beyond the horizon,
 * events that are taken back, accounts that are merged, leads that are joined, and what people
 * decide. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdio.h>

#include "dice.h"
#include "rules.h"

enum { OPS_MAX = 36 };

typedef enum op_kind { SEND, AGAIN, VOID, MERGE, JOIN, WAIT, DECIDE, STAFF } op_kind;

/* What people decide: the type of the event. */
typedef enum decide_kind { MOVED, HELD, RELEASED, OFFERED, DECIDE_KINDS } decide_kind;

/* What happens to people; from TAKEN on by one of them, to a lead. */
typedef enum staff_kind { REP_JOINED, REP_ABSENT, REP_LEFT, TAKEN, PASSED, STAFF_KINDS } staff_kind;

/* What it says, as texts; NULL: nothing. */
enum { SAYS_PARTY, SAYS_TO, SAYS_REASON, SAYS_REP = 0, SAYS_TEAM, SAYS_NEXT = 1, SAYS = 3 };

/* One thing that happens. Numbers of events are those of their ops, so that leaving one out does
 * not rename the others. */
typedef struct op {
  op_kind kind;
  int64_t time_ms;
  int account, person, lead;  /* -1: not named */
  int type;                   /* SEND, DECIDE, STAFF */
  const char *says[SAYS];     /* DECIDE, STAFF */
  int64_t since_ms, until_ms; /* HELD, REP_ABSENT; 0: not said */
  bool present[RULES_FIELDS];
  int values[RULES_FIELDS]; /* their numbers among those of the field */
  int other;                /* AGAIN, VOID: the op that is meant */
} op;

typedef struct history {
  op ops[OPS_MAX];
  int count;
  bool left_out[OPS_MAX]; /* ops that do not happen */
} history;

history history_random(dice *dice);

/* The event of an op that sends one: accounts are a0 and a1, persons p0 and so on, leads L0 and L1,
 * events e0 and so on, from /s. */
const char *history_event_type(const op *op);

/* As a feed for `treaty run`: where time passes, an event of another account comes. */
void history_print(const history *history);

#endif
