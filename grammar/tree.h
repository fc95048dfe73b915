/* tree.h - what the parser makes of the text: one struct for each construct, in the words of the
 * language.
 *
 * The parser fills in what stands there; names, types and duplicates are the checker's
 * (engine/check_*.c), which writes what it found into the fields under "checked". Everything lives
 * in the arena of the load. */
#ifndef TR_TREE_H
#define TR_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "grammar/source.h"

/* A name where it stands. `text` of a dotted one has its dots: "web.form_submitted". */
typedef struct tr_name {
  const char *text;
  tr_span span;
} tr_name;

typedef TR_LIST(tr_name) tr_names;

/* When something counts: [from, until); both 0: always. */
typedef struct tr_reach {
  int64_t from_ms, until_ms;
} tr_reach;

/* Whom a fact is about. */
typedef enum tr_entity {
  ENTITY_ACCOUNT,
  ENTITY_PERSON,
  ENTITY_LEAD,
  ENTITY_MEMBER,
  ENTITY_NONE
} tr_entity;
#define TR_ENTITIES 4

/* ---- Types as written ------------------------------------------------------------------------ */

typedef enum tr_type_kind {
  TYPE_ERROR, /* what failed: agrees with everything */
  TYPE_TRUTH,
  TYPE_TEXT,
  TYPE_NUMBER,
  TYPE_WHOLE,
  TYPE_DATE,
  TYPE_TIME,
  TYPE_DURATION,
  TYPE_BUSINESS, /* of tiers: a duration in ms, or below 0 so many business days */
  TYPE_MONEY,
  TYPE_REP,
  TYPE_ONE_OF,
  TYPE_SCALE,
  TYPE_SET,
  TYPE_TEXTS,
  TYPE_STAGE,
  TYPE_PARTY,
  TYPE_NAMED, /* only as written: resolved before anything looks */
} tr_type_kind;

typedef struct tr_type tr_type;
struct tr_type {
  tr_type_kind kind;
  tr_span span;
  tr_name name;         /* NAMED: as written */
  tr_names values;      /* ONE_OF, SCALE, SET */
  const tr_type *of;    /* SET of a named type */
  const char *currency; /* MONEY */
  uint32_t currency_digits;
  bool looked_at;       /* checked: its values are */
  const char *known_as; /* checked: the name of its declaration, or NULL: only equal names are equal
                           types */
};

/* ---- Expressions ----------------------------------------------------------------------------- */

