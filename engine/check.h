/* check.h - the checker's own: is the treaty a contract that can be kept?
 *
 * check.c gathers names and has everything looked at in order. Types, expressions, names and
 * clauses are checked for all (check_type.c, check_expr.c, check_name.c, check_clause.c); fields,
 * events, definitions and criteria in check_known.c; each other construct in the file that has its
 * name. Whatever fails gets the type `error`, which agrees with everything. */
#ifndef TR_CHECK_H
#define TR_CHECK_H

#include "engine/symbols.h"
#include "grammar/diag.h"
#include "grammar/tree.h"
#include "treaty.h"

/* A signal, or a score, as something that may come about or change by itself. */
typedef struct tr_watched {
  bool score;
  uint32_t index;
} tr_watched;

#define TR_NO_DEFINE UINT32_MAX

/* A `define` is named somewhere. */
typedef struct tr_reading {
  uint32_t by;     /* in this definition of the standard rules; TR_NO_DEFINE: in none */
  uint32_t define; /* which */
  tr_span from;
} tr_reading;

/* A definition, criterion, score or signal, as far as it was followed to what it is made of. */
typedef struct tr_followed {
  uint8_t state;   /* 1: being followed, 2: done: for what needs itself */
  uint32_t height; /* done: how many stand on each other, itself the last */
  uint32_t beside; /* being followed: the highest that the one before has read until then */
} tr_followed;

typedef struct tr_check {
  tr_arena *arena;
  tr_diags *diags;
  tr_tree *tree;
  tr_symbols *symbols;
  tr_followed *defines, *scores, *criteria, *signals;
  uint32_t following; /* the definition that is being followed; TR_NO_DEFINE: none */
  TR_LIST(tr_reading) readings;
  uint32_t chain;                  /* how many are being followed, one for the other */
  uint32_t highest;                /* of those that the one that is being followed has read */
  bool *signal_used;               /* its events are marked as used */
  TR_LIST(tr_watched) watch_order; /* each behind those that it depends on */
  bool *event_used;                /* something acts on it */
  bool *counted;                   /* signals, then events: a window may be kept of it */
  uint32_t counted_count;          /* how many are */
  const tr_agreement *agreement;   /* whose clauses are being looked at */
  tr_arena scratch;                /* of one proof */
} tr_check;

/* From where an expression looks. */
typedef struct tr_scope {
  tr_entity entity;           /* its own fields may stand bare; NONE: clauses and criteria */
  const tr_event_decl *event; /* `event.x` may stand; NULL: there is no event */
  bool bare_event;            /* … and the event's fields bare, in `where` */
  bool concerned;             /* the person concerned is: `member.x`, `person.x` */
  bool among_leads;           /* within `lead of account has (…)`: `lead.x` is not of these … */
  bool lead_outside;          /* … but of the lead outside, if there is one */
} tr_scope;

bool tr_check_tree(tr_check *check);

/* Whether this stands in a file of the standard rules. */
bool tr_check_is_std(const tr_check *check, tr_span span);
const tr_type *tr_check_type(tr_check *check, tr_type *type);
/* The same of what events and files tell. */
const tr_type *tr_check_type_told(tr_check *check, tr_type *type);
/* Takes down the names of all types, before the first is asked for. */
void tr_check_gather_types(tr_check *check);
extern const tr_type tr_type_error, tr_type_truth, tr_type_text_, tr_type_number, tr_type_date,
    tr_type_time, tr_type_duration, tr_type_business, tr_type_whole, tr_type_texts;

/* Checks `expr`, whose value is wanted as `wanted` (NULL: any); gives its type. */
const tr_type *tr_check_expr(tr_check *check, const tr_scope *scope, tr_expr *expr,
                             const tr_type *wanted);
/* Whether the entity can be meant here; says so if not. */
bool tr_check_at_hand(tr_check *check, const tr_scope *scope, tr_entity entity, tr_span span,
                      const char *what);
void tr_check_declare(tr_check *check, tr_name name, tr_symbol_kind kind, uint32_t index,
                      void *decl);
/* check_keep.c: what promotions keep. A reference's type; NULL: it names nothing kept. */
void tr_check_gather_kept(tr_check *check);
const tr_type *tr_check_kept(tr_check *check, const tr_scope *scope, tr_expr *expr);
void tr_check_keeps(tr_check *check, tr_clause *clause);
/* check_match.c: the pattern of `matches`. */
void tr_check_regex(tr_check *check, const tr_expr *pattern);
/* check_measure.c: what is counted. A signal or event; NULL, after saying what is wrong. */
const tr_symbol *tr_check_counted(tr_check *check, const tr_scope *scope, tr_expr *expr);
/* Sums, extremes and days of events. */
const tr_type *tr_check_measure(tr_check *check, const tr_scope *scope, tr_expr *expr);
/* check_stays.c: where a lead has been, and why it went. */
const tr_type *tr_check_stays(tr_check *check, const tr_scope *scope, tr_expr *expr);
/* Whether a bare name means something by itself, so that the other side takes its type. */
bool tr_check_has_meaning(tr_check *check, const tr_scope *scope, tr_expr *expr);
void tr_check_condition(tr_check *check, const tr_scope *scope, tr_expr *expr);
bool tr_check_assignable(tr_check *check, const tr_type *to, tr_expr *value);
/* A literal or value name that stands for a constant of `type` (lists, rows, tests, `starting at`).
 */
