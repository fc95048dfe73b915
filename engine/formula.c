/* formula.c - from conditions to formulas: names are followed, what cannot be looked into becomes a
 * variable; see formula.h. */
#include "engine/formula.h"

#include <string.h>

static tr_formula *truth(tr_proof *proof, const tr_expr *expr);
static tr_formula *value(tr_proof *proof, const tr_expr *expr);

/* Lists of texts with more values are not taken apart. */
#define LIST_VALUES_MAX 64

static tr_formula *make(tr_proof *proof, tr_formula_kind kind, uint32_t part_count) {
  tr_formula *formula = TR_NEW(proof->arena, tr_formula);
  formula->kind = kind;
  formula->part_count = part_count;
  formula->parts = TR_NEW_ARRAY(proof->arena, tr_formula *, part_count + 1);
  return formula;
}

static tr_formula *around(tr_proof *proof, tr_formula_kind kind, tr_formula *part) {
  tr_formula *formula = make(proof, kind, 1);
  formula->parts[0] = part;
  return formula;
}

static tr_formula *constant(tr_proof *proof, tr_formula_kind kind, int64_t number) {
  tr_formula *formula = make(proof, kind, 0);
  formula->number = number;
  return formula;
}

/* Definitions that are followed make a formula higher than the expression that names them. */
static uint32_t height_of(tr_formula *formula) {
  if (formula->height > 0) return formula->height;
  uint32_t highest = 0;
  for (uint32_t i = 0; i < formula->part_count; i++) {
    uint32_t height = height_of(formula->parts[i]);
    if (height > highest) highest = height;
  }
  return formula->height = highest + 1;
}

/* ---- Variables ------------------------------------------------------------------------------- */

static tr_formula *variable(tr_proof *proof, tr_variable like) {
  if (proof->variables.count >= TR_PROOF_VARIABLES_MAX) {
    if (like.truth) return constant(proof, FORMULA_TRUTH, CAN_BE_ANY);
    like = (tr_variable){
        .kind = VARIABLE_OTHER, .low = INT64_MIN, .high = INT64_MAX, .anything = true};
  }
  tr_formula *formula = make(proof, like.truth ? FORMULA_YES_NO : FORMULA_VARIABLE, 0);
  if (like.low == 0 && like.high == 0) {
    bool values = like.type && tr_type_has_values(like.type);
    like.low = values ? 0 : INT64_MIN;
    like.high = values ? (int64_t)like.type->values.count - 1 : INT64_MAX;
  }
  formula->variable = tr_proof_variable(proof, &like);
  return formula;
}

static bool is_sum(const tr_expr *expr) {
  return expr->kind == EXPR_ADD || expr->kind == EXPR_SUBTRACT || expr->kind == EXPR_MULTIPLY ||
         expr->kind == EXPR_DIVIDE || expr->kind == EXPR_NEGATE;
}

static bool over_several(const tr_expr *expr) {
  return expr->kind == EXPR_SUM_IN || expr->kind == EXPR_MAX_IN || expr->kind == EXPR_MIN_IN ||
         expr->kind == EXPR_COUNT_WITH || expr->kind == EXPR_SUM_OF || expr->kind == EXPR_MAX_OF ||
         expr->kind == EXPR_MIN_OF;
}

static bool never_unknown(const tr_expr *expr) {
  return expr->kind == EXPR_AGE || expr->kind == EXPR_TIME_IN_STAGE ||
         expr->kind == EXPR_TIMES_ENTERED || expr->ref_kind == REF_OPENED_AT ||
         expr->kind == EXPR_COUNT_WITH || expr->ref_kind == REF_SCORE ||
         expr->ref_kind == REF_PHASE || expr->ref_kind == REF_WON;
}

static bool never_negative(const tr_expr *expr) {
  return expr->kind == EXPR_AGE || expr->kind == EXPR_TIME_IN_STAGE ||
         expr->kind == EXPR_TIMES_ENTERED || expr->kind == EXPR_COUNT_WITH;
}

/* An expression as it stands. */
static tr_variable other(const tr_expr *expr, bool truth) {
  return (tr_variable){
      .kind = VARIABLE_OTHER,
      .expr = expr,
      .type = expr->type,
      .truth = truth,
      .always_known = never_unknown(expr),
      .ranges = !truth && (is_sum(expr) || over_several(expr) || expr->ref_kind == REF_SCORE),
      .low = never_negative(expr) ? 0 : INT64_MIN,
      .high = INT64_MAX};
}

