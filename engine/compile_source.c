/* compile_source.c - `source "/crm" sends crm.deal_won`: which events each source may assert. */
#include <string.h>

#include "engine/compile.h"

void tr_compile_event_sources(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  treaty_program *program = compile->program;
  tr_event_source *sources = TR_NEW_ARRAY(compile->arena, tr_event_source, tree->sources.count + 1);
  for (uint32_t i = 0; i < tree->sources.count; i++) {
    const tr_source_decl *source = tree->sources.items[i];
    sources[i].name = source->name.text;
    sources[i].length = strlen(source->name.text);
    sources[i].sends = tr_bits_new(compile->arena, program->event_count / 64 + 1);
    for (uint32_t k = 0; k < source->sends.count; k++) {
      uint32_t event = tr_symbol_find(compile->symbols, source->sends.items[k])->index;
      tr_bits_set(sources[i].sends, event);
      ((tr_event_def *)program->events)[event].sources_only = true;
    }
  }
  program->event_sources = sources;
  program->event_source_count = tree->sources.count;
}
