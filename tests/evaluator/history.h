/* history.h - what happens, at random: events that come late, twice, and from beyond the horizon,
 * events that are taken back, accounts that are merged, leads that are joined. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdio.h>

#include "dice.h"
#include "rules.h"

enum { OPS_MAX = 36 };

typedef enum op_kind { SEND, AGAIN, VOID, MERGE, JOIN, WAIT } op_kind;

/* One thing that happens. Numbers of events are those of their ops, so that leaving one out does
 * not rename the others. */
typedef struct op {
  op_kind kind;
  int64_t time_ms;
  int account, person, lead; /* -1: not named */
  int type;                  /* SEND */
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