static tr_formula *field(tr_proof *proof, const tr_expr *expr, bool truth) {
  if (expr->ref_kind != REF_FIELD) return variable(proof, other(expr, truth));
  return variable(proof, (tr_variable){.kind = VARIABLE_FIELD,
                                       .entity = expr->entity,
                                       .index = expr->index,
                                       .outside = expr->outside,
                                       .expr = expr,
                                       .type = expr->type,
                                       .truth = truth});
}

static tr_formula *element(tr_proof *proof, const tr_expr *expr) {
  if (expr->left->kind != EXPR_NAME || expr->left->ref_kind != REF_FIELD ||
      expr->left->type->kind != TYPE_SET || expr->right->kind != EXPR_NAME)
    return variable(proof, other(expr, true));
  return variable(proof, (tr_variable){.kind = VARIABLE_ELEMENT,
                                       .entity = expr->left->entity,
                                       .index = expr->left->index,
                                       .element = (uint32_t)expr->right->number,
                                       .outside = expr->left->outside,
                                       .expr = expr->left,
                                       .type = expr->left->type,
                                       .truth = true});
}

static tr_formula *count(tr_proof *proof, const tr_expr *expr) {
  /* `no X in last D` asks the same count. */
  tr_expr *counted = TR_NEW(proof->arena, tr_expr);
  *counted = *expr;
  counted->kind = EXPR_COUNT;
  counted->type = &tr_type_whole;
  return variable(proof, (tr_variable){.kind = VARIABLE_COUNT,
                                       .expr = counted,
                                       .type = &tr_type_whole,
                                       .always_known = true,
                                       .high = INT64_MAX});
}

static tr_formula *stage(tr_proof *proof) {
  return variable(proof, (tr_variable){.kind = VARIABLE_STAGE,
                                       .type = proof->check->symbols->stage_type,
                                       .always_known = true});
}

