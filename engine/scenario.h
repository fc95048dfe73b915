/* scenario.h - the `test` blocks of a treaty, run on an engine of their own with a simulated clock.
 */
#ifndef TR_SCENARIO_H
#define TR_SCENARIO_H

#include <stddef.h>

#include "engine/program.h"

/* W("word in `expect WORD of …`", kind of decision) */
#define TR_EXPECTATIONS(W)            \
  W("opening", LEAD_OPENED)           \
  W("move", LEAD_STAGE_CHANGED)       \
  W("closing", LEAD_CLOSED)           \
  W("handover", HANDOVER_OFFERED)     \
  W("acceptance", HANDOVER_ACCEPTED)  \
  W("rejection", HANDOVER_REJECTED)   \
  W("reminder", HANDOVER_REMINDED)    \
  W("escalation", HANDOVER_ESCALATED) \
  W("message", HANDOVER_TOLD)         \
  W("breach", HANDOVER_BREACHED)      \
  W("return", HANDOVER_RETURNED)      \
  W("answer", HANDOVER_ANSWER_NOTED)  \
  W("reentry", LEAD_ENTRY_REFUSED)

#define TR_EXPECTATIONS_MAX 16

/* The words that may stand in `expect WORD of …`; gives how many. */
size_t tr_expectation_words(const char *names[TR_EXPECTATIONS_MAX]);

/* Whether a test that the checker has made up passes, and both conditions (NULL: none) are true of
 * its lead at its end. */
bool tr_scenario_shows(treaty_program *program, const tr_test *test, const tr_code *const codes[2]);

#endif
