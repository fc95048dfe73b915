/* table_proof.c - does a decision table leave a case out, does it say one twice, is a row never
 * reached?
 *
 * A row is a box: of each column some cases. The search looks for a point of a box that no box of a
 * set of rows takes, column by column: a case leaves those rows that hold it, and when no row is
 * left the point is found. It does not follow what cannot end well (a row that takes all that
 * follows) nor the same set of rows twice, so grids cost about as much as they have rows.
 *
 * Unknown is a case, too, with a difference: a row that asks for a value neither matches it nor
 * lets it pass, for the first row that is not false decides. So for rows further down a row above
 * takes unknown in every column (`stops`). */
#include <assert.h>
#include <string.h>

#include "engine/table.h"

/* Other rows named beside one that cannot match. */
#define HIDERS_SHOWN 3

typedef struct proof {
  tr_check *check;
  tr_arena *scratch;
  const tr_table *table;
  tr_table_index *index;
  uint32_t box; /* the row whose box is searched, or ALL: every known case */
  uint32_t rows_in_use;
  uint64_t steps;
  bool gave_up;
  uint64_t *rest[TR_TABLE_COLUMNS_MAX + 1]; /* rows that take the box from this column on */
  uint64_t *seen[TR_TABLE_COLUMNS_MAX];     /* sets of rows followed already */
  uint64_t *cases[TR_TABLE_COLUMNS_MAX];    /* row by row, a bit for each case that it takes */
  uint32_t point[TR_TABLE_COLUMNS_MAX];     /* a case of each column */
} proof;

#define ALL UINT32_MAX

/* ---- Sets of rows ---------------------------------------------------------------------------- */

static bool has(const uint64_t *set, uint32_t row) { return set[row / 64] >> row % 64 & 1; }

static bool none(const uint64_t *set, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
    if (set[i]) return false;
  }
  return true;
}

static bool meet(const uint64_t *a, const uint64_t *b, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
    if (a[i] & b[i]) return true;
  }
  return false;
}

static void keep(uint64_t *set, const uint64_t *other, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) set[i] &= other[i];
}

/* Rows 0 to count - 1. */
static void first_rows(uint64_t *set, uint32_t count, uint32_t words) {
  memset(set, 0, sizeof *set * words);
  for (uint32_t i = 0; i < count; i++) set[i / 64] |= UINT64_C(1) << i % 64;
}

static uint32_t case_words(const tr_table_index *index, uint32_t column) {
  return (index->columns[column].case_count + 1 + 63) / 64;
}

static bool matches(const proof *proof, uint32_t row, uint32_t column, uint32_t case_number) {
  return has(tr_table_rows(proof->index, column, case_number), row);
}

/* ---- Searching a box ------------------------------------------------------------------------- */

static bool in_box(const proof *proof, uint32_t column, uint32_t case_number) {
  if (proof->box != ALL) return matches(proof, proof->box, column, case_number);
  return case_number < proof->index->columns[column].case_count;
}

/* The rows of `set` that do not let the case pass. */
static void stops(const proof *proof, uint32_t column, uint32_t case_number, uint64_t *set) {
  if (case_number == proof->index->columns[column].case_count) return;
  keep(set, tr_table_rows(proof->index, column, case_number), proof->index->words);
}

static void prepare(proof *proof, uint32_t box) {
  const tr_table_index *index = proof->index;
  proof->box = box;
  first_rows(proof->rest[index->column_count], proof->rows_in_use, index->words);
  for (uint32_t c = index->column_count; c-- > 0;) {
    memcpy(proof->rest[c], proof->rest[c + 1], sizeof(uint64_t) * index->words);
    for (uint32_t i = 0; i <= index->columns[c].case_count; i++) {
      if (in_box(proof, c, i)) stops(proof, c, i, proof->rest[c]);
    }
  }
}

static bool seen_before(proof *proof, uint32_t column, uint32_t *count, const uint64_t *set) {
  uint32_t words = proof->index->words;
  uint64_t *seen = proof->seen[column];
  for (uint32_t i = 0; i < *count; i++) {
    if (memcmp(seen + (size_t)i * words, set, sizeof *set * words) == 0) return true;
  }
  memcpy(seen + (size_t)(*count)++ * words, set, sizeof *set * words);
  return false;
}

