/* build_table.c - making the tree of decision tables; see build.h. */
#include "grammar/build.h"

void tr_build_table(tr_parse *parse, tr_name name, tr_entity entity, tr_type *type, tr_table *head,
                    tr_table *rows) {
  tr_expr *value = tr_build_expr(parse, EXPR_TABLE, name.span);
  head->span = name.span;
  head->name = name.text;
  head->rows.items = rows->rows.items;
  head->rows.count = rows->rows.count;
  head->broken = rows->broken;
  value->table = head;
  tr_build_define(parse, name, entity, type, value, (tr_name){0});
}

tr_table *tr_build_table_by(tr_parse *parse, tr_exprs *columns, bool each_once) {
  tr_table *head = TR_NEW(parse->arena, tr_table);
  head->columns = *columns;
  head->each_once = each_once;
  return head;
}

tr_table *tr_build_table_rows(tr_parse *parse) { return TR_NEW(parse->arena, tr_table); }

tr_table *tr_build_table_add(tr_parse *parse, tr_table *rows, tr_table_row *row) {
  TR_PUSH(parse->arena, &rows->rows, row);
  return rows;
}

tr_table *tr_build_table_broken(tr_table *rows) {
  rows->broken = true;
  return rows;
}

tr_table_row *tr_build_table_row(tr_span span, tr_table_row *row, tr_expr *result) {
  row->span = span;
  row->result = result;
  return row;
}

tr_table_row *tr_build_table_cells(tr_parse *parse, tr_table_row *row, tr_table_cell cell) {
  if (!row) row = TR_NEW(parse->arena, tr_table_row);
  TR_PUSH(parse->arena, &row->cells, cell);
  return row;
}

tr_table_cell tr_build_table_cell(tr_parse *parse, tr_span span, tr_table_cell cell,
                                  tr_table_test test) {
  cell.span = span;
  TR_PUSH(parse->arena, &cell.tests, test);
  return cell;
}

tr_table_test tr_build_table_test(tr_span span, tr_compare compare, tr_expr *value) {
  return (tr_table_test){.span = span, .compare = compare, .value = value};
}
