/* regex.c - target: a pattern of `matches`, up to the first line end, and behind it the text that
 * it is asked about. Time and memory stay within bounds whatever the pattern (the drivers look). */
#include "engine/text_match.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "tests/fuzz/targets.h"

static void ask(const tr_match *match, const char *text, size_t length) {
  tr_match_answer answer = tr_match_ask(match, text, length);
  assert(answer == MATCH_NO || answer == MATCH_YES);
  assert(tr_match_ask(match, text, length) == answer);
}

void fuzz_regex(const uint8_t *bytes, size_t length) {
  const char *pattern = length ? (const char *)bytes : "";
  const char *line_end = memchr(pattern, '\n', length);
  size_t pattern_length = line_end ? (size_t)(line_end - pattern) : length;
  tr_match_error error;
  tr_match *match = tr_match_new(pattern, pattern_length, &error);
  if (match) {
    ask(match, "", 0);
    if (line_end) ask(match, line_end + 1, length - pattern_length - 1);
    ask(match, pattern, pattern_length);
  } else {
    assert(error.why && error.from <= error.to && error.to <= pattern_length);
  }
  tr_match_free(match);
}
