/* check_match.c - the pattern of `TEXT matches "…"`: what is wrong with it is said at its place in
 * the text. */
#include <string.h>

#include "engine/check.h"
#include "engine/text_match.h"

/* Where byte `at` of a text stands in the file, in which a backslash may stand before it. */
static uint32_t place_in_file(const tr_check *check, tr_span span, size_t at) {
  const char *bytes = check->diags->sources.files.items[span.file].bytes;
  uint32_t place = span.from + 1;
  while (at-- > 0) place += bytes[place] == '\\' ? 2 : 1;
  return place;
}

void tr_check_regex(tr_check *check, const tr_expr *pattern) {
  tr_match_error error;
  tr_match *match = tr_match_new(pattern->text, strlen(pattern->text), &error);
  tr_match_free(match);
  if (match) return;
  if (!error.why) tr_memory_fail(check->arena->memory);
  tr_span span = {.file = pattern->span.file,
                  .from = place_in_file(check, pattern->span, error.from),
                  .to = place_in_file(check, pattern->span, error.to)};
  tr_report(check->diags, DIAG_WRONG_FORM, span, "the pattern %s", error.why);
}
