/* table.c - reading a decision table: each column leaves the rows that go with its value, and those
 * that may go with it while it is not known; see table.h.
 *
 * Of two sets, `sure` rows match whatever is unknown turns out to be, `possible` rows are not
 * false. The first possible row decides; where each case stands once, the sure one does, or all
 * that are possible where they agree. */
#include "engine/table.h"

#include <assert.h>
#include <string.h>

#include "engine/evaluate.h"

typedef struct matching {
  uint64_t sure[TR_TABLE_WORDS_MAX], possible[TR_TABLE_WORDS_MAX];
} matching;

/* ---- From a value to its case ---------------------------------------------------------------- */

uint32_t tr_table_stretch(const tr_table_column *column, int64_t value) {
  uint32_t low = 0, high = column->case_count;
  while (high - low > 1) {
    uint32_t middle = (low + high) / 2;
    if (column->starts[middle] <= value)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static uint32_t text_case(treaty_engine *engine, const tr_table_column *column, int64_t value) {
  int64_t folded = tr_text_folded(engine, value);
  uint32_t i = 0;
  while (i + 1 < column->case_count && column->starts[i] != folded) i++;
  return i;
}

/* A value that moves is looked at again when it leaves its case, at either end. */
static uint32_t case_of(tr_eval *eval, const tr_table_column *column, tr_value value,
                        int64_t number) {
  if (tr_type_is_text(column->type)) return text_case(eval->engine, column, number);
  if (!column->starts && number < 0) return 0;
  if (!column->starts)
    return number < column->case_count ? (uint32_t)number : column->case_count - 1;
  uint32_t found = tr_table_stretch(column, number);
  if (found > 0) tr_eval_watch(eval, value, column->starts[found]);
  if (found + 1 < column->case_count) tr_eval_watch(eval, value, column->starts[found + 1]);
  return found;
}

/* ---- The rows that match --------------------------------------------------------------------- */

static void look(tr_eval *eval, const tr_table_index *index, uint32_t number, tr_value value,
                 matching *rows) {
  const tr_table_column *column = &index->columns[number];
  uint64_t all[TR_TABLE_WORDS_MAX], some[TR_TABLE_WORDS_MAX];
  uint32_t first = column->case_count, last = first;
  if (value.known != UNKNOWN) {
    first = case_of(eval, column, value, value.low);
    last = value.known == KNOWN ? first : case_of(eval, column, value, value.high);
  }
  memset(all, 0xFF, sizeof all);
  memset(some, value.known == UNKNOWN ? 0xFF : 0, sizeof some);
  for (uint32_t i = first; i <= last; i++) {
    const uint64_t *set = tr_table_rows(index, number, i);
    for (uint32_t w = 0; w < index->words; w++) {
      all[w] &= set[w];
      some[w] |= set[w];
    }
  }
  for (uint32_t w = 0; w < index->words; w++) {
    rows->sure[w] &= all[w];
    rows->possible[w] &= some[w];
  }
}

static uint32_t next_row(const uint64_t *set, const tr_table_index *index, uint32_t from) {
  for (uint32_t row = from; row < index->row_count; row++) {
    if (set[row / 64] >> row % 64 & 1) return row;
  }
  return TR_NONE;
}

/* ---- Its value ------------------------------------------------------------------------------- */

static tr_value value_of(tr_eval *eval, const tr_table_def *table, uint32_t row, tr_view view) {
  if (table->results[row].count == 0) return (tr_value){.known = UNKNOWN};
  tr_value value = tr_evaluate(eval, &table->results[row], view);
  tr_eval_settle(eval, value);
  return value;
}

static bool same(tr_eval *eval, const tr_table_def *table, tr_value a, tr_value b) {
  if (a.known != KNOWN || b.known != KNOWN) return false;
  return tr_type_is_text(table->type) ? tr_text_same(eval->engine, a.low, b.low) : a.low == b.low;
}

static tr_value agreed(tr_eval *eval, const tr_table_def *table, const matching *rows,
                       tr_view view) {
  uint32_t row = next_row(rows->possible, table->index, 0);
  if (row == TR_NONE) return (tr_value){.known = UNKNOWN};
  tr_value value = value_of(eval, table, row, view);
  while ((row = next_row(rows->possible, table->index, row + 1)) != TR_NONE) {
    if (!same(eval, table, value, value_of(eval, table, row, view)))
      return (tr_value){.known = UNKNOWN};
  }
  return value;
}

static uint32_t deciding_row(const tr_table_def *table, const matching *rows) {
  uint32_t sure = next_row(rows->sure, table->index, 0);
  if (table->each_once) return sure;
  return sure == next_row(rows->possible, table->index, 0) ? sure : TR_NONE;
}

tr_value tr_table_read(tr_eval *eval, const tr_table_def *table, tr_view view) {
  matching rows;
  assert(table->index->words <= TR_TABLE_WORDS_MAX);
  memset(&rows, 0xFF, sizeof rows);
  for (uint32_t i = 0; i < table->index->column_count; i++)
    look(eval, table->index, i, tr_evaluate(eval, &table->columns[i], view), &rows);
  uint32_t row = deciding_row(table, &rows);
  if (row == TR_NONE)
    return table->each_once ? agreed(eval, table, &rows, view) : (tr_value){.known = UNKNOWN};
  tr_value value = value_of(eval, table, row, view);
  if (eval->trace) {
    tr_trace_add(eval, tr_arena_print(&eval->engine->step, "row of %s", table->name), NULL,
                 tr_arena_print(&eval->engine->step, "'%s'", table->rows[row]), 0);
  }
  return value;
}