typedef enum tr_expr_kind {
  EXPR_ERROR,
  EXPR_TRUTH,         /* number: 0 or 1 */
  EXPR_UNKNOWN,       /* the word `unknown` as a value, in tests */
  EXPR_NUMBER,        /* number: millionths */
  EXPR_PERCENT,       /* number: millionths of the whole: 30% is 300000 */
  EXPR_MONEY,         /* number: minor units */
  EXPR_DURATION,      /* number: ms */
  EXPR_BUSINESS_DAYS, /* number: how many, below 0 */
  EXPR_DATE,          /* number: days */
  EXPR_DATETIME,      /* number: local ms, wall clock */
  EXPR_TEXT,          /* text */
  EXPR_NAME,          /* name: a field, definition, score, criterion, value … */
  EXPR_LOOKUP,        /* name(left).member */
  EXPR_AND,           /* list */
  EXPR_OR,            /* list */
  EXPR_NOT,           /* left */
  EXPR_COMPARE,       /* left compare right */
  EXPR_BEFORE,        /* left before right: phases */
  EXPR_EXACTLY,       /* left is exactly right */
  EXPR_IN,            /* left in (list) */
  EXPR_IN_LIST,       /* left in name */
  EXPR_BETWEEN,       /* left between list[0] and list[1] */
  EXPR_STARTS_WITH,
  EXPR_ENDS_WITH,
  EXPR_CONTAINS,
  EXPR_HAS,        /* left has right */
  EXPR_MATCHES,    /* left matches right, a text */
  EXPR_HAS_ANY_OF, /* left has any of (list) */
  EXPR_IS_KNOWN,   /* left */
  EXPR_IS_OPEN,    /* left: a criterion */
  EXPR_OTHERWISE,
  EXPR_ADD,
  EXPR_SUBTRACT,
  EXPR_MULTIPLY,
  EXPR_DIVIDE,
  EXPR_NEGATE,   /* left */
  EXPR_ABSENT,   /* the rep, left, is absent for more than number (ms) */
  EXPR_LOWERED,  /* left lowered by right (whole steps) */
  EXPR_LARGER,   /* list */
  EXPR_SMALLER,  /* list */
  EXPR_AT_LEAST, /* number of list */
  EXPR_ALL_OF,
  EXPR_NONE_OF,
  EXPR_ANY_HAS,    /* group, left */
  EXPR_EVERY_HAS,  /* group, left */
  EXPR_COUNT_WITH, /* group, left (NULL: all) */
  EXPR_SUM_OF,     /* left of group */
  EXPR_MAX_OF,
  EXPR_MIN_OF,
  EXPR_COUNT,  /* of signal name in last number ms; number < 0: ever */
  EXPR_NO,     /* no signal name in last number ms | ever */
  EXPR_SUM_IN, /* of the payload field `member` of signal name, in last number ms; < 0: ever */
  EXPR_MAX_IN,
  EXPR_MIN_IN,
  EXPR_COUNT_DAYS,    /* with signal name in last number ms */
  EXPR_ACTOR,         /* of the latest signal name in last number ms */
  EXPR_TIME_SINCE,    /* name: a signal */
  EXPR_DAYS_UNTIL,    /* left */
  EXPR_DAYS_SINCE,    /* left */
  EXPR_AGE,           /* of the lead */
  EXPR_TIMES_ENTERED, /* name: a stage */
  EXPR_DATE_ENTERED,  /* name: a stage */
  EXPR_TIME_IN_STAGE,
  EXPR_PREVIOUS_REASON,
  EXPR_DOMAIN, /* domain of left */
  EXPR_TABLE,  /* table: what a `table` stands for as a definition */
} tr_expr_kind;

typedef enum tr_compare {
  COMPARE_EQ,
  COMPARE_NE,
  COMPARE_LT,
  COMPARE_LE,
  COMPARE_GT,
  COMPARE_GE
} tr_compare;

/* Over whom a quantifier ranges. */
typedef enum tr_group { GROUP_MEMBERS, GROUP_LEADS, GROUP_OTHER_LEADS } tr_group;

typedef struct tr_expr tr_expr;
typedef TR_LIST(tr_expr *) tr_exprs;

struct tr_expr {
  tr_expr_kind kind;
  tr_compare compare;
  tr_group group;
  bool parenthesized;
  uint16_t depth;
  tr_span span;
  tr_name name, member;
  tr_expr *left, *right;
  tr_exprs list;
  int64_t number;
  const char *text;
  const char *currency;
  struct tr_table *table;
  /* checked */
  const tr_type *type;
  uint8_t ref_kind; /* what the name means (engine/symbols.h) */
  uint8_t entity;   /* of a field; whose events a count is over */
  bool outside;     /* of the lead outside of the group in which it stands */
  bool decays;      /* a score that halves stands in it */
  int8_t grows;     /* an age stands in it: 1 grows, -1 shrinks with the clock */
  uint32_t index;   /* of a field, value, list … as ref_kind says */
};

/* ---- Declarations ---------------------------------------------------------------------------- */

typedef struct tr_field {
  tr_name name;
  const char *key; /* an event's payload key where it differs from the name */
  tr_type *type;
  tr_expr *starting; /* NULL: begins unknown */
  bool in_several;   /* of the treaties side by side */
} tr_field;
typedef TR_LIST(tr_field) tr_fields;

typedef struct tr_party {
  tr_name name;
} tr_party;

typedef struct tr_contact {
  tr_name name, party;
  const char *address;
} tr_contact;

typedef struct tr_type_decl {
  tr_name name;
  tr_type *type;
  bool followed; /* checked: it is being looked up, for types that are made of themselves */
} tr_type_decl;

typedef struct tr_block {
  tr_entity entity;
  tr_span span;
  tr_fields fields;
} tr_block;

/* Another file, as named. */
typedef struct tr_use {
  const char *path; /* NULL: none */
  tr_span span;
  /* of a file that is no treaty */
  bool read; /* `file` is its number among the sources */
  uint32_t file;
} tr_use;

