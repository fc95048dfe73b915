/* symbols.h - what the names of a treaty mean. Filled by the checker; kept by the program, so that
 * tests and questions can be asked in the words of the treaty. */
#ifndef TR_SYMBOLS_H
#define TR_SYMBOLS_H

#include "engine/map.h"
#include "engine/zone.h"
#include "grammar/diag.h"
#include "grammar/tree.h"
#include "treaty.h"

typedef enum tr_symbol_kind {
  SYMBOL_PARTY,
  SYMBOL_CONTACT,
  SYMBOL_LIST,
  SYMBOL_CATALOGUE,
  SYMBOL_EVENT,
  SYMBOL_SIGNAL,
  SYMBOL_SCORE,
  SYMBOL_DEFINE,
  SYMBOL_CRITERION,
  SYMBOL_STAGE,
  SYMBOL_PHASE,
  SYMBOL_CALENDAR,
  SYMBOL_TEAM,
  SYMBOL_KEPT, /* what promotions keep under a name */
} tr_symbol_kind;

typedef struct tr_symbol {
  const char *name;
  tr_symbol_kind kind;
  tr_span span;
  uint32_t index; /* among those of its kind, in order of declaration */
  void *decl;     /* tr_score, tr_event_decl …, as `kind` says */
} tr_symbol;

/* A field of an entity, wherever its block stands. */
typedef struct tr_entity_field {
  const tr_field *field;
  const tr_type *type; /* resolved */
  uint32_t index;      /* among the entity's */
  bool fades;          /* some event sets it for a time only */
  uint32_t taught;     /* how events teach it: a bit for each tr_action_kind */
} tr_entity_field;

/* All fields of an entity, in the order of their places. */
typedef struct tr_entity_fields {
  tr_entity_field *items;
  uint32_t count, room;
  tr_map names;
} tr_entity_fields;

/* A value that promotions keep: `at_mql.fit`. */
typedef struct tr_kept_value {
  const char *name; /* the whole */
  const char *bare;
  uint32_t kept;       /* of which name, in order of declaration */
  const tr_type *type; /* NULL: not looked at yet */
  tr_expr *value;      /* where it stands first */
  tr_span span;
  bool followed; /* its type is being looked for … */
  bool checked;  /* … and was found by looking at the expression */
} tr_kept_value;

/* One treaty of those that are loaded side by side (beside.c). What it declares for itself it alone
 * sees; parties, stages, events, phases and teams are there for all. */
typedef struct tr_part {
  tr_map names;
  const tr_zone *zone;
  const char *folder;        /* of its main file, with its slash; "": none */
  const treaty_host *host;   /* that reads for it */
  int64_t taken_ms;          /* since when it is there; INT64_MIN: from the start */
  bool in_shadow;            /* as a whole, whatever it says itself */
  bool shadow_counts;        /* what is in shadow is in force all the same */
  tr_reach reach;            /* in which what it says of facts counts */
  const tr_names *opened_by; /* what opens a lead; NULL: it has no stages */
  tr_phases *phases;         /* the block that names them, joined with what fills it; NULL: none */
} tr_part;

typedef struct tr_symbols {
  tr_arena *arena;
  tr_tree *tree;
  TR_LIST(tr_symbol) all;
  tr_part *parts; /* in the order of loading, the newest version of an agreement last */
  uint32_t part_count;
  const struct tr_alias *aliases; /* names that one of them shares with one before it */
  uint32_t alias_count;
  const uint32_t *file_parts; /* of each source; NULL: there is one */
  const char **type_names;    /* of each type that is declared, as all files write it … */
  tr_map types;               /* … and where it is declared first */
  tr_entity_fields fields[TR_ENTITIES];
  TR_LIST(tr_define *) defines; /* frames joined with what fills them */
  TR_LIST(tr_criterion *) criteria;
  TR_LIST(tr_kept_value) kept_values;
  uint32_t kept_count; /* names that they are kept under */
  const tr_type *stage_type, *party_type;
  tr_phases *phases;          /* joined with what fills them; NULL: the treaty has none … */
  const tr_type *phase_type;  /* … and no such type */
  tr_span phase_asked;        /* where the phase of a lead is read first; to 0: nowhere */
  const tr_type *reason_type; /* all reasons that can be given; NULL: not asked yet */
  tr_memory *memory;
} tr_symbols;

/* What a name in an expression turned out to be (tr_expr.ref_kind). */
typedef enum tr_ref_kind {
  REF_NONE,
  REF_FIELD,       /* index of the field of entity `group` … see tr_expr.entity */
  REF_EVENT_FIELD, /* index of the payload field */
  REF_EVENT_TIME,
  REF_STAGE,
  REF_OWNER,
  REF_OPENED_AT,
  REF_REP,
  REF_PHASE,
  REF_WON,
  REF_VALUE, /* number: of its type */
  REF_SCORE,
  REF_DEFINE,
  REF_CRITERION,
  REF_SIGNAL,
  REF_EVENT,
  REF_KEPT, /* index of the kept value */
} tr_ref_kind;

extern const char *const tr_entity_names[TR_ENTITIES];

/* What the name means in the treaty in which it stands; NULL: nothing. */
const tr_symbol *tr_symbol_find(const tr_symbols *symbols, tr_name name);
/* What it means in one of those side by side. */
const tr_symbol *tr_symbol_in(const tr_symbols *symbols, uint32_t part, const char *name);
/* The treaty in which this stands. */
uint32_t tr_part_of(const tr_symbols *symbols, tr_span span);

/* NULL: the entity has no such field. A member's include its person's when `with_person`. */
const tr_entity_field *tr_field_find(const tr_symbols *symbols, tr_entity entity, const char *name);

/* How many places the facts of an entity take: a set one for each of its values, and a field that
 * is set for a time the same again. */
uint32_t tr_slots_of(const tr_symbols *symbols, tr_entity entity);

/* "text", "money in EUR", "std.complexity", "one of (a, b)". */
const char *tr_type_text(tr_arena *arena, const tr_type *type);

/* A constant of a type without texts, as a treaty writes it; an instant is on the wall clock. */
const char *tr_show_constant(tr_arena *arena, const tr_type *type, int64_t value);

bool tr_type_same(const tr_type *a, const tr_type *b);

/* Index of a value of ONE_OF, SCALE, SET, STAGE or PARTY; TR_NONE. */
uint32_t tr_type_value(const tr_type *type, const char *name);

bool tr_type_has_values(const tr_type *type);
/* Whether its values stand in an order: numbers, money, dates, times, durations, scales. */
bool tr_type_is_ordered(const tr_type *type);
bool tr_type_is_text(const tr_type *type);

#endif
