/* table.h - decision tables: from rows of cells to an index, and from values to a row.
 *
 * What stands in the cells of a column cuts its values into cases: stretches of an ordered type,
 * single values of another. A cell holds for the whole of a case or for nothing of it, so a case
 * has a set of rows, and so has being unknown. The sets of all columns, ANDed, are the rows that
 * match: a thousand rows cost little more than ten.
 *
 *     row   cell            case        rows
 *      0    < 10            … to 9      0, 2
 *      1    10 to 20        10 to 20    1, 2
 *      2    _               21 to …     2
 *                           unknown     2
 *
 * The checker makes the index and proves over it that no case is missing; the program reads it. */
#ifndef TR_TABLE_H
#define TR_TABLE_H

#include "engine/check.h"
#include "engine/limits.h"

/* Room for that many more rows than a table has: missing cases that were told of. */
#define TR_TABLE_CASES_SHOWN 4
#define TR_TABLE_WORDS_MAX   ((TR_TABLE_ROWS_MAX + TR_TABLE_CASES_SHOWN + 63) / 64)

typedef struct tr_table_column {
  const tr_type *type;
  uint32_t case_count; /* without `unknown`, which is the case behind them */
  /* Ordered types: the first value of each case, rising; the last goes up to `end`. Texts: what
   * they fold to, and one case more for all other texts. Others: NULL, a case is a value. */
  int64_t *starts;
  int64_t end;
  const char **texts; /* folds, of texts; their numbers come into `starts` when compiled */
  uint64_t *rows;     /* case by case, `words` each */
} tr_table_column;

typedef struct tr_table_index {
  tr_table_column *columns;
  uint32_t column_count, row_count;
  uint32_t words; /* of a set of rows */
} tr_table_index;

static inline uint64_t *tr_table_rows(const tr_table_index *index, uint32_t column,
                                      uint32_t case_number) {
  return index->columns[column].rows + (size_t)case_number * index->words;
}

/* Types, forms, and the proof; gives the type of its values. */
const tr_type *tr_check_table(tr_check *check, const tr_scope *scope, tr_expr *expr,
                              const tr_type *wanted);

/* The index of a table whose cells are checked. Reports cells in which no value fits. */
tr_table_index *tr_table_index_new(tr_check *check, const tr_table *table);

/* The cell that holds the cases from `first` to `last`, which hang together; all other texts are
 * `_`. */
const char *tr_table_case_text(tr_arena *arena, const tr_table_column *column, uint32_t first,
                               uint32_t last);

/* table.c: the case of a column with `starts` that a value lies in. */
uint32_t tr_table_stretch(const tr_table_column *column, int64_t value);

/* What is missing, hidden or said twice. */
void tr_table_prove(tr_check *check, const tr_table *table);

#endif
