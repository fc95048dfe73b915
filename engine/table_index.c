/* table_index.c - cutting the values of a table's columns into cases; see table.h. */
#include <stdlib.h>
#include <string.h>

#include "engine/table.h"
#include "engine/text.h"

typedef struct range {
  int64_t low, high; /* both in it */
} range;

/* Whole numbers lie a million millionths apart, so bands of them have no holes. */
static int64_t step_of(const tr_type *type) { return type->kind == TYPE_WHOLE ? 1000000 : 1; }

static bool is_stretched(const tr_type *type) {
  return !tr_type_is_text(type) && !tr_type_has_values(type) && type->kind != TYPE_TRUTH;
}

/* Between which ends a column's values lie: a count is never below 0, a score within its clamp. */
static range bounds_of(const tr_check *check, const tr_expr *column) {
  range bounds = {INT64_MIN, INT64_MAX};
  if (column->type->kind == TYPE_TRUTH) return (range){0, 1};
  if (tr_type_has_values(column->type)) return (range){0, (int64_t)column->type->values.count - 1};
  if (column->kind == EXPR_COUNT || column->kind == EXPR_COUNT_WITH) bounds.low = 0;
  if (column->kind == EXPR_NAME && column->ref_kind == REF_DEFINE) {
    const tr_expr *value = check->symbols->defines.items[column->index]->value;
    return value ? bounds_of(check, value) : bounds;
  }
  if (column->kind != EXPR_NAME || column->ref_kind != REF_SCORE) return bounds;
  const tr_score *score = check->tree->scores.items[column->index];
  if (score->low) bounds.low = score->low->number;
  if (score->high) bounds.high = score->high->number;
  return bounds;
}

/* The values that a test lets through; low > high: none. */
static range range_of(const tr_table_test *test, range bounds, int64_t step) {
  int64_t value = test->value->number;
  range got = bounds;
  switch (test->compare) {
    case COMPARE_LT: got.high = value - step; break;
    case COMPARE_LE: got.high = value; break;
    case COMPARE_GT: got.low = value + step; break;
    case COMPARE_GE: got.low = value; break;
    default: got = (range){value, test->to ? test->to->number : value}; break;
  }
  if (got.low < bounds.low) got.low = bounds.low;
  if (got.high > bounds.high) got.high = bounds.high;
  return got;
}

static void report_empty(tr_check *check, const tr_table_test *test) {
  tr_report(check->diags, DIAG_OUT_OF_RANGE, test->span,
            "no value of this column goes into this cell");
}

/* ---- Cases ----------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

typedef TR_LIST(int64_t) cut_list;

/* A case begins where some cell begins, and behind where one ends. */
static void cut(tr_check *check, const tr_table_test *test, range bounds, int64_t step,
                cut_list *cuts) {
  if (!test->value) return;
  range got = range_of(test, bounds, step);
  if (got.low > got.high) return;
  TR_PUSH(check->arena, cuts, got.low);
  if (got.high < bounds.high) TR_PUSH(check->arena, cuts, got.high + step);
}

static void cut_stretches(tr_check *check, const tr_table *table, uint32_t number, range bounds,
                          tr_table_column *column) {
  cut_list cuts = {0};
  TR_PUSH(check->arena, &cuts, bounds.low);
  for (uint32_t r = 0; r < table->rows.count; r++) {
    const tr_table_cell *cell = &table->rows.items[r]->cells.items[number];
    for (uint32_t i = 0; i < cell->tests.count; i++)
      cut(check, &cell->tests.items[i], bounds, step_of(column->type), &cuts);
  }
  qsort(cuts.items, cuts.count, sizeof *cuts.items, by_value);
  uint32_t count = 1;
  for (uint32_t i = 1; i < cuts.count; i++) {
    if (cuts.items[i] != cuts.items[count - 1]) cuts.items[count++] = cuts.items[i];
  }
  column->starts = cuts.items;
  column->case_count = count;
  column->end = bounds.high;
}

static const char *fold(tr_check *check, const tr_expr *text) {
  size_t length;
  return tr_fold(check->arena, text->text, strlen(text->text), &length);
}

static uint32_t text_case(const tr_table_column *column, const char *folded) {
  for (uint32_t i = 0; i + 1 < column->case_count; i++) {
    if (strcmp(column->texts[i], folded) == 0) return i;
  }
  return UINT32_MAX;
}

/* Each text that some cell names, and behind them all that none does. */
static void collect_texts(tr_check *check, const tr_table *table, uint32_t number,
                          tr_table_column *column) {
  TR_LIST(const char *) texts = {0};
  column->case_count = 1;
  for (uint32_t r = 0; r < table->rows.count; r++) {
    const tr_table_cell *cell = &table->rows.items[r]->cells.items[number];
    for (uint32_t i = 0; i < cell->tests.count; i++) {
      if (!cell->tests.items[i].value) continue;
      const char *folded = fold(check, cell->tests.items[i].value);
      if (text_case(column, folded) != UINT32_MAX) continue;
      TR_PUSH(check->arena, &texts, folded);
      column->texts = texts.items;
      column->case_count++;
    }
  }
}