static tr_formula *owner(tr_proof *proof) {
  const tr_stage_list *stages = &proof->check->tree->stages.items[0]->list;
  tr_formula *formula = around(proof, FORMULA_OWNER, stage(proof));
  uint32_t *owners = TR_NEW_ARRAY(proof->arena, uint32_t, stages->count + 1);
  for (uint32_t i = 0; i < stages->count; i++)
    owners[i] = tr_type_value(proof->check->symbols->party_type, stages->items[i].owner.text);
  formula->owners = owners;
  return formula;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static bool is_literal(const tr_expr *expr) {
  if (expr->kind == EXPR_NEGATE) return is_literal(expr->left);
  return (expr->kind >= EXPR_NUMBER && expr->kind <= EXPR_TEXT) || expr->kind == EXPR_TRUTH ||
         (expr->kind == EXPR_NAME && expr->ref_kind == REF_VALUE);
}

static int64_t literal(tr_proof *proof, const tr_expr *expr) {
  if (expr->kind == EXPR_NEGATE) return -literal(proof, expr->left);
  return expr->kind == EXPR_TEXT ? tr_proof_text_value(proof, expr->text) : expr->number;
}

static tr_formula *parts_of(tr_proof *proof, tr_formula_kind kind, const tr_exprs *list,
                            tr_formula *(*part)(tr_proof *, const tr_expr *)) {
  tr_formula *formula = make(proof, kind, list->count);
  for (uint32_t i = 0; i < list->count; i++) formula->parts[i] = part(proof, list->items[i]);
  return formula;
}

static int64_t clamp_of(const tr_expr *end, int64_t none) {
  if (!end) return none;
  return end->kind == EXPR_NEGATE ? -end->left->number : end->number;
}

static bool is_of_conditions(const tr_score *score) {
  for (uint32_t i = 0; i < score->points.count; i++) {
    const tr_points *points = &score->points.items[i];
    if (points->kind != POINTS_WHEN || !is_literal(points->add)) return false;
  }
  return !score->floors && !score->frozen_while;
}

/* Points that conditions alone add are looked into. */
static tr_formula *score(tr_proof *proof, const tr_expr *expr) {
  const tr_score *score = proof->check->tree->scores.items[expr->index];
  if (!is_of_conditions(score)) {
    tr_variable like = other(expr, false);
    like.low = score->floors ? INT64_MIN : clamp_of(score->low, INT64_MIN);
    like.high = clamp_of(score->high, INT64_MAX);
    return variable(proof, like);
  }
  tr_formula *formula = make(proof, FORMULA_SCORE, score->points.count);
  formula->points = TR_NEW_ARRAY(proof->arena, int64_t, score->points.count + 1);
  formula->low = clamp_of(score->low, INT64_MIN);
  formula->high = clamp_of(score->high, INT64_MAX);
  for (uint32_t i = 0; i < score->points.count; i++) {
    formula->parts[i] = truth(proof, score->points.items[i].when);
    formula->points[i] = literal(proof, score->points.items[i].add);
  }
  return formula;
}

static tr_formula *definition(tr_proof *proof, const tr_expr *expr) {
  const tr_define *define = proof->check->symbols->defines.items[expr->index];
  tr_formula **known = &proof->defines[expr->index];
  if (!*known)
    *known =
        expr->type->kind == TYPE_TRUTH ? truth(proof, define->value) : value(proof, define->value);
  return *known;
}

/* ---- Comparing, and tables ------------------------------------------------------------------- */

/* What is asked of a table's value is asked of the value that each row gives. */
static tr_formula *of_each_row(tr_proof *proof, const tr_formula *table, tr_formula *asked) {
  tr_formula *formula = make(proof, FORMULA_TABLE_TRUTH, table->part_count);
  uint32_t columns = table->table->columns.count;
  formula->table = table->table;
  formula->texts = table->texts;
  for (uint32_t i = 0; i < table->part_count; i++) {
    formula->parts[i] = table->parts[i];
    if (i < columns) continue;
    tr_formula *row = make(proof, asked->kind, asked->part_count);
    row->compare = asked->compare;
    for (uint32_t k = 0; k < asked->part_count; k++) {
      bool is_table = asked->parts[k] == table;
      row->parts[k] = is_table ? table->parts[i] : asked->parts[k];
    }
    formula->parts[i] = row;
  }
  return formula;
}

static tr_formula *compare(tr_proof *proof, tr_formula *left, tr_compare how, tr_formula *right) {
  tr_formula *formula = make(proof, FORMULA_COMPARE, 2);
  formula->parts[0] = left;
  formula->parts[1] = right;
  formula->compare = how;
  if (left->kind == FORMULA_TABLE && right->kind == FORMULA_VALUE)
    return of_each_row(proof, left, formula);
  if (right->kind == FORMULA_TABLE && left->kind == FORMULA_VALUE)
    return of_each_row(proof, right, formula);
  return formula;
}

static tr_formula *table(tr_proof *proof, const tr_table *table) {
  uint32_t columns = table->columns.count, rows = table->rows.count;
  tr_formula *formula = make(proof, FORMULA_TABLE, columns + rows);
  formula->table = table;
  formula->texts = TR_NEW_ARRAY(proof->arena, int64_t *, columns + 1);
  for (uint32_t i = 0; i < columns; i++) {
    const tr_table_column *column = &table->index->columns[i];
    formula->parts[i] = value(proof, table->columns.items[i]);
    if (!column->texts) continue;
    formula->texts[i] = TR_NEW_ARRAY(proof->arena, int64_t, column->case_count + 1);
    for (uint32_t k = 0; k + 1 < column->case_count; k++)
      formula->texts[i][k] = tr_proof_text_value(proof, column->texts[k]);
  }
  for (uint32_t i = 0; i < rows; i++)
    formula->parts[columns + i] = value(proof, table->rows.items[i]->result);
  return formula;
}

/* ---- Values, all ----------------------------------------------------------------------------- */

/* What is fixed at an event says nothing of how things stand now. */
static bool is_fixed(const tr_proof *proof, const tr_expr *expr) {
  return expr->ref_kind == REF_DEFINE &&
         proof->check->symbols->defines.items[expr->index]->fixed_at.text;
}

static tr_formula *named_value(tr_proof *proof, const tr_expr *expr) {
  if (expr->outside && expr->ref_kind != REF_FIELD) return variable(proof, other(expr, false));
  if (is_fixed(proof, expr)) return variable(proof, other(expr, false));
  switch (expr->ref_kind) {
    case REF_STAGE: return stage(proof);
    case REF_OWNER: return owner(proof);
    case REF_REP: return variable(proof, other(expr, false));
    case REF_SCORE: return score(proof, expr);
    case REF_DEFINE: return definition(proof, expr);
    default: return field(proof, expr, false);
  }
}

static tr_formula *lowered(tr_proof *proof, const tr_expr *expr) {
  tr_formula *formula = around(proof, FORMULA_LOWERED, value(proof, expr->left));
  formula->number = expr->right->number / 1000000;
  formula->high = (int64_t)expr->type->values.count - 1;
  return formula;
}

static tr_formula *value_of(tr_proof *proof, const tr_expr *expr) {
  if (is_literal(expr)) return constant(proof, FORMULA_VALUE, literal(proof, expr));
  switch (expr->kind) {
    case EXPR_UNKNOWN: {
      tr_formula *formula = make(proof, FORMULA_VALUE, 0);
      formula->unknown = true;
      return formula;
    }
    case EXPR_NAME: return named_value(proof, expr);
    case EXPR_COUNT: return count(proof, expr);
    case EXPR_OTHERWISE: {
      tr_formula *formula = make(proof, FORMULA_OTHERWISE, 2);
      formula->parts[0] = value(proof, expr->left);
      formula->parts[1] = value(proof, expr->right);
      return formula;
    }
    case EXPR_LOWERED:
      return is_literal(expr->right) ? lowered(proof, expr) : variable(proof, other(expr, false));
    case EXPR_LARGER: return parts_of(proof, FORMULA_LARGER, &expr->list, value);
    case EXPR_SMALLER: return parts_of(proof, FORMULA_SMALLER, &expr->list, value);
    case EXPR_TABLE: return table(proof, expr->table);
    default: return variable(proof, other(expr, false));
  }
}

static tr_formula *value(tr_proof *proof, const tr_expr *expr) {
  if (expr->type && expr->type->kind == TYPE_TRUTH)
    return around(proof, FORMULA_TRUTH_AS_VALUE, truth(proof, expr));
  if (proof->depth >= TR_PROOF_DEPTH_MAX) return variable(proof, other(expr, false));
  proof->depth++;
  tr_formula *formula = value_of(proof, expr);
  proof->depth--;
  if (height_of(formula) > TR_PROOF_DEPTH_MAX) return variable(proof, other(expr, false));
  /* A definition may be a condition behind a value's name. */
  return tr_formula_is_truth(formula) ? around(proof, FORMULA_TRUTH_AS_VALUE, formula) : formula;
}

/* ---- Truths ---------------------------------------------------------------------------------- */

/* Whether the values of an expression are few, so that two such can be compared. */
static bool is_finite(const tr_expr *expr) {
  return expr->type && (tr_type_has_values(expr->type) || expr->type->kind == TYPE_TRUTH);
}

static tr_formula *comparison(tr_proof *proof, const tr_expr *expr) {
  const tr_expr *left = expr->left, *right = expr->right;
  bool finite = is_finite(left) && is_finite(right);
  if (left->type->kind == TYPE_SET || (!finite && !is_literal(left) && !is_literal(right)))
    return variable(proof, other(expr, true));
  return compare(proof, value(proof, left), expr->compare, value(proof, right));
}

static tr_formula *between(tr_proof *proof, const tr_expr *expr) {
  if (!is_literal(expr->list.items[0]) || !is_literal(expr->list.items[1]))
    return variable(proof, other(expr, true));
  tr_formula *inside = make(proof, FORMULA_AND, 2), *asked = value(proof, expr->left);
  for (uint32_t i = 0; i < 2; i++) {
    tr_formula *end = constant(proof, FORMULA_VALUE, literal(proof, expr->list.items[i]));
    inside->parts[i] = compare(proof, asked, i == 0 ? COMPARE_GE : COMPARE_LE, end);
  }
  return inside;
}

static tr_formula *in(tr_proof *proof, const tr_expr *asked, const tr_exprs *list) {
  tr_formula *formula = make(proof, FORMULA_IN, list->count + 1);
  formula->parts[0] = value(proof, asked);
  for (uint32_t i = 0; i < list->count; i++)
    formula->parts[i + 1] = constant(proof, FORMULA_VALUE, literal(proof, list->items[i]));
  return formula->parts[0]->kind == FORMULA_TABLE ? of_each_row(proof, formula->parts[0], formula)
                                                  : formula;
}

/* What is said of a text that is not taken apart: yes or no once it is known. */
static tr_formula *of_text(tr_proof *proof, const tr_expr *expr) {
  if (expr->right && expr->right->kind != EXPR_TEXT) return variable(proof, other(expr, true));
  if (expr->left->type->kind == TYPE_TEXTS) return variable(proof, other(expr, true));
  tr_variable like = other(expr, true);
  like.always_known = true;
  tr_formula *formula = around(proof, FORMULA_OF_TEXT, value(proof, expr->left));
  formula->variable = variable(proof, like)->variable;
  formula->asked = expr->kind;
  formula->number = expr->right ? tr_proof_text_value(proof, expr->right->text) : 0;
  return formula;
}

static tr_formula *in_list(tr_proof *proof, const tr_expr *expr) {
  const tr_list_decl *list = proof->check->tree->lists.items[expr->index];
  return list->from.path || list->values.count > LIST_VALUES_MAX
             ? of_text(proof, expr)
             : in(proof, expr->left, &list->values);
}

static tr_formula *criterion(tr_proof *proof, const tr_expr *expr) {
  const tr_criterion *criterion = proof->check->symbols->criteria.items[expr->index];
  tr_formula **known = &proof->criteria[expr->index];
  if (*known) return *known;
  *known = make(proof, FORMULA_CRITERION, criterion->unmet ? 2 : 1);
  (*known)->parts[0] = truth(proof, criterion->met);
  if (criterion->unmet) (*known)->parts[1] = truth(proof, criterion->unmet);
  return *known;
}

static tr_formula *named_truth(tr_proof *proof, const tr_expr *expr) {
  if (expr->outside && expr->ref_kind != REF_FIELD) return variable(proof, other(expr, true));
  if (is_fixed(proof, expr)) return variable(proof, other(expr, true));
  if (expr->ref_kind == REF_CRITERION) return criterion(proof, expr);
  if (expr->ref_kind == REF_VALUE) return value(proof, expr);
  if (expr->ref_kind != REF_DEFINE) return field(proof, expr, true);
  return definition(proof, expr);
}

static tr_formula *no(tr_proof *proof, const tr_expr *expr) {
  return compare(proof, count(proof, expr), COMPARE_EQ, constant(proof, FORMULA_VALUE, 0));
}

static tr_formula *is_known(tr_proof *proof, const tr_expr *asked) {
  bool set = asked->type->kind == TYPE_SET || asked->type->kind == TYPE_TEXTS;
  bool truths = asked->type->kind == TYPE_TRUTH;
  if (set) return NULL;
  return around(proof, FORMULA_IS_KNOWN, truths ? truth(proof, asked) : value(proof, asked));
}

static tr_formula *truth_of(tr_proof *proof, const tr_expr *expr) {
  switch (expr->kind) {
    case EXPR_TRUTH:
      return constant(proof, FORMULA_TRUTH, expr->number ? CAN_BE_TRUE : CAN_BE_FALSE);
    case EXPR_NAME: return named_truth(proof, expr);
    case EXPR_AND:
    case EXPR_ALL_OF: return parts_of(proof, FORMULA_AND, &expr->list, truth);
    case EXPR_OR: return parts_of(proof, FORMULA_OR, &expr->list, truth);
    case EXPR_NONE_OF:
      return around(proof, FORMULA_NOT, parts_of(proof, FORMULA_OR, &expr->list, truth));
    case EXPR_NOT: return around(proof, FORMULA_NOT, truth(proof, expr->left));
    case EXPR_AT_LEAST: {
      tr_formula *formula = parts_of(proof, FORMULA_AT_LEAST, &expr->list, truth);
      formula->number = expr->number;
      return formula;
    }
    case EXPR_BEFORE:
    case EXPR_COMPARE: return comparison(proof, expr);
    case EXPR_IN: return in(proof, expr->left, &expr->list);
    case EXPR_IN_LIST: return in_list(proof, expr);
    case EXPR_BETWEEN: return between(proof, expr);
    case EXPR_STARTS_WITH:
    case EXPR_ENDS_WITH:
    case EXPR_CONTAINS:
    case EXPR_EXACTLY:
    case EXPR_MATCHES:
    case EXPR_HAS_ANY_OF: return of_text(proof, expr);
    case EXPR_HAS: return element(proof, expr);
    case EXPR_IS_KNOWN: {
      tr_formula *formula = is_known(proof, expr->left);
      return formula ? formula : variable(proof, other(expr, true));
    }
    case EXPR_IS_OPEN: return around(proof, FORMULA_IS_OPEN, truth(proof, expr->left));
    case EXPR_NO: return no(proof, expr);
    case EXPR_OTHERWISE:
    case EXPR_TABLE: return around(proof, FORMULA_OF_VALUE, value_of(proof, expr));
    default: return variable(proof, other(expr, true));
  }
}

static tr_formula *truth(tr_proof *proof, const tr_expr *expr) {
  if (proof->depth >= TR_PROOF_DEPTH_MAX) return constant(proof, FORMULA_TRUTH, CAN_BE_ANY);
  proof->depth++;
  tr_formula *formula = truth_of(proof, expr);
  proof->depth--;
  if (height_of(formula) > TR_PROOF_DEPTH_MAX) return constant(proof, FORMULA_TRUTH, CAN_BE_ANY);
  return tr_formula_is_truth(formula) ? formula : around(proof, FORMULA_OF_VALUE, formula);
}

tr_formula *tr_proof_formula(tr_proof *proof, const tr_expr *condition) {
  return condition ? truth(proof, condition) : constant(proof, FORMULA_TRUTH, CAN_BE_TRUE);
}
