/* table_outlook.c - what a table can give while some of its columns are open; see formula.h.
 *
 * Each column says of every row whether its cell can be true, false and unknown, as sets of rows;
 * together they say it of the rows. */
#include <string.h>

#include "engine/formula.h"

typedef struct row_sets {
  uint64_t can_be_true[TR_TABLE_WORDS_MAX], can_be_false[TR_TABLE_WORDS_MAX],
      can_be_unknown[TR_TABLE_WORDS_MAX], not_always_false[TR_TABLE_WORDS_MAX];
} row_sets;

/* The cases that the values from `low` to `high` fall into, all between the two. */
static void cases_of(const tr_formula *formula, uint32_t number, const tr_outlook *value,
                     uint32_t *first, uint32_t *last) {
  const tr_table_column *column = &formula->table->index->columns[number];
  const int64_t *texts = formula->texts[number];
  *first = 0;
  *last = column->case_count - 1;
  if (texts && value->low == value->high) {
    while (*first < *last && texts[*first] != value->low) (*first)++;
    *last = *first;
  } else if (!texts && column->starts) {
    *first = tr_table_stretch(column, value->low);
    *last = tr_table_stretch(column, value->high);
  } else if (!texts) {
    *first = (uint32_t)value->low;
    *last = (uint32_t)value->high;
  }
}

static void look_at_column(const tr_formula *formula, uint32_t number, const tr_outlook *value,
                           row_sets *rows) {
  const tr_table_index *index = formula->table->index;
  uint64_t some[TR_TABLE_WORDS_MAX] = {0}, all[TR_TABLE_WORDS_MAX];
  memset(all, 0xFF, sizeof all);
  const uint64_t *unknown = tr_table_rows(index, number, index->columns[number].case_count);
  uint32_t first = 1, last = 0;
  if (value->may_be_known) cases_of(formula, number, value, &first, &last);
  for (uint32_t i = first; i <= last; i++) {
    const uint64_t *set = tr_table_rows(index, number, i);
    for (uint32_t w = 0; w < index->words; w++) {
      some[w] |= set[w];
      all[w] &= set[w];
    }
  }
  bool range = value->may_be_range || value->is_range;
  for (uint32_t w = 0; w < index->words; w++) {
    uint64_t can_be_true = value->is_range ? all[w] : some[w], open = 0;
    uint64_t can_be_false = value->is_range ? ~some[w] : ~all[w];
    if (range) open |= some[w] & ~all[w];
    if (value->may_be_unknown) {
      can_be_true |= unknown[w];
      open |= ~unknown[w];
    }
    rows->can_be_true[w] &= can_be_true;
    rows->can_be_false[w] |= value->may_be_known ? can_be_false : 0;
    rows->can_be_unknown[w] |= open;
    rows->not_always_false[w] &= can_be_true | open;
  }
}

static row_sets look_at_rows(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  row_sets rows;
  memset(&rows, 0, sizeof rows);
  memset(rows.can_be_true, 0xFF, sizeof rows.can_be_true);
  memset(rows.not_always_false, 0xFF, sizeof rows.not_always_false);
  for (uint32_t i = 0; i < formula->table->columns.count; i++) {
    const tr_outlook *value = tr_formula_look(proof, formula->parts[i]);
    if (outlook->open == TR_OPEN) outlook->open = value->open;
    look_at_column(formula, i, value, &rows);
  }
  return rows;
}

static bool has(const uint64_t *rows, uint32_t row) { return rows[row / 64] >> row % 64 & 1; }

static void give(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula, uint32_t row) {
  tr_formula *result = formula->parts[formula->table->columns.count + row];
  const tr_outlook *given = tr_formula_look(proof, result);
  if (outlook->open == TR_OPEN) outlook->open = given->open;
  outlook->truth |= given->truth;
  tr_outlook_unite(outlook, given);
}

/* The first row that is not false decides; an unknown one leaves the table unknown. Where each case
 * stands once, rows that are all still possible may agree. */
void tr_formula_table(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  row_sets rows = look_at_rows(proof, outlook, formula);
  bool each_once = formula->table->each_once, unknown = false, decided = false;
  for (uint32_t i = 0; i < formula->table->rows.count && !decided; i++) {
    if (!has(rows.not_always_false, i)) continue;
    unknown |= has(rows.can_be_unknown, i);
    if (has(rows.can_be_true, i) || each_once) give(proof, outlook, formula, i);
    decided = !has(rows.can_be_false, i) && !each_once;
  }
  if (!decided || unknown) {
    outlook->may_be_unknown = true;
    outlook->truth |= CAN_BE_UNKNOWN;
  }
}
