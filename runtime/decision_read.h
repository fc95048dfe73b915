/* decision_read.h - the inverse of decision_json: a decision from its CloudEvent, for a client that
 * shows it to people. What decision_text does not show is left out: the facts it rests on, but for
 * those that a stuck clause waits for. */
#ifndef DECISION_READ_H
#define DECISION_READ_H

#include <stdbool.h>

#include "include/treaty.h"
#include "runtime/store.h"

/* What the decision points to lives until decision_read_close. */
typedef struct decision_read {
  treaty_decision decision;
  char *agreement, *file; /* taken out of longer texts */
  treaty_reference *references;
  size_t reference_count;
  treaty_because *because;
  void *json;
} decision_read;

/* False: the line is no decision that this version knows. To be closed in both cases. */
bool decision_read_line(decision_read *read, treaty_text line);
void decision_read_close(decision_read *read);

/* The id alone, of a decision of any kind. */
bool decision_read_position(treaty_text line, store_position *position);

#endif