typedef struct tr_list_decl {
  tr_name name;
  tr_exprs values;
  tr_use from; /* or the values of this file */
  /* checked */
  struct tr_csv_rows *csv;
} tr_list_decl;

typedef struct tr_row {
  tr_span span;
  tr_exprs keys, values;
} tr_row;
typedef TR_LIST(tr_row) tr_rows;

typedef struct tr_catalogue {
  tr_name name;
  tr_names keys;
  tr_fields columns;
  tr_rows rows;
  tr_use from; /* or the rows of this file */
  /* checked */
  struct tr_csv_rows *csv;
  bool is_offered; /* by a play: its keys are shown as they are written */
} tr_catalogue;

typedef struct tr_event_decl {
  tr_name name;     /* as rules write it */
  const char *type; /* the CloudEvents type */
  tr_name by;       /* buyer, others or a party */
  bool contact;
  bool any_buyer; /* checked: it stands for every event of the buyer */
  tr_fields fields;
} tr_event_decl;

/* Which events a feed may assert; its name is the CloudEvents source, byte for byte. */
typedef struct tr_source_decl {
  tr_name name;
  tr_names sends;
} tr_source_decl;

typedef struct tr_bind {
  tr_entity entity;
  tr_span span;
  tr_expr *value;
  tr_name except; /* text NULL: none */
} tr_bind;

typedef enum tr_action_kind {
  ACTION_SET,
  ACTION_SET_FIRST,
  ACTION_ADD,
  ACTION_REMOVE,
  ACTION_LOWER,
  ACTION_RAISE,
  ACTION_FORGET
} tr_action_kind;

typedef struct tr_action {
  tr_action_kind kind;
  tr_span span;
  tr_name target; /* person.title, member.roles */
  tr_expr *value;
  int64_t for_ms; /* SET: how long it is known; 0: until something newer is */
  uint32_t steps; /* LOWER, RAISE */
} tr_action;
typedef TR_LIST(tr_action) tr_actions;

/* What `active` counts: no treaty can write this name. */
#define TR_BUYER_EVENTS "buyer events"

/* An event or signal with a condition on it. */
typedef struct tr_pattern {
  tr_name event;
  bool any_buyer; /* every event of the buyer; `event` is the words themselves */
  tr_expr *where; /* NULL: always */
} tr_pattern;
typedef TR_LIST(tr_pattern) tr_patterns;

typedef struct tr_learn {
  tr_span span;
  tr_pattern pattern;
  tr_actions actions;
  tr_reach reach;
} tr_learn;

typedef enum tr_signal_kind {
  SIGNAL_EVENTS,     /* patterns of events */
  SIGNAL_ABSENCE,    /* when no `other` for `span_ms` */
  SIGNAL_BEGINS,     /* when `when` begins */
  SIGNAL_OVER_LIMIT, /* when a contact is not allowed */
} tr_signal_kind;

typedef struct tr_signal {
  tr_name name;
  tr_signal_kind kind;
  tr_patterns patterns;
  tr_name other;    /* EVENTS: after which they come (text NULL: any), ABSENCE: what stays away */
  int64_t span_ms;  /* within which, for which */
  tr_entity entity; /* EVENTS: that is the same of both; ABSENCE, BEGINS: whose signal it is */
  tr_span entity_span;
  tr_expr *when;
} tr_signal;

typedef enum tr_points_kind {
  POINTS_ON,
  POINTS_WHEN,
  POINTS_RESET,    /* on an event */
  POINTS_ENTERING, /* a reset on entering a stage */
  POINTS_LOSES,    /* without activity */
} tr_points_kind;

typedef struct tr_points {
  tr_points_kind kind;
  tr_span span;
  tr_name on;    /* ON, RESET: a signal or event; ENTERING: a stage */
  tr_expr *when; /* WHEN */
  tr_expr *add;
  bool once;             /* once ever, or once in once_in_ms */
  int64_t once_in_ms;    /* 0: ever */
  tr_expr *at_most;      /* points … */
  int64_t at_most_in_ms; /* … in so many ms */
  bool per_day;          /* … in each calendar day, of `zone` */
  tr_name zone;          /* text NULL: the file's */
  tr_expr *reset_to;     /* RESET, ENTERING: what it begins with then; NULL: nothing */
  int64_t after_ms;      /* LOSES */
} tr_points;
typedef TR_LIST(tr_points) tr_points_list;

