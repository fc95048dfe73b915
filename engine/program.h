/* program.h - a compiled treaty: names have become numbers, conditions code. Immutable once made.
 *
 * Everything here lives in the program's arena. Who wants to know what a number means finds the
 * names beside it: decisions and explanations are told in the words of the treaty. */
#ifndef TR_PROGRAM_H
#define TR_PROGRAM_H

#include "engine/calendar.h"
#include "engine/decay.h"
#include "engine/opcodes.h"
#include "engine/text.h"
#include "engine/text_match.h"
#include "engine/zone.h"
#include "grammar/source.h"
#include "grammar/tree.h"
#include "treaty.h"

/* Index of nothing. */
#define TR_NONE UINT32_MAX

/* One bit for each thing that a condition can depend on and an event can touch (tr_program.inputs).
 */
typedef struct tr_bits {
  uint64_t *words;
} tr_bits;

typedef enum tr_opcode {
#define TR_OPCODE_ENUM(name, operands, meaning) TR_OP_##name,
  TR_OPCODES(TR_OPCODE_ENUM)
#undef TR_OPCODE_ENUM
      TR_OPCODE_COUNT
} tr_opcode;

typedef struct tr_instruction {
  uint32_t op, a, b, c; /* operands as opcodes.h says: registers, numbers of things, distances */
} tr_instruction;

/* Straight code with forward jumps only: it always ends. */
typedef struct tr_code {
  const tr_instruction *items;
  uint32_t count;
  uint32_t registers;
  bool of_member; /* of a quantifier: asks only what a person and the member have for themselves */
  bool of_asker;  /* of a quantifier: asks something of the lead that it is asked for */
} tr_code;

/* A condition as people wrote it, for `why not yet`: the whole, and its parts down to comparisons.
 */
typedef struct tr_reason {
  const char *text;
  tr_code code;
  const struct tr_reason *parts;
  uint32_t part_count;
  uint32_t needed;    /* so many of them make it true; 0: it is true when none is */
  uint32_t criterion; /* TR_NONE, or the criterion that it names: its own parts go on below */
} tr_reason;

/* A field of an entity: `slot` is where its fact stands, a set takes one slot for each of its
 * values. */
typedef struct tr_slot_field {
  const char *name; /* "account.industry" */
  const char *bare; /* "industry" */
  const tr_type *type;
  uint32_t slot;
  uint32_t until_slot; /* until when what stands in `slot` is known; TR_NONE: nothing fades */
  uint32_t input;
  bool has_start;
  int64_t start; /* the value that it begins with; a set: its yes-bits, all settled */
} tr_slot_field;

/* Window over the events of a signal (or event type) as one kind of entity sees them. */
typedef struct tr_window {
  const char *signal_name;
  uint32_t signal; /* index of the signal */
  tr_entity entity;
  int64_t keep_ms; /* the longest span asked for; < 0: all are counted, none is kept */
  uint32_t cell;   /* where the entity keeps it */
  uint32_t input;
} tr_window;

typedef enum tr_measure_kind {
  MEASURE_SUM,
  MEASURE_MAX,
  MEASURE_MIN,
  MEASURE_DAYS,
  MEASURE_ACTOR /* who did the latest */
} tr_measure_kind;

/* What is measured of the events of a signal as one kind of entity sees them; as a window else. */
typedef struct tr_measure {
  tr_measure_kind kind;
  const char *signal_name, *field_name;
  uint32_t signal;
  uint32_t event; /* the one behind the signal; TR_NONE: there are several, or none */
  uint32_t field; /* of that one; DAYS, ACTOR: none */
  tr_entity entity;
  const tr_type *type;
  int64_t keep_ms; /* < 0: all time */
  uint32_t cell, input;
} tr_measure;

