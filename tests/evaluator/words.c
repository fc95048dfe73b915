/* words.c - see words.h. */
#include "words.h"

#include <stdlib.h>
#include <string.h>

const word words[WORDS] = {
    {"", "", ""},
    {"Head of sales", "head of sales", "head of sales"},
    {"HEAD  of, Sales", "head  of, sales", "head of sales"},
    {"Vertriebs-Leiterin", "vertriebs-leiterin", "vertriebs leiterin"},
    {"VERTRIEBSLEITER", "vertriebsleiter", "vertriebsleiter"},
    {"Stra\u00dfe", "strasse", "strasse"},
    {"STRASSE 9", "strasse 9", "strasse 9"},
    {"Caf\u00e9", "caf\u00e9", "cafe"},
    {"CAFE\u0301", "caf\u00e9", "cafe"},
    {"cafe", "cafe", "cafe"},
    {"\u00d8re", "\u00f8re", "\u00f8re"},
    {"head", "head", "head"},
    {"STRASSE", "strasse", "strasse"},
    {"e", "e", "e"},
    {"E\u0301", "\u00e9", "e"},
    {"LEITER", "leiter", "leiter"},
    {"of", "of", "of"},
    {" ", " ", ""},
};

int words_find(const char *text, size_t length) {
  for (int i = 0; i < WORDS; i++) {
    if (strlen(words[i].text) == length && memcmp(words[i].text, text, length) == 0) return i;
  }
  abort();
}

/* Written as `words` of a text are: the star is all that is more. */
const word word_patterns[WORD_PATTERNS] = {
    {.text = "head of", .words = "head of"},
    {.text = "Leiter", .words = "leiter"},
    {.text = "*leiter", .words = "*leiter"},
    {.text = "LEITER*", .words = "leiter*"},
    {.text = "*stra\u00dfe", .words = "*strasse"},
    {.text = "*triebs*", .words = "*triebs*"},
    {.text = "CAFE", .words = "cafe"},
    {.text = "ca*", .words = "ca*"},
    {.text = "of sa*", .words = "of sa*"},
    {.text = "ore", .words = "ore"},
};