bool tr_check_constant(tr_check *check, tr_expr *value, const tr_type *type, const char *where);

/* The symbol of a name, of one of two kinds (the same twice: of one), or NULL after saying what is
 * wrong. */
const tr_symbol *tr_check_name(tr_check *check, tr_name name, tr_symbol_kind kind,
                               tr_symbol_kind other, const char *what);
/* Whether a party of this name is declared: of one that is not, more is not said. */
bool tr_check_is_party(const tr_check *check, const char *name);
void tr_check_unknown(tr_check *check, tr_diag_code code, tr_name name, const char *what,
                      const char *const *candidates, size_t count);

/* Checks a trigger and its condition; gives the event whose fields are at hand, or NULL. */
const tr_event_decl *tr_check_pattern(tr_check *check, tr_pattern *pattern);
/* Stands for every event of the buyer, as TR_BUYER_EVENTS behind the declared ones; of its fields
 * only those are known that all have. */
extern const tr_event_decl tr_buyer_event;
bool tr_check_is_buyers(const tr_event_decl *event);
/* Of a signal that no event is, what it is: "'quiet' is no event"; NULL: it has events. */
const char *tr_check_no_event(tr_check *check, const tr_symbol *symbol);
/* What could not be read may have declared the name, or said what seems to be missing. */
bool tr_check_may_be_lost(const tr_check *check, const char *name);
/* What stands right behind the span, on its line, could not be read: the span may be half of what
 * is meant. */
bool tr_check_is_cut_off(const tr_check *check, tr_span span);
bool tr_check_is_whole(const tr_check *check);

/* Marks the events behind an event or signal as used. */
void tr_check_use_trigger(tr_check *check, const tr_symbol *symbol);
/* Notes that a window may be kept of it. */
void tr_check_count_trigger(tr_check *check, const tr_symbol *symbol);
/* All that the buyer does. */
void tr_check_use_buyers(tr_check *check);
/* The one event type behind a trigger, or NULL when it is a signal of several. */
const tr_event_decl *tr_check_trigger_event(tr_check *check, const tr_symbol *symbol);

/* Following one name for the other, in whatever order they are declared: whether to go on. Says
 * which need themselves, and which stand on too many others. */
bool tr_check_begin(tr_check *check, tr_followed *one, const tr_name *name, tr_span from);
void tr_check_end(tr_check *check, tr_followed *one, tr_span from);

void tr_check_known(tr_check *check);
void tr_check_sources(tr_check *check);
void tr_check_lists(tr_check *check);
void tr_check_catalogues(tr_check *check);
void tr_check_learns(tr_check *check);
void tr_check_signals(tr_check *check);
/* check_contact.c: `contact.over_limit` is a signal where a clause allows only so much contact. */
void tr_check_gather_over_limit(tr_check *check);
void tr_check_define_order(tr_check *check, uint32_t define, tr_span from);
void tr_check_signal_order(tr_check *check, const tr_symbol *symbol, tr_span from);
void tr_check_score_order(tr_check *check, uint32_t score, tr_span from);
void tr_check_criterion_order(tr_check *check, uint32_t criterion, tr_span from);
/* check_asked.c: who reads which definition; at the end, which question lacks an answer. */
void tr_check_reads_define(tr_check *check, uint32_t define, tr_span from);
void tr_check_asked(tr_check *check);
/* check_phase.c: names first, then evidence, then whether what is asked for is answered. */
void tr_check_gather_phases(tr_check *check);
void tr_check_phases(tr_check *check);
void tr_check_no_phases(tr_check *check, tr_span asked);
void tr_check_phases_answered(tr_check *check);
/* check_people_csv.c: takes in the people of a file. */
void tr_check_roster(tr_check *check, uint32_t file);
/* check_people.c */
void tr_check_people(tr_check *check);
/* Whether somebody of this id is declared; says so if not. */
bool tr_check_is_person(tr_check *check, tr_name id);
void tr_check_stages(tr_check *check);
/* check_calendar.c: all of them; then each time that a clause of check->agreement counts by one. */
void tr_check_calendars(tr_check *check);
void tr_check_counts_by(tr_check *check, tr_name calendar);
void tr_check_agreements(tr_check *check);
void tr_check_clauses(tr_check *check, tr_agreement *agreement);
/* check_kinds.c: people of whom the same is said. */
void tr_check_kinds(tr_check *check, tr_tree *tree);

/* check_power.c: what people may decide. */
void tr_check_powers(tr_check *check, tr_agreement *agreement);
bool tr_check_power_leads_to(const tr_agreement *agreement, const char *stage);
/* check_quota.c: whether some agreement has the party owe so many of these in a period. */
bool tr_check_owes_quota(const tr_check *check, const char *party, const char *counted);
void tr_check_tests(tr_check *check);
/* check_cases.c: makes plain tests, one a case, of those with a setup or with `each`. */
void tr_check_cases(tr_check *check);

#endif
