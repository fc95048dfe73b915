/* compile.h - from the checked tree to a program (program.h). Nothing here can fail but for memory
 * and the named limits: what could be wrong has been found by the checker.
 *
 * compile.c makes the tables, compile_expr.c code; each larger construct has a file of its name. */
#ifndef TR_COMPILE_H
#define TR_COMPILE_H

#include "engine/check.h"
#include "engine/program.h"

typedef struct tr_compile {
  tr_arena *arena; /* the program's */
  tr_check *check;
  const tr_symbols *symbols;
  treaty_program *program;
  const char **files; /* as decisions name them */
  TR_LIST(int64_t) constants;
  TR_LIST(tr_code) codes;
  TR_LIST(const tr_words *) words;
  TR_LIST(tr_list_def) value_lists;
  TR_LIST(tr_table_def) tables;
  TR_LIST(tr_window) windows;
  TR_LIST(tr_measure) measures;
  TR_LIST(tr_match_def *) matches;
  tr_define_def *defines;
  tr_criterion_def *criteria;
  tr_score_def *scores;
  uint8_t *define_done, *score_done, *criterion_done;
  TR_LIST(uint32_t) criterion_order; /* as compiled: each after those that it reads */
  TR_LIST(const char *) stands;      /* names of criteria */
  const tr_calendar **calendars;     /* as declared */
  uint32_t cell_counts[TR_ENTITIES];
  uint32_t input_count;            /* given out */
  TR_LIST(tr_entity) input_owners; /* of each: who has it; NONE: more than one */
  /* the code being made */
  TR_LIST(tr_instruction) out;
  uint32_t registers;
  tr_bits inputs;             /* what it depends on */
  const tr_event_decl *event; /* whose fields it reads */
  uint32_t *first_learn,
      *next_learn; /* of each event its `on`s, in their order; TR_NONE: no more */
} tr_compile;

treaty_program *tr_compile_tree(tr_check *check, treaty_program *program);

/* Code for an expression; NULL: no code. What it depends on is added to `inputs` (words NULL: not
 * asked). */
tr_code tr_compile_code(tr_compile *compile, const tr_expr *expr, const tr_event_decl *event,
                        tr_bits inputs);

/* The condition as people wrote it, with code for each part. */
tr_reason tr_compile_reason(tr_compile *compile, const tr_expr *expr);

/* A constant of the checked type: number, text number, set bits. false: unknown. */
bool tr_compile_constant(tr_compile *compile, const tr_expr *value, const tr_type *type,
                         int64_t *number);

/* The number of the table behind an EXPR_TABLE; what it depends on is added to `inputs`. */
uint32_t tr_compile_table(tr_compile *compile, const tr_expr *expr, tr_bits inputs);

uint32_t tr_compile_trigger(const tr_compile *compile, tr_name name);
/* The one event behind a trigger; TR_NONE: there are several, or none. */
uint32_t tr_compile_event_behind(const tr_compile *compile, tr_name trigger);
/* The zone of this name (text NULL: the treaty's) in the treaty of `span`. */
const tr_zone *tr_compile_zone(tr_compile *compile, tr_name name, tr_span span);
void tr_compile_signals(tr_compile *compile);
void tr_compile_calendars(tr_compile *compile);
void tr_compile_powers(tr_compile *compile, const tr_agreement *agreement, tr_agreement_def *def);
/* The signals that an event can be, each after those that it stands on. */
void tr_compile_firings(tr_compile *compile, const tr_event_decl *event, tr_event_def *def);
/* The signals that no event is. */
void tr_compile_watches(tr_compile *compile);
/* Whether an event can be a signal. */
bool tr_compile_reaches(const tr_compile *compile, const tr_signal *signal,
                        const tr_event_decl *event);
uint32_t tr_compile_window(tr_compile *compile, uint32_t trigger, const char *name,
                           tr_entity entity, int64_t ms);
