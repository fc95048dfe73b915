/* compile_match.c - each pattern of `matches` once, however often it stands in the treaty. */
#include <string.h>

#include "engine/compile.h"

uint32_t tr_compile_match(tr_compile *compile, const char *pattern) {
  tr_match_error error;
  for (uint32_t i = 0; i < compile->matches.count; i++) {
    if (strcmp(compile->matches.items[i]->pattern, pattern) == 0) return i;
  }
  tr_match_def *def = TR_NEW(compile->arena, tr_match_def);
  TR_PUSH(compile->arena, &compile->matches, def);
  *def = (tr_match_def){.pattern = pattern, .next = compile->program->first_match};
  compile->program->first_match = def;
  def->match = tr_match_new(pattern, strlen(pattern), &error);
  if (!def->match) tr_memory_fail(&compile->program->memory); /* the checker has read it already */
  return compile->matches.count - 1;
}