typedef struct tr_point_rule {
  uint32_t signal;   /* fires it; TR_NONE for a condition or a stage */
  uint32_t entering; /* a stage that resets when a lead enters it, or TR_NONE */
  bool reset;        /* sets all points of before to nothing … */
  int64_t reset_to;  /* … and begins with these */
  bool is_loss;      /* its signal is a silence of the score's own: `loses` … */
  int64_t after_ms;  /* … after so long */
  tr_code when;      /* conditions */
  tr_code add;       /* points, in the event's scope or the entity's */
  tr_bits reads;     /* of an event's points: what they look at */
  bool once;
  int64_t once_in_ms; /* 0: ever */
  bool limited;
  int64_t at_most;         /* points (millionths) … */
  int64_t at_most_in_ms;   /* … in so long */
  const tr_zone *day_zone; /* … in each calendar day of this zone; NULL: in any stretch */
  uint32_t cell;           /* of what it has counted; TR_NONE: without limits nothing is kept */
  const char *text, *file;
  uint32_t line;
} tr_point_rule;

typedef struct tr_score_def {
  const char *name;
  tr_entity entity;
  bool has_low, has_high;
  int64_t low, high;
  bool floors; /* event points never go below `low` */
  int64_t halves_ms;
  int64_t expires_ms;                 /* 0: points stay */
  tr_code counts_while, frozen_while; /* count 0: always; never */
  uint32_t frost_cell;                /* of how long it stood still; TR_NONE: it never does */
  uint32_t entries_cell;              /* of points event by event */
  const tr_point_rule *rules;
  uint32_t rule_count;
  uint32_t cell;
  uint32_t input; /* of its event points */
  tr_bits inputs; /* with those of its conditions */
  bool has_conditions;
  uint32_t reset_cell; /* of the latest reset; TR_NONE: nothing resets it */
} tr_score_def;

typedef struct tr_define_def {
  const char *name;
  tr_entity entity;
  const tr_type *type;
  tr_code code;
  tr_bits inputs;
} tr_define_def;

typedef struct tr_criterion_def {
  const char *name, *question;
  tr_code met, unmet;
  bool has_unmet;
  uint32_t part;  /* of those side by side … */
  uint32_t stand; /* … of which it shares its place in a lead with those of the same name */
  tr_reason met_reason;
  const char *file;
  uint32_t line;
  tr_bits inputs;
} tr_criterion_def;

typedef enum tr_action_target {
  TARGET_SET,
  TARGET_SET_ALL,
  TARGET_ADD,
  TARGET_REMOVE,
  TARGET_STEP,
  TARGET_FORGET
} tr_action_target;

/* Which of several events counts: of LATEST and EARLIEST whatever order they arrive in; ONCE asks
 * whether anything is known already, and so needs them in order. */
typedef enum tr_action_rule { RULE_LATEST, RULE_EARLIEST, RULE_ONCE } tr_action_rule;

typedef struct tr_learn_action {
  tr_action_target kind;
  tr_entity entity;
  uint32_t field; /* of the entity */
  uint32_t slot;
  uint32_t slot_count; /* SET_ALL, FORGET: of the set; else 1 */
  tr_action_rule rule; /* SET, SET_ALL */
  int64_t for_ms;      /* SET, SET_ALL: how long it is known; 0: for ever */
  int32_t steps;       /* STEP: up, or down where below 0 */
  tr_code value;
} tr_learn_action;

/* What one kind of event or one signal teaches. */
typedef struct tr_learn_rule {
  tr_reach reach;  /* of events of this time only */
  uint32_t signal; /* that must have fired; TR_NONE: the event alone does */
  tr_code where;   /* count 0: always */
  const tr_learn_action *actions;
  uint32_t action_count;
} tr_learn_rule;

/* A signal is a list of event types with conditions. Every event type is one too, behind the
 * declared ones, so that there is one kind of trigger: signal_count signals, then event_count event
 * types. */
typedef struct tr_signal_def {
  const char *name;
} tr_signal_def;

typedef struct tr_firing {
  uint32_t signal;
  uint32_t needs; /* another signal that must have fired before; TR_NONE: the event alone does */
  tr_code where;  /* count 0: always */
  uint32_t after; /* window of what must have come before, within … ; TR_NONE: nothing has to */
  int64_t within_ms;
} tr_firing;

/* A signal that no event is: a silence, or a condition that begins. It comes about in the life of
 * an entity (signal.c). */
