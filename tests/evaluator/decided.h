/* decided.h - a decision as one line, with all that two evaluators must say alike of it. */
#ifndef DECIDED_H
#define DECIDED_H

#include "treaty.h"

enum { DECIDED_BYTES = 512 };

/* false: it is not about what an agreement makes of a lead. */
bool decided_by_clauses(const treaty_decision *decision);

void decided_print(const treaty_decision *decision, const char *lead, uint32_t line,
                   char text[DECIDED_BYTES]);

#endif