typedef struct tr_score {
  tr_name name;
  tr_entity entity;
  tr_expr *low, *high;                  /* the clamp; NULL: none */
  bool floors;                          /* `never below` low: at each event */
  int64_t halves_ms;                    /* 0: does not decay */
  int64_t expires_ms;                   /* 0: points stay */
  tr_expr *counts_while, *frozen_while; /* NULL: always; never */
  bool decay_goes_on;                   /* while frozen */
  tr_span expires_span;
  tr_points_list points;
} tr_score;

typedef struct tr_define {
  tr_name name;
  tr_entity entity;
  tr_type *type;        /* as written, or NULL */
  tr_expr *value;       /* NULL: a frame that another file fills */
  tr_name fixed_at;     /* the event or signal whose instant it keeps; text NULL: none */
  uint32_t fixed_field; /* checked: where it is kept, of the entity's fields */
} tr_define;

/* ---- Decision tables ------------------------------------------------------------------------- */

/* `high`, `>= 10`, `10 to 20`, `unknown`. */
typedef struct tr_table_test {
  tr_span span;
  tr_compare compare;  /* with `value` */
  tr_expr *value, *to; /* value NULL: unknown, with NE known; to NULL: no range, else both are in */
} tr_table_test;

/* What a row asks of one column: one of the tests holds. */
typedef struct tr_table_cell {
  tr_span span;
  bool any; /* `_`: whatever it is, and unknown too */
  TR_LIST(tr_table_test) tests;
} tr_table_cell;

typedef struct tr_table_row {
  tr_span span;
  TR_LIST(tr_table_cell) cells;
  tr_expr *result;
} tr_table_row;

typedef struct tr_table {
  tr_span span; /* of its name */
  const char *name;
  tr_exprs columns;
  bool each_once; /* else the first row that matches counts */
  bool broken;    /* by an error: it may have rows that were not read */
  TR_LIST(tr_table_row *) rows;
  /* checked */
  struct tr_table_index *index;
} tr_table;

typedef struct tr_criterion {
  tr_name name;
  const char *question; /* or NULL */
  tr_expr *met, *unmet; /* NULL: none */
  tr_span span;
} tr_criterion;

/* A phase of the buyer, and by what it is entered. */
typedef struct tr_phase {
  tr_name name;
  tr_span span;  /* of its evidence, else of the name */
  tr_names on;   /* signals or events of the buyer: any is enough */
  tr_expr *when; /* judged at each event of the buyer */
} tr_phase;

/* All phases in their order; of several blocks the others only say by what they are entered. */
typedef struct tr_phases {
  tr_span span;
  TR_LIST(tr_phase) list;
  tr_reach reach;
} tr_phases;

typedef struct tr_stage {
  tr_name name, owner;
  bool won, lost;
  tr_names opened_by;
  bool any_opens; /* checked */
  tr_names reasons;
} tr_stage;
typedef TR_LIST(tr_stage) tr_stage_list;

typedef struct tr_stages {
  tr_span span;
  tr_stage_list list;
} tr_stages;

typedef struct tr_open_hours {
  uint16_t from_minute, to_minute;
} tr_open_hours;

typedef struct tr_days_hours {
  uint8_t days; /* bit 0: Monday */
  tr_span span;
  TR_LIST(tr_open_hours) hours;
} tr_days_hours;

typedef struct tr_closure {
  tr_span span;
  int64_t from_day, to_day; /* both included */
} tr_closure;

/* `holidays "de-by.ics"` */
typedef struct tr_holiday_file {
  tr_use from;
  /* checked */
  const struct tr_holidays *holidays; /* NULL: none could be read */
  const struct tr_agreement *told_of; /* that it ends before this one does */
} tr_holiday_file;

typedef struct tr_calendar_decl {
  tr_name name;
  tr_name zone; /* text NULL: the file's */
  TR_LIST(tr_days_hours) week;
  TR_LIST(tr_closure) closed;
  TR_LIST(tr_holiday_file) holidays;
} tr_calendar_decl;

/* ---- People ---------------------------------------------------------------------------------- */