/* Fills proof->point with a point of the box that no row of `rows` takes; false: there is none. */
static bool find_free(proof *proof, uint32_t column, const uint64_t *rows) {
  const tr_table_index *index = proof->index;
  uint64_t left[TR_TABLE_WORDS_MAX];
  uint32_t seen = 0;
  if (meet(rows, proof->rest[column], index->words)) return false;
  if (column == index->column_count) return none(rows, index->words);
  for (uint32_t i = 0; i <= index->columns[column].case_count && !proof->gave_up; i++) {
    if (!in_box(proof, column, i)) continue;
    proof->steps += 1 + seen;
    proof->gave_up = proof->steps > TR_TABLE_STEPS_MAX;
    memcpy(left, rows, sizeof *rows * index->words);
    stops(proof, column, i, left);
    if (seen_before(proof, column, &seen, left)) continue;
    proof->point[column] = i;
    if (find_free(proof, column + 1, left)) return true;
  }
  return false;
}

/* ---- Cells as people write them -------------------------------------------------------------- */

/* All that is known: `_` where that takes nothing from a row for the unknown. */
static const char *known_text(const proof *proof, uint32_t number) {
  const tr_table_index *index = proof->index;
  const uint64_t *unknown = tr_table_rows(index, number, index->columns[number].case_count);
  return proof->table->each_once && !none(unknown, index->words) ? "known" : "_";
}

/* The cell that holds just these cases; all other texts are `_`. */
static const char *cell_text(proof *proof, uint32_t number, const bool *taken) {
  const tr_table_column *column = &proof->index->columns[number];
  uint32_t count = 0;
  const char *text = NULL;
  for (uint32_t i = 0; i < column->case_count; i++) count += taken[i];
  if (count == column->case_count) return known_text(proof, number);
  if (tr_type_is_text(column->type) && taken[column->case_count - 1]) return "_";
  for (uint32_t i = 0; i < column->case_count; i++) {
    uint32_t last = i;
    if (!taken[i]) continue;
    while (column->starts && last + 1 < column->case_count && taken[last + 1]) last++;
    const char *one = tr_table_case_text(proof->check->arena, column, i, last);
    text = text ? tr_arena_print(proof->check->arena, "%s or %s", text, one) : one;
    i = last;
  }
  return text;
}

/* ---- Missing cases --------------------------------------------------------------------------- */

/* All rows that hold some case of each column's but one: in this column no case of theirs is free.
 */
static void rows_beside(const proof *proof, bool *const *taken, uint32_t beside, uint64_t *rows) {
  const tr_table_index *index = proof->index;
  first_rows(rows, proof->rows_in_use, index->words);
  for (uint32_t c = 0; c < index->column_count; c++) {
    uint64_t some[TR_TABLE_WORDS_MAX] = {0};
    if (c == beside) continue;
    for (uint32_t i = 0; i < index->columns[c].case_count; i++) {
      const uint64_t *set = tr_table_rows(index, c, i);
      for (uint32_t w = 0; taken[c][i] && w < index->words; w++) some[w] |= set[w];
    }
    keep(rows, some, index->words);
  }
}

/* Makes the missing point a missing box, as large as it goes. */
static void widen(proof *proof, bool **taken) {
  const tr_table_index *index = proof->index;
  for (uint32_t c = 0; c < index->column_count; c++) {
    taken[c] = TR_NEW_ARRAY(proof->scratch, bool, index->columns[c].case_count + 1);
    taken[c][proof->point[c]] = true;
  }
  for (uint32_t c = 0; c < index->column_count; c++) {
    uint64_t rows[TR_TABLE_WORDS_MAX];
    rows_beside(proof, taken, c, rows);
    for (uint32_t i = 0; i < index->columns[c].case_count; i++)
      taken[c][i] = !meet(rows, tr_table_rows(index, c, i), index->words);
  }
}

