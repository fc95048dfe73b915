/* rules_inside.h - between the files that make treaties at random: rules.c says what is declared,
 * rules_conditions.c makes conditions, rules_terms.c the agreement. */
#ifndef RULES_INSIDE_H
#define RULES_INSIDE_H

#include "rules.h"

enum {
  SIGNALS_MAX = 4,
  SCORES_MAX = 3,
  DEFINES_MAX = 4,
  TABLES_MAX = 2,
  CRITERIA = 3,
  PROMOTIONS = 2,
  BUYERS_EVENTS = 2,
  DEPTH_MAX = 3
};

typedef enum scope { ACCOUNT, PERSON, LEAD, MEMBER, SCOPES } scope;
extern const char *const scope_names[SCOPES];

typedef struct rules {
  dice *dice;
  char *text;
  size_t length, room;
  int signals, scores, defines, tables, criteria;
  scope score_scope[SCORES_MAX], define_scope[DEFINES_MAX], table_scope[TABLES_MAX];
  bool score_halves[SCORES_MAX];
  bool signal_is_buyers[SIGNALS_MAX];
  bool signal_is_event[SIGNALS_MAX]; /* it comes with an event, never by itself */
  bool has_phases;
  bool is_lively;  /* conditions of the agreement are about little, and often change */
  bool in_event;   /* a condition on an event: facts and the event's fields only */
  bool in_group;   /* no group inside a group */
  bool to_be_kept; /* … that asks for no other lead, and not for best.truth */
  bool asks_more;  /* since this was cleared one has asked for them */
  bool define_asks_more[DEFINES_MAX];
  unsigned kept[PROMOTIONS]; /* what each promotion keeps: a bit each */
  bool has_limits;           /* of contacts */
  bool has_people;
  bool has_powers;      /* of people */
  bool applies_to_some; /* the agreement, not to all leads */
  bool in_rest;         /* in the one for the others, which hands nothing over */
  bool demotes, offers_to_yard, hands_to_shop; /* some clause of the agreement does */
  bool of_leads; /* … of leads: their own fields stand bare, `lead.` is the one outside */
} rules;

__attribute__((format(printf, 2, 3))) void put(rules *rules, const char *format, ...);

static inline int roll(rules *rules, int sides) { return dice_roll(rules->dice, sides); }
static inline bool one_in(rules *rules, int chances) { return dice_one_in(rules->dice, chances); }
static inline scope at_random(rules *rules) { return (scope)roll(rules, SCOPES); }

/* ---- rules_conditions.c ---------------------------------------------------------------------- */

const char *trigger(rules *rules); /* any event or signal */
const char *duration(rules *rules);
const char *comparison(rules *rules);
const char *any_word(rules *rules);
scope at_hand(rules *rules, scope from); /* an entity that is seen from there */

/* What promotions keep. */
enum {
  KEPT_SIZE,
  KEPT_KIND,
  KEPT_ROLES,
  KEPT_DUE,
  KEPT_LABEL,
  KEPT_TOP,
  KEPT_WAITED,
  KEPT_POINTS,
  KEPT_TRUTH,
  KEPT_VALUES
};

enum { PHASES = 4 };
extern const char *const phase_names[PHASES];

/* Something that is known of an entity; of the event in hand, its fields; a count; any of these,
 * joined. */
void fact(rules *rules, scope scope);
void counting(rules *rules);
void condition(rules *rules, scope scope, int depth);
/* What the agreement asks of a lead. */
void term(rules *rules, int depth);

/* ---- rules_terms.c --------------------------------------------------------------------------- */

void agreement(rules *rules);

#endif