typedef enum tr_pick { PICK_TURNS, PICK_SHARES, PICK_FEWEST_OPEN } tr_pick;

typedef struct tr_team_decl {
  tr_name name, party;
  tr_pick pick;
  tr_span pick_span;
  uint32_t most_open;           /* leads that one of them holds; 0: any number */
  tr_span most_span, skip_span; /* from == to: not said */
  bool skip_absent;
} tr_team_decl;

/* What is said of a person of a team, beside hours and share: `territory ("DE", "AT")`. */
typedef struct tr_trait {
  tr_name name;
  tr_expr *value;
} tr_trait;

typedef struct tr_rep_decl {
  tr_name id, team;
  tr_name hours;            /* a calendar; text NULL: not said */
  int64_t share_millionths; /* 100 % = 1,000,000; -1: not said */
  TR_LIST(tr_trait) traits;
  uint32_t kind; /* checked: the same for all of whom the same is said */
} tr_rep_decl;

/* Whom a lead is given to: one line of `assign`. */
typedef enum tr_whom_kind {
  WHOM_PREVIOUS,    /* previous rep */
  WHOM_ACCOUNT_REP, /* account.rep */
  WHOM_REP,         /* "jo" */
  WHOM_LATEST,      /* rep of latest other lead of account */
  WHOM_EARLIEST,
  WHOM_ACTOR, /* actor of latest call of account in last 30 days */
  WHOM_TEAM
} tr_whom_kind;

typedef struct tr_whom {
  tr_whom_kind kind;
  tr_span span;
  tr_name name;   /* REP, TEAM */
  tr_expr *where; /* REP, TEAM: NULL: always */
  tr_expr *asks; /* LATEST, EARLIEST: `any other lead of account has (…)`, NULL: any; ACTOR: who */
  /* checked: `where` for each kind of people, what is said of them in place of its names, and for
   * those of whom nothing is; NULL: it asks for more than is said */
  tr_expr **wheres;
} tr_whom;
typedef TR_LIST(tr_whom) tr_whoms;

/* One thing that is said of a team. */
typedef struct tr_team_rule {
  enum { TEAM_PICKS, TEAM_MOST, TEAM_SKIPS } kind;
  tr_pick pick;
  int64_t most; /* millionths */
} tr_team_rule;

/* ---- Agreements ------------------------------------------------------------------------------ */

typedef enum tr_step_kind {
  STEP_REMIND,
  STEP_ESCALATE,
  STEP_RETURN,
  STEP_TELL,
  STEP_OFFER,
  STEP_REASSIGN,
  STEP_OPEN
} tr_step_kind;

typedef struct tr_step {
  tr_step_kind kind;
  tr_span span;
  int64_t percent_millionths; /* of the time allowed: 50% is 500000; 0: business days are given */
  int64_t business_days;
  tr_name who;     /* REMIND, TELL: party or contact; ESCALATE: contact; RETURN: stage;
                                 OFFER: party; REASSIGN, OPEN: team */
  tr_name reason;  /* RETURN */
  const char *say; /* TELL */
} tr_step;
typedef TR_LIST(tr_step) tr_steps;

/* A time allowed, and on whose clock. */
typedef struct tr_within {
  tr_span span;
  int64_t amount_ms; /* or, with business_days, that many days */
  tr_expr *tier;     /* or what this says when the clock starts; else NULL */
  bool business_days;
  tr_name calendar;  /* text NULL: around the clock */
  bool hours_of_rep; /* by the calendar of whoever has the lead */
} tr_within;

/* The time allowed, what happens on the way, and when the clock stands still. */
typedef struct tr_terms {
  tr_within within;
  tr_steps steps;
  tr_expr *pauses;        /* while this holds; NULL: never */
  int64_t pauses_most_ms; /* for so long in all; -1: as long as it holds */
} tr_terms;

/* What a promotion remembers. */
typedef struct tr_keep {
  tr_name name; /* "fit"; of a dotted one the last word */
  tr_expr *value;
  uint32_t index; /* checked: of the symbols' kept values */
} tr_keep;
typedef TR_LIST(tr_keep) tr_keeps;

