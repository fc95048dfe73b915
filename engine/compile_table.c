/* compile_table.c - the checked index of a decision table, its texts made numbers and its instants
 * UTC, and code for its columns and values. */
#include <string.h>

#include "engine/compile.h"
#include "engine/table.h"

/* Texts are looked up by the numbers of their folds, which the checker does not have. */
static void number_texts(tr_compile *c, tr_table_column *column) {
  tr_texts *texts = &c->program->texts;
  column->starts = TR_NEW_ARRAY(c->arena, int64_t, column->case_count);
  for (uint32_t i = 0; i + 1 < column->case_count; i++) {
    uint32_t text = tr_texts_add(texts, column->texts[i], strlen(column->texts[i]));
    column->starts[i] = tr_texts_folded(texts, text);
  }
}

static void fix_column(tr_compile *c, tr_table_column *column) {
  if (tr_type_is_text(column->type)) number_texts(c, column);
  if (column->type->kind != TYPE_TIME) return;
  for (uint32_t i = 1; i < column->case_count; i++)
    column->starts[i] = tr_zone_to_utc(c->program->zone, column->starts[i]);
}

uint32_t tr_compile_table(tr_compile *compile, const tr_expr *expr, tr_bits inputs) {
  tr_table *table = expr->table;
  tr_table_index *index = table->index;
  tr_code *columns = TR_NEW_ARRAY(compile->arena, tr_code, index->column_count);
  tr_code *results = TR_NEW_ARRAY(compile->arena, tr_code, index->row_count + 1);
  const char **rows = TR_NEW_ARRAY(compile->arena, const char *, index->row_count + 1);
  for (uint32_t i = 0; i < index->column_count; i++) {
    columns[i] = tr_compile_code(compile, table->columns.items[i], NULL, inputs);
    fix_column(compile, &index->columns[i]);
  }
  for (uint32_t i = 0; i < index->row_count; i++) {
    const tr_table_row *row = table->rows.items[i];
    rows[i] = tr_source_quote(compile->program->sources, compile->arena, row->span);
    if (row->result->kind != EXPR_UNKNOWN)
      results[i] = tr_compile_code(compile, row->result, NULL, inputs);
  }
  tr_table_def def = {.name = table->name,
                      .type = expr->type,
                      .each_once = table->each_once,
                      .index = index,
                      .columns = columns,
                      .results = results,
                      .rows = rows};
  TR_PUSH(compile->arena, &compile->tables, def);
  return compile->tables.count - 1;
}
