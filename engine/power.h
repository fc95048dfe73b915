/* power.h - what somebody asks to decide about a lead, and whether a power allows it. */
#ifndef TR_POWER_H
#define TR_POWER_H

#include "engine/step.h"

/* What is asked for. */
typedef struct tr_asked {
  tr_step_context *context;
  tr_lead *lead;
  const tr_agreement_def *agreement;
  uint32_t party;     /* who asks */
  const char *to;     /* the stage, party or person, as it was said; NULL: none was */
  uint32_t stage;     /* that; TR_NONE: it is none */
  uint32_t taker;     /* the party that is to be offered the lead */
  const char *reason; /* NULL: none was given */
} tr_asked;

#define TR_ASKED_PRINT(asked, ...) tr_arena_print(&(asked)->context->engine->step, __VA_ARGS__)

/* The power that allows it, and why its condition holds. */
typedef struct tr_allowed {
  const tr_power_def *power;
  const tr_trace *trace;
} tr_allowed;

/* Whether the power is about what is asked. */
typedef bool tr_power_fits(const tr_asked *asked, const tr_power_def *power);

/* What the event says in a field; NULL: nothing. */
const char *tr_power_said(treaty_engine *engine, uint32_t field);
uint32_t tr_power_party(const treaty_program *program, const char *name);

/* The first power of the party that fits and whose condition holds. false: none fits; true without
 * one in *allowed: the conditions do not hold, which is said. */
bool tr_power_allows(const tr_asked *asked, tr_power_fits *fits, tr_allowed *allowed);
bool tr_power_leads_from(const tr_power_def *power, uint32_t stage);
/* Says so. `stage`: whose reasons these must be, or NULL. */
bool tr_power_lacks_reason(const tr_asked *asked, const tr_stage_def *stage,
                           const tr_power_def *power);

/* Gives the decision, for what it rests on. `word` is for programs, the sentence for people. */
treaty_decision *tr_power_refuse(const tr_asked *asked, const char *word, const char *sentence,
                                 const tr_power_def *power);
/* Any of the agreement; NULL: there is none. */
const tr_power_def *tr_power_of_any(const tr_asked *asked, tr_power_kind kind);
/* The clause that is there, or the one that would have to be. */
const char *tr_power_with_nearest(const tr_asked *asked, const char *what,
                                  const tr_power_def *nearest, const char *would);

/* override.c: the lead is offered to another party. */
void tr_override_ask(tr_asked *asked);
/* pass.c: the lead is passed on. The party of the event's actor; TR_NONE: it is nobody's. */
uint32_t tr_pass_party(treaty_engine *engine);
void tr_pass_ask(tr_asked *asked);

#endif
