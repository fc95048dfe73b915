/* catalogue.c - `CATALOGUE[key, …].column`: the row with these keys, found by halving. */
#include <assert.h>

#include "engine/evaluate.h"
#include "engine/limits.h"

/* Of a set nothing is settled then. */
static tr_value no_cell(const tr_catalogue_def *catalogue, uint32_t column) {
  return (tr_value){.known = catalogue->value_types[column]->kind == TYPE_SET ? KNOWN : UNKNOWN};
}

static tr_value cell_value(const tr_catalogue_def *catalogue, size_t cell, uint32_t column) {
  const tr_type *type = catalogue->value_types[column];
  if (!catalogue->known[cell]) return no_cell(catalogue, column);
  tr_value value = tr_known_value(catalogue->cells[cell]);
  if (type->kind == TYPE_SET)
    value.high = (int64_t)(tr_set_mask(type->values.count) & ~(uint64_t)value.low);
  return value;
}

tr_value tr_catalogue_read(tr_eval *eval, const tr_value *keys, uint32_t index, uint32_t column) {
  const tr_catalogue_def *catalogue = &eval->engine->program->catalogues[index];
  uint32_t width = catalogue->key_count + catalogue->value_count, low = 0,
           high = catalogue->row_count;
  int64_t wanted[TR_CATALOGUE_KEYS_MAX];
  assert(catalogue->key_count <= TR_CATALOGUE_KEYS_MAX);
  for (uint32_t k = 0; k < catalogue->key_count; k++) {
    if (keys[k].known != KNOWN) return no_cell(catalogue, column);
    bool text = tr_type_is_text(catalogue->key_types[k]);
    wanted[k] = text ? tr_text_folded(eval->engine, keys[k].low) : keys[k].low;
  }
  while (low < high) {
    uint32_t middle = (low + high) / 2, row = catalogue->order[middle];
    int order = 0;
    for (uint32_t k = 0; k < catalogue->key_count && order == 0; k++) {
      int64_t cell = catalogue->cells[(size_t)row * width + k];
      order = (cell > wanted[k]) - (cell < wanted[k]);
    }
    if (order == 0)
      return cell_value(catalogue, (size_t)row * width + catalogue->key_count + column, column);
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return no_cell(catalogue, column);
}