/* ---- Which rows go with a case --------------------------------------------------------------- */

static void put_row(tr_table_index *index, uint32_t column, uint32_t case_number, uint32_t row) {
  tr_table_rows(index, column, case_number)[row / 64] |= UINT64_C(1) << row % 64;
}

static void put_test(tr_check *check, tr_table_index *index, uint32_t number, uint32_t row,
                     const tr_table_test *test, range bounds) {
  const tr_table_column *column = &index->columns[number];
  if (!test->value) {
    bool known = test->compare == COMPARE_NE;
    if (!known) put_row(index, number, column->case_count, row);
    for (uint32_t i = 0; known && i < column->case_count; i++) put_row(index, number, i, row);
    return;
  }
  if (tr_type_is_text(column->type)) {
    put_row(index, number, text_case(column, fold(check, test->value)), row);
    return;
  }
  range got = range_of(test, bounds, step_of(column->type));
  if (got.low > got.high) report_empty(check, test);
  for (uint32_t i = 0; i < column->case_count; i++) {
    int64_t first = column->starts ? column->starts[i] : i;
    if (first >= got.low && first <= got.high) put_row(index, number, i, row);
  }
}

static void put_cell(tr_check *check, tr_table_index *index, uint32_t number, uint32_t row,
                     const tr_table_cell *cell, range bounds) {
  for (uint32_t i = 0; cell->any && i <= index->columns[number].case_count; i++)
    put_row(index, number, i, row);
  for (uint32_t i = 0; i < cell->tests.count; i++)
    put_test(check, index, number, row, &cell->tests.items[i], bounds);
}

static void make_column(tr_check *check, const tr_table *table, tr_table_index *index,
                        uint32_t number) {
  const tr_expr *value = table->columns.items[number];
  tr_table_column *column = &index->columns[number];
  range bounds = bounds_of(check, value);
  column->type = value->type;
  if (tr_type_is_text(value->type))
    collect_texts(check, table, number, column);
  else if (is_stretched(value->type))
    cut_stretches(check, table, number, bounds, column);
  else
    column->case_count = (uint32_t)(bounds.high + 1);
  column->rows =
      TR_NEW_ARRAY(check->arena, uint64_t, (size_t)(column->case_count + 1) * index->words);
  for (uint32_t r = 0; r < table->rows.count; r++)
    put_cell(check, index, number, r, &table->rows.items[r]->cells.items[number], bounds);
}

tr_table_index *tr_table_index_new(tr_check *check, const tr_table *table) {
  tr_table_index *index = TR_NEW(check->arena, tr_table_index);
  size_t errors = check->diags->error_count;
  index->column_count = table->columns.count;
  index->row_count = table->rows.count;
  index->words = (table->rows.count + TR_TABLE_CASES_SHOWN + 63) / 64;
  index->columns = TR_NEW_ARRAY(check->arena, tr_table_column, table->columns.count);
  for (uint32_t i = 0; i < table->columns.count; i++) make_column(check, table, index, i);
  return check->diags->error_count == errors ? index : NULL;
}

/* ---- Cases as people write them -------------------------------------------------------------- */

/* A stretch of cases, from the first value of one to the last of another. */
static const char *stretch_text(tr_arena *arena, const tr_table_column *column, uint32_t first,
                                uint32_t last) {
  const tr_type *type = column->type;
  int64_t step = type->kind == TYPE_WHOLE ? 1000000 : 1, low = column->starts[first];
  bool to_end = last + 1 == column->case_count;
  int64_t high = to_end ? column->end : column->starts[last + 1] - step;
  const char *low_text = tr_show_constant(arena, type, low),
             *high_text = tr_show_constant(arena, type, high);
  if (low == high) return low_text;
  if (to_end && high == INT64_MAX) {
    const char *before = tr_show_constant(arena, type, low - step);
    return step == 1 && strlen(before) < strlen(low_text)
               ? tr_arena_print(arena, "> %s", before)
               : tr_arena_print(arena, ">= %s", low_text);
  }
  if (first == 0 && low == INT64_MIN) {
    const char *behind = tr_show_constant(arena, type, high + step);
    return step == 1 && strlen(high_text) < strlen(behind)
               ? tr_arena_print(arena, "<= %s", high_text)
               : tr_arena_print(arena, "< %s", behind);
  }
  return tr_arena_print(arena, "%s to %s", low_text, high_text);
}

const char *tr_table_case_text(tr_arena *arena, const tr_table_column *column, uint32_t first,
                               uint32_t last) {
  if (first == column->case_count) return "unknown";
  if (column->texts && last + 1 < column->case_count)
    return tr_arena_print(arena, "\"%s\"", column->texts[first]);
  if (tr_type_is_text(column->type)) return "_";
  if (column->starts) return stretch_text(arena, column, first, last);
  if (column->type->kind == TYPE_TRUTH) return first ? "true" : "false";
  return column->type->values.items[first].text;
}