/* Takes the box as one more row, or takes that row away again. */
static void set_row(proof *proof, bool *const *taken, uint32_t row, bool on) {
  for (uint32_t c = 0; c < proof->index->column_count; c++) {
    for (uint32_t i = 0; i < proof->index->columns[c].case_count; i++) {
      uint64_t *word = &tr_table_rows(proof->index, c, i)[row / 64], bit = UINT64_C(1) << row % 64;
      if (taken[c][i]) *word = on ? *word | bit : *word & ~bit;
    }
  }
}

static const char *row_text(proof *proof, bool *const *taken) {
  const char *text = "";
  for (uint32_t c = 0; c < proof->index->column_count; c++) {
    text = tr_arena_print(proof->check->arena, "%s%s%s", text, c ? ", " : "",
                          cell_text(proof, c, taken[c]));
  }
  return text;
}

static void find_missing(proof *proof) {
  const tr_table_index *index = proof->index;
  bool *found[TR_TABLE_CASES_SHOWN][TR_TABLE_COLUMNS_MAX];
  const char *rows = NULL;
  uint32_t count = 0;
  for (; count < TR_TABLE_CASES_SHOWN; count++) {
    uint64_t all[TR_TABLE_WORDS_MAX];
    prepare(proof, ALL);
    first_rows(all, proof->rows_in_use, index->words);
    if (!find_free(proof, 0, all)) break;
    widen(proof, found[count]);
    const char *row =
        tr_arena_print(proof->check->arena, "\n  %s -> unknown", row_text(proof, found[count]));
    rows = rows ? tr_arena_print(proof->check->arena, "%s%s", rows, row) : row;
    set_row(proof, found[count], proof->rows_in_use++, true);
  }
  for (uint32_t i = 0; i < count; i++) set_row(proof, found[i], index->row_count + i, false);
  proof->rows_in_use = index->row_count;
  if (count == 0) return;
  tr_diag *diag = tr_report(proof->check->diags, DIAG_MISSING_CASE, proof->table->span,
                            "table '%s' leaves cases out", proof->table->name);
  tr_diag_help(diag, "Add %s at the end, with %s:%s", count == 1 ? "this row" : "these rows",
               count == 1 ? "the value it should have" : "the values they should have", rows);
}

/* ---- Rows that cannot match ------------------------------------------------------------------ */

/* The cases of a row in a column, a bit each. */
static const uint64_t *cases_of(const proof *proof, uint32_t row, uint32_t column) {
  return proof->cases[column] + (size_t)row * case_words(proof->index, column);
}

/* Whether both match somewhere; without `unknown` among what is known. */
static bool overlap(const proof *proof, uint32_t a, uint32_t b, bool unknown) {
  for (uint32_t c = 0; c < proof->index->column_count; c++) {
    const uint64_t *left = cases_of(proof, a, c), *right = cases_of(proof, b, c);
    uint32_t words = case_words(proof->index, c), behind = proof->index->columns[c].case_count;
    uint64_t some = 0;
    for (uint32_t w = 0; w < words; w++) {
      uint64_t left_out = !unknown && w == behind / 64 ? UINT64_C(1) << behind % 64 : 0;
      some |= left[w] & right[w] & ~left_out;
    }
    if (!some) return false;
  }
  return true;
}

static void report_hidden(proof *proof, uint32_t row) {
  tr_table_row *const *rows = proof->table->rows.items;
  tr_diag *diag =
      tr_report(proof->check->diags, DIAG_HIDDEN_ROW, rows[row]->span, "this row can never match");
  uint32_t shown = 0;
  for (uint32_t i = 0; i < row; i++) {
    if (!has(proof->rest[0], i)) continue;
    tr_diag_related(diag, rows[i]->span, "takes all its cases");
    shown = HIDERS_SHOWN;
    break;
  }
  for (uint32_t i = 0; i < row && shown < HIDERS_SHOWN; i++) {
    if (!overlap(proof, i, row, true)) continue;
    tr_diag_related(diag, rows[i]->span, "takes some of its cases");
    shown++;
  }
  tr_diag_help(diag, "Move it up, or take it out.");
}

static bool find_hidden(proof *proof, uint32_t row) {
  uint64_t above[TR_TABLE_WORDS_MAX];
  prepare(proof, row);
  first_rows(above, row, proof->index->words);
  if (find_free(proof, 0, above) || proof->gave_up) return false;
  report_hidden(proof, row);
  return true;
}

