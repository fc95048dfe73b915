/* entered.h - which stages an account's leads entered, once more in the order of time, while the
 * account is built anew.
 *
 *     09:00 ask         12:00 ask             13:00 (time)
 *   ----|-- opening ------|-- new, good ---------|-- lost -------->
 *
 * What was decided stays; but a stage that is entered resets scores, and conditions on stages
 * begin. An entry lies behind the event that has led there, where it was acted on. The opening
 * resets before its event. */
#ifndef TR_ENTERED_H
#define TR_ENTERED_H

#include "engine/step.h"

typedef enum tr_entered_by {
  ENTERED_BEFORE_EVENT,
  ENTERED_BY_EVENT,
  ENTERED_BY_TIME
} tr_entered_by;

typedef struct tr_entered {
  tr_stamp at; /* of the event; what time brings has the SEQ of the last one by then */
  tr_entered_by by;
  tr_lead *lead;
  const tr_stay *stay;
  bool opens; /* with an event that counts */
} tr_entered;

typedef TR_LIST(tr_entered) tr_entries;

/* Those behind an event that has been observed. */
tr_entries tr_entries_behind(treaty_engine *engine, const tr_account *account, tr_stamp event);

/* Whether it lies before an event. */
bool tr_entered_before(const tr_entered *entered, tr_stamp event);

/* Lets the first entries happen that came at once, and tells how many these are. */
uint32_t tr_enter_again(tr_step_context *context, const tr_entered *first, uint32_t count);

#endif
