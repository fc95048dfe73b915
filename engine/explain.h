/* explain.h - what explain.c shows of a clause, for others that look ahead. */
#ifndef TR_EXPLAIN_H
#define TR_EXPLAIN_H

#include "engine/step.h"

/* Runs one look at the engine with the memory's failure caught; leaves by it when there was none
 * left. What is given lives in the step's arena. */
#define LOOK(engine, failed_value)           \
  jmp_buf on_failure;                        \
  (engine)->memory.on_failure = &on_failure; \
  if (setjmp(on_failure) != 0) {             \
    (engine)->memory.on_failure = NULL;      \
    return failed_value;                     \
  }

/* The lead that was shown, and its account; NULL: there is no such lead any more. */
const tr_lead *tr_lead_shown(const treaty_engine *engine, const treaty_lead *shown,
                             const tr_account **account);

/* What the clause waits for, for this lead as it is now. */
treaty_outlook tr_show_clause(treaty_engine *engine, tr_view view,
                              const tr_agreement_def *agreement, uint32_t clause);

/* When somebody may decide so. */
treaty_outlook tr_show_power(treaty_engine *engine, tr_view view, const tr_power_def *power);

/* What the agreement waits for before it applies to this lead. */
treaty_outlook tr_show_agreement(treaty_engine *engine, tr_view view,
                                 const tr_agreement_def *agreement);

#endif
