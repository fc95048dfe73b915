/* check_table.c - what stands in a decision table: columns, cells and values go together. Whether
 * its rows leave a case out is proved in table_proof.c. */
#include <string.h>

#include "engine/table.h"

static const char *say(tr_check *check, const tr_type *type) {
  return tr_type_text(check->arena, type);
}

/* ---- Columns --------------------------------------------------------------------------------- */

static bool check_column(tr_check *check, const tr_scope *scope, const tr_table *table,
                         tr_expr *column) {
  const tr_type *type = tr_check_expr(check, scope, column, NULL);
  if (type->kind == TYPE_BUSINESS) {
    tr_report(check->diags, DIAG_WRONG_TYPE, column->span,
              "a business duration is no column of a table: only a calendar says how long it is");
    return false;
  }
  if (type->kind == TYPE_ERROR) return false;
  if (type->kind == TYPE_SET || type->kind == TYPE_TEXTS) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_WRONG_TYPE, column->span,
                  "%s is no column of a table: it is more than one value", say(check, type));
    if (type->kind == TYPE_SET && column->kind == EXPR_NAME && type->values.count > 0) {
      tr_diag_help(diag, "Ask it for one: '(%s has %s)', with true and false in the cells.",
                   column->name.text, type->values.items[0].text);
    }
    return false;
  }
  if (table->each_once && tr_type_is_text(type)) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, column->span,
                              "there is no end of texts, so their cases cannot be told each once");
    tr_diag_help(diag, "Leave out 'each case once'; then a row with '_' takes all other texts.");
    return false;
  }
  return true;
}

static bool check_columns(tr_check *check, const tr_scope *scope, const tr_table *table) {
  bool good = true;
  if (table->columns.count > TR_TABLE_COLUMNS_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, table->span, "a table has %d columns at most",
              TR_TABLE_COLUMNS_MAX);
    return false;
  }
  for (uint32_t i = 0; i < table->columns.count; i++)
    good &= check_column(check, scope, table, table->columns.items[i]);
  return good;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static bool has_order(const tr_type *type) {
  return !tr_type_is_text(type) && type->kind != TYPE_TRUTH &&
         (!tr_type_has_values(type) || type->kind == TYPE_SCALE);
}

static bool check_test(tr_check *check, const tr_type *type, tr_table_test *test) {
  if (!test->value) return true;
  bool good = tr_check_constant(check, test->value, type, "a table");
  if (test->to) good &= tr_check_constant(check, test->to, type, "a table");
  if (!good) return false;
  if ((test->to || test->compare != COMPARE_EQ) && !has_order(type)) {
    tr_report(check->diags, DIAG_WRONG_TYPE, test->span,
              "%s has no order: a cell can only name its values", say(check, type));
    return false;
  }
  if (test->to && test->to->number < test->value->number) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, test->span, "this range ends before it begins");
    return false;
  }
  return true;
}

static bool check_cells(tr_check *check, const tr_table *table, tr_table_row *row) {
  bool good = true;
  if (row->cells.count != table->columns.count) {
    tr_report(check->diags, DIAG_WRONG_FORM, row->span,
              "this row has %u cells, and the table %u columns", row->cells.count,
              table->columns.count);
    return false;
  }
  for (uint32_t i = 0; i < row->cells.count; i++) {
    tr_table_cell *cell = &row->cells.items[i];
    for (uint32_t k = 0; k < cell->tests.count; k++)
      good &= check_test(check, table->columns.items[i]->type, &cell->tests.items[k]);
  }
  return good;
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* A type for values that stand there without one: that of the first which has any by itself. */
static const tr_type *infer(tr_check *check, const tr_scope *scope, const tr_table *table) {
  for (uint32_t i = 0; i < table->rows.count; i++) {
    tr_expr *result = table->rows.items[i]->result;
    if (result->kind == EXPR_UNKNOWN || result->kind == EXPR_IN) continue;
    if (!tr_check_has_meaning(check, scope, result)) continue;
    return tr_check_expr(check, scope, result, NULL);
  }
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, table->span,
                            "the values of table '%s' do not tell their type", table->name);
  tr_diag_help(diag, "Write the type before 'by'.");
  return &tr_type_error;
}

/* A value is a literal or a name: what must be computed stands in a `define`. */
static bool check_result(tr_check *check, const tr_scope *scope, const tr_type *type,
                         tr_expr *result) {
  if (result->kind == EXPR_IN) {
    tr_report(check->diags, DIAG_WRONG_TYPE, result->span, "a row gives one value, not a list");
    return false;
  }
  const tr_type *is = tr_check_expr(check, scope, result, type);
  if (is->kind == TYPE_ERROR) return false;
  if (result->grows) {
    tr_report(check->diags, DIAG_DECAYING, result->span,
              "a time that grows with the clock is no value of a table");
    return false;
  }
  return result->kind == EXPR_UNKNOWN || tr_check_assignable(check, type, result);
}

const tr_type *tr_check_table(tr_check *check, const tr_scope *scope, tr_expr *expr,
                              const tr_type *wanted) {
  tr_table *table = expr->table;
  if (table->rows.count > TR_TABLE_ROWS_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, table->span, "a table has %d rows at most",
              TR_TABLE_ROWS_MAX);
    return expr->type = &tr_type_error;
  }
  bool columns_good = check_columns(check, scope, table), good = columns_good && !table->broken;
  expr->type = wanted ? wanted : infer(check, scope, table);
  if (expr->type->kind == TYPE_SET) {
    tr_report(check->diags, DIAG_WRONG_TYPE, table->span, "a table gives one value, not a set");
    expr->type = &tr_type_error;
  }
  for (uint32_t i = 0; columns_good && i < table->rows.count; i++)
    good &= check_cells(check, table, table->rows.items[i]);
  if (expr->type->kind == TYPE_ERROR) return expr->type;
  for (uint32_t i = 0; i < table->rows.count; i++)
    good &= check_result(check, scope, expr->type, table->rows.items[i]->result);
  if (good) table->index = tr_table_index_new(check, table);
  /* Side by side a newer treaty may have more values; each has been proved by itself. */
  if (table->index && check->symbols->part_count == 1) tr_table_prove(check, table);
  return expr->type;
}
