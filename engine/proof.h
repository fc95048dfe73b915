/* proof.h - can conditions hold together? A search over the finitely many cases that the constants
 * of a treaty cut its facts into.
 *
 * A condition becomes a formula over variables: fields, scores, counts, and expressions that are
 * not looked into. Definitions, criteria, tables and scores of conditions are. The constants that a
 * variable is compared with cut its values into cells, each with a value that stands for it:
 *
 *     lead.size >= 100 and lead.size < 500        cells:  99 | 100 | 499 | 500 | 501 | unknown
 *
 * A formula looked at while some variables are open gives all truths that are still possible: too
 * many rather than too few. So "cannot hold" is proved; "can hold" is a case that the engine has to
 * show (witness.c). The search gives up after TR_PROOF_STEPS_MAX steps.
 *
 * Formulas live as long as the proof, cells and goals as long as one question. */
#ifndef TR_PROOF_H
#define TR_PROOF_H

#include "engine/check.h"
#include "engine/limits.h"
#include "engine/map.h"
#include "engine/text.h"

/* Truths that are possible, a bit each. */
#define CAN_BE_FALSE   1
#define CAN_BE_UNKNOWN 2
#define CAN_BE_TRUE    4
#define CAN_BE_ANY     7

typedef enum tr_answer { PROOF_NO, PROOF_YES, PROOF_GAVE_UP } tr_answer;

typedef enum tr_variable_kind {
  VARIABLE_FIELD,   /* index: field of `entity` */
  VARIABLE_ELEMENT, /* value `element` of a field that is a set */
  VARIABLE_STAGE,   /* of the lead */
  VARIABLE_COUNT,   /* of what expr names, in expr->number ms */
  VARIABLE_OTHER,   /* an expression as it stands */
} tr_variable_kind;

/* What stands for a cell: one value, a range, or unknown. */
typedef struct tr_cell_value {
  int64_t low, high;
  bool unknown;
} tr_cell_value;

typedef struct tr_variable {
  tr_variable_kind kind;
  uint8_t entity;
  uint32_t index, element;
  const tr_expr *expr; /* where it stands first */
  const tr_type *type;
  bool outside; /* of the lead outside of the group that is asked about */
  bool truth;   /* yes or no */
  bool always_known;
  bool ranges;       /* while something is unknown it is a range */
  int64_t low, high; /* it lies between */
  bool anything;     /* stands for several, so nothing is known of it */
  /* of one question */
  uint64_t question;
  TR_LIST(int64_t) cuts;
  bool free; /* has so many cells that each comparison is left open */
  tr_cell_value *cells;
  uint32_t cell_count;
  uint32_t cell; /* that the search has chosen; TR_OPEN: none */
} tr_variable;

#define TR_OPEN UINT32_MAX

typedef struct tr_formula tr_formula;

typedef struct tr_proof_text {
  const char *text; /* as it stands first */
  const char *folded;
} tr_proof_text;

typedef struct tr_proof {
  tr_check *check;
  tr_arena *arena;   /* of the whole proof */
  tr_arena question; /* of one question */
  TR_LIST(tr_variable) variables;
  TR_LIST(tr_proof_text) texts; /* constants: their places are their values */
  tr_map texts_by_fold;
  tr_formula **defines, **criteria; /* by index, as far as they were needed */
  uint32_t depth;                   /* of the expression that is being made a formula */
  uint64_t questions, states, steps, steps_in_all;
  struct {
    tr_formula *formula;
    uint8_t wanted;
  } goals[TR_PROOF_GOALS_MAX];
  uint32_t goal_count;
} tr_proof;

tr_proof *tr_proof_new(tr_check *check, tr_arena *arena);

/* The formula of a condition; NULL is true. */
tr_formula *tr_proof_formula(tr_proof *proof, const tr_expr *condition);

/* A new question: nothing is wanted yet. */
void tr_proof_begin(tr_proof *proof);
/* The condition has to be one of `wanted`. Past TR_PROOF_GOALS_MAX what is wanted is passed over.
 */
void tr_proof_want(tr_proof *proof, tr_formula *condition, uint8_t wanted);
/* The lead is at this stage. */
void tr_proof_at_stage(tr_proof *proof, uint32_t stage);
/* Of a variable that the question is about, nothing but this is looked at. */
void tr_proof_hold(tr_proof *proof, uint32_t variable, const tr_cell_value *cell);

/* Whether all that is wanted can be so together. After PROOF_YES the variables' cells are a case in
 * which it is, as far as the proof can see. */
tr_answer tr_proof_search(tr_proof *proof);

/* The same question of one or two conditions that are to be true. */
tr_answer tr_proof_can_hold(tr_proof *proof, tr_formula *condition, tr_formula *other);

/* ---- proof_cells.c: variables and their cells ------------------------------------------------ */

/* The variable that is like `like`, made if there is none. */
uint32_t tr_proof_variable(tr_proof *proof, const tr_variable *like);
void tr_proof_texts_init(tr_proof *proof);
/* The value that stands for a text, whatever its case. */
int64_t tr_proof_text_value(tr_proof *proof, const char *text);
/* The question is about this variable, too: it has no cuts yet unless it had before. */
tr_variable *tr_proof_ask(tr_proof *proof, uint32_t variable);
void tr_proof_cut(tr_proof *proof, uint32_t variable, int64_t value);
/* Makes the cells of the variables that the question is about. */
void tr_proof_divide(tr_proof *proof);

#endif
