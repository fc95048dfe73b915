/* check_catalogue.c - lists and catalogues: rows in place, and those of a CSV file. */
#include <string.h>

#include "engine/check.h"
#include "engine/csv.h"
#include "engine/limits.h"

/* The one column of the file is called as the list is. */
static tr_csv_rows *list_from_csv(tr_check *check, const tr_list_decl *list) {
  tr_field column = {.name = list->name, .key = list->name.text, .type = (tr_type *)&tr_type_text_};
  tr_fields columns = {.items = &column, .count = 1};
  return tr_check_csv(check, list->from.file, &columns, 1);
}

void tr_check_lists(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->lists.count; i++) {
    tr_list_decl *list = check->tree->lists.items[i];
    bool bare = false;
    if (list->from.read) list->csv = list_from_csv(check, list);
    for (uint32_t k = 0; k < list->values.count; k++) {
      tr_expr *value = list->values.items[k];
      if (bare && value->kind == EXPR_NAME) continue; /* that quotes are missing is said once */
      if (!tr_check_constant(check, value, &tr_type_text_, "a list"))
        bare |= value->kind == EXPR_NAME;
      if (value->kind == EXPR_UNKNOWN)
        tr_report(check->diags, DIAG_WRONG_TYPE, value->span, "a list holds what is known");
    }
  }
}

static void check_row(tr_check *check, const tr_catalogue *catalogue, tr_row *row) {
  if (row->keys.count != catalogue->keys.count ||
      row->keys.count + row->values.count != catalogue->columns.count) {
    tr_report(check->diags, DIAG_WRONG_FORM, row->span,
              "this row has %u -> %u values, and the catalogue %u -> %u", row->keys.count,
              row->values.count, catalogue->keys.count,
              catalogue->columns.count - catalogue->keys.count);
    return;
  }
  for (uint32_t i = 0; i < catalogue->columns.count; i++) {
    bool key = i < row->keys.count;
    tr_expr *value = key ? row->keys.items[i] : row->values.items[i - row->keys.count];
    const tr_type *type = tr_check_type_told(check, catalogue->columns.items[i].type);
    if (key && (value->kind == EXPR_ERROR || value->kind == EXPR_UNKNOWN)) {
      tr_report(check->diags, DIAG_WRONG_FORM, value->span, "a key of a catalogue is a value");
      continue;
    }
    tr_check_constant(check, value, type, "a catalogue");
  }
}

/* The key columns come first, in the order of `keyed by`. */
static void check_keys(tr_check *check, const tr_catalogue *catalogue) {
  if (catalogue->keys.count > TR_CATALOGUE_KEYS_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, catalogue->name.span,
              "a catalogue has %d keys at most", TR_CATALOGUE_KEYS_MAX);
  }
  for (uint32_t i = 0; i < catalogue->keys.count; i++) {
    const tr_name *key = &catalogue->keys.items[i];
    if (i < catalogue->columns.count &&
        strcmp(catalogue->columns.items[i].name.text, key->text) == 0)
      continue;
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, key->span,
                              "the key '%s' is not column %u", key->text, i + 1);
    tr_diag_help(diag, "Write the columns of the key first, in the order of 'keyed by'.");
  }
}

void tr_check_catalogues(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->catalogues.count; i++) {
    tr_catalogue *catalogue = check->tree->catalogues.items[i];
    check_keys(check, catalogue);
    if (catalogue->from.read)
      catalogue->csv =
          tr_check_csv(check, catalogue->from.file, &catalogue->columns, catalogue->keys.count);
    for (uint32_t k = 0; k < catalogue->rows.count; k++)
      check_row(check, catalogue, &catalogue->rows.items[k]);
  }
}
