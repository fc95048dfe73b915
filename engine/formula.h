/* formula.h - what proof.c looks at: a condition with its names followed, and what it can be while
 * some variables are open. formula.c makes them, proof.c searches, proof_eval.c looks. */
#ifndef TR_FORMULA_H
#define TR_FORMULA_H

#include "engine/proof.h"
#include "engine/table.h"

typedef enum tr_formula_kind {
  /* truths */
  FORMULA_TRUTH,       /* number: what it can be, whatever else is */
  FORMULA_YES_NO,      /* the variable */
  FORMULA_OF_VALUE,    /* the truth that parts[0] gives */
  FORMULA_NOT,         /* parts[0] */
  FORMULA_AND,         /* parts */
  FORMULA_OR,          /* parts */
  FORMULA_AT_LEAST,    /* number of parts */
  FORMULA_COMPARE,     /* parts[0] compare parts[1] */
  FORMULA_IN,          /* parts[0] is one of the values of parts[1] … */
  FORMULA_OF_TEXT,     /* parts[0] is known, and the variable says what of it */
  FORMULA_IS_KNOWN,    /* parts[0] */
  FORMULA_IS_OPEN,     /* parts[0] is neither true nor false */
  FORMULA_CRITERION,   /* met when parts[0], unmet when parts[1] */
  FORMULA_TABLE_TRUTH, /* parts are the columns of the table, then what each row gives */
  /* values */
  FORMULA_VALUE, /* number; or unknown */
  FORMULA_VARIABLE,
  FORMULA_TRUTH_AS_VALUE, /* parts[0] */
  FORMULA_OTHERWISE,      /* parts[0], or parts[1] where that is unknown */
  FORMULA_LOWERED,        /* parts[0] by number steps */
  FORMULA_LARGER,         /* of the parts */
  FORMULA_SMALLER,
  FORMULA_OWNER, /* of the stage parts[0] */
  FORMULA_SCORE, /* parts are conditions, points what each adds; from low to high */
  FORMULA_TABLE, /* the same of values */
} tr_formula_kind;

/* What a formula can be in the present state of the search. */
typedef struct tr_outlook {
  uint8_t truth; /* of a truth: CAN_BE_… */
  bool may_be_known, may_be_unknown;
  bool may_be_range; /* known only to lie between two values */
  bool is_range;     /* it is that: from low to high; else low to high are those it can have */
  int64_t low, high;
  uint32_t open; /* an open variable that it depends on; TR_OPEN: none */
} tr_outlook;

struct tr_formula {
  tr_formula_kind kind;
  bool unknown;
  tr_compare compare;
  tr_expr_kind asked; /* OF_TEXT: what, with the text `number` */
  uint32_t variable;
  int64_t number, low, high;
  tr_formula **parts;
  uint32_t part_count;
  int64_t *points;        /* SCORE */
  const uint32_t *owners; /* OWNER: of each stage */
  const tr_table *table;  /* TABLE …: */
  int64_t **texts;        /* of each of its columns of texts, the values of the index's texts */
  uint32_t height;        /* of the parts below it, and itself; 0: not measured yet */
  uint64_t question;      /* that it was asked in last */
  uint64_t state;         /* of the search that `outlook` is of */
  tr_outlook outlook;
};

static inline bool tr_formula_is_truth(const tr_formula *formula) {
  return formula->kind <= FORMULA_TABLE_TRUTH;
}

/* table_outlook.c: the same of a table. */
void tr_formula_table(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula);
/* What one of several possible values adds. */
void tr_outlook_unite(tr_outlook *outlook, const tr_outlook *part);

/* Looks at a formula in the present state. */
const tr_outlook *tr_formula_look(tr_proof *proof, tr_formula *formula);

#endif