typedef enum tr_clause_kind {
  CLAUSE_PROMOTE,
  CLAUSE_HAND,
  CLAUSE_MOVE,
  CLAUSE_OWES,
  CLAUSE_QUOTA,
  CLAUSE_LIMIT,
  CLAUSE_TELL,
  CLAUSE_PLAY,
  CLAUSE_ASSIGN, /* from here on: to whom */
  CLAUSE_REASSIGN,
  CLAUSE_OPEN
} tr_clause_kind;
typedef enum tr_trigger {
  TRIGGER_WHEN,
  TRIGGER_ON,
  TRIGGER_AFTER,
  TRIGGER_OWED,
  TRIGGER_PERIOD,
  TRIGGER_CONTACT,
  TRIGGER_MEMBERS,
  TRIGGER_ABSENT
} tr_trigger;

/* When somebody else is to have a lead. */
typedef struct tr_turn {
  tr_trigger trigger;
  tr_expr *when;
  tr_pattern on;
  int64_t after_ms;
} tr_turn;

/* From when a duty runs. */
typedef enum tr_start_kind {
  START_AT,         /* a signal, each time; or the word `acceptance` */
  START_ASSIGNMENT, /* each time somebody gets the lead */
  START_ENTERING,   /* a stage */
  START_WHILE,      /* `every D while …` */
} tr_start_kind;

/* What a party owes, beside the terms. */
typedef struct tr_duty_decl {
  tr_name party;
  tr_name owed;   /* the signal; text NULL: facts are owed */
  uint32_t times; /* how often */
  tr_names facts; /* to know */
  bool of_every_member;
  tr_expr *known; /* made of them: that they are known */
  tr_start_kind start;
  tr_name from; /* START_AT: signal or event; START_ENTERING: stage */
  tr_within within;
  tr_expr *owed_while, *unless;
} tr_duty_decl;

typedef enum tr_period { PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER } tr_period;

/* How much a party owes in each period: `40 MQL`, `250000 EUR of amount of crm.deal_won`. */
typedef struct tr_quota_decl {
  tr_name party;
  tr_expr *amount; /* a number, or money */
  tr_name field;   /* that is summed up; text NULL: it is counted */
  tr_name counted; /* a stage, a signal, an event */
  tr_name per;
  bool each_rep;
  /* checked */
  tr_period period;
  const tr_type *type;  /* of the sum; NULL: it is counted */
  uint32_t field_index; /* of the event */
} tr_quota_decl;

/* How much contact is allowed: so much of it, or, `never contact`, none while something holds. */
typedef struct tr_limit_decl {
  tr_span head;  /* without its condition */
  tr_name party; /* whose contacts; text NULL: anybody's */
  bool never;
  tr_entity with; /* PERSON, ACCOUNT: with each of them it is counted */
  tr_span most_span;
  int64_t most;    /* millionths, as written … */
  int64_t span_ms; /* … in so long */
  tr_expr *when;   /* while it holds; NULL: always */
  uint32_t index;  /* checked: of the program's limits */
} tr_limit_decl;

/* What `contact.over_limit` is called: a contact that a clause does not allow. */
#define TR_OVER_LIMIT "contact.over_limit"

/* `industry`, `size = lead.size`: the column of a catalogue equals it. */
typedef struct tr_play_match {
  tr_name column;
  tr_expr *value; /* NULL as written: what the account or the lead has of this name; then that */
  /* checked */
  uint32_t index; /* of the column */
} tr_play_match;
typedef TR_LIST(tr_play_match) tr_play_matches;

/* Rows of a catalogue. */
typedef struct tr_play_offer {
  tr_span span;
  tr_name catalogue;
  tr_play_matches matches;
  tr_span most_span;
  int64_t most; /* millionths; -1: all that match */
} tr_play_offer;

/* What to bring to whom. */
typedef struct tr_play_decl {
  tr_name name;
  tr_expr *with;        /* of the member */
  tr_expr *holds_while; /* NULL: always */
  const char *say;      /* NULL: nothing */
  TR_LIST(tr_play_offer) offers;
  bool is_lost; /* a line of it could not be read */
  uint32_t bit; /* checked: among those of its agreement */
} tr_play_decl;

