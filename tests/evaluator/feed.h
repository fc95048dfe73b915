/* feed.h - events at random for some accounts, one in five of them late. */
#ifndef FEED_H
#define FEED_H

#include "rules.h"

typedef struct feed_event {
  treaty_event event;
  treaty_value values[RULES_FIELDS];
  char id[16], account[16], person[8];
  int account_number;
} feed_event;

/* In the order in which they come; their places are their numbers in `feed`. */
void feed_fill(feed_event *feed, int count, int accounts, dice *dice,
               const treaty_program *program);

/* Gives them again. */
treaty_history feed_history(feed_event *feed);

#endif
