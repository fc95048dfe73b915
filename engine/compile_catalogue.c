/* compile_catalogue.c - lists and catalogues as numbers, from the treaty or from a CSV file; rows
 * in the order of their keys. */
#include <stdlib.h>
#include <string.h>

#include "engine/compile.h"
#include "engine/csv.h"

/* ---- Lists ----------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static int64_t folded(tr_compile *c, const char *text) {
  tr_texts *texts = &c->program->texts;
  return tr_texts_folded(texts, tr_texts_add(texts, text, strlen(text)));
}

static tr_list_def compile_list(tr_compile *c, const tr_list_decl *list) {
  uint32_t count = list->csv ? list->csv->count : list->values.count;
  int64_t *values = TR_NEW_ARRAY(c->arena, int64_t, count + 1);
  for (uint32_t i = 0; i < count; i++)
    values[i] = folded(c, list->csv ? list->csv->cells[i].text : list->values.items[i]->text);
  qsort(values, count, sizeof *values, by_value);
  return (tr_list_def){.name = list->name.text, .values = values, .count = count};
}

void tr_compile_lists(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  tr_list_def *lists = TR_NEW_ARRAY(compile->arena, tr_list_def, tree->lists.count + 1);
  for (uint32_t i = 0; i < tree->lists.count; i++)
    lists[i] = compile_list(compile, tree->lists.items[i]);
  compile->program->lists = lists;
  compile->program->list_count = tree->lists.count;
}

/* ---- Catalogues ------------------------------------------------------------------------------ */

static int compare_keys(const tr_catalogue_def *catalogue, uint32_t a, uint32_t b) {
  uint32_t width = catalogue->key_count + catalogue->value_count;
  for (uint32_t k = 0; k < catalogue->key_count; k++) {
    int64_t left = catalogue->cells[(size_t)a * width + k],
            right = catalogue->cells[(size_t)b * width + k];
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

/* Merges two sorted stretches of `from` into `to`; of equal keys the upper row stays first. */
static void merge(const tr_catalogue_def *def, const uint32_t *from, uint32_t left, uint32_t middle,
                  uint32_t right, uint32_t *to) {
  uint32_t a = left, b = middle;
  for (uint32_t i = left; i < right; i++) {
    bool take_left = b == right || (a < middle && compare_keys(def, from[a], from[b]) <= 0);
    to[i] = take_left ? from[a++] : from[b++];
  }
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Files have many rows, so they are merged, stretch by stretch. */
static const uint32_t *sorted_rows(tr_compile *c, const tr_catalogue_def *def) {
  uint32_t count = def->row_count;
  uint32_t *from = TR_NEW_ARRAY(c->arena, uint32_t, count + 1);
  uint32_t *to = TR_NEW_ARRAY(c->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) from[i] = i;
  for (uint32_t length = 1; length < count; length *= 2) {
    for (uint32_t left = 0; left < count; left += 2 * length)
      merge(def, from, left, least(left + length, count), least(left + 2 * length, count), to);
    uint32_t *turned = from;
    from = to;
    to = turned;
  }
  return from;
}

static tr_span row_span(const tr_catalogue *catalogue, uint32_t row) {
  return catalogue->csv ? tr_csv_row_span(catalogue->csv, row) : catalogue->rows.items[row].span;
}

static void report_duplicates(tr_compile *c, const tr_catalogue_def *def,
                              const tr_catalogue *catalogue) {
  for (uint32_t i = 1; i < def->row_count; i++) {
    if (compare_keys(def, def->order[i - 1], def->order[i]) != 0) continue;
    tr_diag *diag = tr_report(c->check->diags, DIAG_DUPLICATE, row_span(catalogue, def->order[i]),
                              "the catalogue already has this key");
    tr_diag_related(diag, row_span(catalogue, def->order[i - 1]), "first here");
  }
}

/* Of a CSV file; false: unknown. */
static bool csv_number(tr_compile *c, const tr_csv_cell *cell, const tr_type *type,
                       int64_t *number) {
  tr_texts *texts = &c->program->texts;
  *number = cell->number;
  if (!cell->known) return false;
  if (cell->text) *number = tr_texts_add(texts, cell->text, strlen(cell->text));
  if (type->kind == TYPE_TIME) *number = tr_zone_to_utc(c->program->zone, cell->number);
  return true;
}

static bool cell_number(tr_compile *c, const tr_catalogue *catalogue, uint32_t row, uint32_t column,
                        const tr_type *type, int64_t *number) {
  const tr_csv_rows *csv = catalogue->csv;
  if (csv) return csv_number(c, &csv->cells[(size_t)row * csv->width + column], type, number);
  const tr_row *written = &catalogue->rows.items[row];
  uint32_t keys = catalogue->keys.count;
  const tr_expr *value =
      column < keys ? written->keys.items[column] : written->values.items[column - keys];
  return tr_compile_constant(c, value, type, number);
}

static void compile_catalogue(tr_compile *c, const tr_catalogue *catalogue, tr_catalogue_def *def) {
  uint32_t width = catalogue->columns.count, keys = catalogue->keys.count;
  uint32_t rows = catalogue->csv ? catalogue->csv->count : catalogue->rows.count;
  int64_t *cells = TR_NEW_ARRAY(c->arena, int64_t, (size_t)width * rows + 1);
  uint8_t *known = TR_NEW_ARRAY(c->arena, uint8_t, (size_t)width * rows + 1);
  const tr_type **types = TR_NEW_ARRAY(c->arena, const tr_type *, width);
  const char **columns = TR_NEW_ARRAY(c->arena, const char *, width);
  int64_t *names =
      catalogue->is_offered ? TR_NEW_ARRAY(c->arena, int64_t, (size_t)keys * rows + 1) : NULL;
  for (uint32_t i = 0; i < width; i++) columns[i] = catalogue->columns.items[i].name.text;
  for (uint32_t i = 0; i < width; i++)
    types[i] = tr_check_type(c->check, catalogue->columns.items[i].type);
  for (uint32_t r = 0; r < rows; r++) {
    for (uint32_t i = 0; i < width; i++) {
      size_t cell = (size_t)r * width + i;
      known[cell] = cell_number(c, catalogue, r, i, types[i], &cells[cell]);
      if (i < keys && names) names[(size_t)r * keys + i] = cells[cell];
      if (i < keys && tr_type_is_text(types[i]))
        cells[cell] = tr_texts_folded(&c->program->texts, (uint32_t)cells[cell]);
    }
  }
  *def = (tr_catalogue_def){.name = catalogue->name.text,
                            .key_count = keys,
                            .value_count = width - keys,
                            .value_types = types + keys,
                            .key_types = types,
                            .cells = cells,
                            .names = names,
                            .columns = columns,
                            .known = known,
                            .row_count = rows};
  def->order = sorted_rows(c, def);
  report_duplicates(c, def, catalogue);
}

void tr_compile_catalogues(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  tr_catalogue_def *defs =
      TR_NEW_ARRAY(compile->arena, tr_catalogue_def, tree->catalogues.count + 1);
  for (uint32_t i = 0; i < tree->catalogues.count; i++)
    compile_catalogue(compile, tree->catalogues.items[i], &defs[i]);
  compile->program->catalogues = defs;
  compile->program->catalogue_count = tree->catalogues.count;
}
