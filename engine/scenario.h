/* scenario.h - the `test` blocks of a treaty, run on an engine of their own with a simulated clock.
 */
#ifndef TR_SCENARIO_H
#define TR_SCENARIO_H

#include <stddef.h>

#include "engine/program.h"

/* W("word in `expect WORD of …`", kind of decision); beside them stands what is owed, by its
 * signal. */
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
  W("withdrawal", HANDOVER_WITHDRAWN) \
  W("question", HANDOVER_SENT_BACK)   \
  W("question", CLAUSE_STUCK)         \
  W("pause", CLOCK_PAUSED)            \
  W("resumption", CLOCK_RESUMED)      \
  W("reminder", DUTY_REMINDED)        \
  W("escalation", DUTY_ESCALATED)     \
  W("message", DUTY_TOLD)             \
  W("message", LEAD_TOLD)             \
  W("breach", DUTY_BROKEN)            \
  W("return", DUTY_RETURNED)          \
  W("breach", QUOTA_BROKEN)           \
  W("reminder", QUOTA_REMINDED)       \
  W("escalation", QUOTA_ESCALATED)    \
  W("message", QUOTA_TOLD)            \
  W("breach", CONTACT_OVER_LIMIT)     \
  W("play", PLAY_SUGGESTED)           \
  W("answer", HANDOVER_ANSWER_NOTED)  \
  W("assignment", LEAD_ASSIGNED)      \
  W("opening", LEAD_OPEN_TO_TEAM)     \
  W("reentry", LEAD_ENTRY_REFUSED)    \
  W("hold", LEAD_HELD)                \
  W("release", LEAD_RELEASED)         \
  W("refusal", POWER_REFUSED)

#define TR_EXPECTATIONS_MAX 28

/* The words that may stand in `expect WORD of …`; gives how many. */
size_t tr_expectation_words(const char *names[TR_EXPECTATIONS_MAX]);

/* What can have become of what is owed: `expect first_touch of … is kept`. */
size_t tr_expectation_outcomes(const char *names[TR_EXPECTATIONS_MAX]);

/* Whether a test that the checker has made up passes, and both conditions (NULL: none) are true of
 * its lead at its end. */
bool tr_scenario_shows(treaty_program *program, const tr_test *test, const tr_code *const codes[2]);

#endif