typedef struct tr_watch {
  uint32_t signal;
  tr_entity entity;
  uint32_t cell;            /* how things stand, of each entity */
  uint32_t other;           /* the signal whose absence is waited for; TR_NONE: a condition is */
  int64_t for_ms;           /* the silence */
  uint32_t freezes;         /* the score that stands still while the condition holds, or TR_NONE */
  tr_code when;             /* the condition */
  tr_bits inputs;           /* what it depends on … */
  tr_bits shared;           /* … and of that what the entity does not have for itself */
  tr_bits reads;            /* what the signals that stand on it look at */
  const tr_firing *firings; /* the signals that stand on this one */
  uint32_t firing_count;
} tr_watch;

/* The events of std/events. */
typedef enum tr_control {
  CONTROL_NONE,
  CONTROL_MERGED, /* identity.merged {kept, gone} */
  CONTROL_JOINED, /* leads.joined {kept, gone} */
  CONTROL_VOIDED, /* event.voided {source, id} */
  /* what people decide about a lead: see power.c */
  CONTROL_MOVED,      /* lead.moved {party, to, reason} */
  CONTROL_HELD,       /* lead.held {party, until, reason} */
  CONTROL_RELEASED,   /* lead.released {party, reason} */
  CONTROL_OFFERED,    /* lead.offered {party, to, reason} */
  CONTROL_PASSED,     /* lead.passed {to, reason} */
  CONTROL_TAKEN,      /* lead.taken */
  CONTROL_REP_JOINED, /* rep.joined {rep, team}; from here on of no account */
  CONTROL_REP_ABSENT, /* rep.absent {rep, since, until} */
  CONTROL_REP_LEFT    /* rep.left {rep} */
} tr_control;

static inline bool tr_control_is_power(tr_control control) { return control >= CONTROL_MOVED; }

/* Whether what an event does depends on what came before it, in order of time. */
typedef enum tr_order {
  ORDER_NEVER_MATTERS,
  ORDER_MATTERS_LATE, /* to what is kept for the horizon only: to an event that comes later */
  ORDER_MATTERS,
} tr_order;

/* What opens a lead, in which time. */
typedef struct tr_opener {
  uint32_t trigger;
  tr_reach reach;
} tr_opener;

typedef struct tr_event_def {
  treaty_event_type type;
  const char *name; /* as rules write it */
  enum { CAUSE_BUYER, CAUSE_PARTY, CAUSE_OTHERS } cause;
  const tr_firing *firings; /* in the order in which signals are declared */
  uint32_t firing_count;
  const tr_learn_rule *learns;
  uint32_t learn_count;
  const tr_learn_rule *fixings; /* definitions that are fixed at it, when all else has counted */
  uint32_t fixing_count;
  const tr_type **field_types;
  tr_bits reads; /* what its signals and what it teaches look at */
  struct {
    tr_code value;   /* count 0: by the attribute only */
    uint32_t except; /* list, or TR_NONE */
  } bind[TR_ENTITIES];
  bool sources_only;               /* only sources that are said to send it may */
  bool opens_always;               /* whatever it says, it opens a lead where none is open */
  const struct tr_opener *openers; /* signals that do */
  uint32_t opener_count;
  tr_control control;    /* what it says about events themselves: see identity.c */
  tr_order order;        /* see compile_order.c */
  bool reads_event_only; /* its signals ask only the event: once is enough */
  bool for_lead;         /* something waits for it at a lead: when none is open that is said */
  bool contact;          /* it counts as contacting the buyer … */
  uint32_t party;        /* … by this one; TR_NONE: no party causes it */
  uint32_t contacts;     /* what all contacts by the party fire; TR_NONE: nothing counts them */
} tr_event_def;

/* A source of events and those that it may assert. */
typedef struct tr_event_source {
  const char *name;
  size_t length;
  tr_bits sends; /* event types */
} tr_event_source;

typedef struct tr_stage_def {
  const char *name;
  uint32_t owner; /* party */
  bool won, lost;
  const char *const *reasons; /* one of them has to be given on the way there; count 0: none */
  uint32_t reason_count;
} tr_stage_def;

