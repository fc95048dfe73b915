/* words.h - the texts of the random treaties and of their events. What the language sees in each
 * stands beside it, written by hand: no code that folds letters is asked. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

typedef struct word {
  const char *text;   /* in UTF-8 */
  const char *folded; /* letter case and Unicode form aside, composed */
  const char *words;  /* accents aside too, a blank between any two words */
} word;

/* The first few are what events say; all may stand in a treaty. */
enum { WORDS = 18, WORDS_SAID = 11 };
extern const word words[WORDS];

/* SIZE_MAX is never given: it must be one of them. */
int words_find(const char *text, size_t length);

/* Of `has any of`: '*' leaves an end open. */
enum { WORD_PATTERNS = 10 };
extern const word word_patterns[WORD_PATTERNS];

#endif