/* ---- Rows that both match -------------------------------------------------------------------- */

/* Every case of `inner` is one of `outer`: an exception that stands before its rule. */
static bool lies_in(const proof *proof, uint32_t inner, uint32_t outer) {
  for (uint32_t c = 0; c < proof->index->column_count; c++) {
    const uint64_t *few = cases_of(proof, inner, c), *many = cases_of(proof, outer, c);
    for (uint32_t w = 0; w < case_words(proof->index, c); w++) {
      if (few[w] & ~many[w]) return false;
    }
  }
  return true;
}

static bool same_result(const proof *proof, uint32_t a, uint32_t b) {
  const tr_expr *left = proof->table->rows.items[a]->result,
                *right = proof->table->rows.items[b]->result;
  if (left->kind != right->kind || left->ref_kind != right->ref_kind) return false;
  if (left->kind == EXPR_TEXT) return strcmp(left->text, right->text) == 0;
  return left->number == right->number && left->index == right->index &&
         left->entity == right->entity;
}

/* A row for the unknown is written to stand above the others, so that is no news. */
static void find_overlap(proof *proof, uint32_t row) {
  tr_table_row *const *rows = proof->table->rows.items;
  for (uint32_t i = 0; i < row; i++) {
    if (!overlap(proof, i, row, proof->table->each_once)) continue;
    if (proof->table->each_once) {
      tr_diag *diag = tr_report(proof->check->diags, DIAG_ROWS_OVERLAP, rows[row]->span,
                                "this row takes cases that another row takes already");
      tr_diag_related(diag, rows[i]->span, "both match some case");
      return;
    }
    if (same_result(proof, i, row) || lies_in(proof, i, row)) continue;
    tr_diag *diag =
        tr_report(proof->check->diags, DIAG_FIRST_ROW_WINS, rows[row]->span,
                  "where this row and one above both match, the one above gives the value");
    tr_diag_related(diag, rows[i]->span, "wins");
    return;
  }
}

/* ---- The whole ------------------------------------------------------------------------------- */

static uint64_t *rows_by_case(proof *proof, uint32_t column) {
  uint32_t words = case_words(proof->index, column);
  uint64_t *cases = TR_NEW_ARRAY(proof->scratch, uint64_t, (size_t)proof->index->row_count * words);
  for (uint32_t i = 0; i <= proof->index->columns[column].case_count; i++) {
    for (uint32_t r = 0; r < proof->index->row_count; r++) {
      if (matches(proof, r, column, i)) cases[(size_t)r * words + i / 64] |= UINT64_C(1) << i % 64;
    }
  }
  return cases;
}

static proof begin(tr_check *check, const tr_table *table) {
  proof begun = {.check = check,
                 .scratch = &check->scratch,
                 .table = table,
                 .index = table->index,
                 .rows_in_use = table->index->row_count};
  uint32_t words = table->index->words;
  assert(words <= TR_TABLE_WORDS_MAX);
  tr_arena_reset(begun.scratch);
  for (uint32_t c = 0; c <= begun.index->column_count; c++)
    begun.rest[c] = TR_NEW_ARRAY(begun.scratch, uint64_t, words);
  for (uint32_t c = 0; c < begun.index->column_count; c++) {
    size_t sets = begun.index->columns[c].case_count + 1;
    begun.seen[c] = TR_NEW_ARRAY(begun.scratch, uint64_t, sets * words);
    begun.cases[c] = rows_by_case(&begun, c);
  }
  return begun;
}

void tr_table_prove(tr_check *check, const tr_table *table) {
  proof proof = begin(check, table);
  find_missing(&proof);
  for (uint32_t r = 1; r < proof.index->row_count && !proof.gave_up; r++) {
    if (table->each_once || !find_hidden(&proof, r)) find_overlap(&proof, r);
  }
  if (!proof.gave_up) return;
  tr_diag *diag = tr_report(check->diags, DIAG_NOT_PROVED, table->span,
                            "whether table '%s' leaves a case out was not proved", table->name);
  tr_diag_help(diag, "Its rows cut across each other in too many ways; split the table.");
}
