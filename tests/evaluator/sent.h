/* sent.h - an op of a history as the event that is given to the engine. */
#ifndef SENT_H
#define SENT_H

#include "history.h"

typedef struct sent {
  treaty_event event;
  treaty_value values[RULES_FIELDS];
  char id[16], account[8], person[8], lead[8], about[16];
  int number;       /* slow's; -1: not accepted */
  int64_t clock_ms; /* when it was taken */
} sent;

extern const char *const sent_accounts[2];

/* Its texts lie in `sent`, which must stay where it is. */
void sent_fill(sent *sent, const treaty_program *program, const op *op, int number);

#endif