/* By what a phase of the buyer is entered. */
typedef struct tr_evidence_def {
  uint32_t phase;
  tr_reach reach;  /* counts of events of this time only */
  uint32_t signal; /* TR_NONE: a condition */
  tr_code when;
  const char *text; /* "demo_request", or the condition as written */
  const char *file;
  uint32_t line;
} tr_evidence_def;

typedef struct tr_contact_def {
  const char *name, *address;
} tr_contact_def;

typedef struct tr_list_def {
  const char *name;
  const int64_t *values; /* folded text numbers, rising */
  uint32_t count;
} tr_list_def;

typedef struct tr_catalogue_def {
  const char *name;
  uint32_t key_count, value_count;
  const tr_type *const *key_types;
  const tr_type *const *value_types;
  const int64_t *cells;       /* row by row: keys (texts folded), then values */
  const uint8_t *known;       /* beside cells */
  const int64_t *names;       /* keys row by row, texts as written; NULL: no play offers it */
  const char *const *columns; /* their names, keys first */
  const uint32_t *order;      /* rows sorted by keys */
  uint32_t row_count;
} tr_catalogue_def;

typedef struct tr_table_def {
  const char *name;
  const tr_type *type; /* of its values */
  bool each_once;
  const struct tr_table_index *index; /* table.h */
  const tr_code *columns;
  const tr_code *results;  /* row by row; count 0: unknown */
  const char *const *rows; /* as written */
} tr_table_def;

typedef struct tr_step_def {
  tr_step_kind kind;
  int64_t percent_millionths; /* of the time allowed; 0: days are given */
  uint32_t business_days;     /* of those allowed */
  const char *who, *address;  /* party or contact */
  uint32_t stage;             /* RETURN */
  uint32_t team;              /* REASSIGN, OPEN */
  uint32_t hand;              /* OFFER: the clause of the agreement whose terms it is made on */
  const char *reason, *say;
  uint32_t order; /* as written */
} tr_step_def;

/* A value that promotions keep: `at_mql.fit`. */
typedef struct tr_kept_def {
  const char *name;
  const tr_type *type;
  uint32_t input;
} tr_kept_def;

/* What one promotion does to one of them. */
typedef struct tr_keep_def {
  uint32_t kept;
  tr_code value; /* count 0: it becomes unknown, for this promotion does not keep it */
} tr_keep_def;

/* A pattern of `matches`. What RE2 made of it lives outside of the arena. */
typedef struct tr_match_def {
  const char *pattern;
  tr_match *match;
  struct tr_match_def *next; /* of all that must be freed */
} tr_match_def;

typedef struct tr_calendar_def {
  const char *name;
  const tr_calendar *calendar;
} tr_calendar_def;

/* A time allowed, on somebody's clock, with what happens on the way (deadline.h). */
typedef struct tr_terms_def {
  bool is_there;
  bool business_days;
  int64_t within;              /* ms, or business days */
  tr_code tier;                /* says how many ms instead, when the clock starts; count 0: none */
  const tr_calendar *calendar; /* NULL: around the clock */
  const char *calendar_name;
  bool hours_of_rep;        /* the calendar is that of whoever has the lead at the start */
  const tr_step_def *steps; /* in order of time, then as written */
  uint32_t step_count;
  tr_code pauses;         /* the clock stands still while this holds; count 0: never */
  tr_bits inputs;         /* of both */
  int64_t pauses_most_ms; /* but for so long in all; INT64_MAX: as long as it holds */
} tr_terms_def;

/* What a party owes (duty.c). */
typedef struct tr_duty_def {
  uint32_t party;
  const char *name; /* the signal, or the facts: "first_touch", "lead.budget, lead.start" */
  uint32_t signal;  /* TR_NONE: facts are owed */
  uint32_t times;   /* how often it is owed */
  tr_code known;    /* that the facts are known */
  tr_bits known_inputs;
  tr_start_kind start; /* START_AT: a signal, or where it is TR_NONE an acceptance */
  uint32_t from_signal;
  tr_code owed_while, unless; /* count 0: always, never */
  tr_bits inputs;             /* of both */
} tr_duty_def;