typedef struct tr_clause {
  tr_clause_kind kind;
  tr_span span;
  tr_names from;
  tr_name to; /* PROMOTE, MOVE */
  tr_trigger trigger;
  tr_expr *when;    /* PROMOTE, HAND (NULL: always), MOVE when */
  tr_pattern on;    /* MOVE on */
  int64_t after_ms; /* MOVE after */
  tr_name reason;   /* MOVE: a value, or event.field */
  tr_keeps keeps;   /* PROMOTE */
  tr_name kept_as;
  tr_name giver, taker; /* HAND */
  bool at_once;         /* HAND accepted at once */
  tr_name accepted_by, accepted_to, rejected_by, rejected_to;
  tr_name rejected_reason; /* with reason … */
  tr_expr *withdrawn;      /* HAND withdrawn when */
  tr_name sent_back_by, sent_until;
  int64_t recycle_ms; /* HAND rejected by E to S for D, then S2; 0: it stays */
  tr_name recycle_to;
  bool responds;
  tr_terms terms;       /* HAND that responds, OWES */
  tr_duty_decl *duty;   /* OWES */
  tr_quota_decl *quota; /* QUOTA; its steps are those of the terms */
  tr_limit_decl *limit; /* LIMIT */
  tr_play_decl *play;   /* PLAY */
  tr_whoms whoms;       /* ASSIGN, REASSIGN, OPEN: to whom */
  tr_name who;          /* TELL: party or contact */
  const char *say;
  uint32_t bit; /* checked: TELL when: among those of its agreement */
} tr_clause;
typedef TR_LIST(tr_clause *) tr_clauses;

/* What people of a party may decide, with a reason: `sales may move SAL to lost with reason`. */
typedef enum tr_power_kind {
  POWER_MOVE,
  POWER_PROMOTE, /* override: as the clause that promotes, whether its condition holds or not */
  POWER_OFFER,   /* override: as the clause that hands over, likewise */
  POWER_HOLD,
  POWER_PASS /* on, to another person of the party */
} tr_power_kind;

static inline bool tr_power_moves(tr_power_kind kind) { return kind <= POWER_PROMOTE; }

typedef struct tr_power {
  tr_power_kind kind;
  tr_span span;
  tr_name party;
  tr_names from;      /* MOVE, PROMOTE, OFFER */
  tr_name to;         /* the stage; OFFER: the party */
  tr_expr *when;      /* NULL: always */
  int64_t at_most_ms; /* HOLD */
  bool needs_reason;  /* PASS: not always */
} tr_power;

typedef struct tr_signature {
  tr_name party;
  const char *who;
  int64_t day;
} tr_signature;

/* stage OLD becomes NEW */
typedef struct tr_becomes {
  tr_span span;
  tr_name from, to;
} tr_becomes;

typedef struct tr_agreement {
  tr_name name; /* its text, quotes off */
  int64_t version;
  tr_names parties;
  bool has_force;
  int64_t from_day,
      to_day; /* whole days in the file's zone, both included; to_day INT64_MAX: open end */
  TR_LIST(tr_signature) signatures;
  bool in_shadow;             /* for a time it decides without effect … */
  int64_t shadow_day;         /* … from this day on, until it is in force, if ever */
  bool catching_up;           /* what holds already acts when the version takes force */
  TR_LIST(tr_becomes) stages; /* that have other names from this version on */
  bool otherwise;
  tr_expr *applies;     /* NULL with otherwise */
  tr_span applies_span; /* from == to: no applies clause */
  int64_t ask_after_ms; /* how long a clause waits for what nobody knows before that is said */
  tr_span ask_span;     /* from == to: it is not said */
  tr_clauses clauses;
  TR_LIST(tr_power *) powers;
} tr_agreement;

/* ---- Tests ----------------------------------------------------------------------------------- */

/* acme, acme/anna, lead "L-7" */
typedef struct tr_who {
  tr_span span;
  tr_name account, person, lead; /* text NULL: not named */
  tr_name actor;                 /* of a `send` */
} tr_who;

typedef struct tr_given {
  tr_name name;
  tr_expr *value;
} tr_given;
typedef TR_LIST(tr_given) tr_givens;

