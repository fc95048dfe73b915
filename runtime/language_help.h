/* language_help.h - `treaty help hand`: a page for each construct of the language.
 *
 * A page is the section of docs/language.md that teaches it. Its text stands in the program, so
 * that page and document are one; the tests run its examples. */
#ifndef LANGUAGE_HELP_H
#define LANGUAGE_HELP_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/buffer.h"

/* docs/language.md; made when the program is built. */
extern const char language_text[];

/* The words that have a page, in the order of the document; NULL behind the last. */
const char *language_help_word(size_t index);

/* False: it is no such word, and nothing was added. */
bool language_help_page(buffer *out, const char *word);

#endif