/* How much a party owes in each period (quota.c). */
typedef struct tr_quota_def {
  uint32_t party;
  const char *name;    /* "MQL", "amount of crm.deal_won" */
  const char *counted; /* "MQL", "crm.deal_won" */
  uint32_t stage;      /* that leads enter; TR_NONE: events are counted … */
  uint32_t signal;     /* … these */
  uint32_t field;      /* of the event, that is summed up; TR_NONE: it is counted */
  const tr_type *type; /* of the sum */
  int64_t owed;        /* in its unit: millionths, or the smallest of the currency */
  tr_period period;
  bool each_rep;            /* each person of the party owes it; else the party does */
  const tr_step_def *steps; /* in order of time, then as written */
  uint32_t step_count;
} tr_quota_def;

/* Where a quota stands: of which agreement. */
typedef struct tr_quota_place {
  uint32_t agreement, clause;
} tr_quota_place;

/* How much contact is allowed (contact.c). */
typedef struct tr_limit_def {
  uint32_t party;  /* TR_NONE: anybody's */
  tr_entity with;  /* PERSON, ACCOUNT; NONE: none is allowed while `when` holds */
  uint32_t most;   /* so many … */
  int64_t span_ms; /* … in so long … */
  uint32_t window; /* … of those that this window counts */
  tr_code when;    /* count 0: always */
  tr_reason reason_tree;
  tr_bits inputs; /* what is looked at at a contact */
} tr_limit_def;

typedef struct tr_team_def {
  const char *name;
  uint32_t party;
  tr_pick pick;
  uint32_t most_open; /* leads that one person holds; 0: any number */
  bool skip_absent;
} tr_team_def;

typedef struct tr_rep_def {
  const char *id;
  uint32_t team;
  uint32_t kind;            /* the same for all of whom the same is said */
  const tr_calendar *hours; /* NULL: around the clock */
  int64_t share_millionths;
} tr_rep_def;

/* Whom a clause gives a lead to: one line of it. */
typedef struct tr_whom_def {
  tr_whom_kind kind;
  uint32_t team;         /* TEAM */
  const char *rep;       /* REP: the id */
  const tr_code *wheres; /* for each kind of people, and for those whom events add; NULL: always,
                            count 0: never */
  tr_code actor;         /* ACTOR: the id */
  uint32_t with;         /* LATEST, EARLIEST: a code about the other lead; TR_NONE: any will do */
} tr_whom_def;

/* A column of a catalogue, and what it must equal. */
typedef struct tr_match_column {
  uint32_t column;
  const tr_type *type;       /* of the column … */
  const tr_type *value_type; /* … and of the value */
  tr_code value;
} tr_match_column;

typedef struct tr_play_rows {
  uint32_t catalogue;
  uint32_t most;
  const tr_match_column *matches;
  uint32_t match_count;
} tr_play_rows;

/* What to bring to whom (play.c). */
typedef struct tr_play_def {
  const char *name, *say;    /* say NULL: nothing */
  tr_code with, holds_while; /* `while` of no code: always */
  const tr_play_rows *rows;
  uint32_t rows_count;
  uint32_t bit; /* in a member's `plays` */
} tr_play_def;

typedef enum tr_clause_act {
  ACT_MOVE,
  ACT_OFFER,
  ACT_OWE,
  ACT_QUOTA,
  ACT_LIMIT,
  ACT_ASSIGN,
  ACT_REASSIGN,
  ACT_OPEN_TO,
  ACT_TELL,
  ACT_PLAY
} tr_clause_act;

