/* text_match.h - `TEXT matches "regex"`, by RE2: the time that it takes grows with the length of
 * the text and no faster, whatever the pattern. Behind it lies one of the two files of C++; nothing
 * of C++, and no exception, comes through.
 *
 * A pattern is looked for anywhere in the text unless '^' and '$' tie it to the ends. Letter case
 * and Unicode form count, as for `is exactly`; "(?i)" in front makes letter case count for nothing.
 * A pattern, once made, may be asked from several threads. */
#ifndef TR_TEXT_MATCH_H
#define TR_TEXT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_match tr_match;

/* What is wrong with a pattern: "pattern has …", and which bytes of it are meant. */
typedef struct tr_match_error {
  const char *why;
  size_t from, to;
} tr_match_error;

/* NULL with error->why: the pattern is wrong; NULL without: there was no memory. */
tr_match *tr_match_new(const char *pattern, size_t length, tr_match_error *error);
void tr_match_free(tr_match *match);

typedef enum tr_match_answer { MATCH_NO, MATCH_YES, MATCH_NO_MEMORY } tr_match_answer;
tr_match_answer tr_match_ask(const tr_match *match, const char *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
