/* compile_keep.c - what promotions keep: a number for each value, and code for what it is kept
 * from. */
#include <assert.h>

#include "engine/compile.h"

void tr_compile_kept(tr_compile *compile) {
  const tr_symbols *symbols = compile->symbols;
  uint32_t count = symbols->kept_values.count;
  tr_kept_def *kept = TR_NEW_ARRAY(compile->arena, tr_kept_def, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const tr_kept_value *value = &symbols->kept_values.items[i];
    assert(value->type);
    kept[i] = (tr_kept_def){
        .name = value->name, .type = value->type, .input = tr_compile_input(compile, ENTITY_NONE)};
  }
  compile->program->kept = kept;
  compile->program->kept_count = count;
}

static tr_code code_for(tr_compile *compile, const tr_clause *clause, uint32_t kept) {
  for (uint32_t i = 0; i < clause->keeps.count; i++) {
    if (clause->keeps.items[i].index == kept)
      return tr_compile_code(compile, clause->keeps.items[i].value, NULL, (tr_bits){0});
  }
  return (tr_code){0};
}

/* All that is kept under the clause's name: what it does not keep becomes unknown. */
void tr_compile_keeps(tr_compile *compile, const tr_clause *clause, tr_clause_def *def) {
  TR_LIST(tr_keep_def) keeps = {0};
  if (clause->keeps.count == 0) return;
  uint32_t name = tr_symbol_find(compile->symbols, clause->kept_as)->index;
  for (uint32_t i = 0; i < compile->symbols->kept_values.count; i++) {
    if (compile->symbols->kept_values.items[i].kept != name) continue;
    tr_keep_def keep = {.kept = i, .value = code_for(compile, clause, i)};
    TR_PUSH(compile->arena, &keeps, keep);
  }
  def->keeps = keeps.items;
  def->keep_count = keeps.count;
}