typedef struct tr_clause_def {
  tr_clause_kind kind;
  tr_clause_act act;
  const char *text; /* "promote inquiry to MQL" */
  const char *file;
  uint32_t line;
  tr_trigger trigger;
  tr_code when; /* count 0: always true */
  tr_reason reason_tree;
  tr_bits inputs;     /* of `when` */
  uint32_t signal;    /* TRIGGER_ON */
  const char *awaits; /* its name */
  tr_code on_where;
  int64_t after_ms;
  uint32_t to;              /* stage */
  const char *reason;       /* fixed, or NULL */
  uint32_t reason_field;    /* of the event, or TR_NONE */
  const tr_keep_def *keeps; /* promote */
  uint32_t keep_count;
  /* hand */
  uint32_t giver, taker;
  bool at_once;
  uint32_t accepted_by, rejected_by; /* signals */
  uint32_t accepted_to, rejected_to;
  const char *rejected_reason;
  uint32_t rejected_reason_field;
  tr_code withdrawn; /* count 0: never */
  tr_bits withdrawn_inputs;
  uint32_t sent_back_by, sent_until; /* signals, or TR_NONE */
  uint32_t recycle_to;               /* of what is rejected; TR_NONE: it stays */
  int64_t recycle_ms;
  tr_terms_def terms; /* to answer, or to do what is owed */
  /* owes */
  const tr_duty_def *duty;
  const tr_quota_def *quota;
  /* limit, never */
  const tr_limit_def *limit;
  /* assign, reassign, open */
  const tr_whom_def *whoms;
  uint32_t whom_count;
  /* tell */
  const char *who, *address, *say;
  uint32_t bit; /* of those with `when`: in the lead's `told` */
  /* play */
  const tr_play_def *play;
} tr_clause_def;

/* What people of a party may decide. */
typedef struct tr_power_def {
  tr_power_kind kind;
  uint32_t party;
  const uint32_t *from; /* stages */
  uint32_t from_count;
  tr_clause_def act; /* its text, place, stage and condition, as of a clause that moves */
  uint32_t taker;    /* OFFER: the party that is offered the lead */
  int64_t at_most_ms;
  bool needs_reason;
} tr_power_def;

/* Clauses in file order: those that look at a stage, for example. */
typedef struct tr_stage_clauses {
  const uint32_t *clauses;
  uint32_t count;
} tr_stage_clauses;

/* A stage that has another name from this version on. */
typedef struct tr_becomes_def {
  uint32_t from, to;
  tr_clause_def clause; /* what stands in the record as the reason */
} tr_becomes_def;

typedef struct tr_agreement_def {
  const char *name;
  uint32_t version;
  uint32_t first;        /* of those of this name, in the file's order: they have it in common */
  const uint32_t *newer; /* versions of this name */
  uint32_t newer_count;
  bool otherwise;
  bool owes;    /* something, by a clause */
  bool assigns; /* leads to people */
  int64_t
      ask_after_ms; /* a clause that waits so long for what nobody knows says it; 0: none does */
  tr_code applies;  /* count 0: always */
  tr_reason applies_reason;
  int64_t from_ms, to_ms;   /* in force in [from, to) */
  int64_t taken_ms;         /* since when it is there; INT64_MIN: from the start */
  int64_t from_day, to_day; /* as written */
  const treaty_party *parties;
  uint32_t party_count;
  const tr_clause_def *clauses;
  uint32_t clause_count;
  const tr_stage_clauses *by_stage;
  tr_stage_clauses limits, tells, plays; /* those that look at no stage */
  bool catching_up;                      /* what holds already acts when the version takes force */
  const struct tr_becomes_def *becomes;
  uint32_t becomes_count;
  const tr_power_def *powers; /* in file order */
  uint32_t power_count;
  const char *file;
  uint32_t line;
  uint32_t part;           /* of those side by side, which it is of */
  int64_t shadow_until_ms; /* so long it decides in shadow, or not at all; INT64_MIN: never so */
} tr_agreement_def;

/* One of the treaties side by side. */
typedef struct tr_part_def {
  tr_reach reach;           /* in which it is the newest of its name */
  const uint32_t *criteria; /* which one it means, of each name; NULL: there is one part */
} tr_part_def;

typedef struct tr_entity_def {
  const tr_slot_field *fields;
  uint32_t field_count;
  uint32_t slot_count;
  uint32_t cell_count;
} tr_entity_def;