typedef enum tr_test_kind {
  TEST_CLOCK,
  TEST_ENTITY,
  TEST_SEND,
  TEST_AFTER,
  TEST_AT,
  TEST_EXPECT_DECISION, /* [no] WHAT of X [to P] [due T] */
  TEST_EXPECT_STAGE,    /* X is STAGE */
  TEST_EXPECT_VALUE,    /* NAME of X is V */
  TEST_EXPECT_RANGE,    /* NAME of X >= V, NAME of X between V and W */
  TEST_EXPECT_CONTACT,  /* contact of X by P is allowed | never | not before T */
  TEST_EXPECT_NOTHING,  /* nothing else */
} tr_test_kind;

typedef struct tr_test_step {
  tr_test_kind kind;
  tr_span span;
  tr_entity entity; /* ENTITY */
  tr_who who;
  tr_name name;     /* SEND: the event; EXPECT: WHAT, NAME; STAGE: the stage */
  tr_givens givens; /* ENTITY, SEND */
  bool no;
  tr_name to;   /* party, contact or stage */
  tr_name play; /* of which one; text NULL: it is about something else */
  tr_expr *due;
  tr_expr *value; /* EXPECT_VALUE, RANGE: V; CLOCK, AT: a date and time; AFTER: a duration */
  tr_expr *stage; /* checked: that a lead is given, one of the givens; NULL: none */
  tr_expr *high;  /* RANGE: W; NULL: `compare` tells */
  tr_compare compare;
  const tr_type *type; /* checked: of NAME; NULL: a criterion, reason or version */
  tr_name because;     /* text NULL: none */
  bool to_rep;         /* `to` is a person, in quotes */
  bool of_duty;        /* checked: EXPECT_VALUE asks what has become of what is owed … */
  bool of_quota;       /* … by a party, in a period */
} tr_test_step;

/* A test, or a setup that tests begin with. */
typedef struct tr_test {
  const char *name;
  tr_span span;
  tr_name setup; /* text NULL: none */
  tr_span
      each_span; /* of `each`: the same once for each row, whose values stand in for the columns */
  tr_names columns;
  tr_rows rows;
  TR_LIST(tr_test_step) steps;
} tr_test;

/* A word of the language where a name could stand, and what was said of it. */
typedef struct tr_misplaced {
  const char *word;
  const struct tr_diag *said;
} tr_misplaced;

typedef struct tr_tree {
  tr_arena *arena;
  TR_LIST(tr_span) items; /* of all files, each declaration as it stands */
  TR_LIST(tr_use) uses;
  TR_LIST(tr_span) lost; /* texts that could not be read: what they say is not missed again */
  bool lost_file;        /* … a whole file that is used */
  tr_names refused;      /* words of the language that are declared as names all the same … */
  TR_LIST(tr_misplaced) misplaced; /* … and may be meant by these */
  TR_LIST(tr_party *) parties;
  TR_LIST(tr_contact *) contacts;
  TR_LIST(tr_type_decl *) types;
  TR_LIST(tr_block *) blocks;
  TR_LIST(tr_list_decl *) lists;
  TR_LIST(tr_catalogue *) catalogues;
  TR_LIST(tr_event_decl *) events;
  TR_LIST(tr_source_decl *) sources;
  TR_LIST(tr_bind *) binds;
  TR_LIST(tr_learn *) learns;
  TR_LIST(tr_signal *) signals;
  TR_LIST(tr_score *) scores;
  TR_LIST(tr_define *) defines;
  TR_LIST(tr_criterion *) criteria;
  TR_LIST(tr_phases *) phases;
  TR_LIST(tr_stages *) stages;
  TR_LIST(tr_calendar_decl *) calendars;
  TR_LIST(tr_team_decl *) teams;
  TR_LIST(tr_rep_decl *) reps; /* checked: with those of the rosters */
  uint32_t rep_kinds;          /* checked: how many there are of them */
  TR_LIST(tr_use) rosters;     /* files of people */
  TR_LIST(tr_agreement *) agreements;
  TR_LIST(tr_test *) tests; /* checked: one a case, each with the steps of its setup */
  TR_LIST(tr_test *) setups;
  TR_LIST(tr_name) zones;
  TR_LIST(tr_name) without_account; /* "ignored" or "refused", where it stands */
  uint32_t measure_count;           /* sums, extremes and counts of days that stand somewhere */
  bool has_late;
  tr_span late_span;
  int64_t late_ms;
} tr_tree;

#endif