uint32_t tr_compile_match(tr_compile *compile, const char *pattern);
uint32_t tr_compile_measure(tr_compile *compile, const tr_expr *expr);
const tr_define_def *tr_compile_define(tr_compile *compile, uint32_t index);
const tr_score_def *tr_compile_score(tr_compile *compile, uint32_t index);
void tr_compile_entries(tr_compile *compile);
const tr_criterion_def *tr_compile_criterion(tr_compile *compile, uint32_t index);
/* Somebody reads the reasons that were given: these there are. */
void tr_compile_reasons(tr_compile *compile, const tr_type *type);
/* compile_phase.c: phases of the buyer and their evidence. */
void tr_compile_phases(tr_compile *compile);
/* compile_keep.c */
void tr_compile_kept(tr_compile *compile);
void tr_compile_keeps(tr_compile *compile, const tr_clause *clause, tr_clause_def *def);
/* A new input, of what one kind of entity has for itself (NONE: it concerns others too). */
uint32_t tr_compile_input(tr_compile *compile, tr_entity owner);
/* compile_people.c; calendars come before. */
void tr_compile_people(tr_compile *compile);
/* A condition on other leads; gives the number of its code. */
uint32_t tr_compile_over_leads(tr_compile *compile, const tr_expr *expr);
void tr_compile_whoms(tr_compile *compile, const tr_clause *clause, tr_clause_def *def);
/* compile_member.c: which conditions over members have answers that can be kept. */
void tr_compile_members(tr_compile *compile);
/* compile_order.c: for which events it matters when they come. */
void tr_compile_order(tr_compile *compile);
void tr_compile_event_sources(tr_compile *compile);
void tr_compile_lists(tr_compile *compile);
void tr_compile_catalogues(tr_compile *compile);
/* Before the first event's. */
void tr_compile_learn_order(tr_compile *compile);
void tr_compile_learns(tr_compile *compile, const tr_event_decl *event, tr_event_def *def);
void tr_compile_fixings(tr_compile *compile, const tr_event_decl *event, tr_event_def *def);
void tr_compile_agreements(tr_compile *compile);
/* compile_quota.c: a clause, and all quotas of the agreements. */
void tr_compile_quota(tr_compile *compile, const tr_clause *clause, tr_clause_def *def);
void tr_compile_quotas(tr_compile *compile);
/* compile_play.c */
void tr_compile_play(tr_compile *compile, const tr_clause *clause, tr_clause_def *def);
/* compile_contact.c: how much contact is allowed, before what order matters is asked … */
void tr_compile_limits(tr_compile *compile);
/* … and the clause that says it. */
void tr_compile_limit_clause(tr_compile *compile, const tr_clause *clause, tr_clause_def *def);
/* Whether an event is a contact that may be one too many. */
bool tr_compile_is_limited(const tr_compile *compile, const tr_event_def *event,
                           const tr_limit_def *limit);
/* compile_signal.c: the signals that stand on one that no event is. */
const tr_firing *tr_compile_firings_behind(tr_compile *compile, const tr_signal *signal,
                                           tr_bits reads, uint32_t *count);

tr_bits tr_bits_new(tr_arena *arena, uint32_t words);
static inline void tr_bits_set(tr_bits bits, uint32_t bit) {
  bits.words[bit / 64] |= UINT64_C(1) << bit % 64;
}
static inline bool tr_bits_has(tr_bits bits, uint32_t bit) {
  return bits.words[bit / 64] >> bit % 64 & 1;
}
void tr_bits_add(tr_bits to, tr_bits from, uint32_t words);

const char *tr_compile_file(const tr_compile *compile, tr_span span);
void tr_compile_files(tr_compile *compile);
/* What the standard rules call so; a treaty's own events of these names are its own. */
tr_control tr_compile_control(const tr_compile *compile, const tr_event_decl *event);
uint32_t tr_compile_line(const tr_compile *compile, tr_span span);

#endif