struct treaty_program {
  tr_memory memory;
  tr_arena arena;
  const tr_sources *sources;
  tr_texts texts; /* every text constant; sealed */
  const tr_decay_tables *decay;
  const tr_zone *zone;
  int64_t late_ms;
  uint32_t input_count, input_words;
  const tr_event_def *events;
  uint32_t event_count;
  tr_map event_names;
  const char *const *parties;
  uint32_t party_count;
  tr_entity_def entities[TR_ENTITIES];
  const tr_signal_def *signals;
  uint32_t signal_count;
  uint32_t activity;      /* behind the events: what every event of the buyer fires */
  uint32_t trigger_count; /* signals, events, activity, silences of scores, contacts by a party */
  uint32_t over_limit;    /* the signal `contact.over_limit`; TR_NONE: no clause limits contacts */
  const tr_firing *over_firings; /* the signals that stand on it */
  uint32_t over_firing_count;
  const tr_limit_def *limits; /* of all agreements */
  uint32_t limit_count;
  const tr_watch *watches; /* each behind those that it depends on */
  uint32_t watch_count;
  bool resets_on_entering; /* some score does … */
  bool resets_people;      /* … of a person or a member */
  bool watches_stages;     /* a condition of them asks for a stage … */
  bool watches_leads;      /* … or they look at leads */
  const tr_window *windows;
  uint32_t window_count;
  const tr_measure *measures;
  uint32_t measure_count;
  const tr_score_def *scores;
  uint32_t score_count;
  const tr_define_def *defines;
  uint32_t define_count;
  const tr_criterion_def *criteria;
  const uint32_t *criterion_order; /* each after those that it reads */
  uint32_t criterion_count;
  uint32_t stand_count; /* names of criteria */
  const tr_event_source *event_sources;
  uint32_t event_source_count;
  const tr_stage_def *stages;
  uint32_t stage_count;
  const tr_type *phase_type; /* NULL: the treaty has no phases */
  const tr_evidence_def *evidence;
  uint32_t evidence_count;
  uint32_t phase_cell;    /* of a lead: the earliest evidence of each phase */
  tr_bits evidence_reads; /* what conditions among the evidence look at */
  const tr_list_def *lists;
  uint32_t list_count;
  const tr_catalogue_def *catalogues;
  uint32_t catalogue_count;
  const tr_table_def *tables;
  uint32_t table_count;
  const tr_calendar_def *calendars;
  uint32_t calendar_count;
  const tr_agreement_def *agreements;
  uint32_t agreement_count;
  const tr_quota_place *quotas; /* of all agreements */
  uint32_t quota_count;
  bool takes_back; /* some event can take another back */
  const tr_part_def *parts;
  uint32_t part_count;
  const tr_team_def *teams;
  uint32_t team_count;
  const tr_rep_def *reps;
  uint32_t rep_count;
  uint32_t rep_kinds;
  tr_code account_rep;    /* the account's field; count 0: nothing asks for it */
  tr_bits applies_inputs; /* what decides which agreement governs */
  tr_bits person_inputs;  /* what matters to the leads in which a person is a member … */
  tr_bits shared_inputs;  /* … and to every lead of the account; all else to one lead only */
  uint32_t stage_input, phase_input, member_input, complete_field;
  const tr_kept_def *kept;
  uint32_t kept_count;
  uint32_t clauses_per_stage_max;
  bool asks;                  /* some agreement does, about what its clauses wait for */
  bool observes_stages;       /* what an event does depends on stages, or on what was kept */
  bool keeps_stays;           /* something reads in which stages a lead has been … */
  bool keeps_reasons;         /* … and why it went */
  const char *const *reasons; /* every one that can be given, for `previous reason` */
  uint32_t reason_count;
  bool refuses_without_account;
  /* code refers to these by number */
  const int64_t *constants;
  uint32_t constant_count;
  const tr_code *codes; /* what quantifiers apply to each */
  uint32_t code_count;
  tr_match_def *const *matches;
  tr_match_def
      *first_match; /* there from the first one on, also of a program that is not finished */
  const tr_words *const *words;
  uint32_t words_count;
  const tr_list_def *value_lists; /* `in (…)` */
  uint32_t value_list_count;
  const struct tr_symbols
      *symbols; /* names, types and tests, for questions in the treaty's words */
};

static inline const char *tr_trigger_name(const treaty_program *program, uint32_t trigger) {
  if (trigger == TR_NONE) return NULL;
  if (trigger < program->signal_count) return program->signals[trigger].name;
  if (trigger == program->activity) return TR_BUYER_EVENTS;
  if (trigger > program->activity) return NULL;
  return program->events[trigger - program->signal_count].name;
}

#endif
